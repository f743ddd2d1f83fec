"""Changed copies of training pictures, as published (thesis, section III-A, after figure 10).

Made by Keras layers inside tf.data, on the training batches alone: give the result of
:func:`published_augmentation` to ``helpers.images.make_dataset(..., augment=...)``.
"""

import math

import keras
from keras import layers

BRIGHTNESS = (0.5, 1.0)
SHEAR_DEGREES = 0.2
ZOOM = 0.1


def published_augmentation(seed: int) -> keras.Sequential:
    """Return the published changes, drawn anew for every picture.

    Brightness times 0.5 to 1, shear by up to 0.2 degrees, height and width zoomed by up to 10 %
    each on its own, mirrored in half the cases; borders repeat the nearest pixel. Keras's old
    generator, which the thesis used, takes the shear in degrees: 0.2 of them move no part of a
    picture of 128 pixels by more than half a pixel.

    Parameters
    ----------
    seed : int
        The same seed gives the same changes, batch by batch.

    Returns
    -------
    keras.Sequential
        float32 (batch, height, width, channels) on the 0-255 scale -> the same.
    """
    options = {"fill_mode": "nearest"}
    return keras.Sequential(
        [
            layers.RandomFlip("horizontal", seed=seed),
            layers.RandomShear(
                x_factor=math.tan(math.radians(SHEAR_DEGREES)), seed=seed + 1, **options
            ),
            layers.RandomZoom((-ZOOM, ZOOM), (-ZOOM, ZOOM), seed=seed + 2, **options),
            RandomDimming(*BRIGHTNESS, seed=seed + 3),
        ],
        name="published_augmentation",
    )


class RandomDimming(layers.Layer):
    """Multiply each picture by one factor, as the old generator's ``brightness_range`` did.

    Keras's own ``RandomBrightness`` adds a constant, which is another change: it lifts shadows.
    """

    def __init__(self, lowest: float, highest: float, seed: int, **options):
        super().__init__(**options)
        self.lowest, self.highest = lowest, highest
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, pictures, training=True):
        """Return the pictures, each times its factor; unchanged when not training."""
        if not training:
            return pictures
        shape = (keras.ops.shape(pictures)[0], 1, 1, 1)
        return pictures * keras.random.uniform(
            shape, self.lowest, self.highest, seed=self.generator
        )
