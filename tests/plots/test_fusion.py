"""Figures of notebook 07 draw what they are given."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from helpers.emotions import EMOTIONS
from helpers.plots import fusion as plots


def drawn(figure):
    figure.savefig(io.BytesIO(), format="png")
    assert not plt.get_fignums()
    return figure


def test_runs_are_counted_beside_the_published_one():
    counts = {"last": [70, 72, 72], "best": [80, 80, 85]}
    figure = drawn(plots.run_distribution(counts, 188, 85, "t"))
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights[:3] == [1, 0, 2] and sum(heights) == 3
    assert any(line.get_xdata()[0] == 85 / 188 for line in figure.axes[1].lines)


def test_the_leak_is_a_line_from_test_to_training_accuracy():
    table = pd.DataFrame({("thesis", "train"): [1.0, 0.5], ("thesis", "test"): [0.25, 0.5]})
    (axis,) = drawn(plots.leak(table, "t")).axes
    train, test = (line.get_xdata().tolist() for line in axis.lines)
    assert train == [1, 0.5] and test == [0.25, 0.5]


def test_gains_are_grey_unless_the_test_finds_them():
    table = pd.DataFrame(
        {"gain": [0.1, 0], "gain_low": [0.05, -0.1], "gain_high": [0.2, 0.1], "p_holm": [0.01, 1]},
        index=["mean", "SVM"],
    )
    (axis,) = drawn(plots.gains({"held_out": table}, "video", "t")).axes
    assert [text.get_text() for text in axis.get_yticklabels()] == ["mean", "SVM"]
    first, second = axis.collections[0].get_segments()
    assert (first[:, 0].tolist(), second[:, 0].tolist()) == ([0.05, 0.2], [-0.1, 0.1])
    colours = axis.collections[0].get_colors()
    assert colours[0].tolist() != colours[1].tolist()


def test_power_is_drawn_with_the_sizes_of_afew():
    (axis,) = drawn(plots.power_curves({"a": (0.1, 0.3), "b": (0.02, 0.3)}, "t")).axes
    assert [text.get_text()[:3] for text in axis.texts] == ["188", "383", "653"]
    assert axis.get_ylim()[1] > 1, "room for the legend above the curves"


def test_a_recall_that_there_is_not_has_no_label():
    bars = {"video": np.ones(7) / 7, "mean": np.array([1, 0, 0, 0, 0, 0, np.nan])}
    figure = drawn(plots.clip_bars(bars, EMOTIONS, "t"))
    assert [text.get_text() for text in figure.axes[1].texts] == ["100%", *["0%"] * 5, ""]


def test_matrices_stand_above_the_published_ones():
    matrix = np.eye(7, dtype=int)
    figure = drawn(plots.matrices_beside({"a": matrix}, {"a": 2 * matrix}, EMOTIONS, "t"))
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == ["a\nrecomputed, 7 of 7", "a\npublished, 14 of 14"]


@pytest.mark.parametrize("lengths", [(6, 1, 0), ()])
def test_a_clip_with_few_frames_shows_those_that_it_has(lengths):
    strips = [np.zeros((frames, 8, 8, 3), np.uint8) for frames in lengths]
    figure = drawn(plots.clip_strips(strips, ["caption"] * len(strips), "t"))
    expected = [1] * 4 + [1, 0, 0, 0] + [0] * 4 if lengths else [0] * 4
    assert [len(axis.images) for axis in figure.axes] == expected
