"""A network is found again if it was made from the same, and else trained anew."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.models.saved import load_model, load_or_train, origin_of, save_model
from helpers.models.training import predict
from tests.models.conftest import LABELS, PARTS, SMALL, VGG16

CLASSES = ("a", "b", "c")


@pytest.fixture
def made_from(colour):
    return colour, LABELS, PARTS, CLASSES, VGG16, 1


def test_a_network_is_loaded_only_if_it_was_made_from_the_same(vgg16, made_from, tmp_path):
    model, _ = vgg16
    origin = origin_of(*made_from)
    assert load_model(tmp_path, origin) is None
    save_model(model, tmp_path, origin)
    again = load_model(tmp_path, origin)
    rows, pictures = PARTS["validation"], made_from[0]
    assert np.array_equal(predict(again, pictures, rows), predict(model, pictures, rows))
    assert load_model(tmp_path, origin | {"seed": 2}) is None
    whole = (tmp_path / "model.keras").read_bytes()
    (tmp_path / "model.keras").write_bytes(whole[:1000])
    assert load_model(tmp_path, origin) is None
    (tmp_path / "model.keras").unlink()
    assert load_model(tmp_path, origin) is None


def test_a_network_is_trained_once_and_then_found(grey, tmp_path):
    made_from = (grey, LABELS, PARTS, CLASSES, replace(SMALL, epochs=1), 1)
    model, loaded = load_or_train(tmp_path / "thesis", *made_from)
    assert not loaded and model.output.shape[1] == len(CLASSES)
    written = (tmp_path / "thesis" / "model.keras").stat().st_mtime_ns
    again, loaded = load_or_train(tmp_path / "thesis", *made_from)
    rows = np.arange(24)
    assert loaded and (tmp_path / "thesis" / "model.keras").stat().st_mtime_ns == written
    assert np.array_equal(predict(model, grey, rows), predict(again, grey, rows))
    _, loaded = load_or_train(tmp_path / "thesis", *made_from[:-1], 2)
    assert not loaded, "another seed, another network"


def test_what_a_network_was_made_from_tells_all_others_apart(made_from):
    pictures, labels, parts, classes, recipe, seed = made_from
    changed = pictures.copy()
    changed[parts["train"][0], 0, 0, 0] ^= 1
    moved = {
        "train": parts["train"][:-1],
        "validation": np.append(parts["train"][-1], parts["validation"]),
    }
    origins = [
        origin_of(*made_from),
        origin_of(pictures, labels, parts, classes, recipe, 2),
        origin_of(pictures, labels, parts, classes, replace(recipe, epochs=1), seed),
        origin_of(changed, labels, parts, classes, recipe, seed),
        origin_of(pictures, (labels + 1) % 3, parts, classes, recipe, seed),
        origin_of(pictures, labels, moved, classes, recipe, seed),
        origin_of(pictures, labels, parts, ("a", "c", "b"), recipe, seed),
        origin_of(pictures, labels, parts | {"train": parts["train"][1:]}, classes, recipe, seed),
    ]
    assert all(one != other for n, one in enumerate(origins) for other in origins[:n])
    assert origin_of(*made_from) == origins[0]
