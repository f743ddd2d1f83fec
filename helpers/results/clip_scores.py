"""Clip scores: one row of class probabilities per sample, the table passed between notebooks.

The columns are ``sample_id, split, emotion``, then one probability column per class, named by the
class, in AFEW's order; ``protocol`` and ``system`` may stand among them.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS

KEY_COLUMNS = ("sample_id", "split", "emotion")
"""The first columns of predictions.csv."""

SCORE_PROTOCOLS = ("in_sample", "out_of_fold", "test", "thesis", "held_out")
"""The values that the column ``protocol`` may have."""

_OTHER_COLUMNS = ("protocol", "system")
_SUM_TOLERANCE = 1e-3


class ResultsError(ValueError):
    """Results that are missing or not what they should be; the message tells where and what."""


class ResultsMissing(ResultsError):
    """Nothing was written there yet; the message tells what to run."""


def read_predictions(path: str | Path, *, classes: Sequence[str] | None = EMOTIONS) -> pd.DataFrame:
    """Return a predictions.csv as a checked DataFrame, probabilities as floats.

    Parameters
    ----------
    path : str or Path
    classes : sequence of str
        The probability columns expected, in this order; None takes those in the header.

    Raises
    ------
    ResultsError
        If the file cannot be read, or a header, number, sum, class or id is wrong; with file,
        line (the header is line 1) and column.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ResultsError(f"{path} cannot be read: {error}") from None
    return check_predictions(text, str(path), classes=classes)


def check_predictions(
    text: str, source: str, *, classes: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return the text of a predictions.csv as a DataFrame; as :func:`read_predictions`."""
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
    for row, column, problem in _problems(table, classes):
        raise ResultsError(f"{source}, line {row + 2}, column {column}: {problem}")
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
    """Return the classes that a table has scores of, emotions in AFEW's order."""
    classes = [name for name in header if name not in (*KEY_COLUMNS, *_OTHER_COLUMNS)]
    emotions = [name for name in EMOTIONS if name in classes]
    return emotions if set(emotions) == set(classes) else classes


def _problems(table: pd.DataFrame, classes: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Yield row, column and what is wrong there, as text; of later kinds only without earlier."""
    for column in classes:
        values = pd.to_numeric(table[column], errors="coerce")
        for row in np.flatnonzero(~values.between(0, 1)):
            yield row, column, f"{table[column][row]!r} is not a probability from 0 to 1."
    sums = table[list(classes)].astype(float).sum(axis=1)
    for row in np.flatnonzero((sums - 1).abs() > _SUM_TOLERANCE):
        yield row, f"{classes[0]} to {classes[-1]}", f"they sum to {sums[row]:.6f}, not to 1."
    allowed = {"emotion": (*EMOTIONS, *classes), "protocol": SCORE_PROTOCOLS}
    for column in [name for name in allowed if name in table]:
        for row in np.flatnonzero(~table[column].isin(allowed[column])):
            yield row, column, f"{table[column][row]!r} is not one of {allowed[column]}."
    key = [name for name in ("sample_id", "split", *_OTHER_COLUMNS) if name in table]
    for row in np.flatnonzero(table.duplicated(key)):
        first = np.flatnonzero((table[key] == table.loc[row, key]).all(axis=1))[0]
        yield row, "sample_id", f"{table.sample_id[row]!r} is already in line {first + 2}."
