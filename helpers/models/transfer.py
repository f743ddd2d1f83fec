"""What the frozen layers of a network make of pictures, computed once and kept.

Where nothing changes the pictures, frozen blocks give the same outputs in every epoch: only what
follows them is trained and asked.
"""

from pathlib import Path

import keras
import numpy as np

from helpers.features.pictures import make_dataset
from helpers.files import digest_of_arrays, write_atomically
from helpers.paths import cache_root
from helpers.runtime.mixed_precision import dtype_policy


def from_frozen(model: keras.Model, features: np.ndarray) -> tuple[keras.Model, np.ndarray]:
    """Return the part of a network that is trained, and its inputs: the frozen part's outputs.

    Both are what was given where no layer with weights is frozen before the first trained one.
    """
    base, top = split_at_frozen(model)
    return (top, frozen_outputs(base, features)) if base.weights else (model, features)


def split_at_frozen(model: keras.Model) -> tuple[keras.Model, keras.Model]:
    """Cut a chain of layers before the first one that is trained, into ``base`` and ``top``.

    Both share their layers with ``model``: training ``top`` trains ``model``, and ``top(base(x))``
    is ``model(x)``.
    """
    trained = [bool(layer.trainable_weights) for layer in model.layers]
    if not any(trained):
        raise ValueError(f"{model.name} has no layer that is trained; see freeze_blocks.")
    return _cut(model, trained.index(True))


def frozen_outputs(base: keras.Model, pixels: np.ndarray) -> np.ndarray:
    """Return what the frozen layers (:func:`split_at_frozen`) make of every picture, float32.

    ``pixels`` are uint8 (n, height, width, 3). The answer is kept in the cache and mapped from
    disk, read-only; its name is made from the layers, their weights and the pixels, so that it is
    never another network's.
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
                batches = make_dataset(features, None, rows, batch_size=64)
                values[rows] = rest.predict(batches, verbose=0)
            values.flush()
            del values
    return np.load(path, mmap_mode="r", allow_pickle=False)


class Joined:
    """Arrays of one shape, one after the other: only the rows asked for are read."""

    def __init__(self, *parts: np.ndarray) -> None:
        self._parts = parts
        self._starts = np.cumsum([0, *map(len, parts)])
        self.dtype = parts[0].dtype
        self.shape = (int(self._starts[-1]), *parts[0].shape[1:])

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        """Return some rows, (rows, ...), in the order asked for."""
        found = np.empty((len(rows), *self.shape[1:]), self.dtype)
        for part, start in zip(self._parts, self._starts, strict=False):
            here = (rows >= start) & (rows < start + len(part))
            found[here] = part[rows[here] - start]
        return found


def _cut(model: keras.Model, first: int) -> tuple[keras.Model, keras.Model]:
    """Return a chain of layers up to number ``first`` and from there on."""
    with dtype_policy(model.dtype_policy):  # by which Keras decides whether to scale a loss
        front = keras.Model(model.input, model.layers[first].input, name="front")
        outputs = inputs = keras.Input(front.output.shape[1:], name="front_outputs")
        for layer in model.layers[first:]:
            outputs = layer(outputs)
        return front, keras.Model(inputs, outputs, name="back")


def _path(base: keras.Model, pixels: np.ndarray) -> Path:
    layers = [(type(layer).__name__, layer.name, layer.compute_dtype) for layer in base.layers]
    key = digest_of_arrays(layers, pixels, *base.get_weights())
    return cache_root() / "frozen_outputs" / f"{key}.npy"
