"""The small convolutional network that the thesis starts from (section III-A)."""

import keras
from keras import layers


def static_cnn(
    input_shape: tuple[int, int, int] = (128, 128, 1),
    classes: int = 6,
    momentum: float = 0.99,
    dropout: float = 0.5,
) -> keras.Model:
    """Build the static model of the thesis, uncompiled (section III-A, figure 5).

    After Alizadeh and Fazel (2017). Convolutions have no padding ("valid"), since the text names
    none; 128x128x1 and 6 classes give 29,513,990 parameters.

    Parameters
    ----------
    input_shape : (height, width, channels)
        The smallest height and width are 10; the fewest ``classes`` are 2.
    momentum : float
        Of the batch normalisation's running averages, which predictions use. 0.99, Keras's own,
        needs several hundred steps to forget where it started: few pictures in large batches need
        a smaller one.
    dropout : float
        Before the last pooling, and half of it after the first. A pooling takes the largest of
        four values, of which dropout has set some to nothing: what follows has learned from
        smaller values than it is asked about, and the more so the more is dropped.

    Returns
    -------
    keras.Model
        (batch, *input_shape) float32 in 0..1 -> (batch, classes) probabilities.
    """
    height, width, _ = input_shape
    if min(height, width) < 10 or classes < 2:
        raise ValueError(
            f"static_cnn needs pictures of at least 10x10 pixels and at least 2 classes, "
            f"got {height}x{width} and {classes}. Set a larger image size."
        )
    pictures = keras.Input(input_shape, name="pictures")
    x = layers.Conv2D(32, 3, activation="relu")(pictures)
    x = layers.MaxPooling2D(2)(x)
    x = layers.BatchNormalization(momentum=momentum)(x)
    x = layers.Dropout(dropout / 2)(x)
    x = layers.Conv2D(64, 3, activation="relu")(x)
    x = layers.BatchNormalization(momentum=momentum)(x)
    x = layers.Dropout(dropout)(x)
    x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(512, activation="relu")(x)
    probabilities = layers.Dense(
        classes, activation="softmax", dtype="float32", name="probabilities"
    )(x)
    return keras.Model(pictures, probabilities, name="static_cnn")
