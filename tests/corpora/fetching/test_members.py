"""Single members of a zip on the network, from servers that behave and others."""

import random
import struct
import zipfile
import zlib
from collections import namedtuple

import pytest

from helpers.corpora.fetching import members as members_module
from helpers.corpora.fetching.fetch import DownloadError
from helpers.corpora.fetching.members import fetch_members
from helpers.corpora.manifest import CorpusError
from tests.corpora.making import make_zip
from tests.corpora.serving import Server

MP4 = b"\0\0\0\x18ftypmp42"
CLIPS = {f"EN/a_{n}.mp4": MP4 + random.Random(n).randbytes(90_000) for n in range(12)}
OTHERS = {f"EN/a_{n}/image_{k}.jpg": b"jpg" for n in range(12) for k in range(100)}


@pytest.fixture
def server(tmp_path):
    server = Server()
    server.files["/EN.zip"] = make_zip(tmp_path / "EN.zip", CLIPS | OTHERS).read_bytes()
    yield server
    server.close()


def get(server, folder, *wanted, paths=("/EN.zip",), **options):
    def choose(names):
        assert not [name for name in wanted if name not in names]
        return {name: name.rpartition("/")[2] for name in wanted}

    urls = [server.url + path for path in paths]
    return fetch_members(urls, folder, choose, progress=False, pause=0.01, **options)


def content(folder):
    return {f"EN/{path.name}": path.read_bytes() for path in folder.iterdir()}


def sent(server):
    """Return how many bytes were asked for, when every request names a range."""
    bounds = [asked.removeprefix("bytes=").split("-") for _, asked in server.requests]
    return sum(int(last) - int(first) + 1 if first else int(last) for first, last in bounds)


def test_members_come_by_range_and_only_once(server, tmp_path):
    folder = tmp_path / "clips"
    assert get(server, folder, "EN/a_3.mp4", "EN/a_7.mp4") == {}
    assert content(folder) == {name: CLIPS[name] for name in ("EN/a_3.mp4", "EN/a_7.mp4")}
    assert sent(server) < 0.5 * len(server.files["/EN.zip"])
    before = len(server.requests)
    get(server, folder, "EN/a_3.mp4", "EN/a_7.mp4", "EN/a_1.mp4")
    assert len(content(folder)) == 3
    # The index in one or two, and the clip that was missing.
    assert len(server.requests) - before <= 3


def test_a_server_without_ranges_is_told_before_the_archive_is_read(server, tmp_path):
    server.without_ranges.add("/EN.zip")
    with pytest.raises(DownloadError, match="it sends the whole archive, and no part of it"):
        get(server, tmp_path / "clips", "EN/a_3.mp4")
    assert len(server.requests) == 1
    assert not (tmp_path / "clips").exists()


def test_the_mirror_is_asked_when_the_first_source_fails(server, tmp_path):
    server.files["/whole.zip"] = server.files["/EN.zip"]
    server.without_ranges.add("/whole.zip")
    paths = ("/gone.zip", "/whole.zip", "/EN.zip")
    get(server, tmp_path / "clips", "EN/a_3.mp4", paths=paths)
    assert content(tmp_path / "clips") == {"EN/a_3.mp4": CLIPS["EN/a_3.mp4"]}
    del server.files["/EN.zip"]
    with pytest.raises(DownloadError) as error:
        get(server, tmp_path / "clips", "EN/a_3.mp4", paths=paths)
    for path, reason in zip(paths, ("HTTP 404", "it sends the whole", "HTTP 404"), strict=True):
        assert f"{server.url}{path}: {reason}" in str(error.value)


class Dropping(Server):
    """Breaks the first ``drops`` connections that ask for a member, after ``after`` bytes."""

    drops, after, kind = 0, 30_000, "drop"

    def answer(self, handler):
        asked = handler.headers.get("Range") or ""
        if self.drops and asked and not asked.startswith("bytes=-"):
            self.drops -= 1
            self.faults[handler.path] = [(self.kind, self.after)]
        super().answer(handler)


@pytest.fixture
def dropping(server):
    other = Dropping()
    other.files = server.files
    yield other
    other.close()


@pytest.mark.parametrize("kind", ["drop", "short"])
@pytest.mark.parametrize("after", [0, 30_000])
def test_a_connection_that_breaks_in_a_member_is_taken_up_again(dropping, tmp_path, kind, after):
    dropping.drops, dropping.after, dropping.kind = 3, after, kind
    wanted = ["EN/a_2.mp4", "EN/a_5.mp4"]
    assert get(dropping, tmp_path / "clips", *wanted) == {}
    assert content(tmp_path / "clips") == {name: CLIPS[name] for name in wanted}


def test_what_came_before_the_connection_broke_for_good_stays(dropping, tmp_path):
    wanted = [f"EN/a_{n}.mp4" for n in range(6)]
    get(dropping, tmp_path / "clips", *wanted[:2])
    dropping.drops = 4
    with pytest.raises(DownloadError, match=r"tried 4 times.*\n.*goes on from there"):
        get(dropping, tmp_path / "clips", *wanted)
    assert sorted(content(tmp_path / "clips")) == wanted[:2]
    get(dropping, tmp_path / "clips", *wanted)
    assert content(tmp_path / "clips") == {name: CLIPS[name] for name in wanted}


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again(server, tmp_path, status):
    server.faults["/EN.zip"] = [status, status]
    get(server, tmp_path / "clips", "EN/a_3.mp4")
    assert content(tmp_path / "clips") == {"EN/a_3.mp4": CLIPS["EN/a_3.mp4"]}


def test_a_member_that_is_damaged_in_the_archive_is_named_and_the_others_come(server, tmp_path):
    archive = bytearray(server.files["/EN.zip"])
    place = _start_of(archive, "a_3.mp4")
    archive[place + 2000 : place + 2040] = bytes(40)
    server.files["/EN.zip"] = bytes(archive)
    damaged = get(server, tmp_path / "clips", "EN/a_3.mp4", "EN/a_4.mp4")
    assert list(damaged) == ["EN/a_3.mp4"]
    assert sorted(content(tmp_path / "clips")) == ["EN/a_4.mp4"]


def test_what_is_no_archive_is_said(server, tmp_path):
    server.files["/EN.zip"] = b"<html>" * 1000
    with pytest.raises(DownloadError, match="not a zip file"):
        get(server, tmp_path / "clips", "EN/a_3.mp4", attempts=2)


def test_what_is_not_what_its_name_says_is_named(server, tmp_path):
    page = make_zip(tmp_path / "page.zip", {"EN/a_1.mp4": b"<!doctype html>" + bytes(70_000)})
    server.files["/EN.zip"] = page.read_bytes()
    damaged = get(server, tmp_path / "clips", "EN/a_1.mp4")
    assert damaged == {"EN/a_1.mp4": "cannot be read (an HTML page in place of the file)"}
    assert not (tmp_path / "clips").exists()


def _start_of(archive, name):
    return archive.find(name.encode()) + len(name)


def test_links_encrypted_and_huge_members_are_not_offered(server, tmp_path):
    path = tmp_path / "hostile.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("EN/a_1.mp4", CLIPS["EN/a_1.mp4"])
        link = zipfile.ZipInfo("EN/a_2.mp4")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("EN/a_3.mp4", bytes(members_module.LARGEST + 1))
        archive.writestr("EN/a_4.mp4/", "")
        archive.writestr("../../a_5.mp4", CLIPS["EN/a_5.mp4"])
    server.files["/EN.zip"] = path.read_bytes()
    offered = []

    def choose(names):
        offered.extend(names)
        return {"../../a_5.mp4": "a_5.mp4"}

    folder = tmp_path / "deep" / "er" / "clips"
    fetch_members([f"{server.url}/EN.zip"], folder, choose, progress=False)
    assert offered == ["EN/a_1.mp4", "../../a_5.mp4"]
    assert [path.name for path in folder.rglob("*")] == ["a_5.mp4"]
    assert not list(tmp_path.glob("*.mp4"))


@pytest.mark.parametrize("name", ["../a.mp4", "/a.mp4", "", "..", "b/a.mp4"])
def test_a_name_that_leads_elsewhere_is_refused(server, tmp_path, name):
    with pytest.raises(ValueError, match="no plain file name"):
        fetch_members(
            [f"{server.url}/EN.zip"], tmp_path, lambda _: {"EN/a_1.mp4": name}, progress=False
        )


def test_a_member_that_unpacks_to_more_than_it_says_is_cut_there(server, tmp_path):
    """A zip whose index says 10 bytes of a member that unpacks to a million."""
    path = make_zip(tmp_path / "bomb.zip", {"EN/a_1.mp4": bytes(1_000_000)})
    archive = path.read_bytes().replace(struct.pack("<L", 1_000_000), struct.pack("<L", 10))
    server.files["/EN.zip"] = archive
    assert zlib.crc32(bytes(10)) != zlib.crc32(bytes(1_000_000))
    assert list(get(server, tmp_path / "clips", "EN/a_1.mp4")) == ["EN/a_1.mp4"]
    assert not (tmp_path / "clips").exists()


def test_a_disk_that_is_too_small_is_told_before_a_member_is_fetched(server, tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")(0, 0, 500 << 20)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(CorpusError, match=r"0\.00 GB are to spare"):
        get(server, tmp_path / "clips", "EN/a_3.mp4")
    assert not (tmp_path / "clips").exists()
