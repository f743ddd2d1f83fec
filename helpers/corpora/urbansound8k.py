"""UrbanSound8K (Salamon, Jacoby and Bello 2014): ten classes of city sounds in ten folds.

``audio/fold<k>/<fsID>-<class>-<occurrence>-<slice>.wav`` and ``metadata/UrbanSound8K.csv``. The
thesis used it to check its first audio network (section IV-B).
"""

from pathlib import Path

import pandas as pd

from helpers.corpora.folders import files_below, find_folder
from helpers.corpora.manifest import CorpusError, make_manifest, problem_of
from helpers.corpora.tables import read_table, whole_number

CLASSES = (
    "air_conditioner",
    "car_horn",
    "children_playing",
    "dog_bark",
    "drilling",
    "engine_idling",
    "gun_shot",
    "jackhammer",
    "siren",
    "street_music",
)
"""The ten classes in the order of the corpus's own ``classID``."""
_COLUMNS = ["slice_file_name", "fsID", "salience", "fold", "class"]
EXPECTED = (
    "Expected UrbanSound8K/metadata/UrbanSound8K.csv and UrbanSound8K/audio/fold1/ to fold10/. "
    "UrbanSound8K is free for non-commercial use (zenodo.org/records/1203745, 6 GB); put it under "
    "DATA_ROOT, or choose CORPUS = 'demo'."
)


def load(root: Path) -> pd.DataFrame:
    """Return the manifest of UrbanSound8K, or of the folds of it that are there.

    ``emotion`` is "" (these are sounds of a city); ``split`` is the fold, ``group`` the recording
    (fsID). Own columns: sound_class, fold, salience. A sound of the csv without its file stays
    with a problem, unless its whole fold is absent, which is reported once.
    """
    folder = find_folder(root, ["UrbanSound8K"], corpus="UrbanSound8K", expected=EXPECTED)
    table_path = folder / "metadata" / "UrbanSound8K.csv"
    if not table_path.is_file() or not (folder / "audio").is_dir():
        raise CorpusError(f"No metadata/UrbanSound8K.csv or no audio/ in {folder}. {EXPECTED}")
    unexpected: list[tuple[Path | str, str]] = []
    folds = {child.name for child in (folder / "audio").iterdir() if child.is_dir()}
    absent, rows, seen = set(), [], set()
    for line, entry in read_table(table_path, _COLUMNS, EXPECTED):
        number, salience = whole_number(entry["fold"]), whole_number(entry["salience"])
        if number is None or salience is None or not entry["slice_file_name"]:
            unexpected.append((f"{table_path.name}, line {line}", "no name, fold and salience"))
            continue
        fold = f"fold{number}"
        if fold not in folds:
            absent.add(fold)
            continue
        path = folder / "audio" / fold / entry["slice_file_name"]
        seen.add(path)
        unknown = "" if entry["class"] in CLASSES else f"unknown class {entry['class']!r}"
        rows.append(
            {
                "path": path,
                "emotion": "",
                "split": fold,
                "group": entry["fsID"],
                "problem": unknown or problem_of(path),
                "sound_class": entry["class"],
                "fold": number,
                "salience": salience,
            }
        )
    unexpected += [(f"audio/{fold}", "a fold of the csv is absent") for fold in absent]
    unexpected += [
        (path, "not in the csv")
        for path in list(files_below(folder / "audio", unexpected))
        if path not in seen
    ]
    return make_manifest(
        rows,
        unexpected,
        corpus="UrbanSound8K",
        folder=folder,
        expected=EXPECTED,
        classes=(),
    )
