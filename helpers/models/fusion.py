"""The small dense network that joins both predictions (thesis, section V)."""

import keras
from keras import layers


def fusion_dense(features: int = 14, classes: int = 7) -> keras.Model:
    """Build the combining network of the thesis, uncompiled (section V, figure 21).

    With 14 features and 7 classes it has 623 parameters.

    Parameters
    ----------
    features : int
        Video and audio probabilities joined.
    classes : int
        Emotions to tell apart.

    Returns
    -------
    keras.Model
        (batch, features) float32 -> (batch, classes) probabilities.
    """
    both = keras.Input((features,), name="both_predictions")
    x = layers.Dense(28, activation="relu")(both)
    x = layers.Dropout(0.25)(x)
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(both, probabilities, name="fusion_dense")
