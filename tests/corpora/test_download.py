"""Downloads, from a server of our own that misbehaves as real ones do."""

import hashlib
import io
import json
import random
import socket
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import replace

import pytest

from helpers.corpora import download as download_module
from helpers.corpora.download import describe, download, format_actors, main, parse_actors
from helpers.corpora.fetching import sources
from helpers.corpora.fetching.fetch import DownloadError, fetch
from helpers.corpora.folders import unfinished_marker
from helpers.corpora.manifest import CorpusError
from helpers.paths import repository_root
from tests.corpora.serving import Server

CONTENT = random.Random(0).randbytes(700_000)
ZIP = b"PK\x03\x04" + CONTENT
MD5 = "md5:" + hashlib.md5(ZIP).hexdigest()
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n"
PAGE = b"\n<!DOCTYPE html><html><body>Sign in</body></html>"


@pytest.fixture
def server():
    server = Server()
    server.files["/a.zip"] = ZIP
    yield server
    server.close()


def get(server, folder, *paths, **options):
    options = {"checksum": MD5, "size": len(ZIP), "attempts": 4, **options}
    urls = [server.url + path for path in paths or ["/a.zip"]]
    return fetch(urls, folder / "a.zip", progress=False, pause=0.01, **options)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_fetched_once(server, tmp_path):
    for _ in range(2):
        assert get(server, tmp_path).read_bytes() == ZIP
    assert names(tmp_path) == ["a.zip"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["drop", "short"])
def test_a_broken_connection_is_resumed(server, tmp_path, kind):
    server.faults["/a.zip"] = [(kind, 300_000), (kind, 200_000)]
    assert get(server, tmp_path).read_bytes() == ZIP
    assert names(tmp_path) == ["a.zip"]
    starts = [int(asked[6:-1]) if asked else 0 for _, asked in server.requests]
    assert starts[0] == 0
    assert starts == sorted(set(starts))
    if kind == "short":
        assert starts[1] > 280_000


def test_progress_gives_new_attempts(server, tmp_path):
    server.faults["/a.zip"] = [("short", 60_000)] * 9
    assert get(server, tmp_path, attempts=2).read_bytes() == ZIP


def test_an_interrupted_call_goes_on_in_the_next_one(server, tmp_path):
    server.faults["/a.zip"] = [("short", 300_000)] + [503] * 3
    with pytest.raises(DownloadError, match="HTTP 503"):
        get(server, tmp_path, attempts=3)
    assert names(tmp_path) == ["a.zip.part"]
    assert get(server, tmp_path).read_bytes() == ZIP
    assert server.requests[-1][1] == "bytes=294912-"  # whole chunks of 16 KiB
    assert names(tmp_path) == ["a.zip"]


def test_a_server_without_ranges_starts_again(server, tmp_path):
    (tmp_path / "a.zip.part").write_bytes(b"other" * 1000)
    server.faults["/a.zip"] = ["no ranges"]
    assert get(server, tmp_path).read_bytes() == ZIP


def test_a_complete_part_needs_no_request(server, tmp_path):
    (tmp_path / "a.zip.part").write_bytes(ZIP)
    assert get(server, tmp_path).read_bytes() == ZIP
    assert server.requests == []


@pytest.mark.parametrize("fault", [503, 429, 500])
def test_a_busy_server_is_asked_again(server, tmp_path, fault):
    server.faults["/a.zip"] = [fault, fault]
    assert get(server, tmp_path).read_bytes() == ZIP
    assert len(server.requests) == 3


def test_a_416_starts_again(server, tmp_path):
    (tmp_path / "a.zip.part").write_bytes(ZIP + b"more")
    assert get(server, tmp_path).read_bytes() == ZIP
    server.faults["/a.zip"] = [416]
    (tmp_path / "a.zip").unlink()
    (tmp_path / "a.zip.part").write_bytes(ZIP[:1000])
    assert get(server, tmp_path).read_bytes() == ZIP


def test_a_resumption_at_another_place_is_refused(server, tmp_path):
    (tmp_path / "a.zip.part").write_bytes(ZIP[:1000])
    server.faults["/a.zip"] = ["other range"]
    assert get(server, tmp_path).read_bytes() == ZIP


def test_the_beginning_of_another_file_is_given_up(server, tmp_path):
    (tmp_path / "a.zip.part").write_bytes(b"x" * 1000)
    assert get(server, tmp_path).read_bytes() == ZIP
    assert [asked for _, asked in server.requests] == ["bytes=1000-", None]


WRONG = {
    "page": (PAGE, "an HTML page in place of the file"),
    "pointer": (POINTER % (b"0" * 64, 5), "a Git LFS pointer in place of the file"),
    "kind": (b"GIF89a" + ZIP[6:], "no ZIP file"),
    "short": (ZIP[:1000], "it has 1,000 bytes where 700,004 were published"),
    "hash": (ZIP[:-1] + b"?", "its hash differs"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_file_is_named_and_does_not_stay(server, tmp_path, wrong):
    content, message = WRONG[wrong]
    server.files["/a.zip"] = content
    with pytest.raises(DownloadError, match=message):
        get(server, tmp_path)
    assert names(tmp_path) == []
    assert len(server.requests) == 1


@pytest.mark.parametrize("wrong", WRONG)
def test_the_mirror_is_asked_when_the_first_source_fails(server, tmp_path, wrong):
    server.files["/first.zip"] = WRONG[wrong][0]
    assert get(server, tmp_path, "/first.zip", "/gone.zip", "/a.zip").read_bytes() == ZIP
    assert names(tmp_path) == ["a.zip"]


def test_every_source_is_in_the_message(server, tmp_path):
    server.files["/page.zip"] = PAGE
    with pytest.raises(DownloadError) as error:
        get(server, tmp_path, "/gone.zip", "/page.zip")
    assert f"{server.url}/gone.zip: HTTP 404" in str(error.value)
    assert f"{server.url}/page.zip: it sent an HTML page" in str(error.value)


def test_a_page_does_not_cost_what_was_received(server, tmp_path):
    (tmp_path / "a.zip.part").write_bytes(ZIP[:5000])
    server.files["/page.zip"] = PAGE
    server.faults["/page.zip"] = ["no ranges"]
    with pytest.raises(DownloadError):
        get(server, tmp_path, "/page.zip")
    assert (tmp_path / "a.zip.part").read_bytes() == ZIP[:5000]


def test_a_host_that_is_not_there_is_named(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/a.zip"
    with pytest.raises(DownloadError, match="tried 2 times"):
        fetch([url], tmp_path / "a.zip", progress=False, attempts=2, pause=0.01)
    assert names(tmp_path) == []


# Whole corpora


def make_zip(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    content = path.read_bytes()
    path.unlink()
    return content


def make_tar(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


MP4 = b"\0\0\0\x18ftypmp42" + bytes(100)
WAV = b"RIFF" + (92).to_bytes(4, "little") + b"WAVE" + bytes(88)
FLV = b"FLV\x01" + bytes(50)


@pytest.fixture
def zenodo(server, tmp_path, monkeypatch):
    """Return a server with RAVDESS's clips of actors 1 to 6."""
    listed = []
    for actor in range(1, 7):
        key = f"Video_Speech_Actor_{actor:02d}.zip"
        takes = {f"Actor_{actor:02d}/0{m}-01-04-01-01-01-{actor:02d}.mp4": MP4 for m in (1, 2)}
        content = make_zip(tmp_path / key, takes)
        server.files[f"/records/1188976/files/{key}"] = content
        checksum = "md5:" + hashlib.md5(content).hexdigest()
        listed.append({"key": key, "size": len(content), "checksum": checksum})
    server.files["/api/records/1188976"] = json.dumps({"files": listed}).encode()
    monkeypatch.setattr(sources, "ZENODO", server.url)
    return server


def test_ravdess_comes_by_actor_and_only_once(zenodo, tmp_path):
    def fetched():
        return [path for path, _ in zenodo.requests if path.endswith(".zip")]

    options = {"accept_licence": True, "progress": False}
    table = download("ravdess-video", tmp_path, actors=[1, 5], **options)
    assert len(fetched()) == 2
    rows = table.set_index("part")
    assert rows["found"].to_dict() == {
        "audio train": 0,
        "audio val": 0,
        "audio_video train": 1,
        "audio_video val": 1,
    }
    # What has no sound is not kept, nor are the archives.
    assert names(tmp_path / "ravdess" / "Actor_01") == ["01-01-04-01-01-01-01.mp4"]
    assert names(tmp_path / ".downloads") == ["ravdess-video.json"]
    download("ravdess-video", tmp_path, actors=[1, 2, 5], **options)
    assert len(fetched()) == 3
    assert names(tmp_path / "ravdess") == ["Actor_01", "Actor_02", "Actor_05"]


def test_nothing_is_asked_before_the_licence_is_accepted(zenodo, tmp_path):
    with pytest.raises(CorpusError, match="CC BY-NC-SA") as error:
        download("ravdess-video", tmp_path, actors=[1, 2])
    assert "about 1.11 GB" in str(error.value)
    assert "--accept-licence" in str(error.value)
    assert zenodo.requests == []
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_too_small_is_told_before_a_file_is_fetched(zenodo, tmp_path, monkeypatch):
    monkeypatch.setattr(download_module, "free_bytes", lambda path: 500 << 20)
    with pytest.raises(CorpusError, match="of disk are needed"):
        download("ravdess-video", tmp_path, actors=[1], accept_licence=True, progress=False)
    assert [path for path, _ in zenodo.requests if path.endswith(".zip")] == []


def test_a_failed_actor_does_not_spoil_those_that_are_there(zenodo, tmp_path):
    options = {"accept_licence": True, "progress": False}
    zenodo.files["/records/1188976/files/Video_Speech_Actor_05.zip"] = PAGE
    with pytest.raises(DownloadError, match="HTML page"):
        download("ravdess-video", tmp_path, actors=[1, 5], **options)
    assert not unfinished_marker(tmp_path / "ravdess").exists()
    table = download("ravdess-video", tmp_path, actors=[1], **options)
    assert table["found"].sum() == 1


def test_a_removed_corpus_is_fetched_again(zenodo, tmp_path):
    options = {"actors": [1], "accept_licence": True, "progress": False}
    download("ravdess-video", tmp_path, **options)
    for path in (tmp_path / "ravdess" / "Actor_01").iterdir():
        path.unlink()
    (tmp_path / "ravdess" / "Actor_01").rmdir()
    (tmp_path / "ravdess").rmdir()
    assert download("ravdess-video", tmp_path, **options)["found"].sum() == 1


@pytest.fixture
def lfs(server, monkeypatch):
    """Return a server with CREMA-D clips of three actors: pointers, media, and a mirror."""
    takes = [f"{actor}_DFA_{e}_XX" for actor in (1001, 1002, 1003) for e in ("ANG", "SAD")]
    table = '"Stimulus_Number","Filename"\n' + "".join(f'1,"{take}"\n' for take in takes)
    home = f"/{sources._CREMA_D}/master"
    server.files[f"/raw{home}/SentenceFilenames.csv"] = table.encode()
    for take in takes:
        content = FLV + take.encode()
        digest = hashlib.sha256(content).hexdigest().encode()
        server.files[f"/raw{home}/VideoFlash/{take}.flv"] = POINTER % (digest, len(content))
        server.files[f"/media{home}/VideoFlash/{take}.flv"] = content
        mirror = f"/lab/{sources._CREMA_D_MIRROR}/-/raw/HEAD/VideoFlash/{take}.flv"
        server.files[mirror] = content
    monkeypatch.setattr(sources, "GITHUB_RAW", f"{server.url}/raw")
    monkeypatch.setattr(sources, "GITHUB_MEDIA", f"{server.url}/media")
    monkeypatch.setattr(sources, "GITLAB", f"{server.url}/lab")
    return server


def crema_d(folder):
    options = {"actors": [1001, 1003], "accept_licence": True, "progress": False}
    return download("crema-d", folder, **options)


def test_crema_d_comes_file_by_file(lfs, tmp_path):
    table = crema_d(tmp_path)
    assert table[["part", "found", "expected", "missing", "damaged"]].values.tolist() == [
        ["all", 4, 7442, 7438, 0]
    ]
    assert names(tmp_path / "crema_d" / "VideoFlash") == [
        "1001_DFA_ANG_XX.flv",
        "1001_DFA_SAD_XX.flv",
        "1003_DFA_ANG_XX.flv",
        "1003_DFA_SAD_XX.flv",
    ]
    before = len(lfs.requests)
    crema_d(tmp_path)
    assert len(lfs.requests) == before


@pytest.mark.parametrize("trouble", ["pointer", "gone", "other"])
def test_crema_d_turns_to_the_mirror(lfs, tmp_path, trouble):
    path = f"/media/{sources._CREMA_D}/master/VideoFlash/1001_DFA_SAD_XX.flv"
    right = lfs.files[path]
    if trouble == "gone":  # as when the repository's budget for such files is spent
        del lfs.files[path]
    else:
        lfs.files[path] = POINTER % (b"0" * 64, 9) if trouble == "pointer" else right[:-1] + b"?"
    crema_d(tmp_path)
    assert (tmp_path / "crema_d/VideoFlash/1001_DFA_SAD_XX.flv").read_bytes() == right


def test_half_of_crema_d_is_not_taken_for_the_whole(lfs, tmp_path):
    mirror = f"/lab/{sources._CREMA_D_MIRROR}/-/raw/HEAD/VideoFlash/1003_DFA_SAD_XX.flv"
    media = f"/media/{sources._CREMA_D}/master/VideoFlash/1003_DFA_SAD_XX.flv"
    kept = {path: lfs.files.pop(path) for path in (mirror, media)}
    with pytest.raises(DownloadError, match="1003_DFA_SAD_XX"):
        crema_d(tmp_path)
    from helpers.corpora import load_manifest

    with pytest.raises(CorpusError, match="crema-d --accept-licence --actors 1001,1003"):
        load_manifest("crema_d", tmp_path)
    lfs.files |= kept
    assert crema_d(tmp_path)["found"].tolist() == [4]
    assert len(load_manifest("crema_d", tmp_path)) == 4


def test_meld_is_unpacked_with_the_archives_inside_it(server, tmp_path, monkeypatch):
    splits = {"train": "train_splits", "dev": "dev_splits_complete"}
    inner = {}
    for split, folder in splits.items():
        files = {f"{folder}/dia0_utt0.mp4": MP4, f"{folder}/._dia0_utt0.mp4": b"a Mac's"}
        inner[f"MELD.Raw/{split}.tar.gz"] = make_tar(files)
        table = "Utterance,Speaker,Emotion,Dialogue_ID,Utterance_ID\nHi,Joey,joy,0,0\n"
        server.files[f"/{split}_sent_emo.csv"] = table.encode()
    server.files["/MELD.Raw.tar.gz"] = make_tar(inner)
    names_ = [path[1:] for path in server.files if path != "/a.zip"]
    files = [sources.RemoteFile(name, (f"{server.url}/{name}",)) for name in names_]
    source = replace(sources.SOURCES["meld"], unpacked=0, size=10, files=lambda *_: files)
    monkeypatch.setitem(sources.SOURCES, "meld", source)
    table = download("meld", tmp_path, accept_licence=True, progress=False).set_index("part")
    assert table["found"].to_dict() == {"train": 1, "dev": 1, "test": 0}
    assert names(tmp_path / "meld") == [
        "dev_sent_emo.csv",
        "dev_splits_complete",
        "train_sent_emo.csv",
        "train_splits",
    ]
    assert names(tmp_path / "meld" / "train_splits") == ["dia0_utt0.mp4"]


def test_emos_tables_come_beside_meld(server, tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "GITHUB_RAW", server.url)
    files = sources.SOURCES["emos"].files((), tmp_path)
    server.files |= {file.urls[0].removeprefix(server.url): b"PK\x03\x04" for file in files}
    download("emos", tmp_path, accept_licence=True, progress=False)
    assert names(tmp_path / "meld/emos") == [
        "meld3000_basic7_high_confidence_ge0.5.xlsx",
        "meld_last2000_basic7_high_confidence_ge0.5.xlsx",
    ]


# The command line


def test_the_list_has_every_size_and_licence(capsys):
    assert main(["--list"]) == 0
    text = capsys.readouterr().out
    for name in sources.SOURCES:
        assert describe(name) in text
    assert "13.36 GB" in text
    assert "CC BY-NC-SA 4.0" in text
    for command in download_module.LITE:
        assert command in text


def test_the_command_without_consent_fetches_nothing(zenodo, tmp_path, capsys):
    assert main(["ravdess-video", "--actors", "1", "--data-root", str(tmp_path)]) == 1
    assert "--accept-licence" in capsys.readouterr().err
    assert zenodo.requests == []


def test_the_command_ends_in_a_table(zenodo, tmp_path, capsys):
    arguments = ["--actors", "1-2", "--accept-licence", "--data-root", str(tmp_path)]
    assert main(["ravdess-video", *arguments]) == 0
    text = capsys.readouterr().out
    assert "audio_video train" in text
    assert f"DATA_ROOT = '{tmp_path}'" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fer2013"], "by hand"),
        (["fer2014"], "expected one of"),
        (["ravdess-video", "--actors", "1-30"], "actors 1 to 24"),
        (["urbansound8k", "--actors", "1"], "cannot be had by actor"),
    ],
)
def test_what_cannot_be_had_is_said(arguments, message, capsys):
    assert main([*arguments, "--accept-licence"]) == 1
    assert message in capsys.readouterr().err


def test_actors_are_read_and_written():
    assert parse_actors("1-3,7") == [1, 2, 3, 7]
    assert format_actors(parse_actors("7,1-3,9,10")) == "1-3,7,9-10"
    for wrong in ("a", "1-", "1--2", "6-1", ""):
        with pytest.raises(ValueError):
            parse_actors(wrong)


NO_NETWORK = """
import socket

def refuse(*_):
    raise AssertionError("a connection was opened")

socket.socket.connect = socket.create_connection = refuse
from helpers.corpora import download, load_role, open_roles, prepare
from helpers.corpora.fetching import fetch, sources
from helpers.corpora.manifest import CorpusError
try:
    load_role("wild_clips", "open", "nowhere")
except CorpusError:
    pass
"""


def test_importing_and_asking_for_a_role_fetch_nothing():
    subprocess.run([sys.executable, "-c", NO_NETWORK], check=True, cwd=repository_root())
