"""What is there of each corpus, beside what was published: counts, damage, duplicate ids."""

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from helpers.corpora.fetching.signatures import damage_of
from helpers.corpora.folders import FOLDERS
from helpers.corpora.manifest import CorpusError, CorpusWarning, shown
from helpers.corpora.registry import load_manifest

_FOLDS = (873, 888, 925, 990, 936, 823, 838, 806, 816, 837)
PUBLISHED_COUNTS: Mapping[str, Mapping[str, int]] = {
    "faces": {"train": 1026, "test": 1026},
    "sfew": {"train": 859, "val": 405},
    "afew": {"train": 773, "val": 383},
    "urbansound8k": {f"fold{fold}": count for fold, count in enumerate(_FOLDS, start=1)},
    "ravdess": {
        f"{modality} {split}": count
        for modality in ("audio", "audio_video")
        for split, count in (("train", 832), ("val", 416))
    },
    "crema_d": {"all": 7442},
    "fer2013": {"train": 28709, "val": 3589, "test": 3589},
    "meld": {"train": 9989, "dev": 1109, "test": 2610},
    "samsemo": {"train": 400, "val": 200},
}
"""Samples of each part of each corpus; SFEW's are those of the thesis, after faces that were none
had been deleted by hand, RAVDESS's are without calm, SAMSEMO's those of the lite size."""

_COUNTS = ("found", "expected", "missing", "damaged", "left_out", "duplicate_ids")
COLUMNS = ("corpus", "part", *_COUNTS)
_SHOWN = 5
_LEFT_OUT_SHOWN = 30


def overview(
    root: Path, names: Sequence[str], damaged_in_archives: Mapping[str, int] | None = None
) -> pd.DataFrame:
    """Return a table of what lies under ``root``.

    Parameters
    ----------
    root : Path
        The data root, which holds the folders of the corpora ``names``.
    damaged_in_archives : mapping, optional
        How many files of a corpus were damaged in their archive, so that they are not here.

    Returns
    -------
    DataFrame
        One row per part of a corpus; ``attrs["notes"]`` has what a user must see (a class that a
        split lacks), ``attrs["details"]`` what was found damaged, left out or passed over.
    """
    rows, details, notes = [], [], []
    for name in names:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", CorpusWarning)  # said below
                manifest = load_manifest(name, root / FOLDERS[name])
            notes += manifest.attrs["notes"]
        except CorpusError as error:
            details.append(str(error))
            manifest = None
        more, sentences = _corpus_rows(name, manifest)
        extra = (damaged_in_archives or {}).get(name, 0)
        if extra:
            more[0]["damaged"] += extra
            sentences.append(f"{name}: {extra} files are damaged in their archive")
        rows += more
        details += sentences
    table = pd.DataFrame(rows, columns=COLUMNS)
    table.attrs.update(details=details, notes=notes)
    return table


def report(table: pd.DataFrame, root: Path) -> str:
    """Return the table and everything said beside it as text for a terminal."""
    attrs = {"questions": [], "left_out": [], "failures": [], **table.attrs}
    left_out = [f"{name}: {reason}" for name, reason in attrs["left_out"]]
    if len(left_out) > _LEFT_OUT_SHOWN:
        left_out[_LEFT_OUT_SHOWN:] = [f"and {len(left_out) - _LEFT_OUT_SHOWN} more files"]
    lines = [table.to_string(index=False), "", *attrs["details"]]
    lines += [f"NOTE: {note}" for note in attrs["notes"]]
    lines += [f"LEFT OUT: {file}" for file in left_out]
    lines += [f"WHICH CORPUS IS IT? {question}" for question in attrs["questions"]]
    lines += [f"NOT UNPACKED: {failure}" for failure in attrs["failures"]]
    lines += ["", f"DATA_ROOT = {str(root)!r}", ""]
    text = "\n".join(lines)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")  # whatever a file is called


def _corpus_rows(name: str, manifest: pd.DataFrame | None) -> tuple[list[dict], list[str]]:
    expected = PUBLISHED_COUNTS[name]
    if manifest is None:
        return [_row(name, part, count) for part, count in expected.items()], []
    damage = {path: damage_of(Path(path)) for path in manifest["path"]}
    there = manifest["path"].map(lambda path: Path(path).exists())
    damaged = there & (manifest["path"].map(damage) != "")
    left_out = there & ~damaged & (manifest["problem"] != "")
    # MELD numbers its clips anew in each split.
    unique = ["split", "sample_id"] if name == "meld" else ["sample_id"]
    duplicate = manifest.duplicated(unique, keep="first")
    part = _part(name, manifest)
    masks = {"found": there, "damaged": damaged, "left_out": left_out, "duplicate_ids": duplicate}
    rows = [
        _row(
            name,
            key,
            expected.get(key, 0),
            **{what: int((mask & (part == key)).sum()) for what, mask in masks.items()},
        )
        for key in dict.fromkeys([*expected, *part])
    ]
    first = manifest["path"][damaged][:_SHOWN]
    details = [f"{name}: {shown(path)}: {damage[path]}" for path in first]
    reasons = Counter(manifest["problem"][left_out])
    details += [f"{name}: {count} left out: {reason}" for reason, count in reasons.items()]
    passed = Counter(reason for _, reason in manifest.attrs["unexpected_files"])
    details += [f"{name}: {count} passed over: {reason}" for reason, count in passed.items()][:9]
    repeated = sorted(set(manifest["sample_id"][duplicate]))
    if repeated:
        details.append(f"{name}: more than once: {', '.join(repeated[:_SHOWN])}")
    return rows, details


def _row(name: str, part: str, expected: int, found: int = 0, **counts: int) -> dict:
    missing = max(0, expected - found)
    row = {"corpus": name, "part": part, "found": found, "expected": expected, "missing": missing}
    return dict.fromkeys(COLUMNS, 0) | row | counts


def _part(name: str, manifest: pd.DataFrame) -> pd.Series:
    if name == "ravdess":
        return manifest["modality"] + " " + manifest["split"]
    if name == "crema_d":
        return pd.Series("all", index=manifest.index)
    return manifest["split"]
