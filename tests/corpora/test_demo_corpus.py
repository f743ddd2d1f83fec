"""The files of the miniature: layouts, counts, quirks, determinism, interruption."""

import csv
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from helpers.corpora import demo, load_manifest
from helpers.corpora.demo import city, clips, ensure_demo, studio
from helpers.corpora.demo.films import TITLES
from helpers.corpora.exclusions import FILE_NAME, exclude, read_exclusions
from helpers.corpora.manifest import CorpusError
from helpers.decoding.sound import read_audio_at_own_rate
from helpers.emotions import EMOTIONS
from helpers.paths import repository_root
from helpers.runtime.ffmpeg import MachineError

SEED = 5


def counts(manifest, split: str) -> tuple[int, ...]:
    emotions = manifest.loc[manifest["split"] == split, "emotion"].value_counts()
    return tuple(int(emotions[emotion]) for emotion in EMOTIONS)


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("name", ["faces", "sfew", "afew", "urbansound8k"])
def test_every_corpus_is_read_without_a_problem(demo_root, name):
    manifest = load_manifest(name, demo_root)
    assert (manifest["problem"] == "").all()
    assert manifest.attrs["unexpected_files"] == []


def test_it_is_small(demo_root):
    assert sum(path.stat().st_size for path in demo_root.rglob("*") if path.is_file()) < 120e6


def test_faces_are_24_people_in_all_kinds_with_12_pictures_each(demo_root):
    manifest = load_manifest("faces", demo_root)
    assert len(manifest) == 288 and set(manifest["emotion"]) == set(EMOTIONS[:6])
    pictures = manifest.groupby(["person", "emotion", "split"]).size()
    assert len(pictures) == 288 and (pictures == 1).all()
    people = manifest.drop_duplicates("person")
    assert (people.groupby(["age_group", "gender"]).size() == 4).all() and len(people) == 24
    picture = cv2.imread(manifest["path"].iloc[0])
    assert picture.shape == (studio.HEIGHT, studio.WIDTH, 3)


def test_stills_have_the_published_imbalance_without_the_non_faces(demo_root):
    manifest = load_manifest("sfew", demo_root)
    cleaned, unknown = exclude(manifest, read_exclusions(demo_root / FILE_NAME))
    assert unknown == []
    faces = cleaned[cleaned["problem"] == ""]
    published = {
        "train": (172, 49, 76, 176, 142, 151, 93),
        "val": (76, 23, 45, 62, 82, 68, 49),
    }
    for split, total, not_faces in (("train", 560, 19), ("val", 784, 29)):
        assert sum(counts(faces, split)) == total
        assert (manifest["split"] == split).sum() == total + not_faces
        share = np.array(published[split]) / sum(published[split])
        assert np.abs(np.array(counts(faces, split)) - share * total).max() < 1
    for path in manifest["path"].iloc[::10]:
        assert cv2.imread(path).shape == (145, 114, 3)


def test_stills_belong_to_clips_and_some_disagree_with_them(demo_root):
    stills, afew = load_manifest("sfew", demo_root), load_manifest("afew", demo_root)
    label = afew.set_index(["split", "sample_id"])["emotion"]
    of_clip = [label[key] for key in zip(stills["split"], stills["clip_id"], strict=True)]
    disagree = (stills["emotion"] != of_clip).mean()
    assert 0.04 < disagree < 0.08
    for split in ("train", "val"):
        with_stills = stills.loc[stills["split"] == split, "clip_id"].nunique()
        assert with_stills / (afew["split"] == split).sum() == pytest.approx(0.85, abs=0.01)
    films = stills.groupby("split")["film"].agg(set)
    assert not films["train"] & films["val"]
    assert films["train"] <= set(TITLES["train"]) and films["val"] <= set(TITLES["val"])
    assert any("_" in film for film in films["train"])


def test_test_clips_are_half_as_many_again_and_two_ids_are_in_both_splits(demo_root):
    manifest = load_manifest("afew", demo_root)
    assert counts(manifest, "train") == clips.CLIPS["train"]
    assert counts(manifest, "val") == clips.CLIPS["val"]
    ids = manifest.groupby("split")["sample_id"].agg(set)
    assert len(ids["train"]) == 300 and len(ids["val"]) == 450
    assert len(ids["train"] & ids["val"]) == 2


def test_clips_have_pictures_and_sound_of_the_same_length(demo_root):
    manifest = load_manifest("afew", demo_root)
    rates, changes = set(), []
    for path in manifest["path"].iloc[::40]:
        video = cv2.VideoCapture(path)
        frames = int(video.get(cv2.CAP_PROP_FRAME_COUNT))
        assert video.get(cv2.CAP_PROP_FPS) == 25
        read, first = video.read()
        video.set(cv2.CAP_PROP_POS_FRAMES, frames // 2)
        read_later, later = video.read()
        assert read and read_later and first.shape == (192, 240, 3)
        changes.append(np.abs(first.astype(int) - later).mean())
        sound, rate = read_audio_at_own_rate(path)
        rates.add(rate)
        assert 0.8 <= frames / 25 <= 1.6
        assert abs(len(sound) / rate - frames / 25) < 0.12
        assert 0.005 < sound.std() < 0.5 and np.abs(sound).max() <= 1.0
    assert min(changes) > 0.5
    assert len(rates) > 1
    assert {sound_format(Path(path)) for path in manifest["path"].iloc[::12]} == {0x01, 0x55}


def sound_format(path: Path) -> int:
    """Return the format tag of the sound in an .avi: 0x01 is PCM, 0x55 is MP3."""
    head = path.read_bytes()[:16384]
    format_chunk = head.index(b"strf", head.index(b"auds"))
    return int.from_bytes(head[format_chunk + 8 : format_chunk + 10], "little")


def test_beside_the_classes_lie_aligned_faces_for_most_clips(demo_root):
    manifest = load_manifest("afew", demo_root)
    for split, folder, name, without in (
        ("train", "Train_AFEW", "AlignedFaces_LBPTOP_Points.zip", 9),
        ("val", "Val_AFEW", "AlignedFaces_LBPTOP_Points_Val.zip", 19),
    ):
        beside = demo_root / "EmotiW_2018" / folder
        assert (beside / f"{folder.split('_')[0]}_6.xml").is_file()
        ids = set(manifest.loc[manifest["split"] == split, "sample_id"])
        with zipfile.ZipFile(beside / name) as archive:
            assert archive.testzip() is None
            parts = [Path(entry).parts for entry in archive.namelist()]
            first = np.frombuffer(archive.read(archive.namelist()[0]), np.uint8)
        assert cv2.imdecode(first, cv2.IMREAD_COLOR) is not None
        assert all(p[0] == "Faces" and p[2].endswith(".jpg") and len(p) == 3 for p in parts)
        found = {part[1] for part in parts}
        assert found < ids and len(ids - found) == without


def test_city_sounds_are_ten_classes_in_three_folds(demo_root):
    manifest = load_manifest("urbansound8k", demo_root)
    assert len(manifest) == 180
    assert (manifest.groupby(["sound_class", "fold"]).size() == 6).all()
    assert manifest["sound_class"].nunique() == 10 and set(manifest["fold"]) == {1, 2, 3}
    assert (manifest.groupby("group")["fold"].nunique() == 1).all()
    assert set(manifest["salience"]) == {1, 2}
    about = [soundfile.info(path) for path in manifest["path"]]
    assert len({item.samplerate for item in about}) >= 4
    assert {item.channels for item in about} == {1, 2}
    assert len({item.subtype for item in about}) >= 3
    assert all(0.7 < item.duration <= 4 for item in about)
    # libsndfile's PEAK chunk holds the time of day: no two runs would be equal.
    assert not any(b"PEAK" in Path(path).read_bytes()[:256] for path in manifest["path"])
    table = demo_root / "UrbanSound8K" / "metadata" / "UrbanSound8K.csv"
    with table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [
        "slice_file_name",
        "fsID",
        "start",
        "end",
        "salience",
        "fold",
        "classID",
        "class",
    ]
    for row in rows[::20]:
        path = table.parents[1] / "audio" / f"fold{row['fold']}" / row["slice_file_name"]
        length = float(row["end"]) - float(row["start"])
        assert soundfile.info(path).duration == pytest.approx(length, abs=0.01)


def write_a_little(root: Path, seed: int) -> dict[str, bytes]:
    city.write_recording(root, seed, city.plan_recordings(seed)[7])
    studio.write_sitter(root, seed, studio.plan_sitters(seed)[0])
    clips.write_clip(root, seed, clips.plan_clips(seed)[3])
    return files_in(root)


def test_the_same_seed_gives_the_same_bytes_in_any_order_and_process(demo_root, tmp_path):
    again = write_a_little(tmp_path / "a", demo.SEED)
    assert again == {name: (demo_root / name).read_bytes() for name in again} and len(again) > 14
    city.write_recording(tmp_path / "b", SEED, city.plan_recordings(SEED)[7])
    assert not set(files_in(tmp_path / "b").values()) & set(again.values())


def test_a_plan_depends_on_nothing_but_the_seed():
    assert clips.plan_clips(SEED) == clips.plan_clips(SEED) != clips.plan_clips(SEED + 1)
    for clip in clips.plan_clips(SEED):
        assert len(clip.clip_id) == 9 and clip.clip_id.endswith("0")


def test_a_broken_ffmpeg_says_what_it_said(tmp_path, monkeypatch):
    fake = tmp_path / "ffmpeg"
    fake.write_text("#!/bin/sh\necho no such encoder >&2\nexit 3\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MachineError, match="no such encoder"):
        clips.write_clip(tmp_path, SEED, clips.plan_clips(SEED)[0])


def write_stub(root: Path, seed: int) -> None:
    root.mkdir(parents=True)
    (root / "something").write_text(str(seed))


def test_what_is_there_is_not_written_again(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "_write", write_stub)
    folder = ensure_demo(tmp_path / "demo", seed=1)

    def fail(root, seed):
        raise AssertionError("written twice")

    monkeypatch.setattr(demo, "_write", fail)
    assert ensure_demo(tmp_path / "demo", seed=1) == folder
    assert ensure_demo(tmp_path / "demo") == folder  # a folder that is there may be of any seed
    with pytest.raises(CorpusError, match="seed 2"):
        ensure_demo(tmp_path / "demo", seed=2)


def test_another_folder_is_left_alone_and_an_empty_one_is_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "_write", write_stub)
    foreign = tmp_path / "mine"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("precious")
    with pytest.raises(CorpusError, match="is not the demo corpus"):
        ensure_demo(foreign)
    assert [path.name for path in foreign.iterdir()] == ["thesis.txt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert (ensure_demo(empty) / "something").exists()


def test_without_a_folder_it_goes_to_the_cache_under_version_and_seed(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path))
    monkeypatch.setattr(demo, "_write", write_stub)
    names = {ensure_demo(seed=seed).name for seed in (1, 2)}
    monkeypatch.setattr(demo, "VERSION", demo.VERSION + 1)
    names.add(ensure_demo(seed=1).name)
    assert len(names) == 3 and all(name.startswith("demo-") for name in names)


def test_an_error_half_way_leaves_nothing(tmp_path, monkeypatch):
    def fail(root, seed):
        write_stub(root, seed)
        raise OSError("disk full")

    monkeypatch.setattr(demo, "_write", fail)
    with pytest.raises(OSError, match="disk full"):
        ensure_demo(tmp_path / "demo")
    assert list(tmp_path.iterdir()) == []


SLOWLY = """
import sys, time
import joblib
from helpers.corpora import demo

def write_one(root, number):
    root.mkdir(parents=True, exist_ok=True)
    (root / f"{number}.avi").write_text("a clip")
    time.sleep(0.2)

def write(root, seed):
    joblib.Parallel(n_jobs=2)(joblib.delayed(write_one)(root, number) for number in range(1000))

demo._write = write
demo.ensure_demo(sys.argv[1])
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_leaves_nothing_that_looks_whole(tmp_path, how):
    folder = tmp_path / "demo"
    process = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, str(folder)],
        cwd=repository_root(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    try:
        end = time.monotonic() + 120
        while not list(tmp_path.rglob("*.avi")) and time.monotonic() < end:
            assert process.poll() is None
            time.sleep(0.02)
        assert list(tmp_path.rglob("*.avi"))
        os.killpg(process.pid, how)
        assert process.wait(timeout=60) != 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert not folder.exists()
    with pytest.raises(CorpusError):
        load_manifest("faces", folder)
    if how == signal.SIGINT:
        assert list(tmp_path.iterdir()) == []


DRAW = """\
import sys
import time
from pathlib import Path

from helpers.corpora import demo

folder = Path(sys.argv[1])


def write(root, seed):
    with (folder / "log").open("a") as log:
        log.write("drawn\\n")
    time.sleep(1)
    root.mkdir()


demo._write = write  # the real one takes a minute
demo.ensure_demo(folder / "demo")
"""


def test_of_processes_that_want_it_at_once_one_draws_and_the_others_wait(tmp_path):
    (tmp_path / ".demo-abcdefgh" / "demo").mkdir(parents=True)  # another one was killed
    command = [sys.executable, "-c", DRAW, tmp_path]
    processes = [subprocess.Popen(command, cwd=repository_root()) for _ in range(3)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0, 0]
    assert (tmp_path / "log").read_text() == "drawn\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo", "log"]
