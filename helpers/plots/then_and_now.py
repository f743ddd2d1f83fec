"""Figures of notebook 08: accuracy by year, by time and by emotion, and patterns of a face."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, PercentFormatter, StrMethodFormatter

from helpers.plots.style import PUBLISHED_COLOUR, TEST_COLOUR, bare, new_figure

_MARK = {"markersize": 16, "markeredgewidth": 2}
_CHANCE = {"color": "#999999", "linewidth": 1, "linestyle": ":"}


def over_the_years(
    table: pd.DataFrame, published: Mapping[str, Sequence[float]], chance: float, title: str
) -> Figure:
    """Draw each system's accuracy with its interval, a row a system, the oldest first.

    ``table`` is from ``helpers.fusion.then_and_now.standing``; ``published`` are accuracies that
    are published of such a system, of other clips: marks in its row.
    """
    table = table.sort_values("year", kind="stable")
    figure, (axis,) = new_figure(width=7.5, height=0.36 * len(table) + 1.4)
    rows = np.arange(len(table))
    axis.hlines(rows, table["low"], table["high"], color=TEST_COLOUR, linewidth=2, alpha=0.5)
    axis.plot(table["accuracy"], rows, "o", color=TEST_COLOUR)
    for row, name in enumerate(table.index):
        marks = published.get(name, ())
        axis.plot(marks, [row] * len(marks), "|", color=PUBLISHED_COLOUR, **_MARK)
    axis.axvline(chance, **_CHANCE)
    names = [f"{year}  {name}" for name, year in table["year"].items()]
    axis.set_yticks(rows, names)
    axis.set(ylim=(len(table) - 0.4, -0.6), xlim=(0, 1))
    axis.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.set_xlabel("accuracy, 95 % interval; upright: published, of other clips", fontsize=9)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    return figure


def against_seconds(table: pd.DataFrame, title: str) -> Figure:
    """Draw accuracy against seconds a clip, on a scale of factors; systems without one left out."""
    table = table.dropna(subset=["seconds a clip"]).sort_values("accuracy", ascending=False)
    figure, (axis,) = new_figure(width=7.5, height=0.3 * len(table) + 1.8)
    milliseconds = 1000 * table["seconds a clip"]
    axis.plot(milliseconds, table["accuracy"], "o", color=TEST_COLOUR)
    # Names stand in a column of their own, by accuracy: beside their points they would collide.
    places = np.linspace(0.97, 0.03, len(table))
    for name, place in zip(table.index, places, strict=True):
        axis.annotate(
            name,
            (milliseconds[name], table.loc[name, "accuracy"]),
            (1.03, place),
            textcoords="axes fraction",
            va="center",
            fontsize=9,
            arrowprops={"arrowstyle": "-", "color": "#bbbbbb", "shrinkB": 3},
        )
    axis.set(xscale="log", xlabel="milliseconds a clip, one process", ylim=(0, 1))
    axis.set_xlim(milliseconds.min() / 1.3, milliseconds.max() * 1.3)
    axis.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.xaxis.set_major_formatter(StrMethodFormatter("{x:.0f}"))
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.set_ylabel("accuracy")
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    return figure


def recalls(table: pd.DataFrame, title: str) -> Figure:
    """Draw the fraction of each emotion's clips that a system has right, the darker the more.

    ``table`` has a row a system, a column an emotion.
    """
    figure, (axis,) = new_figure(width=7.5, height=0.33 * len(table) + 1)
    axis.imshow(table, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row, values in enumerate(table.to_numpy()):
        for column, value in enumerate(values):
            colour = "white" if value > 0.6 else "black"
            axis.text(column, row, f"{100 * value:.0f}", ha="center", va="center", color=colour)
    axis.set_xticks(range(table.shape[1]), table.columns)
    axis.set_yticks(range(len(table)), table.index)
    axis.tick_params(length=0)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    return figure


def planes(face: np.ndarray, codes: Mapping[str, np.ndarray], title: str) -> Figure:
    """Draw a face (height, width) and the patterns of its middle slice in each plane.

    ``codes`` are from ``helpers.features.lbp_top.pattern_codes``.
    """
    middles = {
        plane: np.take(volume, volume.shape[axis] // 2, axis)
        for (plane, volume), axis in zip(codes.items(), (0, 1, 2), strict=True)
    }
    figure, axes = new_figure(1, 4, width=9, height=2.9)
    axes[0].imshow(face, cmap="gray", vmin=0, vmax=255)
    axes[0].set_title("a face")
    for axis, (plane, slice_) in zip(axes[1:], middles.items(), strict=True):
        axis.imshow(slice_, cmap="gray", vmin=0, vmax=255, aspect="auto")
        axis.set_title(f"its patterns on {plane}")
    for axis in axes:
        bare(axis)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    return figure
