"""From frames to a clip: which stills belong to which clip, and one score for all of them.

Late fusion (thesis, section III-B): every frame is scored on its own, and the scores of a clip's
frames are then combined, by their mean in equation 1.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

METHODS = ("mean", "median", "max", "product", "vote")
"""What :func:`aggregate_clips` knows; ``mean`` is equation 1."""

_SMALLEST = 1e-7  # a probability of 0 in one frame would rule a class out of a product for good


def join_stills(stills: pd.DataFrame, clips: pd.DataFrame) -> pd.DataFrame:
    """Join stills to their clips by split and clip id.

    Parameters
    ----------
    stills : DataFrame (n rows)
        A manifest of SFEW, with ``clip_id``.
    clips : DataFrame
        A manifest of AFEW; whether the clip itself can be read makes no difference here.

    Returns
    -------
    DataFrame (n rows)
        The stills in their order and with their own labels, and: ``clip_row``, the position of the
        clip in ``clips``, -1 if there is none (``problem`` says so); ``clip_emotion``, the label
        that counts, "" without a clip; ``disagrees``, whether the two labels differ.
    """
    keys = pd.MultiIndex.from_frame(clips[["split", "sample_id"]])
    once = ~keys.duplicated(keep=False)
    positions = pd.Series(np.arange(len(clips))[once], index=keys[once])
    wanted = pd.MultiIndex.from_frame(stills[["split", "clip_id"]])
    clip_rows = positions.reindex(wanted).fillna(-1).to_numpy(dtype=np.int64)
    has_clip = clip_rows >= 0
    emotions = clips["emotion"].to_numpy()
    clip_emotions = np.where(has_clip, emotions[clip_rows], "")
    reasons = [
        "" if found else _no_clip(key, keys) for found, key in zip(has_clip, wanted, strict=True)
    ]
    own_problem = stills["problem"] != ""
    return stills.assign(
        problem=stills["problem"].where(own_problem, pd.Series(reasons, index=stills.index)),
        clip_row=clip_rows,
        clip_emotion=clip_emotions,
        disagrees=has_clip & (clip_emotions != stills["emotion"].to_numpy()),
    )


def _no_clip(key: tuple[str, str], keys: pd.MultiIndex) -> str:
    split, clip_id = key
    if key in keys:
        return f"clip id {clip_id} stands for several clips in {split}"
    return f"no clip {clip_id} in {split}"


def ids_in_both_splits(clips: pd.DataFrame) -> list[str]:
    """Return the clip ids that are in ``train`` and in ``val``, sorted: two in AFEW 2018."""
    train, val = (set(clips.loc[clips["split"] == name, "sample_id"]) for name in ("train", "val"))
    return sorted(train & val)


def leave_out_shared_ids(clips: pd.DataFrame) -> pd.DataFrame:
    """Return a copy in which train clips whose id is in val too have that as their problem.

    For the protocol ``held_out``: nothing of a test clip may have been seen in training.
    """
    shared = clips["sample_id"].isin(ids_in_both_splits(clips)) & (clips["split"] == "train")
    shared &= clips["problem"] == ""
    return clips.assign(problem=clips["problem"].mask(shared, "its clip id is in val too"))


def clip_groups(clips: pd.DataFrame, joined: pd.DataFrame) -> np.ndarray:
    """Return what must not be on both sides of a split, for every clip: str array (clips,).

    The film of its first still in ``joined`` (from :func:`join_stills`); a clip without stills is a
    group of its own, since AFEW's names do not say the film.
    """
    groups = clips["sample_id"].astype(object).to_numpy(copy=True)
    first = joined[joined["clip_row"] >= 0].drop_duplicates("clip_row")
    groups[first["clip_row"].to_numpy()] = first["film"].to_numpy()
    return groups.astype(str)


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
        clips = np.exp(sums.sub(sums.max(axis=1), axis=0))
    elif method == "vote":
        clips = frames_of_clips.mean()
    else:
        clips = frames_of_clips.agg(method)
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
