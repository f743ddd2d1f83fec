"""Whether a difference is real: bootstrap over clips, families of tests, how many clips it takes.

Resampling is done on confusion matrices: a draw of groups is a row of counts, and one product with
the groups' own confusion matrices gives the matrices of all draws.
"""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from helpers.emotions import EMOTIONS
from helpers.evaluation.scores import METRICS, as_indices, metrics_of


def bootstrap_interval(
    true: Sequence[str] | np.ndarray,
    predicted: Sequence[str] | np.ndarray,
    classes: Sequence[str] = EMOTIONS,
    *,
    metric: str = "uar",
    groups: Sequence | np.ndarray | None = None,
    draws: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a metric (Efron and Tibshirani 1993, chapter 13).

    Parameters
    ----------
    true, predicted : n class names, or n indices into ``classes``
    metric : str
        One of ``evaluation.METRICS``.
    groups : n values or None
        What is drawn as a whole: the film, the actor. None draws single clips, and then the
        interval is too narrow if several clips share a film.
    """
    weights, group = _draw_groups(groups, len(true), draws, seed)
    values = _resampled(true, predicted, classes, metric, weights, group)
    return _percentiles(values, confidence)


def bootstrap_gain(
    true: Sequence[str] | np.ndarray,
    first: Sequence[str] | np.ndarray,
    second: Sequence[str] | np.ndarray,
    classes: Sequence[str] = EMOTIONS,
    *,
    metric: str = "accuracy",
    groups: Sequence | np.ndarray | None = None,
    draws: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> dict:
    """Return what ``second`` gains over ``first`` on the same clips, with its paired interval.

    Both systems are measured on the same draws, so that clips which are hard for both cancel out.
    Takes what :func:`bootstrap_interval` takes, with two predictions for each clip.

    Returns
    -------
    dict
        ``gain`` (second minus first, a fraction), ``interval`` [low, high] and
        ``share_above_zero``, the fraction of draws in which the second is better.
    """
    weights, group = _draw_groups(groups, len(true), draws, seed)
    whole = np.ones((1, weights.shape[1]), dtype=weights.dtype)
    gains, gain = (
        _resampled(true, second, classes, metric, w, group)
        - _resampled(true, first, classes, metric, w, group)
        for w in (weights, whole)
    )
    return {
        "gain": float(gain[0]),
        "interval": list(_percentiles(gains, confidence)),
        "share_above_zero": float(np.mean(gains > 0)),
    }


def holm(p_values: Sequence[float] | np.ndarray) -> np.ndarray:
    """Return p-values, shape (m,), adjusted for having asked a family of m questions (Holm 1979).

    Compare them with the usual 0.05: the chance of even one false finding then stays below 5 %.
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
    The number of discordant clips is binomial (clips, discordance), and of these a binomial share
    favours the better system; the power is summed over all of them, without an approximation.
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
    """
    _check_rates(gain, discordance)
    if gain == 0:
        return None
    z_alpha, z_power = stats.norm.ppf([1 - alpha / 2, power])
    root = z_alpha * np.sqrt(discordance) + z_power * np.sqrt(discordance - gain**2)
    low, high = 0, max(1, int(np.ceil((root / gain) ** 2)))
    while mcnemar_power(high, gain, discordance, alpha) < power:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if mcnemar_power(middle, gain, discordance, alpha) < power:
            low = middle
        else:
            high = middle
    return high


def _draw_groups(
    groups: Sequence | np.ndarray | None, n: int, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the count of each group in each draw, (draws, groups), and samples' groups, (n,)."""
    if groups is None:
        number, group = n, np.arange(n)
    else:
        names, group = np.unique(np.asarray(groups), return_inverse=True)
        number = names.size
        if group.shape != (n,):
            raise ValueError(f"Got {group.size} groups for {n} samples; expected one a sample.")
    if number < 2:
        raise ValueError(f"Got {number} group of samples; a bootstrap needs at least two.")
    generator = np.random.default_rng(seed)
    picks = generator.integers(number, size=(draws, number), dtype=np.int32)
    picks += np.arange(draws, dtype=np.int32)[:, None] * number
    weights = np.bincount(picks.ravel(), minlength=draws * number)
    return weights.reshape(draws, number).astype(np.float32), group


def _resampled(
    true: Sequence[str] | np.ndarray,
    predicted: Sequence[str] | np.ndarray,
    classes: Sequence[str],
    metric: str,
    weights: np.ndarray,
    group: np.ndarray,
) -> np.ndarray:
    if metric not in METRICS:
        raise ValueError(f"Got metric {metric!r}; expected one of {list(METRICS)}.")
    k = len(classes)
    cells = as_indices(true, classes) * k + as_indices(predicted, classes)
    own = np.bincount(group * k * k + cells, minlength=weights.shape[1] * k * k)
    confusion = weights @ own.reshape(-1, k * k).astype(np.float32)  # exact: counts below 2**24
    return metrics_of(confusion.reshape(-1, k, k))[metric]


def _percentiles(values: np.ndarray, confidence: float) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _check_rates(gain: float, discordance: float) -> None:
    if not (abs(gain) <= discordance <= 1):
        raise ValueError(
            f"Got a gain of {gain} with a discordance of {discordance}; expected "
            "abs(gain) <= discordance <= 1, since a gain comes from clips that only one has right."
        )
