"""From fused scores to experiments, predictions and sentences."""

import numpy as np
import pandas as pd
import pytest

from helpers.emotions import EMOTIONS
from helpers.fusion import comparison, own_scores, report
from helpers.fusion.alignment import ClipPairs
from helpers.results.clip_scores import check_predictions, predictions_text
from tests.fusion.made_up import written_scores


@pytest.fixture(scope="module")
def fused_and_pairs():
    video, audio = written_scores(0, knowledge=(2.0,)), written_scores(1, knowledge=(0.7,))
    video = video[~((video["split"] == "val") & (video["sample_id"] < "000000005"))]
    audio = audio[~((audio["split"] == "val") & (audio["sample_id"] >= "000000040"))]
    tables_ = [table.drop(columns="system") for table in (video, audio)]
    pairs = {name: own_scores.protocol_pairs(*tables_, name) for name in ("thesis", "held_out")}
    fused = {
        name: comparison.fuse_all(*both, [0, 1], epochs=2, choose_epoch_on_test=name == "thesis")
        for name, both in pairs.items()
    }
    return fused, pairs


def test_every_system_protocol_and_set_of_clips_is_an_experiment(fused_and_pairs):
    fused, pairs = fused_and_pairs
    films = {name: test.clips["sample_id"].to_numpy() for name, (_, test) in pairs.items()}
    lines = report.own_experiments(fused, pairs, films)
    keys = {(line["protocol"], line["clips"], line["system"]) for line in lines}
    assert len(keys) == len(lines) == 2 * (9 + 7)
    assert {line["n"] for line in lines if line["clips"] == "both"} == {35}
    assert {line["n"] for line in lines if line["clips"] == "all"} == {42}
    published = {line["system"] for line in lines if line["published"]}
    assert published == {"video", "mean", "SVM", "dense network"}
    assert all("uar_interval" in line["metrics"] for line in lines)
    headline = {(line["system"], line["clips"]) for line in lines if line["headline"]}
    assert headline == {(name, "both") for name in (*published, "audio")}


def test_predictions_of_every_system_are_valid_and_lack_only_what_is_missing(fused_and_pairs):
    fused, pairs = fused_and_pairs
    table = report.as_predictions(fused, pairs)
    counts = table.groupby(["protocol", "system"]).size()
    assert counts["held_out", "video"] == 37 and counts["held_out", "audio"] == 40
    assert counts["thesis", "mean"] == 42 and len(counts) == 18
    text = predictions_text(table, "07")
    read = check_predictions(text, "07", classes=EMOTIONS)
    assert len(read) == len(table)


def test_the_weight_of_audio_is_told_with_what_it_changes(fused_and_pairs):
    fused, pairs = fused_and_pairs
    train, test = pairs["held_out"]
    echo = ClipPairs(train.clips, np.eye(7)[train.labels], np.ones((len(train), 7)) / 7, EMOTIONS)
    row = {"only_fusion": 3, "only_reference": 1, "n": 35}
    for counts, words in ((row, "turns 4 of 35"), (row | {"only_fusion": 0}, "turns 1 of 35")):
        tests = {"held_out": pd.DataFrame([counts], index=["weighted mean"])}
        sentence = report.weighted_mean_sentence({"held_out": (echo, test)}, tests, "held_out")
        assert words in sentence and "audio has a weight of 50%" in sentence
    deaf = ClipPairs(train.clips, echo.video, np.roll(echo.video, 1, axis=1), EMOTIONS)
    tests = {"held_out": pd.DataFrame([dict.fromkeys(row, 0)], index=["weighted mean"])}
    sentence = report.weighted_mean_sentence({"held_out": (deaf, test)}, tests, "held_out")
    assert "turns none of 0" in sentence and "audio has a weight of 45%" in sentence


def test_only_a_grey_interval_without_zero_is_explained():
    rows = {"gain_low": [-0.1, 0.02, 0.0], "gain_high": [0.1, 0.2, 0.1], "p_holm": [1, 0.01, 1]}
    tests = {"thesis": pd.DataFrame(rows), "held_out": pd.DataFrame(rows)}
    assert "No grey interval" in report.interval_sentence(tests, 8)
    tests["thesis"].loc[0, "gain_high"] = -0.01
    assert "zero: 1. With 8 films" in report.interval_sentence(tests, 8)
