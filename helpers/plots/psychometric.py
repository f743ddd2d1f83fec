"""What a network answers while one thing is moved and everything else is held."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.plots.style import EMOTION_COLOURS, TEST_COLOUR, new_figure


def psychometric_curves(
    intensities: Sequence[float],
    probabilities: Mapping[str, Sequence[float]],
    title: str,
    *,
    moved: str = "intensity of the emotion",
) -> Figure:
    """Draw the probability that a network gives to each emotion by how strongly it was expressed.

    Parameters
    ----------
    intensities : k floats
        Where the thing that is moved stood.
    probabilities : mapping of emotion to k floats
        Means over people and sentences.
    title : str
        The finding.
    moved : str
        What the horizontal axis is.
    """
    figure, axes = new_figure(
        2, -(-len(probabilities) // 2), width=8, height=4.2, sharex=True, sharey=True
    )
    for axis, (emotion, values) in zip(axes, probabilities.items(), strict=False):
        colour = EMOTION_COLOURS.get(emotion, TEST_COLOUR)
        axis.plot(intensities, values, "o-", color=colour, linewidth=2, markersize=4)
        axis.axhline(1 / 7, color="#777777", linewidth=1, linestyle=":", zorder=0)
        axis.set(title=emotion, xlim=(-0.03, 1.03), ylim=(0, 1.02))
        axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    for axis in axes[len(probabilities) :]:
        axis.set_axis_off()
    figure.supylabel("probability, mean; dotted: a guess", fontsize=9)
    figure.supxlabel(moved, fontsize=9)
    figure.suptitle(title, fontsize=12)
    return figure
