"""Scores from the notebooks before, tables and rows from fused scores, and the figures of 07."""

import io
import time

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from helpers.corpora.clips import load_own_clips
from helpers.emotions import EMOTIONS
from helpers.evaluation.scores import score
from helpers.evaluation.statistics import wilson_interval
from helpers.fusion import comparison, own_scores, report, tables
from helpers.fusion.alignment import ClipPairs
from helpers.plots import fusion as plots
from helpers.results import runs
from helpers.results.clip_scores import ResultsError, check_predictions, predictions_text
from tests.fusion.test_fusion import scores_table, softmax


def written_scores(seed, systems=("one",), knowledge=(1.0,)):
    """Return what a notebook before 07 writes: train rows twice, test rows once, per system."""
    generator = np.random.default_rng(seed)
    parts = []
    for system, k in zip(systems, knowledge, strict=True):
        for split, protocols in (("train", ("in_sample", "out_of_fold")), ("val", ("test",))):
            for protocol in protocols:
                table = scores_table(42, split=split)
                labels = np.arange(42) % 7
                values = softmax(k * np.eye(7)[labels] + generator.normal(size=(42, 7)))
                table[list(EMOTIONS)] = values.round(6)
                table.insert(3, "protocol", protocol)
                table.insert(4, "system", system)
                parts.append(table)
    return pd.concat(parts, ignore_index=True)


def save(root, corpus, video, audio):
    for notebook, table in ((own_scores.VIDEO, video), (own_scores.AUDIO, audio)):
        runs.save_run(
            notebook,
            corpus=corpus,
            settings={},
            experiments=[],
            started=time.time(),
            predictions=table,
            root=root,
        )


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """Results folders of this test alone: the checkout's are out of reach."""
    monkeypatch.setattr(own_scores, "repository_root", lambda: tmp_path / "checkout")
    return tmp_path


def test_scores_of_the_corpus_come_first_and_those_of_the_series_last(nowhere):
    with pytest.raises(ResultsError, match="Run the notebook first"):
        own_scores.load_own_scores("thesis", nowhere / "mine")
    save(nowhere / "checkout" / "results", "demo", written_scores(0), written_scores(1))
    video, _, found, note = own_scores.load_own_scores("thesis", nowhere / "mine")
    assert found == "demo" and "came with the series" in note and "No results" in note
    assert len(video) == 3 * 42
    save(nowhere / "mine", "thesis", written_scores(2), written_scores(3))
    _, _, found, note = own_scores.load_own_scores("thesis", nowhere / "mine")
    assert found == "thesis" and "came with" not in note


def test_a_damaged_file_is_never_replaced_by_another_corpus(nowhere):
    save(nowhere / "checkout" / "results", "demo", written_scores(0), written_scores(1))
    save(nowhere / "mine", "thesis", written_scores(2), written_scores(3))
    path = nowhere / "mine" / "thesis" / own_scores.AUDIO / "predictions.csv"
    path.write_text(path.read_text().replace("0.", "7.", 1))
    with pytest.raises(ResultsError, match=r"predictions.csv, line 2, column"):
        own_scores.load_own_scores("thesis", nowhere / "mine")


def test_of_several_systems_the_best_on_training_clips_out_of_fold_is_taken():
    table = written_scores(0, ("strong", "weak"), (2.0, 0.2))
    memorised = (table["system"] == "weak") & (table["protocol"] != "out_of_fold")
    table.loc[memorised, list(EMOTIONS)] = np.eye(7)[
        table.loc[memorised, "emotion"].map(EMOTIONS.index)
    ]
    best, name = own_scores.best_system(table)
    assert name == "strong" and len(best) == 3 * 42 and "system" not in best


def test_each_protocol_learns_from_its_own_training_rows_and_shares_the_test():
    video, audio = (written_scores(seed).drop(columns="system") for seed in (0, 1))
    (train_seen, test_seen), (train, test) = (
        own_scores.protocol_pairs(video, audio, protocol) for protocol in ("thesis", "held_out")
    )
    np.testing.assert_array_equal(test_seen.features, test.features)
    assert not np.allclose(train_seen.features, train.features)
    rows = video[video["protocol"] == "out_of_fold"].sort_values("sample_id")
    np.testing.assert_allclose(train.video, rows[list(EMOTIONS)])
    with pytest.raises(ResultsError, match="0 training"):
        only_test = [table[table["protocol"] == "test"] for table in (video, audio)]
        own_scores.protocol_pairs(*only_test, "held_out")


def test_a_column_is_looked_up_by_split_and_id():
    clips = pd.DataFrame(
        {"split": ["val", "train", "val"], "sample_id": ["1", "1", "2"], "film": ["a", "b", "c"]}
    )
    pairs = ClipPairs(
        pd.DataFrame({"sample_id": ["2", "1"], "split": "val", "emotion": "Happy"}),
        np.ones((2, 7)) / 7,
        np.ones((2, 7)) / 7,
        EMOTIONS,
    )
    assert list(own_scores.look_up(clips, pairs, "film")) == ["c", "a"]


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


def made_up_vectors():
    generator = np.random.default_rng(0)
    names = [*tables.PUBLISHED_NAMES, "audio"]
    return {
        name: score(generator.integers(0, 7, 188), generator.integers(0, 7, 188)) for name in names
    }


def test_tables_put_ours_beside_the_published_values():
    vectors = made_up_vectors()
    table = tables.recomputed_table(vectors)
    assert not table["same matrix"].any()
    for name in table.index:
        vectors[name] = vectors[name] | {"confusion": tables.published_of(name)["confusion"]}
    assert tables.recomputed_table(vectors)["same matrix"].all()
    own = [
        runs.experiment("SVM, clips with both", protocol, "val", vectors["SVM"], system="SVM")
        for protocol in ("thesis", "held_out")
    ]
    second = tables.second_table(vectors, own, "demo")
    assert second.loc["SVM", ("published", "accuracy")] == "39.9%"
    assert second.loc["SVM", ("demo, held_out", "n")] == 188
    assert second.loc["dense network", ("published", "F1")] == "44.0%"
    audio = runs.experiment("audio", "thesis", "val", vectors["audio"], system="audio")
    assert tables.second_table(vectors, [audio], "demo").loc["audio", ("demo, thesis", "n")] == 188
    third = tables.third_table(vectors, own, "demo")
    low, high = wilson_interval(394, 653)
    line = third.loc["EmotiW 2018, 7th place"]
    assert (line["accuracy"], line["n"]) == ("60.34%", 653)
    assert line["95 % interval"] == f"[{100 * low:.0f}, {100 * high:.0f}]"
    assert "here: SVM, held_out" in third.index


def test_audio_is_trusted_on_all_clips_and_on_those_of_video():
    scores = made_up_vectors()
    scores["audio, all clips"] = scores["audio, all clips"] | {"n": 381}
    heat = {"video": 1.5, "audio": 2.25}
    replicated = {"train": scores, "scores": scores, "temperatures": {"train": heat, "val": heat}}
    table = tables.trust_table(replicated)
    assert list(table.loc["clips", (slice(None), "val")]) == [188, 188, 381]
    assert list(table.loc["temperature", (slice(None), "val")]) == ["1.50", "2.25", ""]


def drawn(figure):
    figure.savefig(io.BytesIO(), format="png")
    assert not plt.get_fignums()
    return figure


def test_figures_draw_what_they_are_given(fused_and_pairs):
    fused, pairs = fused_and_pairs
    figure = drawn(
        plots.run_distribution({"last": [70, 72, 72], "best": [80, 80, 85]}, 188, 85, "t")
    )
    assert [bar.get_height() for bar in figure.axes[0].patches][0] == 1
    assert any(line.get_xdata()[0] == 85 / 188 for line in figure.axes[1].lines)
    test = pairs["held_out"][1]
    trained = fused["held_out"].train_accuracy
    drawn(
        plots.leak(pd.DataFrame({("held_out", part): trained for part in ("train", "test")}), "t")
    )
    predicted = fused["held_out"].predicted(test.complete)
    tests = comparison.compare_systems(test.labels[test.complete], predicted, "video")
    figure = drawn(plots.gains({"held_out": tests}, "video", "t"))
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == list(tests.index)
    figure = drawn(plots.power_curves({"a": (0.1, 0.3), "b": (0.02, 0.3)}, "t"))
    assert [text.get_text()[:3] for text in figure.axes[0].texts] == ["188", "383", "653"]
    assert figure.axes[0].get_ylim()[1] > 1, "room for the legend above the curves"
    bars = {"video": np.ones(7) / 7, "mean": np.array([1, 0, 0, 0, 0, 0, np.nan])}
    words = [text.get_text() for text in plots.clip_bars(bars, EMOTIONS, "t").axes[1].texts]
    assert words == ["100%", *["0%"] * 5, ""]
    drawn(plots.clip_bars(bars, EMOTIONS, "t"))
    matrix = np.eye(7, dtype=int)
    figure = drawn(plots.matrices_beside({"a": matrix}, {"a": 2 * matrix}, EMOTIONS, "t"))
    assert [axis.get_title() for axis in figure.axes] == [
        "a\nrecomputed, 7 of 7",
        "a\npublished, 14 of 14",
    ]
    strips = [np.zeros((frames, 8, 8, 3), np.uint8) for frames in (6, 1, 0)]
    figure = drawn(plots.clip_strips(strips, ["many", "one", "none"], "t"))
    assert [len(axis.images) for axis in figure.axes] == [1] * 4 + [1, 0, 0, 0] + [0] * 4
    drawn(plots.clip_strips([], [], "nothing changed sides"))


def test_clips_of_a_corpus_whose_stills_are_of_no_clip_are_grouped_by_actor(shared_data):
    clips = load_own_clips("open", shared_data)
    assert (clips["film"] == clips["actor"]).all() and clips["film"].nunique() == 6
