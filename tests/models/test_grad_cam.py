"""Grad-CAM against the formula worked out by hand, and on pictures with a known place."""

import keras
import numpy as np
import pytest
from keras import layers

from helpers.models.grad_cam import grad_cam
from helpers.models.static_cnn import static_cnn
from helpers.models.vgg16 import vgg16_classifier


@pytest.fixture(scope="module")
def small_model():
    """Convolution of one pixel, mean over all places, softmax: its gradients are known."""
    pictures = keras.Input((6, 8, 3))
    maps = layers.Conv2D(4, 1, activation="relu", name="maps")(pictures)
    x = layers.GlobalAveragePooling2D()(maps)
    model = keras.Model(pictures, layers.Dense(3, activation="softmax", name="out")(x))
    rng = np.random.default_rng(0)
    model.get_layer("maps").set_weights([rng.normal(size=(1, 1, 3, 4)), rng.normal(size=4)])
    model.get_layer("out").set_weights([rng.normal(size=(4, 3)), rng.normal(size=3)])
    return model


@pytest.mark.parametrize("trainable", [True, False])
def test_the_map_is_the_papers_equations(small_model, trainable):
    small_model.trainable = trainable
    rng = np.random.default_rng(1)
    pictures = rng.random((5, 6, 8, 3), dtype=np.float32)
    classes = np.array([0, 1, 2, 1, 0])
    kernel, bias = small_model.get_layer("maps").get_weights()
    maps = np.maximum(pictures @ kernel[0, 0] + bias, 0)  # (5, 6, 8, 4)
    dense, _ = small_model.get_layer("out").get_weights()
    probabilities = small_model.predict(pictures, verbose=0)
    # d log p_c / d A_k = (W_kc - sum over classes of p_j W_kj) / places, the same in every place.
    slopes = dense.T[classes] - probabilities @ dense.T
    expected = np.maximum((maps * slopes[:, None, None, :]).sum(-1), 0)
    highest = expected.max(axis=(1, 2), keepdims=True)
    expected = expected / np.where(highest > 0, highest, 1)
    np.testing.assert_allclose(
        grad_cam(small_model, pictures, classes, "maps"), expected, atol=1e-4
    )


def test_the_place_that_decides_lights_up():
    pictures_in = keras.Input((32, 32, 1))
    maps = layers.Conv2D(1, 3, padding="same", activation="relu", name="maps")(pictures_in)
    x = layers.Flatten()(layers.MaxPooling2D(4)(maps))
    model = keras.Model(pictures_in, layers.Dense(2, activation="softmax", name="out")(x))
    model.get_layer("maps").set_weights([np.ones((3, 3, 1, 1)) / 9, np.zeros(1)])
    model.get_layer("out").set_weights([np.tile([[0.0, 1.0]], (64, 1)), np.zeros(2)])
    picture = np.zeros((1, 32, 32, 1))
    picture[0, 20:26, 4:10] = 1
    (heat,) = grad_cam(model, picture, [1], "maps")
    assert heat.max() == 1 and heat[20:26, 4:10].min() > 0.4
    outside = heat.copy()
    outside[19:27, 3:11] = 0
    assert outside.max() == 0
    (against,) = grad_cam(model, picture, [0], "maps")
    assert (against == 0).all(), "what speaks against a class was shown"


def test_it_runs_on_the_networks_of_the_series():
    rng = np.random.default_rng(0)
    model = vgg16_classifier((48, 40, 3), 7, weights="none", preprocessing="imagenet_mean")
    heat = grad_cam(model, rng.random((3, 48, 40, 3)), np.array([0, 3, 6]))
    assert heat.shape == (3, 48, 40) and heat.min() >= 0 and heat.max() <= 1
    small = static_cnn((24, 24, 1), 6)
    names = [one.name for one in small.layers if "conv" in one.name]
    assert grad_cam(small, rng.random((1, 24, 24, 1)), [2], names[-1]).shape == (1, 24, 24)


@pytest.mark.parametrize("layer", ["block5_conv3", "out"])
def test_no_such_convolution_is_an_error_that_names_the_others(small_model, layer):
    with pytest.raises(ValueError, match=r"it has \['maps'\]"):
        grad_cam(small_model, np.zeros((1, 6, 8, 3)), [0], layer)
