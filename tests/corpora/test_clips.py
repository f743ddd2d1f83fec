"""The join of stills to clips on a hand-made tree, and what follows from it under damage."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.corpora import load_manifest
from helpers.corpora.clips import (
    clip_groups,
    fold_units,
    ids_in_both_splits,
    join_stills,
    leave_out_shared_ids,
)
from helpers.emotions import EMOTIONS, class_indices
from helpers.features import frame_sources, pictures
from helpers.fusion import frames

STILLS = [  # split, still's emotion, film, clip id, frame
    ("Train", "Happy", "Brazil", "000000001", 3),
    ("Train", "Happy", "Brazil", "000000001", 10),
    ("Train", "Sad", "Brazil", "000000001", 20),  # the clip is Happy
    ("Train", "Fear", "Amélie (2001)", "000000002", 1),
    ("Train", "Fear", "Brazil", "000000009", 1),  # no such clip
    ("Train", "Angry", "Casa_blanca", "000000007", 1),  # also in Val, with another label there
    ("Val", "Neutral", "Descent", "000000007", 1),
    ("Val", "Disgust", "Descent", "000000004", 2),  # the clip is Surprise
]
CLIPS = [  # split, emotion, clip id
    ("Train", "Happy", "000000001"),
    ("Train", "Fear", "000000002"),
    ("Train", "Sad", "000000003"),  # no stills
    ("Train", "Angry", "000000007"),
    ("Val", "Neutral", "000000007"),
    ("Val", "Surprise", "000000004"),
    ("Val", "Happy", "000000005"),  # no stills
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    root = tmp_path_factory.mktemp("hand-made corpora")
    for number, (split, emotion, film, clip_id, frame) in enumerate(STILLS):
        folder = root / "SFEW" / split / emotion
        folder.mkdir(parents=True, exist_ok=True)
        picture = np.full((181, 143, 3), 10 * number + 10, np.uint8)
        Image.fromarray(picture).save(folder / f"{film}_{clip_id}_{frame:08}.png")
    for split, emotion, clip_id in CLIPS:
        folder = root / "EmotiW_2018" / f"{split}_AFEW" / emotion
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{clip_id}.avi").write_bytes(b"RIFF")
    return root


@pytest.fixture(scope="module")
def corpora(tree):
    stills, clips = load_manifest("sfew", tree), load_manifest("afew", tree)
    return stills, clips, join_stills(stills, clips)


def test_the_label_is_the_clips(corpora):
    stills, clips, joined = corpora
    assert len(joined) == len(stills)
    found = {
        (row.split, row.film, row.clip_id, row.frame): (row.emotion, row.clip_emotion)
        for row in joined.itertuples()
    }
    of_clip = {(split, clip_id): emotion for split, emotion, clip_id in CLIPS}
    assert found == {
        (split.lower(), film, clip_id, frame): (emotion, of_clip.get((split, clip_id), ""))
        for split, emotion, film, clip_id, frame in STILLS
    }
    with_clip = joined[joined["clip_row"] >= 0]
    assert (clips["sample_id"].to_numpy()[with_clip["clip_row"]] == with_clip["clip_id"]).all()
    assert (clips["split"].to_numpy()[with_clip["clip_row"]] == with_clip["split"]).all()


def test_disagreements_and_stills_without_a_clip_are_in_the_table(corpora):
    _, _, joined = corpora
    differing = joined[joined["disagrees"]]
    assert differing[["emotion", "clip_emotion"]].values.tolist() == [
        ["Sad", "Happy"],
        ["Disgust", "Surprise"],
    ]
    alone = joined[joined["problem"] != ""]
    assert alone["problem"].tolist() == ["no clip 000000009 in train"]
    assert alone["clip_row"].tolist() == [-1]


def test_ids_in_both_splits_are_named_and_leave_train_alone(corpora):
    _, clips, _ = corpora
    assert ids_in_both_splits(clips) == ["000000007"]
    kept = leave_out_shared_ids(clips)
    left_out = kept[kept["problem"] != ""]
    assert left_out[["split", "sample_id"]].values.tolist() == [["train", "000000007"]]
    assert (clips["problem"] == "").all(), "the given manifest was changed"


def test_groups_are_films_where_a_still_names_one(corpora):
    _, clips, joined = corpora
    groups = dict(zip(clips["split"] + clips["sample_id"], clip_groups(clips, joined), strict=True))
    assert groups["train000000001"] == "Brazil"
    assert groups["train000000002"] == "Amélie (2001)"
    assert groups["train000000003"] == "000000003"
    assert groups["train000000007"] == "Casa_blanca" and groups["val000000007"] == "Descent"


def test_a_fold_can_be_of_stills_of_clips_or_of_films(corpora):
    _, clips, joined = corpora
    rows = np.flatnonzero(joined["clip_id"].isin(["000000001", "000000002"]))
    units = fold_units(clips, joined, rows)
    assert list(units) == ["still", "clip", "film"]
    assert [len(set(groups)) for groups in units.values()] == [4, 2, 2]
    assert all(len(groups) == len(rows) for groups in units.values())


def test_a_clip_id_that_stands_for_two_clips_is_reported(corpora):
    stills, clips, _ = corpora
    twice = pd.concat([clips, clips[clips["sample_id"] == "000000002"].assign(emotion="Sad")])
    joined = join_stills(stills, twice)
    problem = joined.loc[joined["clip_id"] == "000000002", "problem"].tolist()
    assert problem == ["clip id 000000002 stands for several clips in train"]


def test_stills_of_clips_keep_pixels_with_their_clip(corpora):
    stills, clips, _ = corpora
    pixels, stills = pictures.decode(stills, (8, 8), 3)
    joined = join_stills(stills, clips)
    found = frame_sources.stills_of_clips(pixels, joined, len(clips))
    brightness = {(s.lower(), c): [] for s, _, c in CLIPS}
    for number, (split, _, _, clip_id, _) in enumerate(STILLS):
        brightness.setdefault((split.lower(), clip_id), []).append(10 * number + 10)
    for row, clip in enumerate(clips.itertuples()):
        own = found.pixels[found.clip_rows == row]
        assert sorted(own[:, 0, 0, 0]) == brightness[clip.split, clip.sample_id]
        assert found.reasons[row] == ("" if len(own) else "no still")


@pytest.mark.parametrize("gone", range(7))
def test_removing_one_clip_changes_no_other_score(corpora, gone):
    stills, clips, _ = corpora
    pixels, stills = pictures.decode(stills, (8, 8), 3)

    def scores_by_clip(clips):
        joined = join_stills(stills, clips)
        found = frame_sources.stills_of_clips(pixels, joined, len(clips))
        brightness = found.pixels[:, 0, 0, :1] / 255.0
        scores = frames.score_clips(
            np.hstack([brightness, 1 - brightness]), found.clip_rows, np.full(2, 0.5), len(clips)
        )
        return dict(zip(clips["split"] + clips["sample_id"], map(tuple, scores), strict=True))

    everything = scores_by_clip(clips)
    without = scores_by_clip(clips.drop(index=clips.index[gone]).reset_index(drop=True))
    assert len(without) == len(everything) - 1
    assert without.items() <= everything.items()


def test_the_real_sample_joins_as_counted(shared_data):
    stills = load_manifest("sfew", shared_data / "real_mini")
    clips = load_manifest("afew", shared_data / "real_mini")
    assert clips["split"].value_counts().to_dict() == {"train": 84, "val": 42}
    joined = join_stills(stills, clips)
    assert len(joined) == 188 and (joined["problem"] == "").all()
    ids = {
        emotion: set(clips.loc[clips["emotion"] == emotion, "sample_id"]) for emotion in EMOTIONS
    }
    for row in joined.itertuples():
        assert row.clip_id in ids[row.clip_emotion]
        assert row.disagrees == (row.emotion != row.clip_emotion)
    assert 0 < joined["disagrees"].sum() < 40
    assert class_indices(joined["clip_emotion"]).min() == 0
