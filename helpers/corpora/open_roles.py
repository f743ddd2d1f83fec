"""CORPUS = "open": which downloaded corpus plays which part.

==================  ===========================================================================
controlled_faces    CREMA-D's clips, else RAVDESS's, of which ``helpers.features.posed_faces``
                    takes one face each
wild_faces          FER2013
wild_clips          MELD, else RAVDESS's clips, else CREMA-D's, else the voices of either
city_sounds         UrbanSound8K
==================  ===========================================================================

Splits take the names that the part has in the thesis's corpora: what a model is tested on is
``test`` for controlled faces and ``val`` for faces and clips in the wild. A published validation
split joins ``train``, of which every notebook divides its own part off, by group.
"""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from helpers.corpora.folders import FOLDERS
from helpers.corpora.manifest import CorpusError
from helpers.corpora.registry import load_manifest

_GET = "python -m helpers.corpora.download"
_FER2013 = "python -m helpers.corpora.prepare FOLDER (with fer2013.csv or its images in it)"
HOW_TO_GET = {
    "controlled_faces": f"{_GET} crema-d --actors 1001-1048 --accept-licence (about 1.6 GB)",
    "wild_faces": _FER2013,
    "wild_clips": f"{_GET} crema-d --actors 1001-1048 --accept-licence (about 1.6 GB), or "
    f"{_GET} meld --accept-licence (10.9 GB)",
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
    raise CorpusError(
        " ".join(
            [
                f"No corpus for {role.replace('_', ' ')} under {root}.",
                *reasons,
                f"Type: {HOW_TO_GET[role]}. Or choose CORPUS = 'demo'.",
            ]
        )
    )


def _load(name: str, root: Path) -> pd.DataFrame | None:
    """Return a corpus's manifest, or None if it is not there at all."""
    folder = root / FOLDERS[name]
    return load_manifest(name, folder) if folder.is_dir() else None


def _of_modality(modality: str, name: str, root: Path) -> pd.DataFrame | None:
    manifest = _load(name, root)
    if manifest is None or modality not in set(manifest["modality"]):
        return None
    return manifest[manifest["modality"] == modality].reset_index(drop=True)


def _with_splits(manifest: pd.DataFrame, tested: str, name: str) -> pd.DataFrame:
    """Call the split to test on ``name`` and all others ``train``."""
    split = (manifest["split"] == tested).map({True: name, False: "train"})
    return manifest.assign(split=split)


def _clips_with_picture(name: str, root: Path) -> pd.DataFrame | None:
    """Return the clips with picture and sound, or None if there are none.

    Raises
    ------
    CorpusError
        If they are of actors of one split alone.
    """
    clips = _of_modality("audio_video", name, root)
    if clips is not None and clips["split"].nunique() < 2:
        raise CorpusError(
            f"The clips of {name} are of actors for {clips['split'].iloc[0]} alone "
            f"({', '.join(sorted(set(clips['actor'])))}): more actors are needed, as in "
            "--actors 1-6 or --actors 1001-1048."
        )
    return clips


def _posed_faces(name: str) -> Callable[[Path], pd.DataFrame | None]:
    def find(root: Path) -> pd.DataFrame | None:
        clips = _clips_with_picture(name, root)
        return None if clips is None else _with_splits(clips, "val", "test")

    return find


def _posed_clips(name: str) -> Callable[[Path], pd.DataFrame | None]:
    return lambda root: _clips_with_picture(name, root)


def _voices(name: str) -> Callable[[Path], pd.DataFrame | None]:
    return lambda root: _of_modality("audio", name, root)


def _published(name: str, tested: str | None) -> Callable[[Path], pd.DataFrame | None]:
    def find(root: Path) -> pd.DataFrame | None:
        manifest = _load(name, root)
        if manifest is None or tested is None:
            return manifest
        if manifest.duplicated("sample_id").any():  # MELD numbers its clips anew in each split
            manifest = manifest.assign(sample_id=manifest["split"] + "_" + manifest["sample_id"])
        return _with_splits(manifest, tested, "val")

    return find


_CANDIDATES: dict[str, tuple[Callable[[Path], pd.DataFrame | None], ...]] = {
    "controlled_faces": (_posed_faces("crema_d"), _posed_faces("ravdess")),
    "wild_faces": (_published("fer2013", "test"),),
    "wild_clips": (
        _published("meld", "test"),
        _posed_clips("ravdess"),
        _posed_clips("crema_d"),
        _voices("ravdess"),
        _voices("crema_d"),
    ),
    "city_sounds": (_published("urbansound8k", None),),
}
