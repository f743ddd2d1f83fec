"""SFEW (Dhall et al. 2011): stills of AFEW's film clips, seven emotions.

``Train/<Emotion>/<Film>_<clip id>_<frame>.png`` and ``Val/...``. The clip id joins a still to its
clip (thesis, section III-B).
"""

import re
from pathlib import Path

import pandas as pd

from helpers.corpora.manifest import (
    CorpusError,
    class_folders,
    find_folder,
    make_manifest,
    problem_of,
)
from helpers.emotions import EMOTIONS

_NAME = re.compile(r"(.+)_([^_]+)_(\d+)")
_SUFFIXES = {".png", ".jpg", ".jpeg"}
EXPECTED = (
    "Expected SFEW/Train/<Emotion>/ and SFEW/Val/<Emotion>/ with images named "
    "Film_clipid_frame.png. SFEW is given on request by its authors for research; put it under "
    "DATA_ROOT, or choose CORPUS = 'demo'."
)


def load(root: Path) -> pd.DataFrame:
    """Return the manifest of SFEW.

    ``split`` is ``train`` or ``val`` (the thesis's test set); ``group`` is the film. Own columns:
    clip_id, film, frame (its number in the clip).
    """
    folder = find_folder(root, ["SFEW"], corpus="SFEW", expected=EXPECTED)
    splits = {child.name.lower(): child for child in sorted(folder.iterdir()) if child.is_dir()}
    if not {"train", "val"} & set(splits):
        raise CorpusError(f"No Train or Val folder in {folder}. {EXPECTED}")
    rows = []
    strange = [
        (child.name, "not Train or Val")
        for child in sorted(folder.iterdir())
        if not (child.is_dir() and child.name.lower() in {"train", "val"})
    ]
    for split in ("train", "val"):
        if split not in splits:
            continue
        folders, beside = class_folders(splits[split], EMOTIONS)
        strange += beside
        for emotion, class_folder in folders.items():
            for path in sorted(class_folder.iterdir()):
                match = _NAME.fullmatch(path.stem)
                if not match or path.suffix.lower() not in _SUFFIXES:
                    strange.append((str(path.relative_to(folder)), "not named like a still"))
                    continue
                film, clip_id, frame = match.groups()
                rows.append(
                    {
                        "sample_id": path.stem,
                        "path": str(path),
                        "emotion": emotion,
                        "split": split,
                        "group": film,
                        "problem": problem_of(path),
                        "clip_id": clip_id,
                        "film": film,
                        "frame": int(frame),
                    }
                )
    return make_manifest(
        rows,
        strange,
        corpus="SFEW",
        folder=folder,
        expected=EXPECTED,
        own_columns=["clip_id", "film", "frame"],
    )
