"""From a folder of files to a manifest: one module a corpus, and the roles they play.

Nothing here reads a picture or a sound: a manifest is made from names, sizes and csv files.
"""

import importlib
from pathlib import Path

import pandas as pd

from helpers.corpora.manifest import CorpusError
from helpers.paths import data_root as data_root_folder

CORPORA = (
    "faces",
    "sfew",
    "afew",
    "urbansound8k",
    "ravdess",
    "crema_d",
    "fer2013",
    "meld",
)
"""The names that :func:`load_manifest` knows; each is a module of this package."""

ROLES = {
    "controlled_faces": "faces",
    "wild_faces": "sfew",
    "wild_clips": "afew",
    "city_sounds": "urbansound8k",
}
"""What a notebook asks for, and the thesis's corpus that plays the part; for those of
``CORPUS = "open"`` see ``helpers.corpora.open_roles``."""


def load_manifest(name: str, root: str | Path) -> pd.DataFrame:
    """Return the manifest of one corpus.

    Parameters
    ----------
    name : str
        One of ``CORPORA``.
    root : str or Path
        The corpus's own folder, or the one that holds it under its usual name.

    Returns
    -------
    DataFrame
        One row a sample, columns as in ``helpers.corpora.manifest.COLUMNS``; the same order on
        every file system. Files that are no samples are in ``attrs["strange_files"]``.

    Raises
    ------
    CorpusError
        If the folder is missing, empty or of another layout.
    """
    if name not in CORPORA:
        raise ValueError(f"Unknown corpus {name!r}; expected one of {list(CORPORA)}.")
    return importlib.import_module(f"helpers.corpora.{name}").load(Path(root).expanduser())


def corpus_root(corpus: str, data_root: str | Path = "") -> Path:
    """Return the folder of corpora for a notebook's ``CORPUS`` and ``DATA_ROOT``.

    The demo corpus is written on first use (under a minute).
    """
    if corpus == "demo":
        from helpers.corpora.demo import ensure_demo

        return ensure_demo(data_root or None)
    if corpus in ("thesis", "open"):
        return data_root_folder(data_root)
    raise ValueError(f"Unknown CORPUS {corpus!r}; expected 'demo', 'open' or 'thesis'.")


def load_role(role: str, corpus: str, data_root: str | Path = "") -> pd.DataFrame:
    """Return the manifest of the corpus that plays ``role`` for a notebook.

    Parameters
    ----------
    role : str
        One of ``ROLES``.
    corpus, data_root : str
        A notebook's ``CORPUS`` and ``DATA_ROOT``.

    Raises
    ------
    CorpusError
        If the corpus is not there; the message says how to get it. Experiments that do not need
        the role can go on.
    """
    if role not in ROLES:
        raise ValueError(f"Unknown role {role!r}; expected one of {list(ROLES)}.")
    root = corpus_root(corpus, data_root)
    try:
        if corpus == "open":
            from helpers.corpora.open_roles import load_open_role

            return load_open_role(role, root)
        return load_manifest(ROLES[role], root)
    except CorpusError as error:
        raise CorpusError(f"{error} This needs {role.replace('_', ' ')}.") from None
