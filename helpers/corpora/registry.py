"""The manifest of a corpus by its name."""

import importlib
import warnings
from pathlib import Path

import pandas as pd

from helpers.corpora.folders import FOLDERS
from helpers.corpora.manifest import CorpusWarning


def load_manifest(name: str, root: str | Path) -> pd.DataFrame:
    """Return the manifest of one corpus.

    What a user must see (a class that a split lacks, a folder that is no class known here) is
    warned of, and stays in ``attrs["notes"]``.

    Parameters
    ----------
    name : str
        One of ``helpers.corpora.CORPORA``.
    root : str or Path
        The corpus's own folder, or the one that holds it under its usual name.

    Returns
    -------
    DataFrame
        One row a sample, columns as in ``helpers.corpora.manifest.COLUMNS``; the same order on
        every file system. Files that are no samples are in ``attrs["unexpected_files"]``.

    Raises
    ------
    CorpusError
        If the folder is missing, empty or of another layout.
    """
    if name not in FOLDERS:
        raise ValueError(f"Unknown corpus {name!r}; expected one of {list(FOLDERS)}.")
    manifest = importlib.import_module(f"helpers.corpora.{name}").load(Path(root).expanduser())
    if manifest.attrs["notes"]:
        warnings.warn("; ".join(manifest.attrs["notes"]), CorpusWarning, stacklevel=2)
    return manifest
