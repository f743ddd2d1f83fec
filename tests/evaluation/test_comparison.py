"""Tables of notebook 02 against hand-made truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.evaluation.comparison import (
    answers_table,
    paired_table,
    said_when_wrong,
    wrong_and_right,
)


def test_pairs_are_compared_on_the_same_stills_and_corrected_for_their_number():
    weak = np.array([True] * 2 + [False] * 8)
    strong = np.array([True] * 8 + [False] * 2)
    right = {"weak": weak, "strong": strong, "same": weak.copy()}
    table = paired_table(
        right,
        {"stronger?": ("weak", "strong"), "same?": ("weak", "same"), "gone?": ("weak", "none")},
    )
    assert table["question"].tolist() == ["stronger?", "same?"]
    first, second = table.to_dict("records")
    assert (first["without"], first["with"]) == (0.2, 0.8)
    assert (first["only without right"], first["only with right"]) == (0, 6)
    assert first["p"] == pytest.approx(2 / 2**6)  # six coins, all on one side
    assert first["p, Holm"] == pytest.approx(2 * 2 / 2**6)
    assert second["p"] == second["p, Holm"] == 1


def test_no_question_that_can_be_asked_is_an_empty_table():
    table = paired_table({"a": np.array([True])}, {"?": ("a", "b")})
    assert table.empty and "p, Holm" in table


def test_favourite_answers_stand_beside_how_often_they_are_true():
    true = np.repeat([0, 1, 2], [50, 30, 20])
    said = np.repeat([1, 0, 2], [90, 9, 1])
    row = answers_table(true, {"net": said}, ["A", "B", "C"]).loc["net"]
    assert row.tolist() == ["B", 0.9, 0.3, "C"]
    assert answers_table(true, {"net": true}, ["A", "B", "C"])["hardly ever said"].iloc[0] == "none"


def test_what_is_said_when_wrong_is_counted_among_wrong_answers_alone():
    counts = [[9, 1, 0], [2, 1, 4], [0, 1, 9]]  # wrong: 2 say A, 2 say B, 4 say C
    assert said_when_wrong(counts, "ABC") == ("C", 0.5)
    counts[1] = [4, 1, 4]
    assert said_when_wrong(counts, "ABC") == ("A and C", 0.4)
    assert said_when_wrong(np.diag([3, 0, 2]), "ABC") == ("nothing", 0.0)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 8))
def test_stills_to_look_at_are_wrong_ones_then_right_ones(values, each):
    right = np.array(values)
    order = wrong_and_right(right, each)
    wrong = min(each, (~right).sum())
    assert len(order) == wrong + min(each, right.sum()) == len(set(order))
    assert not right[order[:wrong]].any() and right[order[wrong:]].all()


def test_stills_to_look_at_are_spread_from_the_first_to_the_last():
    order = wrong_and_right(np.zeros(100, dtype=bool), 4)
    assert order.tolist() == [0, 33, 66, 99]
