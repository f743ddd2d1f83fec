"""Tables of notebook 04: sources of frames, ways to combine them, and clips worth showing."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation.scores import mcnemar_exact, score
from helpers.evaluation.statistics import holm
from helpers.features.frame_sources import ClipFrames
from helpers.fusion.frames import METHODS, aggregate_clips, score_clips
from helpers.models import training
from helpers.results import runs

SourceScores = Mapping[tuple[str, str], np.ndarray]
"""Clip scores (clips, classes) by source of frames and protocol."""


def score_sources(
    frames_of: Mapping[str, ClipFrames], networks: Mapping, prior: np.ndarray, clips: int
) -> SourceScores:
    """Score every clip from every source with every network.

    Parameters
    ----------
    frames_of : mapping of source to its frames
    networks : mapping of protocol to keras.Model
    prior : array (classes,)
        What a clip gets for which a source has no frame.
    clips : int
    """
    scores = {}
    for source, frames in frames_of.items():
        for protocol, network in networks.items():
            rows = np.arange(len(frames.pixels))
            values = training.predict(network, frames.pixels, rows)
            scores[source, protocol] = score_clips(values, frames.clip_rows, prior, clips)
    return scores


def source_table(
    frames_of: Mapping[str, ClipFrames], scores: SourceScores, clips: pd.DataFrame, protocol: str
) -> pd.DataFrame:
    """Return a row a source: frames, clips with and without any, accuracy over all clips.

    A clip without a frame is counted with the class prior's answer.
    """
    true = class_indices(clips["emotion"])
    rows = []
    for source, frames in frames_of.items():
        has_frames = with_frames(frames)
        named = scores[source, protocol].argmax(axis=1)
        counts = (len(frames.pixels), has_frames.sum(), (~has_frames).sum())
        rows.append((source, *counts, (named == true).mean()))
    columns = ["source", "frames", "clips with frames", "clips answered by prior"]
    columns += ["accuracy, all clips"]
    return pd.DataFrame(rows, columns=columns)


def source_experiments(
    frames_of: Mapping[str, ClipFrames],
    scores: SourceScores,
    clips: pd.DataFrame,
    published: Mapping[str, object],
) -> list[dict]:
    """Return an experiment a source and protocol, over the clips that have frames.

    Parameters
    ----------
    clips : DataFrame
        The test clips, row for row with the scores.
    published : mapping
        Source to its published result, shown beside the protocol ``thesis``.
    """
    true = class_indices(clips["emotion"])
    experiments = []
    for (source, protocol), values in scores.items():
        counted = with_frames(frames_of[source])
        found = score(true[counted], values.argmax(axis=1)[counted], EMOTIONS)
        value = published.get(source) if protocol == "thesis" else None
        experiments.append(runs.experiment(source, protocol, "val", found, value))
    return experiments


def paired_table(
    frames_of: Mapping[str, ClipFrames], scores: SourceScores, clips: pd.DataFrame, protocol: str
) -> pd.DataFrame:
    """Compare the first source with each other one on the clips for which both have frames.

    ``p, Holm`` is McNemar's p corrected for the number of rows.
    """
    true = class_indices(clips["emotion"])
    first, *others = frames_of
    rows = []
    for source in others:
        both = with_frames(frames_of[first]) & with_frames(frames_of[source])
        right = [
            scores[name, protocol].argmax(axis=1)[both] == true[both] for name in (first, source)
        ]
        p_value = mcnemar_exact(*right)["p_value"] if both.any() else 1.0
        shares = [one.mean() if both.any() else np.nan for one in right]
        rows.append((source, both.sum(), *shares, p_value))
    table = pd.DataFrame(rows, columns=["source", "clips", first, "this source", "p value"])
    return table.assign(**{"p, Holm": holm(table["p value"])})


def method_table(
    frame_scores: np.ndarray, clip_rows: np.ndarray, clips: np.ndarray, true: np.ndarray
) -> pd.DataFrame:
    """Return a row a way to combine frames: accuracy, UAR, and McNemar's p against the mean.

    Parameters
    ----------
    frame_scores, clip_rows
        As ``helpers.fusion.frames.aggregate_clips`` takes them.
    clips, true : arrays (n,)
        The clips to count, and their classes.
    """
    rows, right = [], {}
    for method in METHODS:
        combined = aggregate_clips(frame_scores, clip_rows, method).loc[clips]
        named = combined.to_numpy().argmax(axis=1)
        right[method] = named == true
        found = score(true, named, EMOTIONS)
        p_value = mcnemar_exact(right[method], right["mean"])["p_value"]
        rows.append((method, found["accuracy"], found["uar"], p_value))
    return pd.DataFrame(rows, columns=["method", "accuracy", "uar", "p against mean"])


def clips_to_show(scores: np.ndarray, frames: ClipFrames, true: np.ndarray) -> list[int]:
    """Return the surest right clip, the surest wrong one and the least sure, as far as there are.

    Only clips with frames are taken, none of them twice.
    """
    sure, right = scores.max(axis=1), scores.argmax(axis=1) == true
    can = with_frames(frames)
    chosen: list[int] = []
    for mask, sign in ((can & right, 1), (can & ~right, 1), (can, -1)):
        left = [row for row in np.flatnonzero(mask) if row not in chosen]
        if left:
            chosen.append(int(max(left, key=lambda row: sign * sure[row])))
    return chosen


def strip_title(scores: np.ndarray, true: int) -> str:
    """Return what a clip is named, what comes next, and what it is.

    Parameters
    ----------
    scores : array (classes,)
    true : int
    """
    first, second = np.argsort(-scores, kind="stable")[:2]
    return (
        f"named {EMOTIONS[first]} ({scores[first]:.0%}) before {EMOTIONS[second]} "
        f"({scores[second]:.0%}), is {EMOTIONS[true]}"
    )


def with_frames(frames: ClipFrames) -> np.ndarray:
    """Return which clips have a frame, bool (clips,)."""
    return np.array([reason == "" for reason in frames.reasons])
