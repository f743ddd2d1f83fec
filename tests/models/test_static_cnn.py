"""The static CNN, layer by layer, as worked out by hand from section III-A of the thesis."""

import numpy as np
import pytest

from helpers.models.static_cnn import static_cnn

# (type, output shape without the batch, parameters), from the text's list of layers.
# Convolution: 3 * 3 * channels in * filters + filters. Batch normalisation: 4 a channel.
# 128 -> 126 (valid 3x3) -> 63 (pooled) -> 61 (valid 3x3) -> 30 (pooled, the odd row is dropped).
BY_HAND = [
    ("InputLayer", (128, 128, 1), 0),
    ("Conv2D", (126, 126, 32), 3 * 3 * 1 * 32 + 32),
    ("MaxPooling2D", (63, 63, 32), 0),
    ("BatchNormalization", (63, 63, 32), 4 * 32),
    ("Dropout", (63, 63, 32), 0),
    ("Conv2D", (61, 61, 64), 3 * 3 * 32 * 64 + 64),
    ("BatchNormalization", (61, 61, 64), 4 * 64),
    ("Dropout", (61, 61, 64), 0),
    ("MaxPooling2D", (30, 30, 64), 0),
    ("Flatten", (57600,), 0),
    ("Dense", (512,), 57600 * 512 + 512),
    ("Dense", (6,), 512 * 6 + 6),
]


def test_layers_are_the_published_ones():
    model = static_cnn()
    found = [
        (type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params())
        for layer in model.layers
    ]
    assert found == BY_HAND
    assert model.count_params() == 29_513_990
    # The two running statistics of each batch normalisation are not trained.
    trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert trained == 29_513_990 - 2 * 32 - 2 * 64


def test_dropout_rates_and_activations():
    def rates(**options):
        layers = static_cnn(**options).layers
        return [layer.rate for layer in layers if type(layer).__name__ == "Dropout"]

    layers = static_cnn().layers
    assert rates() == [0.25, 0.5] and rates(dropout=0.2) == [0.1, 0.2]
    activations = [layer.activation.__name__ for layer in layers if hasattr(layer, "activation")]
    assert activations == ["relu", "relu", "relu", "softmax"]
    assert all(layer.padding == "valid" for layer in layers if type(layer).__name__ == "Conv2D")


def test_it_is_uncompiled_and_gives_probabilities():
    model = static_cnn((32, 24, 3), classes=7)
    assert not model.compiled
    probabilities = model(np.random.default_rng(0).random((5, 32, 24, 3), np.float32)).numpy()
    assert probabilities.shape == (5, 7)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize(("shape", "classes"), [((9, 32, 1), 6), ((32, 32, 1), 1)])
def test_impossible_settings_are_named(shape, classes):
    with pytest.raises(ValueError, match="at least 10x10 pixels and at least 2 classes"):
        static_cnn(shape, classes)
