"""What a manifest is: one row a sample, the same five columns for every corpus."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

COLUMNS = ("sample_id", "path", "emotion", "split", "group", "problem")
"""The columns of every manifest; a corpus's own ones follow.

``group`` names the person, actor, film or recording that must not be in two splits; ``problem`` is
"" or the reason why the sample cannot be used, which stays in the table.
"""


class CorpusError(Exception):
    """A corpus folder that is not what it should be; the message says what to do."""


def make_manifest(
    rows: Iterable[Mapping[str, object]],
    strange_files: Iterable[tuple[str, str]],
    *,
    corpus: str,
    folder: Path,
    expected: str,
    own_columns: Sequence[str] = (),
) -> pd.DataFrame:
    """Return rows as a manifest in stable order, with what was passed over beside it.

    Parameters
    ----------
    rows : iterable of mappings
        Each with ``sample_id``, ``path``, ``emotion``, ``split`` and ``group``, and the corpus's
        own columns; ``problem`` may be absent.
    strange_files : iterable of (path relative to ``folder``, reason)
        Files that are no samples; reported in ``manifest.attrs["strange_files"]``.
    expected : str
        The layout and where to get the corpus, for the message.

    Raises
    ------
    CorpusError
        If there is no row at all.
    """
    strange_files = sorted(strange_files)
    manifest = pd.DataFrame(list(rows), columns=[*COLUMNS, *own_columns])
    if manifest.empty:
        seen = ", ".join(name for name, _ in strange_files[:5]) or "nothing"
        raise CorpusError(f"No samples of {corpus} under {folder}: found {seen}. {expected}")
    manifest["problem"] = manifest["problem"].fillna("")
    manifest = manifest.sort_values(["split", "emotion", "sample_id", "path"], kind="stable")
    manifest = manifest.reset_index(drop=True)
    manifest.attrs.update(corpus=corpus, folder=str(folder), strange_files=strange_files)
    return manifest


def find_folder(root: Path, names: Sequence[str], *, corpus: str, expected: str) -> Path:
    """Return the corpus's folder: ``root`` itself or a child of it with one of ``names``.

    Parameters
    ----------
    root : Path
    names : sequence of str
        What the corpus's folder is usually called; a folder with another name is taken as the
        corpus itself.
    corpus, expected : str
        For the message: the corpus's name, and how to get it and what its layout is.

    Raises
    ------
    CorpusError
        If ``root`` does not exist or is not a folder, or the corpus was not put there to the end.
    """
    if not root.is_dir():
        found = "a file" if root.exists() else "nothing"
        raise CorpusError(f"No folder for {corpus}: found {found} at {root}. {expected}")
    by_name = {child.name.lower(): child for child in sorted(root.iterdir()) if child.is_dir()}
    folder = next((by_name[n.lower()] for n in names if n.lower() in by_name), root)
    marker = unfinished_marker(folder)
    if marker.is_file():
        raise CorpusError(
            f"{folder} is not complete: `{marker.read_text(encoding='utf-8').strip()}` was "
            "interrupted. Type it again: it goes on where it was. Or remove the folder."
        )
    return folder


def unfinished_marker(folder: Path) -> Path:
    """Return the file that is there while a corpus's folder is filled; it holds the command."""
    folder = folder.resolve()
    return folder.parent / f".{folder.name}.unfinished"


def class_folders(
    split_folder: Path, classes: Sequence[str]
) -> tuple[dict[str, Path], list[tuple[str, str]]]:
    """Return the class folders of a split by class name, and what lies beside them.

    Class names are compared without case. The second value lists (path relative to the split's
    parent, reason).
    """
    known = {name.lower(): name for name in classes}
    folders: dict[str, Path] = {}
    strange = []
    for child in sorted(split_folder.iterdir()):
        name = known.get(child.name.lower())
        if name and child.is_dir():
            folders[name] = child
        else:
            strange.append((f"{split_folder.name}/{child.name}", "not a class folder"))
    return folders, strange


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
