"""What frozen blocks give is kept, and changes nothing but time."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from helpers.features.pictures import make_dataset
from helpers.models.training import predict, train_network
from helpers.models.transfer import from_frozen, frozen_outputs, split_at_frozen
from helpers.models.vgg16 import vgg16_classifier
from helpers.runtime.mixed_precision import dtype_policy
from tests.models.conftest import LABELS, PARTS, VGG16

VALIDATION = PARTS["validation"]


@pytest.mark.parametrize(
    ("blocks", "unfrozen", "preprocessing"),
    [
        (5, 0, "unit_range"),
        (5, 2, "imagenet_mean"),
        (5, 4, "unit_range"),
        (3, 1, "imagenet_mean"),
    ],
)
def test_base_and_top_are_the_model(colour, blocks, unfrozen, preprocessing):
    keras.utils.set_random_seed(0)  # of the head
    model = vgg16_classifier(
        (32, 32, 3), 3, weights="hed", blocks=blocks, unfrozen_blocks=unfrozen,
        preprocessing=preprocessing,
    )  # fmt: skip
    base, top = split_at_frozen(model)
    assert not any(layer.trainable_weights for layer in base.layers)
    features = frozen_outputs(base, colour)
    in_two = top.predict(features, verbose=0)
    in_one = predict(model, colour, np.arange(24))
    np.testing.assert_allclose(in_two, in_one, atol=1e-5)  # rounded 3 to 13 layers in a row


def test_nothing_trained_cannot_be_cut():
    model = vgg16_classifier((32, 32, 3), 3, weights="none")
    model.trainable = False
    with pytest.raises(ValueError, match="no layer that is trained"):
        split_at_frozen(model)


def kept_files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.npy")}


def test_frozen_outputs_are_computed_once_and_never_another_networks(colour, monkeypatch, tmp_path):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path))  # nothing is kept yet
    model = vgg16_classifier((32, 32, 3), 3, weights="none", blocks=3)
    base, _ = split_at_frozen(model)
    first = frozen_outputs(base, colour)
    before = kept_files(tmp_path)
    assert np.array_equal(frozen_outputs(base, colour), first)
    assert kept_files(tmp_path) == before and len(before) == 1
    changed = colour.copy()
    changed[3, 4, 5, 0] ^= 1
    assert not np.array_equal(frozen_outputs(base, changed), first)
    assert len(kept_files(tmp_path)) == 2
    layer = base.get_layer("block1_conv1")
    layer.set_weights([weights + 1e-3 for weights in layer.get_weights()])
    assert not np.array_equal(frozen_outputs(base, colour), first)
    assert len(kept_files(tmp_path)) == 3
    fewer = vgg16_classifier((32, 32, 3), 3, weights="none", blocks=3, unfrozen_blocks=1)
    assert frozen_outputs(split_at_frozen(fewer)[0], colour).shape != first.shape
    assert len(kept_files(tmp_path)) == 4
    with dtype_policy("mixed_float16"):
        half = vgg16_classifier((32, 32, 3), 3, weights="none", blocks=3)
    half.set_weights(model.get_weights())
    assert not np.array_equal(frozen_outputs(split_at_frozen(half)[0], colour), first)
    assert len(kept_files(tmp_path)) == 5


def test_further_blocks_go_on_from_the_kept_outputs_of_fewer(colour, monkeypatch, tmp_path):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path))  # nothing is kept yet
    fewer, more = (
        split_at_frozen(
            vgg16_classifier((32, 32, 3), 3, weights="hed", blocks=3, unfrozen_blocks=unfrozen)
        )[0]
        for unfrozen in (2, 1)
    )
    expected = more.predict(colour / np.float32(255), verbose=0)
    kept = frozen_outputs(fewer, colour)
    outputs = frozen_outputs(more, colour)
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-4)
    for path, shape in (
        (path, np.load(path, mmap_mode="r").shape) for path in kept_files(tmp_path)
    ):
        np.save(path, np.zeros(shape, np.float32)) if shape == kept.shape else path.unlink()
    assert not np.allclose(frozen_outputs(more, colour), expected), "not made from what was kept"


@pytest.mark.parametrize("unfrozen", [0, 2, 5])
def test_predictions_from_kept_outputs_are_the_networks(colour, unfrozen, monkeypatch, tmp_path):
    """Where blocks are trained too none are kept: they would be 9.5 GB for FER2013 in 03."""
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path))
    model = vgg16_classifier((32, 32, 3), 3, weights="hed", unfrozen_blocks=unfrozen)
    rows = np.array([3, 0, 17])
    np.testing.assert_allclose(
        predict(model, colour, rows, keep_frozen=True), predict(model, colour, rows), atol=1e-5
    )
    assert len(kept_files(tmp_path)) == (unfrozen == 0)


def test_an_interrupted_computation_leaves_nothing(colour, monkeypatch, tmp_path):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path))
    base, _ = split_at_frozen(vgg16_classifier((32, 32, 3), 3, weights="none", blocks=3))

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(keras.Model, "predict", interrupt)
        with pytest.raises(KeyboardInterrupt):
            frozen_outputs(base, colour)
    assert not kept_files(tmp_path)
    expected = base.predict(colour / np.float32(255), verbose=0)
    np.testing.assert_allclose(frozen_outputs(base, colour), expected, atol=1e-5)


def test_a_network_without_frozen_layers_is_asked_as_it_is(small, grey):
    model, _ = small
    assert from_frozen(model, grey) == (model, grey)


@pytest.mark.parametrize("cosine_decay", [False, True])
def test_training_with_cached_blocks_is_training_the_whole(vgg16, colour, cosine_decay):
    recipe = replace(VGG16, cosine_decay=cosine_decay)
    model, history = vgg16
    if cosine_decay:
        model, history = train_network(colour, LABELS, PARTS, 3, recipe, 1)
    assert history["loss"].iloc[-1] < history["loss"].iloc[0]

    keras.utils.set_random_seed(1)
    whole = vgg16_classifier(
        (32, 32, 3), 3, weights="hed", blocks=3, unfrozen_blocks=1, dense_units=8
    )
    steps = 2 * 2  # twice twelve pictures in batches of eight
    rate = keras.optimizers.schedules.CosineDecay(1e-4, steps) if cosine_decay else 1e-4
    whole.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    batches = make_dataset(colour, LABELS, PARTS["train"], batch_size=8, shuffle=True, seed=1)
    whole.fit(batches, epochs=2, verbose=0)
    np.testing.assert_allclose(
        predict(model, colour, VALIDATION), predict(whole, colour, VALIDATION), atol=2e-3
    )


def test_two_stages_train_the_head_first(colour):
    recipe = replace(VGG16, head_epochs=2, epochs=1, patience=5)
    _, history = train_network(colour, LABELS, PARTS, 3, recipe, 1)
    assert history["stage"].tolist() == ["head", "head", "network"]
    assert history["epoch"].tolist() == [1, 2, 3] and history.attrs["best_epoch"] == 3
    only = replace(recipe, unfrozen_blocks=0)
    _, history = train_network(colour, LABELS, PARTS, 3, only, 1)
    assert history["stage"].tolist() == ["network"]


def test_a_recipe_of_fewer_blocks_trains_the_last_of_those(vgg16):
    model, _ = vgg16
    assert {layer.name[:6] for layer in model.layers if layer.weights} == {
        "block1", "block2", "block3", "dense", "probab",
    }  # fmt: skip
    before = vgg16_classifier((32, 32, 3), 3, weights="hed", blocks=3)
    for name, moves in (("block2_conv2", False), ("block3_conv1", True)):
        kernels = [one.get_layer(name).get_weights()[0] for one in (before, model)]
        assert np.array_equal(*kernels) != moves


def test_pictures_that_augmentation_changes_have_no_kept_outputs(vgg16, colour):
    recipe = replace(VGG16, augment="published")
    model, _ = train_network(colour, LABELS, PARTS, 3, recipe, 1)
    scores, plain = (predict(one, colour, VALIDATION) for one in (model, vgg16[0]))
    assert not np.allclose(scores, plain, atol=1e-3)
