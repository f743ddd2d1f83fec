"""Frames of clips from every source, whole and damaged, and always beside the right clip."""

import io
import zipfile

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.corpora import load_manifest
from helpers.corpora.manifest import CorpusError
from helpers.features import frame_sources

SIZE = (16, 12)


def write_clip(path, levels):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25, (64, 48))
    for level in levels:
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()


def jpeg(level):
    file = io.BytesIO()
    Image.fromarray(np.full((20, 16, 3), level, np.uint8)).save(file, "JPEG", quality=95)
    return file.getvalue()


@pytest.fixture
def afew(tmp_path):
    """Seven good and bad clips; good ones are grey, each at a level of its own."""
    for split, emotion in [("Train", "Happy"), ("Train", "Sad"), ("Val", "Happy")]:
        (tmp_path / "EmotiW_2018" / f"{split}_AFEW" / emotion).mkdir(parents=True)
    happy = tmp_path / "EmotiW_2018" / "Train_AFEW" / "Happy"
    write_clip(happy / "001.avi", [40] * 10)
    write_clip(happy / "clip with spaces é.avi", [80])
    write_clip(happy.parent / "Sad" / "002.avi", [120] * 3)
    (happy.parent / "Sad" / "002.avi").rename(happy.parent / "Sad" / "002.AVI")
    (happy / "empty.avi").touch()
    (happy / "folder.avi").mkdir()
    (happy / "text.avi").write_text("no clip")
    whole = (happy / "001.avi").read_bytes()
    (happy / "cut.avi").write_bytes(whole[:60])
    write_clip(happy.parents[1] / "Val_AFEW" / "Happy" / "003.avi", [160] * 5)
    return tmp_path


LEVELS = {"001": 40, "clip with spaces é": 80, "002": 120, "003": 160}
FRAMES = {"001": 4, "clip with spaces é": 1, "002": 3, "003": 4}


def check(frames, clips, levels=LEVELS, counts=FRAMES):
    assert len(frames.reasons) == len(clips)
    assert (np.diff(frames.clip_rows) >= 0).all()
    for row, clip_id in enumerate(clips["sample_id"]):
        own = frames.pixels[frames.clip_rows == row]
        assert len(own) == counts.get(clip_id, 0), clip_id
        assert (frames.reasons[row] == "") == (len(own) > 0), clip_id
        if len(own):
            assert np.abs(own.astype(int) - levels[clip_id]).max() <= 4, clip_id


def test_whole_frames_stand_beside_their_clip_and_damage_has_a_reason(afew):
    clips = load_manifest("afew", afew)
    assert len(clips) == 8
    frames = frame_sources.whole_frames(clips, SIZE, 4)
    assert frames.pixels.shape[1:] == (*SIZE, 3)
    check(frames, clips)
    reasons = dict(zip(clips["sample_id"], frames.reasons, strict=True))
    assert reasons["folder"] == "a folder, not a file"
    assert "empty" in reasons["empty"]
    assert reasons["text"] and reasons["cut"]


@pytest.mark.parametrize("gone", range(8))
def test_one_clip_less_moves_no_other(afew, gone):
    clips = load_manifest("afew", afew)
    everything = frame_sources.whole_frames(clips, SIZE, 4)
    fewer = clips.drop(index=gone).reset_index(drop=True)
    frames = frame_sources.whole_frames(fewer, SIZE, 4)
    kept = everything.clip_rows != gone
    assert np.array_equal(frames.pixels, everything.pixels[kept])
    rows = everything.clip_rows[kept]
    assert np.array_equal(frames.clip_rows, rows - (rows > gone))


def test_damage_of_every_clip_is_an_error(afew):
    clips = load_manifest("afew", afew)
    broken = clips[clips["sample_id"].isin(["empty", "text", "cut", "folder"])]
    with pytest.raises(ValueError, match="None of the 4 clips has a frame"):
        frame_sources.whole_frames(broken, SIZE, 4)
    with pytest.raises(ValueError, match="None of the 8 clips has a frame; the first:"):
        frame_sources.detected_faces(clips, SIZE, 2)  # grey pictures show no face


def put_faces(root, unpacked):
    """Aligned faces of three clips; ten of 001, so that four are to be chosen; some are damaged."""
    faces = {f"Faces/001/{k}.jpg": jpeg(40) for k in range(10)}
    faces |= {"Faces/002/0.jpg": jpeg(120), "Faces/002/1.jpg": b"no picture"}
    faces |= {"Faces/002/2.jpg": jpeg(120)[:300], "Faces/cut/0.jpg": jpeg(200)}
    faces |= {"Faces/text/0.jpg": b"no picture", "Points/001/0.txt": b"1 2"}
    val = {"Faces/003/0000.JPG": jpeg(160), "Faces/unknown/0.jpg": jpeg(9)}
    for split, name, members in [
        ("Train", "AlignedFaces_LBPTOP_Points", faces),
        ("Val", "AlignedFaces_LBPTOP_Points_Val", {f"{'Val'}/{k}": v for k, v in val.items()}),
    ]:
        folder = root / "EmotiW_2018" / f"{split}_AFEW"
        if unpacked:
            for member, content in members.items():
                (folder / name / member).parent.mkdir(parents=True, exist_ok=True)
                (folder / name / member).write_bytes(content)
        else:
            with zipfile.ZipFile(folder / f"{name}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                for member, content in members.items():
                    archive.writestr(member, content)


@pytest.mark.parametrize("unpacked", [False, True])
def test_aligned_faces_from_the_zip_and_unpacked_are_the_same(afew, unpacked):
    put_faces(afew, unpacked)
    clips = load_manifest("afew", afew)
    assert len(clips) == 8 and not [n for n, _ in clips.attrs["unexpected_files"] if "Aligned" in n]
    frames = frame_sources.aligned_faces(clips, SIZE, 4)
    check(frames, clips, LEVELS | {"cut": 200}, {"001": 4, "002": 1, "003": 1, "cut": 1})
    reasons = dict(zip(clips["sample_id"], frames.reasons, strict=True))
    assert reasons["text"] == "no aligned face can be read"
    assert reasons["clip with spaces é"] == "no aligned face"
    assert [name.split("Faces/")[1] for name, _ in frames.unreadable] == [
        "text/0.jpg",
        "002/1.jpg",
        "002/2.jpg",
    ]


def test_the_faces_chosen_are_spread_over_the_clip_in_the_order_of_their_numbers():
    names = frame_sources._by_clip([f"Faces/a/{k}.jpg" for k in reversed(range(100))])["a"]
    assert names == [f"Faces/a/{k}.jpg" for k in range(100)]
    assert frame_sources._spread(names, 4) == [f"Faces/a/{k}.jpg" for k in (12, 37, 62, 87)]
    assert frame_sources._spread(names[:2], 4) == names[:2]
    assert frame_sources._spread([], 4) == []


def test_nothing_is_unpacked_and_a_bomb_is_not_read(afew):
    folder = afew / "EmotiW_2018" / "Train_AFEW"
    path = folder / "AlignedFaces_LBPTOP_Points.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../Faces/001/0.jpg", jpeg(40))
        archive.writestr("/Faces/001/1.jpg", jpeg(40))
        archive.writestr("Faces/002/0.jpg", bytes(30_000_000))
    before = sorted(p for p in afew.rglob("*"))
    clips = load_manifest("afew", afew)
    frames = frame_sources.aligned_faces(clips, SIZE, 4)
    assert sorted(p for p in afew.rglob("*")) == before
    assert frames.unreadable == [("Faces/002/0.jpg", "it says it is 30,000,000 bytes large")]
    assert len(frames.pixels) == 2


def test_a_damaged_zip_of_one_split_leaves_the_other(afew):
    put_faces(afew, unpacked=False)
    path = afew / "EmotiW_2018" / "Val_AFEW" / "AlignedFaces_LBPTOP_Points_Val.zip"
    path.write_bytes(path.read_bytes()[:-30])
    clips = load_manifest("afew", afew)
    frames = frame_sources.aligned_faces(clips, SIZE, 4)
    reasons = pd.Series(frames.reasons, index=clips["split"])
    assert reasons["val"].startswith("the aligned faces cannot be opened")
    assert set(clips["split"].to_numpy()[frames.clip_rows]) == {"train"}


def test_a_member_with_flipped_bytes_is_passed_over(afew):
    put_faces(afew, unpacked=False)
    path = afew / "EmotiW_2018" / "Train_AFEW" / "AlignedFaces_LBPTOP_Points.zip"
    content = bytearray(path.read_bytes())
    start = content.index(b"Faces/cut/0.jpg") + 40
    content[start : start + 40] = bytes(40)
    path.write_bytes(content)
    clips = load_manifest("afew", afew)
    frames = frame_sources.aligned_faces(clips, SIZE, 4)
    names = [name for name, reason in frames.unreadable if "damaged" in reason]
    assert "Faces/cut/0.jpg" in names
    assert len(frames.clip_rows) == 6


def test_no_aligned_faces_at_all_says_where_they_come_from(afew):
    with pytest.raises(CorpusError, match="come with EmotiW 2018"):
        frame_sources.aligned_faces(load_manifest("afew", afew), SIZE, 4)


def test_faces_in_the_real_clips_are_found_and_kept(shared_data):
    clips = load_manifest("afew", shared_data / "real_mini").iloc[::12].reset_index(drop=True)
    faces = frame_sources.detected_faces(clips, (32, 32), 3)
    reasons = pd.Series(faces.reasons)
    assert (reasons[reasons != ""] == "no face found in 3 frames").all()
    assert (reasons == "").mean() > 0.5
    assert sorted(set(faces.clip_rows)) == reasons.index[reasons == ""].tolist()


def test_all_sources_are_taken_and_what_is_missing_has_a_reason(afew):
    clips = load_manifest("afew", afew)
    frames_of, missing = frame_sources.all_sources(clips, SIZE, 4)
    assert list(frames_of) == ["whole frames"]
    assert list(missing) == ["organisers' faces", "detected faces"]
    assert "EmotiW" in missing["organisers' faces"] and "no face" in missing["detected faces"]
    put_faces(afew, unpacked=False)
    stills = pd.DataFrame(
        {
            "sample_id": ["a", "b"],
            "clip_id": ["001", "999"],
            "emotion": "Happy",
            "split": "train",
            "problem": "",
        }
    )
    pixels = np.full((2, *SIZE, 3), 40, np.uint8)
    frames_of, missing = frame_sources.all_sources(clips, SIZE, 4, (pixels, stills))
    assert list(frames_of) == ["stills", "organisers' faces", "whole frames"]
    check(frames_of["stills"], clips, LEVELS, {"001": 1})
    names = frame_sources.SOURCES[:3]
    fewer, _ = frame_sources.all_sources(clips, SIZE, 4, (pixels, stills), names=names)
    assert list(fewer) == ["stills", "organisers' faces"]
