"""Video and audio scores of the same clips, side by side; a clip that lacks one stays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS, class_indices
from helpers.results.clip_scores import KEY_COLUMNS, ResultsError, check_predictions


@dataclass(frozen=True)
class ClipPairs:
    """Scores of n clips by two modalities, in one order.

    Attributes
    ----------
    clips : DataFrame
        ``sample_id, split, emotion``, one row per clip, sorted by split and id.
    video, audio : float arrays (n, k)
        Class probabilities; a row of NaN where the modality is missing.
    classes : tuple of k names
    """

    clips: pd.DataFrame
    video: np.ndarray
    audio: np.ndarray
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.clips)

    @property
    def labels(self) -> np.ndarray:
        """True classes as indices, shape (n,)."""
        return class_indices(self.clips["emotion"], self.classes)

    @property
    def has_video(self) -> np.ndarray:
        """Whether each clip has video scores, shape (n,)."""
        return ~np.isnan(self.video[:, 0])

    @property
    def has_audio(self) -> np.ndarray:
        """Whether each clip has audio scores, shape (n,)."""
        return ~np.isnan(self.audio[:, 0])

    @property
    def complete(self) -> np.ndarray:
        """Whether each clip has both, shape (n,)."""
        return self.has_video & self.has_audio

    @property
    def features(self) -> np.ndarray:
        """Both predictions joined, shape (n, 2 k): what a trained combiner sees."""
        return np.hstack([self.video, self.audio])

    def where(self, mask: np.ndarray) -> "ClipPairs":
        """Return only the clips for which ``mask``, n booleans, is true."""
        clips = self.clips[mask].reset_index(drop=True)
        return ClipPairs(clips, self.video[mask], self.audio[mask], self.classes)


def pair_clip_scores(
    video: pd.DataFrame,
    audio: pd.DataFrame,
    classes: Sequence[str] = EMOTIONS,
    *,
    sources: tuple[str, str] = ("video scores", "audio scores"),
) -> ClipPairs:
    """Pair two tables of clip scores by (split, clip id), whatever the order of their rows.

    Parameters
    ----------
    video, audio : DataFrame
        ``sample_id, split, emotion`` and one probability column per class; each clip once. Filter
        by ``protocol`` and ``system`` first.
    sources : two str
        What the tables are called in an error: their files.

    Raises
    ------
    ResultsError
        If a column is missing or stands in another order, a value is no probability, a clip comes
        twice, or the two tables disagree about its emotion; with source, line and column.

    See Also
    --------
    count_modalities : how many clips have both.
    """
    tables = map(_checked, (video, audio), (classes, classes), sources)
    sides, key = ("_video", "_audio"), ["split", "sample_id"]
    joined = pd.merge(*tables, on=key, how="outer", suffixes=sides, sort=True)
    emotion = joined["emotion_video"].fillna(joined["emotion_audio"])
    other = joined["emotion_audio"].fillna(joined["emotion_video"])
    for row in np.flatnonzero(emotion != other):
        raise ResultsError(
            f"{sources[0]} and {sources[1]}, column emotion: clip {joined.sample_id[row]!r} of "
            f"split {joined.split[row]!r} is {emotion[row]} in the first and {other[row]} in the "
            "second. One of them was made from another corpus."
        )
    clips = joined[["sample_id", "split"]].assign(emotion=emotion)
    values = [joined[[name + side for name in classes]].to_numpy(dtype=float) for side in sides]
    return ClipPairs(clips, *values, tuple(classes))


def count_modalities(pairs: ClipPairs) -> pd.DataFrame:
    """Return how many clips of each split have both modalities, one, or the other."""
    has = pd.DataFrame(
        {
            "both": pairs.complete,
            "only video": pairs.has_video & ~pairs.has_audio,
            "only audio": pairs.has_audio & ~pairs.has_video,
        }
    )
    return has.groupby(pairs.clips["split"]).sum().assign(clips=lambda table: table.sum(axis=1))


def _checked(table: pd.DataFrame, classes: Sequence[str], source: str) -> pd.DataFrame:
    columns = [name for name in table if name in KEY_COLUMNS or name in EMOTIONS]
    # The same check, and the same words, as when the file is read.
    text = table[columns].to_csv(index=False)
    return check_predictions(text, source, classes=classes)
