"""Sound and frames of whole manifests, kept in the cache; and sound for players."""

from functools import partial

import ffmpeg
import numpy as np
import pandas as pd

from helpers.cache import Result, compute_each, compute_stack
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
    """Return each row's cached waveform (:func:`read_audio`), and the manifest with problems."""
    function = partial(read_audio, sample_rate=sample_rate)
    settings = {"sample_rate": sample_rate}
    return compute_each_row("waveform", manifest, settings, function)


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
    """Return each row's cached frames (:func:`extract_frames`), and the manifest with problems."""
    settings = {"frames_per_clip": frames_per_clip, "frames_per_second": frames_per_second}
    settings["size"] = size
    function = partial(extract_frames, **settings)
    return compute_each_row("frames", manifest, settings, function)


def compute_each_row(
    name: str, manifest: pd.DataFrame, settings: dict, function: partial
) -> tuple[list[Result], pd.DataFrame]:
    """Compute one array for every row (``helpers.cache.compute_each``); fill its problems in.

    A row that already has a problem is left alone.
    """
    usable = (manifest["problem"] == "").to_numpy()
    computed = iter(compute_each(name, list(manifest["path"][usable]), settings, function))
    results = [
        next(computed) if fine else Result(None, problem)
        for fine, problem in zip(usable, manifest["problem"], strict=True)
    ]
    return results, manifest.assign(problem=[result.problem for result in results])


def compute_stack_of_rows(
    name: str,
    manifest: pd.DataFrame,
    settings: dict,
    function: partial,
    *,
    shape: tuple[int, ...],
    kind: str,
) -> tuple[np.ndarray, pd.DataFrame]:
    """Compute one uint8 array with a part for every row; fill the manifest's problems in.

    ``kind`` is what the ValueError calls the files if not one could be read.
    """
    values, problems = compute_stack(
        name, manifest["path"].tolist(), settings, function, shape=shape, dtype="uint8"
    )
    known = manifest["problem"] != ""
    manifest = manifest.assign(problem=np.where(known, manifest["problem"], problems))
    if (manifest["problem"] != "").all():
        raise ValueError(
            f"None of the {len(manifest)} {kind} could be read; the first one: "
            f"{manifest['path'].iloc[0]}: {manifest['problem'].iloc[0]}."
        )
    return values, manifest
