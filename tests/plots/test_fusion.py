"""Figures of notebook 07 draw what they are given."""

import io

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

from helpers.emotions import EMOTIONS
from helpers.evaluation.statistics import clips_for_power
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


def test_the_leak_has_a_mark_for_every_fusion_and_way_of_teaching():
    table = pd.DataFrame({"mean": [0.6, 0.4], "stacking": [0.5, 0.3]}, index=["nobody", "audio"])
    (axis,) = drawn(plots.leak(table, 0.45, "t")).axes
    marks = [list(line.get_xdata()) for line in axis.lines]
    assert marks[:2] == [[0.6, 0.4], [0.5, 0.3]] and marks[2] == [0.45, 0.45]
    assert [text.get_text() for text in axis.get_legend().get_texts()] == list(table)


def test_the_gain_that_was_chosen_beforehand_has_a_colour_of_its_own():
    table = pd.DataFrame(
        {"gain": [0.1, 0], "gain_low": [0.05, -0.1], "gain_high": [0.2, 0.1]},
        index=["mean", "SVM"],
    )
    (axis,) = drawn(plots.gains(table, "video", "SVM", "t")).axes
    assert [text.get_text() for text in axis.get_yticklabels()] == ["mean", "SVM"]
    first, second = axis.collections[0].get_segments()
    assert (first[:, 0].tolist(), second[:, 0].tolist()) == ([0.05, 0.2], [-0.1, 0.1])
    colours = axis.collections[0].get_colors()
    assert colours[0].tolist() != colours[1].tolist()


def test_a_curve_of_power_has_its_name_where_it_is_enough():
    (axis,) = drawn(plots.power_curves({"a": (0.1, 0.3), "b": (0.04, 0.3)}, "t")).axes
    texts = [text.get_text() for text in axis.texts]
    needed = [clips_for_power(gain, 0.3) for gain in (0.1, 0.04)]
    assert texts[:2] == [f"a\n{needed[0]:,} clips", f"b\n{needed[1]:,} clips"]
    assert [text[:3] for text in texts[2:]] == ["188", "383", "653"]
    assert axis.get_legend() is None


def test_people_stand_beside_networks_in_a_panel_for_each_sense():
    rows = [
        ("networks", "face", 0.5, 0.4, 0.6),
        ("raters", "face", 0.58, 0.58, 0.58),
        ("networks", "both", 0.7, 0.6, 0.8),
        ("you, the ten", "both", 0.4, 0.2, 0.6),
    ]
    table = pd.DataFrame(rows, columns=["who", "sense", "accuracy", "low", "high"])
    face, both = drawn(plots.people_and_machine(table, "t")).axes
    assert [axis.get_title() for axis in (face, both)] == ["face", "both"]
    assert [text.get_text() for text in both.texts] == ["70%", "40%"]
    names = [label.get_text() for label in face.get_yticklabels()]
    assert names == ["networks", "raters", "you, the ten"]


def test_a_recall_that_there_is_not_has_no_label():
    bars = {"video": np.ones(7) / 7, "mean": np.array([1, 0, 0, 0, 0, 0, np.nan])}
    figure = drawn(plots.clip_bars(bars, EMOTIONS, "t"))
    assert [text.get_text() for text in figure.axes[1].texts] == ["100%", *["0%"] * 5, ""]
