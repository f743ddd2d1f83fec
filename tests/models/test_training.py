import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.models import training


@settings(max_examples=30, deadline=None)
@given(st.integers(6, 30), st.integers(2, 5), st.integers(0, 5))
def test_no_group_is_on_both_sides_and_every_row_is_held_out_once(people, folds, seed):
    groups = np.repeat(np.arange(people), 4)
    labels = np.tile(np.arange(4), people)
    held = []
    for fitting, held_out in training.group_folds(labels, groups, folds, seed):
        assert not set(groups[fitting]) & set(groups[held_out])
        assert len(fitting) + len(held_out) == len(groups)
        held.extend(held_out)
    assert sorted(held) == list(range(len(groups)))


def test_about_the_fraction_asked_for_is_held_out_with_all_classes():
    groups = np.repeat(np.arange(25), 6)
    labels = np.tile(np.arange(6), 25)
    fitting, validation = training.hold_out_validation(labels, groups, 0.2, seed=3)
    assert len(validation) == 30
    assert np.bincount(labels[validation]).tolist() == [5] * 6
    again = training.hold_out_validation(labels, groups, 0.2, seed=3)
    assert (again[0] == fitting).all()


def test_too_few_groups_is_an_error_that_says_so():
    with pytest.raises(ValueError, match="5 parts need at least 5 groups.*found 2"):
        training.hold_out_validation(np.array([0, 1, 0, 1]), np.array(["a", "a", "b", "b"]))


def test_class_weights_balance_the_classes():
    labels = np.array([0] * 6 + [1] * 2)
    weights = training.class_weights(labels, 3)
    assert weights == {0: 8 / 12, 1: 2.0, 2: 0.0}
    assert sum(weights[label] for label in labels) == pytest.approx(len(labels))


def make_problem(seed=0):
    """Two separable clouds of points, and a model that can learn them."""
    import keras

    from helpers.features.pictures import make_dataset
    from helpers.runtime import set_seeds

    set_seeds(seed)
    generator = np.random.default_rng(seed)
    labels = np.arange(80) % 2
    features = generator.normal(size=(80, 3)).astype("float32") + 3 * labels[:, None]
    points = keras.Input((3,))
    model = keras.Model(points, keras.layers.Dense(2, activation="softmax")(points))
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    train = make_dataset(features, labels, range(60), batch_size=10, shuffle=True, seed=seed)
    validation = make_dataset(features, labels, range(60, 80), batch_size=10)
    return model, train, validation, features


def test_fit_learns_and_returns_one_row_an_epoch():
    model, train, validation, _ = make_problem()
    history = training.fit(model, train, validation, epochs=20)
    assert list(history) == ["epoch", "accuracy", "loss", "val_accuracy", "val_loss", "seconds"]
    assert history["epoch"].tolist() == list(range(1, 21))
    assert history["loss"].iloc[-1] < history["loss"].iloc[0]
    assert history["val_accuracy"].iloc[-1] > 0.8
    assert history.attrs["best_epoch"] == 20
    assert (history["seconds"] > 0).all()


def test_the_same_seed_gives_the_same_numbers():
    first, second = (
        training.fit(*make_problem(4)[:3], epochs=2).drop(columns="seconds") for _ in range(2)
    )
    assert first.equals(second)


@pytest.mark.parametrize("patience", [1, 50])
def test_patience_puts_the_best_epochs_weights_back(patience):
    model, train, validation, _ = make_problem()
    history = training.fit(
        model, train, validation, epochs=8, patience=patience, monitor="val_loss"
    )
    best = history.attrs["best_epoch"]
    assert history["val_loss"].iloc[best - 1] == history["val_loss"].min()
    loss, _ = model.evaluate(validation, verbose=0)
    assert loss == pytest.approx(history["val_loss"].min(), rel=1e-5)


def test_a_loss_that_is_no_number_is_an_error():
    from helpers.features.pictures import make_dataset

    model, _, _, features = make_problem()
    features[3] = np.nan
    train = make_dataset(features, np.arange(80) % 2, range(80), batch_size=10)
    with pytest.raises(FloatingPointError, match="NaN in epoch 1"):
        training.fit(model, train, epochs=2)


def test_predict_keeps_the_order_of_the_rows():
    model, _, _, features = make_problem()
    rows = np.array([5, 0, 79])
    expected = model.predict(features[rows], verbose=0)
    assert np.allclose(training.predict(model, features, rows, batch_size=2), expected, atol=1e-6)


def test_a_discarded_model_holds_no_numbers_and_others_keep_theirs():
    (model, train, _, _), (other, *_) = make_problem(), make_problem()
    training.fit(model, train, epochs=1)
    kept = other.get_weights()
    training.discard(model)
    assert sum(weight.size for weight in model.get_weights()) == 0
    for before, after in zip(kept, other.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_long_runs_report_at_most_every_ten_seconds(monkeypatch):
    model, train, _, _ = make_problem()
    ticks = iter(range(0, 10_000, 3))
    monkeypatch.setattr(training.time, "monotonic", lambda: next(ticks))
    lines = []
    training.fit(model, train, epochs=6, report=lines.append)
    assert 1 <= len(lines) < 6
    assert lines[0].startswith("epoch ")


class AlwaysSays:
    """Stands for a trained network: it gives every row the same class."""

    variables = ()

    def __init__(self, answer, classes):
        self.probabilities = np.eye(classes)[answer]

    def predict(self, batches, verbose):
        return np.stack([self.probabilities for batch, _ in batches for _ in batch])


def test_every_fold_is_scored_by_a_network_that_never_saw_it(monkeypatch):
    features = np.zeros((12, 1), np.float32)
    folds = [(np.array([3, 4, 5]), np.array([0, 1, 2])), (np.array([0, 1, 2]), np.array([3, 4, 5]))]
    fitted_on, discarded = [], []

    def train(features, labels, fitting, choosing, classes, recipe, seed, report):
        assert len(choosing) == 0  # a fold must not choose the epoch it is scored at
        assert (recipe, seed) == ("recipe", 7)
        fitted_on.append(fitting.tolist())
        return AlwaysSays(len(fitted_on) - 1, classes), None

    monkeypatch.setattr(training, "discard", discarded.append)
    scores = training.out_of_fold_scores(train, features, np.zeros(12), folds, 2, "recipe", 7)
    assert fitted_on == [[3, 4, 5], [0, 1, 2]]
    assert scores[:6].tolist() == [[1, 0]] * 3 + [[0, 1]] * 3
    assert np.isnan(scores[6:]).all()  # rows of no fold have no score rather than a wrong one
    assert len(set(map(id, discarded))) == 2  # no fold's network stays in memory
