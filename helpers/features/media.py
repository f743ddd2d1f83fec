"""Sound and frames of whole manifests, kept in the cache; and sound for players."""

from functools import partial

import ffmpeg
import numpy as np
import pandas as pd

from helpers.cache import Result, compute_each
from helpers.decoding.film import extract_frames
from helpers.decoding.sound import read_audio, read_audio_at_own_rate
from helpers.runtime.ffmpeg import run_ffmpeg

__all__ = [
    "encode_mp3",
    "extract_frames",
    "read_audio",
    "read_audio_at_own_rate",
    "read_frames",
    "read_waveforms",
]


def read_waveforms(manifest: pd.DataFrame, sample_rate: int) -> tuple[list[Result], pd.DataFrame]:
    """Return one cached waveform for every row, and the manifest with its problems filled in.

    A row that already has a problem is left alone. See :func:`read_audio`.
    """
    function = partial(read_audio, sample_rate=sample_rate)
    settings = {"sample_rate": sample_rate}
    return _compute_for_manifest("waveform", manifest, settings, function)


def encode_mp3(samples: np.ndarray, sample_rate: int, *, kilobits: int = 24) -> bytes:
    """Return samples (n,), -1 to 1, as a small mono mp3 file: about ``kilobits`` a second.

    Raises
    ------
    helpers.runtime.ffmpeg.MachineError
        If ffmpeg fails.
    """
    sound = ffmpeg.input("pipe:0", format="f32le", ar=sample_rate, ac=1)
    target = sound.output("pipe:1", format="mp3", ar=16000, audio_bitrate=f"{kilobits}k")
    return run_ffmpeg(target, np.asarray(samples, dtype="<f4").tobytes())


def read_frames(
    manifest: pd.DataFrame,
    *,
    frames_per_clip: int | None = None,
    frames_per_second: float | None = None,
    size: tuple[int, int] | None = None,
) -> tuple[list[Result], pd.DataFrame]:
    """Return the cached frames of every row, and the manifest with its problems filled in.

    A row that already has a problem is left alone. See :func:`extract_frames`.
    """
    settings = {
        "frames_per_clip": frames_per_clip,
        "frames_per_second": frames_per_second,
        "size": size,
    }
    function = partial(extract_frames, **settings)
    return _compute_for_manifest("frames", manifest, settings, function)


def _compute_for_manifest(
    name: str, manifest: pd.DataFrame, settings: dict, function: partial
) -> tuple[list[Result], pd.DataFrame]:
    usable = (manifest["problem"] == "").to_numpy()
    computed = iter(compute_each(name, list(manifest["path"][usable]), settings, function))
    results = [
        next(computed) if fine else Result(None, problem)
        for fine, problem in zip(usable, manifest["problem"], strict=True)
    ]
    return results, manifest.assign(problem=[result.problem for result in results])
