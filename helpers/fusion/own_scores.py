"""The series' own clip scores, as notebooks 04 and 06 left them, and the clips that they are of."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.corpora.open_roles import HOW_TO_GET
from helpers.fusion.alignment import ClipPairs, pair_clip_scores
from helpers.paths import repository_root
from helpers.results.clip_scores import ResultsError, ResultsMissing
from helpers.results.runs import load_predictions

VIDEO, AUDIO = "04_video_late_fusion", "06_audio_spectrogram_images"

TRAIN_ROWS = {"thesis": "in_sample", "held_out": "out_of_fold"}
"""Which predictions for the training clips a combination learns from, by protocol."""


def load_own_scores(
    corpus: str, root: str | Path = ""
) -> tuple[pd.DataFrame, pd.DataFrame, str, str]:
    """Return the scores that 04 and 06 wrote, or the committed ones of the demo corpus.

    Parameters
    ----------
    corpus, root : str
        A notebook's ``CORPUS`` and ``RESULTS_ROOT``.

    Returns
    -------
    video, audio : DataFrame
        Clip scores with ``protocol``, of one system each: where a notebook wrote several, the one
        that is right most often on the training clips, out of fold.
    found : str
        The corpus that they are of: ``corpus``, or ``"demo"`` where it has none.
    note : str
        Where they come from, to be shown.

    Raises
    ------
    ResultsError
        If there are none at all, or a file is not what it should be.
    """
    places = [(corpus, root), ("demo", root), ("demo", repository_root() / "results")]
    reasons = []
    for place in places:
        try:
            video, audio = (load_predictions(name, *place) for name in (VIDEO, AUDIO))
        except ResultsMissing as error:
            reasons.append(str(error))
            continue
        (video, video_system), (audio, audio_system) = map(best_system, (video, audio))
        note = f"Clip scores of corpus {place[0]}: {video_system} (04) and {audio_system} (06)."
        if place != places[0]:
            note += f" These are the ones that came with the series. {reasons[0]}"
            if corpus == "open":
                note += f". For 04 and 06 you need clips of people: {HOW_TO_GET['wild_clips']}."
        return video, audio, place[0], note
    raise ResultsMissing(reasons[0])


def best_system(scores: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the rows of one system and its name, ``one system`` where there is no such column.

    Of several the one with the highest accuracy on training clips, out of fold where there are
    such rows; the test clips play no part in it.
    """
    if "system" not in scores:
        return scores, "one system"
    train = scores[scores["protocol"] == "out_of_fold"]
    train = train if len(train) else scores[scores["protocol"] == "in_sample"]
    classes = [name for name in scores if name in set(scores["emotion"])]
    right = train[classes].idxmax(axis=1) == train["emotion"]
    name = right.groupby(train["system"], sort=True).mean().idxmax()
    return scores[scores["system"] == name].drop(columns="system"), str(name)


def protocol_pairs(
    video: pd.DataFrame, audio: pd.DataFrame, protocol: str
) -> tuple[ClipPairs, ClipPairs]:
    """Return the training and the test pairs of a protocol, from :func:`load_own_scores`.

    Training scores are in sample for ``thesis``, out of fold for ``held_out``. A test row counts if
    its protocol is ``test`` or this one.
    """
    wanted = [(TRAIN_ROWS[protocol], "test", protocol)] * 2
    pairs = _pairs(video, audio, wanted)
    train = (pairs.clips["split"] == "train").to_numpy()
    if not train.any() or train.all():
        raise ResultsError(
            f"{VIDEO} and {AUDIO} have {train.sum()} training and {np.sum(~train)} test clips with "
            f"protocol {TRAIN_ROWS[protocol]!r} and 'test'. Run them again."
        )
    return pairs.where(train), pairs.where(~train)


def training_pairs(
    video: pd.DataFrame, audio: pd.DataFrame, leaked: Collection[str] = ()
) -> ClipPairs:
    """Return training pairs of which the modalities in ``leaked`` are scored in sample.

    The scores of the other modalities are out of fold; see :func:`load_own_scores`.
    """
    wanted = ["in_sample" if name in leaked else "out_of_fold" for name in ("video", "audio")]
    pairs = _pairs(video, audio, [[name] for name in wanted])
    return pairs.where(pairs.complete)


def _pairs(video, audio, wanted):
    tables = [
        table[table["protocol"].isin(rows)]
        for table, rows in zip((video, audio), wanted, strict=True)
    ]
    return pair_clip_scores(*tables, sources=(f"scores of {VIDEO}", f"scores of {AUDIO}"))


def look_up(clips: pd.DataFrame, pairs: ClipPairs, column: str) -> np.ndarray:
    """Return a column of the clips' manifest for every pair, shape (n,)."""
    keys = ["split", "sample_id"]
    column_of = clips.drop_duplicates(keys).set_index(keys)[column]
    return column_of.reindex(pd.MultiIndex.from_frame(pairs.clips[keys])).to_numpy()
