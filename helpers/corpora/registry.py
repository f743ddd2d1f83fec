"""The manifest of a corpus by its name."""

import importlib
import warnings
from pathlib import Path

import pandas as pd

from helpers.corpora.folders import FOLDERS
from helpers.corpora.manifest import CorpusWarning


def load_manifest(name: str, root: str | Path) -> pd.DataFrame:
    """Return the manifest of one of ``helpers.corpora.CORPORA`` (see ``corpora.manifest``).

    ``root`` is the corpus's own folder, or the one that holds it under its usual name. The order of
    rows is the same on every file system. What a user must see (a class that a split lacks) is
    warned of, and stays in ``attrs["notes"]``.

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
