"""How good a system is: accuracy, UAR, F1, confusion.

Every score is worked out from a confusion matrix (rows true, columns predicted), so that
``helpers.evaluation.bootstrap`` can do it for thousands of matrices at once.
"""

from collections.abc import Sequence

import numpy as np

from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation.statistics import wilson_interval

METRICS = ("accuracy", "uar", "f1_macro", "f1_weighted")
"""What :func:`metrics_of` works out from a confusion matrix."""


def score(
    true: Sequence[str] | np.ndarray,
    predicted: Sequence[str] | np.ndarray,
    classes: Sequence[str] = EMOTIONS,
) -> dict:
    """Return every score of one system on one set of samples.

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

    See Also
    --------
    helpers.evaluation.bootstrap.bootstrap_interval : an interval for UAR and F1 as well.

    Examples
    --------
    >>> found = score(["Sad", "Sad", "Sad", "Happy"], ["Sad"] * 4)
    >>> found["accuracy"], found["uar"]
    (0.75, 0.5)
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


def majority_class_accuracy(
    train: Sequence[str] | np.ndarray, test: Sequence[str] | np.ndarray
) -> float:
    """Return the accuracy on ``test`` of always predicting the commonest class of ``train``.

    Both are sequences of class names or of indices; a tie goes to the first in sorted order.

    Examples
    --------
    >>> majority_class_accuracy(["Sad", "Sad", "Fear"], ["Sad", "Fear", "Fear", "Fear"])
    0.25
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
    """Return counts of shape (k, k), rows true, columns predicted, in the order of ``classes``.

    Examples
    --------
    >>> confusion_matrix(["Sad", "Sad", "Happy"], ["Sad", "Happy", "Happy"], ["Happy", "Sad"])
    array([[1, 0],
           [1, 1]])
    """
    true, predicted = _same_length(true, predicted)
    k = len(classes)
    cells = as_indices(true, classes) * k + as_indices(predicted, classes)
    return np.bincount(cells, minlength=k * k).reshape(k, k)


def recall_of_each(confusion: Sequence[Sequence[int]] | np.ndarray) -> np.ndarray:
    """Return the recall of each class, (..., k), of confusion matrices (..., k, k), rows true.

    A class that does not occur has none: its place is nan.

    Examples
    --------
    >>> recall_of_each([[1, 3], [0, 4]]).tolist()
    [0.25, 1.0]
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
    support, predicted = confusion.sum(-1), confusion.sum(-2)
    present = support > 0
    classes_present = present.sum(-1)
    f1 = np.divide(2 * hits, support + predicted, out=np.zeros_like(hits), where=present)
    total = support.sum(-1)
    return {
        "accuracy": hits.sum(-1) / total,
        "uar": np.nansum(recall_of_each(confusion), axis=-1) / classes_present,
        "f1_macro": f1.sum(-1) / classes_present,
        "f1_weighted": (f1 * support).sum(-1) / total,
    }


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
            "one value per sample, and at least one sample."
        )
    return first, second
