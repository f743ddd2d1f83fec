"""CREMA-D (Cao et al. 2014): 91 actors speak twelve sentences, six emotions, no Surprise.

``AudioWAV/<actor>_<sentence>_<emotion>_<level>.wav`` and ``VideoFlash/<the same>.flv``. People who
only heard a clip recognised the intended emotion in 39 % of cases, who only saw it 57 %, both 63 %.
"""

import re
from pathlib import Path

import pandas as pd

from helpers.corpora.folders import files_below, find_folder
from helpers.corpora.manifest import make_manifest, problem_of
from helpers.emotions import EMOTIONS_WITHOUT_SURPRISE, emotion_of

DOCUMENTED_PROBLEMS = {
    "1076_MTI_SAD_XX": "silent, as documented",
    "1076_MTI_NEU_XX": "nearly empty, as documented",
    "1064_TIE_SAD_XX": "without a duration, as documented",
    "1064_IEO_DIS_MD": "a minute long, as documented",
}
"""Clips that are known to be broken, by id."""

NAME = re.compile(r"(1\d\d\d)_([A-Z]{3})_(ANG|DIS|FEA|HAP|NEU|SAD)_(LO|MD|HI|XX|X)", re.IGNORECASE)
MODALITIES = {".flv": "audio_video", ".mp4": "audio_video", ".wav": "audio"}
_LEVELS = {"LO": "low", "MD": "medium", "HI": "high"}
EXPECTED = (
    "Expected crema_d/ with VideoFlash/1001_DFA_ANG_XX.flv or AudioWAV/1001_DFA_ANG_XX.wav. "
    "Download it with `python -m helpers.corpora.download crema-d --actors 1001-1024 "
    "--accept-licence` (about 0.8 GB), or choose CORPUS = 'demo'."
)


def load(root: Path) -> pd.DataFrame:
    """Return the manifest of CREMA-D, of the actors that are there.

    One row a take: its clip where there is one, else its sound. ``split`` is by actor
    (:func:`split_of`), ``group`` the actor. Own columns: actor, sentence, level ("" where it was
    not given), modality (audio_video or audio).
    """
    folder = find_folder(root, ["crema_d", "CREMA-D"], corpus="CREMA-D", expected=EXPECTED)
    takes: dict[str, Path] = {}
    unexpected: list[tuple[Path | str, str]] = []
    for path in sorted(files_below(folder, unexpected)):
        if not NAME.fullmatch(path.stem) or path.suffix.lower() not in MODALITIES:
            unexpected.append((path, "not named like a CREMA-D clip"))
            continue
        known = takes.setdefault(path.stem.upper(), path)
        if path is not known and _modality(path) == _modality(known):
            unexpected.append((path, f"a second copy of {known.relative_to(folder)}"))
        elif _modality(known) == "audio":
            takes[path.stem.upper()] = path
    rows = []
    for take, path in takes.items():
        actor, sentence, emotion, level = NAME.fullmatch(take).groups()
        rows.append(
            {
                "sample_id": take,
                "path": path,
                "emotion": emotion_of(emotion),
                "split": split_of(int(actor)),
                "group": actor,
                "problem": problem_of(path) or DOCUMENTED_PROBLEMS.get(take, ""),
                "actor": actor,
                "sentence": sentence,
                "level": _LEVELS.get(level, ""),
                "modality": _modality(path),
            }
        )
    return make_manifest(
        rows,
        unexpected,
        corpus="CREMA-D",
        folder=folder,
        expected=EXPECTED,
        classes=EMOTIONS_WITHOUT_SURPRISE,
    )


def split_of(actor: int) -> str:
    """Return ``val`` for every third actor (1003, 1006, ... 1090: 30 of 91), else ``train``.

    CREMA-D has no published split; a third is AFEW's own fraction (383 of 1156 clips).
    """
    return "val" if (actor - 1000) % 3 == 0 else "train"


def _modality(path: Path) -> str:
    return MODALITIES[path.suffix.lower()]
