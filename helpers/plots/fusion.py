"""Figures of notebook 07: many runs, gains, the leak, and how many clips it would take."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.evaluation.statistics import mcnemar_power
from helpers.plots.style import (
    HEATMAP,
    LIGHT_GREY,
    PUBLISHED_COLOUR,
    TEST_COLOUR,
    TRAINING_COLOUR,
    bare,
    class_bars,
    new_figure,
)

VALIDATION_SIZES = {188: "with stills", 383: "validation", 653: "test"}
"""Clips that AFEW has: with SFEW stills in the thesis, in its validation and in its test set."""


def matrices_beside(
    ours: Mapping[str, Sequence],
    published: Mapping[str, Sequence],
    classes: Sequence[str],
    title: str,
) -> Figure:
    """Draw confusion matrices in two rows, recomputed above published; rows of each are true.

    Parameters
    ----------
    ours, published : mapping of the same names to counts (k, k)
    """
    figure, axes = new_figure(2, len(ours), width=2.1 * len(ours), height=4.9)
    short = [name[:3] for name in classes]
    for row, (matrices, source) in enumerate([(ours, "recomputed"), (published, "published")]):
        for column, name in enumerate(ours):
            axis, counts = axes[row * len(ours) + column], np.asarray(matrices[name])
            axis.imshow(counts / counts.sum(axis=1, keepdims=True), cmap=HEATMAP, vmin=0, vmax=1)
            for (true, predicted), count in np.ndenumerate(counts):
                colour = "white" if count > 0.6 * counts[true].sum() else "black"
                axis.text(
                    predicted, true, count, ha="center", va="center", fontsize=7, color=colour
                )
            axis.set_xticks(range(len(short)), short, rotation=90, fontsize=7)
            axis.set_yticks(range(len(short)), short if column == 0 else [], fontsize=7)
            axis.set_title(f"{name}\n{source}, {np.trace(counts)} of {counts.sum()}", fontsize=9)
    figure.suptitle(title, fontsize=12)
    return figure


def run_distribution(
    correct: Mapping[str, Sequence[int]], n: int, published: int, title: str
) -> Figure:
    """Draw how many runs got how many of n clips right, a panel per rule for the epoch.

    Parameters
    ----------
    correct : mapping of name to r counts
    n : int
    published : int
        The published run's count, marked in every panel.
    """
    figure, axes = new_figure(len(correct), 1, width=7, height=1.9 * len(correct), sharex=True)
    every = np.concatenate([*correct.values(), [published]])
    positions = np.arange(every.min(), every.max() + 1)
    for axis, (name, counts) in zip(axes, correct.items(), strict=True):
        heights = [np.sum(np.asarray(counts) == position) for position in positions]
        axis.bar(positions / n, heights, width=0.85 / n, color=TEST_COLOUR)
        axis.axvline(published / n, color=PUBLISHED_COLOUR, linewidth=2)
        axis.plot(np.mean(counts) / n, max(heights) * 1.12, "v", color=TEST_COLOUR)
        axis.set_title(f"{name}: mean {np.mean(counts) / n:.1%}", loc="left")
        axis.set_ylabel("runs")
    axes[0].annotate(
        f"published {published / n:.1%}",
        (published / n, axes[0].get_ylim()[1]),
        (4, -10),
        textcoords="offset points",
        color=PUBLISHED_COLOUR,
        fontsize=9,
    )
    axes[-1].xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes[-1].set_xlabel(f"accuracy on {n} clips")
    figure.suptitle(title, fontsize=12)
    return figure


def gains(comparisons: Mapping[str, pd.DataFrame], reference: str, title: str) -> Figure:
    """Draw what each fusion gains over one modality, with paired 95 % intervals.

    Parameters
    ----------
    comparisons : mapping of panel name to table
        As ``helpers.fusion.comparison.compare_systems`` returns them.
    """
    rows = max(len(table) for table in comparisons.values())
    figure, axes = new_figure(
        1,
        len(comparisons),
        width=4.6 * len(comparisons),
        height=0.4 * rows + 1.4,
        sharex=True,
        sharey=True,
    )
    for axis, (name, table) in zip(axes, comparisons.items(), strict=True):
        places = np.arange(len(table))
        found = table["p_holm"] <= 0.05
        colours = np.where(found, TEST_COLOUR, TRAINING_COLOUR)
        axis.hlines(places, table["gain_low"], table["gain_high"], color=colours, linewidth=2.5)
        axis.scatter(table["gain"], places, color=colours, zorder=3)
        axis.axvline(0, color="#888888", linewidth=1)
        axis.set_yticks(places, table.index)
        axis.set_title(name)
        axis.xaxis.set_major_formatter(
            lambda value, _: f"{100 * value:+.0f}" if round(100 * value) else "0"
        )
        axis.set_xlabel(f"points more than {reference} alone")
    axes[0].invert_yaxis()
    figure.suptitle(title, fontsize=12)
    return figure


def leak(table: pd.DataFrame, title: str) -> Figure:
    """Draw training accuracy (grey) and test accuracy (blue) of each system, a panel per protocol.

    Parameters
    ----------
    table : DataFrame
        One row per system; columns (protocol, "train") and (protocol, "test"), fractions.
    """
    protocols = list(dict.fromkeys(table.columns.get_level_values(0)))
    figure, axes = new_figure(
        1, len(protocols), width=4.4 * len(protocols), height=0.38 * len(table) + 1.4, sharey=True
    )
    for axis, protocol in zip(axes, protocols, strict=True):
        train, test = table[protocol, "train"], table[protocol, "test"]
        places = np.arange(len(table))
        axis.hlines(places, test, train, color=LIGHT_GREY, linewidth=3)
        axis.plot(train, places, "o", color=TRAINING_COLOUR, label="training clips")
        axis.plot(test, places, "o", color=TEST_COLOUR, label="test clips")
        axis.set_yticks(places, table.index)
        axis.set(title=protocol, xlabel="accuracy", xlim=(0, 1.03))
        axis.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes[0].invert_yaxis()
    axes[-1].legend(frameon=False, fontsize=9, loc="lower right")
    figure.suptitle(title, fontsize=12)
    return figure


def power_curves(effects: Mapping[str, tuple[float, float]], title: str) -> Figure:
    """Draw the probability to find a gain against the number of clips, with AFEW's sizes marked.

    Parameters
    ----------
    effects : mapping of name to (gain, discordance)
        Fractions; see ``helpers.evaluation.statistics.mcnemar_power``.
    """
    figure, (axis,) = new_figure(width=7, height=3.8)
    sizes = np.unique(np.geomspace(20, 20_000, 70).astype(int))
    shades = [TEST_COLOUR, PUBLISHED_COLOUR, "#009E73", "#CC79A7"]
    for (name, (gain, discordance)), colour in zip(effects.items(), shades, strict=False):
        power = [mcnemar_power(int(size), gain, discordance) for size in sizes]
        axis.plot(sizes, power, color=colour, label=f"{name}: {100 * gain:+.1f} points")
    axis.axhline(0.8, color="#888888", linewidth=1, linestyle=":")
    for size, name in VALIDATION_SIZES.items():
        axis.axvline(size, color=LIGHT_GREY, linewidth=1, zorder=0)
        label = axis.text(size, -0.02, f"{size}\n{name}", fontsize=8, ha="center", va="top")
        label.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
    axis.set_xscale("log")
    # Above 1 is the legend, below 0 are the sizes' names.
    axis.set(ylim=(-0.16, 1.1 + 0.07 * len(effects)), xlabel="test clips")
    axis.set_yticks(np.linspace(0, 1, 6))
    axis.set_ylabel("chance to find the gain")
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.legend(frameon=False, fontsize=9, loc="upper left")
    figure.suptitle(title, fontsize=12)
    return figure


def clip_bars(predictions: Mapping[str, np.ndarray], classes: Sequence[str], title: str) -> Figure:
    """Draw what video, audio and their fusion predict for one clip, a panel each.

    Parameters
    ----------
    predictions : mapping of name to array (k,)
        Probabilities, or other fractions, such as the recall of each class; nan has no bar.
    """
    figure, axes = new_figure(
        1, len(predictions), width=2.6 * len(predictions), height=2.8, sharey=True
    )
    for axis, (name, values) in zip(axes, predictions.items(), strict=True):
        bars = class_bars(axis, values, classes)
        axis.bar_label(bars, [f"{value:.0%}" for value in values], padding=3, fontsize=8)
        axis.set(title=name, xlim=(0, 1.15))
    figure.suptitle(title, fontsize=12)
    return figure


def clip_strips(
    strips: Sequence[np.ndarray], captions: Sequence[str], title: str, frames: int = 4
) -> Figure:
    """Draw some frames of each clip in a row of its own, its caption above.

    Parameters
    ----------
    strips : sequence of arrays (f, height, width, 3)
        uint8; of each, ``frames`` evenly spread ones are drawn.
    """
    height = 1.05 * max(len(strips), 1) + 0.5
    figure, axes = new_figure(max(len(strips), 1), frames, width=0.9 * frames + 1, height=height)
    for axis in axes:
        bare(axis)
    for row, (strip, caption) in enumerate(zip(strips, captions, strict=True)):
        chosen = np.linspace(0, len(strip) - 1, frames).round().astype(int)
        for column, index in enumerate(np.unique(chosen) if len(strip) else []):
            axes[row * frames + column].imshow(strip[index])
        first = axes[row * frames]
        first.set_title(" ", fontsize=8)  # room for the caption, which itself is
        # outside the layout: it is wider than the frame that it stands over.
        first.text(0, 1.05, caption, transform=first.transAxes, fontsize=8).set_in_layout(False)
    figure.suptitle(title, fontsize=11)
    return figure
