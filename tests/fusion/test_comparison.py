"""All systems on the same clips, and the sentence that sums them up."""

import json

import numpy as np
import pytest

from helpers.evaluation.statistics import mcnemar_exact
from helpers.fusion import comparison
from helpers.fusion.alignment import ClipPairs
from tests.fusion.made_up import leaky_scores, pairs_from, softmax


def pairs_with(n, seed, video=1.8, audio=1.0):
    generator = np.random.default_rng(seed)
    labels = np.arange(n) % 7
    sides = [softmax(k * np.eye(7)[labels] + generator.normal(size=(n, 7))) for k in (video, audio)]
    return pairs_from(labels, *sides)


def test_every_system_answers_for_every_clip_and_single_modalities_stand_alone():
    train, test = pairs_with(84, 0), pairs_with(70, 1)
    audio = test.audio.copy()
    audio[:10] = np.nan
    test = ClipPairs(test.clips, test.video, audio, test.classes)
    fused = comparison.fuse_all(train, test, seeds=[0, 1, 2], epochs=4)
    assert set(fused.probabilities) == {*comparison.SINGLE, *comparison.COMBINERS, comparison.DENSE}
    for name, values in fused.probabilities.items():
        if name != "audio":
            assert values.shape == (70, 7) and not np.isnan(values).any()
            np.testing.assert_allclose(values[:10], test.video[:10])
    assert fused.dense.shape == (4, 3, 60)
    dense = fused.probabilities[comparison.DENSE][10:].argmax(axis=1)
    runs_right = np.sort((fused.dense[-1] == test.labels[10:]).sum(axis=1))
    assert np.sum(dense == test.labels[10:]) == runs_right[1], "the median of three runs"
    assert any(np.array_equal(dense, run) for run in fused.dense[-1])
    assert set(fused.train_accuracy) == set(fused.probabilities)


def test_choosing_the_epoch_on_the_test_clips_is_never_worse_there():
    train, test = pairs_with(84, 0), pairs_with(70, 1)
    best, last = (
        comparison.fuse_all(train, test, [0], epochs=8, choose_epoch_on_test=choose)
        for choose in (True, False)
    )
    right = [
        np.mean(fused.predicted(test.complete)[comparison.DENSE] == test.labels)
        for fused in (best, last)
    ]
    assert right[0] == (best.dense[:, 0] == test.labels).mean(axis=1).max() >= right[1]


def test_the_modality_to_beat_is_chosen_on_training_clips():
    assert comparison.better_modality(pairs_with(140, 0, video=2, audio=0.5)) == "video"
    assert comparison.better_modality(pairs_with(140, 0, video=0.5, audio=2)) == "audio"


def test_comparison_counts_who_is_right_where_the_other_is_wrong():
    labels = np.zeros(40, int)
    video = np.repeat([0, 1], [20, 20])
    helps = np.repeat([0, 1, 0, 1], [18, 2, 12, 8])  # loses 2, wins 12
    predicted = {"video": video, "audio": 1 - video, "helps": helps, "same": video}
    table = comparison.compare_systems(labels, predicted, "video")
    assert list(table.index) == ["helps", "same"]
    row = table.loc["helps"]
    assert (row["only_fusion"], row["only_reference"], row["correct"]) == (12, 2, 30)
    assert row["gain"] == pytest.approx(0.25)
    p_value = mcnemar_exact(video == labels, helps == labels)["p_value"]
    assert row["p_value"] == p_value and row["p_holm"] == pytest.approx(2 * p_value)
    assert table.loc["same", "p_holm"] == 1 and table.loc["same", "gain_high"] == 0
    assert 0 < row["gain_low"] < 0.25 < row["gain_high"]  # as p < 0.05 has it
    assert row["p_value"] < 0.05


def test_the_fusion_is_chosen_on_clips_of_other_films_than_those_that_taught_it():
    labels = np.arange(140) % 7
    films = labels + 7 * (
        np.arange(140) // 70
    )  # a film has one emotion: it can be learned by heart
    generator = np.random.default_rng(0)
    video = softmax(1.5 * np.eye(7)[labels] + generator.normal(size=(140, 7)))
    train = pairs_from(labels, video, softmax(generator.normal(size=(140, 7))))
    found = comparison.cross_validated(train, films)
    assert set(found.index) == set(comparison.COMBINERS)
    assert found["log_loss"].is_monotonic_increasing
    assert found.index[0] in ("stacking", "calibrated product")
    alone = np.mean(train.video.argmax(axis=1) == labels)
    assert found["accuracy"].iloc[0] > alone - 0.03 > found.loc["mean", "accuracy"]
    assert found.index[-1] == "SVM"  # it votes, and is as sure when it is wrong
    assert comparison.cross_validated(train, films).equals(found)


def test_intervals_of_all_metrics_hold_the_value():
    labels, video, _ = leaky_scores(0, 140)
    result = comparison.score_with_intervals(labels, video.argmax(axis=1), groups=labels % 30)
    for metric in ("uar", "f1_macro"):
        low, high = result[f"{metric}_interval"]
        assert low <= result[metric] <= high
    json.dumps(result)
