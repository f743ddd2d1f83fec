"""Training the networks for sound (thesis, section IV-B): one recipe, and what is done with it.

Used by the notebook on log-mel spectrograms and by the one on spectrograms as pictures.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import keras
import numpy as np
import pandas as pd

from helpers import evaluation, models, runtime, training
from helpers.emotions import class_indices
from helpers.images import make_dataset, usable
from helpers.media import read_waveforms
from helpers.spectrograms import (
    NORMALISATIONS,
    THESIS_SAMPLE_RATE,
    fit_normaliser,
    log_mel_spectrograms,
)
from helpers.transfer import Recipe
from helpers.video import leave_out_shared_ids

Rows = np.ndarray


_SHORT_MEMORY = (("momentum", 0.9),)


@dataclass(frozen=True)
class SoundRecipe:
    """What a training depends on, besides spectrograms and seed."""

    network: str
    """``urbansound_cnn`` (Model 0) or ``fayek_cnn`` (Model 1)."""
    learning_rate: float = 1e-4
    batch_size: int = 16
    epochs: int = 50
    patience: int | None = 15
    optimizer: str = "rmsprop"
    monitor: str = "val_loss"
    options: tuple[tuple[str, object], ...] = ()
    """Further arguments of the network's builder, as pairs."""


LOG_MEL_RECIPES = {
    "default": {
        "city sounds": SoundRecipe("urbansound_cnn", 5e-4, epochs=12, patience=None),
        "Model 0": SoundRecipe("urbansound_cnn", 5e-4, epochs=16, patience=6),
        "Model 1": SoundRecipe("fayek_cnn", 1e-3, epochs=16, patience=6, options=_SHORT_MEMORY),
    },
    "thesis": {
        "city sounds": SoundRecipe("urbansound_cnn", 5e-4, patience=None),
        "Model 0": SoundRecipe("urbansound_cnn"),
        "Model 1": SoundRecipe("fayek_cnn"),
    },
}
"""By ``SETTINGS``, for the first configuration; small corpora need larger steps."""

PICTURE_RECIPES = {
    "default": {
        "Model 0": SoundRecipe("urbansound_cnn", 5e-4, epochs=16, patience=6),
        "Model 1": SoundRecipe(
            "fayek_cnn", 1e-3, epochs=16, patience=6, options=(("l2", 1e-3), *_SHORT_MEMORY)
        ),
        "VGG16": Recipe(learning_rate=1e-4, epochs=6, patience=6),
    },
    "thesis": {
        "Model 0": SoundRecipe("urbansound_cnn", 5e-4),
        "Model 1": SoundRecipe("fayek_cnn", epochs=60, options=(("l2", 1e-3),)),
        "VGG16": Recipe(
            preprocessing="unit_range",
            optimizer="sgd",
            learning_rate=1e-4,
            momentum=0.9,
            epochs=100,
            patience=15,
        ),
    },
}
"""By ``SETTINGS``, for the second configuration."""

GRIDS = {
    "small": {"networks": ("Model 1",), "learning_rates": (), "batch_sizes": ()},
    "thesis": {
        "networks": ("Model 0", "Model 1"),
        "learning_rates": (1e-4, 5e-5, 1e-5),
        "batch_sizes": (8, 16, 32, 64),
    },
}
"""What is tried with every preparation of the spectrograms, by ``GRID``."""


def picture_recipes(
    settings: str, epochs: int, weights: str
) -> tuple[dict[str, SoundRecipe], Recipe]:
    """Return the recipes of Models 0 and 1 and of VGG16 for a notebook's parameters."""
    recipes = dict(PICTURE_RECIPES[settings])
    if epochs:
        recipes = {name: replace(recipe, epochs=epochs) for name, recipe in recipes.items()}
    return recipes, replace(recipes.pop("VGG16"), weights=weights)


def train_sound_network(
    features: np.ndarray,
    labels: np.ndarray,
    fitting: Rows,
    choosing: Rows,
    classes: int,
    recipe: SoundRecipe,
    seed: int,
    *,
    augment: Callable | None = None,
    report: Callable[[str], None] | None = None,
) -> tuple[keras.Model, pd.DataFrame]:
    """Build and train one network.

    Parameters
    ----------
    features : array (n, height, width, channels)
        Normalised spectrograms as floats, or pictures as uint8.
    labels : int array (n,)
    fitting, choosing : int arrays
        Rows to train on, and rows whose loss chooses the epoch.
    classes : int
    recipe : SoundRecipe
    seed : int
    augment, report
        See ``helpers.images.make_dataset`` and ``helpers.training.fit``.

    Returns
    -------
    model, history
        As from ``helpers.training.fit``.
    """
    runtime.set_seeds(seed)
    build = getattr(models, recipe.network)
    model = build(features.shape[1:], classes, **dict(recipe.options))
    training.compile_classifier(model, recipe.optimizer, recipe.learning_rate)
    size = recipe.batch_size
    history = training.fit(
        model,
        make_dataset(
            features, labels, fitting, batch_size=size, shuffle=True, seed=seed, augment=augment
        ),
        make_dataset(features, labels, choosing, batch_size=64),
        epochs=recipe.epochs,
        patience=recipe.patience,
        monitor=recipe.monitor,
        report=report,
    )
    return model, history


def clip_protocols(
    clips: pd.DataFrame, labels: np.ndarray, groups: np.ndarray, seed: int
) -> dict[str, tuple[Rows, Rows]]:
    """Return the rows to train on and to choose the epoch on, by protocol.

    ``thesis``: all of train, and the test clips. ``held_out``: four fifths and one fifth of train,
    no group on both sides, without the clips whose id is in ``val`` too.
    """
    train = usable(leave_out_shared_ids(clips), "train")
    fitting, choosing = training.hold_out_validation(labels[train], groups[train], 1 / 5, seed)
    return {
        "thesis": (usable(clips, "train"), usable(clips, "val")),
        "held_out": (train[fitting], train[choosing]),
    }


def scores_of_folds(
    folds: Iterable[tuple[Rows, Rows]],
    train: Callable[[Rows, Rows], keras.Model],
    features: np.ndarray,
    classes: int,
) -> np.ndarray:
    """Score every row with a network that was trained without the fold it is in.

    Parameters
    ----------
    folds : iterable of (fitting, held out) rows
    train : callable
        Takes both and returns a network; it may look at the second for a curve, not for a choice.
    features : array (n, ...)
    classes : int

    Returns
    -------
    array (n, classes), float32
        NaN in rows that no fold holds out.
    """
    scores = np.full((len(features), classes), np.nan, dtype=np.float32)
    for fitting, held_out in folds:
        scores[held_out] = training.predict(train(fitting, held_out), features, held_out)
    return scores


def check_on_city_sounds(
    sounds: pd.DataFrame,
    recipe: SoundRecipe,
    seed: int,
    report: Callable[[str], None] | None = None,
) -> tuple[dict, pd.DataFrame]:
    """Cross-validate a network on UrbanSound8K by the corpus's own folds.

    Spectrograms are made and normalised as those of the clips; no epoch is chosen.

    Parameters
    ----------
    sounds : DataFrame
        A manifest with ``sound_class`` and ``fold``.

    Returns
    -------
    score : dict
        From ``helpers.evaluation.score``, over all folds together.
    sounds : DataFrame
        The manifest with problems filled in.
    """
    waveforms, sounds = read_waveforms(sounds, THESIS_SAMPLE_RATE)
    rows = usable(sounds)
    length = max(len(waveforms[row].load()) for row in rows)
    values = log_mel_spectrograms(waveforms, length=length)
    classes = sorted(sounds["sound_class"].unique())
    labels = class_indices(sounds["sound_class"], classes)
    fold_of = sounds["fold"].to_numpy()
    predicted = np.full(len(sounds), -1)
    for fold in sorted(set(fold_of[rows])):
        fitting, held_out = rows[fold_of[rows] != fold], rows[fold_of[rows] == fold]
        features = fit_normaliser("global", values, fitting)(values)[..., None]
        model, _ = train_sound_network(
            features, labels, fitting, held_out, len(classes), recipe, seed
        )
        predicted[held_out] = training.predict(model, features, held_out).argmax(axis=1)
        if report:
            right = np.mean(predicted[held_out] == labels[held_out])
            report(f"fold {fold}: {right:.0%} of {len(held_out)} sounds")
    return evaluation.score(labels[rows], predicted[rows], classes), sounds


def compare_preparations(
    spectrograms: Mapping[str, np.ndarray],
    labels: np.ndarray,
    fitting: Rows,
    choosing: Rows,
    classes: int,
    recipes: Mapping[str, SoundRecipe],
    seed: int,
    *,
    learning_rates: Sequence[float] = (),
    batch_sizes: Sequence[int] = (),
    report: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Train a network for every preparation of the spectrograms and every setting.

    Parameters
    ----------
    spectrograms : mapping of name to array (n, bands, frames)
        With and without pre-emphasis.
    fitting, choosing : int arrays
        Both from train: a table for choosing must not look at the test clips.
    recipes : mapping of name to SoundRecipe
        The networks.
    learning_rates, batch_sizes : sequences
        What to try; empty: the recipe's own.

    Returns
    -------
    DataFrame
        One row a training: network, pre-emphasis, normalisation, learning_rate, batch_size, and
        the ``accuracy`` on ``choosing`` at the best epoch.
    """
    rows = []
    for (emphasis, values), kind in product(spectrograms.items(), NORMALISATIONS):
        features = fit_normaliser(kind, values, fitting)(values)[..., None]
        for name, recipe in recipes.items():
            rates, sizes = learning_rates or (recipe.learning_rate,), batch_sizes or (recipe.batch_size,)
            for rate, size in product(rates, sizes):
                trial = replace(recipe, learning_rate=rate, batch_size=size)
                _, history = train_sound_network(
                    features, labels, fitting, choosing, classes, trial, seed
                )
                accuracy = history["val_accuracy"].iloc[history.attrs["best_epoch"] - 1]
                rows.append((name, emphasis, kind, rate, size, accuracy))
                if report:
                    report(f"{name}, {emphasis}, {kind}, {rate:g}, {size}: {accuracy:.0%}")
    columns = ["network", "pre-emphasis", "normalisation", "learning_rate", "batch_size", "accuracy"]
    return pd.DataFrame(rows, columns=columns)
