"""From a folder of files to a manifest: one module a corpus, and the roles they play.

Nothing here decodes a film or a sound: a manifest is made from names, sizes and csv files, and of
FER2013's small pictures it is found out which are in two splits.
"""

from pathlib import Path

import pandas as pd

from helpers.corpora.folders import FOLDERS
from helpers.corpora.manifest import CorpusError
from helpers.corpora.open_roles import load_open_role
from helpers.corpora.registry import load_manifest
from helpers.paths import DRAWN, data_root as data_root_folder

__all__ = ["CORPORA", "ROLES", "corpus_root", "load_manifest", "load_role"]

CORPORA = tuple(FOLDERS)
"""The names that :func:`load_manifest` knows; each is a module of this package."""

ROLES = {
    "controlled_faces": "faces",
    "wild_faces": "sfew",
    "wild_clips": "afew",
    "wild_voices": "afew",
    "city_sounds": "urbansound8k",
}
"""What a notebook asks for, and the thesis's corpus that plays the part; for those of
``CORPUS = "open"`` see ``helpers.corpora.open_roles``."""


def corpus_root(corpus: str, data_root: str | Path = "") -> Path:
    """Return the folder of corpora for a notebook's ``CORPUS`` and ``DATA_ROOT``.

    The demo corpus is written on first use (about a minute).
    """
    if corpus == DRAWN:
        from helpers.corpora.demo import ensure_demo  # it draws: OpenCV's weight

        return ensure_demo(data_root or None)
    if corpus in ("thesis", "open"):
        return data_root_folder(data_root)
    raise ValueError(f"Unknown CORPUS {corpus!r}; expected 'demo', 'open' or 'thesis'.")


def load_role(role: str, corpus: str, data_root: str | Path = "") -> pd.DataFrame:
    """Return the manifest of the corpus that plays ``role``, one of ``ROLES``.

    ``corpus`` and ``data_root`` are a notebook's ``CORPUS`` and ``DATA_ROOT``.

    Raises
    ------
    CorpusError
        If the corpus is not there; the message says how to get it.
    """
    if role not in ROLES:
        raise ValueError(f"Unknown role {role!r}; expected one of {list(ROLES)}.")
    root = corpus_root(corpus, data_root)
    try:
        if corpus == "open":
            return load_open_role(role, root)
        return load_manifest(ROLES[role], root)
    except CorpusError as error:
        raise CorpusError(f"{error} This needs {role.replace('_', ' ')}.") from None
