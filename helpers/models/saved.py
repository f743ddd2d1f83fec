"""A trained network beside its results, and whether it is the one that is wanted.

``model.keras`` is not in git; a notebook that builds on another's network loads it when it was made
from the same things, and else trains it anew and says so.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from helpers.files import digest_of, digest_of_arrays, write_atomically, write_json
from helpers.models.recipes import Recipe
from helpers.models.training import train_network

_MODEL, _ORIGIN = "model.keras", "model.json"


def origin_of(
    features: np.ndarray,
    labels: np.ndarray,
    parts: Mapping[str, np.ndarray],
    classes: Sequence[str],
    recipe: Recipe,
    seed: int,
) -> dict[str, object]:
    """Return everything that a network of ``models.training.train_network`` depends on."""
    rows = np.concatenate([parts["train"], parts["validation"]])
    return {
        "recipe": asdict(recipe),
        "seed": seed,
        "classes": list(classes),
        "train": len(parts["train"]),
        "data": digest_of_arrays(features[rows], labels[rows]),
    }


def save_model(model: keras.Model, folder: str | Path, origin: Mapping[str, object]) -> None:
    """Write a network and what it was made from (:func:`origin_of`).

    The folder is the protocol's, inside the results of the notebook that trains the network.
    """
    folder = Path(folder)
    (folder / _ORIGIN).unlink(missing_ok=True)
    with write_atomically(folder / _MODEL) as temporary:
        model.save(temporary)
    write_json(folder / _ORIGIN, {"digest": digest_of(origin), "made_from": origin})


def load_model(folder: str | Path, origin: Mapping[str, object]) -> keras.Model | None:
    """Return the network in a folder if it was made from exactly this, else None."""
    folder = Path(folder)
    try:
        found = json.loads((folder / _ORIGIN).read_text(encoding="utf-8"))
        if found["digest"] != digest_of(origin):
            return None
        return keras.models.load_model(folder / _MODEL)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def load_or_train(
    folder: str | Path,
    features: np.ndarray,
    labels: np.ndarray,
    parts: Mapping[str, np.ndarray],
    classes: Sequence[str],
    recipe: Recipe,
    seed: int,
    *,
    report: Callable[[str], None] | None = None,
) -> tuple[keras.Model, bool]:
    """Return the network in a folder and whether it was there; else it is trained and kept there.

    Arguments are those of :func:`save_model` and ``models.training.train_network``, with the names
    of the classes.
    """
    origin = origin_of(features, labels, parts, classes, recipe, seed)
    model = load_model(folder, origin)
    if model is not None:
        return model, True
    model, _ = train_network(features, labels, parts, len(classes), recipe, seed, report=report)
    save_model(model, folder, origin)
    return model, False
