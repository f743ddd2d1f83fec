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
    baseline_of,
    best_frozen,
    best_of,
    experiments,
    fit_fusion,
    fit_system,
    from_pairs,
    paired_with,
    recalls,
    right_by_clip,
    second_table,
    standing,
    third_table,
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
    table = paired_with(systems, labels, (FACE, "mean", "absent"))
    assert table.index.tolist() == [
        (name, reference) for reference in (FACE, "mean") for name in (SOUND, "joined", "stacked")
    ]
    right = {name: system.test.argmax(axis=1) == labels for name, system in systems.items()}
    assert table.loc[("joined", FACE), "only_system"] == (right["joined"] & ~right[FACE]).sum()
    assert (table["p_holm"] >= table["p_value"]).all()


def test_the_baseline_takes_opensmile_where_it_ran_and_is_left_out_where_a_part_is_missing():
    face, free, opensmile = "LBP-TOP, R = 3", "sound functionals", "openSMILE's IS10"
    assert baseline_of(dict.fromkeys((face, free, "face mesh"))) == (face, free)
    assert baseline_of(dict.fromkeys((face, free, opensmile))) == (face, opensmile)
    assert baseline_of(dict.fromkeys((face,))) == ()


def test_the_best_is_chosen_inside_train(systems):
    accuracies = {name: systems[name].settings["accuracy"] for name in (FACE, SOUND)}
    assert best_of(systems, (FACE, SOUND)) == max(accuracies, key=accuracies.get)
    perfect = replace(systems[FACE], settings={"accuracy": 1.0})
    known = {**systems, "EmotiEffNet, best_afew": perfect}
    assert best_frozen(known, "face") == FACE, "the test clips must not choose"
    assert best_frozen({FACE: perfect}, "sound") == ""


def test_how_many_have_a_clip_right_and_how_much_of_an_emotion_each(systems):
    always = {
        name: replace(systems[FACE], test=np.eye(7)[[place] * 5]) for place, name in enumerate("ab")
    }
    true = np.array([0, 1, 2, 1, 6])
    assert right_by_clip(always, true).tolist() == [1, 1, 0, 1, 0]
    few = {name: replace(system, test=system.test[:1]) for name, system in always.items()}
    assert right_by_clip(few, true[:1]).tolist() == [1]


def test_recalls_are_by_emotion(systems, labels):
    table = recalls(systems, labels)
    assert list(table.columns) == list(EMOTIONS) and list(table.index) == list(systems)
    counts = np.bincount(labels)
    right = (systems[FACE].test.argmax(axis=1) == labels).sum()
    np.testing.assert_allclose((table.loc[FACE] * counts).sum(), right)


@pytest.fixture(scope="module")
def thesis(clips, parts):
    """The thesis's systems of saved scores: in another order, and with some missing."""
    pairs = {}
    for part, rows in parts.items():
        saved = clips.iloc[rows].iloc[:0:-1]  # the first is missing
        scores = 0.8 * np.eye(7)[class_indices(saved["emotion"])] + 0.2 / 7
        video, audio = scores.copy(), np.full_like(scores, 1 / 7)
        video[-1] = np.nan  # that of the second clip
        keys = saved[["sample_id", "split", "emotion"]].reset_index(drop=True)
        pairs[part] = ClipPairs(keys, video, audio, EMOTIONS)
    return from_pairs(pairs["train"], pairs["test"], clips.iloc[parts["test"]])


def test_saved_scores_are_found_by_clip_and_missing_ones_counted(thesis, labels):
    assert {name: system.without for name, system in thesis.items()} == {
        "video": 2,
        "audio": 1,
        "mean": 1,
        "SVM": 1,
        "stacking": 1,
        "dense network": 1,
    }
    np.testing.assert_allclose(thesis["mean"].test[:2], 1 / 7)
    for name in ("video", "mean", "stacking", "dense network"):
        assert (thesis[name].test[2:].argmax(axis=1) == labels[2:]).all(), name


def test_the_second_table_has_what_was_published_and_what_came_out_here(thesis, labels):
    table = second_table({f"thesis: {name}": system for name, system in thesis.items()}, labels)
    assert list(table.index) == ["mean", "SVM", "dense network"]
    assert table.loc["dense network", "published"] == 0.4521
    assert (table["of clips"] == 188).all() and (table["of these clips"] == len(labels)).all()
    assert table.loc["mean", "here"] > 0.9
    assert second_table({}, labels).empty


def test_weights_that_the_test_clips_chose_are_under_thesis_and_in_no_sentence(systems, labels):
    chosen = replace(systems["joined"], test=np.eye(7)[labels], protocol="thesis")
    table = standing({**systems, "best_afew": chosen}, labels)
    assert table.loc["best_afew", "accuracy"] == 1 and "best_afew" not in answer(table)
    assert experiments({"best_afew": chosen}, labels)[0]["protocol"] == "thesis"


def test_who_may_have_seen_the_people_before(systems, thesis, labels):
    both = {**systems, "thesis: video": thesis["video"]}
    known = standing(both, labels)["these people"]
    assert known[FACE] == "not known" and known["thesis: video"] == "no"
    assert (standing(both, labels, drawn=True)["these people"] == "no").all()


def test_the_sentence_and_the_third_table_are_made_from_the_numbers(systems, labels):
    table = standing(systems, labels)
    assert "the thesis" not in answer(table) and "by hand" not in answer(table)
    assert f"frozen networks of others {table['accuracy'].max():.0%} (joined; 95 %" in answer(table)


def test_the_third_table_has_what_was_published_beside_what_came_out_here(systems, labels):
    table = standing({"sound functionals": systems[SOUND], "today: mean": systems["mean"]}, labels)
    third = third_table(table)
    assert third.loc["EmotiW 2013 baseline, audio", "AFEW validation"] == 0.195
    assert third.loc["EmotiW 2013 baseline, audio", "accuracy here"] == table["accuracy"].iloc[0]
    assert third.loc["EmotiW 2013 baseline, video", "like it here"] == "", "it did not run"
    assert third.loc["EmotiW 2018, 1st place", "AFEW test"] == 0.6187
    assert third.loc["thesis: dense network", "AFEW validation"] == 0.4521
    assert third.index[-1] == "today: mean" and third["accuracy here"].notna().sum() == 3


def test_results_have_a_line_a_system_and_scores_that_can_be_written(systems, clips, parts, labels):
    lines = experiments({"sound functionals": systems[SOUND]}, labels)
    assert [line["name"] for line in lines] == ["sound functionals"]
    assert lines[0]["published"] == {"value": 0.195} and lines[0]["n"] == 28
    predictions = as_predictions(systems, clips.iloc[parts["test"]])
    assert len(predictions) == 28 * len(systems)
    assert predictions_text(predictions, "here").count("held_out") == 28 * len(systems)
