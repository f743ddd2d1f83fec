"""How far a score moves when the samples are drawn again: the bootstrap, over whole groups.

Resampling is done on confusion matrices: a draw of groups is a row of counts, and one product with
the groups' own confusion matrices gives the matrices of all draws.
"""

from collections.abc import Sequence

import numpy as np

from helpers.emotions import EMOTIONS
from helpers.evaluation.scores import METRICS, as_indices, metrics_of


def bootstrap_interval(
    true: Sequence[str] | np.ndarray,
    predicted: Sequence[str] | np.ndarray,
    classes: Sequence[str] = EMOTIONS,
    *,
    against: Sequence[str] | np.ndarray | None = None,
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
    against : n class names or indices, optional
        What another system predicted. The interval is then of what ``predicted`` gains over it;
        both are measured on the same draws, so that clips which are hard for both cancel out.
    metric : str
        One of ``helpers.evaluation.scores.METRICS``.
    groups : n values, optional
        What is drawn as a whole: the film, the actor. Without it single clips are drawn, and the
        interval is too narrow if several clips share a film.

    See Also
    --------
    helpers.evaluation.statistics.wilson_interval : for an accuracy, with a formula.

    Examples
    --------
    >>> bootstrap_interval([0, 0, 1, 1], [0, 0, 1, 1], ["Happy", "Sad"])
    (1.0, 1.0)
    """
    if metric not in METRICS:
        raise ValueError(f"Got metric {metric!r}; expected one of {list(METRICS)}.")
    counts, group = _draw_groups(groups, len(true), draws, seed)
    values = _resampled(true, predicted, classes, counts, group)[metric]
    if against is not None:
        values = values - _resampled(true, against, classes, counts, group)[metric]
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _draw_groups(
    groups: Sequence | np.ndarray | None, n: int, draws: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the count of each group in each draw, (draws, groups), and samples' groups, (n,)."""
    names, group = np.unique(np.arange(n) if groups is None else groups, return_inverse=True)
    number = names.size
    if group.shape != (n,):
        raise ValueError(f"Got {group.size} groups for {n} samples; expected one per sample.")
    if number < 2:
        raise ValueError(f"Got {number} group of samples; a bootstrap needs at least two.")
    picks = np.random.default_rng(seed).integers(number, size=(draws, number), dtype=np.int32)
    picks += np.arange(draws, dtype=np.int32)[:, None] * number
    counts = np.bincount(picks.ravel(), minlength=draws * number)
    return counts.reshape(draws, number).astype(np.float32), group


def _resampled(
    true: Sequence[str] | np.ndarray,
    predicted: Sequence[str] | np.ndarray,
    classes: Sequence[str],
    counts: np.ndarray,
    group: np.ndarray,
) -> dict[str, np.ndarray]:
    """Return every metric of every draw."""
    k = len(classes)
    cells = as_indices(true, classes) * k + as_indices(predicted, classes)
    own = np.bincount(group * k * k + cells, minlength=counts.shape[1] * k * k)
    confusion = counts @ own.reshape(-1, k * k).astype(np.float32)  # exact: counts below 2**24
    return metrics_of(confusion.reshape(-1, k, k))
