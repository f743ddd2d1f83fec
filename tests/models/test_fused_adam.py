"""Adam in one operation takes the steps of Keras's own, and leaves no trace in a saved model."""

import keras
import numpy as np
import pytest

from helpers.features.pictures import make_dataset
from helpers.models import training
from helpers.models.fused_adam import FusedAdam, adam


def small_network():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")]
    )


def train(optimizer, jit_compile):
    rng = np.random.default_rng(0)
    model = small_network()
    model.compile(optimizer, "sparse_categorical_crossentropy", jit_compile=jit_compile)
    features = rng.normal(size=(48, 6)).astype(np.float32)
    model.fit(features, rng.integers(0, 3, 48), batch_size=4, epochs=3, shuffle=False, verbose=0)
    return model


@pytest.mark.parametrize(
    ("options", "jit_compile"),
    [
        ({}, False),
        ({"weight_decay": 0.1}, False),
        ({"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}, False),
        ({"weight_decay": 0.1, "beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3}, True),
    ],
)
def test_it_takes_the_steps_of_kerass_own(options, jit_compile):
    ours = train(FusedAdam(0.01, **options), jit_compile)
    kerass = train(keras.optimizers.Adam(0.01, **options), jit_compile)
    for one, other in zip(ours.optimizer.variables, kerass.optimizer.variables, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), atol=1e-6)
    start = small_network().get_weights()
    for before, one, other in zip(start, ours.get_weights(), kerass.get_weights(), strict=True):
        assert np.abs(one - before).max() > 0.05
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_first_step_by_hand():
    """Whatever the gradient's size, it is the learning rate, against the gradient's sign."""
    weights = keras.Variable([1.0, 1.0, 1.0])
    FusedAdam(0.1).apply([keras.ops.array([3.0, -0.2, 0.0])], [weights])
    np.testing.assert_allclose(weights.numpy(), [0.9, 1.1, 1.0], atol=1e-5)


def test_a_trained_model_is_saved_with_kerass_own(tmp_path):
    model = small_network()
    training.compile_classifier(model, "adam", 0.02)
    assert type(model.optimizer) is FusedAdam
    batches = make_dataset(np.eye(6, dtype=np.float32), np.arange(6) % 3, range(6), batch_size=2)
    training.fit(model, batches, epochs=1)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.optimizer) is keras.optimizers.Adam
    assert float(loaded.optimizer.learning_rate) == pytest.approx(0.02)
    history = training.fit(loaded, batches, epochs=30)
    assert history["loss"].iloc[-1] < history["loss"].iloc[0]


@pytest.mark.parametrize("private", ["_get_variable_index", "_momentums", "_velocities"])
def test_where_keras_names_its_parts_otherwise_its_own_adam_is_taken(monkeypatch, private):
    assert type(adam(0.02)) is FusedAdam

    class Renamed(FusedAdam):
        """As FusedAdam on a Keras that has not this part."""

        def __getattribute__(self, name):
            if name == private:
                raise AttributeError(name)
            return super().__getattribute__(name)

        def build(self, variables):
            pass

    monkeypatch.setattr("helpers.models.fused_adam.FusedAdam", Renamed)
    optimizer = adam(0.02, beta_1=0.8)
    assert type(optimizer) is keras.optimizers.Adam
    assert (float(optimizer.learning_rate), optimizer.beta_1) == (pytest.approx(0.02), 0.8)
