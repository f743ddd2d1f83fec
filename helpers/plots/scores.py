"""Figures about scores, the same in every notebook: counts, curves, confusion, intervals."""

import math
import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from helpers.evaluation.scores import recall_of_each
from helpers.plots.style import (
    EMOTION_COLOURS,
    HEATMAP,
    PUBLISHED_COLOUR,
    TEST_COLOUR,
    TRAINING_COLOUR,
    WRONG_COLOUR,
    bare,
    colours_of,
    new_figure,
    quiet,
)

CAPTION_SIZE = 14
"""Of the line below a picture: to be read also when a page shows the figure at half its size."""
_CHANCE = {"color": "#999999", "linewidth": 1, "linestyle": ":"}


def learning_curves(
    histories: Mapping[str, pd.DataFrame], title: str, chance: float | None = None
) -> Figure:
    """Draw training and validation accuracy by epoch, a panel per run (figures 6, 9, 12, 16, 18).

    More than three runs stand in pairs, so that they can be read on a page that is no wider.

    Parameters
    ----------
    histories : mapping of name to history
        As ``models.training.fit`` returns them; the epoch whose weights were kept is marked.
    title : str
        The finding.
    chance : float, optional
        A line to compare with, usually the fraction of the most frequent class.
    """
    count = len(histories)
    columns = count if count <= 3 else 2
    rows = math.ceil(count / columns)
    size = {"width": max(5.0, 3.6 * columns), "height": 3.4 * rows}
    figure, axes = new_figure(rows, columns, **size, sharey=True)
    for axis in axes[count:]:
        axis.set_axis_off()
    for axis, (name, history) in zip(axes, histories.items(), strict=False):
        axis.plot(history["epoch"], history["accuracy"], color=TRAINING_COLOUR, label="training")
        if "val_accuracy" in history:
            values = history["val_accuracy"]
            axis.plot(history["epoch"], values, color=TEST_COLOUR, label="validation")
            best = history.attrs.get("best_epoch", len(history))
            kept = values.iloc[best - 1]
            axis.plot(best, kept, "o", color=TEST_COLOUR, markersize=6)
            name = f"{name}\nepoch {best} kept, {kept:.2f}"
        if chance is not None:
            # Named in the legend: a word beside the line would lie on the curves, or they on it.
            axis.axhline(chance, label="majority class", zorder=0, **_CHANCE)
        axis.set(title=name, xlabel="epoch", ylim=(0, 1.02))
        axis.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, min_n_ticks=1))
    for axis in axes[::columns]:
        axis.set_ylabel("accuracy")
    axes[0].legend(frameon=False, fontsize=9, loc="best")
    _head(figure, title)
    return figure


def response_curves(
    moved: Sequence[float],
    responses: Mapping[str, Sequence[float]],
    title: str,
    *,
    xlabel: str,
    ylabel: str = "probability",
    chance: float = 0.0,
) -> Figure:
    """Draw what answers to one thing that is moved: a line per emotion, or per network.

    Parameters
    ----------
    moved : values of the thing (n,)
    responses : mapping of name to values from 0 to 1, (n,)
        Emotions are drawn in their colours. Every line is named at its end.
    chance : float
        A line to compare with, drawn when it is not 0.
    """
    figure, (axis,) = new_figure(width=7, height=3.8)
    ends = sorted((values[-1], name) for name, values in responses.items())
    heights = np.array([end for end, _ in ends])
    for k in range(1, len(heights)):  # names keep clear of each other
        heights[k] = max(heights[k], heights[k - 1] + 0.065)
    heights -= max(heights[-1] - 1.0, 0.0)
    shades = [TEST_COLOUR, PUBLISHED_COLOUR, TRAINING_COLOUR, "black"]
    for place, (name, values) in enumerate(responses.items()):
        colour = EMOTION_COLOURS.get(name, shades[place % len(shades)])
        axis.plot(moved, values, color=colour, linewidth=2, marker="o", markersize=4)
        height = heights[[own for _, own in ends].index(name)]
        axis.annotate(name, (moved[-1], height), (8, 0), textcoords="offset points", va="center",
                      fontsize=11)  # fmt: skip
    if chance:
        axis.axhline(chance, zorder=0, **_CHANCE)
    axis.set(ylim=(0, 1.02), xlabel=xlabel, ylabel=ylabel)
    _head(figure, title)
    return figure


def confusion(
    matrices: Mapping[str, Sequence[Sequence[int]]], classes: Sequence[str], title: str
) -> Figure:
    """Draw confusion matrices side by side: rows are true, shading is the fraction of the row.

    Parameters
    ----------
    matrices : mapping of name to counts (k, k)
        For example ours and the published one.
    """
    size = 0.55 * len(classes) + 1.4
    figure, axes = new_figure(1, len(matrices), width=size * len(matrices), height=size)
    for axis, (name, matrix) in zip(axes, matrices.items(), strict=True):
        counts = np.asarray(matrix)
        fractions = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        sns.heatmap(
            fractions,
            ax=axis,
            annot=counts,
            fmt="d",
            cmap=HEATMAP,
            vmin=0,
            vmax=1,
            cbar=False,
            square=True,
            linewidths=0.5,
            annot_kws={"fontsize": 9},
        )
        axis.set_xticklabels(classes, rotation=45, ha="right")
        axis.set_yticklabels(classes, rotation=0)
        axis.set(title=name, xlabel="predicted", ylabel="true")
        quiet(axis)
    _head(figure, title)
    return figure


def accuracy_intervals(
    experiments: Sequence[Mapping],
    title: str,
    chance: float = 0.0,
    others: Mapping[str, Sequence[float]] | None = None,
) -> Figure:
    """Draw each experiment's accuracy with its 95 % interval and the published value, if any.

    Parameters
    ----------
    experiments : sequence of mappings
        As ``helpers.results.runs.experiment`` makes them.
    title : str
        The finding.
    chance : float
        The fraction of the most frequent class, drawn as a line when it is not 0.
    others : mapping of experiment's name to accuracies, optional
        Of the same system with other seeds (protocol ``held_out``), as small marks.
    """
    figure, (axis,) = new_figure(width=6, height=0.42 * len(experiments) + 1.3)
    marks = ""
    for row, entry in enumerate(experiments):
        low, high = entry["metrics"]["interval"]
        axis.plot([low, high], [row, row], color=TEST_COLOUR, linewidth=2, alpha=0.5)
        axis.plot(entry["metrics"]["accuracy"], row, "o", color=TEST_COLOUR)
        published = (entry.get("published") or {}).get("value")
        if published is not None:
            axis.plot(published, row, "|", color=PUBLISHED_COLOUR, markersize=16, markeredgewidth=2)
            marks = "; vertical mark: published"
        if others is not None and entry["protocol"] == "held_out":
            values = list(others[entry["name"]])
            axis.plot(values, [row] * len(values), "o", color=TEST_COLOUR, markersize=4, alpha=0.6)
    counts = {entry["n"] for entry in experiments}
    each = "" if len(counts) == 1 else ", n={n}"
    names = [("{name} ({protocol}" + each + ")").format(**entry) for entry in experiments]
    axis.set_yticks(range(len(names)), names)
    axis.set_ylim(len(names) - 0.3, -0.9)
    if chance:
        axis.axvline(chance, **_CHANCE)
        axis.text(chance, -0.8, " majority class", fontsize=8, color="#777777", va="top")
    axis.set(xlim=(0, 1))
    _head(figure, title)
    of_all = f" (n = {counts.pop()})" if len(counts) == 1 else ""
    axis.set_xlabel(f"accuracy{of_all}, 95 % interval{marks}", fontsize=9)
    axis.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    return figure


def accuracy_by_count(accuracies: Mapping[int, float], what: str, title: str) -> Figure:
    """Draw an accuracy by how many of something there are.

    Parameters
    ----------
    accuracies : mapping of number to fraction
    what : str
        What is counted, below the axis.
    """
    figure, (axis,) = new_figure(width=6, height=3.4)
    axis.plot(list(accuracies), list(accuracies.values()), "o-", color=TEST_COLOUR)
    for count, value in accuracies.items():
        axis.annotate(f"{value:.0%}", (count, value), (0, 7), textcoords="offset points",
                      fontsize=9, ha="center")  # fmt: skip
    axis.set(xlabel=what, ylabel="accuracy", ylim=(0, 1), xticks=list(accuracies))
    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    _head(figure, title)
    return figure


def per_class_recall(scores: Mapping[str, Mapping], title: str) -> Figure:
    """Draw the recall of each class, a group of bars per class, for one or more scores.

    A class that is never recognised has a 0 in the place of its bar; one that does not occur has
    neither.

    Parameters
    ----------
    scores : mapping of name to score
        As ``helpers.evaluation.scores.score`` returns them, all with the same classes.
    """
    classes = list(next(iter(scores.values()))["classes"])
    figure, (axis,) = new_figure(width=7, height=3.4)
    width = 0.8 / len(scores)
    shades = np.linspace(1.0, 0.4, len(scores))
    for position, (name, score) in enumerate(scores.items()):
        recall = recall_of_each(score["confusion"])
        left = np.arange(len(classes)) + (position - (len(scores) - 1) / 2) * width
        axis.bar(left, recall, width * 0.92, color=colours_of(classes), label=name,
                 alpha=shades[position])  # fmt: skip
        for place in left[recall == 0]:
            axis.text(place, 0, "0", fontsize=9, ha="center", va="bottom")
    axis.set_xticks(range(len(classes)), classes)
    axis.set(ylim=(0, 1), ylabel="recall")
    if len(scores) > 1:  # above the bars, which leave no place beside them
        axis.legend(frameon=False, fontsize=9, ncols=len(scores), loc="lower center",
                    bbox_to_anchor=(0.5, 1))  # fmt: skip
    _head(figure, title)
    return figure


def picture_grid(
    pictures: Sequence[np.ndarray],
    captions: Sequence[str] | None = None,
    *,
    columns: int = 8,
    title: str = "",
    colours: Sequence[str] | None = None,
) -> Figure:
    """Draw pictures in a grid, each with a caption of its own.

    Parameters
    ----------
    pictures : sequence of arrays (height, width), (height, width, 1) or (height, width, 3)
        uint8, or float from 0 to 1.
    captions, colours : sequences of str, optional
        A line under each picture, and its colour (right and wrong, or the emotion's).
    """
    rows = max(1, -(-len(pictures) // columns))
    captions = ["\n".join(map(_narrow, text.splitlines())) for text in captions or ()]
    lines = max((text.count("\n") + 1 for text in captions), default=0)
    height = (1.3 + 0.24 * lines) * rows + 0.5
    figure, axes = new_figure(rows, columns, width=1.3 * columns, height=height)
    figure.set_dpi(64)  # as shown in a notebook, whose size grows with every pixel of a photo
    for axis in axes:
        bare(axis)
    for index, (axis, picture) in enumerate(zip(axes, pictures, strict=False)):
        top = 255 if np.asarray(picture).dtype == np.uint8 else 1
        axis.imshow(np.squeeze(picture), cmap="gray", vmin=0, vmax=top)
        if captions:
            colour = colours[index] if colours else "black"
            axis.set_xlabel(captions[index], fontsize=CAPTION_SIZE, color=colour)
    _head(figure, title)
    return figure


def answer_captions(
    true: np.ndarray, predicted: np.ndarray, classes: Sequence[str], *, between: str = "\n"
) -> tuple[list[str], list[str]]:
    """Return a caption and a colour per sample: the prediction and, in red, what a wrong one is.

    Parameters
    ----------
    true, predicted : int arrays (n,)
        Indices into ``classes``.
    between : str
        Between what was predicted and what is true.
    """
    captions, colours = [], []
    for label, found in zip(true, predicted, strict=True):
        is_wrong = found != label
        captions.append(classes[found] + (f"{between}is {classes[label]}" if is_wrong else ""))
        colours.append(WRONG_COLOUR if is_wrong else "black")
    return captions, colours


def _narrow(line: str) -> str:
    return textwrap.fill(line, 14)  # as wide as a picture


def _head(figure: Figure, title: str) -> None:
    """Write a title over the whole figure, in lines that a narrow one can hold."""
    lines = (textwrap.fill(line, 60) for line in title.splitlines())
    figure.suptitle("\n".join(lines), fontsize=12 * 100 / figure.dpi)  # as large at every dpi
