"""EmoS (Guo et al. 2026): clips of MELD's training part, labelled anew by three annotators.

``meld/emos/*.xlsx``, beside MELD's own tables: the clips of which the annotators' joint label (by
the method of Dawid and Skene, "ds") has a confidence of .5 or more. No description of the columns
is published: they are recognised by their names and by what is in them.
"""

import re
from pathlib import Path

import pandas as pd

from helpers.corpora.manifest import CorpusError
from helpers.corpora.tables import whole_number
from helpers.emotions import emotion_of

FOLDER = "emos"
"""Beside MELD's own tables; whoever puts it there wants these labels."""

_CLIP = re.compile(r"dia(\d+)_utt(\d+)")
_LABEL_WORDS = ("ds", "final", "consensus", "majority", "label")  # the surest first


def read_labels(folder: Path) -> dict[str, str]:
    """Return emotion by clip id (``dia0_utt3``) of all tables in the folder.

    Raises
    ------
    CorpusError
        If a table cannot be read, or does not say which clip or which label.
    """
    tables = sorted(folder.glob("*.xlsx"))
    if not tables:
        raise CorpusError(
            f"{folder} holds no table of EmoS (*.xlsx). Type: python -m helpers.corpora.download "
            "emos --accept-licence, or remove the folder to use MELD's own labels."
        )
    labels: dict[str, str] = {}
    for path in tables:
        try:
            table = pd.read_excel(path, dtype=str, engine="openpyxl").dropna(how="all").fillna("")
        except Exception as error:  # whatever the library says of a damaged file
            raise CorpusError(f"{path} cannot be read ({error}). Download it again.") from None
        table.columns = [str(name) for name in table.columns]
        emotions = table[_label_column(table, path)].map(emotion_of)
        labels |= dict(zip(_clip_ids(table, path), emotions, strict=True))
    return labels


def _clip_ids(table: pd.DataFrame, path: Path) -> list[str]:
    names = {re.sub(r"[^a-z]", "", name.lower()): name for name in table.columns}
    if {"dialogueid", "utteranceid"} <= names.keys():
        pairs = zip(table[names["dialogueid"]], table[names["utteranceid"]], strict=True)
        numbers = [(whole_number(dialogue), whole_number(turn)) for dialogue, turn in pairs]
        if all(None not in pair for pair in numbers):
            return [f"dia{dialogue}_utt{turn}" for dialogue, turn in numbers]
    for name in table.columns:
        found = [_CLIP.search(cell) for cell in table[name]]
        if all(found):
            return [f"dia{int(match[1])}_utt{int(match[2])}" for match in found]
    raise CorpusError(f"{path} does not say which clip a line is of; it has {list(table.columns)}.")


def _label_column(table: pd.DataFrame, path: Path) -> str:
    """Return the one column of emotions whose name says that it is the annotators' joint label."""
    of_emotions = [name for name in table.columns if table[name].map(emotion_of).notna().all()]
    for word in _LABEL_WORDS:
        named = [name for name in of_emotions if word in re.split(r"[^a-z]+", name.lower())]
        if len(named) == 1:
            return named[0]
    raise CorpusError(
        f"{path} does not say which column is the joint label; of emotions there are "
        f"{of_emotions}, in all {list(table.columns)}."
    )
