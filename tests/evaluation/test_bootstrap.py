"""Resampled scores against a loop over clips, and against scipy."""

import time

import numpy as np
import pytest
from scipy import stats

from helpers.evaluation.bootstrap import bootstrap_interval
from helpers.evaluation.scores import METRICS, score


def _labels(n, seed=0, right=0.4):
    generator = np.random.default_rng(seed)
    true = generator.integers(0, 7, n)
    return true, np.where(generator.random(n) < right, true, generator.integers(0, 7, n))


@pytest.mark.parametrize("metric", METRICS)
def test_draws_equal_a_loop_over_resampled_groups(metric):
    true, predicted = _labels(60)
    groups, values = np.repeat(np.arange(20), 3), []
    for picks in np.random.default_rng(5).integers(20, size=(200, 20), dtype=np.int32):
        rows = np.concatenate([np.flatnonzero(groups == group) for group in picks])
        values.append(score(true[rows], predicted[rows])[metric])
    found = bootstrap_interval(true, predicted, metric=metric, groups=groups, draws=200, seed=5)
    assert found == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])))


def test_bootstrap_of_accuracy_agrees_with_scipy():
    true, predicted = _labels(300)
    ours = bootstrap_interval(true, predicted, metric="accuracy", seed=1)
    theirs = stats.bootstrap(
        ((true == predicted).astype(float),),
        np.mean,
        n_resamples=10_000,
        method="percentile",
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.008)


def test_clips_of_one_film_widen_the_interval():
    true = np.tile(np.arange(7), 30)
    films = np.repeat(np.arange(30), 7)
    predicted = np.where(films % 2, true, (true + 1) % 7)  # a film is all right or all wrong
    alone = np.diff(bootstrap_interval(true, predicted))
    together = np.diff(bootstrap_interval(true, predicted, groups=films))
    assert together > 2 * alone


def test_ten_thousand_draws_of_400_clips_take_at_most_two_seconds():
    true, predicted = _labels(400)
    start = time.perf_counter()
    bootstrap_interval(true, predicted)
    assert time.perf_counter() - start < 2


def test_a_paired_gain_is_sharper_than_two_single_intervals_and_zero_against_itself():
    true, first = _labels(200)
    second = first.copy()
    wrong = np.flatnonzero(first != true)[:12]
    second[wrong] = true[wrong]  # never worse, better on 12 of 200
    low, high = bootstrap_interval(true, second, against=first, metric="accuracy")
    assert 0.02 < low < 0.06 < high < 0.11
    assert bootstrap_interval(true, first, against=first, metric="accuracy") == (0, 0)
    reverse = bootstrap_interval(true, first, against=second, metric="accuracy")
    assert reverse == pytest.approx((-high, -low))


def test_what_cannot_be_drawn_is_refused():
    true, predicted = _labels(30)
    with pytest.raises(ValueError, match="expected one of"):
        bootstrap_interval(true, predicted, metric="precision")
    with pytest.raises(ValueError, match="at least two"):
        bootstrap_interval(true, predicted, groups=np.zeros(30))
    with pytest.raises(ValueError, match="one per sample"):
        bootstrap_interval(true, predicted, groups=np.arange(29))
