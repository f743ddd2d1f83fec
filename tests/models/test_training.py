"""One training for every network: what it starts from, learns from, chooses by and returns."""

import weakref
from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest
import soundfile
from keras.optimizers.schedules import CosineDecay

from helpers.corpora.manifest import usable
from helpers.emotions import class_indices
from helpers.features.media import read_waveforms
from helpers.features.pictures import make_dataset
from helpers.features.spectrograms import fit_normaliser, log_mel_spectrograms
from helpers.models import training
from helpers.models.audio import fayek_cnn, urbansound_cnn
from helpers.models.recipes import Recipe, recipes_for
from helpers.models.static_cnn import static_cnn
from helpers.models.training import predict, train_network
from helpers.models.transfer import split_at_frozen
from helpers.runtime import set_seeds
from helpers.runtime.mixed_precision import fastest_policy
from tests.models.conftest import LABELS, PARTS, SMALL

STEPS = -(-len(PARTS["train"]) // 8)
"""Batches of eight in an epoch."""

ROWS = np.arange(24)
SOUND = Recipe("urbansound_cnn", "rmsprop", 1e-3, batch_size=8, epochs=4, monitor="val_loss")


def test_class_weights_balance_the_classes():
    labels = np.array([0] * 6 + [1] * 2)
    weights = training.class_weights(labels, 3)
    assert weights == {0: 8 / 12, 1: 2.0, 2: 0.0}
    assert sum(weights[label] for label in labels) == pytest.approx(len(labels))


def make_problem(seed=0):
    """Two separable clouds of points, and a model that can learn them."""
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
    model, _, _, features = make_problem()
    features[3] = np.nan
    train = make_dataset(features, np.arange(80) % 2, range(80), batch_size=10)
    with pytest.raises(FloatingPointError, match="NaN in epoch 1"):
        training.fit(model, train, epochs=2)


def test_predict_keeps_the_order_of_the_rows():
    model, _, _, features = make_problem()
    rows = np.array([5, 0, 79])
    expected = model.predict(features[rows], verbose=0)
    assert np.allclose(predict(model, features, rows), expected, atol=1e-6)
    many = np.tile(rows, 50)  # more than a batch
    assert np.allclose(predict(model, features, many), np.tile(expected, (50, 1)), atol=1e-6)


def test_a_discarded_model_holds_no_numbers_and_others_keep_theirs():
    (model, train, _, _), (other, *_) = make_problem(), make_problem()
    training.fit(model, train, epochs=1)
    kept = other.get_weights()
    training.discard(model)
    assert sum(weight.size for weight in model.get_weights()) == 0
    for before, after in zip(kept, other.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)


def test_with_a_discarded_model_go_those_that_were_discarded_before():
    model, train, _, _ = make_problem()
    training.fit(model, train, epochs=1)
    training.discard(model)
    gone = weakref.ref(model)
    del model
    training.discard(make_problem()[0])
    assert gone() is None


def test_long_runs_report_at_most_every_ten_seconds(monkeypatch):
    model, train, _, _ = make_problem()
    ticks = iter(range(0, 10_000, 3))
    monkeypatch.setattr(training.time, "monotonic", lambda: next(ticks))
    lines = []
    training.fit(model, train, epochs=20, report=lines.append)
    assert 3 <= len(lines) < 10
    assert lines[0].startswith("epoch 1/20, ") and "at most 57 s to go" in lines[0]


def test_a_run_of_seconds_reports_nothing():
    model, train, _, _ = make_problem()
    lines = []
    training.fit(model, train, epochs=3, report=lines.append)
    assert lines == []


def same_weights(*models):
    return all(map(np.array_equal, *(model.get_weights() for model in models)))


SOUNDS = recipes_for("log-mel", "published", 2)


@pytest.mark.parametrize(
    ("recipe", "build", "optimizer", "shape"),
    [
        (
            replace(SMALL, optimizer="sgd", learning_rate=1e-2, momentum=0.5, weigh_classes=True),
            lambda shape: static_cnn(shape, 3, 0.9),
            lambda: keras.optimizers.SGD(CosineDecay(1e-2, 2 * STEPS), momentum=0.5),
            (16, 16, 1),
        ),
        (
            replace(SOUNDS["Model 0"], batch_size=8),
            lambda shape: urbansound_cnn(shape, 3),
            lambda: keras.optimizers.RMSprop(1e-4),
            (16, 16, 1),
        ),
        (
            replace(SOUNDS["Model 1"], batch_size=8, batch_norm_momentum=0.8, l2=0.002),
            lambda shape: fayek_cnn(shape, 3, l2=0.002, momentum=0.8),
            lambda: keras.optimizers.RMSprop(1e-4),
            (28, 28, 1),
        ),
    ],
    ids=["small CNN", "Model 0", "Model 1"],
)
def test_it_is_keras_compile_and_fit_to_the_bit(recipe, build, optimizer, shape):
    recipe = replace(recipe, epochs=2, patience=None)
    features = np.random.default_rng(0).normal(size=(24, *shape)).astype(np.float32)
    labels = np.array([0] * 12 + [1] * 8 + [2] * 4)
    model, history = train_network(features, labels, PARTS, 3, recipe, 5)

    keras.utils.set_random_seed(5)
    literal = build(shape)
    literal.compile(optimizer(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    batches, validation = (
        make_dataset(features, labels, PARTS[part], batch_size=8, shuffle=part == "train", seed=5)
        for part in ("train", "validation")
    )
    weights = {0: 12 / 18, 1: 12 / 12, 2: 12 / 6} if recipe.weigh_classes else None
    losses = literal.fit(
        batches, validation_data=validation, epochs=2, class_weight=weights, verbose=0
    ).history
    assert same_weights(model, literal)
    assert history["loss"].tolist() == losses["loss"]
    assert history["val_loss"].tolist() == pytest.approx(losses["val_loss"], abs=1e-6)


def test_it_learns_and_is_seeded(small, grey):
    model, history = small
    assert history["accuracy"].iloc[-1] > 0.6
    assert history["stage"].eq("network").all()
    again, _ = train_network(grey, LABELS, PARTS, 3, SMALL, 1)
    assert np.array_equal(predict(model, grey, ROWS), predict(again, grey, ROWS))


def test_it_starts_from_another_networks_weights_and_leaves_them(small, grey):
    start, _ = small
    before = start.get_weights()
    still = replace(SMALL, learning_rate=0.0, epochs=1)
    continued, _ = train_network(grey, LABELS, PARTS, 3, still, 2, start=start)
    for name in ("conv2d", "dense"):
        old, new = (
            next(layer for layer in model.layers if layer.name.startswith(name)).get_weights()
            for model in (start, continued)
        )
        assert all(map(np.array_equal, old, new))
    moved, _ = train_network(grey, LABELS, PARTS, 3, replace(SMALL, epochs=1), 2, start=start)
    assert not np.array_equal(moved.get_weights()[0], before[0])
    assert all(map(np.array_equal, before, start.get_weights()))


def test_one_seed_one_network_and_the_rows_alone_are_trained_on():
    rng = np.random.default_rng(0)
    labels, parts = np.arange(24) % 2, {"train": np.arange(16), "validation": np.arange(16, 24)}
    features = rng.normal(0, 1, (24, 16, 16, 1)).astype(np.float32)
    features[labels == 1, :8] += 3
    model, history = train_network(features, labels, parts, 2, SOUND, 3, report=print)
    assert history["val_accuracy"].iloc[-1] == 1
    features[20:] = 0  # of validation: without patience it has no say
    again, _ = train_network(features, labels, parts, 2, SOUND, 3)
    other, _ = train_network(features, labels, parts, 2, SOUND, 4)
    assert same_weights(model, again)
    for one, different in zip(model.get_weights(), other.get_weights(), strict=True):
        assert one.ndim == 1 or not np.array_equal(one, different)


def test_options_reach_the_network():
    recipe = replace(SOUNDS["Model 1"], batch_norm_momentum=0.9, l2=0.002)
    layers = training.build_network((28, 28, 1), 2, recipe).layers
    layers = {layer.name.split("_")[0]: layer for layer in layers}
    assert layers["batch"].momentum == 0.9
    assert float(layers["conv2d"].kernel_regularizer.l2) == pytest.approx(0.002)


def test_changed_pictures_change_what_is_learned_and_are_seeded(grey):
    plain, published, masking = (
        replace(SMALL, augment=name, epochs=1) for name in (None, "published", "masking")
    )
    unchanged, first, again, other, masked = (
        train_network(grey, LABELS, PARTS, 3, recipe, seed)[0]
        for recipe, seed in (
            (plain, 1), (published, 1), (published, 1), (published, 2), (masking, 1),
        )
    )  # fmt: skip
    assert same_weights(first, again) and not same_weights(first, other)
    assert not same_weights(first, unchanged) and not same_weights(masked, unchanged)


def test_frozen_blocks_are_asked_once_for_copies_that_are_the_same_for_all(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path))  # nothing is kept yet
    pictures = np.random.default_rng(0).integers(0, 256, (24, 32, 32, 3), dtype=np.uint8)
    recipe = Recipe(
        "vgg16_classifier", epochs=2, augment="published", copies=2, weights="none", blocks=1,
        unfrozen_blocks=0, dense_units=4,
    )  # fmt: skip
    model, _ = train_network(pictures, LABELS, PARTS, 3, recipe, 0)
    kept = sorted((tmp_path / "frozen_outputs").glob("*.npy"))
    assert len(kept) == 3  # the pictures and two copies
    again, _ = train_network(pictures, LABELS, PARTS, 3, recipe, 0)
    fewer, _ = train_network(pictures, LABELS, PARTS, 3, replace(recipe, copies=1), 0)
    assert same_weights(model, again) and not same_weights(model, fewer)
    assert sorted((tmp_path / "frozen_outputs").glob("*.npy")) == kept


def test_without_a_row_to_choose_by_the_last_epoch_is_kept(grey):
    """Patience has nothing to wait for then; a fold's network must not look at the fold."""
    parts = {"train": ROWS, "validation": ROWS[:0]}
    _, history = train_network(grey, LABELS, parts, 3, replace(SMALL, epochs=2, patience=1), 0)
    assert len(history) == history.attrs["best_epoch"] == 2
    assert "val_loss" not in history


def test_every_fold_is_scored_by_a_network_that_never_saw_it(grey):
    recipe, prepared_for = replace(SMALL, epochs=1), []
    folds = [(np.arange(8, 20), np.arange(8)), (np.arange(12), np.arange(12, 20))]

    def prepare(train):
        prepared_for.append(train.tolist())
        return grey // len(prepared_for)

    scores = training.out_of_fold_scores(prepare, LABELS, folds, 3, recipe, 7)
    assert prepared_for == [train.tolist() for train, _ in folds]
    train, held_out = folds[1]
    parts = {"train": train, "validation": train[:0]}  # no fold chooses its own epoch
    model, _ = train_network(grey // 2, LABELS, parts, 3, recipe, 7)
    assert np.array_equal(scores[held_out], predict(model, grey // 2, held_out))
    assert np.isfinite(scores[:8]).all()
    # Rows of no fold have no score rather than a wrong one.
    assert np.isnan(scores[8:12]).all() and np.isnan(scores[20:]).all()


@pytest.fixture
def tones(tmp_path, monkeypatch):
    """Two folds of low and high tones, and a file that is none, as the city's sounds."""
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    rows = []
    for n in range(16):
        path, kind = tmp_path / f"{n}.wav", ("low", "high")[n % 2]
        time = np.arange(6000) / 22050
        tone = np.sin(2 * np.pi * (300 if kind == "low" else 4000) * time)
        soundfile.write(path, 0.3 * tone + rng.normal(0, 0.01, 6000), 22050)
        rows.append((str(path), kind, 1 + n // 8, ""))
    (tmp_path / "0.wav").write_bytes(b"no sound")
    return pd.DataFrame(rows, columns=["path", "sound_class", "fold", "problem"])


def test_tones_are_told_apart_across_folds_and_damage_is_left_out(tones):
    """As notebook 05 checks its network on city sounds."""
    waveforms, sounds = read_waveforms(tones, 22050)
    assert (sounds["problem"] != "").tolist() == [True] + [False] * 15
    rows, fold_of = usable(sounds), sounds["fold"].to_numpy()
    values = log_mel_spectrograms(waveforms, length=6000)
    labels = class_indices(sounds["sound_class"], ["high", "low"])
    folds = [(rows[fold_of[rows] != fold], rows[fold_of[rows] == fold]) for fold in (1, 2)]

    def normalised(train):
        return fit_normaliser("global", values, train)(values)[..., None]

    scores = training.out_of_fold_scores(normalised, labels, folds, 2, SOUND, 0)
    assert len(rows) == 15 and (scores[rows].argmax(axis=1) == labels[rows]).all()


def test_mirrored_copies_are_learned_from_as_if_they_were_samples(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path))
    rng = np.random.default_rng(0)
    pictures, labels = rng.integers(0, 256, (12, 32, 32, 3), np.uint8), np.arange(12) % 3
    both, rows = np.concatenate([pictures, pictures[:, :, ::-1]]), np.arange(2, 10)
    recipe = Recipe(
        "vgg16_classifier", epochs=2, batch_size=4, weights="none", blocks=1, unfrozen_blocks=0,
        dense_units=4,
    )  # fmt: skip
    parts = {"train": rows, "validation": rows[:0]}
    mirrored = replace(recipe, augment="mirror", copies=1)
    found, _ = train_network(pictures, labels, parts, 3, mirrored, 1)
    parts["train"] = np.append(rows, rows + 12)
    expected, _ = train_network(both, np.append(labels, labels), parts, 3, recipe, 1)
    for ours, theirs in zip(found.get_weights(), expected.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.parametrize(
    ("policy", "unfrozen_blocks"), [("mixed_float16", 0), ("mixed_bfloat16", 1)]
)
def test_half_precision_learns_the_same_and_keeps_its_weights_single(
    policy, unfrozen_blocks, tmp_path, monkeypatch
):
    if policy == "mixed_bfloat16" and fastest_policy() != policy:
        pytest.skip("this processor has no convolutions of bfloat16")
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path))
    monkeypatch.setattr(training, "fastest_policy", lambda: policy)
    dark_or_bright = np.where(LABELS % 2, 200, 40).astype(np.uint8)
    pictures = np.broadcast_to(dark_or_bright[:, None, None, None], (len(LABELS), 32, 32, 3))
    single = Recipe(
        "vgg16_classifier", learning_rate=1e-3, batch_size=8, epochs=4, weights="none", blocks=2,
        unfrozen_blocks=unfrozen_blocks, dense_units=8, preprocessing="unit_range",
    )  # fmt: skip
    asked = {}
    for recipe in (single, replace(single, mixed_precision=True)):
        model, history = train_network(pictures, LABELS % 2, PARTS, 2, recipe, 0)
        asked[recipe.mixed_precision] = predict(model, pictures, np.arange(len(LABELS)))
        assert np.isfinite(history["loss"]).all()
    assert {weights.dtype for weights in model.weights} == {"float32"}
    assert model.get_layer("block1_conv1").compute_dtype == policy.removeprefix("mixed_")
    assert asked[True].dtype == np.float32
    assert (asked[True].argmax(axis=1) == asked[False].argmax(axis=1)).all()
    model.save(tmp_path / "half.keras")
    loaded = keras.saving.load_model(tmp_path / "half.keras")
    np.testing.assert_array_equal(predict(loaded, pictures, ROWS), asked[True][ROWS])
    assert keras.config.dtype_policy().name == "float32"


def test_float16_has_its_loss_scaled_where_only_a_part_is_trained(monkeypatch):
    monkeypatch.setattr(training, "fastest_policy", lambda: "mixed_float16")
    recipe = Recipe(
        "vgg16_classifier", weights="none", blocks=2, unfrozen_blocks=0, mixed_precision=True
    )
    model = training.build_network((32, 32, 3), 2, recipe)
    _, top = split_at_frozen(model)
    training.compile_classifier(top, "adam", 1e-3)
    assert isinstance(top.optimizer, keras.optimizers.LossScaleOptimizer)
