"""MELD (Poria et al. 2019): clips of a television series, the same seven emotions.

Beside ``train_sent_emo.csv``, ``dev_sent_emo.csv`` and ``test_sent_emo.csv`` lie
``train_splits/dia<D>_utt<U>.mp4``, ``dev_splits_complete/`` and ``output_repeated_splits_test/``,
here or in any folders.
"""

from pathlib import Path

import pandas as pd

from helpers.corpora.manifest import CorpusError, find_folder, make_manifest, problem_of
from helpers.emotions import MELD_LABELS

TABLES = {
    "train": "train_sent_emo.csv",
    "dev": "dev_sent_emo.csv",
    "test": "test_sent_emo.csv",
}
"""The csv of each of the published splits."""
CLIP_FOLDERS = {
    "train": "train_splits",
    "dev": "dev_splits_complete",
    "test": "output_repeated_splits_test",
}
"""The folder of each split's clips. Clip ids are unique within a split only."""
DOCUMENTED_PROBLEMS = {
    ("train", "dia125_utt3"): "broken, as documented",
    ("dev", "dia110_utt7"): "missing, as documented",
    ("test", "dia220_utt0"): "minutes long, as documented",
    ("test", "dia38_utt4"): "minutes long, as documented",
}
"""Clips that are known to be unusable, by split and id."""

_COLUMNS = ["Dialogue_ID", "Utterance_ID", "Emotion", "Speaker"]
EXPECTED = (
    "Expected meld/ with train_sent_emo.csv, dev_sent_emo.csv or test_sent_emo.csv and the clips "
    "in train_splits/, dev_splits_complete/ or output_repeated_splits_test/. Download it with "
    "`python -m helpers.corpora.download meld --accept-licence` (10.9 GB, 36 GB unpacked), or "
    "choose CORPUS = 'demo'."
)


def load(root: Path) -> pd.DataFrame:
    """Return the manifest of MELD, of the splits that are there.

    One row a line of the csv; a line without its clip stays with a problem. ``split`` is the
    published one (train, dev, test), ``group`` the dialogue. Own columns: speaker, dialogue,
    utterance.
    """
    folder = find_folder(root, ["meld"], corpus="MELD", expected=EXPECTED)
    found = {path.name.lower(): path for path in sorted(folder.rglob("*_sent_emo.csv"))}
    folders = {path.name.lower(): path for path in sorted(folder.rglob("*")) if path.is_dir()}
    rows, strange = [], []
    for split, table_name in TABLES.items():
        clips = folders.get(CLIP_FOLDERS[split])
        if table_name not in found or clips is None:
            strange.append((table_name, "the split or its clips are absent"))
            continue
        table = _read_table(found[table_name])
        present = {path.name.lower(): path for path in sorted(clips.iterdir())}
        for entry in table.to_dict("records"):
            dialogue, utterance = int(entry["Dialogue_ID"]), int(entry["Utterance_ID"])
            clip_id = f"dia{dialogue}_utt{utterance}"
            path = present.pop(f"{clip_id}.mp4", clips / f"{clip_id}.mp4")
            label = str(entry["Emotion"]).strip().lower()
            unknown = "" if label in MELD_LABELS else f"unknown emotion {label!r}"
            known = DOCUMENTED_PROBLEMS.get((split, clip_id), "")
            rows.append(
                {
                    "sample_id": clip_id,
                    "path": str(path),
                    "emotion": MELD_LABELS.get(label, ""),
                    "split": split,
                    "group": f"{split}_dia{dialogue}",
                    "problem": unknown or known or problem_of(path),
                    "speaker": entry["Speaker"],
                    "dialogue": dialogue,
                    "utterance": utterance,
                }
            )
        strange += [(str(p.relative_to(folder)), "not in the csv") for p in present.values()]
    return make_manifest(
        rows,
        strange,
        corpus="MELD",
        folder=folder,
        expected=EXPECTED,
        own_columns=["speaker", "dialogue", "utterance"],
    )


def _read_table(path: Path) -> pd.DataFrame:
    # Some sentences hold bytes that are not UTF-8; the columns used here do not.
    table = pd.read_csv(path, encoding="utf-8", encoding_errors="replace")
    missing = [column for column in _COLUMNS if column not in table.columns]
    if missing:
        raise CorpusError(f"{path} lacks the columns {missing}. {EXPECTED}")
    return table
