"""Figures of notebooks 01 to 04: what is predicted for a face, and for a clip of faces."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from helpers.evaluation.comparison import predicted_when_wrong
from helpers.plots.scores import CAPTION_SIZE, answer_captions, confusion, picture_grid
from helpers.plots.style import (
    LIGHT_GREY,
    bare,
    class_bars,
    new_figure,
)


def answers_grid(
    pictures: np.ndarray,
    true: np.ndarray,
    predicted: np.ndarray,
    classes: Sequence[str],
    title: str,
    columns: int = 8,
) -> Figure:
    """Draw pictures with what is predicted for them, and in red, where it is wrong, what they are.

    Parameters
    ----------
    pictures : uint8 array (n, height, width, channels)
    true, predicted : int arrays (n,)
        Indices into ``classes``.
    """
    captions, colours = answer_captions(true, predicted, classes)
    return picture_grid(pictures, captions, columns=columns, title=title, colours=colours)


def answers_beside(picture: np.ndarray, probabilities: Mapping[str, float]) -> Figure:
    """Draw one picture and beside it the probability of every class.

    Parameters
    ----------
    picture : uint8 array (height, width, channels)
    probabilities : mapping of class to number from 0 to 1
    """
    figure, (left, right) = new_figure(1, 2, width=6, height=2.8, width_ratios=(1, 1.6))
    bare(left)
    left.imshow(picture)
    classes, values = list(probabilities), list(probabilities.values())
    right.bar_label(
        class_bars(right, values, classes), [f"{value:.0%}" for value in values], padding=3
    )
    right.set_xlim(0, 1.15)
    figure.suptitle(f"Predicted: {max(probabilities, key=probabilities.get)}", fontsize=12)
    return figure


def confusion_beside_published(
    here: Sequence[Sequence[int]],
    published: Sequence[Sequence[int]],
    classes: Sequence[str],
    name: str,
) -> Figure:
    """Draw a confusion matrix beside the published one; the title tells the commonest mistake.

    Parameters
    ----------
    here, published : counts (k, k), rows true
    classes : k names
    name : str
        Of the network.
    """
    (ours, our_fraction), (theirs, their_fraction) = (
        predicted_when_wrong(counts, classes) for counts in (here, published)
    )
    title = (
        f"When wrong, {name} most often predicts {ours} ({our_fraction:.0%}), "
        f"in the thesis {theirs} ({their_fraction:.0%})"
    )
    return confusion({f"{name}, here": here, f"{name}, published": published}, classes, title)


def predicted_fractions(
    true: np.ndarray, predicted: Mapping[str, np.ndarray], classes: Sequence[str], title: str
) -> Figure:
    """Draw how often each class is predicted, a panel per network, beside how often it occurs.

    Parameters
    ----------
    true : int array (n,)
    predicted : mapping of name to int array (n,)
    """
    figure, axes = new_figure(
        1, len(predicted), width=max(4.0, 2.6 * len(predicted)), height=3.2, sharex=True
    )
    occurs = np.bincount(true, minlength=len(classes)) / len(true)
    for axis, (name, answers) in zip(axes, predicted.items(), strict=True):
        fractions = np.bincount(answers, minlength=len(classes)) / len(answers)
        class_bars(axis, fractions, classes)
        axis.tick_params(labelleft=axis is axes[0])
        for row, value in enumerate(fractions):  # at the edge, where no mark can claim them
            axis.text(
                1, row, f"{value:.0%}", transform=axis.get_yaxis_transform(), fontsize=8,
                ha="right", va="center",
            )  # fmt: skip
        axis.plot(occurs, range(len(classes)), "|", color="black", markersize=11)
        axis.margins(x=0.2)
        axis.set_title(name, fontsize=10)
    axes[0].set_xlabel(
        "bar and %: how often it is said;  | how often it occurs", loc="left", fontsize=9
    )
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
    frames : uint8 array (n, height, width, 3), or (n, height, width) in grey
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
    for column in range(count + 1):
        above, below = axes[column], axes[count + 1 + column]
        bare(above)
        if column < count:
            above.imshow(frames[column], cmap="gray", vmin=0, vmax=255)
        values = frame_scores[column] if column < count else clip_score
        class_bars(below, values, classes)[int(np.argmax(values))].set_edgecolor("black")
        below.set_xlim(0, 1.06)  # room for the outline of a bar that ends at 1
        below.set_title(f"frame {column + 1}" if column < count else "clip: mean", fontsize=8)
        below.set_facecolor("white" if column < count else LIGHT_GREY)
        below.tick_params(labelsize=8)
    figure.suptitle(title, fontsize=11)
    return figure
