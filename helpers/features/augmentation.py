"""Changed copies of training pictures, made by Keras layers inside tf.data.

Of faces as published (thesis, section III-A, after figure 10); of sound by moves, level, noise and
masking (SpecAugment: Park and others, Interspeech 2019) of its spectrogram. A recipe names one of
``AUGMENTATIONS``; it is for the training batches alone.
"""

import math

import keras
from keras import layers, ops

BRIGHTNESS = (0.5, 1.0)
SHEAR_DEGREES = 0.2
ZOOM = 0.1


def published_augmentation(seed: int) -> keras.Sequential:
    """Return the published changes, drawn anew for every picture.

    Mirrored in half the cases, shear by up to 0.2 degrees, height and width zoomed by up to 10 %
    each on its own, brightness times 0.5 to 1; borders repeat the nearest pixel. Keras's old
    generator, which the thesis used, takes the shear in degrees: 0.2 of them move no part of a
    picture of 128 pixels by more than a quarter of a pixel.

    The layer takes and returns float32 (batch, height, width, channels) on the 0-255 scale; the
    same ``seed`` gives the same changes, batch by batch.
    """
    return keras.Sequential(
        [
            RandomAffine(mirror=True, shear_degrees=SHEAR_DEGREES, zoom=ZOOM, seed=seed),
            RandomDimming(*BRIGHTNESS, seed=seed + 1),
        ],
        name="published_augmentation",
    )


class RandomAffine(layers.Layer):
    """Mirror, shear and zoom each picture about its centre, in one resampling.

    So did the old generator. Keras's ``RandomFlip``, ``RandomShear`` and ``RandomZoom`` in a row
    blur a picture twice and take longer; by how much, ``python -m helpers.series.benchmark`` says.

    With ``mirror`` left and right change sides in half the cases; columns lean by up to
    ``shear_degrees`` either way; height and width are divided by 1 - ``zoom`` to 1 + ``zoom``, each
    on its own. ``shift`` moves the picture by up to these fractions of its height and width.
    """

    def __init__(
        self,
        mirror: bool = False,
        shear_degrees: float = 0.0,
        zoom: float = 0.0,
        *,
        shift: tuple[float, float] = (0.0, 0.0),
        seed: int,
        **options,
    ):
        super().__init__(**options)
        self.mirror, self.shear, self.zoom = mirror, math.tan(math.radians(shear_degrees)), zoom
        self.shift = shift
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, pictures, training=True):
        """Return the pictures, each changed in its own way; unchanged when not training."""
        if not training:
            return pictures
        shape = ops.shape(pictures)
        side, shear, width, height = ops.unstack(
            keras.random.uniform((4, shape[0]), -1, 1, seed=self.generator), 4
        )
        across = 1 + self.zoom * width
        if self.mirror:
            across = ops.where(side < 0, -across, across)
        lean, down = across * self.shear * shear, 1 + self.zoom * height
        # Where each place of the new picture is in the old one: x' = across x + lean y + ...
        x, y = ((shape[axis] - 1) / 2 for axis in (2, 1))  # the centre, which stays where it is
        none = ops.zeros_like(across)
        left, top = x - across * x - lean * y, y - down * y
        if any(self.shift):
            moved = keras.random.uniform((2, shape[0]), -1, 1, seed=self.generator)
            top += moved[0] * self.shift[0] * shape[1]
            left += moved[1] * self.shift[1] * shape[2]
        matrix = [across, lean, left, none, down, top, none, none]
        return ops.image.affine_transform(
            pictures, ops.stack(matrix, axis=1), fill_mode="nearest", data_format="channels_last"
        )


def face_moves(seed: int) -> keras.layers.Layer:
    """Return small moves of a face that was cut out: another box would have been as good.

    Mirrored in half the cases, height and width zoomed by up to a tenth each, and moved by up to a
    twelfth. Unlike the published changes it leaves the light alone, which these only take away.
    """
    return RandomAffine(mirror=True, zoom=0.1, shift=(1 / 12, 1 / 12), seed=seed)


def mirror(pictures):
    """Return pictures (batch, height, width, channels) with left and right changed.

    Unlike the others it is the same each time, for a recipe with one copy of each picture.
    """
    return ops.flip(pictures, axis=2)


class _RandomNumber(layers.Layer):
    """Draw one number for each picture, evenly from ``lowest`` to ``highest``, and apply it."""

    def __init__(self, lowest: float, highest: float, *, seed: int, **options):
        super().__init__(**options)
        self.lowest, self.highest = lowest, highest
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, pictures, training=True):
        """Return float32 (batch, height, width, channels); unchanged when not training."""
        if not training:
            return pictures
        shape = (ops.shape(pictures)[0], 1, 1, 1)
        return self.apply_numbers(
            pictures,
            keras.random.uniform(shape, self.lowest, self.highest, seed=self.generator),
        )


class RandomDimming(_RandomNumber):
    """Multiply each picture by one factor, as the old generator's ``brightness_range`` did.

    Keras's own ``RandomBrightness`` adds a constant, which is another change: it lifts shadows.
    """

    def apply_numbers(self, pictures, factors):
        """Return the pictures, each times its factor."""
        return pictures * factors


class RandomMasking(layers.Layer):
    """Hide one stretch of bands and one of time in every picture (SpecAugment, Park 2019).

    Both stretches have the value 0, a picture's darkest colour or the mean of what is normalised,
    and a random width from none to the given fraction of the side. Time runs along the second axis.
    """

    def __init__(self, bands: float = 0.2, time: float = 0.2, *, seed: int, **options):
        super().__init__(**options)
        self.bands, self.time = bands, time
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, pictures, training=True):
        """Return float32 (batch, height, width, channels); unchanged when not training."""
        if not training:
            return pictures
        batch, height, width = ops.shape(pictures)[:3]
        rows = self._kept(batch, height, self.bands)
        columns = self._kept(batch, width, self.time)
        return pictures * rows[:, :, None, None] * columns[:, None, :, None]

    def _kept(self, batch, length, fraction: float):
        """Return 1 where a side of ``length`` is kept and 0 where not, (batch, length)."""
        draws = keras.random.uniform((2, batch, 1), seed=self.generator)
        hidden = draws[0] * fraction * length
        start = draws[1] * (length - hidden)
        position = ops.cast(ops.arange(length), "float32") + 0.5
        return ops.cast((position < start) | (position >= start + hidden), "float32")


class RandomLevel(_RandomNumber):
    """Make each log spectrogram louder or softer: one number is added to all of it.

    It is in the spectrogram's own unit: decibels, or deviations once it is normalised.
    """

    def apply_numbers(self, pictures, levels):
        """Return the spectrograms, (batch, bands, windows, 1), each raised by its number."""
        return pictures + levels


class RandomNoise(layers.Layer):
    """Add normal noise to each log spectrogram, with a deviation between 0 and ``most``."""

    def __init__(self, most: float, *, seed: int, **options):
        super().__init__(**options)
        self.most = most
        self.generator = keras.random.SeedGenerator(seed)

    def call(self, spectrograms, training=True):
        """Return float32 (batch, bands, windows, 1); unchanged when not training."""
        if not training:
            return spectrograms
        shape = ops.shape(spectrograms)
        deviation = keras.random.uniform((shape[0], 1, 1, 1), 0, self.most, seed=self.generator)
        return spectrograms + deviation * keras.random.normal(shape, seed=self.generator)


def sound_moves(seed: int) -> keras.layers.Layer:
    """Return small moves of a spectrogram, as array or picture: another take, another voice.

    Time begins up to a tenth earlier or later and runs up to a tenth faster or slower (Ko and
    others, 2015); the bands are stretched as by another vocal tract (Jaitly and Hinton, 2013), and
    moved by up to a twentieth, as by another pitch.
    """
    return RandomAffine(zoom=0.1, shift=(0.05, 0.1), seed=seed)


def log_mel_augmentation(seed: int) -> keras.Sequential:
    """Return the changes of a log-mel spectrogram that is normalised to deviations.

    Small moves (:func:`sound_moves`), another level, noise, and a hidden stretch of bands and one
    of time (SpecAugment; 0, the mean, stands in them).
    """
    return keras.Sequential(
        [
            sound_moves(seed),
            RandomLevel(-0.3, 0.3, seed=seed + 1),
            RandomNoise(0.3, seed=seed + 2),
            RandomMasking(seed=seed + 3),
        ],
        name="log_mel_augmentation",
    )


AUGMENTATIONS = {
    "published": published_augmentation,
    "face moves": face_moves,
    "mirror": lambda seed: mirror,
    "masking": lambda seed: RandomMasking(seed=seed),
    "sound moves": sound_moves,
    "log-mel": log_mel_augmentation,
}
"""What a recipe's ``augment`` names; each takes a seed."""
