"""Many runs of the thesis's small network at once, each with its own seed.

One run shows little: each draws its own start, order and dropout. All runs are therefore trained
side by side, as one model whose weights have a leading axis for the run. Nothing passes between
runs, and each draws from its own generator, so a run is the same alone and among others.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from helpers.runtime import import_tensorflow


class DenseRuns(NamedTuple):
    """What became of r runs.

    Attributes
    ----------
    probabilities : float32 array (epochs, r, m, k)
        For the m test clips, after each epoch.
    loss : float array (epochs, r)
        Mean cross-entropy over the training clips, as Keras reports it.
    """

    probabilities: np.ndarray
    loss: np.ndarray


def train_runs(
    features: np.ndarray,
    labels: np.ndarray,
    test_features: np.ndarray,
    seeds: Sequence[int],
    *,
    epochs: int = 50,
    batch_size: int = 8,
    dropout: float = 0.25,
    learning_rate: float = 1e-3,
) -> DenseRuns:
    """Train ``helpers.models.fusion.fusion_dense`` once for every seed, as published (section V).

    Dense 28 relu, dropout, Dense k softmax; RMSprop; the last, smaller batch of an epoch counts.
    Features are (n, f) and (m, f), labels (n,) integers from 0; there are f / 2 classes.
    """
    features = np.asarray(features, dtype=np.float32)
    test_features = np.asarray(test_features, dtype=np.float32)
    generators = [np.random.default_rng(seed) for seed in seeds]
    sizes = [features.shape[1], 28, features.shape[1] // 2]
    weights = []
    for inputs, outputs in pairwise(sizes):
        start = [_glorot(generator, inputs, outputs) for generator in generators]
        weights += [np.stack(start), np.zeros((len(seeds), 1, outputs))]
    of_epochs = (
        [_epoch(generator, len(features), sizes[1], dropout) for generator in generators]
        for _ in range(epochs)
    )
    draws = (tuple(map(np.stack, zip(*of_runs, strict=True))) for of_runs in of_epochs)
    return train_from(weights, draws, features, labels, test_features, batch_size, learning_rate)


def train_from(
    weights: Sequence[np.ndarray],
    draws: Iterable[tuple[np.ndarray, np.ndarray]],
    features: np.ndarray,
    labels: np.ndarray,
    test_features: np.ndarray,
    batch_size: int,
    learning_rate: float,
) -> DenseRuns:
    """Train from given weights with given draws, as :func:`train_runs` does with seeded ones.

    Parameters
    ----------
    weights : four arrays (r, f, 28), (r, 1, 28), (r, 28, k), (r, 1, k)
    draws : iterable of (order, kept), one per epoch
        ``order`` (r, n) is the order of the training clips; ``kept`` (r, n, 28) is what dropout
        multiplies the hidden values with.
    """
    tf = import_tensorflow()
    import keras

    weights = [keras.Variable(value, dtype="float32") for value in weights]
    optimizer = keras.optimizers.RMSprop(learning_rate)
    optimizer.build(weights)
    features, labels = tf.constant(features), tf.constant(labels, tf.int32)

    def logits(inputs, kept=1.0):
        hidden = tf.nn.relu(inputs @ weights[0].value + weights[1].value) * kept
        return hidden @ weights[2].value + weights[3].value

    @tf.function
    def train_epoch(order, kept):
        total = tf.zeros(tf.shape(order)[0])
        for start in tf.range(0, tf.shape(order)[1], batch_size):
            rows = order[:, start : start + batch_size]  # (r, batch)
            with tf.GradientTape() as tape:
                losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                    tf.gather(labels, rows),
                    logits(tf.gather(features, rows), kept[:, start : start + batch_size]),
                )  # (r, batch)
                # A run's gradient is that of its own mean: the sum over runs keeps them apart.
                loss = tf.reduce_sum(tf.reduce_mean(losses, axis=1))
            gradients = tape.gradient(loss, [variable.value for variable in weights])
            optimizer.apply(gradients)
            total += tf.reduce_sum(losses, axis=1)
        return total / tf.cast(tf.shape(order)[1], tf.float32)

    probabilities, loss = [], []
    for order, kept in draws:
        loss.append(train_epoch(tf.constant(order, tf.int32), tf.constant(kept, tf.float32)))
        probabilities.append(tf.nn.softmax(logits(tf.constant(test_features)[None])).numpy())
    return DenseRuns(np.stack(probabilities), np.stack(loss))


def _glorot(generator: np.random.Generator, inputs: int, outputs: int) -> np.ndarray:
    limit = np.sqrt(6 / (inputs + outputs))  # Keras's default start (Glorot and Bengio, 2010)
    return generator.uniform(-limit, limit, (inputs, outputs))


def _epoch(
    generator: np.random.Generator, n: int, hidden: int, dropout: float
) -> tuple[np.ndarray, np.ndarray]:
    kept = (generator.random((n, hidden), dtype=np.float32) >= dropout) / (1 - dropout)
    return generator.permutation(n), kept
