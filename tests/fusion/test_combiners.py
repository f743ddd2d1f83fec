"""Rules that make one prediction of two: by hand, on made-up scores, on the thesis's own."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from helpers.evaluation.scores import accuracy, score
from helpers.fusion import combiners
from helpers.fusion.alignment import pair_clip_scores
from helpers.published import find_vectors, load_published, load_vectors
from tests.fusion.made_up import leaky_scores, pairs_from, scores_table, softmax


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


def test_stacking_corrects_what_a_network_says_too_often():
    generator = np.random.default_rng(0)
    labels = np.arange(700) % 7
    scores = 1.5 * np.eye(7)[labels] + generator.normal(size=(2, 700, 7))
    scores[..., 0] += 2  # both say Angry too often
    pairs = pairs_from(labels, *map(softmax, scores))
    known, asked = pairs.where(np.arange(700) < 350), pairs.where(np.arange(700) >= 350)
    stacked, product = (
        accuracy(asked.labels, rule(known, asked).argmax(axis=1))
        for rule in (combiners.stacking, combiners.product)
    )
    assert stacked > product + 0.05


def test_a_calibrated_product_hears_less_of_a_network_that_overstates():
    generator = np.random.default_rng(0)
    labels = np.arange(700) % 7
    honest = softmax(1.5 * np.eye(7)[labels] + generator.normal(size=(700, 7)))
    overstates = softmax(6 * (0.6 * np.eye(7)[labels] + generator.normal(size=(700, 7))))
    pairs = pairs_from(labels, honest, overstates)
    known, asked = pairs.where(np.arange(700) < 350), pairs.where(np.arange(700) >= 350)
    plain, calibrated, alone = (
        accuracy(asked.labels, values.argmax(axis=1))
        for values in (
            combiners.product(known, asked),
            combiners.calibrated_product(known, asked),
            asked.video,
        )
    )
    assert calibrated > alone > plain + 0.05


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
    assert np.all(combiners.svm(pairs, pairs)[:, 6] == 0)
    assert np.all(combiners.stacking(pairs, pairs)[:, 6] < 0.05)


def test_stacking_on_in_sample_scores_looks_better_in_training_and_is_worse_in_test():
    labels, video, audio = leaky_scores(0, 420)
    test_labels, test_video, test_audio = leaky_scores(1, 1400)
    test = pairs_from(test_labels, test_video, test_audio["unseen"])
    found = {}
    learned = ("stacking", "SVM", "weighted mean", "calibrated product")
    for kind in ("in_sample", "unseen"):
        train = pairs_from(labels, video, audio[kind])
        for name in learned:
            combine = combiners.COMBINERS[name]
            found[name, kind] = [
                accuracy(part.labels, combine(train, part).argmax(axis=1)) for part in (train, test)
            ]
    video_alone = accuracy(test_labels, test_video.argmax(axis=1))
    for name in learned:
        leaked, honest = found[name, "in_sample"], found[name, "unseen"]
        assert leaked[0] > honest[0] + 0.1  # looks better
        assert leaked[1] < honest[1] - 0.04  # is worse
        assert leaked[1] < video_alone - 0.04  # worse than not fusing at all
    assert found["stacking", "unseen"][1] > video_alone - 0.05  # it costs little
    for name in ("weighted mean", "calibrated product"):  # what has little to learn costs nothing,
        assert found[name, "unseen"][1] > video_alone
        # and its training accuracy is no illusion.
        assert abs(found[name, "unseen"][0] - found[name, "unseen"][1]) < 0.03


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
