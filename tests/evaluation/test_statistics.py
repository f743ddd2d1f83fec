"""Resampling, corrections and power against scikit-learn, simulation and published examples."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from helpers.evaluation import statistics
from helpers.evaluation.scores import METRICS, mcnemar_exact, score


def _labels(n, seed=0, right=0.4):
    generator = np.random.default_rng(seed)
    true = generator.integers(0, 7, n)
    return true, np.where(generator.random(n) < right, true, generator.integers(0, 7, n))


@pytest.mark.parametrize("metric", METRICS)
def test_vectorised_draws_equal_a_loop_over_resampled_clips(metric):
    true, predicted = _labels(60)
    groups = np.repeat(np.arange(20), 3)
    weights, group = statistics._draw_groups(groups, 60, 200, 5)
    values = statistics._resampled(true, predicted, range(7), metric, weights, group)
    for draw in range(200):
        rows = np.concatenate([np.flatnonzero(groups == g) for g in range(20)])
        rows = np.repeat(rows, weights[draw].astype(int)[groups[rows]])
        expected = score(true[rows], predicted[rows])[metric]
        assert values[draw] == pytest.approx(expected)
    assert np.all(weights.sum(1) == 20)


def test_bootstrap_of_accuracy_agrees_with_scipy():
    true, predicted = _labels(300)
    ours = statistics.bootstrap_interval(true, predicted, metric="accuracy", seed=1)
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
    alone = np.diff(statistics.bootstrap_interval(true, predicted))
    together = np.diff(statistics.bootstrap_interval(true, predicted, groups=films))
    assert together > 2 * alone


def test_ten_thousand_draws_of_400_clips_take_at_most_two_seconds():
    true, predicted = _labels(400)
    start = time.perf_counter()
    statistics.bootstrap_interval(true, predicted)
    assert time.perf_counter() - start < 2


def test_paired_gain_is_sharper_than_two_single_intervals_and_zero_against_itself():
    true, first = _labels(200)
    second = first.copy()
    wrong = np.flatnonzero(first != true)[:12]
    second[wrong] = true[wrong]  # never worse, better on 12 of 200
    gain = statistics.bootstrap_gain(true, first, second)
    assert gain["gain"] == pytest.approx(0.06)
    assert 0.02 < gain["interval"][0] < 0.06 < gain["interval"][1] < 0.11
    assert gain["share_above_zero"] == 1
    assert statistics.bootstrap_gain(true, first, first)["interval"] == [0, 0]
    reverse = statistics.bootstrap_gain(true, second, first)["interval"]
    assert reverse == pytest.approx([-gain["interval"][1], -gain["interval"][0]])


def test_holm_on_a_worked_example():
    """The four p-values of the example in Wikipedia, Holm-Bonferroni method."""
    assert statistics.holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_rejects_what_the_step_down_procedure_rejects(p_values):
    adjusted = statistics.holm(p_values)
    assert np.all((adjusted >= np.array(p_values)) & (adjusted <= 1))
    going = True
    for rank, row in enumerate(np.argsort(p_values, kind="stable")):
        going = going and p_values[row] * (len(p_values) - rank) <= 0.05
        assert (adjusted[row] <= 0.05) == going


@pytest.mark.parametrize(("clips", "first", "second"), [(12, 0.1, 0.5), (30, 0.15, 0.3)])
def test_power_is_the_sum_over_every_possible_outcome(clips, first, second):
    power = 0.0
    for a in range(clips + 1):
        for b in range(clips + 1 - a):
            chance = stats.multinomial.pmf(
                [a, b, clips - a - b], clips, [first, second, 1 - first - second]
            )
            left = np.repeat([True, False], [a, clips - a])
            right = np.repeat([False, True, False], [a, b, clips - a - b])
            power += chance * (mcnemar_exact(left, right)["p_value"] <= 0.05)
    ours = statistics.mcnemar_power(clips, second - first, first + second)
    assert ours == pytest.approx(power, abs=1e-9)


@pytest.mark.parametrize(
    ("first", "second", "connor"), [(0.05, 0.45, 23), (0.15, 0.30, 155), (0.14, 0.16, None)]
)
def test_clips_for_power_beside_the_closed_form_of_connor(first, second, connor):
    """The first two are published examples of Connor's formula, at 80 % power and 5 %, two-sided.

    They are powerandsamplesize.com's (23 pairs) and clinicaltrials-tools' (155 pairs); the exact
    test is a little stricter than the normal approximation, so it asks for a few clips more.
    """
    both, gain = first + second, second - first
    root = stats.norm.ppf(0.975) * both**0.5 + stats.norm.ppf(0.8) * (both - gain**2) ** 0.5
    formula = int(np.ceil((root / gain) ** 2))
    assert connor in (None, formula)
    connor = formula
    clips = statistics.clips_for_power(gain, both)
    assert connor <= clips <= 1.02 * connor + 8
    assert statistics.mcnemar_power(clips, second - first, first + second) >= 0.8
    assert statistics.mcnemar_power(clips - 1, second - first, first + second) < 0.8


@settings(max_examples=20)
@given(st.floats(0.02, 0.2), st.floats(0.2, 0.6))
def test_power_grows_with_clips_and_keeps_its_false_alarms_below_alpha(gain, discordance):
    powers = [statistics.mcnemar_power(n, gain, discordance) for n in (50, 200, 800, 3200)]
    assert powers == sorted(powers)
    assert statistics.mcnemar_power(400, 0, discordance) <= 0.05


def test_what_cannot_be_answered_is_refused():
    true, predicted = _labels(30)
    with pytest.raises(ValueError, match="expected one of"):
        statistics.bootstrap_interval(true, predicted, metric="precision")
    with pytest.raises(ValueError, match="at least two"):
        statistics.bootstrap_interval(true, predicted, groups=np.zeros(30))
    with pytest.raises(ValueError, match="one a sample"):
        statistics.bootstrap_interval(true, predicted, groups=np.arange(29))
    with pytest.raises(ValueError, match="0 to 1"):
        statistics.holm([0.2, np.nan])
    with pytest.raises(ValueError, match="only one has right"):
        statistics.clips_for_power(0.3, 0.2)
    assert statistics.clips_for_power(0, 0.2) is None
    assert statistics.mcnemar_power(100, 0, 0) == 0
