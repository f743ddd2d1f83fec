"""Training on sound: who may see what, what is chosen where, and recipes that are the thesis's."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import soundfile

from helpers.corpora.manifest import CorpusError
from helpers.evaluation import scores, statistics
from helpers.features.spectrograms import NORMALISATIONS, fit_normaliser
from helpers.models import audio_training
from helpers.models.recipes import GRIDS, SoundRecipe, log_mel_recipes, picture_recipes

QUICK = SoundRecipe("urbansound_cnn", 1e-3, batch_size=8, epochs=4, patience=None)


class Answers:
    """Stands for a trained network: what it says about every row of the features is known."""

    variables = ()

    def __init__(self, features, answers):
        self.of = {
            bytes(np.float32(row).data): one for row, one in zip(features, answers, strict=True)
        }

    def predict(self, batches, verbose):
        rows = np.concatenate([batch.numpy() for batch, _ in batches])
        return np.stack([self.of[bytes(np.float32(row).data)] for row in rows])


def clips(shared_id="007"):
    """Forty training clips of twenty films and eight test clips, one of which has a train id."""
    ids = [f"{n:03d}" for n in range(48)]
    ids[40] = shared_id
    return pd.DataFrame(
        {
            "sample_id": ids,
            "split": ["train"] * 40 + ["val"] * 8,
            "problem": [""] * 39 + ["no sound track"] + [""] * 8,
        }
    )


def test_the_protocols_keep_films_and_shared_clips_apart():
    labels, films = np.arange(48) % 4, np.arange(48) // 2
    protocols = audio_training.clip_protocols(clips(), labels, films, seed=0)
    fitting, choosing = protocols["thesis"]
    assert fitting.tolist() == list(range(39)) and choosing.tolist() == list(range(40, 48))
    fitting, choosing = protocols["held_out"]
    assert not set(films[fitting]) & set(films[choosing])
    assert sorted([*fitting, *choosing]) == [n for n in range(39) if n != 7]
    assert 5 <= len(choosing) <= 11


def test_fewer_than_five_actors_are_kept_apart_too():
    table = clips()
    actors = np.arange(len(table)) % 3
    labels = np.arange(len(table)) % 7
    fitting, choosing = audio_training.clip_protocols(table, labels, actors, seed=0)["held_out"]
    assert len(set(actors[choosing])) == 1 and not set(actors[fitting]) & set(actors[choosing])


def test_one_seed_one_network_and_the_rows_alone_are_trained_on():
    rng = np.random.default_rng(0)
    labels = np.arange(24) % 2
    features = rng.normal(0, 1, (24, 16, 16, 1)).astype(np.float32)
    features[labels == 1, :8] += 3
    fitting, choosing = np.arange(16), np.arange(16, 24)
    told = []
    arguments = (labels, fitting, choosing, 2, QUICK)
    model, history = audio_training.train_sound_network(features, *arguments, 3, report=told.append)
    assert history["val_accuracy"].iloc[-1] == 1
    features[20:] = 0  # a choosing row: without patience it has no say
    again, _ = audio_training.train_sound_network(features, *arguments, 3)
    other, _ = audio_training.train_sound_network(features, *arguments, 4)
    for one, same, different in zip(
        model.get_weights(), again.get_weights(), other.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(one, same)
        assert one.ndim == 1 or not np.array_equal(one, different)


def test_options_reach_the_network():
    recipe = SoundRecipe("fayek_cnn", epochs=1, options=(("l2", 0.002), ("momentum", 0.9)))
    features = np.zeros((4, 28, 28, 1), np.float32)
    model, _ = audio_training.train_sound_network(
        features, np.array([0, 1, 0, 1]), np.arange(2), np.arange(2, 4), 2, recipe, 0
    )
    layers = {layer.name.split("_")[0]: layer for layer in model.layers}
    assert layers["batch"].momentum == 0.9
    assert float(layers["conv2d"].kernel_regularizer.l2) == pytest.approx(0.002)


def test_without_a_row_to_choose_by_the_last_epoch_is_kept():
    """Patience has nothing to wait for then; a fold's network must not look at the fold."""
    features = np.random.default_rng(0).random((16, 8, 8, 1), np.float32)
    recipe = replace(QUICK, epochs=2, patience=1)
    rows = np.arange(16)
    _, history = audio_training.train_sound_network(
        features, np.arange(16) % 2, rows, rows[:0], 2, recipe, 0
    )
    assert len(history) == history.attrs["best_epoch"] == 2
    assert "val_loss" not in history


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
    sounds = pd.DataFrame(rows, columns=["path", "sound_class", "fold", "problem"])
    monkeypatch.setattr(audio_training, "load_role", lambda role, corpus, root: sounds.copy())
    return sounds


def test_tones_are_told_apart_across_folds_and_damage_is_left_out(tones):
    told = []
    score, sounds = audio_training.check_on_city_sounds("demo", "", QUICK, 0, told.append)
    assert score["n"] == 15 and score["accuracy"] == 1 and score["classes"] == ["high", "low"]
    assert (sounds["problem"] != "").tolist() == [True] + [False] * 15
    assert told == ["fold 1: 100% of 7 sounds, 2 classes", "fold 2: 100% of 8 sounds, 2 classes"]


def test_the_tested_fold_has_no_say_in_training(tones, monkeypatch):
    found = []

    def spy(features, labels, fitting, choosing, classes, recipe, seed):
        assert len(choosing) == 0
        found.append((features[fitting], fitting.tolist()))
        return Answers(features, np.eye(classes)[labels]), None

    monkeypatch.setattr(audio_training, "train_sound_network", spy)
    audio_training.check_on_city_sounds("demo", "", QUICK, 0, lambda line: None)
    loud = np.random.default_rng(1).uniform(-1, 1, 6000)
    soundfile.write(tones["path"][15], loud, 22050)  # in the second fold
    audio_training.check_on_city_sounds("demo", "", QUICK, 0, lambda line: None)
    (first, on_second), (second, on_first) = ((features, rows) for features, rows in found[:2])
    assert sorted(on_first + on_second) == list(range(1, 16))  # each fold by the other, alone
    assert 15 in on_second and 15 not in on_first
    np.testing.assert_array_equal(second, found[3][0])  # the second fold was tested
    assert not np.array_equal(first, found[2][0])  # the second fold was trained on


def test_a_corpus_that_is_not_there_costs_the_check_alone(monkeypatch):
    def missing(role, corpus, root):
        raise CorpusError(f"No {role} in {root}.")

    monkeypatch.setattr(audio_training, "load_role", missing)
    told = []
    found = audio_training.check_on_city_sounds("thesis", "my/root", QUICK, 0, told.append)
    assert found == (None, None) and told == ["Left out: No city_sounds in my/root."]


@pytest.mark.parametrize(
    "correct, passed, reached",
    [
        (72, "passed", "is reached"),
        (50, "passed", "is not reached"),
        (11, "failed", "is not reached"),
    ],
)
def test_a_check_is_passed_by_more_than_a_guess(correct, passed, reached):
    true = np.arange(100) % 10
    named = np.where(np.arange(100) < correct, true, (true + 1) % 10)
    score = scores.score(true, named, list("abcdefghij"))
    said = audio_training.verdict_on_check("Model 0", score, 0.7)
    assert said.startswith(f"Model 0 names {correct}% of 100 city sounds rightly (")
    assert f"a guess 10%: the check is {passed}. " in said and said.endswith(f"70%, {reached}.")


def test_preparations_are_compared_on_the_same_clips_with_the_best(monkeypatch):
    rng = np.random.default_rng(0)
    spectrograms = {
        name: rng.normal(size=(30, 3, 4)).astype(np.float32) for name in ("with", "without")
    }
    labels, fitting, choosing = np.arange(30) % 2, np.arange(10), np.arange(10, 30)
    rights = [rng.random(30) < share for share in (0.5, 0.6, 0.9, 0.1, 0.5, 0.4, 0.3, 0.2)]
    trained = []

    def train(features, labels, fit_rows, choose_rows, classes, recipe, seed):
        kind = NORMALISATIONS[len(trained) % 4]
        values = spectrograms["with" if len(trained) < 4 else "without"]
        fitted_on_train = fit_normaliser(kind, values, fitting)(values)[..., None]
        np.testing.assert_array_equal(features, fitted_on_train)
        right = rights[len(trained)]
        trained.append(recipe)
        return Answers(features, np.eye(2)[np.where(right, labels, 1 - labels)]), None

    monkeypatch.setattr(audio_training, "train_sound_network", train)
    table = audio_training.compare_preparations(
        spectrograms, labels, fitting, choosing, 2, {"Model 1": QUICK}, 0
    )
    expected = [right[choosing].mean() for right in rights]
    np.testing.assert_allclose(table["accuracy"], expected)
    assert table["normalisation"].tolist() == list(NORMALISATIONS) * 2
    best = int(np.argmax(expected))
    plain = [
        statistics.mcnemar_exact(rights[best][choosing], r[choosing])["p_value"] for r in rights
    ]
    assert table["p"][best] == 1 and (table["p"] >= np.array(plain) - 1e-12).all()
    smallest = min(p for row, p in enumerate(plain) if row != best)
    assert table["p"].min() == pytest.approx(min(1, 7 * smallest))  # Holm: seven comparisons
    assert table["batch_size"].eq(8).all() and trained[0].learning_rate == 1e-3
    assert trained[0].epochs == QUICK.epochs  # fewer than the grid allows


def test_the_small_grid_shortens_long_trainings(monkeypatch):
    epochs = []

    def train(features, labels, fitting, choosing, classes, recipe, seed):
        epochs.append(recipe.epochs)
        return Answers(features, np.eye(2)[labels]), None

    monkeypatch.setattr(audio_training, "train_sound_network", train)
    values = {"with": np.random.default_rng(0).normal(size=(6, 2, 3)).astype(np.float32)}
    recipes = {"Model 1": log_mel_recipes("default", 0)["Model 1"]}
    parts = (np.arange(6) % 2, np.arange(3), np.arange(3, 6), 2)
    audio_training.compare_preparations(values, *parts, recipes, 0)
    assert epochs == [GRIDS["small"]["most_epochs"]] * 4 and epochs[0] < recipes["Model 1"].epochs


def test_the_thesis_grid_tries_what_the_thesis_tried(monkeypatch):
    def train(features, labels, fitting, choosing, classes, recipe, seed):
        return Answers(features, np.eye(2)[labels]), None

    monkeypatch.setattr(audio_training, "train_sound_network", train)
    values = np.random.default_rng(0).normal(size=(6, 2, 3)).astype(np.float32)
    recipes = {"city sounds": QUICK, "Model 0": QUICK, "Model 1": QUICK}
    table = audio_training.compare_preparations(
        {"with": values}, np.arange(6) % 2, np.arange(3), np.arange(3, 6), 2, recipes, 0,
        grid="thesis",
    )  # fmt: skip
    assert len(table) == 4 * 2 * 3 * 4
    assert set(table["learning_rate"]) == {1e-4, 5e-5, 1e-5}
    assert set(table["batch_size"]) == {8, 16, 32, 64}
    assert set(table["network"]) == set(GRIDS["thesis"]["networks"])


def test_right_and_wrong():
    true, predicted = np.array([0, 1, 2, 0, 1]), np.array([0, 2, 2, 1, 1])
    order, captions = audio_training.right_and_wrong(true, predicted, ["a", "b", "c"], each=2)
    assert order.tolist() == [1, 3, 0, 4]
    assert captions == ["c, is b", "b, is a", "a", "b"]


def test_mistakes_come_from_many_classes():
    true = np.repeat(np.arange(4), 10)  # in the order of the classes, as a corpus is
    _, captions = audio_training.right_and_wrong(true, (true + 1) % 4, list("abcd"), each=4)
    assert captions == ["b, is a", "c, is b", "d, is c", "a, is d"]


def test_thesis_settings_are_the_published_ones():
    log_mel = log_mel_recipes("thesis", 0)
    for recipe in (log_mel["Model 0"], log_mel["Model 1"]):
        assert (recipe.optimizer, recipe.epochs, recipe.monitor) == ("rmsprop", 50, "val_loss")
        assert recipe.learning_rate in GRIDS["thesis"]["learning_rates"]
        assert recipe.batch_size in GRIDS["thesis"]["batch_sizes"] and recipe.patience == 15
    pictures = picture_recipes("thesis", 0, "imagenet")
    assert [recipe.epochs for recipe in pictures.values()] == [50, 60, 100, 100]
    assert pictures["Model 0"].learning_rate == 5e-4
    assert dict(pictures["Model 1"].options) == {"l2": 1e-3}
    vgg16 = pictures["VGG16, two blocks"]
    assert (vgg16.optimizer, vgg16.learning_rate, vgg16.momentum) == ("sgd", 1e-4, 0.9)
    assert (vgg16.dropout, vgg16.batch_size, vgg16.preprocessing) == (0.5, 16, "unit_range")


def test_a_quick_look_changes_nothing_but_the_epochs():
    for settings in ("default", "thesis"):
        quick = picture_recipes(settings, 1, "none")
        assert {recipe.epochs for recipe in quick.values()} == {1}
        assert quick["VGG16, two blocks"].unfrozen_blocks == 2
        assert quick["VGG16, one block"].unfrozen_blocks == 1
        assert {quick[name].weights for name in quick if name.startswith("VGG16")} == {"none"}
