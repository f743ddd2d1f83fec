"""AFEW 2018 (Dhall et al. 2018): film clips with sound, seven emotions.

``Train_AFEW/<Emotion>/<clip id>.avi`` and ``Val_AFEW/...``; beside the class folders lie an xml
file and the organisers' aligned faces, which are no classes.
"""

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

_SPLITS = {"train": "Train_AFEW", "val": "Val_AFEW"}
_SUFFIXES = {".avi", ".mp4", ".mkv"}
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
    by_name = {child.name.lower(): child for child in sorted(folder.iterdir()) if child.is_dir()}
    split_folders = {s: by_name[n.lower()] for s, n in _SPLITS.items() if n.lower() in by_name}
    if not split_folders:
        raise CorpusError(f"No Train_AFEW or Val_AFEW folder in {folder}. {EXPECTED}")
    rows = []
    strange = [
        (child.name, "not Train_AFEW or Val_AFEW")
        for child in sorted(folder.iterdir())
        if child not in split_folders.values()
    ]
    for split, split_folder in split_folders.items():
        folders, beside = class_folders(split_folder, EMOTIONS)
        strange += [(n, why) for n, why in beside if Path(n).name.lower() not in _KNOWN_BESIDE]
        for emotion, class_folder in folders.items():
            for path in sorted(class_folder.iterdir()):
                if path.suffix.lower() not in _SUFFIXES:
                    strange.append((str(path.relative_to(folder)), "not a clip"))
                    continue
                rows.append(
                    {
                        "sample_id": path.stem,
                        "path": str(path),
                        "emotion": emotion,
                        "split": split,
                        "group": path.stem,
                        "problem": problem_of(path),
                    }
                )
    return make_manifest(rows, strange, corpus="AFEW 2018", folder=folder, expected=EXPECTED)
