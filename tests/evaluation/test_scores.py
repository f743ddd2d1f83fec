"""Scores against scikit-learn and closed forms."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, strategies as st
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


def test_always_predicting_one_class_has_the_accuracy_of_that_class_and_the_recall_of_a_guess():
    true = np.repeat([0, 1, 2], [7, 2, 1])
    result = scores.score(true, np.zeros(10, int))
    assert result["accuracy"] == 0.7
    assert result["uar"] == pytest.approx(1 / 3)
    assert scores.majority_class_accuracy(["b", "b", "a"], ["a", "b", "a", "c"]) == 0.25


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


def test_evaluation_does_not_import_tensorflow():
    code = (
        "import sys; from helpers.evaluation import bootstrap, comparison, scores, statistics; "
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=repository_root()).returncode == 0
