"""SFEW (Dhall et al. 2011): stills of AFEW's film clips, seven emotions.

``Train/<Emotion>/<Film>_<clip id>_<frame>.png`` and ``Val/...``, or SFEW 2.0's own folders
(``Train_Aligned_Faces``, ``Val_Aligned_Faces_new``). The clip id joins a still to its clip (thesis,
section III-B).
"""

import re
from pathlib import Path

import pandas as pd

from helpers.corpora.folders import PICTURES, find_folder, read_class_folders, split_of_folder
from helpers.corpora.manifest import CorpusError, make_manifest

NAME = re.compile(r"(?!S\d{3}_\d{3}_\d{8}$)(.+)_(\d+)_(\d+)", re.DOTALL)
"""Film, clip id and frame; CK+'s S010_004_00000017 is subject, session and frame."""

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
    children = sorted(folder.iterdir())
    splits = [c for c in children if split_of_folder(c.name) in ("train", "val") and c.is_dir()]
    splits = [child for child in splits if "afew" not in child.name.lower()]
    if not splits:
        raise CorpusError(f"No Train or Val folder in {folder}. {EXPECTED}")
    unexpected = [(child.name, "not Train or Val") for child in children if child not in splits]
    found = read_class_folders(folder, splits, suffixes=PICTURES, kind="picture")
    rows = []
    for path, emotion, split, _ in found.files:
        match = NAME.fullmatch(path.stem)
        if not match:
            unexpected.append((path, "not named like a still"))
            continue
        film, clip_id, frame = match.groups()
        rows.append(
            {
                "path": path,
                "emotion": emotion,
                "split": split,
                "group": film,
                "clip_id": clip_id,
                "film": film,
                "frame": int(frame),
            }
        )
    return make_manifest(
        rows,
        unexpected + found.unexpected,
        corpus="SFEW",
        folder=folder,
        expected=EXPECTED,
        notes=found.notes,
    )
