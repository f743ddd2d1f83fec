"""One look for every figure: colours of the emotions, bars of classes, sizes, quiet axes."""

from collections.abc import Sequence

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure

from helpers.results.record import CHART_COLOURS

EMOTION_COLOURS = {
    "Angry": "#D55E00",
    "Disgust": "#009E73",
    "Fear": "#CC79A7",
    "Happy": "#E69F00",
    "Neutral": "#7F7F7F",
    "Sad": "#0072B2",
    "Surprise": "#56B4E9",
}
"""One colour per emotion, from the colour-blind safe palette of Okabe and Ito (2008)."""

TRAINING_COLOUR = "#9A9A9A"
TEST_COLOUR = "#0072B2"
WRONG_COLOUR = "#B00020"
PUBLISHED_COLOUR = "#D55E00"
"""Published values are always drawn in this colour."""
LIGHT_GREY = "#D9D9D9"
HEATMAP = CHART_COLOURS


def new_figure(
    rows: int = 1, columns: int = 1, *, width: float = 7.0, height: float = 4.0, **options
) -> tuple[Figure, list[Axes]]:
    """Return a closed figure and its axes as a flat list; sizes in inches.

    The figure is closed so that a notebook shows it once, as the value of its cell.
    ``options`` go to ``matplotlib.pyplot.subplots``.
    """
    figure, axes = plt.subplots(
        rows,
        columns,
        figsize=(width, height),
        layout="constrained",
        squeeze=False,
        dpi=100,
        **options,
    )
    plt.close(figure)
    axes = list(axes.ravel())
    for axis in axes:
        quiet(axis)
    return figure, axes


def quiet(axis: Axes) -> None:
    """Take away what carries no information: two spines, tick marks."""
    axis.spines[["top", "right"]].set_visible(False)
    axis.spines[["left", "bottom"]].set_color("#888888")
    axis.tick_params(length=0, labelsize=10)
    axis.title.set_fontsize(11)


def bare(axis: Axes) -> None:
    """Leave nothing but what is drawn, for pictures."""
    axis.set_xticks([])
    axis.set_yticks([])
    axis.spines[:].set_visible(False)


def colours_of(classes: Sequence[str]) -> list[str]:
    """Return the colour of each class: the emotion's, or one for all classes of another kind."""
    return [EMOTION_COLOURS.get(name, TEST_COLOUR) for name in classes]


def class_bars(axis: Axes, values: Sequence[float], classes: Sequence[str]) -> BarContainer:
    """Draw a horizontal bar per class in its colour, the first at the top, and return the bars."""
    bars = axis.barh(range(len(classes)), values, color=colours_of(classes))
    axis.set_yticks(range(len(classes)), classes)
    axis.set_ylim(len(classes) - 0.45, -0.55)
    axis.set_xticks([])
    axis.spines["bottom"].set_visible(False)
    return bars
