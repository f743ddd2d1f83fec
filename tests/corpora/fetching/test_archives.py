import contextlib
import gzip
import io
import random
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings, strategies as st

from helpers.corpora.fetching import archives
from helpers.corpora.fetching.archives import ArchiveError, is_archive, peek, unpack
from tests.corpora.making import make_tar, make_zip, tree


def as_it_is(path):
    return path


def make(path, files):
    return make_zip(path, files) if path.suffix == ".zip" else make_tar(path, files)


KINDS = ["a.zip", "a.tar.gz", "a.tgz"]
FILES = {
    "SFEW/Train/Angry/Été_001_1.PNG": b"1" * 5000,
    "SFEW/Val/leer.png": b"",
    "deep/er/ñ con espacios.avi": bytes(range(256)) * 40,
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_packed_is_unpacked(tmp_path, kind):
    archive = make(tmp_path / kind, FILES)
    before = archive.read_bytes()
    files, damaged = unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert tree(tmp_path / "out") == FILES
    assert [str(name) for name in files] == list(FILES)
    assert damaged == {}
    assert archive.read_bytes() == before
    assert [str(entry.name) for entry in peek(archive)] == list(FILES)


@pytest.mark.parametrize("kind", KINDS)
def test_only_wanted_files_are_unpacked_and_renamed(tmp_path, kind):
    archive = make(tmp_path / kind, FILES)

    def place(path):
        return PurePosixPath("pictures", path.name) if path.suffix == ".PNG" else None

    files, _ = unpack(archive, tmp_path / "out", place, progress=False)
    assert list(tree(tmp_path / "out")) == ["pictures/Été_001_1.PNG"]
    assert files == [PurePosixPath("pictures/Été_001_1.PNG")]


OUTSIDE = ["../evil", "a/../../evil", "/evil", "..\\evil", "a\\..\\..\\evil", "C:\\evil", ".."]


@pytest.mark.parametrize("kind", ["a.zip", "a.tar.gz"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_names_that_lead_out_are_refused_and_nothing_is_written(tmp_path, kind, name):
    archive = make(tmp_path / kind, {"good.png": b"good", name: b"evil"})
    with pytest.raises(ArchiveError, match="leads out"):
        unpack(archive, tmp_path / "in" / "out", as_it_is, progress=False)
    assert list(tmp_path.iterdir()) == [archive]


@settings(deadline=None, max_examples=60)
@given(
    name=st.lists(
        st.sampled_from(["..", ".", "a", "b c", "", "C:", "\\", "/", "é", "~"]),
        min_size=1,
        max_size=6,
    )
    .map("/".join)
    .filter(bool),
    kind=st.sampled_from(["a.zip", "a.tgz"]),
)
def test_no_name_ever_writes_outside(tmp_path_factory, name, kind):
    folder = tmp_path_factory.mktemp("names")
    archive = make(folder / kind, {name: b"x"})
    with contextlib.suppress(ArchiveError, IsADirectoryError):
        unpack(archive, folder / "in" / "out", as_it_is, progress=False)
    written = {path for path in folder.rglob("*") if path.is_file()} - {archive}
    assert all((folder / "in" / "out") in path.parents for path in written)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind):
    member = tarfile.TarInfo("innocent.png")
    member.type, member.linkname = kind, "/etc/passwd"
    archive = make_tar(tmp_path / "a.tar.gz", {"good.png": b"good"}, [member])
    with pytest.raises(ArchiveError, match="link or a device"):
        unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert not (tmp_path / "out").exists()


def test_links_in_a_zip_are_refused(tmp_path):
    info = zipfile.ZipInfo("innocent.png")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(ArchiveError, match="link"):
        unpack(tmp_path / "a.zip", tmp_path / "out", as_it_is, progress=False)


def test_an_encrypted_zip_says_what_to_do(tmp_path):
    archive = make_zip(tmp_path / "a.zip", {"a.avi": b"secret"})
    content = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    archive.write_bytes(content)
    with pytest.raises(ArchiveError, match="password"):
        unpack(archive, tmp_path / "out", as_it_is, progress=False)


@pytest.mark.parametrize("kind", ["a.zip", "a.tar.gz"])
def test_a_bomb_is_refused_before_it_grows(tmp_path, kind, monkeypatch):
    monkeypatch.setattr(archives, "_RATIO_MATTERS_FROM", 1 << 20)
    archive = make(tmp_path / kind, {f"{n}.png": bytes(1 << 20) for n in range(4)})
    with pytest.raises(ArchiveError, match="more than 100 times"):
        unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["a.zip", "a.tar.gz"])
def test_an_archive_larger_than_the_disk_is_refused(tmp_path, kind, monkeypatch):
    archive = make(tmp_path / kind, {"a.png": random.Random(0).randbytes(100_000)})
    monkeypatch.setattr(archives, "free_bytes", lambda path: archives._RESERVE + 99_999)
    with pytest.raises(ArchiveError, match="to spare"):
        unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert not (tmp_path / "out").exists()
    monkeypatch.setattr(archives, "free_bytes", lambda path: archives._RESERVE + 100_000)
    unpack(archive, tmp_path / "out", as_it_is, progress=False)


def test_a_zip_that_lies_about_a_size_never_writes_more(tmp_path):
    archive = make_zip(tmp_path / "a.zip", {"a.png": b"x" * 100_000, "b.png": b"good"})
    content = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.index(signature) + offset
        content[start : start + 4] = (10).to_bytes(4, "little")
    archive.write_bytes(content)
    files, damaged = unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert list(damaged) == ["a.png"]
    assert tree(tmp_path / "out") == {"b.png": b"good"}
    assert files == [PurePosixPath("b.png")]


def test_a_damaged_file_in_a_zip_is_named_and_the_others_go_on(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name in ("a.png", "b.png", "c.png"):
            archive.writestr(name, name.encode() * 1000)
    content = bytearray(path.read_bytes())
    content[content.index(b"b.pngb.png") + 50] ^= 255
    path.write_bytes(content)
    files, damaged = unpack(path, tmp_path / "out", as_it_is, progress=False)
    assert list(damaged) == ["b.png"]
    assert "CRC" in damaged["b.png"]
    assert list(tree(tmp_path / "out")) == ["a.png", "c.png"]
    assert [str(name) for name in files] == ["a.png", "c.png"]


@pytest.mark.parametrize("kind", ["a.zip", "a.tar.gz"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_archive_is_named_and_nothing_is_written(tmp_path, kind, share):
    random_bytes = random.Random(0).randbytes
    archive = make(tmp_path / kind, {f"{n}.wav": random_bytes(20_000) for n in range(8)})
    content = archive.read_bytes()
    archive.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ArchiveError, match="cut short or damaged"):
        unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert not (tmp_path / "out").exists()


def test_a_flipped_bit_in_a_tar_gz_is_found(tmp_path):
    archive = make_tar(tmp_path / "a.tar.gz", {"a.wav": random.Random(0).randbytes(50_000)})
    content = bytearray(archive.read_bytes())
    content[25_000] ^= 1
    archive.write_bytes(content)
    with pytest.raises(ArchiveError, match="damaged"):
        unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_another_file_under_the_name_of_an_archive_is_named(tmp_path, kind):
    (tmp_path / kind).write_text("<!DOCTYPE html><html>quota exceeded</html>" * 20)
    for call in (
        lambda path: list(peek(path)),
        lambda path: unpack(path, tmp_path / "out", as_it_is, progress=False),
    ):
        with pytest.raises(ArchiveError, match="damaged"):
            call(tmp_path / kind)


def test_a_zip_inside_a_zip_stays_a_file(tmp_path):
    inner = make_zip(tmp_path / "inner.zip", {"Faces/000046280/1.jpg": b"face"}).read_bytes()
    archive = make_zip(tmp_path / "a.zip", {"Train_AFEW/AlignedFaces_LBPTOP_Points.zip": inner})
    unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert tree(tmp_path / "out") == {"Train_AFEW/AlignedFaces_LBPTOP_Points.zip": inner}


@pytest.mark.parametrize("kind", ["a.zip", "a.tar.gz"])
def test_a_tar_inside_an_archive_is_opened_like_a_folder(tmp_path, kind):
    files = {"train_splits/dia0_utt0.mp4": b"film" * 1000, "train_splits/dia0_utt1.mp4": b"x"}
    inner = make_tar(tmp_path / "train.tar.gz", files).read_bytes()
    archive = make(tmp_path / kind, {"MELD.Raw/README": b"x", "MELD.Raw/train.tar.gz": inner})
    unpack(archive, tmp_path / "out", as_it_is, progress=False)
    expected = {f"MELD.Raw/train/{name}": content for name, content in files.items()}
    assert tree(tmp_path / "out") == {"MELD.Raw/README": b"x", **expected}


def test_tars_are_opened_one_deep_only(tmp_path):
    innermost = gzip.compress(b"never opened")
    inner = make_tar(tmp_path / "inner.tar.gz", {"again.tar.gz": innermost}).read_bytes()
    archive = make_tar(tmp_path / "a.tar.gz", {"inner.tar.gz": inner})
    unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert tree(tmp_path / "out") == {"inner/again.tar.gz": innermost}


@pytest.mark.parametrize("kind", ["a.zip", "a.tar.gz"])
def test_an_interrupted_call_goes_on_where_it_was(tmp_path, kind, monkeypatch):
    files = {f"{n}.wav": bytes([n]) * 10_000 for n in range(6)}
    archive = make(tmp_path / kind, files)
    written = []
    write = archives._write

    def interrupted(entry, path):
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(entry.name)
        write(entry, path)

    monkeypatch.setattr(archives, "_write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert len(tree(tmp_path / "out")) == 3
    monkeypatch.setattr(archives, "_write", lambda *given: (written.append(given), write(*given)))
    unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert tree(tmp_path / "out") == files
    assert len(written) == len(files)


def test_no_half_file_stays_when_the_disk_fills(tmp_path, monkeypatch):
    archive = make_zip(tmp_path / "a.zip", {"a.wav": b"x" * 10_000})

    class Full(io.BytesIO):
        def read(self, size):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *given: Full())
    with pytest.raises(OSError, match="No space left"):
        unpack(archive, tmp_path / "out", as_it_is, progress=False)
    assert tree(tmp_path / "out") == {}


def test_names_tell_archives():
    names = ["a.zip", "A.ZIP", "b.tar.gz", "c.tgz", "d.tar", "e.gz", "f.wav", "zip"]
    assert [is_archive(Path(name)) for name in names] == [True] * 4 + [False] * 4
