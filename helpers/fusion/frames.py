"""From frames to clips: one score for all frames of a clip, and which frames serve best.

Late fusion (thesis, section III-B): every frame is scored on its own, and the scores of a clip's
frames are then combined, by their mean in equation 1.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import softmax

from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation.comparison import paired_table
from helpers.evaluation.scores import score
from helpers.features.frame_sources import ClipFrames
from helpers.results.runs import experiment

SourceScores = Mapping[tuple[str, str], np.ndarray]
"""Clip scores (clips, classes) by source of frames and protocol."""

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
        frames must agree; also the mean of logarithms up to scale) or ``vote`` (the fraction of
        the frames that each class wins).

    Returns
    -------
    DataFrame (clips, classes)
        Probabilities that sum to 1, indexed by clip, ascending.

    Raises
    ------
    ValueError
        If the method is unknown, the lengths differ, or a score is no number.

    See Also
    --------
    score_clips : the same with a row for every clip, also for those without a frame.

    Examples
    --------
    >>> aggregate_clips([[0.5, 0.5], [1.0, 0.0], [0.25, 0.75]], ["a", "a", "b"])
          0     1
    a  0.75  0.25
    b  0.25  0.75
    """
    scores = np.asarray(frame_scores, dtype=np.float64)
    if method not in METHODS:
        raise ValueError(f"Unknown method {method!r}; expected one of {METHODS}.")
    if scores.ndim != 2 or len(scores) != len(clip_rows) or not np.isfinite(scores).all():
        raise ValueError(
            f"aggregate_clips needs one row of finite scores per frame; got scores {scores.shape} "
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

    As :func:`aggregate_clips`, with ``clip_rows`` as positions from 0 to ``clips`` - 1; a clip
    without a frame gets ``prior`` (classes,), see :func:`class_prior`.
    """
    scores = np.tile(np.asarray(prior, dtype=np.float64), (clips, 1))
    combined = aggregate_clips(frame_scores, clip_rows, method)
    scores[combined.index] = combined
    return scores


def class_prior(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return the fraction of each class in the training labels, (classes,): the best blind guess.

    Examples
    --------
    >>> class_prior([0, 0, 0, 2], classes=3).tolist()
    [0.75, 0.0, 0.25]
    """
    counts = np.bincount(labels, minlength=classes)
    return counts / counts.sum()


def prediction_table(
    clips: pd.DataFrame, scores: Mapping[str, pd.DataFrame], classes: Sequence[str]
) -> pd.DataFrame:
    """Return clip scores as the rows of a predictions.csv.

    ``scores`` has a table (n, classes) for each protocol, indexed by position in the manifest
    ``clips``, as :func:`aggregate_clips` returns it. Protocols are ``in_sample`` and
    ``out_of_fold`` for training clips, ``thesis`` and ``held_out`` for test clips.
    """
    tables = []
    for protocol, values in scores.items():
        keys = clips.loc[values.index, ["sample_id", "split", "emotion"]]
        columns = dict(zip(classes, values.to_numpy().T, strict=True))
        tables.append(keys.assign(protocol=protocol, **columns))
    return pd.concat(tables, ignore_index=True)


def score_sources(
    frames_of: Mapping[str, ClipFrames],
    ask: Callable[[np.ndarray, np.ndarray], np.ndarray],
    prior: np.ndarray,
    clips: int,
    protocol: str,
) -> dict[tuple[str, str], np.ndarray]:
    """Return the mean scores of so many clips by source: (clips, classes) each.

    ``ask`` takes pictures (n, height, width, 3) and rows of them, and returns a network's scores
    (rows, classes): ``models.training.predict``. A clip without a frame gets the ``prior``.
    """
    return {
        (source, protocol): score_clips(
            ask(own.pixels, np.arange(len(own.pixels))), own.clip_rows, prior, clips
        )
        for source, own in frames_of.items()
    }


def source_table(
    frames_of: Mapping[str, ClipFrames], scores: SourceScores, clips: pd.DataFrame, protocol: str
) -> pd.DataFrame:
    """Return a row per source of frames: frames, clips with and without any, accuracy of all clips.

    A clip without a frame is counted with the class prior's answer.
    """
    true = class_indices(clips["emotion"])
    rows = [
        {
            "source": source,
            "frames": len(frames.pixels),
            "clips with frames": np.sum(_with_frames(frames)),
            "clips answered by prior": np.sum(~_with_frames(frames)),
            "accuracy, all clips": np.mean(scores[source, protocol].argmax(axis=1) == true),
        }
        for source, frames in frames_of.items()
    ]
    return pd.DataFrame(rows)


def source_experiments(
    frames_of: Mapping[str, ClipFrames],
    scores: SourceScores,
    clips: pd.DataFrame,
    published: Mapping[str, object],
) -> list[dict]:
    """Return an experiment per source and protocol, over the test clips that have frames.

    What is ``published`` of a source is shown beside the protocol ``thesis``.
    """
    true = class_indices(clips["emotion"])
    experiments = []
    for (source, protocol), values in scores.items():
        counted = _with_frames(frames_of[source])
        found = score(true[counted], values.argmax(axis=1)[counted], EMOTIONS)
        value = published.get(source) if protocol == "thesis" else None
        experiments.append(experiment(source, protocol, "val", found, value))
    return experiments


def compare_sources(
    frames_of: Mapping[str, ClipFrames], scores: SourceScores, clips: pd.DataFrame, protocol: str
) -> pd.DataFrame:
    """Compare the first source with each other one, on the clips for which both have frames.

    As ``helpers.evaluation.comparison.paired_table``, with ``source`` in the place of ``question``.
    """
    true = class_indices(clips["emotion"])
    right = {source: scores[source, protocol].argmax(axis=1) == true for source in frames_of}
    has_frames = {source: _with_frames(frames) for source, frames in frames_of.items()}
    first, *others = frames_of
    both = {source: has_frames[first] & has_frames[source] for source in others}
    pairs = {name: (right[first][mask], right[name][mask]) for name, mask in both.items()}
    return paired_table(pairs, (first, "this source")).rename(columns={"question": "source"})


def compare_methods(
    frame_scores: np.ndarray, clip_rows: np.ndarray, clips: np.ndarray, true: np.ndarray
) -> pd.DataFrame:
    """Return a row per method to combine frames: accuracy, UAR, and its test against the mean.

    ``clips`` (n,) are those to count and ``true`` (n,) their classes. The columns are ``method,
    accuracy, uar, p_value, p_holm``; the last two are NaN for the mean itself.
    """
    scores = {name: aggregate_clips(frame_scores, clip_rows, name).loc[clips] for name in METHODS}
    predicted = {name: values.to_numpy().argmax(axis=1) for name, values in scores.items()}
    found = {method: score(true, values, EMOTIONS) for method, values in predicted.items()}
    right = {method: values == true for method, values in predicted.items()}
    tests = paired_table({method: (right["mean"], right[method]) for method in METHODS[1:]})
    table = pd.DataFrame(found, index=["accuracy", "uar"]).T.rename_axis("method")
    return table.join(tests.set_index("question")[["p_value", "p_holm"]]).reset_index()


def right_by_frames(
    frame_scores: np.ndarray, clip_rows: np.ndarray, true: np.ndarray, seed: int, *, lots: int = 20
) -> dict[int, np.ndarray]:
    """Return how often the mean over 1, 2, 3, ... frames of each clip is right.

    Parameters
    ----------
    frame_scores : array (frames, classes)
    clip_rows : int array (frames,)
        Positions in ``true`` (clips,), which holds the classes.
    seed, lots : int
        So many times an order is drawn in which the frames of a clip are asked.

    Returns
    -------
    dict
        By number of frames the fraction of the lots in which a clip is right, float (clips,), for
        each clip that occurs, ascending; a clip with fewer frames gives all that it has.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(clip_rows, kind="stable")
    clips, first, counts = np.unique(clip_rows[order], return_index=True, return_counts=True)
    right = {count: np.zeros(len(clips)) for count in range(1, counts.max() + 1)}
    for _ in range(lots):
        mixed = order[np.lexsort((rng.random(len(order)), clip_rows[order]))]
        sums = np.vstack([np.zeros(frame_scores.shape[1]), np.cumsum(frame_scores[mixed], axis=0)])
        for count, found in right.items():
            of_clips = sums[first + np.minimum(counts, count)] - sums[first]
            found += (of_clips.argmax(axis=1) == true[clips]) / lots
    return right


def clip_to_show(frame_scores: np.ndarray, clip_rows: np.ndarray, true: np.ndarray) -> int:
    """Return a clip that the mean has right though its frames disagree, or the surest right one.

    The clip with most wrong frames among those that are right; where there is none, the one that
    gives its own class most. Arguments are those of :func:`right_by_frames`.
    """
    means = aggregate_clips(frame_scores, clip_rows)
    own = true[means.index]
    right = means.to_numpy().argmax(axis=1) == own
    wrong = pd.Series(frame_scores.argmax(axis=1) != true[clip_rows]).groupby(clip_rows).mean()
    certain = means.to_numpy()[np.arange(len(own)), own]
    return int(means.index[np.lexsort((certain, right * wrong.to_numpy(), right))[-1]])


def _with_frames(frames: ClipFrames) -> np.ndarray:
    """Return which clips have a frame, bool (clips,)."""
    return np.array([reason == "" for reason in frames.reasons])
