"""Where things are: the repository, and the folders for data, cache and results.

Nothing here depends on the working folder. Each folder can be moved with an environment variable:
``EMOTION_DATA_ROOT``, ``EMOTION_CACHE_ROOT`` and ``EMOTION_RESULTS_ROOT``.
"""

import os
from pathlib import Path

import platformdirs

DRAWN = "demo"
"""The ``CORPUS`` that no person is in: its folder is made, not given."""


def repository_root() -> Path:
    """Return the checkout that this package was imported from.

    Raises
    ------
    FileNotFoundError
        If no folder above this file holds ``helpers/`` and ``notebooks/``.
    """
    for folder in Path(__file__).resolve().parents:
        if (folder / "helpers").is_dir() and (folder / "notebooks").is_dir():
            return folder
    raise FileNotFoundError(
        f"No folder above {__file__} holds helpers/ and notebooks/; expected a checkout of the "
        "series. Clone the repository and import helpers from there."
    )


def cache_root() -> Path:
    """Return the folder for what can be computed again (features, the demo corpus, weights)."""
    return _from_environment("EMOTION_CACHE_ROOT") or Path(
        platformdirs.user_cache_dir("emotion-notebooks", appauthor=False)
    )


def data_root(given: str | Path = "") -> Path:
    """Return the folder that holds the user's corpora.

    Parameters
    ----------
    given : str or Path
        A notebook's ``DATA_ROOT``; "" means ``EMOTION_DATA_ROOT``, else ``data/`` in the checkout.
    """
    if given:
        return Path(given).expanduser().resolve()
    return _from_environment("EMOTION_DATA_ROOT") or repository_root() / "data"


def results_root(given: str | Path = "") -> Path:
    """Return the folder that holds ``<corpus>/NN_topic/``.

    Parameters
    ----------
    given : str or Path
        A notebook's ``RESULTS_ROOT``; "" means ``EMOTION_RESULTS_ROOT``, else ``results/`` in the
        checkout.
    """
    if given:
        return Path(given).expanduser().resolve()
    return _from_environment("EMOTION_RESULTS_ROOT") or repository_root() / "results"


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name, "")
    return Path(value).expanduser().resolve() if value else None
