"""Whether a difference is real: an interval, a paired test, families of tests, and their power."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from scipy import stats


def wilson_interval(correct: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a fraction, ``correct`` of ``n`` (Wilson, 1927).

    It stays within [0, 1] and keeps its promise for small ``n``, which the usual plus-minus
    interval does not.

    See Also
    --------
    helpers.evaluation.bootstrap.bootstrap_interval : for metrics without a formula, and groups.

    Examples
    --------
    >>> "{:.2f} to {:.2f}".format(*wilson_interval(6, 10))
    '0.31 to 0.83'
    """
    if not 0 <= correct <= n or n == 0:
        raise ValueError(f"Got {correct} correct of {n}; expected 0 <= correct <= n and n > 0.")
    low, high = stats.binomtest(int(correct), int(n)).proportion_ci(confidence, method="wilson")
    return float(low), float(high)


def mcnemar_exact(
    first_correct: Sequence[bool] | np.ndarray, second_correct: Sequence[bool] | np.ndarray
) -> dict:
    """Compare two systems on the same samples by the exact two-sided test of McNemar (1947).

    Only the samples that one system has right and the other wrong tell them apart; if the systems
    are equally good, each of those falls to either side like a coin.

    Parameters
    ----------
    first_correct, second_correct : n booleans
        Whether each system is right on each sample, in the same order.

    Returns
    -------
    dict
        ``only_first`` and ``only_second``, the counts of samples that only one has right, and
        ``p_value``.

    See Also
    --------
    helpers.evaluation.comparison.paired_table : several comparisons, corrected for their number.

    Examples
    --------
    >>> mcnemar_exact([True, True, True, False], [True, False, False, True])
    {'only_first': 2, 'only_second': 1, 'p_value': 1.0}
    """
    first, second = np.asarray(first_correct), np.asarray(second_correct)
    if first.shape != second.shape or first.ndim != 1 or not first.size:
        raise ValueError(
            f"Got arrays of shape {first.shape} and {second.shape}; expected two of one length, "
            "one value per sample, and at least one sample."
        )
    if first.dtype != bool or second.dtype != bool:
        raise ValueError(
            f"mcnemar_exact takes booleans (right or wrong), got {first.dtype} and {second.dtype}; "
            "compare the predictions with the true classes first."
        )
    only_first, only_second = int(np.sum(first & ~second)), int(np.sum(second & ~first))
    discordant = only_first + only_second
    p_value = stats.binomtest(only_first, discordant).pvalue if discordant else 1.0
    return {"only_first": only_first, "only_second": only_second, "p_value": float(p_value)}


def paired_interval(
    first_correct: Sequence[bool] | np.ndarray,
    second_correct: Sequence[bool] | np.ndarray,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Return the interval of the second system's accuracy less the first's, on the same samples.

    Of the d samples that exactly one system has right, the fraction that the second has is a
    binomial one, whose exact interval (Clopper and Pearson, 1934) is taken; d itself is held. So
    the interval leaves out zero exactly where :func:`mcnemar_exact` has p < 1 - ``confidence``.

    Parameters
    ----------
    first_correct, second_correct : n booleans
        Whether each system is right on each sample, in the same order.

    Examples
    --------
    >>> first, second = [True] * 10 + [False] * 30, [False] * 2 + [True] * 38
    >>> "{:.2f} to {:.2f}".format(*paired_interval(first, second))
    '0.47 to 0.79'
    """
    test = mcnemar_exact(first_correct, second_correct)
    discordant = test["only_first"] + test["only_second"]
    if not discordant:
        return 0.0, 0.0
    low, high = stats.binomtest(test["only_second"], discordant).proportion_ci(confidence, "exact")
    scale = discordant / len(first_correct)
    return float((2 * low - 1) * scale), float((2 * high - 1) * scale)


def paired_randomisation(
    first: Sequence[float] | np.ndarray, second: Sequence[float] | np.ndarray, *, draws: int = 9999
) -> dict:
    """Test whether the mean of paired differences is zero: Fisher's randomisation test, two-sided.

    For fractions in the place of right and wrong, such as how many of a clip's frames are right.
    If neither is better, each difference could as well have the other sign; its p-value is how
    often random signs give a mean as far from zero.

    Parameters
    ----------
    first, second : n numbers
    draws : int
        Of random signs, always the same ones; no p-value is below 1 / (draws + 1).

    Returns
    -------
    dict
        ``p_value``, and ``interval``, the 95 % interval of the mean of second less first (Student).

    Examples
    --------
    >>> found = paired_randomisation([0.5] * 20, [1.0] * 16 + [0.0] * 4)
    >>> "{:.2f}, {:.2f} to {:.2f}".format(found["p_value"], *found["interval"])
    '0.01, 0.11 to 0.49'
    """
    differences = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    mean, n = differences.mean(), len(differences)
    signs = np.random.default_rng(0).integers(0, 2, (draws, n), dtype=np.int8) * 2 - 1
    as_far = np.abs(signs @ differences) >= abs(differences.sum()) - 1e-9
    width = stats.t.ppf(0.975, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    interval = (float(mean - width), float(mean + width))
    return {"p_value": float((1 + as_far.sum()) / (draws + 1)), "interval": interval}


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return p-values, shape (m,), adjusted for having asked a family of m questions (Holm 1979).

    Compare them with the usual 0.05: the chance of even one false finding then stays below 5 %.

    See Also
    --------
    helpers.evaluation.comparison.paired_table

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p_values = np.asarray(p_values, dtype=float)
    if p_values.ndim != 1 or not np.all((p_values >= 0) & (p_values <= 1)):
        raise ValueError(f"Got p-values {p_values}; expected one row of numbers from 0 to 1.")
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(p_values.size, 0, -1)
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1)
    return adjusted


def mcnemar_power(clips: int, gain: float, discordance: float, alpha: float = 0.05) -> float:
    """Return the probability that the exact McNemar test finds a gain on ``clips`` new clips.

    Parameters
    ----------
    clips : int
    gain : float
        True difference of the two accuracies, a fraction.
    discordance : float
        Fraction of clips that exactly one system has right; ``abs(gain) <= discordance``.

    Notes
    -----
    The number of discordant clips is binomial (clips, discordance), and of these a binomial number
    favours the better system; the power is summed over all of them, without an approximation.

    See Also
    --------
    clips_for_power : the other way round.

    Examples
    --------
    >>> round(mcnemar_power(400, gain=0.05, discordance=0.2), 2)
    0.57
    """
    _check_rates(gain, discordance)
    if discordance == 0:
        return 0.0
    spread = 12 * np.sqrt(clips * discordance * (1 - discordance)) + 12
    centre = clips * discordance
    counts = np.arange(max(0, int(centre - spread)), min(clips, int(centre + spread)) + 1)
    # The largest minority count at which the two-sided test of `count` coins still rejects.
    limit = stats.binom.ppf(alpha / 2, counts, 0.5).astype(int)
    limit -= stats.binom.cdf(limit, counts, 0.5) > alpha / 2
    better = (discordance + abs(gain)) / (2 * discordance)
    rejects = stats.binom.cdf(limit, counts, 1 - better) + stats.binom.cdf(limit, counts, better)
    return float(np.sum(stats.binom.pmf(counts, clips, discordance) * rejects))


def clips_for_power(
    gain: float, discordance: float, power: float = 0.8, alpha: float = 0.05
) -> int | None:
    """Return the clips it takes to find a gain with the given power, or None if there is no gain.

    The search starts from the closed form of Connor (1987, Biometrics 43, equation 3) and ends at
    a number at which :func:`mcnemar_power` reaches ``power`` and one clip less does not.

    Examples
    --------
    >>> clips_for_power(gain=0.05, discordance=0.2)
    658
    """
    _check_rates(gain, discordance)
    if gain == 0:
        return None
    z_alpha, z_power = stats.norm.ppf([1 - alpha / 2, power])
    root = z_alpha * np.sqrt(discordance) + z_power * np.sqrt(discordance - gain**2)

    def power_of(clips: int) -> float:
        return mcnemar_power(clips, gain, discordance, alpha)

    low, high = 1, max(1, int(np.ceil((root / gain) ** 2)))
    while power_of(high) < power:
        low, high = high, 2 * high
    return bisect_left(range(high), power, low, key=power_of)


def _check_rates(gain: float, discordance: float) -> None:
    if not (abs(gain) <= discordance <= 1):
        raise ValueError(
            f"Got a gain of {gain} with a discordance of {discordance}; expected "
            "abs(gain) <= discordance <= 1, since a gain comes from clips that only one has right."
        )
