"""The ffmpeg program: which one, and what is said when it fails."""

import builtins
from pathlib import Path

import ffmpeg as arguments
import pytest

from helpers.features.media import encode_mp3
from helpers.runtime import ffmpeg
from helpers.runtime.ffmpeg import MachineError, ffmpeg_binary, run_ffmpeg


def test_the_bundled_ffmpeg_is_the_second_choice(monkeypatch):
    bundled = pytest.importorskip("imageio_ffmpeg")
    monkeypatch.setattr(ffmpeg.shutil, "which", lambda name: "/usr/bin/ffmpeg")
    assert ffmpeg_binary() == "/usr/bin/ffmpeg"
    monkeypatch.setattr(ffmpeg.shutil, "which", lambda name: None)
    assert ffmpeg_binary() == bundled.get_ffmpeg_exe()


def test_no_ffmpeg_at_all_says_what_to_install(monkeypatch):
    original = builtins.__import__

    def without(name, *others, **more):
        if name == "imageio_ffmpeg":
            raise ImportError(name)
        return original(name, *others, **more)

    monkeypatch.setattr(ffmpeg.shutil, "which", lambda name: None)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(FileNotFoundError, match="pip install imageio-ffmpeg"):
        ffmpeg_binary()


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Return a function that puts a script called ffmpeg ahead on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    def write(body):
        (tmp_path / "ffmpeg").write_text(f"#!/bin/bash\n{body}\n")
        (tmp_path / "ffmpeg").chmod(0o755)
        return str(tmp_path / "ffmpeg")

    return write


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("echo 'error while loading shared libraries: libx.so.5' >&2; exit 127", "127.*libx.so.5"),
        ("head -c 20000 /dev/zero; kill -9 $$", "SIGKILL"),
        ("exit 1", "exit status 1: no message"),
    ],
)
def test_a_program_that_fails_is_named_and_half_its_output_is_not_taken(program, body, said):
    path = program(body)
    with pytest.raises(MachineError, match=said) as raised:
        encode_mp3([0.1, 0.2], 16000)
    assert path in str(raised.value) and "pip install imageio-ffmpeg" in str(raised.value)


def test_a_program_that_does_not_start_is_named(program):
    path = program("")
    with Path(path).open("wb") as file:
        file.write(b"\x7fELF no program")
    with pytest.raises(MachineError, match="cannot be started"):
        encode_mp3([0.1], 16000)


def test_a_program_that_hangs_is_ended(program):
    program("exec sleep 60")
    command = arguments.input("pipe:0").output("pipe:1", format="wav")
    with pytest.raises(MachineError, match="more than 0.2 seconds"):
        run_ffmpeg(command, seconds=0.2)
