"""Comparisons against hand-made truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from helpers.evaluation.comparison import (
    answers_table,
    paired_table,
    predicted_when_wrong,
    readable,
    wrong_and_right,
)


def test_pairs_are_compared_on_the_same_samples_and_corrected_for_their_number():
    weak, strong = np.arange(10) < 2, np.arange(10) < 8
    table = paired_table({"stronger?": (weak, strong), "same?": (weak, weak)}, ("without", "with"))
    assert table["question"].tolist() == ["stronger?", "same?"]
    first, second = table.to_dict("records")
    assert (first["n"], first["without"], first["with"]) == (10, 0.2, 0.8)
    assert (first["only_without"], first["only_with"]) == (0, 6)
    assert first["p_value"] == pytest.approx(2 / 2**6)  # six coins, all on one side
    assert first["p_holm"] == pytest.approx(2 * 2 / 2**6)
    assert second["p_value"] == second["p_holm"] == 1


def test_a_pair_without_a_sample_in_common_has_no_accuracy_and_shows_nothing():
    none = np.array([], dtype=bool)
    (row,) = paired_table({"?": (none, none)}).to_dict("records")
    assert (row["n"], row["p_value"]) == (0, 1) and np.isnan(row["first"])


def test_no_question_is_an_empty_table_with_every_column():
    table = paired_table({})
    assert table.empty and "p_holm" in table


def test_favourite_answers_stand_beside_how_often_they_are_true():
    true = np.repeat([0, 1, 2], [50, 30, 20])
    predicted = np.repeat([1, 0, 2], [90, 9, 1])
    table = answers_table(true, {"net": predicted, "perfect": true}, ["A", "B", "C"])
    assert table.loc["net"].tolist() == ["B", 0.9, 0.3, "C"]
    assert table.loc["perfect", "hardly ever predicted"] == "none"


def test_what_is_predicted_when_wrong_is_counted_among_mistakes_alone():
    counts = [[9, 1, 0], [2, 1, 4], [0, 1, 9]]  # wrong: 2 are called A, 2 B, 4 C
    assert predicted_when_wrong(counts, "ABC") == ("C", 0.5)
    counts[1] = [4, 1, 4]
    assert predicted_when_wrong(counts, "ABC") == ("A and C", 0.4)
    assert predicted_when_wrong(np.diag([3, 0, 2]), "ABC") == ("nothing", 0.0)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 8))
def test_samples_to_look_at_are_wrong_ones_then_right_ones(values, each):
    right = np.array(values)
    order = wrong_and_right(right, each)
    wrong = min(each, (~right).sum())
    assert len(order) == wrong + min(each, right.sum()) == len(set(order))
    assert not right[order[:wrong]].any() and right[order[wrong:]].all()


def test_samples_to_look_at_are_spread_from_the_first_to_the_last():
    order = wrong_and_right(np.zeros(100, dtype=bool), 4)
    assert order.tolist() == [0, 33, 66, 99]


def test_a_table_to_be_read_has_no_p_value_of_zero():
    table = pd.DataFrame({"n": [7, 8], "effect": [0.12345, -0.5], "p_value": [1e-9, 0.0123]})
    found = readable(table.assign(p_holm=[np.nan, 1.0]))
    assert list(found["p_value"]) == ["< 0.001", "0.012"] and list(found["p_holm"]) == ["", "1.000"]
    assert list(found["effect"]) == [0.123, -0.5] and list(found["n"]) == [7, 8]
    assert table["p_value"][0] == 1e-9
