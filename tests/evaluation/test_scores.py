"""Scores against scikit-learn, closed forms and published worked examples."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn import metrics as sklearn_metrics

from helpers.emotions import EMOTIONS
from helpers.evaluation import scores
from helpers.paths import repository_root

labels = st.integers(1, 60).flatmap(
    lambda n: st.tuples(*[arrays.arrays(np.int64, n, elements=st.integers(0, 6))] * 2)
)


@given(labels)
def test_recall_of_each_class_equals_scikit_learn_and_is_none_of_an_absent_one(pair):
    true, predicted = pair
    found = scores.recall_of_each(scores.confusion_matrix(true, predicted))
    present = np.unique(true)
    np.testing.assert_allclose(
        found[present],
        sklearn_metrics.recall_score(true, predicted, labels=present, average=None),
    )
    assert np.isnan(np.delete(found, present)).all()


@given(labels)
def test_scores_equal_scikit_learn_on_the_classes_present(pair):
    true, predicted = pair
    result = scores.score(true, predicted)
    present = np.unique(true)
    macro = sklearn_metrics.f1_score(
        true, predicted, labels=present, average="macro", zero_division=0
    )
    weighted = sklearn_metrics.f1_score(true, predicted, average="weighted", zero_division=0)
    recall = sklearn_metrics.recall_score(true, predicted, labels=present, average="macro")
    assert result["accuracy"] == pytest.approx(np.mean(true == predicted))
    assert result["f1_macro"] == pytest.approx(macro)
    assert result["f1_weighted"] == pytest.approx(weighted)
    assert result["uar"] == pytest.approx(recall)
    expected = sklearn_metrics.confusion_matrix(true, predicted, labels=range(7))
    assert result["confusion"] == expected.tolist()
    assert result["interval"][0] <= result["accuracy"] <= result["interval"][1]


def test_names_and_indices_give_the_same_score_that_json_can_hold():
    true, predicted = np.array([0, 1, 6, 6]), np.array([0, 2, 6, 0])
    by_index = scores.score(true, predicted)
    by_name = scores.score(np.array(EMOTIONS)[true], np.array(EMOTIONS)[predicted])
    assert by_index == by_name == json.loads(json.dumps(by_index))
    assert (by_index["n"], by_index["correct"], by_index["confusion"][6]) == (
        4,
        2,
        [1, 0, 0, 0, 0, 0, 1],
    )


def test_always_naming_one_class_has_the_accuracy_of_that_class_and_the_recall_of_a_guess():
    true = np.repeat([0, 1, 2], [7, 2, 1])
    result = scores.score(true, np.zeros(10, int))
    assert result["accuracy"] == 0.7
    assert result["uar"] == pytest.approx(1 / 3)
    assert scores.unweighted_average_recall(true, np.zeros(10, int)) == result["uar"]
    assert scores.majority_class_accuracy(["b", "b", "a"], ["a", "b", "a", "c"]) == 0.25


def test_wilson_interval_on_the_example_of_newcombe():
    """81 of 263 (Newcombe 1998, table I, method 3): 0.2553 to 0.3662; 0 of 20: 0 to 0.1611."""
    assert scores.wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert scores.wilson_interval(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_is_where_the_score_test_just_accepts(counts):
    correct, n = counts
    for bound in scores.wilson_interval(correct, n):
        if 1e-9 < bound < 1 - 1e-9:
            z = (correct / n - bound) / np.sqrt(bound * (1 - bound) / n)
            assert abs(z) == pytest.approx(1.959964, abs=1e-4)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p_value"),
    [(0, 0, 1.0), (0, 5, 2 / 2**5), (5, 0, 2 / 2**5), (1, 3, 10 / 16), (2, 2, 1.0)],
)
def test_mcnemar_is_the_two_sided_coin_of_the_discordant_samples(only_first, only_second, p_value):
    first = np.repeat([True, False, True, False], [only_first, only_second, 9, 4])
    second = np.repeat([False, True, True, False], [only_first, only_second, 9, 4])
    result = scores.mcnemar_exact(first, second)
    assert (result["only_first"], result["only_second"]) == (only_first, only_second)
    assert result["p_value"] == pytest.approx(p_value)


@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [
        ([], [], "at least one sample"),
        ([0, 1], [0], "one length"),
        ([0, 7], [0, 1], "expected 0 to 6"),
        (["Angry"], ["Rage"], "Unknown class names"),
    ],
)
def test_wrong_labels_are_named(true, predicted, message):
    with pytest.raises(ValueError, match=message):
        scores.score(true, predicted)


def test_counts_and_types_are_checked():
    with pytest.raises(ValueError, match="expected 0 <= correct <= n"):
        scores.wilson_interval(5, 4)
    with pytest.raises(ValueError, match="booleans"):
        scores.mcnemar_exact([0, 1], [1, 1])


def test_evaluation_does_not_import_tensorflow():
    code = "import sys, helpers.evaluation; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=repository_root()).returncode == 0
