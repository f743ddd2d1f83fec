"""From fused scores to experiments, predictions and sentences."""

import pytest

from helpers.emotions import EMOTIONS
from helpers.fusion import comparison, own_scores, report
from helpers.results.clip_scores import check_predictions, predictions_text
from tests.fusion.made_up import made_up_vectors, written_scores


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


def test_every_system_and_protocol_is_an_experiment(fused_and_pairs):
    fused, pairs = fused_and_pairs
    films = {name: test.clips["sample_id"].to_numpy() for name, (_, test) in pairs.items()}
    lines = report.own_experiments(fused, pairs, films)
    keys = {(line["protocol"], line["system"]) for line in lines}
    assert len(keys) == len(lines) == 2 * 9
    assert {line["n"] for line in lines} == {35}
    published = {line["system"] for line in lines if line["published"]}
    assert published == {"video", "mean", "SVM", "dense network"}
    assert all("uar_interval" in line["metrics"] for line in lines)
    headline = {line["system"] for line in lines if line["headline"]}
    assert headline == published | {"audio"}


def test_predictions_of_every_system_are_valid_and_lack_only_what_is_missing(fused_and_pairs):
    fused, pairs = fused_and_pairs
    table = report.as_predictions(fused, pairs)
    counts = table.groupby(["protocol", "system"]).size()
    assert counts["held_out", "video"] == 37 and counts["held_out", "audio"] == 40
    assert counts["thesis", "mean"] == 42 and len(counts) == 18
    text = predictions_text(table, "07")
    read = check_predictions(text, "07", classes=EMOTIONS)
    assert len(read) == len(table)


def test_the_recomputed_table_says_whether_matrices_are_equal():
    vectors = made_up_vectors()
    table = report.recomputed_table(vectors)
    assert not table["same matrix"].any()
    for name in table.index:
        vectors[name] = vectors[name] | {"confusion": report.published_of(name)["confusion"]}
    assert report.recomputed_table(vectors)["same matrix"].all()


def test_audio_is_trusted_on_all_clips_and_on_those_of_video():
    scores = made_up_vectors()
    scores["audio, all clips"] = scores["audio, all clips"] | {"n": 381}
    heat = {"video": 1.5, "audio": 2.25}
    replicated = {"train": scores, "scores": scores, "temperatures": {"train": heat, "val": heat}}
    table = report.trust_table(replicated)
    assert list(table.loc["clips", (slice(None), "val")]) == [188, 188, 381]
    assert list(table.loc["temperature", (slice(None), "val")]) == ["1.50", "2.25", ""]
