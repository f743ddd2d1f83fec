"""Two tables of scores become pairs, whatever the order of their rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from helpers.emotions import EMOTIONS
from helpers.fusion.alignment import count_modalities, pair_clip_scores
from helpers.results.clip_scores import ResultsError
from tests.fusion.made_up import scores_table


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
