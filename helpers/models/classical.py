"""Support vector machines on fixed features: what was trained before networks, and on top of them.

Nothing is chosen by hand: the penalty C is that of the best accuracy in a cross-validation over
groups (films, people) inside the training samples, the kernel's width follows from them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.metrics.pairwise import additive_chi2_kernel
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from helpers.corpora.splits import group_folds

KERNELS = ("linear", "chi_square")
"""``linear`` for features of any kind, standardised; ``chi_square`` for histograms."""

PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0)
"""What C is chosen from, the smallest of equals; for the linear kernel divided by the features."""

_FOLDS = 5
_TEMPERATURES = (-5.0, 5.0)  # bounds of the logarithm


def chi_square_distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return sum (x - y)^2 / (x + y) of each pair of histograms, (n, m).

    ``first`` is (n, bins), ``second`` (m, bins), not negative. There is no half: two histograms
    that sum to 1 and share no bin are 2 apart.

    Examples
    --------
    >>> chi_square_distances(np.eye(2), np.eye(2)).tolist()
    [[0.0, 2.0], [2.0, 0.0]]
    """
    return -additive_chi2_kernel(first, second)


class ChiSquareKernel(TransformerMixin, BaseEstimator):
    """Histograms to their kernel with the training ones, exp(-distance / mean distance)."""

    def fit(self, histograms: np.ndarray, labels: object = None) -> "ChiSquareKernel":
        """Keep the training histograms (n, bins) and their mean distance."""
        self.histograms_ = histograms
        self.mean_ = _mean_distance(chi_square_distances(histograms, histograms))
        return self

    def transform(self, histograms: np.ndarray) -> np.ndarray:
        """Return the kernel of histograms (m, bins) with the training ones, (m, n)."""
        return np.exp(-chi_square_distances(histograms, self.histograms_) / self.mean_)


@dataclass(frozen=True)
class Classifier:
    """A support vector machine with what goes before and after it.

    ``settings``: the kernel, the chosen ``penalty``, and the ``accuracy`` in cross-validation.
    """

    transformer: TransformerMixin
    svm: SVC
    temperature: float
    prior: np.ndarray
    settings: dict[str, object]

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Return class probabilities (m, classes) of samples (m, features).

        They rank the classes as the machine does; how sure they are was fitted on training samples
        that the machine had not seen. A sample without features (nan) gets the prior: how often
        each class occurs in training.
        """
        found = np.tile(self.prior, (len(features), 1))
        known = _known(features)
        if known.any():
            inputs = self.transformer.transform(features[known])
            found[known] = softmax(
                _decisions(self.svm, inputs, len(self.prior)) / self.temperature, axis=1
            )
        return found


def fit_classifier(
    kernel: str,
    features: np.ndarray,
    labels: np.ndarray,
    groups: np.ndarray,
    *,
    classes: int,
    seed: int = 0,
) -> tuple[Classifier, np.ndarray]:
    """Fit a support vector machine; choose its penalty by cross-validation over groups.

    Parameters
    ----------
    kernel : str
        One of ``KERNELS``.
    features : array (n, features)
        Training samples; one that has none is nan throughout and is left out.
    labels : int array (n,)
        From 0 to ``classes`` - 1.
    groups : array (n,)
        What must not be on both sides of a fold: film, person.

    Returns
    -------
    classifier : Classifier
    out_of_fold : array (n, classes)
        The training samples' probabilities by machines that had not learned them, to train a
        fusion on.

    Raises
    ------
    ValueError
        If the kernel is unknown, or fewer than two groups or two classes have features.
    """
    if kernel not in KERNELS:
        raise ValueError(f"Unknown kernel {kernel!r}; expected one of {KERNELS}.")
    features, labels = np.asarray(features, dtype=np.float64), np.asarray(labels)
    prior = np.bincount(labels, minlength=classes) / len(labels)
    known = _known(features)
    inputs, known_labels, known_groups = features[known], labels[known], np.asarray(groups)[known]
    if len(np.unique(known_labels)) < 2:
        raise ValueError(
            f"{known.sum()} of {len(labels)} training samples have features, of "
            f"{len(np.unique(known_labels))} class; expected at least two classes."
        )
    if kernel == "linear":
        transformer, machine = StandardScaler(), SVC(kernel="linear")
        penalties = [penalty / features.shape[1] for penalty in PENALTIES]
    else:
        transformer, machine = ChiSquareKernel(), SVC(kernel="precomputed")
        penalties = PENALTIES
    decisions = np.zeros((len(penalties), len(inputs), classes))
    # The folds share their distances, which take longer than all the rest.
    between = chi_square_distances(inputs, inputs) if kernel == "chi_square" else None
    for train, held_out in _folds(known_labels, known_groups, seed):
        if between is None:
            fitted = clone(transformer).fit(inputs[train])
            learned, new = fitted.transform(inputs[train]), fitted.transform(inputs[held_out])
        else:
            near = np.exp(-between[:, train] / _mean_distance(between[np.ix_(train, train)]))
            learned, new = near[train], near[held_out]
        for row, penalty in enumerate(penalties):
            svm = clone(machine).set_params(C=penalty).fit(learned, known_labels[train])
            decisions[row, held_out] = _decisions(svm, new, classes)
    accuracies = (decisions.argmax(axis=2) == known_labels).mean(axis=1)
    best = int(accuracies.argmax())
    temperature = _temperature(decisions[best], known_labels)
    fitted = clone(transformer).fit(inputs)
    svm = clone(machine).set_params(C=penalties[best]).fit(fitted.transform(inputs), known_labels)
    out_of_fold = np.tile(prior, (len(labels), 1))
    out_of_fold[known] = softmax(decisions[best] / temperature, axis=1)
    settings = {
        "kernel": kernel,
        "penalty": PENALTIES[best],
        "accuracy": float(accuracies[best]),
    }
    return Classifier(fitted, svm, temperature, prior, settings), out_of_fold


def _mean_distance(between: np.ndarray) -> float:
    """Return the mean distance of different samples, from the distances of all pairs (n, n)."""
    return between.sum() / max(len(between) * (len(between) - 1), 1) or 1.0


def _known(features: np.ndarray) -> np.ndarray:
    return np.isfinite(features).all(axis=1)


def _folds(
    labels: np.ndarray, groups: np.ndarray, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield folds; of a fold that has one class only the other samples cannot be learned from."""
    folds = min(_FOLDS, len(np.unique(groups)))
    for train, held_out in group_folds(labels, groups, folds, seed):
        if len(np.unique(labels[train])) > 1:
            yield train, held_out


def _decisions(svm: SVC, inputs: np.ndarray, classes: int) -> np.ndarray:
    """Return one number per class, (n, classes); a class not seen in training is last."""
    found = svm.decision_function(inputs)
    if found.ndim == 1:  # of two classes
        found = np.stack([-found, found], axis=1)
    decisions = np.full((len(inputs), classes), found.min(axis=1, keepdims=True) - 1)
    decisions[:, svm.classes_] = found
    return decisions


def _temperature(decisions: np.ndarray, labels: np.ndarray) -> float:
    """Return by what decisions must be divided for softmax to be as sure as they are right."""

    def surprise(logarithm: float) -> float:
        found = log_softmax(decisions / np.exp(logarithm), axis=1)
        return -found[np.arange(len(labels)), labels].mean()

    return float(np.exp(minimize_scalar(surprise, bounds=_TEMPERATURES, method="bounded").x))
