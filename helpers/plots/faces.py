"""Figures of notebooks 01 to 04: what is said of which face, transferred, and made of a clip."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from helpers.evaluation.comparison import said_when_wrong
from helpers.plots.scores import CAPTION_SIZE, confusion, picture_grid
from helpers.plots.style import (
    EMOTION_COLOURS,
    LIGHT_GREY,
    TEST_COLOUR,
    bare,
    new_figure,
)

WRONG_COLOUR = "#B00020"


def answers_grid(
    pictures: np.ndarray,
    true: np.ndarray,
    named: np.ndarray,
    classes: Sequence[str],
    title: str,
    columns: int = 8,
) -> Figure:
    """Draw pictures with what a network says of them, and in red, if it is wrong, what they are.

    Parameters
    ----------
    pictures : uint8 array (n, height, width, channels)
    true, named : int arrays (n,)
        Indices into ``classes``.
    """
    wrong = np.asarray(true) != np.asarray(named)
    captions = [
        f"{classes[said]}\nis {classes[what]}" if is_wrong else classes[said]
        for said, what, is_wrong in zip(named, true, wrong, strict=True)
    ]
    colours = [WRONG_COLOUR if is_wrong else "black" for is_wrong in wrong]
    return picture_grid(pictures, captions, columns=columns, title=title, colours=colours)


def confusion_beside_published(
    here: Sequence[Sequence[int]],
    published: Sequence[Sequence[int]],
    classes: Sequence[str],
    name: str,
) -> Figure:
    """Draw a confusion matrix beside the published one; the title says what wrong answers say.

    Parameters
    ----------
    here, published : counts (k, k), rows true
    classes : k names
    name : str
        Of the network.
    """
    (ours, share), (theirs, their_share) = (
        said_when_wrong(counts, classes) for counts in (here, published)
    )
    title = (
        f"When wrong, {name} most often says {ours} ({share:.0%}), "
        f"in the thesis {theirs} ({their_share:.0%})"
    )
    return confusion({f"{name}, here": here, f"{name}, published": published}, classes, title)


def predicted_shares(
    true: np.ndarray, predicted: Mapping[str, np.ndarray], classes: Sequence[str], title: str
) -> Figure:
    """Draw how often each class is named, a panel a network, beside how often it occurs.

    Parameters
    ----------
    true : int array (n,)
    predicted : mapping of name to int array (n,)
    """
    figure, axes = new_figure(
        1, len(predicted), width=max(4.0, 2.6 * len(predicted)), height=3.2, sharex=True
    )
    occurs = np.bincount(true, minlength=len(classes)) / len(true)
    for axis, (name, named) in zip(axes, predicted.items(), strict=True):
        shares = np.bincount(named, minlength=len(classes)) / len(named)
        colours = [EMOTION_COLOURS.get(label, TEST_COLOUR) for label in classes]
        axis.barh(range(len(classes)), shares, color=colours)
        for row, share in enumerate(shares):  # beside the bar and the mark, whichever is longer
            place = (max(share, occurs[row]), row)
            axis.annotate(
                f"{share:.0%}", place, (5, 0), textcoords="offset points", fontsize=8, va="center"
            )
        axis.plot(occurs, range(len(classes)), "|", color="black", markersize=11)
        axis.set_yticks(range(len(classes)), classes if axis is axes[0] else [])
        axis.set_xticks([])
        axis.spines["bottom"].set_visible(False)
        axis.margins(x=0.2)
        axis.set_title(name, fontsize=10)
        axis.invert_yaxis()
    axes[0].set_xlabel("| how often it occurs", loc="left", fontsize=9)
    figure.suptitle(title, fontsize=12)
    return figure


def heat_grid(
    pictures: np.ndarray,
    heat: np.ndarray,
    captions: Sequence[str],
    *,
    columns: int = 8,
    title: str = "",
    colours: Sequence[str] | None = None,
) -> Figure:
    """Draw pictures, each with its Grad-CAM over it below.

    Parameters
    ----------
    pictures : uint8 array (n, height, width, 3)
    heat : float array (n, height, width)
        From ``helpers.models.grad_cam.grad_cam``, 0 to 1.
    captions, colours : n str
    """
    blocks = -(-len(pictures) // columns)
    figure, axes = new_figure(2 * blocks, columns, width=1.15 * columns, height=2.95 * blocks + 0.4)
    figure.set_dpi(72)  # a notebook grows with every pixel of a photo
    for axis in axes:
        bare(axis)
    for index in range(len(pictures)):
        above = axes[2 * (index // columns) * columns + index % columns]
        below = axes[(2 * (index // columns) + 1) * columns + index % columns]
        above.imshow(pictures[index])
        below.imshow(pictures[index].mean(axis=-1), cmap="gray", vmin=0, vmax=255)
        below.imshow(heat[index], cmap="inferno", alpha=0.55, vmin=0, vmax=1)
        colour = colours[index] if colours else "black"
        below.set_xlabel(captions[index], fontsize=CAPTION_SIZE * 64 / figure.dpi, color=colour)
    figure.suptitle(title, fontsize=12 * 100 / figure.dpi)
    return figure


def clip_strip(
    frames: np.ndarray,
    frame_scores: np.ndarray,
    clip_score: np.ndarray,
    classes: Sequence[str],
    title: str,
) -> Figure:
    """Draw the frames of a clip in a row, below each its probabilities, and at the end the clip's.

    Parameters
    ----------
    frames : uint8 array (n, height, width, 3)
    frame_scores : array (n, classes)
    clip_score : array (classes,)
    """
    count = len(frames)
    figure, axes = new_figure(
        2,
        count + 1,
        width=1.1 * (count + 1) + 0.8,
        height=2.9,
        height_ratios=[1, 1.3],
        sharey="row",
    )
    colours = [EMOTION_COLOURS.get(name, TEST_COLOUR) for name in classes]
    for column in range(count + 1):
        above, below = axes[column], axes[count + 1 + column]
        bare(above)
        if column < count:
            above.imshow(frames[column])
        values = frame_scores[column] if column < count else clip_score
        bars = below.barh(range(len(classes)), values, color=colours)
        bars[int(np.argmax(values))].set_edgecolor("black")
        below.set_xlim(0, 1)
        below.set_xticks([])
        below.set_title(f"frame {column + 1}" if column < count else "clip: mean", fontsize=8)
        below.spines["bottom"].set_visible(False)
        below.set_facecolor("white" if column < count else LIGHT_GREY)
    axes[count + 1].set_yticks(range(len(classes)), classes, fontsize=8)
    axes[count + 1].invert_yaxis()
    figure.suptitle(title, fontsize=11)
    return figure
