"""Rules that make one prediction of two: fixed ones, and ones that learn from training clips.

Every combiner is called with training pairs and test pairs that all have both modalities, and
returns class probabilities for the test pairs, shape (m, k).
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from helpers.fusion.alignment import ClipPairs

SVM_GRID = (
    {"svc__kernel": ["rbf"], "svc__C": [1, 10, 100], "svc__gamma": [0.1, 1, 100]},
    {"svc__kernel": ["poly"], "svc__degree": [7], "svc__C": [1, 10, 100]},
)
"""The published grid (thesis, chapter V)."""

_SMALLEST = 1e-9
_RARE = 1e-4  # for stacking: how far below this a probability is, is noise


def mean(train: ClipPairs, test: ClipPairs) -> np.ndarray:
    """Return the mean of both predictions; nothing is learned (thesis, figure 19)."""
    return (test.video + test.audio) / 2


def weighted_mean(train: ClipPairs, test: ClipPairs) -> np.ndarray:
    """Return the mean with the weight of video that is best on the training clips."""
    weight = video_weight(train)
    return weight * test.video + (1 - weight) * test.audio


def video_weight(train: ClipPairs) -> float:
    """Return the weight of video, of 0, 0.05 .. 1, with the highest accuracy on training clips.

    The rule has nothing else to fit, so cross-validation on the training clips would choose the
    same number. Of equally good weights the one nearest to a half is taken.
    """
    weights = np.linspace(0, 1, 21)
    mixed = weights[:, None, None] * train.video + (1 - weights[:, None, None]) * train.audio
    correct = (mixed.argmax(axis=2) == train.labels).sum(axis=1)  # (21,)
    return float(min(weights[correct == correct.max()], key=lambda weight: abs(weight - 0.5)))


def product(train: ClipPairs, test: ClipPairs) -> np.ndarray:
    """Return the product of both predictions, scaled to sum to 1 (Kittler and others, 1998)."""
    return softmax(_logarithms(test.video) + _logarithms(test.audio), axis=1)


def calibrated_product(train: ClipPairs, test: ClipPairs) -> np.ndarray:
    """Return the product after each modality got its own temperature (Guo and others, 2017)."""
    scaled = [
        _logarithms(theirs) / temperature(ours, train.labels)
        for ours, theirs in ((train.video, test.video), (train.audio, test.audio))
    ]
    return softmax(scaled[0] + scaled[1], axis=1)


def temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature, 0.05 to 20, that makes true labels most likely.

    Above 1 a network was too confident, below 1 not confident enough, on these clips.

    See Also
    --------
    calibrated_product : the product after each modality got its own temperature.

    Examples
    --------
    >>> confident = np.array([[0.9, 0.1]] * 4)  # but right in three of four only
    >>> round(temperature(confident, np.array([0, 0, 0, 1])), 3)
    2.0
    """
    logarithms = _logarithms(probabilities)

    def cost(log_temperature: float) -> float:
        scaled = log_softmax(logarithms / np.exp(log_temperature), axis=1)
        return -scaled[np.arange(len(labels)), labels].mean()

    bounds = (np.log(0.05), np.log(20))
    return float(np.exp(minimize_scalar(cost, bounds=bounds, method="bounded").x))


def svm(train: ClipPairs, test: ClipPairs) -> np.ndarray:
    """Return the vote of the thesis's SVM as ones and zeros (thesis, figure 22)."""
    return np.eye(len(test.classes))[svm_search(train).predict(test.features)]


def svm_search(train: ClipPairs) -> GridSearchCV:
    """Return the published grid search, run on training clips; it predicts with the best SVM.

    ``best_params_`` and ``best_score_`` are what it chose. The scaler is fitted inside each fold.
    """
    pipeline = make_pipeline(StandardScaler(), SVC())
    return GridSearchCV(pipeline, [*SVM_GRID], cv=_folds(train)).fit(train.features, train.labels)


def stacking(train: ClipPairs, test: ClipPairs) -> np.ndarray:
    """Return probabilities of a second, small model that is taught by both predictions.

    A logistic regression (Wolpert 1992) with a row for each clip and emotion: the logarithms of
    what video and audio say of it, and which emotion it is. So it learns two weights, shared by
    all emotions, and a correction for each: few numbers for few clips.
    """
    rows, other = _rows(train), _rows(test)
    is_true = np.eye(len(train.classes))[train.labels].ravel()
    model = LogisticRegression(max_iter=1000).fit(rows, is_true)
    likely = model.predict_proba(other)[:, 1].reshape(len(test), -1)
    return likely / likely.sum(axis=1, keepdims=True)


def _rows(pairs: ClipPairs) -> np.ndarray:
    both = np.log(np.maximum([pairs.video, pairs.audio], _RARE))  # (2, n, k)
    emotions = np.tile(np.eye(len(pairs.classes)), (len(pairs), 1))  # (n k, k)
    return np.column_stack([both.reshape(2, -1).T, emotions])


COMBINERS: dict[str, Callable[[ClipPairs, ClipPairs], np.ndarray]] = {
    "mean": mean,
    "SVM": svm,
    "weighted mean": weighted_mean,
    "product": product,
    "stacking": stacking,
    "calibrated product": calibrated_product,
}
"""The thesis's first two, then what the field uses; its dense network is in ``fusion.dense``."""


def fuse(
    combiner: Callable[[ClipPairs, ClipPairs], np.ndarray], train: ClipPairs, test: ClipPairs
) -> np.ndarray:
    """Return probabilities for every test clip, shape (m, k).

    The combiner learns from the training clips that have both modalities and decides on the test
    clips that have both; a clip with one modality gets that modality's prediction.
    """
    fused = np.where(test.has_video[:, None], test.video, test.audio)
    if test.complete.any():
        fused[test.complete] = combiner(train.where(train.complete), test.where(test.complete))
    return fused


def _folds(train: ClipPairs) -> StratifiedKFold:
    counts = np.bincount(train.labels)
    return StratifiedKFold(int(np.clip(counts[counts > 0].min(), 2, 5)))


def _logarithms(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(probabilities, _SMALLEST))
