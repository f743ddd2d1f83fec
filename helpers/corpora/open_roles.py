"""CORPUS = "open": which downloaded corpus plays which part.

==================  ===========================================================================
controlled_faces    one face a clip, from its middle frame: CREMA-D, else RAVDESS
wild_faces          FER2013
wild_clips          MELD, else RAVDESS's clips, else CREMA-D's, else the voices of either
city_sounds         UrbanSound8K
==================  ===========================================================================

Splits take the names that the part has in the thesis's corpora: what a model is tested on is
``test`` for controlled faces and ``val`` for faces and clips in the wild. A published validation
split joins ``train``, of which every notebook divides its own part off, by group.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
from PIL import Image

from helpers.cache import compute_each
from helpers.corpora import load_manifest
from helpers.corpora.fetching.places import FOLDERS
from helpers.corpora.manifest import CorpusError
from helpers.files import write_atomically
from helpers.paths import cache_root

_FACE_SIZE = (181, 143)  # SFEW's stills (height, width), which face_detection cuts out
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


def pictures_of_clips(clips: pd.DataFrame) -> pd.DataFrame:
    """Return a manifest with one face a clip, cut out of its middle frame (cached).

    Row for row with ``clips``; a clip in which no face was found keeps that as its problem.
    """
    from helpers.features.face_detection import faces_of_clip

    usable = clips[clips["problem"] == ""]
    settings = {"size": _FACE_SIZE, "frames_per_clip": 1}
    function = partial(faces_of_clip, **settings)
    found = compute_each("posed_faces", usable["path"].tolist(), settings, function)
    folder = cache_root() / "posed_faces_png"
    pictures = clips.copy()
    pictures["path"] = [str(folder / f"{sample_id}.png") for sample_id in clips["sample_id"]]
    for row, face in zip(usable.index, found, strict=True):
        if face.path is None:
            pictures.loc[row, "problem"] = face.problem
            continue
        picture = folder / f"{face.path.stem}.png"  # named by the clip's content
        if not picture.is_file():
            with write_atomically(picture) as temporary:
                Image.fromarray(face.load()[0]).save(temporary)
        pictures.loc[row, "path"] = str(picture)
    pictures.attrs["folder"] = str(folder)
    return pictures


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
        if clips is None:
            return None
        return _with_splits(pictures_of_clips(clips), "val", "test")

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
