"""Sound and frames of whole manifests, kept in the cache; sound and films for players."""

import io
from functools import partial
from pathlib import Path

import av
import ffmpeg
import numpy as np
import pandas as pd

from helpers.cache import Result, Unusable, compute_each, compute_stack
from helpers.decoding.film import extract_frames
from helpers.decoding.sound import read_audio, read_audio_at_own_rate
from helpers.runtime.ffmpeg import run_ffmpeg

__all__ = [
    "encode_mp3",
    "encode_webm",
    "extract_frames",
    "film_with_sound",
    "read_audio",
    "read_audio_at_own_rate",
    "read_frames",
    "read_waveforms",
]

_OPUS_RATE = 48000


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


def encode_webm(
    frames: np.ndarray, frames_per_second: int, samples: np.ndarray, sample_rate: int
) -> bytes:
    """Return frames and their sound as a small WebM film, which every browser plays.

    Parameters
    ----------
    frames : uint8 array (n, height, width, 3)
    samples : array (m,)
        Mono, -1 to 1, beginning with the first frame; none (m = 0) is a film without sound.

    Returns
    -------
    bytes
        VP8 with Opus: about 60 kB a second for frames of 240 x 288. The same every time: without
        random ids (``bitexact``), and encoded by one thread, since several divide a frame.
    """
    height, width = frames.shape[1:3]
    file = io.BytesIO()
    with av.open(file, "w", format="webm", options={"fflags": "+bitexact"}) as film:
        options = {"deadline": "good", "cpu-used": "4"}
        pictures = film.add_stream("libvpx", rate=frames_per_second, options=options)
        pictures.width, pictures.height, pictures.pix_fmt = width, height, "yuv420p"
        pictures.thread_count = 1
        pictures.bit_rate = 6 * width * height
        voice = film.add_stream("libopus", rate=_OPUS_RATE, layout="mono") if len(samples) else None
        for picture in frames:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            film.mux(pictures.encode(frame))
        film.mux(pictures.encode())
        if voice:
            values = np.asarray(samples, np.float32)[None]
            sound = av.AudioFrame.from_ndarray(values, format="flt", layout="mono")
            sound.sample_rate = sample_rate
            for part in (sound, None):  # encoders resample; None empties them
                film.mux(voice.encode(part))
    return file.getvalue()


def film_with_sound(path: str | Path, *, frames_per_second: int = 25) -> bytes:
    """Return a clip as a small WebM film (:func:`encode_webm`), without sound if it has none."""
    frames = extract_frames(path, frames_per_second=frames_per_second)
    try:
        samples = read_audio(path, _OPUS_RATE)
    except Unusable:
        samples = np.zeros(0, np.float32)
    return encode_webm(frames, frames_per_second, samples, _OPUS_RATE)


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
    name: str, manifest: pd.DataFrame, settings: dict, function: partial, *, jobs: int = -1
) -> tuple[list[Result], pd.DataFrame]:
    """Compute one array for every row (``helpers.cache.compute_each``); fill its problems in.

    A row that already has a problem is left alone.
    """
    usable = (manifest["problem"] == "").to_numpy()
    paths = list(manifest["path"][usable])
    computed = iter(compute_each(name, paths, settings, function, jobs=jobs))
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
