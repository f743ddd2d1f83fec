"""Figures of notebook 07: many runs, the leak, gains, power, people beside networks."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.evaluation.statistics import clips_for_power, mcnemar_power
from helpers.plots.style import (
    PUBLISHED_COLOUR,
    TEST_COLOUR,
    TRAINING_COLOUR,
    class_bars,
    new_figure,
)

_SHADES = (TEST_COLOUR, PUBLISHED_COLOUR, "#009E73", "#CC79A7")

VALIDATION_SIZES = {188: "with stills", 383: "validation", 653: "test"}
"""Clips that AFEW has: with SFEW stills in the thesis, in its validation and in its test set."""


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


def gains(table: pd.DataFrame, reference: str, chosen: str, title: str) -> Figure:
    """Draw what each fusion gains over one modality, with paired 95 % intervals.

    Parameters
    ----------
    table : DataFrame
        As ``helpers.fusion.comparison.compare_systems`` returns it.
    chosen : str
        The row that was chosen beforehand; it is drawn in blue, the others in grey.
    """
    figure, (axis,) = new_figure(width=5.4, height=0.36 * len(table) + 1.5)
    places = np.arange(len(table))
    colours = np.where(table.index == chosen, TEST_COLOUR, TRAINING_COLOUR)
    axis.hlines(places, table["gain_low"], table["gain_high"], color=colours, linewidth=2.5)
    axis.scatter(table["gain"], places, color=colours, zorder=3)
    axis.axvline(0, color="#888888", linewidth=1)
    axis.set_yticks(places, table.index)
    axis.xaxis.set_major_formatter(
        lambda value, _: f"{100 * value:+.0f}" if round(100 * value) else "0"
    )
    axis.set_xlabel(f"points more than {reference} alone, 95 % interval")
    axis.invert_yaxis()
    figure.suptitle(title, fontsize=12)
    return figure


def leak(table: pd.DataFrame, single: float, title: str) -> Figure:
    """Draw test accuracies of fusions by who had seen the answers that they were taught with.

    Parameters
    ----------
    table : DataFrame
        Accuracies, a row for each way of teaching and a column for each fusion.
    single : float
        The accuracy of the better single modality, drawn as a line.
    """
    figure, (axis,) = new_figure(width=7, height=0.55 * len(table) + 1.6)
    places = np.arange(len(table))
    beside = np.linspace(-0.12, 0.12, len(table.columns))  # equal numbers would hide each other
    for name, colour, marker, off in zip(table, _SHADES, "os^D", beside, strict=False):
        axis.plot(table[name], places + off, marker, color=colour, label=name, markersize=8)
    axis.axvline(single, color="#888888", linewidth=1)
    axis.text(single, -0.75, " one modality", fontsize=8, color="#666666", va="top")
    axis.set_yticks(places, table.index)
    axis.set_ylim(len(table) - 0.5, -0.8)
    axis.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.set_xlabel("accuracy on the test clips")
    axis.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
    figure.suptitle(title, fontsize=12)
    return figure


def power_curves(effects: Mapping[str, tuple[float, float]], title: str) -> Figure:
    """Draw the probability to find a gain against the number of clips, with AFEW's sizes marked.

    Parameters
    ----------
    effects : mapping of name to (gain, discordance)
        Fractions; see ``helpers.evaluation.statistics.mcnemar_power``. Each curve has its name
        where it reaches 80 %.
    """
    figure, (axis,) = new_figure(width=7, height=3.6)
    sizes = np.unique(np.geomspace(20, 20_000, 70).astype(int))
    for (name, (gain, discordance)), colour in zip(effects.items(), _SHADES, strict=False):
        power = [mcnemar_power(int(size), gain, discordance) for size in sizes]
        axis.plot(sizes, power, color=colour)
        needed = clips_for_power(gain, discordance)
        axis.plot(needed, 0.8, "o", color=colour)
        axis.annotate(f"{name}\n{needed:,} clips", (needed, 0.8), (7, -4),
                      textcoords="offset points", va="top", fontsize=9)  # fmt: skip
    axis.axhline(0.8, color="#888888", linewidth=1, linestyle=":")
    for size, name in VALIDATION_SIZES.items():
        axis.axvline(size, ymax=0.02, color="#888888", linewidth=1)
        axis.text(size, -0.13, f"{size}\n{name}", fontsize=8, ha="center", va="center")
    axis.set_xscale("log")
    axis.set(ylim=(-0.2, 1.03), xlabel="test clips")  # below 0 are the names of sizes
    axis.set_yticks(np.linspace(0, 1, 6))
    axis.set_ylabel("chance to find the gain")
    axis.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    figure.suptitle(title, fontsize=12)
    return figure


def people_and_machine(table: pd.DataFrame, title: str) -> Figure:
    """Draw how often people and networks are right by face, by voice and by both.

    Parameters
    ----------
    table : DataFrame
        As ``helpers.fusion.people.people_and_machine`` returns it.
    """
    figure, axes = new_figure(1, table["sense"].nunique(), width=8, height=2.6, sharey=True)
    names = list(dict.fromkeys(table["who"]))
    shades = dict(zip(sorted(names, key=lambda who: who[:3] != "you"), _SHADES[::-1], strict=False))
    for axis, (sense, rows) in zip(axes, table.groupby("sense", sort=False), strict=True):
        for row in rows.itertuples():
            place, colour = names.index(row.who), shades[row.who]
            axis.plot([row.low, row.high], [place, place], color=colour, linewidth=2.5, alpha=0.5)
            axis.plot(row.accuracy, place, "o", color=colour)
            axis.annotate(f"{row.accuracy:.0%}", (row.accuracy, place), (0, 6),
                          textcoords="offset points", ha="center", fontsize=8)  # fmt: skip
        axis.set_yticks(range(len(names)), names)
        axis.set(title=sense, xlim=(0, 1), ylim=(len(names) - 0.5, -0.7))
        axis.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    figure.suptitle(title, fontsize=12)
    return figure


def clip_bars(predictions: Mapping[str, np.ndarray], classes: Sequence[str], title: str) -> Figure:
    """Draw what face, voice and both predict for one clip, a panel each.

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
