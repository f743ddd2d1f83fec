"""RAVDESS (Livingstone and Russo 2018): 24 actors speak two sentences, eight emotions.

Files are named ``MM-VV-EE-II-SS-RR-AA`` (modality, vocal channel, emotion, intensity, statement,
repetition, actor), in any folders: ``Audio_Speech_Actors_01-24/Actor_01/03-01-...wav``,
``Video_Speech_Actor_01/Actor_01/01-01-...mp4``.
"""

import re
from pathlib import Path

import pandas as pd

from helpers.corpora.folders import files_below, find_folder
from helpers.corpora.manifest import make_manifest
from helpers.emotions import RAVDESS_LABELS

NAME = re.compile(r"(0[123])-(0[12])-(0[1-8])-(0[12])-(0[12])-(0[12])-(\d\d)")
_MODALITIES = {"01": "audio_video", "03": "audio"}
_SUFFIXES = {"audio_video": {".mp4"}, "audio": {".wav"}}
_STATEMENTS = {"01": "Kids are talking by the door", "02": "Dogs are sitting by the door"}
EXPECTED = (
    "Expected ravdess/ with speech named 03-01-06-01-02-01-12.wav or clips named "
    "01-01-06-01-02-01-12.mp4, in any folders. Download it with "
    "`python -m helpers.corpora.download ravdess-video --actors 1-6 --accept-licence` "
    "(0.55 GB an actor) or `... ravdess-speech --accept-licence` (0.2 GB), or choose "
    "CORPUS = 'demo'."
)


def load(root: Path) -> pd.DataFrame:
    """Return the manifest of RAVDESS's speech, of the actors that are there.

    One row a file: a take may be there as a clip with sound (``modality`` audio_video) and as sound
    alone (audio). ``split`` is by actor (:func:`split_of`), ``group`` the actor. Own columns:
    actor, gender, modality, intensity, statement, repetition. Calm takes have no counterpart among
    the seven emotions, songs are no speech, and films without sound repeat those with sound: they
    are listed as unexpected files.
    """
    folder = find_folder(root, ["ravdess"], corpus="RAVDESS", expected=EXPECTED)
    rows, unexpected = [], []
    seen: dict[str, Path] = {}
    for path in sorted(files_below(folder, unexpected)):
        match = NAME.fullmatch(path.stem)
        reason = _reason_to_pass_over(path, match)
        if not reason and path.stem in seen:
            reason = f"a second copy of {seen[path.stem].relative_to(folder)}"
        if reason:
            unexpected.append((path, reason))
            continue
        seen[path.stem] = path
        modality, _, emotion, intensity, statement, repetition, actor = match.groups()
        rows.append(
            {
                "path": path,
                "emotion": RAVDESS_LABELS[emotion],
                "split": split_of(int(actor)),
                "group": actor,
                "actor": actor,
                "gender": "male" if int(actor) % 2 else "female",
                "modality": _MODALITIES[modality],
                "intensity": "normal" if intensity == "01" else "strong",
                "statement": _STATEMENTS[statement],
                "repetition": int(repetition),
            }
        )
    return make_manifest(rows, unexpected, corpus="RAVDESS", folder=folder, expected=EXPECTED)


def split_of(actor: int) -> str:
    """Return ``val`` for every third pair of actors (05, 06, 11, 12, 17, 18, 23, 24), else train.

    A pair is a man and a woman; a third is AFEW's own fraction (383 of 1156 clips). RAVDESS has no
    published split.
    """
    return "val" if (actor + 1) // 2 % 3 == 0 else "train"


def _reason_to_pass_over(path: Path, match: re.Match | None) -> str:
    if not match:
        return "not named like a RAVDESS file"
    modality, channel, emotion = match.group(1, 2, 3)
    if modality == "02":
        return "a film without sound"
    if path.suffix.lower() not in _SUFFIXES[_MODALITIES[modality]]:
        return "not the kind of file that its name says"
    if channel == "02":
        return "a song"
    return "" if emotion in RAVDESS_LABELS else "calm, which is none of the seven emotions"
