"""The small dense network that joins both predictions (thesis, section V)."""

import keras
from keras import layers


def fusion_dense(features: int = 14, classes: int = 7) -> keras.Model:
    """Build the combining network of the thesis, uncompiled (section V, figure 21).

    (batch, features) float32, video and audio probabilities joined, -> (batch, classes)
    probabilities. With 14 features and 7 classes it has 623 parameters.
    """
    both = keras.Input((features,), name="both_predictions")
    x = layers.Dense(28, activation="relu")(both)
    x = layers.Dropout(0.25)(x)
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(both, probabilities, name="fusion_dense")
