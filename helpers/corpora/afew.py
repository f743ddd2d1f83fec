"""AFEW 2018 (Dhall et al. 2018): film clips with sound, seven emotions.

``Train_AFEW/<Emotion>/<clip id>.avi`` and ``Val_AFEW/...``; beside the class folders lie an xml
file and the organisers' aligned faces, which are no classes.
"""

from pathlib import Path

import pandas as pd

from helpers.corpora.folders import CLIPS, find_folder, read_class_folders
from helpers.corpora.manifest import CorpusError, make_manifest

SPLIT_FOLDERS = {"train": "Train_AFEW", "val": "Val_AFEW"}
ALIGNED_FACES = {
    "train": "AlignedFaces_LBPTOP_Points",
    "val": "AlignedFaces_LBPTOP_Points_Val",
}
"""The organisers' aligned faces in a split's folder: this name with ``.zip``, or unpacked."""
_KNOWN_BESIDE = {"train_6.xml", "val_6.xml"} | {
    name.lower() + suffix for name in ALIGNED_FACES.values() for suffix in ("", ".zip")
}
EXPECTED = (
    "Expected EmotiW_2018/Train_AFEW/<Emotion>/ and EmotiW_2018/Val_AFEW/<Emotion>/ with clips "
    "named clipid.avi. AFEW is given on request by the EmotiW organisers for research; put it "
    "under DATA_ROOT, or choose CORPUS = 'demo'."
)


def load(root: Path) -> pd.DataFrame:
    """Return the manifest of AFEW 2018.

    ``split`` is ``train`` or ``val`` (the thesis's test clips; the organisers' own test labels
    were never published). ``sample_id`` is the clip id, unique within a split only: two ids are in
    both. ``group`` is the clip id too, since AFEW's names do not say the film.
    """
    folder = find_folder(
        root, ["EmotiW_2018", "EmotiW2018", "AFEW"], corpus="AFEW 2018", expected=EXPECTED
    )
    children = sorted(folder.iterdir())
    names = {name.lower() for name in SPLIT_FOLDERS.values()}
    splits = [child for child in children if child.name.lower() in names and child.is_dir()]
    if not splits:
        raise CorpusError(f"No Train_AFEW or Val_AFEW folder in {folder}. {EXPECTED}")
    beside = [(c.name, "not Train_AFEW or Val_AFEW") for c in children if c not in splits]
    found = read_class_folders(folder, splits, suffixes=CLIPS, kind="clip", beside=_KNOWN_BESIDE)
    rows = [
        {"path": path, "emotion": emotion, "split": split, "group": path.stem}
        for path, emotion, split, _ in found.files
    ]
    return make_manifest(
        rows,
        beside + found.unexpected,
        corpus="AFEW 2018",
        folder=folder,
        expected=EXPECTED,
        notes=found.notes,
    )
