"""From frames to a clip: one score for all the frames of a clip.

Late fusion (thesis, section III-B): every frame is scored on its own, and the scores of a clip's
frames are then combined, by their mean in equation 1.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import softmax

METHODS = ("mean", "median", "max", "product", "vote")
"""What :func:`aggregate_clips` knows; ``mean`` is equation 1."""

_SMALLEST = 1e-7  # a probability of 0 in one frame would rule a class out of a product for good


def aggregate_clips(
    frame_scores: np.ndarray, clip_rows: Sequence[int] | np.ndarray, method: str = "mean"
) -> pd.DataFrame:
    """Combine the scores of the frames of each clip (equation 1).

    Parameters
    ----------
    frame_scores : array (frames, classes)
        Class probabilities.
    clip_rows : n values
        The clip of each frame, in any order.
    method : str
        ``mean`` (equation 1), ``median`` and ``max`` (then divided by their sum), ``product`` (all
        frames must agree; also the mean of logarithms up to scale) or ``vote`` (shares of the
        frames that each class wins).

    Returns
    -------
    DataFrame (clips, classes)
        Probabilities that sum to 1, indexed by clip, ascending.

    Raises
    ------
    ValueError
        If the method is unknown, the lengths differ, or a score is no number.
    """
    scores = np.asarray(frame_scores, dtype=np.float64)
    if method not in METHODS:
        raise ValueError(f"Unknown method {method!r}; expected one of {METHODS}.")
    if scores.ndim != 2 or len(scores) != len(clip_rows) or not np.isfinite(scores).all():
        raise ValueError(
            f"aggregate_clips needs one row of finite scores a frame; got scores {scores.shape} "
            f"({np.count_nonzero(~np.isfinite(scores))} not finite) for {len(clip_rows)} frames."
        )
    if method == "product":
        scores = np.log(scores.clip(_SMALLEST))
    elif method == "vote":
        scores = np.eye(scores.shape[1])[scores.argmax(axis=1)]
    frames_of_clips = pd.DataFrame(scores).groupby(np.asarray(clip_rows))
    if method == "product":
        sums = frames_of_clips.sum()
        return pd.DataFrame(softmax(sums.to_numpy(), axis=1), index=sums.index)
    clips = frames_of_clips.agg("mean" if method == "vote" else method)
    return clips.div(clips.sum(axis=1), axis=0)


def score_clips(
    frame_scores: np.ndarray,
    clip_rows: np.ndarray,
    prior: np.ndarray,
    clips: int,
    method: str = "mean",
) -> np.ndarray:
    """Return a score for every clip, also for those without a frame: (clips, classes), float64.

    Parameters
    ----------
    frame_scores, clip_rows, method
        As :func:`aggregate_clips` takes them; ``clip_rows`` are positions from 0 to ``clips`` - 1.
    prior : array (classes,)
        What a clip without a frame gets (:func:`class_prior`).
    clips : int
    """
    scores = np.tile(np.asarray(prior, dtype=np.float64), (clips, 1))
    combined = aggregate_clips(frame_scores, clip_rows, method)
    scores[combined.index] = combined
    return scores


def class_prior(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return the share of each class in the training labels, (classes,): the best blind guess."""
    counts = np.bincount(labels, minlength=classes)
    return counts / counts.sum()


def prediction_table(
    clips: pd.DataFrame, scores: Mapping[str, pd.DataFrame], classes: Sequence[str]
) -> pd.DataFrame:
    """Return clip scores as the rows of a predictions.csv.

    Parameters
    ----------
    clips : DataFrame
        The manifest, with positions as its index.
    scores : mapping of protocol to DataFrame (n, classes)
        Indexed by position in ``clips``, as :func:`aggregate_clips` returns them. Protocols are
        ``in_sample`` and ``out_of_fold`` for training clips, ``thesis`` and ``held_out`` for
        test clips.
    """
    tables = []
    for protocol, values in scores.items():
        keys = clips.loc[values.index, ["sample_id", "split", "emotion"]]
        tables.append(
            keys.assign(protocol=protocol, **dict(zip(classes, values.to_numpy().T, strict=True)))
        )
    return pd.concat(tables, ignore_index=True)
