"""The one recipe: cached frozen blocks change nothing but time; networks know their origin."""

from dataclasses import asdict, replace

import keras
import numpy as np
import pytest

from helpers.models import transfer
from helpers.models.saved import load_model, save_model
from helpers.models.training import predict
from helpers.models.transfer import Recipe, frozen_outputs, split_at_frozen, train_vgg16
from helpers.models.vgg16 import vgg16_classifier

QUICK = Recipe(
    weights="hed", unfrozen_blocks=1, dense_units=8, dropout=0.0, epochs=2, patience=None,
    learning_rate=1e-3, cosine_decay=False, batch_size=8,
)  # fmt: skip


@pytest.fixture(scope="module")
def pixels():
    """Twenty-four pictures of noise, darker or brighter by class."""
    rng = np.random.default_rng(0)
    return (rng.random((24, 32, 32, 3)) * np.linspace(90, 255, 24)[:, None, None, None]).astype(
        np.uint8
    )


LABELS = np.repeat([0, 1, 2], 8)
FITTING, CHOOSING = np.arange(0, 24, 2), np.arange(1, 24, 2)


@pytest.mark.parametrize("preprocessing", ["unit_range", "imagenet_mean"])
@pytest.mark.parametrize(("blocks", "unfrozen"), [(5, 0), (5, 2), (5, 4), (3, 1)])
def test_base_and_top_are_the_model(pixels, blocks, unfrozen, preprocessing):
    keras.utils.set_random_seed(0)  # of the head
    model = vgg16_classifier(
        (32, 32, 3), 3, weights="hed", blocks=blocks, unfrozen_blocks=unfrozen,
        preprocessing=preprocessing,
    )  # fmt: skip
    base, top = split_at_frozen(model)
    assert not any(layer.trainable_weights for layer in base.layers)
    features = frozen_outputs(base, pixels)
    in_two = top.predict(features, verbose=0)
    in_one = predict(model, pixels, np.arange(24))
    np.testing.assert_allclose(in_two, in_one, atol=1e-5)  # rounded 3 to 13 layers in a row


def test_nothing_trained_cannot_be_cut():
    model = vgg16_classifier((32, 32, 3), 3, weights="none")
    model.trainable = False
    with pytest.raises(ValueError, match="no layer that is trained"):
        split_at_frozen(model)


def test_frozen_outputs_are_computed_once_and_never_another_networks(pixels, monkeypatch, tmp_path):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path))  # nothing is kept yet
    model = vgg16_classifier((32, 32, 3), 3, weights="none")
    base, _ = split_at_frozen(model)
    first = frozen_outputs(base, pixels)
    computed = []
    monkeypatch.setattr(transfer.training, "predict", lambda *a: computed.append(a) or 0)
    assert np.array_equal(frozen_outputs(base, pixels), first) and not computed
    changed = pixels.copy()
    changed[3, 4, 5, 0] ^= 1
    frozen_outputs(base, changed)
    assert len(computed) == 1
    layer = base.get_layer("block2_conv1")
    layer.set_weights([weights + 1e-3 for weights in layer.get_weights()])
    frozen_outputs(base, pixels)
    assert len(computed) == 2
    other, _ = split_at_frozen(vgg16_classifier((32, 32, 3), 3, weights="none", unfrozen_blocks=3))
    frozen_outputs(other, pixels)
    assert len(computed) == 3


def test_further_blocks_go_on_from_the_kept_outputs_of_fewer(pixels, monkeypatch, tmp_path):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path))  # nothing is kept yet
    fewer, _ = split_at_frozen(vgg16_classifier((32, 32, 3), 3, weights="hed", unfrozen_blocks=3))
    more, _ = split_at_frozen(vgg16_classifier((32, 32, 3), 3, weights="hed", unfrozen_blocks=1))
    kept, seen = frozen_outputs(fewer, pixels), []

    def spy(model, features, rows):
        seen.append(features)
        return predict(model, features, rows)

    monkeypatch.setattr(transfer.training, "predict", spy)
    outputs = frozen_outputs(more, pixels)
    assert len(seen) == 1 and np.array_equal(seen[0], kept)
    expected = more.predict(pixels / np.float32(255), verbose=0)
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("unfrozen", [0, 2, 5])
def test_predictions_from_kept_outputs_are_the_networks(pixels, unfrozen):
    model = vgg16_classifier((32, 32, 3), 3, weights="hed", unfrozen_blocks=unfrozen)
    rows = np.array([3, 0, 17])
    np.testing.assert_allclose(
        transfer.predict(model, pixels, rows), predict(model, pixels, rows), atol=1e-5
    )


def test_an_interrupted_computation_leaves_nothing(pixels, monkeypatch):
    base, _ = split_at_frozen(vgg16_classifier((32, 32, 3), 3, weights="none"))

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(transfer.training, "predict", interrupt)
        with pytest.raises(KeyboardInterrupt):
            frozen_outputs(base, pixels)
    expected = base.predict(pixels / np.float32(255), verbose=0)
    np.testing.assert_allclose(frozen_outputs(base, pixels), expected, atol=1e-5)


@pytest.mark.parametrize("cosine_decay", [False, True])
def test_training_with_cached_blocks_is_training_the_whole(pixels, cosine_decay):
    recipe = replace(QUICK, epochs=2, cosine_decay=cosine_decay)
    model, history = train_vgg16(pixels, LABELS, FITTING, CHOOSING, 3, recipe, seed=1)
    assert history["loss"].iloc[-1] < history["loss"].iloc[0]

    keras.utils.set_random_seed(1)
    whole = vgg16_classifier(
        (32, 32, 3), 3, weights="hed", unfrozen_blocks=1, dense_units=8,
        preprocessing=QUICK.preprocessing,
    )  # fmt: skip
    steps = 2 * 2  # twice twelve pictures in batches of eight
    rate = keras.optimizers.schedules.CosineDecay(1e-3, steps) if cosine_decay else 1e-3
    whole.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    from helpers.features.pictures import make_dataset

    batches = make_dataset(pixels, LABELS, FITTING, batch_size=8, shuffle=True, seed=1)
    whole.fit(batches, epochs=2, verbose=0)
    np.testing.assert_allclose(
        predict(model, pixels, CHOOSING), predict(whole, pixels, CHOOSING), atol=2e-3
    )


def test_two_stages_train_the_head_first(pixels):
    recipe = replace(QUICK, head_epochs=2, epochs=1, patience=5)
    _, history = train_vgg16(pixels, LABELS, FITTING, CHOOSING, 3, recipe, seed=1)
    assert history["stage"].tolist() == ["head", "head", "blocks"]
    assert history["epoch"].tolist() == [1, 2, 3] and history.attrs["best_epoch"] == 3
    only = replace(recipe, unfrozen_blocks=0)
    _, history = train_vgg16(pixels, LABELS, FITTING, CHOOSING, 3, only, seed=1)
    assert history["stage"].tolist() == ["blocks"]


def test_a_recipe_of_fewer_blocks_trains_the_last_of_those(pixels):
    recipe = replace(QUICK, blocks=3, epochs=1)
    model, _ = train_vgg16(pixels, LABELS, FITTING, CHOOSING, 3, recipe, seed=1)
    assert {layer.name[:6] for layer in model.layers if layer.weights} == {
        "block1", "block2", "block3", "dense", "probab",
    }  # fmt: skip
    before = vgg16_classifier((32, 32, 3), 3, weights="hed", blocks=3)
    for name, moves in (("block2_conv2", False), ("block3_conv1", True)):
        kernels = [one.get_layer(name).get_weights()[0] for one in (before, model)]
        assert np.array_equal(*kernels) != moves


def test_augmented_training_is_seeded(pixels):
    recipe = replace(QUICK, augment=True, epochs=1)
    first, again, other = (
        predict(
            train_vgg16(pixels, LABELS, FITTING, CHOOSING, 3, recipe, seed)[0], pixels, CHOOSING
        )
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.allclose(first, other, atol=1e-3)


def test_a_network_is_loaded_only_if_it_was_made_from_the_same(pixels, tmp_path):
    model = vgg16_classifier((32, 32, 3), 3, weights="none", dense_units=4)
    made_from = {"recipe": asdict(QUICK), "seed": 0}
    assert load_model(tmp_path, made_from) is None
    save_model(model, tmp_path, made_from)
    again = load_model(tmp_path, made_from)
    assert np.array_equal(predict(again, pixels, FITTING), predict(model, pixels, FITTING))
    assert load_model(tmp_path, made_from | {"seed": 1}) is None
    (tmp_path / "model.keras").write_bytes((tmp_path / "model.keras").read_bytes()[:1000])
    assert load_model(tmp_path, made_from) is None
