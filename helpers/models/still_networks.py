"""The networks that notebook 03 trains on film stills, for the notebooks that build on it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from helpers.corpora import exclusions, load_role
from helpers.corpora.manifest import usable
from helpers.emotions import EMOTIONS, class_indices
from helpers.features import pictures
from helpers.files import digest_of_arrays
from helpers.models import saved, training
from helpers.models.transfer import THESIS_RECIPE, Recipe, train_vgg16
from helpers.models.vgg16 import blocks_for

PROTOCOLS = ("thesis", "held_out")

FEWEST_TO_CHOOSE_BY = 100
"""The accuracy of fewer stills has a standard error near five points or above it."""


@dataclass(frozen=True)
class Pictures:
    """Stills or spectrograms: ``pixels`` (n, size, size, 3), ``manifest`` and ``labels`` (n,)."""

    pixels: np.ndarray
    manifest: pd.DataFrame
    labels: np.ndarray


def choose_recipe(
    settings: str, epochs: int, weights: str, size: int, unfrozen_blocks: int = 2
) -> Recipe:
    """Return the recipe for a notebook's ``SETTINGS``, ``EPOCHS``, ``WEIGHTS`` and blocks.

    Stills of fewer than 128 pixels (``size``) are given to fewer blocks of VGG16.
    """
    recipes = {"default": Recipe(), "thesis": THESIS_RECIPE}
    if settings not in recipes:
        raise ValueError(f"Unknown SETTINGS {settings!r}; expected one of {list(recipes)}.")
    recipe = replace(
        recipes[settings],
        weights=weights,
        blocks=blocks_for(size),
        unfrozen_blocks=unfrozen_blocks,
    )
    return replace(recipe, epochs=epochs) if epochs else recipe


def picture_size(corpus: str, epochs: int) -> int:
    """Return the side of the pictures in pixels: 128 as published, less where seconds count.

    48 for the demo corpus, and for a quick look (``EPOCHS``) at another one.
    """
    return 48 if corpus == "demo" or epochs else 128


def load_stills(corpus: str, data_root: str, size: int) -> Pictures:
    """Return the stills of a corpus without those on its list of exclusions.

    They and those that cannot be read stay in the manifest with their problem.

    Raises
    ------
    CorpusError
        If the corpus has no stills.
    """
    manifest = load_role("wild_faces", corpus, data_root)
    names_file = exclusions.find_exclusions("", manifest)
    if names_file:
        manifest, _ = exclusions.exclude(manifest, exclusions.read_exclusions(names_file))
    pixels, manifest = pictures.decode(manifest, (size, size), channels=3)
    return Pictures(pixels, manifest, class_indices(manifest["emotion"]))


def protocol_parts(stills: Pictures, seed: int) -> dict[str, dict[str, np.ndarray]]:
    """Return which stills are for what under each protocol.

    Returns
    -------
    dict
        By protocol, a dict of int arrays of rows: ``fit``, ``choose`` (the epoch), ``test``. Under
        ``thesis`` the test stills choose. Under ``held_out`` a fifth of the training films does;
        where that is fewer stills than ``FEWEST_TO_CHOOSE_BY``, none do and all are fitted on.
        Training stills of a clip id that is in ``val`` too are in no part of ``held_out``.
    """
    train, test = (usable(stills.manifest, split) for split in ("train", "val"))
    known = train
    if "clip_id" in stills.manifest:
        clip_ids = stills.manifest["clip_id"].to_numpy()
        test_ids = stills.manifest.loc[stills.manifest["split"] == "val", "clip_id"]
        known = train[~np.isin(clip_ids[train].astype(str), test_ids.to_numpy().astype(str))]
    groups = stills.manifest["group"].to_numpy()[known]
    share = 1 / min(5, len(np.unique(groups)))  # a sample may have fewer films than five
    fitting, choosing = training.hold_out_validation(stills.labels[known], groups, share, seed)
    if len(choosing) < FEWEST_TO_CHOOSE_BY:
        fitting, choosing = np.arange(len(known)), np.array([], dtype=int)
    return {
        "thesis": {"fit": train, "choose": test, "test": test},
        "held_out": {"fit": known[fitting], "choose": known[choosing], "test": test},
    }


def made_from(
    stills: Pictures, parts: dict[str, np.ndarray], recipe: Recipe, seed: int
) -> dict[str, object]:
    """Return everything that a network of these depends on, for ``helpers.models.saved``."""
    rows = np.concatenate([parts["fit"], parts["choose"]])
    return {
        "recipe": asdict(recipe),
        "seed": seed,
        "classes": list(EMOTIONS),
        "fitting": len(parts["fit"]),
        "data": digest_of_arrays(stills.pixels[rows], stills.labels[rows]),
    }


def load_or_train(
    folder: str | Path,
    stills: Pictures,
    parts: dict[str, np.ndarray],
    recipe: Recipe,
    seed: int,
    report: Callable[[str], None] | None = None,
) -> tuple[keras.Model, bool]:
    """Return the network in a folder if it was made this way, else train it and keep it there.

    Parameters
    ----------
    folder : str or Path
        The protocol's folder inside the results of the notebook that trains the network.
    parts : dict
        One protocol's, from :func:`protocol_parts`.

    Returns
    -------
    model : keras.Model
    loaded : bool
        Whether it was there.
    """
    origin = made_from(stills, parts, recipe, seed)
    model = saved.load_model(folder, origin)
    if model is not None:
        return model, True
    model, _ = train_vgg16(
        stills.pixels, stills.labels, parts["fit"], parts["choose"], len(EMOTIONS), recipe, seed,
        report,
    )  # fmt: skip
    saved.save_model(model, folder, origin)
    return model, False
