"""Systems trained alike on made-up vectors: rows, priors, fusions, tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.emotions import EMOTIONS, class_indices
from helpers.fusion import combiners
from helpers.fusion.alignment import ClipPairs
from helpers.fusion.then_and_now import (
    answer,
    as_predictions,
    best_of,
    experiments,
    fit_fusion,
    fit_system,
    from_pairs,
    paired_with,
    standing,
    third_table,
    wrong_by_all,
)
from helpers.results.clip_scores import predictions_text

FACE, SOUND = "face mesh", "speech encoder"


@pytest.fixture(scope="module")
def clips():
    """Twelve clips of each emotion from twelve films; those of the last four are for the test."""
    films = np.tile(np.arange(12), len(EMOTIONS))
    emotions = np.repeat(EMOTIONS, 12)
    names = [f"{emotion}{film}" for emotion, film in zip(emotions, films, strict=True)]
    split = np.where(films < 8, "train", "val")
    return pd.DataFrame(
        {"sample_id": names, "split": split, "emotion": emotions, "film": films.astype(str)}
    )


@pytest.fixture(scope="module")
def parts(clips):
    return {
        "train": np.flatnonzero(clips["split"] == "train"),
        "test": np.flatnonzero(clips["split"] == "val"),
    }


@pytest.fixture(scope="module")
def vectors(clips):
    """Faces tell some emotions apart, sounds the others; one test clip shows no face."""
    rng, labels = np.random.default_rng(0), class_indices(clips["emotion"])
    face = rng.normal(0, 0.3, (len(clips), 9))
    sound = rng.normal(0, 0.3, (len(clips), 9))
    for label in range(len(EMOTIONS)):
        (face if label < 4 else sound)[labels == label, label] += 3
    face[11] = np.nan
    return {FACE: face, SOUND: sound}


@pytest.fixture(scope="module")
def systems(clips, parts, vectors):
    found = {name: fit_system(name, values, clips, parts) for name, values in vectors.items()}
    both = np.hstack([vectors[FACE], vectors[SOUND]])
    found["joined"] = fit_system(f"{FACE} + {SOUND}", both, clips, parts, kernel="linear")
    found["mean"] = fit_fusion(combiners.mean, found[FACE], found[SOUND], clips, parts)
    found["stacked"] = fit_fusion(combiners.stacking, found[FACE], found[SOUND], clips, parts)
    return found


@pytest.fixture(scope="module")
def labels(clips, parts):
    return class_indices(clips["emotion"])[parts["test"]]


def test_a_system_has_all_clips_in_their_order_and_knows_what_it_saw(systems, parts):
    face = systems[FACE]
    assert face.train.shape == (len(parts["train"]), 7) and face.test.shape == (28, 7)
    assert (face.year, face.numbers, face.without) == (2019, 9, 1)
    np.testing.assert_allclose(face.test[3], 1 / 7)  # the prior, of the clip without a face
    assert systems["joined"].numbers == 18 and systems["joined"].year == 2022
    assert "telephones" in systems["mean"].has_seen and "Whisper" in systems["mean"].has_seen


def test_both_know_more_than_one_and_the_table_says_so(systems, labels):
    table = standing(systems, labels, {FACE: 0.2})
    assert (table["accuracy"][["joined", "mean", "stacked"]] > table["accuracy"][FACE] + 0.1).all()
    assert (table["low"] < table["accuracy"]).all() and (table["n"] == 28).all()
    assert table.loc[FACE, "seconds a clip"] == 0.2 and np.isnan(table.loc[SOUND, "seconds a clip"])
    assert table["no features"].tolist() == [1, 0, 1, 0, 0]


def test_every_system_is_paired_with_every_reference_on_the_same_clips(systems, labels):
    table = paired_with(systems, labels, (FACE, "mean"))
    assert table.index.tolist() == [
        (name, reference) for reference in (FACE, "mean") for name in (SOUND, "joined", "stacked")
    ]
    right = {name: system.test.argmax(axis=1) == labels for name, system in systems.items()}
    assert table.loc[("joined", FACE), "only_system"] == (right["joined"] & ~right[FACE]).sum()
    assert (table["p_holm"] >= table["p_value"]).all()


def test_the_best_is_chosen_inside_train(systems):
    accuracies = {name: systems[name].settings["accuracy"] for name in (FACE, SOUND)}
    assert best_of(systems, (FACE, SOUND)) == max(accuracies, key=accuracies.get)


def test_clips_that_all_get_wrong(systems):
    always = {
        name: replace(systems[FACE], test=np.eye(7)[[place] * 5]) for place, name in enumerate("ab")
    }
    assert wrong_by_all(always, np.array([0, 1, 2, 1, 6])).tolist() == [
        False,
        False,
        True,
        False,
        True,
    ]


def test_saved_scores_are_found_by_clip_and_missing_ones_counted(clips, parts, labels):
    test = clips.iloc[parts["test"]]
    saved = test.iloc[:0:-1]  # in another order, and one is missing
    video, audio = np.eye(7)[class_indices(saved["emotion"])], np.full((len(saved), 7), 1 / 7)
    video[-1] = np.nan  # that of the second clip
    pairs = ClipPairs(saved[["sample_id", "split", "emotion"]], video, audio, EMOTIONS)
    found = from_pairs(pairs, test)
    assert {name: system.without for name, system in found.items()} == {
        "video": 2,
        "audio": 1,
        "mean": 1,
    }
    np.testing.assert_allclose(found["mean"].test[:2], 1 / 7)
    assert (found["video"].test[2:].argmax(axis=1) == labels[2:]).all()


def test_the_sentence_and_the_third_table_are_made_from_the_numbers(systems, labels):
    table = standing(systems, labels)
    assert "the thesis" not in answer(table) and "by hand" not in answer(table)
    assert f"frozen networks of others {table['accuracy'].max():.0%} (joined; 95 %" in answer(table)
    third = third_table(table)
    assert third.loc["EmotiW 2013 baseline, video", "accuracy"] == "27.2%"
    assert third.loc["here: joined", "clips of"] == "this corpus"
    assert third["year"].is_monotonic_increasing


def test_results_have_a_line_a_system_and_scores_that_can_be_written(systems, clips, parts, labels):
    lines = experiments({"sound functionals": systems[SOUND]}, labels)
    assert [line["name"] for line in lines] == ["sound functionals"]
    assert lines[0]["published"] == {"value": 0.195} and lines[0]["n"] == 28
    predictions = as_predictions(systems, clips.iloc[parts["test"]])
    assert len(predictions) == 28 * len(systems)
    assert predictions_text(predictions, "here").count("held_out") == 28 * len(systems)
