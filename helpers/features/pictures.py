"""From a manifest of pictures to pixels on disk, and from arrays to batches with tf.data.

Pictures are decoded once, in parallel, into one array on disk (``helpers.cache``); training maps
that array, so no corpus is ever held in memory.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd

from helpers.cache import compute_stack
from helpers.decoding.pictures import read_picture
from helpers.runtime import import_tensorflow


def decode(
    manifest: pd.DataFrame, size: tuple[int, int], channels: int = 3
) -> tuple[np.ndarray, pd.DataFrame]:
    """Decode the pictures of a manifest to one size.

    Parameters
    ----------
    manifest : DataFrame with n rows
    size : (height, width) in pixels
    channels : int
        1 for grey, 3 for RGB.

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
    pixels, problems = compute_stack(
        "pictures",
        manifest["path"].tolist(),
        {"size": list(size), "channels": channels},
        partial(read_picture, size=size, channels=channels),
        shape=(*size, channels),
        dtype="uint8",
    )
    manifest = manifest.copy()
    unreadable = pd.Series(problems, index=manifest.index, dtype=object)
    manifest["problem"] = manifest["problem"].where(manifest["problem"] != "", unreadable)
    if (manifest["problem"] != "").all():
        raise ValueError(
            f"None of the {len(manifest)} pictures could be read; the first one: "
            f"{manifest['path'].iloc[0]}: {manifest['problem'].iloc[0]}."
        )
    return pixels, manifest


def make_dataset(
    features: np.ndarray,
    labels: np.ndarray,
    rows: Sequence[int],
    *,
    batch_size: int,
    shuffle: bool = False,
    seed: int = 0,
    augment: Callable | None = None,
    preprocess: Callable | None = None,
):
    """Return batches of (features, labels) as a ``tf.data.Dataset``.

    Parameters
    ----------
    features : array (n, ...)
        In memory or mapped from disk; only the rows of a batch are read.
    labels : int array (n,)
    rows : ints
        The rows to take, in this order unless ``shuffle``.
    batch_size : int
    shuffle : bool
        A new order every epoch, given by ``seed``.
    augment : callable, optional
        Takes and returns a float32 batch on the 0-255 scale, as a Keras layer does; for training
        alone.
    preprocess : callable, optional
        Takes and returns a float32 batch. Without it uint8 features are divided by 255, as
        published, and float features pass as they are.

    Returns
    -------
    tf.data.Dataset of (float32 (batch, ...), int64 (batch,))
    """
    tf = import_tensorflow()
    rows = np.asarray(rows, dtype=np.int64)
    labels = np.asarray(labels, dtype=np.int64)
    if preprocess is None and features.dtype == np.uint8:
        preprocess = _to_unit_range

    def gather(batch_rows: np.ndarray) -> np.ndarray:
        return features[batch_rows]

    def load(batch_rows):
        batch = tf.numpy_function(gather, [batch_rows], features.dtype)
        batch.set_shape((None, *features.shape[1:]))
        return tf.cast(batch, tf.float32), tf.gather(labels, batch_rows)

    dataset = tf.data.Dataset.from_tensor_slices(rows)
    if shuffle:
        dataset = dataset.shuffle(len(rows), seed=seed, reshuffle_each_iteration=True)
    dataset = dataset.batch(batch_size)
    dataset = dataset.map(load, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
    if augment is not None:
        # One batch after the other: side by side, batches would race for the next random numbers.
        dataset = dataset.map(lambda batch, batch_labels: (augment(batch), batch_labels))
    if preprocess is not None:
        dataset = dataset.map(lambda batch, batch_labels: (preprocess(batch), batch_labels))
    # Autotuning's thread sleeps for 10 ms, 20, 40, ... up to a minute, and an iterator's end waits
    # for it (TensorFlow 2.21): an epoch could take twice its time. There is nothing to tune here.
    options = tf.data.Options()
    options.autotune.enabled = False
    return dataset.prefetch(tf.data.AUTOTUNE).with_options(options)


def _to_unit_range(batch):
    return batch / 255.0
