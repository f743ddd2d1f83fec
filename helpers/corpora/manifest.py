"""What a manifest is: one row a sample, the same five columns for every corpus."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS

COLUMNS = ("sample_id", "path", "emotion", "split", "group", "problem")
"""The columns of every manifest; a corpus's own ones follow.

``group`` names the person, actor, film or recording that must not be in two splits; ``problem`` is
"" or the reason why the sample cannot be used, which stays in the table.
"""


class CorpusError(Exception):
    """A corpus folder that is not what it should be; the message says what to do."""


class CorpusWarning(UserWarning):
    """A corpus that can be used, and of which something is missing or was left out."""


def make_manifest(
    rows: Iterable[Mapping[str, object]],
    unexpected_files: Iterable[tuple[Path | str, str]],
    *,
    corpus: str,
    folder: Path,
    expected: str,
    classes: Sequence[str] = EMOTIONS,
    notes: Iterable[str] = (),
) -> pd.DataFrame:
    """Return rows as a manifest in stable order, with what was passed over beside it.

    Parameters
    ----------
    rows : iterable of mappings
        Each with ``path``, ``emotion``, ``split`` and ``group``, and the corpus's own columns;
        ``sample_id`` is else the file's stem, ``problem`` else :func:`problem_of` the path.
    unexpected_files : iterable of (Path, or text to be shown as it is; reason)
        Files that are no samples; in ``manifest.attrs["unexpected_files"]`` relative to ``folder``.
    expected : str
        The layout and where to get the corpus, for the message.
    classes : sequence of str
        The emotions that every split should have.
    notes : iterable of str
        What a user must see (``manifest.attrs["notes"]``); a class that a split lacks is added.

    Raises
    ------
    CorpusError
        If there is no row at all.
    """
    unexpected_files = sorted(
        (shown(file.relative_to(folder)) if isinstance(file, Path) else file, reason)
        for file, reason in unexpected_files
    )
    rows = [_storable(row) for row in rows]
    if not rows:
        seen = ", ".join(name for name, _ in unexpected_files[:5]) or "nothing"
        raise CorpusError(f"No samples of {corpus} under {folder}: found {seen}. {expected}")
    columns = dict.fromkeys([*COLUMNS, *rows[0]])
    manifest = pd.DataFrame(rows, columns=list(columns)).sort_values(
        ["split", "emotion", "sample_id", "path"], kind="stable", ignore_index=True
    )
    notes = [f"{corpus}: {note}" for note in notes]
    for split, present in manifest.groupby("split")["emotion"].agg(set).items():
        if missing := [name for name in classes if name not in present]:
            notes.append(f"{corpus}: {split} has no {', '.join(missing)}")
    manifest.attrs.update(
        corpus=corpus, folder=str(folder), unexpected_files=unexpected_files, notes=notes
    )
    return manifest


def shown(path: str | PurePath) -> str:
    """Return a path as text that can be printed and stored, whatever bytes its name has."""
    text = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def has_plain_name(path: str | PurePath) -> bool:
    """Say whether a path is UTF-8, so that it can be stored as text."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _storable(row: Mapping[str, object]) -> dict[str, object]:
    path = row["path"]
    row = {"sample_id": path.stem, **row, "path": str(path)}
    if not has_plain_name(path):
        row = {name: shown(v) if isinstance(v, str) else v for name, v in row.items()}
        return row | {"problem": "its name is not UTF-8: rename the file"}
    return row if "problem" in row else row | {"problem": problem_of(path)}


def problem_of(path: Path) -> str:
    """Return why a file cannot be a sample, as far as its directory entry tells, else ""."""
    if path.is_dir():
        return "a folder, not a file"
    try:
        return "" if path.stat().st_size else "the file is empty"
    except OSError:
        return "the file cannot be opened"


def usable(manifest: pd.DataFrame, split: str | None = None) -> np.ndarray:
    """Return the row numbers without a problem, int64 (k,), of one split or of all."""
    mask = (manifest["problem"] == "").to_numpy()
    if split is not None:
        mask = mask & (manifest["split"] == split).to_numpy()
    return np.flatnonzero(mask)
