"""The scores that notebooks 04 and 06 left."""

import time

import numpy as np
import pandas as pd
import pytest

from helpers.corpora.clips import load_own_voices
from helpers.emotions import EMOTIONS
from helpers.fusion import own_scores
from helpers.fusion.alignment import ClipPairs
from helpers.results import runs
from helpers.results.clip_scores import ResultsError
from tests.fusion.made_up import written_scores


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
    assert "download" not in note
    _, _, found, note = own_scores.load_own_scores("open", nowhere / "mine")
    assert found == "demo" and "helpers.corpora.download samsemo --clips 600" in note
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


def test_a_leak_can_be_let_into_one_modality_alone():
    video, audio = (written_scores(seed).drop(columns="system") for seed in (0, 1))
    honest, seen = (own_scores.training_pairs(video, audio, names) for names in ((), ("audio",)))
    np.testing.assert_array_equal(honest.video, seen.video)
    rows = audio[audio["protocol"] == "in_sample"].sort_values("sample_id")
    np.testing.assert_allclose(seen.audio, rows[list(EMOTIONS)])
    np.testing.assert_array_equal(
        honest.features, own_scores.protocol_pairs(video, audio, "held_out")[0].features
    )


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


def test_clips_of_a_corpus_whose_stills_are_of_no_clip_are_grouped_by_actor(shared_data):
    clips = load_own_voices("open", shared_data)
    assert (clips["film"] == clips["actor"]).all() and clips["film"].nunique() == 6
