"""How good a system is, and how sure one can be of it: scores, intervals, a paired test.

Every score is worked out from a confusion matrix (rows true, columns predicted), so that the
bootstrap (``helpers.evaluation.statistics``) can do it for thousands of matrices at once.
"""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from helpers.emotions import EMOTIONS, class_indices

METRICS = ("accuracy", "uar", "f1_macro", "f1_weighted")
"""What can be asked of a confusion matrix."""


def score(
    true: Sequence[str] | np.ndarray,
    predicted: Sequence[str] | np.ndarray,
    classes: Sequence[str] = EMOTIONS,
) -> dict:
    """Return all that is said of one system on one set of samples.

    Parameters
    ----------
    true, predicted : n class names, or n indices into ``classes``
    classes : sequence of k names

    Returns
    -------
    dict
        ``n``, ``correct``, ``accuracy``, its 95 % Wilson ``interval`` [low, high], ``uar``,
        ``f1_macro``, ``f1_weighted`` (fractions), ``confusion`` (k rows of k counts, rows true) and
        ``classes``. It can be written as JSON.

    Raises
    ------
    ValueError
        If there is no sample, the lengths differ, or a class is unknown.
    """
    confusion = confusion_matrix(true, predicted, classes)
    n, correct = int(confusion.sum()), int(np.trace(confusion))
    values = metrics_of(confusion)
    return {
        "n": n,
        "correct": correct,
        "accuracy": float(values["accuracy"]),
        "interval": list(wilson_interval(correct, n)),
        "uar": float(values["uar"]),
        "f1_macro": float(values["f1_macro"]),
        "f1_weighted": float(values["f1_weighted"]),
        "confusion": confusion.tolist(),
        "classes": list(classes),
    }


def accuracy(true: Sequence[str] | np.ndarray, predicted: Sequence[str] | np.ndarray) -> float:
    """Return the fraction of ``n`` samples whose predicted class is the true one."""
    true, predicted = _same_length(true, predicted)
    return float(np.mean(true == predicted))


def unweighted_average_recall(
    true: Sequence[str] | np.ndarray,
    predicted: Sequence[str] | np.ndarray,
    classes: Sequence[str] = EMOTIONS,
) -> float:
    """Return the mean recall of the classes that are present (UAR): 1/k for a guess of k classes.

    Unlike accuracy it cannot be had by always naming the commonest class.
    """
    return float(metrics_of(confusion_matrix(true, predicted, classes))["uar"])


def majority_class_accuracy(
    train: Sequence[str] | np.ndarray, test: Sequence[str] | np.ndarray
) -> float:
    """Return the accuracy on ``test`` of always naming the commonest class of ``train``.

    Both are sequences of class names or of indices; a tie goes to the first in sorted order.
    """
    names, counts = np.unique(np.asarray(train), return_counts=True)
    if not counts.size or not len(test):
        raise ValueError("majority_class_accuracy needs at least one train and one test label.")
    return float(np.mean(np.asarray(test) == names[np.argmax(counts)]))


def confusion_matrix(
    true: Sequence[str] | np.ndarray,
    predicted: Sequence[str] | np.ndarray,
    classes: Sequence[str] = EMOTIONS,
) -> np.ndarray:
    """Return counts of shape (k, k), rows true, columns predicted, in the order of ``classes``."""
    true, predicted = _same_length(true, predicted)
    k = len(classes)
    cells = as_indices(true, classes) * k + as_indices(predicted, classes)
    return np.bincount(cells, minlength=k * k).reshape(k, k)


def recall_of_each(confusion: Sequence[Sequence[int]] | np.ndarray) -> np.ndarray:
    """Return the recall of each class, (..., k), of confusion matrices (..., k, k), rows true.

    A class that does not occur has none: its place is nan.
    """
    confusion = np.asarray(confusion, dtype=float)
    hits, support = np.diagonal(confusion, axis1=-2, axis2=-1), confusion.sum(-1)
    return np.divide(hits, support, out=np.full_like(hits, np.nan), where=support > 0)


def metrics_of(confusion: np.ndarray) -> dict[str, np.ndarray]:
    """Return every metric of ``METRICS`` for confusion matrices of shape (..., k, k).

    ``uar`` and ``f1_macro`` are means over the classes that are present among the true labels;
    ``f1_weighted`` weights by their counts. Each value has the shape of the leading axes.
    """
    confusion = np.asarray(confusion, dtype=float)
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)  # (..., k)
    support, named = confusion.sum(-1), confusion.sum(-2)
    present = support > 0
    classes_present = present.sum(-1)
    f1 = np.divide(2 * hits, support + named, out=np.zeros_like(hits), where=present)
    total = support.sum(-1)
    return {
        "accuracy": hits.sum(-1) / total,
        "uar": np.nansum(recall_of_each(confusion), axis=-1) / classes_present,
        "f1_macro": f1.sum(-1) / classes_present,
        "f1_weighted": (f1 * support).sum(-1) / total,
    }


def wilson_interval(correct: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the score interval of a proportion of ``correct`` in ``n`` (Wilson, 1927).

    It stays within [0, 1] and keeps its promise for small ``n``, which the usual
    plus-minus interval does not.
    """
    if not 0 <= correct <= n or n == 0:
        raise ValueError(f"Got {correct} correct of {n}; expected 0 <= correct <= n and n > 0.")
    low, high = stats.binomtest(int(correct), int(n)).proportion_ci(confidence, method="wilson")
    return float(low), float(high)


def mcnemar_exact(
    first_correct: Sequence[bool] | np.ndarray, second_correct: Sequence[bool] | np.ndarray
) -> dict:
    """Compare two systems on the same samples by the exact two-sided test of McNemar (1947).

    Only the samples that one system has right and the other wrong say anything; if the systems are
    equally good, each of those falls to either side like a coin.

    Parameters
    ----------
    first_correct, second_correct : n booleans
        Whether each system is right on each sample, in the same order.

    Returns
    -------
    dict
        ``only_first`` and ``only_second``, the counts of samples that only one has right, and
        ``p_value``.
    """
    first, second = _same_length(first_correct, second_correct)
    if first.dtype != bool or second.dtype != bool:
        raise ValueError(
            f"mcnemar_exact takes booleans (right or wrong), got {first.dtype} and {second.dtype}; "
            "compare the predictions with the true classes first."
        )
    only_first, only_second = int(np.sum(first & ~second)), int(np.sum(second & ~first))
    discordant = only_first + only_second
    p_value = stats.binomtest(only_first, discordant).pvalue if discordant else 1.0
    return {"only_first": only_first, "only_second": only_second, "p_value": float(p_value)}


def as_indices(labels: Sequence[str] | np.ndarray, classes: Sequence[str]) -> np.ndarray:
    """Return class names, or indices into ``classes``, as checked indices, shape (n,)."""
    labels = np.asarray(labels)
    if not np.issubdtype(labels.dtype, np.integer):
        return class_indices(labels.tolist(), classes)
    if labels.size and (labels.min() < 0 or labels.max() >= len(classes)):
        raise ValueError(
            f"Class indices run from {labels.min()} to {labels.max()}; expected 0 to "
            f"{len(classes) - 1} for {list(classes)}."
        )
    return labels.astype(np.int64)


def _same_length(
    first: Sequence | np.ndarray, second: Sequence | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.asarray(first), np.asarray(second)
    if first.shape != second.shape or first.ndim != 1 or not first.size:
        raise ValueError(
            f"Got arrays of shape {first.shape} and {second.shape}; expected two of one length, "
            "one value a sample, and at least one sample."
        )
    return first, second
