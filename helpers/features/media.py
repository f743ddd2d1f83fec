"""Sound and pictures out of clips, through ffmpeg.

Files are handed over as lists of arguments, never through a shell, under the ``file:`` protocol
and with a list of allowed formats, so that a playlist dressed up as a clip opens nothing else.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.cache import Result, Unusable, compute_each

_FORMATS = (
    "aac,aiff,asf,au,avi,caf,flac,flv,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpeg,mpegts,"
    "mpegvideo,m4v,h264,ogg,w64,wav,rm"
)
_SECONDS = 300  # a file that keeps ffmpeg busy for longer is broken, or is not a clip


def ffmpeg_binary() -> str:
    """Return the ffmpeg program: the system's, else the one that imageio-ffmpeg brings along.

    Raises
    ------
    FileNotFoundError
        If there is neither.
    """
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        import imageio_ffmpeg

        return imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise FileNotFoundError(
            "No ffmpeg was found on the PATH and imageio-ffmpeg brought none; clips cannot be "
            "read. Install one of them: `pip install imageio-ffmpeg` or `apt install ffmpeg`."
        ) from error


def read_audio(path: str | Path, sample_rate: int) -> np.ndarray:
    """Return the first sound track of a clip or sound file, mixed to mono and resampled.

    Parameters
    ----------
    sample_rate : int
        In hertz; the thesis's log-mel spectrograms use 22050.

    Returns
    -------
    array (samples,), float32
        Full scale is -1 to 1; several channels are averaged.

    Raises
    ------
    helpers.cache.Unusable
        If the file is no sound or film file, has no sound track, or one of zero length.
    """
    return _decode_audio(path, ["-ar", str(sample_rate)])[0]


def read_audio_at_own_rate(path: str | Path) -> tuple[np.ndarray, int]:
    """Return the samples like :func:`read_audio`, not resampled, and the file's own rate."""
    return _decode_audio(path, [])


def read_waveforms(manifest: pd.DataFrame, sample_rate: int) -> tuple[list[Result], pd.DataFrame]:
    """Return one cached waveform for every row, and the manifest with its problems filled in.

    A row that already has a problem is left alone. See :func:`read_audio`.
    """
    function = partial(read_audio, sample_rate=sample_rate)
    settings = {"sample_rate": sample_rate}
    return _compute_for_manifest("waveform", manifest, settings, function)


def encode_mp3(samples: np.ndarray, sample_rate: int, *, kilobits: int = 24) -> bytes:
    """Return samples (n,), -1 to 1, as a small mono mp3 file: about ``kilobits`` a second."""
    source = ["-f", "f32le", "-ar", str(sample_rate), "-ac", "1", "-i", "pipe:0"]
    target = ["-ar", "16000", "-b:a", f"{kilobits}k", "-f", "mp3", "pipe:1"]
    command = [ffmpeg_binary(), "-hide_banner", "-loglevel", "error", *source, *target]
    raw = np.asarray(samples, dtype="<f4").tobytes()
    return subprocess.run(command, input=raw, capture_output=True, check=True).stdout


def extract_frames(
    path: str | Path,
    *,
    frames_per_clip: int | None = None,
    frames_per_second: float | None = None,
    size: tuple[int, int] | None = None,
) -> np.ndarray:
    """Return frames of a clip, evenly spread over it.

    Parameters
    ----------
    frames_per_clip, frames_per_second : number
        Exactly one of them. A clip with fewer frames than ``frames_per_clip`` gives all it has;
        every clip gives at least one.
    size : (height, width)
        None keeps the clip's own size.

    Returns
    -------
    array (frames, height, width, 3), uint8, RGB

    Raises
    ------
    helpers.cache.Unusable
        If the file is no film file, has no video stream or no frame.
    """
    if (frames_per_clip is None) == (frames_per_second is None):
        raise ValueError(
            f"frames_per_clip={frames_per_clip} and frames_per_second={frames_per_second} were "
            "given; expected exactly one of them."
        )
    total, own_rate = _count_frames(path)
    pieces = frames_per_clip or round(total / own_rate * frames_per_second)
    pieces = min(max(pieces, 1), total)
    wanted = ((np.arange(pieces) + 0.5) * total / pieces).astype(int)  # the middle of each piece
    return _pick_frames(path, size, set(wanted.tolist()))


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


def _input_arguments(path: str | Path) -> list[str]:
    allowed = ["-protocol_whitelist", "file", "-format_whitelist", _FORMATS]
    source = ["-i", f"file:{Path(path).absolute()}"]
    return [ffmpeg_binary(), "-hide_banner", "-nostdin", "-threads", "1", *allowed, *source]


def _run(path: str | Path, output: Sequence[str]) -> tuple[bytes, str]:
    """Return what ffmpeg writes to its standard output and its messages."""
    if Path(path).stat().st_size == 0:
        raise Unusable("an empty file")
    command = [*_input_arguments(path), *output]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unusable(f"reading it took more than {_SECONDS} seconds") from None
    messages = done.stderr.decode("utf-8", "replace")
    if "Input #0" not in messages:
        raise Unusable("not a film or sound file, or a damaged one")
    return done.stdout, messages


def _decode_audio(path: str | Path, rate: Sequence[str]) -> tuple[np.ndarray, int]:
    # ffmpeg mixes to floats without scaling them down unless it is given a maximum.
    mono = ["-map", "0:a:0", "-ac", "1", "-rematrix_maxval", "1", *rate]
    raw, messages = _run(path, [*mono, "-f", "f32le", "-c:a", "pcm_f32le", "pipe:1"])
    if "Audio:" not in messages:
        raise Unusable("no sound track")
    samples = np.frombuffer(raw[: len(raw) // 4 * 4], dtype="<f4").astype(np.float32)
    if len(samples) == 0:
        raise Unusable("the sound track has zero length or cannot be decoded")
    if not np.isfinite(samples).all():
        raise Unusable("the sound track holds values that are not numbers")
    return samples, int(re.search(r"Audio: .*?(\d+) Hz", _written(messages)).group(1))


def _written(messages: str) -> str:
    """Return the messages about what was written, after those about what was read."""
    return messages[messages.index("Output #0") :]


def _count_frames(path: str | Path) -> tuple[int, float]:
    """Decode to frames of one byte: no header tells the number reliably. Also frames a second."""
    raw, messages = _run(path, _frame_arguments("scale=1:1,format=gray", "rawvideo"))
    if "Video:" not in messages:
        raise Unusable("no video stream")
    if not raw:
        raise Unusable("no frame can be decoded")
    rate, thousand = re.search(r"([\d.]+)(k?) fps", _written(messages)).groups()
    return len(raw), float(rate) * (1000 if thousand else 1)


def _pick_frames(path: str | Path, size: tuple[int, int] | None, wanted: set[int]) -> np.ndarray:
    """Decode again, frame by frame, as PPM pictures, and keep the wanted ones only."""
    scale = f"scale={size[1]}:{size[0]}:flags=area," if size else ""
    command = [*_input_arguments(path), *_frame_arguments(f"{scale}format=rgb24", "ppm")]
    frames: list[np.ndarray] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    ) as process:
        for index in range(max(wanted) + 1):
            if not process.stdout.readline():  # P6, the format
                raise Unusable("the frames cannot be read a second time")
            width, height = map(int, process.stdout.readline().split())
            process.stdout.readline()  # 255, the brightest value
            raw = process.stdout.read(width * height * 3)
            if index in wanted:
                frames.append(np.frombuffer(raw, np.uint8).reshape(height, width, 3))
        process.kill()
    return np.stack(frames)


def _frame_arguments(filters: str, codec: str) -> list[str]:
    return ["-map", "0:v:0", "-vf", filters, "-f", "image2pipe", "-c:v", codec, "pipe:1"]
