"""The tables of notebook 04 on scores made by hand."""

import numpy as np
import pandas as pd
import pytest

from helpers.features.frame_sources import ClipFrames
from helpers.fusion import clip_comparison

CLIPS = pd.DataFrame({"emotion": ["Angry", "Disgust", "Fear", "Happy", "Sad"]})
TRUE = np.array([0, 1, 2, 3, 5])


def frames(*clips_of_frames):
    rows = np.array(sorted(clips_of_frames))
    reasons = ["" if row in clips_of_frames else "no face" for row in range(5)]
    return ClipFrames(np.zeros((len(rows), 4, 4, 3), np.uint8), rows, reasons, [])


def scores(*named, sure=0.7):
    values = np.full((5, 7), (1 - sure) / 6)
    values[np.arange(5), named] = sure
    return values


FRAMES = {"stills": frames(0, 0, 1, 2), "faces": frames(1, 2, 3, 3, 3)}
SCORES = {
    ("stills", "held_out"): scores(0, 1, 4, 3, 4),  # with frames: 0 and 1 right, 2 wrong
    ("faces", "held_out"): scores(0, 0, 2, 3, 4),  # with frames: 1 wrong, 2 and 3 right
}


def test_every_source_is_counted_with_its_frames_and_its_clips_without():
    table = clip_comparison.source_table(FRAMES, SCORES, CLIPS, "held_out")
    assert table.values.tolist() == [["stills", 4, 3, 2, 3 / 5], ["faces", 5, 3, 2, 3 / 5]]


def test_experiments_are_over_the_clips_with_frames():
    both = SCORES | {("stills", "thesis"): SCORES["stills", "held_out"]}
    lines = clip_comparison.source_experiments(FRAMES, both, CLIPS, {"stills": 0.39})
    found = [(e["name"], e["protocol"], e["n"], e["metrics"]["correct"]) for e in lines]
    assert found == [
        ("stills", "held_out", 3, 2),
        ("faces", "held_out", 3, 2),
        ("stills", "thesis", 3, 2),
    ]
    assert [e["published"] for e in lines] == [None, None, {"value": 0.39}]


def test_pairs_are_on_the_same_clips():
    table = clip_comparison.paired_table(FRAMES, SCORES, CLIPS, "held_out")
    (row,) = table.to_dict("records")
    assert row["clips"] == 2 and row["stills"] == 0.5 and row["this source"] == 0.5
    assert row["p value"] == 1


def test_p_values_of_several_sources_are_corrected_for_their_number():
    n = 12
    clips, everywhere = pd.DataFrame({"emotion": ["Angry"] * n}), np.arange(n)
    every = ClipFrames(np.zeros((n, 4, 4, 3), np.uint8), everywhere, [""] * n, [])
    right, wrong, mixed = (np.eye(7)[np.repeat([0, 1], [k, n - k])] for k in (12, 0, 8))
    table = clip_comparison.paired_table(
        dict.fromkeys(("stills", "whole", "faces"), every),
        {("stills", "thesis"): right, ("whole", "thesis"): wrong, ("faces", "thesis"): mixed},
        clips,
        "thesis",
    )
    assert list(table["p value"]) == pytest.approx([2 / 2**12, 2 / 2**4])
    assert list(table["p, Holm"]) == pytest.approx([4 / 2**12, 2 / 2**4])


def test_the_title_of_a_strip_says_how_near_the_second_was():
    values = np.array([0.1, 0.05, 0.3, 0.2, 0.05, 0.05, 0.25])
    title = clip_comparison.strip_title(values, 0)
    assert title == "named Fear (30%) before Surprise (25%), is Angry"


def test_sources_without_a_common_clip_can_be_paired():
    apart = {"stills": frames(0), "faces": frames(1)}
    (row,) = clip_comparison.paired_table(apart, SCORES, CLIPS, "held_out").to_dict("records")
    assert row["clips"] == 0 and np.isnan(row["stills"])


def test_scores_of_clips_without_frames_are_the_prior(monkeypatch):
    prior = np.array([0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    monkeypatch.setattr(
        clip_comparison.training, "predict", lambda network, pixels, rows: network[rows]
    )
    one_hot = np.eye(7)[[6, 5, 4, 3]]
    found = clip_comparison.score_sources(
        {"stills": FRAMES["stills"]}, {"thesis": one_hot}, prior, 5
    )
    values = found["stills", "thesis"]
    np.testing.assert_allclose(values[0], [0, 0, 0, 0, 0, 0.5, 0.5])
    np.testing.assert_allclose(values[1:3], np.eye(7)[[4, 3]])
    np.testing.assert_allclose(values[3:], [prior, prior])


def test_ways_to_combine_are_compared_with_the_mean():
    frame_scores = np.array([[0.9, 0.1, 0], [0.4, 0.6, 0], [0.4, 0.6, 0], [0, 0.2, 0.8]])
    wide = np.hstack([frame_scores, np.zeros((4, 4))])
    table = clip_comparison.method_table(wide, np.array([0, 0, 0, 2]), np.array([0, 2]), [1, 2])
    accuracy = dict(zip(table["method"], table["accuracy"], strict=True))
    assert accuracy["mean"] == 0.5 and accuracy["vote"] == 1 and accuracy["median"] == 1
    assert table.loc[table["method"] == "mean", "p against mean"].item() == 1


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ((0, 1, 2, 0, 0), [1, 0]),  # none is wrong: the surest right one, and the least sure
        ((0, 0, 0, 0, 0), [0, 1, 2]),
        ((6, 6, 6, 6, 6), [1, 0]),  # none is right
    ],
)
def test_clips_to_show_are_different_and_have_frames(named, expected):
    values = scores(*named)
    values[[1, 4]] = np.eye(7)[[named[1], named[4]]]  # the surest ones; 4 has no frame
    values[0] = values[0] * 0.9 + 0.1 / 7
    assert clip_comparison.clips_to_show(values, FRAMES["stills"], TRUE) == expected
