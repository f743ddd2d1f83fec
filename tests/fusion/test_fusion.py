"""Pairing by clip, combining rules, and the leak of stacking on in-sample predictions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.emotions import EMOTIONS
from helpers.evaluation.scores import accuracy, score
from helpers.fusion import combiners
from helpers.fusion.alignment import ClipPairs, count_modalities, pair_clip_scores
from helpers.published import find_vectors, load_published, load_vectors
from helpers.results.clip_scores import ResultsError


def scores_table(n, seed=0, split="val", ids=None):
    generator = np.random.default_rng(seed)
    ids = [f"{clip:09d}" for clip in range(n)] if ids is None else ids
    table = pd.DataFrame(generator.dirichlet(np.ones(7), n).round(6), columns=list(EMOTIONS))
    table.insert(0, "sample_id", ids)
    table.insert(1, "split", split)
    table.insert(2, "emotion", [EMOTIONS[int(name) % 7] for name in ids])
    return table


def softmax(values):
    exponentials = np.exp(values - values.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def pairs_from(labels, video, audio):
    clips = pd.DataFrame(
        {
            "sample_id": [f"{clip:09d}" for clip in range(len(labels))],
            "split": "val",
            "emotion": np.array(EMOTIONS)[labels],
        }
    )
    return ClipPairs(clips, video, audio, EMOTIONS)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**31), st.integers(0, 12), st.integers(0, 12))
def test_pairing_is_the_same_after_shuffles_and_counts_what_is_missing(
    seed, lost_video, lost_audio
):
    generator = np.random.default_rng(seed)
    video, audio = scores_table(30, 1), scores_table(30, 2)
    kept_video = video.drop(index=generator.choice(30, lost_video, replace=False))
    kept_audio = audio.drop(index=generator.choice(30, lost_audio, replace=False))
    pairs = pair_clip_scores(
        kept_video.sample(frac=1, random_state=seed % 2**31),
        kept_audio.sample(frac=1, random_state=(seed + 1) % 2**31),
    )
    ids = sorted({*kept_video["sample_id"], *kept_audio["sample_id"]})
    assert list(pairs.clips["sample_id"]) == ids  # a clip with either is there
    for values, kept in ((pairs.video, kept_video), (pairs.audio, kept_audio)):
        expected = kept.set_index("sample_id").reindex(ids)[list(EMOTIONS)].to_numpy()
        np.testing.assert_array_equal(values, expected)
    assert list(pairs.labels) == [int(name) % 7 for name in ids]
    if ids:
        counts = count_modalities(pairs).loc["val"]
        assert counts["clips"] == len(ids) == counts[["both", "only video", "only audio"]].sum()
        assert counts["both"] == len({*kept_video["sample_id"]} & {*kept_audio["sample_id"]})


def test_a_clip_id_in_both_splits_is_two_clips():
    video = pd.concat([scores_table(3, 1, "train"), scores_table(3, 2, "val")])
    audio = pd.concat([scores_table(3, 3, "val"), scores_table(2, 4, "train")])
    pairs = pair_clip_scores(video, audio)
    assert list(pairs.clips["split"]) == ["train"] * 3 + ["val"] * 3
    assert list(pairs.complete) == [True, True, False, True, True, True]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(Happy=np.nan), "audio.csv, line 2, column Happy"),
        (lambda t: t.assign(Happy=t["Happy"] + 0.1), "line 2, column Angry to Surprise"),
        (lambda t: pd.concat([t, t.iloc[:1]]), "line 7, column sample_id: '000000000' is already"),
        (lambda t: t.assign(emotion="Rage"), "column emotion: 'Rage'"),
        (lambda t: t[[*t.columns[:3], *EMOTIONS[::-1]]], "audio.csv, line 1: columns"),
        (lambda t: t.drop(columns="Sad"), "audio.csv, line 1: columns"),
        (lambda t: t.assign(emotion=EMOTIONS[6]), "'000000000' of split 'val' is Angry in the"),
    ],
)
def test_bad_scores_are_named_by_source_line_and_column(change, message):
    with pytest.raises(ResultsError, match=message):
        pair_clip_scores(
            scores_table(5), change(scores_table(5)), sources=("video.csv", "audio.csv")
        )


def test_fixed_rules_on_a_pair_worked_by_hand():
    video = np.array([[0.6, 0.3, 0.1, 0, 0, 0, 0]])
    audio = np.array([[0.2, 0.7, 0.1, 0, 0, 0, 0]])
    pair = pairs_from(np.array([1]), video, audio)
    np.testing.assert_allclose(combiners.mean(pair, pair)[0, :3], [0.4, 0.5, 0.1])
    # 0.12, 0.21 and 0.01 of 0.34
    expected = np.array([0.12, 0.21, 0.01]) / 0.34
    np.testing.assert_allclose(combiners.product(pair, pair)[0, :3], expected, rtol=1e-6)


def test_the_weight_goes_to_the_modality_that_knows():
    generator = np.random.default_rng(0)
    labels = np.arange(140) % 7
    knows = softmax(4 * np.eye(7)[labels] + generator.normal(size=(140, 7)))
    guesses = softmax(3 * generator.normal(size=(140, 7)))
    assert combiners.video_weight(pairs_from(labels, knows, guesses)) > 0.5
    assert combiners.video_weight(pairs_from(labels, guesses, knows)) < 0.5
    assert combiners.video_weight(pairs_from(labels, knows, knows)) == 0.5


@settings(max_examples=20, deadline=None)
@given(st.floats(0.4, 4))
def test_temperature_finds_by_how_much_a_network_is_too_sure(factor):
    generator = np.random.default_rng(0)
    honest = softmax(1.5 * generator.normal(size=(6000, 7)))
    labels = (generator.random((6000, 1)) > honest.cumsum(axis=1)).sum(axis=1)
    too_sure = softmax(factor * np.log(honest))
    assert combiners.temperature(too_sure, labels) == pytest.approx(factor, rel=0.08)


@pytest.mark.parametrize("name", combiners.COMBINERS)
def test_every_combiner_gives_probabilities_and_leaves_single_modalities_alone(name):
    video, audio = scores_table(70, 1), scores_table(70, 2)
    train = pair_clip_scores(video, audio)
    test = pair_clip_scores(video.iloc[:50], audio.iloc[20:])
    fused = combiners.fuse(combiners.COMBINERS[name], train, test)
    assert fused.shape == (70, 7)
    np.testing.assert_allclose(fused.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(fused[:20], test.video[:20])
    np.testing.assert_array_equal(fused[50:], test.audio[50:])
    alone = test.where(~test.has_video)
    np.testing.assert_array_equal(combiners.fuse(combiners.mean, train, alone), alone.audio)


def test_a_class_that_training_lacks_gets_nothing():
    labels = np.arange(60) % 6  # no Surprise
    values = softmax(np.random.default_rng(0).normal(size=(60, 7)))
    pairs = pairs_from(labels, values, values)
    for name in ("SVM", "logistic regression"):
        assert np.all(combiners.COMBINERS[name](pairs, pairs)[:, 6] == 0)


def leaky_scores(seed, n):
    """Return labels, and scores of a good video network and of an audio network that memorised.

    In sample the audio network knows every answer; on clips that it has not met it knows little.
    """
    generator = np.random.default_rng(seed)
    labels = np.arange(n) % 7

    def network(knowledge):
        return softmax(knowledge * np.eye(7)[labels] + generator.normal(size=(n, 7)))

    return labels, network(1.8), {"in_sample": network(5.0), "unseen": network(0.3)}


def test_stacking_on_in_sample_scores_looks_better_in_training_and_is_worse_in_test():
    labels, video, audio = leaky_scores(0, 420)
    test_labels, test_video, test_audio = leaky_scores(1, 1400)
    test = pairs_from(test_labels, test_video, test_audio["unseen"])
    found = {}
    for kind in ("in_sample", "unseen"):
        train = pairs_from(labels, video, audio[kind])
        for name in ("logistic regression", "SVM", "weighted mean"):
            combine = combiners.COMBINERS[name]
            found[name, kind] = [
                accuracy(part.labels, combine(train, part).argmax(axis=1)) for part in (train, test)
            ]
    video_alone = accuracy(test_labels, test_video.argmax(axis=1))
    for name in ("logistic regression", "SVM", "weighted mean"):
        leaked, honest = found[name, "in_sample"], found[name, "unseen"]
        assert leaked[0] > honest[0] + 0.1  # looks better
        assert leaked[1] < honest[1] - 0.04  # is worse
        assert leaked[1] < video_alone - 0.04  # worse than not fusing at all
    honest = found["logistic regression", "unseen"]
    assert honest[1] > video_alone - 0.02  # out-of-fold stacking costs nothing
    assert abs(honest[0] - honest[1]) < 0.06  # and its training accuracy is no illusion


@pytest.fixture(scope="module")
def thesis_pairs(shared_data):
    path = shared_data / "published" / "predictions_dictionaries.zip"
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    vectors = load_vectors(find_vectors(path))
    pairs = pair_clip_scores(vectors["video"], vectors["audio"])
    splits = pairs.clips["split"].to_numpy()
    return tuple(pairs.where(pairs.complete & (splits == split)) for split in ("train", "val"))


def test_the_thesis_fusions_come_out_cell_by_cell(thesis_pairs):
    train, test = thesis_pairs
    published = load_published("07_fusion")
    for name, key in (("mean", "mean"), ("SVM", "svm")):
        predicted = combiners.COMBINERS[name](train, test).argmax(axis=1)
        ours = score(test.labels, predicted)
        assert ours["confusion"] == published[key]["confusion"]
        assert ours["correct"] == published[key]["correct"]
    chosen = combiners.svm_search(train).best_params_
    assert {f"svc__{k}": v for k, v in published["svm_grid"]["best"].items()} == chosen
    audio = score(test.labels, test.audio.argmax(axis=1))
    assert (audio["correct"], audio["n"]) == (57, 188)
