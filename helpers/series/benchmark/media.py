"""Reading films and sounds: the ffmpeg program for each file, as it was, and in this process."""

from functools import partial
from pathlib import Path

import ffmpeg
import numpy as np

from helpers.decoding.film import extract_frames
from helpers.decoding.sound import read_audio
from helpers.runtime.ffmpeg import run_ffmpeg
from helpers.series.benchmark.measure import Row, Way, for_each

_RATE = 22050
_SIZE = "720x576"  # AFEW's
_SECONDS = 4
_FRAMES = 4


def frames_of_films(folder: Path) -> tuple[Way, Way]:
    """Take four frames out of a film: counted and then decoded by the program, and in one pass."""
    paths = _films(folder)
    width, height = map(int, _SIZE.split("x"))

    def with_program(path: Path) -> np.ndarray:
        video = ffmpeg.input(str(path), threads=1).video
        dots = video.output("pipe:1", vf="scale=1:1,format=gray", format="rawvideo")
        total = len(run_ffmpeg(dots))
        wanted = ((np.arange(_FRAMES) + 0.5) * total / _FRAMES).astype(int)
        pictures = video.output(
            "pipe:1", format="rawvideo", pix_fmt="rgb24", vframes=wanted[-1] + 1
        )
        return np.frombuffer(run_ffmpeg(pictures), np.uint8).reshape(-1, height, width, 3)[wanted]

    return for_each(paths, with_program, partial(extract_frames, frames_per_clip=_FRAMES))


def sound_of_films(folder: Path) -> tuple[Way, Way]:
    """Take the sound out of a film."""
    return _sounds(_films(folder))


def sound_of_waves(folder: Path) -> tuple[Way, Way]:
    """Read WAVs at 22050 Hz, three in five of which have to be resampled for that."""
    paths = [folder / f"{index}.wav" for index in range(10)]
    for index, path in enumerate(paths):
        rate = 16000 if index % 5 < 3 else _RATE
        tone = ffmpeg.input(f"sine=440:r={rate}:d={_SECONDS}", format="lavfi")
        run_ffmpeg(tone.output(str(path)))
    return _sounds(paths)


def _sounds(paths: list[Path]) -> tuple[Way, Way]:
    def with_program(path: Path) -> np.ndarray:
        sound = ffmpeg.input(str(path), threads=1).audio
        raw = run_ffmpeg(sound.output("pipe:1", format="f32le", ac=1, ar=_RATE))
        return np.frombuffer(raw, "<f4")

    return for_each(paths, with_program, lambda path: read_audio(path, _RATE))


def _films(folder: Path) -> list[Path]:
    pictures = ffmpeg.input(f"testsrc2=s={_SIZE}:r=25:d={_SECONDS}", format="lavfi")
    tone = ffmpeg.input(f"sine=440:r=44100:d={_SECONDS}", format="lavfi")
    options = {"vcodec": "mpeg4", "video_bitrate": "300k", "acodec": "libmp3lame"}  # as AFEW's
    paths = [folder / f"{index}.avi" for index in range(4)]
    for path in paths:
        run_ffmpeg(ffmpeg.output(pictures, tone, str(path), **options))
    return paths


ROWS = [
    Row("four frames of a film: ffmpeg twice / in one pass", frames_of_films, 3),
    Row("sound of a film: ffmpeg / in this process", sound_of_films, 2),
    Row("sound of a WAV: ffmpeg / in this process", sound_of_waves, 15),
]
