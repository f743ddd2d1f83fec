import os
import shutil
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.corpora import load_manifest, prepare as prepare_module
from helpers.corpora.fetching import copying
from helpers.corpora.fetching.copying import being_filled
from helpers.corpora.folders import unfinished_marker
from helpers.corpora.manifest import CorpusError
from helpers.corpora.prepare import main, prepare
from tests.corpora.making import (
    AVI,
    JPEG,
    PNG,
    WAV,
    make_tar,
    make_zip,
    tree,
    urban_tar,
    write,
)

ALIGNED = "AlignedFaces_LBPTOP_Points.zip"


def run(source, root, **options):
    return prepare(source, root, progress=False, **options)


def counts(table):
    return {(row.corpus, row.part): row.found for row in table.itertuples() if row.found}


AFEW = {
    "EmotiW_2018/Train_AFEW/Angry/000046280.avi": AVI,
    "EmotiW_2018/Train_AFEW/Happy/Été con ñ.AVI": AVI,
    f"EmotiW_2018/Train_AFEW/{ALIGNED}": b"PK\x03\x04inner",
    "EmotiW_2018/Train_AFEW/Train_6.xml": b"<xml/>",
    "EmotiW_2018/Val_AFEW/Sad/000046280.avi": AVI,
    "EmotiW_2018/Test_AFEW/000000001.avi": AVI,
    "__MACOSX/EmotiW_2018/Train_AFEW/Angry/._000046280.avi": b"a Mac's",
}
IN_PLACE = {name: content for name, content in AFEW.items() if name.startswith("EmotiW_2018/")}
del IN_PLACE["EmotiW_2018/Test_AFEW/000000001.avi"]


def test_emotiw_comes_from_its_zip(tmp_path):
    source = tmp_path / "drive"
    source.mkdir()
    make_zip(source / "EmotiW_2018.zip", AFEW)
    before = tree(source)
    table = run(source, tmp_path / "data")
    assert tree(tmp_path / "data") == IN_PLACE
    assert tree(source) == before
    rows = table.set_index("part")
    own = ["corpus", "found", "expected", "missing", "damaged", "duplicate_ids"]
    assert rows.loc["train", own].tolist() == ["afew", 2, 773, 771, 0, 0]
    assert rows.loc["val", own].tolist() == ["afew", 1, 383, 382, 0, 1]
    assert "afew: more than once: 000046280" in table.attrs["details"]
    assert table.attrs["failures"] == []


@pytest.mark.parametrize("inside", ["", "EmotiW_2018/", "my things/EmotiW_2018/"])
def test_the_folders_around_a_corpus_do_not_matter(tmp_path, inside):
    cut = {name.removeprefix("EmotiW_2018/"): content for name, content in IN_PLACE.items()}
    write(tmp_path / "unpacked", {inside + name: content for name, content in cut.items()})
    run(tmp_path / "unpacked", tmp_path / "data")
    assert tree(tmp_path / "data") == IN_PLACE


def test_one_archive_can_be_given_itself(tmp_path):
    archive = make_zip(tmp_path / "train.zip", {"Train/Angry/Juno_000142040_00000001.png": PNG})
    assert counts(run(archive, tmp_path / "data")) == {("sfew", "train"): 1}


def test_the_parts_of_sfew_come_together(tmp_path):
    source = tmp_path / "drive"
    write(source, {"Val/Sad/Été à Paris_014545620_00000010.png": PNG})
    make_zip(source / "Train.zip", {"Train/angry/Juno_000142040_00000001.PNG": PNG})
    table = run(source, tmp_path / "data")
    assert sorted(tree(tmp_path / "data")) == [
        "SFEW/Train/Angry/Juno_000142040_00000001.PNG",
        "SFEW/Val/Sad/Été à Paris_014545620_00000010.png",
    ]
    assert counts(table) == {("sfew", "train"): 1, ("sfew", "val"): 1}


@pytest.mark.parametrize("layout", ["flat", "sorted", "zip"])
def test_faces_come_flat_or_sorted(tmp_path, layout):
    source = tmp_path / "drive"
    inside = "" if layout == "flat" else "test/anger/"
    files = {f"{inside}004_o_m_a_b.jpg": JPEG, "066_y_f_h_a.JPG": JPEG, "terms.pdf": b"x"}
    if layout == "zip":
        source.mkdir()
        make_zip(source / "pictures.zip", files)
    else:
        write(source, files)
    table = run(source, tmp_path / "data")
    assert sorted(tree(tmp_path / "data")) == ["FACES/004_o_m_a_b.jpg", "FACES/066_y_f_h_a.JPG"]
    assert counts(table) == {("faces", "train"): 1, ("faces", "test"): 1}


def test_urbansound8k_comes_from_its_tar(tmp_path):
    urban_tar(tmp_path / "UrbanSound8K.tar.gz")
    table = run(tmp_path / "UrbanSound8K.tar.gz", tmp_path / "data")
    assert counts(table) == {("urbansound8k", "fold1"): 1, ("urbansound8k", "fold2"): 1}
    assert table["expected"].sum() == 8732
    assert len(load_manifest("urbansound8k", tmp_path / "data")) == 2


def test_fer2013_comes_from_its_csv_even_in_an_archive(tmp_path):
    pixels = np.arange(2304) % 250
    lines = [f"{e},{' '.join(map(str, pixels + e))},Training" for e in (0, 3)]
    text = "\n".join(["emotion,pixels,Usage", *lines]).encode()
    make_tar(tmp_path / "fer2013.tar.gz", {"fer2013/README": b"x", "fer2013/fer2013.csv": text})
    table = run(tmp_path / "fer2013.tar.gz", tmp_path / "data")
    assert counts(table) == {("fer2013", "train"): 2}
    with Image.open(tmp_path / "data/fer2013/train/happy/Training_00000003.png") as picture:
        assert np.array_equal(np.asarray(picture).ravel(), (pixels + 3).astype(np.uint8))
    assert not (tmp_path / "data/.downloads/fer2013.csv").exists()


def test_several_corpora_at_once(tmp_path):
    source = write(
        tmp_path / "drive", {"a/004_o_m_a_b.jpg": JPEG, "b/x/03-01-08-02-01-02-05.wav": WAV}
    )
    urban_tar(source / "UrbanSound8K.tar.gz")
    make_zip(source / "holiday.zip", {"beach.jpg": JPEG})
    table = run(source, tmp_path / "data")
    assert set(table["corpus"]) == {"faces", "ravdess", "urbansound8k"}
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == [
        "FACES",
        "UrbanSound8K",
        "ravdess",
    ]


def test_a_second_call_writes_nothing(tmp_path, monkeypatch):
    source = write(tmp_path / "drive", AFEW)
    make_zip(source / "faces.zip", {"004_o_m_a_b.jpg": JPEG})
    first = run(source, tmp_path / "data")

    def refuse(*_):
        raise AssertionError("something was written")

    monkeypatch.setattr(copying, "copy_file", refuse)
    monkeypatch.setattr("helpers.corpora.fetching.archives._write", refuse)
    assert run(source, tmp_path / "data").equals(first)


def test_a_source_is_read_even_where_nothing_may_be_written(tmp_path):
    source = write(tmp_path / "drive", AFEW)
    before = {path: path.stat().st_mtime_ns for path in source.rglob("*")}
    for path in [source, *source.rglob("*")]:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    try:
        run(source, tmp_path / "data")
    finally:
        for path in [source, *source.rglob("*")]:
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
    assert {path: path.stat().st_mtime_ns for path in source.rglob("*")} == before


def test_what_lies_in_place_is_only_counted(tmp_path):
    write(tmp_path, {f"FACES/test/anger/{name}": JPEG for name in ("004_o_m_a_b.jpg",)})
    before = tree(tmp_path)
    for source in (tmp_path, tmp_path / "FACES"):
        assert counts(run(source, tmp_path)) == {("faces", "test"): 1}
    assert tree(tmp_path) == before


def test_an_archive_on_another_disk_is_copied_whole_first_and_resumed(tmp_path, monkeypatch):
    archive = urban_tar(tmp_path / "UrbanSound8K.tar.gz")
    content = archive.read_bytes()
    seen = []
    unpack = prepare_module.unpack

    def spy(path, *given, **options):
        seen.append((path, path.read_bytes()))
        return unpack(path, *given, **options)

    monkeypatch.setattr(prepare_module, "unpack", spy)
    monkeypatch.setattr(copying, "_same_disk", lambda *_: False)
    part = tmp_path / "data/.downloads/UrbanSound8K.tar.gz.part"
    write(tmp_path, {str(part.relative_to(tmp_path)): content[:100]})  # of an interrupted call
    run(archive, tmp_path / "data")
    assert seen == [(part.with_suffix(""), content)]
    assert tree(tmp_path / "data/.downloads") == {}


def test_an_interruption_leaves_a_corpus_that_says_so(tmp_path, monkeypatch):
    source = write(tmp_path / "drive", AFEW)
    copy = copying.copy_file
    done = []

    def interrupted(path, target):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(path)
        return copy(path, target)

    monkeypatch.setattr(copying, "copy_file", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(source, tmp_path / "data")
    with pytest.raises(CorpusError, match=f"prepare {source}` was interrupted"):
        load_manifest("afew", tmp_path / "data")
    monkeypatch.setattr(copying, "copy_file", copy)
    run(source, tmp_path / "data")
    assert len(load_manifest("afew", tmp_path / "data")) == 3
    assert tree(tmp_path / "data") == IN_PLACE


def test_another_command_does_not_finish_what_one_left(tmp_path):
    folder = tmp_path / "SFEW"
    folder.mkdir()
    with pytest.raises(KeyboardInterrupt), being_filled([folder], "first"):
        raise KeyboardInterrupt
    with being_filled([folder], "second"):
        pass
    assert unfinished_marker(folder).read_text() == "first\n"
    with being_filled([folder], "first"):
        pass
    assert not unfinished_marker(folder).exists()


def test_a_bad_archive_does_not_stop_the_others(tmp_path, capsys):
    source = write(tmp_path / "drive", {"004_o_m_a_b.jpg": JPEG})
    content = urban_tar(source / "UrbanSound8K.tar.gz").read_bytes()
    (source / "UrbanSound8K.tar.gz").write_bytes(content[: len(content) // 2])
    make_zip(source / "evil.zip", {"066_y_f_h_a.jpg": JPEG, "../../evil.jpg": JPEG})
    table = run(source, tmp_path / "data")
    assert counts(table) == {("faces", "test"): 1}
    assert len(table.attrs["failures"]) == 2
    assert main([str(source), "--data-root", str(tmp_path / "data")]) == 1
    text = capsys.readouterr().out
    assert "NOT UNPACKED" in text
    assert "cut short or damaged" in text
    assert "leads out" in text
    assert not (tmp_path / "evil.jpg").exists()


def test_a_damaged_file_in_a_zip_is_counted(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("004_o_m_a_b.jpg", JPEG)
        archive.writestr("066_y_f_h_b.jpg", JPEG.replace(b"jpeg", b"peng"))
    content = bytearray(path.read_bytes())
    content[content.index(b"peng") + 5] ^= 255
    path.write_bytes(content)
    table = run(path, tmp_path / "data").set_index("part")
    assert table.loc["test", "found"] == 1
    assert table["damaged"].sum() == 1


@pytest.mark.parametrize("kind", ["absent", "empty", "other", "archive"])
def test_nothing_to_prepare_is_an_error_that_says_what_was_expected(tmp_path, kind, capsys):
    source = tmp_path / "drive"
    if kind != "absent":
        source.mkdir()
    if kind == "other":
        write(source, {"holiday/beach.jpg": JPEG})
    if kind == "archive":
        source = make_zip(source / "holiday.zip", {"beach.jpg": JPEG})
    with pytest.raises(CorpusError, match=str(source)):
        run(source, tmp_path / "data")
    assert main([str(source), "--data-root", str(tmp_path / "data")]) == 1
    assert capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(tmp_path, monkeypatch):
    source = write(tmp_path / "drive", AFEW)
    monkeypatch.setattr(copying, "free_bytes", lambda path: 1000)
    with pytest.raises(CorpusError, match="to spare"):
        run(source, tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_the_command_ends_in_a_table(tmp_path, capsys):
    source = write(tmp_path / "drive", {"004_o_m_a_b.jpg": JPEG})
    assert main([str(source), "--data-root", str(tmp_path / "data")]) == 0
    text = capsys.readouterr().out
    assert "duplicate_ids" in text
    assert "1026" in text
    assert f"DATA_ROOT = '{tmp_path / 'data'}'" in text


def test_the_real_samples_go_through_the_same_command(shared_data, tmp_path):
    source = tmp_path / "drive"
    source.mkdir()
    shutil.make_archive(
        str(source / "EmotiW_2018"), "zip", shared_data / "real_mini", "EmotiW_2018"
    )
    table = run(source, tmp_path / "data")
    assert counts(table) == {("afew", "train"): 84, ("afew", "val"): 42}
    assert table["damaged"].sum() == table["left_out"].sum() == table["duplicate_ids"].sum() == 0
    stills = run(shared_data / "real_mini" / "SFEW", tmp_path / "data")
    assert stills["found"].sum() == 188
    assert stills["damaged"].sum() == 0
    same = load_manifest("sfew", shared_data / "real_mini").drop(columns="path")
    assert load_manifest("sfew", tmp_path / "data").drop(columns="path").equals(same)
    assert os.path.commonpath(list(load_manifest("afew", tmp_path / "data")["path"])) == str(
        Path(tmp_path / "data" / "EmotiW_2018")
    )


def test_the_copy_of_an_archive_that_is_refused_is_removed(tmp_path, monkeypatch):
    archive = make_zip(tmp_path / "a.zip", {"066_y_f_h_a.jpg": JPEG})
    monkeypatch.setattr(copying, "_same_disk", lambda *_: False)
    with (
        pytest.raises(CorpusError),
        copying.local_copy(archive, tmp_path / "data", progress=False) as local,
    ):
        assert local.read_bytes() == archive.read_bytes()
        raise CorpusError("refused")
    assert tree(tmp_path / "data") == {}
