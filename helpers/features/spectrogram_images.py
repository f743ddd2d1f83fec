"""Spectrograms as small colour pictures (thesis, section IV-B, second configuration).

The thesis drew each spectrogram as a figure, saved it as JPEG and read it back. Here the same
picture is made from the array: decibels, a colour map, an average over the pixels that fall into
one.
"""

from functools import lru_cache, partial
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd
from PIL import Image

from helpers.decoding.sound import read_audio, read_audio_at_own_rate
from helpers.features.media import compute_stack_of_rows
from helpers.features.spectrograms import (
    LIBROSA_DEFAULTS,
    THESIS_SAMPLE_RATE,
    log_mel_settings,
    mel_power,
    pre_emphasis,
    to_decibels,
)

KINDS = ("librosa_defaults", "log_mel")
_COLOUR_MAP = "magma"  # librosa's choice for values of one sign


def spectrogram_images(
    manifest: pd.DataFrame, *, kind: str = "librosa_defaults", size: tuple[int, int] = (64, 64)
) -> tuple[np.ndarray, pd.DataFrame]:
    """Turn the sound of every row into a picture.

    Of the kinds, ``"librosa_defaults"`` has 128 bands at the file's own rate, as published, and
    ``"log_mel"`` the 40 bands of the first configuration, with pre-emphasis, at 22050 Hz.

    Returns
    -------
    images : uint8 array (n, height, width, 3)
        Mapped from disk, read-only, row for row with the manifest; zero where there is a problem.
    manifest : DataFrame
        A copy in which ``problem`` says why a sound could not be read.

    Raises
    ------
    ValueError
        If not one sound could be read.
    """
    if kind not in KINDS:
        raise ValueError(f"Unknown kind of spectrogram {kind!r}; expected one of {KINDS}.")
    return compute_stack_of_rows(
        "spectrogram_images",
        manifest,
        {"kind": kind, "size": list(size)},
        partial(sound_to_image, kind=kind, size=size),
        shape=(*size, 3),
        kind="sounds",
    )


def sound_to_image(path: str | Path, *, kind: str, size: tuple[int, int]) -> np.ndarray:
    """Return the picture of one clip or sound file, uint8 (height, width, 3).

    The picture is as wide for a short clip as for a long one: no silence is added.
    Raises ``Unusable`` as ``helpers.decoding.sound.read_audio`` does.
    """
    if kind == "log_mel":
        samples = pre_emphasis(read_audio(path, THESIS_SAMPLE_RATE))
        power = mel_power(samples, THESIS_SAMPLE_RATE, log_mel_settings())
    else:
        power = mel_power(*read_audio_at_own_rate(path), LIBROSA_DEFAULTS)
    return spectrogram_to_image(power, size)


def spectrogram_to_image(power: np.ndarray, size: tuple[int, int] = (64, 64)) -> np.ndarray:
    """Return mel power (bands, frames) as a picture, uint8 (height, width, 3), low bands below.

    The loudest point gets the brightest colour; 80 dB less, or the quietest point if that is
    louder, the darkest. Silence is dark.
    """
    decibels = to_decibels(power)
    above = decibels[::-1] - decibels.min()
    levels = np.minimum(above / max(float(above.max()), 1e-6) * 256, 255).astype(np.uint8)
    picture = Image.fromarray(levels)
    picture.putpalette(_palette())
    height, width = size
    return np.asarray(picture.convert("RGB").resize((width, height), Image.Resampling.BOX))


@lru_cache(maxsize=1)
def _palette() -> bytes:
    return matplotlib.colormaps[_COLOUR_MAP](np.arange(256), bytes=True)[:, :3].tobytes()
