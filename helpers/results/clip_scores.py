"""Clip scores: one row of class probabilities a sample, the table that passes between notebooks.

The columns are ``sample_id, split, emotion``, then one probability column a class, named by the
class, in AFEW's order; ``protocol`` and ``system`` may stand among them.
"""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS

KEY_COLUMNS = ("sample_id", "split", "emotion")
"""The first columns of predictions.csv."""

SCORE_PROTOCOLS = ("in_sample", "out_of_fold", "test", "thesis", "held_out")
"""What the column ``protocol`` may say of a row."""

_OTHER_COLUMNS = ("protocol", "system")
_SUM_TOLERANCE = 1e-3


class ResultsError(ValueError):
    """Results that are missing or not what they should be; the message says where and what."""


def read_predictions(
    path: str | Path,
    *,
    classes: Sequence[str] | None = EMOTIONS,
    manifest: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return a predictions.csv as a checked DataFrame, probabilities as floats.

    Parameters
    ----------
    path : str or Path
        The file.
    classes : sequence of str
        The probability columns expected, in this order; None takes those in the header.
    manifest : DataFrame, optional
        When given, every (split, sample_id) must be in it.

    Raises
    ------
    ResultsError
        If the file cannot be read, or a header, number, sum, class or id is wrong: the message
        names file, line (the header is line 1) and column.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ResultsError(f"{path} cannot be read: {error}") from None
    return check_predictions(text, str(path), classes=classes, manifest=manifest)


def check_predictions(
    text: str,
    source: str,
    *,
    classes: Sequence[str] | None = None,
    manifest: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the text of a predictions.csv as a DataFrame; as ``read_predictions``."""
    # Everything is read as text first: ids such as 000113207 must keep their zeros.
    try:
        table = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    except ValueError as error:
        raise ResultsError(f"{source}: not a table of scores ({error}).") from None
    header = list(table.columns)
    classes = class_columns(header) if classes is None else classes
    found = [name for name in header if name in EMOTIONS or name in classes]
    if header[:3] != list(KEY_COLUMNS) or found != list(classes):
        raise ResultsError(
            f"{source}, line 1: columns {header}; expected {list(KEY_COLUMNS)}, then the classes "
            f"{list(classes)} in this order. Scores in another order would be read as another "
            "emotion's: write the columns anew."
        )
    words = {"emotion": (*EMOTIONS, *classes), "protocol": SCORE_PROTOCOLS}
    problem = (
        _wrong_probability(table, classes)
        or _wrong_sum(table, classes)
        or _wrong_word(table, words)
        or _unknown_sample(table, manifest)
        or _repeated_sample(table)
    )
    if problem:
        row, column, text = problem
        raise ResultsError(f"{source}, line {row + 2}, column {column}: {text}")
    return table.astype(dict.fromkeys(classes, float))


def predictions_text(predictions: pd.DataFrame, source: str) -> str:
    """Return scores as the text of a predictions.csv, six decimals, checked.

    The classes are the columns that are not ``sample_id, split, emotion, protocol, system``.

    Raises
    ------
    ResultsError
        As ``read_predictions``.
    """
    text = predictions.to_csv(index=False, float_format="%.6f", lineterminator="\n")
    check_predictions(text, source)
    return text


def class_columns(header: Iterable[str]) -> list[str]:
    """Return the classes that a table of scores is about, emotions in AFEW's order."""
    named = [name for name in header if name not in (*KEY_COLUMNS, *_OTHER_COLUMNS)]
    emotions = [name for name in EMOTIONS if name in named]
    return emotions if set(emotions) == set(named) else named


_Problem = tuple[int, str, str] | None


def _wrong_probability(table: pd.DataFrame, classes: Sequence[str]) -> _Problem:
    for column in classes:
        values = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
        for row in np.flatnonzero(~((values >= 0) & (values <= 1))):
            return row, column, f"{table[column][row]!r} is not a probability from 0 to 1."
    return None


def _wrong_sum(table: pd.DataFrame, classes: Sequence[str]) -> _Problem:
    sums = table[list(classes)].astype(float).sum(axis=1).to_numpy()
    for row in np.flatnonzero(np.abs(sums - 1) > _SUM_TOLERANCE):
        return row, f"{classes[0]} to {classes[-1]}", f"they sum to {sums[row]:.6f}, not to 1."
    return None


def _wrong_word(table: pd.DataFrame, allowed: dict[str, tuple[str, ...]]) -> _Problem:
    for column in [name for name in allowed if name in table]:
        for row in np.flatnonzero(~table[column].isin(allowed[column])):
            return row, column, f"{table[column][row]!r} is not one of {allowed[column]}."
    return None


def _unknown_sample(table: pd.DataFrame, manifest: pd.DataFrame | None) -> _Problem:
    if manifest is None:
        return None
    known = set(zip(manifest["split"], manifest["sample_id"], strict=True))
    for row, sample in enumerate(zip(table["split"], table["sample_id"], strict=True)):
        if sample not in known:
            return row, "sample_id", f"{sample[1]!r} is not in split {sample[0]!r} of the corpus."
    return None


def _repeated_sample(table: pd.DataFrame) -> _Problem:
    key = [name for name in ("sample_id", "split", *_OTHER_COLUMNS) if name in table]
    for row in np.flatnonzero(table.duplicated(key)):
        first = np.flatnonzero((table[key] == table.loc[row, key]).all(axis=1))[0]
        return row, "sample_id", f"{table.sample_id[row]!r} is already in line {first + 2}."
    return None
