"""The small network trained again: from scratch, from another's weights, and the one of 01."""

import time
from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers import results
from helpers.corpora.manifest import COLUMNS
from helpers.emotions import EMOTIONS_WITHOUT_SURPRISE
from helpers.evaluation import score
from helpers.small_cnn import SMALL_RECIPES, network_of_01, train_small_cnn
from helpers.training import predict

QUICK = replace(SMALL_RECIPES["default"], size=16, epochs=6, patience=6)
PIXELS = np.random.default_rng(0).integers(0, 256, (30, 16, 16, 1), dtype=np.uint8)
PIXELS[10:20] //= 2
PIXELS[20:] //= 8
LABELS = np.repeat([0, 1, 2], 10)
FITTING, CHOOSING = np.arange(0, 30, 2), np.arange(1, 30, 2)


def test_it_learns_and_is_seeded():
    model, history = train_small_cnn(PIXELS, LABELS, FITTING, CHOOSING, 3, QUICK, seed=1)
    assert history["accuracy"].iloc[-1] > 0.6
    again, _ = train_small_cnn(PIXELS, LABELS, FITTING, CHOOSING, 3, QUICK, seed=1)
    assert np.array_equal(predict(model, PIXELS, CHOOSING), predict(again, PIXELS, CHOOSING))


def test_it_starts_from_another_networks_weights_and_leaves_them():
    start, _ = train_small_cnn(PIXELS, LABELS, FITTING, CHOOSING, 3, QUICK, seed=1)
    before = start.get_weights()
    still = replace(QUICK, learning_rate=0.0, epochs=1)
    continued, _ = train_small_cnn(PIXELS, LABELS, FITTING, CHOOSING, 3, still, 2, start=start)
    for name in ("conv2d", "dense"):
        old, new = (
            next(layer for layer in model.layers if layer.name.startswith(name)).get_weights()
            for model in (start, continued)
        )
        assert all(map(np.array_equal, old, new))
    moved, _ = train_small_cnn(PIXELS, LABELS, FITTING, CHOOSING, 3, QUICK, 2, start=start)
    assert not np.array_equal(moved.get_weights()[0], before[0])
    assert all(map(np.array_equal, before, start.get_weights()))


def test_weights_of_classes_change_what_is_learned():
    labels = np.array([0] * 12 + [1] * 3)
    rows = np.arange(15)
    plain, _ = train_small_cnn(PIXELS, labels, rows, rows, 2, QUICK, seed=1)
    weighed, _ = train_small_cnn(PIXELS, labels, rows, rows, 2, QUICK, 1, weigh_classes=True)
    assert not np.array_equal(predict(plain, PIXELS, rows), predict(weighed, PIXELS, rows))


@pytest.fixture
def faces(tmp_path):
    rows = []
    for number in range(24):
        path = tmp_path / f"{number}.png"
        Image.fromarray(PIXELS[number, ..., 0]).save(path)
        emotion = EMOTIONS_WITHOUT_SURPRISE[number % 6]
        rows.append((str(number), str(path), emotion, ["train", "test"][number // 12], "a", ""))
    return pd.DataFrame(rows, columns=COLUMNS)


def test_the_network_of_01_is_taken_if_it_was_made_this_way(faces, tmp_path):
    root = str(tmp_path / "results")
    model, origin = network_of_01(faces, "demo", root, QUICK, seed=3)
    assert "trained now" in origin and model.output.shape[1] == 6

    line = results.experiment("small CNN", "thesis", "test", score([0, 1], [0, 0], ["a", "b"]))
    folder = results.save_run(
        "01_faces_baseline", corpus="demo", settings=asdict(QUICK) | {"seed": 3},
        experiments=[line], manifests=[faces], started=time.time(), root=root,
    )  # fmt: skip
    _, origin = network_of_01(faces, "demo", root, QUICK, seed=3)
    assert "trained now" in origin, "there is no model.keras yet"
    model.save(folder / "model.keras")
    again, origin = network_of_01(faces, "demo", root, QUICK, seed=3)
    assert "notebook 01 trained" in origin
    assert all(map(np.array_equal, model.get_weights(), again.get_weights()))

    others = [
        (faces.iloc[1:], QUICK, 3),
        (faces, QUICK, 4),
        (faces, replace(QUICK, epochs=5), 3),
    ]
    for manifest, recipe, seed in others:
        assert "trained now" in network_of_01(manifest, "demo", root, recipe, seed)[1]
