"""Training VGG16 on few pictures (thesis, section III-A): one recipe for every notebook.

Where nothing changes the pictures, the frozen blocks give the same outputs in every epoch: they are
computed once and kept, and only what follows them is trained and asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from helpers import runtime
from helpers.features.augmentation import published_augmentation
from helpers.features.pictures import make_dataset
from helpers.files import digest_of_arrays, write_atomically
from helpers.models import training
from helpers.models.vgg16 import BLOCKS, freeze_blocks, vgg16_classifier
from helpers.paths import cache_root


@dataclass(frozen=True)
class Recipe:
    """What a training of VGG16 depends on, besides pictures and seed."""

    weights: str = "hed"
    preprocessing: str = "unit_range"
    blocks: int = BLOCKS
    """How many of the five blocks there are; smaller pictures need fewer."""
    unfrozen_blocks: int = 2
    dense_units: int = 1024
    dropout: float = 0.0
    augment: bool = False
    optimizer: str = "adam"
    learning_rate: float = 3e-4
    cosine_decay: bool = True
    """Whether the steps grow smaller, to nothing at the last (Loshchilov and Hutter, 2017)."""
    momentum: float = 0.0
    batch_size: int = 8
    epochs: int = 6
    patience: int | None = 6
    head_epochs: int = 0
    """Epochs for the head alone before the blocks are let loose (two-stage training)."""


THESIS_RECIPE = Recipe(
    weights="imagenet",
    preprocessing="unit_range",
    augment=True,
    optimizer="rmsprop",  # not said in the thesis; what its source for this method uses
    learning_rate=1e-5,
    cosine_decay=False,
    batch_size=2,
    epochs=100,
    patience=40,
)
"""Section III-A, figure 12."""


def train_vgg16(
    pixels: np.ndarray,
    labels: np.ndarray,
    fitting: np.ndarray,
    choosing: np.ndarray,
    classes: int,
    recipe: Recipe,
    seed: int,
    report: Callable[[str], None] | None = None,
) -> tuple[keras.Model, pd.DataFrame]:
    """Build and train one VGG16 classifier.

    Parameters
    ----------
    pixels : uint8 array (n, height, width, 3)
    labels : int array (n,)
    fitting, choosing : int arrays
        Rows to train on, and rows whose accuracy chooses the epoch. Without any to choose by, the
        last epoch is kept.
    classes : int
    recipe : Recipe
    seed : int
    report : callable, optional
        See ``helpers.models.training.fit``.

    Returns
    -------
    model : keras.Model
        The whole network, from RGB in 0..1 to probabilities.
    history : DataFrame
        As from ``helpers.models.training.fit``; ``stage`` is ``head`` or ``blocks``.
    """
    runtime.set_seeds(seed)
    model = vgg16_classifier(
        pixels.shape[1:],
        classes,
        weights=recipe.weights,
        blocks=recipe.blocks,
        unfrozen_blocks=recipe.unfrozen_blocks,
        preprocessing=recipe.preprocessing,
        dense_units=recipe.dense_units,
        dropout=recipe.dropout,
    )
    stages = [("blocks", recipe.unfrozen_blocks, recipe.epochs)]
    if recipe.head_epochs and recipe.unfrozen_blocks:
        stages.insert(0, ("head", 0, recipe.head_epochs))
    histories = []
    for stage, unfrozen_blocks, epochs in stages:
        freeze_blocks(model, unfrozen_blocks)
        trained, features = model, pixels
        if not recipe.augment and unfrozen_blocks < recipe.blocks:
            base, trained = split_at_frozen(model)
            features = frozen_outputs(base, pixels)
        batches = make_dataset(
            features,
            labels,
            fitting,
            batch_size=recipe.batch_size,
            shuffle=True,
            seed=seed,
            augment=published_augmentation(seed) if recipe.augment else None,
        )
        rate = recipe.learning_rate
        if recipe.cosine_decay:
            rate = keras.optimizers.schedules.CosineDecay(rate, epochs * len(batches))
        options = {"momentum": recipe.momentum} if recipe.momentum else {}
        training.compile_classifier(trained, recipe.optimizer, rate, **options)
        history = training.fit(
            trained,
            batches,
            make_dataset(features, labels, choosing, batch_size=64) if len(choosing) else None,
            epochs=epochs,
            patience=recipe.patience if stage == "blocks" else None,
            report=report,
        )
        histories.append(history.assign(stage=stage))
    table = pd.concat(histories, ignore_index=True)
    before = len(table) - len(histories[-1])
    table["epoch"] = np.arange(1, len(table) + 1)
    table.attrs["best_epoch"] = before + histories[-1].attrs["best_epoch"]
    return model, table


def split_at_frozen(model: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Cut a chain of layers before the first one that is trained.

    Returns
    -------
    base : keras.Model
        From the input to the last frozen layer's output.
    top : keras.Model
        The rest. Both share their layers with ``model``: training ``top`` trains ``model``, and
        ``top(base(x))`` is ``model(x)``.
    """
    trained = [bool(layer.trainable_weights) for layer in model.layers]
    if not any(trained):
        raise ValueError(f"{model.name} has no layer that is trained; see freeze_blocks.")
    return _cut(model, trained.index(True))


def predict(model: keras.Model, pixels: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return class probabilities for some pictures, from the kept outputs of the frozen blocks.

    As ``models.training.predict``, for pictures that the network's training has computed already.
    """
    base, top = split_at_frozen(model)
    if not base.weights:  # every block is trained
        return training.predict(model, pixels, rows)
    return training.predict(top, frozen_outputs(base, pixels), rows)


def frozen_outputs(base: keras.Model, pixels: np.ndarray) -> np.ndarray:
    """Return what the frozen layers make of every picture, kept in the cache.

    Parameters
    ----------
    base : keras.Model
        From :func:`split_at_frozen`.
    pixels : uint8 array (n, height, width, 3)

    Returns
    -------
    float32 array (n, ...)
        Mapped from disk, read-only. Its name is made from the layers, their weights and the
        pixels, so that it is never another network's.
    """
    path = _path(base, pixels)
    if not path.exists():
        features, rest = pixels, base
        for i in range(len(base.layers) - 1, 0, -1):  # go on from the outputs of fewer blocks
            if base.layers[i - 1].name.endswith("_pool"):
                front, back = _cut(base, i)
                if _path(front, pixels).exists():
                    features, rest = frozen_outputs(front, pixels), back
                    break
        with write_atomically(path) as temporary:
            shape = (len(pixels), *base.output.shape[1:])
            values = np.lib.format.open_memmap(temporary, "w+", np.float32, shape)
            for start in range(0, len(pixels), 256):
                rows = np.arange(start, min(start + 256, len(pixels)))
                values[rows] = training.predict(rest, features, rows)
            values.flush()
            del values
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _cut(model: keras.Model, first: int) -> tuple[keras.Model, keras.Model]:
    """Return a chain of layers up to number ``first`` and from there on."""
    front = keras.Model(model.input, model.layers[first].input, name="front")
    outputs = inputs = keras.Input(front.output.shape[1:], name="front_outputs")
    for layer in model.layers[first:]:
        outputs = layer(outputs)
    return front, keras.Model(inputs, outputs, name="back")


def _path(base: keras.Model, pixels: np.ndarray) -> Path:
    layers = [(type(layer).__name__, layer.name) for layer in base.layers]
    key = digest_of_arrays(layers, pixels, *base.get_weights())
    return cache_root() / "frozen_outputs" / f"{key}.npy"
