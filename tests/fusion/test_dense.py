"""Many runs at once are what as many runs of Keras would be."""

import numpy as np
import pytest

from helpers.fusion.dense import train_from, train_runs

N, M = 37, 11  # the last batch of an epoch is smaller


@pytest.fixture(scope="module")
def data():
    generator = np.random.default_rng(0)
    return (
        generator.dirichlet(np.ones(14), N).astype(np.float32),
        generator.integers(0, 7, N),
        generator.dirichlet(np.ones(14), M).astype(np.float32),
    )


def keras_run(data, seed, epochs, orders):
    """Train the notebook's own model with plain Keras; dropout off, order given."""
    import keras

    from helpers.models.fusion import fusion_dense

    features, labels, test_features = data
    keras.utils.set_random_seed(seed)
    built = fusion_dense()
    layers = [layer for layer in built.layers if not isinstance(layer, keras.layers.Dropout)]
    outputs = layers[0].output
    for layer in layers[1:]:
        outputs = layer(outputs)
    model = keras.Model(layers[0].output, outputs)
    start = [value.copy() for value in model.get_weights()]
    model.compile(keras.optimizers.RMSprop(1e-3), "sparse_categorical_crossentropy")
    loss, probabilities = [], []
    for epoch in range(epochs):
        order = orders[epoch]
        history = model.fit(
            features[order], labels[order], batch_size=8, shuffle=False, verbose=0
        ).history
        loss.append(history["loss"][0])
        probabilities.append(model.predict(test_features, verbose=0))
    return start, np.array(loss), np.array(probabilities)


def test_three_runs_at_once_follow_three_runs_of_keras(data):
    epochs, seeds = 6, (3, 4, 5)
    generator = np.random.default_rng(1)
    orders = [[generator.permutation(N) for _ in range(epochs)] for _ in seeds]
    runs = [keras_run(data, seed, epochs, order) for seed, order in zip(seeds, orders, strict=True)]
    weights = [np.stack(values) for values in zip(*(run[0] for run in runs), strict=True)]
    weights = [value if value.ndim == 3 else value[:, None] for value in weights]
    everything = np.ones((len(seeds), N, 28))
    draws = [(np.stack([order[e] for order in orders]), everything) for e in range(epochs)]
    ours = train_from(weights, draws, *data, batch_size=8, learning_rate=1e-3)
    for position, (_, loss, probabilities) in enumerate(runs):
        np.testing.assert_allclose(ours.loss[:, position], loss, rtol=1e-4)
        np.testing.assert_allclose(ours.probabilities[:, position], probabilities, atol=1e-4)
    assert not np.allclose(ours.loss[:, 0], ours.loss[:, 1], rtol=1e-3)


def test_the_network_has_the_published_size():
    from helpers.models.fusion import fusion_dense

    model = fusion_dense()
    assert model.count_params() == 14 * 28 + 28 + 28 * 7 + 7 == 623
    assert [layer.__class__.__name__ for layer in model.layers] == [
        "InputLayer",
        "Dense",
        "Dropout",
        "Dense",
    ]


def test_a_run_is_the_same_in_any_company_and_again(data):
    together = train_runs(*data, seeds=[7, 8, 9], epochs=3)
    alone = train_runs(*data, seeds=[8], epochs=3)
    np.testing.assert_allclose(together.probabilities[:, 1], alone.probabilities[:, 0], atol=1e-5)
    again = train_runs(*data, seeds=[7, 8, 9], epochs=3)
    np.testing.assert_allclose(again.probabilities, together.probabilities, atol=1e-6)
    assert together.probabilities.shape == (3, 3, M, 7)
    np.testing.assert_allclose(together.probabilities.sum(axis=-1), 1, atol=1e-5)


def test_runs_learn_and_dropout_makes_it_harder(data):
    without = train_runs(*data, seeds=range(10), epochs=40, dropout=0, learning_rate=1e-2).loss
    with_it = train_runs(*data, seeds=range(10), epochs=40, dropout=0.5, learning_rate=1e-2).loss
    assert np.all(without[-1] < without[0] - 0.2)
    assert with_it[-1].mean() > without[-1].mean() + 0.1
