"""Files with flipped bytes, cut, with a piece missing, or twice in one, of six kinds."""

import subprocess
from functools import partial

import numpy as np
import pytest
import soundfile
from PIL import Image

from helpers.cache import compute_each
from helpers.decoding.film import extract_frames
from helpers.decoding.pictures import read_picture
from helpers.decoding.sound import read_audio
from helpers.runtime.ffmpeg import ffmpeg_binary
from tests.decoding.makers import ffmpeg

RATE = 22050
FILM = ("-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1")
SUFFIXES = ("wav", "mp3", "m4a", "avi", "mp4", "webm", "jpg", "png")
READERS = {
    "sound": partial(read_audio, sample_rate=RATE),
    "film": partial(extract_frames, frames_per_clip=4),
    "picture": partial(read_picture, size=None, channels=3),
}
READ_AS = {
    **dict.fromkeys(("wav", "mp3", "m4a"), ("sound",)),
    **dict.fromkeys(("avi", "mp4", "webm"), ("sound", "film")),
    **dict.fromkeys(("jpg", "png"), ("picture",)),
}
LOST = 4096  # samples that a packet has at most


@pytest.fixture(scope="module")
def healthy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("healthy")
    rng = np.random.default_rng(0)
    time = np.arange(RATE) / RATE
    sweep = 0.4 * np.sin(2 * np.pi * 440 * time * (1 + time)) + rng.normal(0, 0.02, RATE)
    soundfile.write(folder / "a.wav", sweep, RATE)
    sound = ["-i", folder / "a.wav"]
    ffmpeg(*sound, folder / "a.mp3")
    ffmpeg(*sound, folder / "a.m4a")
    ffmpeg(*FILM, *sound, "-c:v", "mpeg4", "-c:a", "libmp3lame", folder / "a.avi")
    ffmpeg(*FILM, *sound, "-c:v", "mpeg4", "-c:a", "aac", folder / "a.mp4")
    ffmpeg(*FILM, *sound, "-c:v", "libvpx", "-c:a", "libopus", folder / "a.webm")
    picture = Image.fromarray(rng.integers(0, 255, (8, 8, 3), dtype=np.uint8)).resize((64, 48))
    picture.save(folder / "a.jpg")
    picture.save(folder / "a.png")
    return folder


def mutate(content, rng):
    """Return the kind of damage and the damaged content."""
    kind = str(rng.choice(["flipped", "many flipped", "header", "cut", "piece missing", "twice"]))
    damaged = bytearray(content)
    if kind == "flipped":
        damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
    elif kind == "many flipped":
        for place in rng.integers(0, len(damaged), rng.integers(2, 60)):
            damaged[place] = rng.integers(256)
    elif kind == "header":
        for place in rng.integers(0, min(600, len(damaged)), rng.integers(1, 6)):
            damaged[place] = rng.integers(256)
    elif kind == "cut":
        damaged = damaged[: rng.integers(1, len(damaged))]
    elif kind == "piece missing":
        start, end = sorted(rng.integers(0, len(damaged), 2))
        del damaged[start:end]
    else:
        damaged = content * 2
    return kind, bytes(damaged)


def samples_of_ffmpeg(path):
    """Return how many samples the program reads, another version of the same libraries."""
    command = [ffmpeg_binary(), "-v", "error", "-nostdin", "-i", f"file:{path}", "-map", "0:a:0"]
    command += ["-ac", "1", "-ar", str(RATE), "-f", "s16le", "-"]
    return len(subprocess.run(command, capture_output=True, timeout=60, check=False).stdout) // 2


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("count", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_damage_is_a_reason_or_read_as_ffmpeg_reads_it(
    healthy, tmp_path, monkeypatch, suffix, count
):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    source = healthy / f"a.{suffix}"
    rng = np.random.default_rng(sum(suffix.encode()))
    rows, kinds = [source], ["healthy"]
    for index in range(count):
        kind, content = mutate(source.read_bytes(), rng)
        path = tmp_path / f"{index}.{suffix}"
        path.write_bytes(content)
        # A healthy file behind every damaged one: no result may move to another row.
        rows += [path, source]
        kinds += [kind, "healthy"]
    for way in READ_AS[suffix]:
        expected = READERS[way](source)
        found = compute_each(f"mutated_{way}", rows, {}, READERS[way], jobs=2, progress=False)
        for path, kind, result in zip(rows, kinds, found, strict=True):
            if result.problem and kind != "healthy":
                continue
            value = result.load()
            if np.array_equal(value, expected):
                continue
            assert kind != "healthy"
            assert np.isfinite(value).all() and value.size, (path.name, kind)
            lost = kind == "cut" or (kind == "piece missing" and suffix != "jpg")
            assert not lost or suffix == "mp3", f"{path.name}: {kind}, and read without a word"
            if way == "sound":
                assert abs(len(value) - samples_of_ffmpeg(path)) <= LOST, (path.name, kind)
            elif way == "film":
                assert value.ndim == 4 and value.shape[3] == 3 and len(value) <= 4
