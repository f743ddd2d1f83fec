"""Models 0 and 1, layer by layer, as worked out by hand from section IV-B and the thesis's code."""

import keras
import numpy as np
import pytest

from helpers.models.audio import fayek_cnn, urbansound_cnn

# 40 bands, 624 frames: each 2x2 pooling halves both. Convolution: 3 * 3 * in * out + out.
MODEL_0 = [
    ("InputLayer", (40, 624, 1), 0),
    ("Conv2D", (40, 624, 32), 3 * 3 * 1 * 32 + 32),
    ("MaxPooling2D", (20, 312, 32), 0),
    ("Dropout", (20, 312, 32), 0),
    ("Conv2D", (20, 312, 64), 3 * 3 * 32 * 64 + 64),
    ("MaxPooling2D", (10, 156, 64), 0),
    ("Dropout", (10, 156, 64), 0),
    ("Conv2D", (10, 156, 128), 3 * 3 * 64 * 128 + 128),
    ("MaxPooling2D", (5, 78, 128), 0),
    ("Dropout", (5, 78, 128), 0),
    ("Flatten", (49920,), 0),
    ("Dense", (512,), 49920 * 512 + 512),
    ("Dropout", (512,), 0),
    ("Dense", (7,), 512 * 7 + 7),
]

# The code's network, with the shapes and counts that are printed beside it.
MODEL_0_DOUBLED = [
    ("InputLayer", (64, 64, 3), 0),
    ("Conv2D", (64, 64, 32), 896),
    ("Conv2D", (62, 62, 64), 18496),
    ("MaxPooling2D", (31, 31, 64), 0),
    ("Dropout", (31, 31, 64), 0),
    ("Conv2D", (31, 31, 64), 36928),
    ("Conv2D", (29, 29, 64), 36928),
    ("MaxPooling2D", (14, 14, 64), 0),
    ("Dropout", (14, 14, 64), 0),
    ("Conv2D", (14, 14, 128), 73856),
    ("Conv2D", (12, 12, 128), 147584),
    ("MaxPooling2D", (6, 6, 128), 0),
    ("Dropout", (6, 6, 128), 0),
    ("Flatten", (4608,), 0),
    ("Dense", (512,), 2359808),
    ("Dropout", (512,), 0),
    ("Dense", (7,), 3591),
]

# Convolutions of 10x10 with stride 2, no padding: n -> (n - 10) // 2 + 1. Batch norm: 4 a channel.
MODEL_1 = [
    ("InputLayer", (40, 624, 1), 0),
    ("Conv2D", (16, 308, 16), 10 * 10 * 1 * 16 + 16),
    ("BatchNormalization", (16, 308, 16), 4 * 16),
    ("Conv2D", (4, 150, 32), 10 * 10 * 16 * 32 + 32),
    ("BatchNormalization", (4, 150, 32), 4 * 32),
    ("Flatten", (19200,), 0),
    ("Dense", (716,), 19200 * 716 + 716),
    ("BatchNormalization", (716,), 4 * 716),
    ("Dropout", (716,), 0),
    ("Dense", (716,), 716 * 716 + 716),
    ("BatchNormalization", (716,), 4 * 716),
    ("Dropout", (716,), 0),
    ("Dense", (716,), 716 * 716 + 716),
    ("BatchNormalization", (716,), 4 * 716),
    ("Dropout", (716,), 0),
    ("Dense", (7,), 716 * 7 + 7),
]


def layer_table(model):
    return [
        (type(layer).__name__, tuple(layer.output.shape[1:]), layer.count_params())
        for layer in model.layers
    ]


def test_model_0_as_in_the_text():
    model = urbansound_cnn()
    assert layer_table(model) == MODEL_0
    assert model.count_params() == 25_655_815
    assert [x.rate for x in model.layers if hasattr(x, "rate")] == [0.25, 0.5, 0.5, 0.5]


def test_model_0_as_in_the_code():
    model = urbansound_cnn((64, 64, 3), doubled=True)
    assert layer_table(model) == MODEL_0_DOUBLED
    assert model.count_params() == 2_678_087  # printed in the thesis's notebook
    assert urbansound_cnn((64, 64, 3)).count_params() == 4_291_655


def test_model_1():
    model = fayek_cnn()
    assert layer_table(model) == MODEL_1
    assert model.count_params() == sum(count for _, _, count in MODEL_1)
    activations = [x.activation.__name__ for x in model.layers if hasattr(x, "activation")]
    assert activations == ["relu", "relu", "relu", "relu", "softmax", "softmax"]
    penalties = [x.kernel_regularizer for x in model.layers if isinstance(x, keras.layers.Conv2D)]
    assert [float(penalty.l2) for penalty in penalties] == pytest.approx([0.01, 0.01])
    assert {x.rate for x in model.layers if isinstance(x, keras.layers.Dropout)} == {0.5}


@pytest.mark.parametrize("build", [urbansound_cnn, fayek_cnn])
@pytest.mark.parametrize("shape", [(40, 100, 1), (64, 64, 3)])
def test_they_are_uncompiled_and_give_probabilities(build, shape):
    model = build(shape, 10)
    assert not model.compiled
    probabilities = model(np.random.default_rng(0).random((5, *shape), np.float32)).numpy()
    assert probabilities.shape == (5, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_the_smallest_spectrograms():
    urbansound_cnn((8, 8, 1), 2)
    urbansound_cnn((22, 22, 1), 2, doubled=True)
    fayek_cnn((28, 28, 1), 2)
    for build, options, size in [
        (urbansound_cnn, {}, 7),
        (urbansound_cnn, {"doubled": True}, 21),
        (fayek_cnn, {}, 27),
    ]:
        with pytest.raises(ValueError, match=f"got {size}x40"):
            build((size, 40, 1), 2, **options)
