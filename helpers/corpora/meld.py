"""MELD (Poria et al. 2019): clips of a television series, the same seven emotions.

Beside ``train_sent_emo.csv``, ``dev_sent_emo.csv`` and ``test_sent_emo.csv`` lie
``train_splits/dia<D>_utt<U>.mp4``, ``dev_splits_complete/`` and ``output_repeated_splits_test/``,
here or in any folders. With ``emos/`` beside them the labels of ``helpers.corpora.emos`` count in
the training split; a clip that has none there is left out.
"""

from pathlib import Path

import pandas as pd

from helpers.corpora import emos
from helpers.corpora.folders import files_below, find_folder
from helpers.corpora.manifest import make_manifest, problem_of, shown
from helpers.corpora.tables import read_table, whole_number
from helpers.emotions import emotion_of

TABLES = {split: f"{split}_sent_emo.csv" for split in ("train", "dev", "test")}
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
    unexpected: list[tuple[Path | str, str]] = []
    relabelled = emos.read_labels(folder / emos.FOLDER) if (folder / emos.FOLDER).exists() else None
    tables: dict[str, Path] = {}
    clips: dict[str, dict[str, Path]] = {name: {} for name in CLIP_FOLDERS.values()}
    for path in sorted(files_below(folder, unexpected)):
        if path.parent == folder / emos.FOLDER:
            continue
        name = path.name.lower()
        place = tables if name in TABLES.values() else clips.get(path.parent.name.lower(), {})
        known = place.setdefault(name, path)
        if known is not path:
            unexpected.append((path, f"a second copy of {shown(known.relative_to(folder))}"))
    rows = []
    for split, table in TABLES.items():
        present = clips[CLIP_FOLDERS[split]]
        here = (path.parent for path in present.values())
        clip_folder = next(here, None) or next(folder.rglob(CLIP_FOLDERS[split]), None)
        if table not in tables or clip_folder is None:
            unexpected.append((table, "the split or its clips are absent"))
            continue
        for line, entry in read_table(tables[table], _COLUMNS, EXPECTED):
            dialogue, utterance = map(whole_number, (entry["Dialogue_ID"], entry["Utterance_ID"]))
            if dialogue is None or utterance is None:
                unexpected.append((f"{table}, line {line}", "no number of dialogue and utterance"))
                continue
            clip_id = f"dia{dialogue}_utt{utterance}"
            path = present.pop(f"{clip_id}.mp4", clip_folder / f"{clip_id}.mp4")
            emotion = emotion_of(entry["Emotion"])
            unknown = "" if emotion else f"unknown emotion {entry['Emotion']!r}"
            if split == "train" and relabelled is not None:
                emotion = relabelled.get(clip_id, "")
                unknown = "" if emotion else "no label of EmoS with a confidence of .5 or more"
            known = DOCUMENTED_PROBLEMS.get((split, clip_id), "")
            rows.append(
                {
                    "sample_id": clip_id,
                    "path": path,
                    "emotion": emotion or "",
                    "split": split,
                    "group": f"{split}_dia{dialogue}",
                    "problem": unknown or known or problem_of(path),
                    "speaker": entry["Speaker"],
                    "dialogue": dialogue,
                    "utterance": utterance,
                }
            )
        unexpected += [(path, "not in the csv") for path in present.values()]
    return make_manifest(
        rows,
        unexpected,
        corpus="MELD" if relabelled is None else "MELD with EmoS's labels",
        folder=folder,
        expected=EXPECTED,
        notes=[] if relabelled is None else ["train has the labels of EmoS, not MELD's own"],
    )
