"""The recorder in a real browser: a made-up camera shows a drawn face, a stand-in is Colab."""

import subprocess
import sys
import time
import types

import numpy as np
import pytest

from helpers.decoding.film import extract_frames
from helpers.decoding.sound import read_audio
from helpers.emotions import EMOTIONS
from helpers.fusion import own_clip
from helpers.runtime.colab import RECORDED_SECONDS
from helpers.runtime.ffmpeg import ffmpeg_binary
from tests.chromium import started_chromium


@pytest.fixture(scope="module")
def camera(clip_with_face, tmp_path_factory):
    """Return a Chromium whose camera and microphone play a clip, over and over."""
    folder = tmp_path_factory.mktemp("camera")
    picture, sound = folder / "camera.mjpeg", folder / "microphone.wav"
    for arguments in (["-an", "-r", "25", "-q:v", "2", picture], ["-vn", "-ar", "48000", sound]):
        command = [ffmpeg_binary(), "-v", "error", "-i", clip_with_face, *arguments]
        subprocess.run(command, check=True)
    switches = (
        "use-fake-ui-for-media-stream",
        "use-fake-device-for-media-stream",
        f"use-file-for-fake-video-capture={picture}",
        f"use-file-for-fake-audio-capture={sound}",
    )
    with started_chromium(folder / "profile", *switches) as chromium:
        page = folder / "cell.html"  # a file is a place where a camera may be asked for
        page.write_text("<!doctype html><title>An output</title>", encoding="utf-8")
        chromium.get(page.as_uri())
        yield chromium


@pytest.fixture
def colab(camera, monkeypatch, tmp_path):
    """Return a stand-in for Colab, in which a user clicks what is in ``clicks``."""
    user = types.SimpleNamespace(clicks=[], words="")

    def eval_js(script):
        camera.execute_script(
            "window.answer = null; eval(arguments[0]).then(found => window.answer = found)", script
        )
        user.words = camera.find_element("tag name", "body").text
        for place in user.clicks:
            camera.find_element("css selector", place).click()
        until = time.monotonic() + 30
        while time.monotonic() < until:
            answer = camera.execute_script("return window.answer")
            if answer:
                assert not camera.find_elements("tag name", "button")  # nothing is left on the page
                return answer
            time.sleep(0.1)
        raise AssertionError("no answer")

    package = types.ModuleType("google.colab")
    package.output = types.SimpleNamespace(eval_js=eval_js)
    monkeypatch.setitem(sys.modules, "google.colab", package)
    monkeypatch.chdir(tmp_path)
    return user


def test_a_recording_is_asked_for_in_words_answered_and_deleted(colab, systems, tmp_path):
    colab.clicks = [".agree"]
    with own_clip.find_clip("record", None) as (path, sentence):
        assert path.is_file() and tmp_path not in path.parents
        frames = extract_frames(path, frames_per_second=5)
        sound = read_audio(path, 16_000)
        scored = own_clip.score_clip(path, systems)
    assert not path.exists() and not list(tmp_path.iterdir())
    assert "is deleted now" in sentence and "nothing of it goes into the cache" in sentence
    for words in ("camera and the microphone", "nowhere else", "is deleted", "agrees"):
        assert words in colab.words
    assert abs(len(frames) / 5 - RECORDED_SECONDS) <= 1
    assert abs(len(sound) / 16_000 - RECORDED_SECONDS) <= 1 and np.abs(sound).max() > 0.01
    assert list(scored.scores) == ["face", "voice", "both"] and not scored.reasons
    assert scored.scores["both"].shape == (len(EMOTIONS),)


def test_a_recording_is_kept_on_purpose_alone(colab, tmp_path):
    colab.clicks = [".keep", ".agree"]
    with own_clip.find_clip("record", None) as (path, sentence):
        assert f"is kept as {path}" in sentence
    assert path.parent == tmp_path and len(extract_frames(path, frames_per_clip=3)) == 3


def test_a_recording_is_deleted_after_an_error_too(colab):
    colab.clicks = [".agree"]
    with pytest.raises(KeyError), own_clip.find_clip("record", None) as (path, _):
        assert path.is_file()
        raise KeyError
    assert not path.exists()


def test_who_says_no_is_not_filmed(colab, camera):
    colab.clicks = [".decline"]
    camera.execute_script("navigator.mediaDevices.getUserMedia = () => window.asked = true")
    words = "You chose not to record.*give the path"
    with pytest.raises(RuntimeError, match=words), own_clip.find_clip("record", None):
        pass
    assert camera.execute_script("return window.asked") is None
    camera.refresh()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotAllowedError", "was not allowed to use camera and microphone; allow both"),
        ("NotFoundError", "found no camera or no microphone"),
        ("NotReadableError", "Another program"),
        ("OddError", r"Recording failed \(OddError: in the way\)"),
    ],
)
def test_a_browser_that_gives_no_camera_says_why(colab, camera, name, words):
    colab.clicks = [".agree"]
    camera.execute_script(
        "const name = arguments[0];"
        "navigator.mediaDevices.getUserMedia = async () => {"
        "  throw new DOMException('in the way', name); }",
        name,
    )
    with pytest.raises(RuntimeError, match=words), own_clip.find_clip("record", None):
        pass
    camera.refresh()
