"""Reading a corpus's csv, as published or as a spreadsheet has saved it."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from helpers.corpora.manifest import CorpusError

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_table(
    path: Path, columns: Sequence[str], expected: str, *, optional: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, these columns as text) of each line of a csv that is not empty.

    A column of ``optional`` that is not there is "" in every line.

    Commas, semicolons and tabs, quotes, a byte order mark, UTF-16, blanks around names and values,
    empty lines and lines of separators alone are all read; bytes that are not UTF-8 are replaced.

    Raises
    ------
    CorpusError
        If a column is missing or the file is no table; ``expected`` says what to do.
    """
    with path.open("rb") as start:
        encoding = "utf-16" if start.read(2) in _UTF16 else "utf-8-sig"
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        header = file.readline()
        if header.lower().startswith("sep="):  # for a spreadsheet alone
            header = file.readline()
        separator = max(",;\t", key=header.count)
        names = [name.strip() for name in next(csv.reader([header], delimiter=separator), [])]
        missing = [column for column in columns if column not in names]
        if missing:
            raise CorpusError(f"{path} lacks the columns {missing}. {expected}")
        there = [*columns, *(column for column in optional if column in names)]
        places = [names.index(column) for column in there]
        absent = dict.fromkeys(set(optional) - set(there), "")
        lines = csv.reader(file, delimiter=separator)
        try:
            for values in lines:
                values += [""] * (len(names) - len(values))
                if any(value.strip() for value in values):
                    row = {c: values[i].strip() for c, i in zip(there, places, strict=True)}
                    yield lines.line_num + 1, row | absent
        except csv.Error as error:
            line = lines.line_num + 1
            raise CorpusError(f"{path}, line {line}: no table ({error}). {expected}") from None


def whole_number(text: str) -> int | None:
    """Return the whole number that a cell holds (``7``, and ``7.0`` of a spreadsheet), or None."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return int(number) if number.is_integer() else None
