"""Figures of notebook 08: every system is there once, at its accuracy."""

import numpy as np
import pandas as pd

from helpers.features.lbp_top import pattern_codes
from helpers.plots.then_and_now import against_seconds, over_the_years, planes, recalls


def table():
    rows = {"new": (2022, 0.02, 0.6), "old": (2013, 0.3, 0.3), "without": (2021, np.nan, 0.4)}
    columns = ["year", "seconds a clip", "accuracy"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return found.assign(low=found["accuracy"] - 0.1, high=found["accuracy"] + 0.1)


def test_systems_stand_by_their_years_with_what_was_published():
    figure = over_the_years(table(), {"old": [0.272, 0.388], "absent": [0.5]}, 0.2, "title")
    (axis,) = figure.axes
    names = [label.get_text() for label in axis.get_yticklabels()]
    assert names == ["2013  old", "2021  without", "2022  new"]
    assert axis.lines[0].get_xdata().tolist() == [0.3, 0.4, 0.6]
    marks = [
        (line.get_xdata(), line.get_ydata()) for line in axis.lines if line.get_marker() == "|"
    ]
    drawn = [(list(x), list(y)) for x, y in marks if len(x)]
    assert drawn == [([0.272, 0.388], [0, 0])], "beside the old one"


def test_what_has_no_time_is_left_out_of_the_figure_of_times():
    (axis,) = against_seconds(table(), "title").axes
    assert {text.get_text() for text in axis.texts} == {"new", "old"}


def test_each_system_has_a_row_of_recalls_in_percent():
    fractions = pd.DataFrame({"Angry": [0.25, 1.0], "Sad": [0.0, 0.5]}, index=["old", "new"])
    (axis,) = recalls(fractions, "title").axes
    assert [text.get_text() for text in axis.texts] == ["25", "0", "100", "50"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["old", "new"]


def test_a_face_and_its_three_planes_are_shown():
    volume = np.random.default_rng(0).integers(0, 256, (9, 20, 16), dtype=np.uint8)
    figure = planes(volume[4], pattern_codes(volume), "title")
    shapes = [axis.images[0].get_array().shape for axis in figure.axes]
    assert shapes == [(20, 16), (18, 14), (7, 14), (7, 18)]
