"""Intervals, tests, corrections and power against simulation and published examples."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy import stats

from helpers.evaluation import statistics


def test_wilson_interval_on_the_example_of_newcombe():
    """81 of 263 (Newcombe 1998, table I, method 3): 0.2553 to 0.3662; 0 of 20: 0 to 0.1611."""
    assert statistics.wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert statistics.wilson_interval(0, 20) == pytest.approx((0, 0.1611), abs=5e-5)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_is_where_the_score_test_just_accepts(counts):
    correct, n = counts
    for bound in statistics.wilson_interval(correct, n):
        if 1e-9 < bound < 1 - 1e-9:
            z = (correct / n - bound) / np.sqrt(bound * (1 - bound) / n)
            assert abs(z) == pytest.approx(1.959964, abs=1e-4)


def test_paired_interval_on_the_example_of_fagerland():
    """Ezra (2010) in Fagerland, Lydersen and Laake, Statistical Analysis of Contingency Tables.

    Of 102 pairs 25 are discordant one way and 2 the other. The exact interval of the conditional
    odds ratio is 3.1169 to 108.8892 (transformed Clopper-Pearson, 2017, chapter 8).
    """
    second = np.repeat([True, True, False, False], [7, 25, 2, 68])
    first = np.repeat([True, False, True, False], [7, 25, 2, 68])
    interval = statistics.paired_interval(first, second)
    fractions = (np.array(interval) * 102 / 27 + 1) / 2
    assert fractions / (1 - fractions) == pytest.approx((3.1169, 108.8892), rel=5e-5)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p_value"),
    [(0, 0, 1.0), (0, 5, 2 / 2**5), (5, 0, 2 / 2**5), (1, 3, 10 / 16), (2, 2, 1.0)],
)
def test_mcnemar_is_the_two_sided_coin_of_the_discordant_samples(only_first, only_second, p_value):
    first = np.repeat([True, False, True, False], [only_first, only_second, 9, 4])
    second = np.repeat([False, True, True, False], [only_first, only_second, 9, 4])
    result = statistics.mcnemar_exact(first, second)
    assert (result["only_first"], result["only_second"]) == (only_first, only_second)
    assert result["p_value"] == pytest.approx(p_value)


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
            power += chance * (statistics.mcnemar_exact(left, right)["p_value"] <= 0.05)
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
    with pytest.raises(ValueError, match="expected 0 <= correct <= n"):
        statistics.wilson_interval(5, 4)
    with pytest.raises(ValueError, match="booleans"):
        statistics.mcnemar_exact([0, 1], [1, 1])
    with pytest.raises(ValueError, match="one length"):
        statistics.mcnemar_exact([True], [True, False])
    with pytest.raises(ValueError, match="0 to 1"):
        statistics.holm([0.2, np.nan])
    with pytest.raises(ValueError, match="only one has right"):
        statistics.clips_for_power(0.3, 0.2)
    assert statistics.clips_for_power(0, 0.2) is None
    assert statistics.mcnemar_power(100, 0, 0) == 0
