"""From a manifest of pictures to pixels on disk, and from arrays to batches with tf.data.

Pictures are decoded once, in parallel, into one array on disk (``helpers.cache``); training maps
that array, so no corpus is ever held in memory.
"""

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from PIL import Image

from helpers.corpora import exclusions, load_role
from helpers.corpora.subset import subset
from helpers.decoding.pictures import read_picture
from helpers.emotions import class_indices
from helpers.features.media import compute_stack_of_rows
from helpers.paths import DRAWN
from helpers.runtime import import_tensorflow


@dataclass(frozen=True)
class Stills:
    """Stills of films: ``pixels`` (n, size, size, 3), ``manifest`` and ``labels`` (n,)."""

    pixels: np.ndarray
    manifest: pd.DataFrame
    labels: np.ndarray


def load_stills(
    corpus: str, data_root: str, size: int, *, samples: int = 0, seed: int = 0
) -> Stills:
    """Return the stills of a corpus without those on its list of exclusions.

    They and those that cannot be read stay in the manifest with their problem. Of a part of the
    corpus (``samples``, ``seed``: ``corpora.subset``) only what is usable is there.

    Raises
    ------
    CorpusError
        If the corpus has no stills.
    """
    manifest = load_role("wild_faces", corpus, data_root)
    names_file = exclusions.find_exclusions("", manifest)
    if names_file:
        manifest, _ = exclusions.exclude(manifest, exclusions.read_exclusions(names_file))
    manifest = subset(manifest, samples, seed)
    pixels, manifest = decode(manifest, (size, size), channels=3)
    return Stills(pixels, manifest, class_indices(manifest["emotion"]))


def picture_size(corpus: str, epochs: int) -> int:
    """Return the side of the stills in pixels: 128 as published, less where that is enough.

    48 for ``open``, since FER2013's pictures have no more; 56 for the demo corpus, and for a quick
    look (``EPOCHS``) at larger ones.
    """
    size = {DRAWN: 56, "open": 48}.get(corpus, 128)
    return min(size, 56) if epochs else size


def decode(
    manifest: pd.DataFrame, size: tuple[int, int], channels: int = 3
) -> tuple[np.ndarray, pd.DataFrame]:
    """Decode the pictures of a manifest (n rows) to one size, (height, width) in pixels.

    Returns
    -------
    pixels : uint8 array (n, height, width, channels)
        Mapped from disk, read-only, row for row with the manifest.
    manifest : DataFrame
        A copy in which ``problem`` says why a picture could not be read; its pixels are zero.

    Raises
    ------
    ValueError
        If not one picture could be read.
    """
    return compute_stack_of_rows(
        "pictures",
        manifest,
        {"size": list(size), "channels": channels},
        partial(read_picture, size=size, channels=channels),
        shape=(*size, channels),
        kind="pictures",
    )


def resize(pictures: Sequence[np.ndarray], size: tuple[int, int], channels: int = 3) -> np.ndarray:
    """Return pictures in memory as :func:`decode` returns those of files.

    uint8 (height, width, 3), n of them and of any sizes -> uint8 (n, *size, channels).
    """
    mode = "L" if channels == 1 else "RGB"
    resized = [
        Image.fromarray(picture).convert(mode).resize(size[::-1], Image.Resampling.BILINEAR)
        for picture in pictures
    ]
    return np.stack([np.asarray(picture).reshape(*size, channels) for picture in resized])


def make_dataset(
    features: np.ndarray,
    labels: np.ndarray | None,
    rows: Sequence[int],
    *,
    batch_size: int,
    shuffle: bool = False,
    seed: int = 0,
    augment: Callable | None = None,
):
    """Return batches of (features, labels) as a ``tf.data.Dataset``.

    Parameters
    ----------
    features : array (n, ...)
        In memory or mapped from disk; only the rows of a batch are read. Pictures as uint8 are
        divided by 255, as published; float features pass as they are.
    labels : int array (n,), or None for batches of features alone
    rows : ints
        In this order, unless ``shuffle`` gives a new one every epoch, drawn with ``seed``.
    augment : callable, optional
        Takes and returns a float32 batch on the features' own scale (0 to 255), as a Keras layer
        does; for training alone.

    Returns
    -------
    tf.data.Dataset of (float32 (batch, ...), int64 (batch,)), or without labels (float32,)
    """
    tf = import_tensorflow()
    rows = np.asarray(rows, dtype=np.int64)
    labels = None if labels is None else np.asarray(labels, dtype=np.int64)
    # TensorFlow never forgets a function that numpy_function was given (seen with 2.21): one must
    # not hold the features, or they stay in memory for good. The dataset holds them.
    held, dtype, shape = weakref.ref(features), features.dtype, features.shape[1:]

    def gather(batch_rows: np.ndarray) -> np.ndarray:
        return held()[batch_rows]

    def load(batch_rows):
        batch = tf.numpy_function(gather, [batch_rows], dtype)
        batch.set_shape((None, *shape))
        batch = tf.cast(batch, tf.float32)
        return (batch,) if labels is None else (batch, tf.gather(labels, batch_rows))

    dataset = tf.data.Dataset.from_tensor_slices(rows)
    dataset.features = features
    if shuffle:
        dataset = dataset.shuffle(len(rows), seed=seed, reshuffle_each_iteration=True)
    dataset = dataset.batch(batch_size)
    dataset = dataset.map(load, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    if augment is not None:
        # One batch after the other: side by side, batches would race for the next random numbers.
        dataset = dataset.map(lambda batch, *rest: (augment(batch), *rest))
    if dtype == np.uint8:
        dataset = dataset.map(lambda batch, *rest: (batch / 255.0, *rest))
    # Autotuning's thread sleeps for 10 ms, 20, 40, ... up to a minute, and an iterator's end waits
    # for it (TensorFlow 2.21): an epoch could take twice its time. There is nothing to tune here.
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.prefetch(tf.data.AUTOTUNE).with_options(options)
