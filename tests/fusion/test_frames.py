"""Late fusion, and its tables on scores made by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra import numpy as arrays

from helpers.emotions import EMOTIONS
from helpers.features.frame_sources import ClipFrames
from helpers.fusion import frames
from helpers.results.clip_scores import predictions_text


def test_equation_1_by_hand():
    frame_scores = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.5, 0.3], [0.0, 0.0, 1.0]])
    clips = frames.aggregate_clips(frame_scores, [4, 4, 4, 2])
    assert clips.index.tolist() == [2, 4]
    np.testing.assert_allclose(clips.loc[4], [1 / 3, 1.3 / 3, 0.7 / 3])
    np.testing.assert_allclose(clips.loc[2], [0, 0, 1])
    by_hand = {
        "median": np.array([0.2, 0.5, 0.3]) / 1.0,
        "max": np.array([0.7, 0.6, 0.3]) / 1.6,
        "product": np.array([0.014, 0.06, 0.009]) / 0.083,
        "vote": np.array([1, 2, 0]) / 3,
    }
    for method, expected in by_hand.items():
        found = frames.aggregate_clips(frame_scores, [4, 4, 4, 2], method).loc[4]
        np.testing.assert_allclose(found, expected, atol=1e-12)


frame_counts = st.lists(st.integers(1, 6), min_size=1, max_size=8)


@settings(max_examples=40, deadline=None)
@given(data=st.data(), counts=frame_counts, method=st.sampled_from(frames.METHODS))
def test_every_method_equals_one_clip_at_a_time_in_any_order(data, counts, method):
    raw = data.draw(arrays.arrays(np.float64, (sum(counts), 7), elements=st.floats(0.01, 1)))
    scores = raw / raw.sum(axis=1, keepdims=True)
    clip_rows = np.repeat(np.arange(len(counts)), counts)
    together = frames.aggregate_clips(scores, clip_rows, method)
    np.testing.assert_allclose(together.sum(axis=1), 1)
    assert (together >= 0).all().all()
    for row in range(len(counts)):
        alone = frames.aggregate_clips(scores[clip_rows == row], np.zeros(counts[row]), method)
        np.testing.assert_allclose(together.loc[row], alone.iloc[0], atol=1e-12)
    order = data.draw(st.permutations(range(len(scores))))
    shuffled = frames.aggregate_clips(scores[order], clip_rows[order], method)
    np.testing.assert_allclose(shuffled, together, atol=1e-12)


@pytest.mark.parametrize("method", frames.METHODS)
def test_frames_that_agree_give_what_they_say_and_one_frame_gives_itself(method):
    scores = np.tile([0.1, 0.6, 0.3], (5, 1))
    combined = frames.aggregate_clips(scores, [0, 0, 0, 1, 1], method)
    assert combined.to_numpy().argmax(axis=1).tolist() == [1, 1]
    if method != "vote":
        np.testing.assert_allclose(frames.aggregate_clips(scores[:1], [3], method), scores[:1])


def test_what_cannot_be_combined_is_named():
    with pytest.raises(ValueError, match=r"Unknown method 'mode'"):
        frames.aggregate_clips(np.eye(2), [0, 1], "mode")
    with pytest.raises(ValueError, match="for 3 frames"):
        frames.aggregate_clips(np.eye(2), [0, 1, 1])
    with pytest.raises(ValueError, match="1 not finite"):
        frames.aggregate_clips(np.array([[np.nan, 1]]), [0])


def test_clips_without_a_frame_get_the_prior_and_nothing_else_moves():
    prior = frames.class_prior(np.array([0, 0, 0, 2]), 3)
    assert prior.tolist() == [0.75, 0, 0.25]
    scores = frames.score_clips(np.eye(3)[[1, 2]], np.array([1, 3]), prior, clips=5)
    expected = [prior, [0, 1, 0], prior, [0, 0, 1], prior]
    np.testing.assert_allclose(scores, expected)


def test_score_tables_can_be_saved_as_predictions():
    clips = pd.DataFrame({"sample_id": list("abc"), "split": "val", "emotion": "Happy"})
    values = pd.DataFrame(np.eye(7)[[0, 3]], index=[2, 1])
    table = frames.prediction_table(clips, {"in_sample": values, "thesis": values}, EMOTIONS)
    assert table["sample_id"].tolist() == ["c", "b"] * 2
    assert table["protocol"].tolist() == ["in_sample"] * 2 + ["thesis"] * 2
    assert table["Happy"].tolist() == [0, 1, 0, 1] and table["Angry"].tolist() == [1, 0, 1, 0]
    assert len(predictions_text(table, "a test").splitlines()) == 5


# ---- sources of frames, and ways to combine them

TESTED = pd.DataFrame({"emotion": ["Angry", "Disgust", "Fear", "Happy", "Sad"]})
TRUE = np.array([0, 1, 2, 3, 5])


def clip_frames(*clips_of_frames):
    rows = np.array(sorted(clips_of_frames))
    reasons = ["" if row in clips_of_frames else "no face" for row in range(5)]
    return ClipFrames(np.zeros((len(rows), 4, 4, 3), np.uint8), rows, reasons, [])


def predicting(*predicted, sure=0.7):
    values = np.full((5, 7), (1 - sure) / 6)
    values[np.arange(5), predicted] = sure
    return values


FRAMES = {"stills": clip_frames(0, 0, 1, 2), "faces": clip_frames(1, 2, 3, 3, 3)}
SCORES = {
    ("stills", "held_out"): predicting(0, 1, 4, 3, 4),  # with frames: 0 and 1 right, 2 wrong
    ("faces", "held_out"): predicting(0, 0, 2, 3, 4),  # with frames: 1 wrong, 2 and 3 right
}


def test_every_source_is_counted_with_its_frames_and_its_clips_without():
    table = frames.source_table(FRAMES, SCORES, TESTED, "held_out")
    assert table.values.tolist() == [["stills", 4, 3, 2, 3 / 5], ["faces", 5, 3, 2, 3 / 5]]


def test_experiments_are_over_the_clips_with_frames():
    both = SCORES | {("stills", "thesis"): SCORES["stills", "held_out"]}
    lines = frames.source_experiments(FRAMES, both, TESTED, {"stills": 0.39})
    found = [(e["name"], e["protocol"], e["n"], e["metrics"]["correct"]) for e in lines]
    assert found == [
        ("stills", "held_out", 3, 2),
        ("faces", "held_out", 3, 2),
        ("stills", "thesis", 3, 2),
    ]
    assert [e["published"] for e in lines] == [None, None, {"value": 0.39}]


def test_pairs_are_on_the_same_clips():
    table = frames.compare_sources(FRAMES, SCORES, TESTED, "held_out")
    (row,) = table.to_dict("records")
    assert (
        row["source"] == "faces"
        and row["n"] == 2
        and row["stills"] == 0.5
        and row["this source"] == 0.5
    )
    assert row["p_value"] == 1


def test_p_values_of_several_sources_are_corrected_for_their_number():
    n = 12
    clips, everywhere = pd.DataFrame({"emotion": ["Angry"] * n}), np.arange(n)
    every = ClipFrames(np.zeros((n, 4, 4, 3), np.uint8), everywhere, [""] * n, [])
    right, wrong, mixed = (np.eye(7)[np.repeat([0, 1], [k, n - k])] for k in (12, 0, 8))
    table = frames.compare_sources(
        dict.fromkeys(("stills", "whole", "faces"), every),
        {("stills", "thesis"): right, ("whole", "thesis"): wrong, ("faces", "thesis"): mixed},
        clips,
        "thesis",
    )
    assert list(table["p_value"]) == pytest.approx([2 / 2**12, 2 / 2**4])
    assert list(table["p_holm"]) == pytest.approx([4 / 2**12, 2 / 2**4])


def test_sources_without_a_common_clip_can_be_paired():
    apart = {"stills": clip_frames(0), "faces": clip_frames(1)}
    (row,) = frames.compare_sources(apart, SCORES, TESTED, "held_out").to_dict("records")
    assert row["n"] == 0 and np.isnan(row["stills"])


def test_ways_to_combine_are_compared_with_the_mean():
    frame_scores = np.array([[0.9, 0.1, 0], [0.4, 0.6, 0], [0.4, 0.6, 0], [0, 0.2, 0.8]])
    wide = np.hstack([frame_scores, np.zeros((4, 4))])
    table = frames.compare_methods(wide, np.array([0, 0, 0, 2]), np.array([0, 2]), [1, 2])
    accuracy = dict(zip(table["method"], table["accuracy"], strict=True))
    assert accuracy["mean"] == 0.5 and accuracy["vote"] == 1 and accuracy["median"] == 1
    assert table.loc[table["method"] == "mean", "p_value"].isna().all()
    assert list(table["p_value"][1:]) == [1] * 4 and list(table["p_holm"][1:]) == [1] * 4


def test_more_frames_are_asked_one_after_the_other():
    scores = np.array([[0.9, 0.1], [0.4, 0.6], [0.4, 0.6], [0.8, 0.2], [0.3, 0.7]])
    clip_rows, true = np.array([2, 0, 2, 0, 2]), np.array([0, 1, 0])
    right = frames.right_by_frames(scores, clip_rows, true, seed=0, lots=2000)
    assert list(right) == [1, 2, 3]
    # All of a clip's frames: (0.8 + 0.4) / 2 and (0.9 + 0.4 + 0.3) / 3 for the first class.
    assert right[3] == pytest.approx([1, 1])
    assert right[1] == pytest.approx([1 / 2, 1 / 3], abs=0.05)
    # The first clip has no third frame; of two of the other's, the first class wins with 0.9.
    assert right[2] == pytest.approx([1, 2 / 3], abs=0.05)


@pytest.mark.parametrize(
    ("true", "expected"),
    [
        ([0, 0, 1], 2),  # right by one frame of three
        ([0, 1, 0], 0),  # the only right one
        ([1, 1, 0], 2),  # none is right: that which comes nearest
    ],
)
def test_the_clip_that_is_shown_is_one_that_the_mean_has_saved(true, expected):
    scores = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.6, 0.4], [0.6, 0.4]])
    shown = frames.clip_to_show(scores, np.array([0, 0, 2, 2, 2]), np.array(true))
    assert shown == expected
