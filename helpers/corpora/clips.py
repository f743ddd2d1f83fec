"""Film clips and their stills: which still belongs to which clip, and which film a clip is of."""

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.corpora import load_role
from helpers.corpora.manifest import CorpusError


def join_stills(stills: pd.DataFrame, clips: pd.DataFrame) -> pd.DataFrame:
    """Join stills to their clips by split and clip id, whether or not the clip can be read.

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


def fold_units(clips: pd.DataFrame, joined: pd.DataFrame, rows: np.ndarray) -> dict:
    """Return what could be kept on one side of a fold: by name, a group for each of some stills.

    ``still``, ``clip`` and ``film`` (:func:`clip_groups`); ``rows`` are rows of ``joined`` that
    have a clip.
    """
    clip_rows = joined["clip_row"].to_numpy()[rows]
    return {
        "still": np.arange(len(rows)),
        "clip": clip_rows,
        "film": clip_groups(clips, joined)[clip_rows],
    }


def load_own_clips(corpus: str, data_root: str | Path = "") -> pd.DataFrame:
    """Return the manifest of the clips with a column ``film``.

    ``film`` is that of the clip's stills; a clip without stills stands for itself. Where the corpus
    has no stills of its clips, it is the manifest's ``group``: the actor, the dialogue.
    """
    return _with_films(load_role("wild_clips", corpus, data_root), corpus, data_root)


def load_own_voices(corpus: str, data_root: str | Path = "") -> pd.DataFrame:
    """Return the same manifest as :func:`load_own_clips`, or else one of sounds without pictures.

    Whoever has clips with both gets those, so that faces and voices are of the same clips.
    """
    return _with_films(load_role("wild_voices", corpus, data_root), corpus, data_root)


def _with_films(clips: pd.DataFrame, corpus: str, data_root: str | Path) -> pd.DataFrame:
    try:
        stills = load_role("wild_faces", corpus, data_root)
    except CorpusError:
        return clips.assign(film=clips["group"])
    if "clip_id" not in stills:  # FER2013's pictures are of no clip
        return clips.assign(film=clips["group"])
    return clips.assign(film=clip_groups(clips, join_stills(stills, clips)))
