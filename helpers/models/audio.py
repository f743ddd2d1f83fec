"""The two networks for sound (thesis, section IV-B)."""

import keras
from keras import layers

_URBANSOUND_BLOCKS = ((32, 64, 0.25), (64, 64, 0.5), (128, 128, 0.5))
"""Filters of a block's convolution, of the second one in the code, fraction of dropout."""


def urbansound_cnn(
    input_shape: tuple[int, int, int] = (40, 624, 1),
    classes: int = 7,
    *,
    doubled: bool = False,
    dropout: float | None = None,
) -> keras.Model:
    """Build Model 0, a network for the sounds of a city, uncompiled (figure 14).

    Parameters
    ----------
    input_shape : (bands, frames, 1), or (height, width, 3) for pictures
        At least 8x8, or 22x22 when doubled.
    doubled : bool
        False: three convolutions, as the thesis's text says. True: six, as its code does, the
        second of each block without padding (2,678,087 parameters for 64x64x3 and 7 classes).
    dropout : float, optional
        In place of the published fractions, everywhere: 0 for none.

    Returns
    -------
    keras.Model
        (batch, *input_shape) float32 -> (batch, classes) probabilities.
    """
    _check(input_shape, 22 if doubled else 8, "urbansound_cnn")
    spectrograms = keras.Input(input_shape, name="spectrograms")
    x = spectrograms
    for filters, second_filters, fraction in _URBANSOUND_BLOCKS:
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        if doubled:
            x = layers.Conv2D(second_filters, 3, activation="relu")(x)
        x = layers.MaxPooling2D(2)(x)
        x = layers.Dropout(fraction if dropout is None else dropout)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(512, activation="relu")(x)
    x = layers.Dropout(0.5 if dropout is None else dropout)(x)
    probabilities = layers.Dense(
        classes, activation="softmax", dtype="float32", name="probabilities"
    )(x)
    return keras.Model(spectrograms, probabilities, name="urbansound_cnn")


def fayek_cnn(
    input_shape: tuple[int, int, int] = (40, 624, 1),
    classes: int = 7,
    *,
    l2: float = 0.01,
    momentum: float = 0.99,
) -> keras.Model:
    """Build Model 1, after Fayek, Lech and Cavedon (2017), uncompiled (figure 15).

    The third dense layer ends in a softmax over its 716 units, as published: its values sum to
    one, so little of them is left for the layer after it.

    Parameters
    ----------
    input_shape : (bands, frames, 1), or (height, width, 3) for pictures
        At least 28x28.
    l2 : float
        Weight penalty on the convolutions: 0.01 in the text, 0.001 for pictures in the code.
    momentum : float
        Of the batch normalisations. Keras's 0.99, which the thesis had, needs some hundred batches
        before its running statistics are of use; small corpora want less.

    Returns
    -------
    keras.Model
        (batch, *input_shape) float32 -> (batch, classes) probabilities.
    """
    _check(input_shape, 28, "fayek_cnn")
    penalty = keras.regularizers.L2(l2)
    spectrograms = keras.Input(input_shape, name="spectrograms")
    x = spectrograms
    for filters in (16, 32):
        x = layers.Conv2D(filters, 10, 2, activation="relu", kernel_regularizer=penalty)(x)
        x = layers.BatchNormalization(momentum=momentum)(x)
    x = layers.Flatten()(x)
    for activation in ("relu", "relu", "softmax"):
        x = layers.Dense(716, activation=activation)(x)
        x = layers.BatchNormalization(momentum=momentum)(x)
        x = layers.Dropout(0.5)(x)
    probabilities = layers.Dense(
        classes, activation="softmax", dtype="float32", name="probabilities"
    )(x)
    return keras.Model(spectrograms, probabilities, name="fayek_cnn")


def _check(input_shape: tuple[int, int, int], smallest: int, name: str) -> None:
    if min(input_shape[:2]) < smallest:
        raise ValueError(
            f"{name} needs spectrograms of at least {smallest}x{smallest}, got "
            f"{input_shape[0]}x{input_shape[1]}. Take more bands, more time or larger pictures."
        )
