"""Faces and clips: batched scoring, cached blocks of VGG16, the augmented pipeline, frames."""

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS
from helpers.runtime import import_tensorflow, set_seeds
from helpers.series.benchmark.measure import Row, Way, first_and_again

_SIZE = (64, 64, 3)
_PICTURES = 128


def batched_scoring(folder: Path) -> tuple[Way, Way]:
    """Score stills with one predict call each, and all at once."""
    import_tensorflow()  # first, as the notebooks do: what it sets makes a difference
    from helpers.models.training import predict

    model, pixels, _ = _network(unfrozen_blocks=2)
    rows = np.arange(_PICTURES)

    def plain() -> np.ndarray:
        pictures = (picture[None] / np.float32(255) for picture in pixels)
        return np.concatenate([model.predict(picture, verbose=0) for picture in pictures])

    return plain, lambda: predict(model, pixels, rows)


def cached_head(folder: Path) -> tuple[Way, Way]:
    """Train the head on VGG16 for an epoch: the whole network, and what is not frozen."""
    return _whole_and_cached(unfrozen_blocks=0)


def cached_blocks(folder: Path) -> tuple[Way, Way]:
    """Train the last two blocks and the head in the same two ways."""
    return _whole_and_cached(unfrozen_blocks=2)


def _whole_and_cached(unfrozen_blocks: int) -> tuple[Way, Way]:
    import_tensorflow()
    from helpers.features.pictures import make_dataset
    from helpers.models.transfer import frozen_outputs, split_at_frozen

    model, pixels, labels = _network(unfrozen_blocks)
    base, top = split_at_frozen(model)
    features = frozen_outputs(base, pixels)
    whole_batches = make_dataset(pixels, labels, range(_PICTURES), batch_size=16)
    top_batches = make_dataset(features, labels, range(_PICTURES), batch_size=16)
    for network in (model, top):
        network.compile("sgd", "sparse_categorical_crossentropy")

    return lambda: model.fit(whole_batches, verbose=0), lambda: top.fit(top_batches, verbose=0)


def fused_adam(folder: Path) -> tuple[Way, Way]:
    """Train the small CNN for an epoch with Keras's Adam, and with one operation an array."""
    import_tensorflow()
    import keras

    from helpers.features.pictures import make_dataset
    from helpers.models.fused_adam import FusedAdam
    from helpers.models.static_cnn import static_cnn

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (_PICTURES, 64, 64, 1), dtype=np.uint8)
    batches = make_dataset(pixels, np.arange(_PICTURES) % 7, range(_PICTURES), batch_size=8)

    def train_with(optimizer: keras.Optimizer) -> Way:
        model = static_cnn((64, 64, 1), 7)
        model.compile(optimizer, "sparse_categorical_crossentropy")
        return lambda: model.fit(batches, verbose=0)

    return train_with(keras.optimizers.Adam(1e-3)), train_with(FusedAdam(1e-3))


def augmentation(folder: Path) -> tuple[Way, Way]:
    """Change pictures as published: with three of Keras's layers in a row, and all at once."""
    import_tensorflow()
    import keras
    from keras import layers

    from helpers.features import augmentation as ours
    from helpers.features.pictures import make_dataset

    zoom = (-ours.ZOOM, ours.ZOOM)
    in_a_row = keras.Sequential(
        [
            layers.RandomFlip("horizontal", seed=0),
            layers.RandomShear(x_factor=0.0035, fill_mode="nearest", seed=1),
            layers.RandomZoom(zoom, zoom, fill_mode="nearest", seed=2),
            ours.RandomDimming(*ours.BRIGHTNESS, seed=3),
        ]
    )
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (1024, *_SIZE), dtype=np.uint8)
    labels = np.zeros(len(pixels))

    def run_through(augment: keras.Sequential) -> Way:
        batches = make_dataset(pixels, labels, range(1024), batch_size=16, augment=augment)
        return lambda: [len(pictures) for pictures, _ in batches]

    return run_through(in_a_row), run_through(ours.published_augmentation(0))


def augmented_pipeline(folder: Path) -> tuple[Way, Way]:
    """Train VGG16 for an epoch from arrays that are ready, and from the augmented pipeline."""
    import_tensorflow()
    from helpers.features.augmentation import published_augmentation
    from helpers.features.pictures import make_dataset

    model, pixels, labels = _network(unfrozen_blocks=2)
    model.compile("sgd", "sparse_categorical_crossentropy")
    rows = range(_PICTURES)
    ready = make_dataset(pixels / np.float32(255), labels, rows, batch_size=16)
    path = folder / "pixels.npy"
    np.save(path, pixels)
    mapped = np.load(path, mmap_mode="r")
    batches = make_dataset(
        mapped, labels, rows, batch_size=16, shuffle=True, augment=published_augmentation(0)
    )

    return lambda: model.fit(ready, verbose=0), lambda: model.fit(batches, verbose=0)


def late_fusion(folder: Path) -> tuple[Way, Way]:
    """Take the mean of 8000 frames of 800 clips, clip by clip, and at once."""
    from helpers.fusion.frames import aggregate_clips

    rng = np.random.default_rng(0)
    scores = rng.dirichlet(np.ones(len(EMOTIONS)), 8000)
    clip_ids = np.array([f"{number:09}" for number in rng.integers(0, 800, 8000)])

    def plain() -> dict:
        return {clip: scores[clip_ids == clip].mean(axis=0) for clip in np.unique(clip_ids)}

    return plain, lambda: aggregate_clips(scores, clip_ids)


def frames_again(folder: Path) -> tuple[Way, Way]:
    """Read frames of clips with an empty cache, and once more."""
    import cv2

    from helpers.features.media import read_frames

    paths = [folder / f"{index}.avi" for index in range(8)]
    rng = np.random.default_rng(0)
    for path in paths:
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25, (720, 576))
        for level in rng.integers(0, 256, 50):
            writer.write(np.full((576, 720, 3), level, np.uint8))
        writer.release()
    manifest = pd.DataFrame({"path": list(map(str, paths)), "problem": ""})

    def read() -> list:
        results, _ = read_frames(manifest, frames_per_clip=8, size=(64, 64))
        return [result.load() for result in results]

    return first_and_again(read)


def _network(unfrozen_blocks: int):
    """Return VGG16 without pretrained weights, pictures and labels."""
    from helpers.models.vgg16 import vgg16_classifier

    set_seeds(0)
    rng = np.random.default_rng(0)
    model = vgg16_classifier(_SIZE, len(EMOTIONS), weights="none", unfrozen_blocks=unfrozen_blocks)
    pixels = rng.integers(0, 256, (_PICTURES, *_SIZE), dtype=np.uint8)
    return model, pixels, rng.integers(0, len(EMOTIONS), _PICTURES)


ROWS = [
    Row("VGG16 scores: one predict a picture / in batches", batched_scoring, 3),
    Row("VGG16, an epoch of the head: whole / cached blocks", cached_head, 5),
    Row("VGG16, an epoch of two blocks: whole / cached blocks", cached_blocks, 1.5),
    Row("small CNN, an epoch: Adam of Keras / fused", fused_adam, 1.2),
    Row("augmentation: three layers of Keras / one resampling", augmentation, 1.5),
    Row("VGG16, an epoch: ready arrays / augmented pipeline", augmented_pipeline, 0.95),
    Row("mean of 8000 frames: clip by clip / at once", late_fusion, 5),
    Row("frames of 8 clips: first time / from the cache", frames_again, 20),
]
