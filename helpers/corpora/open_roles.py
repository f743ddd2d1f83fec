"""CORPUS = "open": which downloaded corpus plays which part.

==================  ===========================================================================
controlled_faces    CREMA-D's clips, else RAVDESS's, of which ``helpers.features.posed_faces``
                    takes one face each
wild_faces          FER2013
wild_clips          SAMSEMO, else MELD, else RAVDESS's clips, else CREMA-D's: picture and sound
wild_voices         the same, else the sounds alone of RAVDESS, else of CREMA-D
city_sounds         UrbanSound8K
==================  ===========================================================================

Splits take the names that the part has in the thesis's corpora: what a model is tested on is
``test`` for controlled faces and ``val`` for faces and clips in the wild. A published validation
split joins ``train``, of which every notebook divides its own part off, by group; where a copy has
no published test split, it is what a model is tested on.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from helpers.corpora.folders import FOLDERS
from helpers.corpora.manifest import CorpusError
from helpers.corpora.registry import load_manifest

_GET = "python -m helpers.corpora.download"
HOW_TO_GET = {
    "controlled_faces": f"{_GET} crema-d --actors 1001-1024 --accept-licence (about 0.8 GB)",
    "wild_faces": "python -m helpers.corpora.prepare FOLDER (with fer2013.csv or its images in it)",
    "wild_clips": f"{_GET} samsemo --clips 600 --accept-licence, or "
    f"{_GET} crema-d --actors 1001-1024 --accept-licence (about 0.8 GB), or "
    f"{_GET} meld --accept-licence (10.9 GB)",
    "wild_voices": f"{_GET} ravdess-speech --accept-licence (0.2 GB)",
    "city_sounds": f"{_GET} urbansound8k --accept-licence (6 GB)",
}
"""What to type for each part."""


def load_open_role(role: str, root: Path) -> pd.DataFrame:
    """Return the manifest of the first corpus under ``root`` that can play ``role``.

    Raises
    ------
    CorpusError
        If there is none; the message says what to type.
    """
    reasons = []
    for find in _CANDIDATES[role]:
        try:
            manifest = find(root)
        except CorpusError as error:
            reasons.append(str(error))
            continue
        if manifest is not None:
            return manifest
    start = f"No corpus for {role.replace('_', ' ')} under {root}."
    end = f"Type: {HOW_TO_GET[role]}. Or choose CORPUS = 'demo'."
    raise CorpusError(" ".join([start, *reasons, end]))


def _load(name: str, root: Path) -> pd.DataFrame | None:
    """Return a corpus's manifest, or None if it is not there at all."""
    folder = root / FOLDERS[name]
    return load_manifest(name, folder) if folder.is_dir() else None


def _of_modality(modality: str, name: str, root: Path) -> pd.DataFrame | None:
    manifest = _load(name, root)
    if manifest is None or modality not in set(manifest["modality"]):
        return None
    return manifest[manifest["modality"] == modality].reset_index(drop=True)


def _posed_clips(name: str, root: Path) -> pd.DataFrame | None:
    """Return the clips with picture and sound, or None; refuse those of a single split."""
    clips = _of_modality("audio_video", name, root)
    if clips is not None and clips["split"].nunique() < 2:
        raise CorpusError(
            f"The clips of {name} are of actors for {clips['split'].iloc[0]} alone "
            f"({', '.join(sorted(set(clips['actor'])))}): more actors are needed, as in "
            "--actors 1-6 or --actors 1001-1024."
        )
    return clips


def _with_splits(
    find: Callable[[str, Path], pd.DataFrame | None],
    tested: Sequence[str],
    called: str,
    name: str,
    root: Path,
) -> pd.DataFrame | None:
    """Call the first of the splits ``tested`` that is there ``called``, all others ``train``."""
    manifest = find(name, root)
    if manifest is None:
        return None
    if manifest.duplicated("sample_id").any():  # MELD numbers its clips anew in each split
        manifest = manifest.assign(sample_id=manifest["split"] + "_" + manifest["sample_id"])
    to_test = next((split for split in tested if split in set(manifest["split"])), None)
    split = (manifest["split"] == to_test).map({True: called, False: "train"})
    return manifest.assign(split=split)


def _voices_alone(root: Path) -> None:
    """Say which corpus is there without pictures, if one is."""
    there = [name for name in ("ravdess", "crema_d") if (root / FOLDERS[name]).is_dir()]
    for name in there:
        if _of_modality("audio_video", name, root) is None:
            raise CorpusError(
                f"Of {name} there are sounds without pictures: they do for notebooks 05 and 06, "
                "not where faces are looked for."
            )


_posed_faces = partial(_with_splits, _posed_clips, ["val"], "test")
_published = partial(_with_splits, _load, ["test", "val"], "val")
_voices = partial(_of_modality, "audio")

_CANDIDATES: dict[str, tuple[Callable[[Path], pd.DataFrame | None], ...]] = {
    "controlled_faces": (partial(_posed_faces, "crema_d"), partial(_posed_faces, "ravdess")),
    "wild_faces": (partial(_published, "fer2013"),),
    "wild_clips": (
        partial(_load, "samsemo"),
        partial(_published, "meld"),
        partial(_posed_clips, "ravdess"),
        partial(_posed_clips, "crema_d"),
        _voices_alone,
    ),
    "city_sounds": (partial(_load, "urbansound8k"),),
}
_CANDIDATES["wild_voices"] = (
    *_CANDIDATES["wild_clips"][:-1],
    partial(_voices, "ravdess"),
    partial(_voices, "crema_d"),
)
