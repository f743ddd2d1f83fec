"""A trained network beside its results, and whether it is the one that is wanted.

``model.keras`` is not in git; a notebook that builds on another's network loads it when it was made
from the same things, and else trains it anew and says so.
"""

import json
from collections.abc import Mapping
from pathlib import Path

import keras

from helpers.files import digest_of, write_atomically, write_json

_MODEL, _ORIGIN = "model.keras", "model.json"


def save_model(model: keras.Model, folder: str | Path, made_from: Mapping[str, object]) -> None:
    """Write a network and what it was made from.

    Parameters
    ----------
    model : keras.Model
    folder : str or Path
        A notebook's results folder.
    made_from : mapping
        Everything it depends on, JSON-like: recipe, seed, classes, digests of the data.
    """
    folder = Path(folder)
    (folder / _ORIGIN).unlink(missing_ok=True)
    with write_atomically(folder / _MODEL) as temporary:
        model.save(temporary)
    write_json(folder / _ORIGIN, {"digest": digest_of(made_from), "made_from": made_from})


def load_model(folder: str | Path, made_from: Mapping[str, object]) -> keras.Model | None:
    """Return the network in a folder if it was made from exactly this, else None."""
    folder = Path(folder)
    try:
        origin = json.loads((folder / _ORIGIN).read_text(encoding="utf-8"))
        if origin["digest"] != digest_of(made_from):
            return None
        return keras.models.load_model(folder / _MODEL)
    except (OSError, ValueError, KeyError, TypeError):
        return None
