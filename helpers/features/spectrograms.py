"""From samples to log-mel spectrograms and their normalisation (thesis, section IV-A).

The numbers are librosa's; they come several times faster because the windows and the mel filters
are made once, the silence that fills a clip up is never transformed, and filters are sparse.
"""

import warnings
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import scipy.fft
import scipy.signal
import scipy.sparse

from helpers.cache import Result
from helpers.files import write_json

with warnings.catch_warnings():
    # What librosa downloads examples with complains, in a notebook, that it has no widgets.
    warnings.simplefilter("ignore")
    import librosa.util.files

THESIS_SAMPLE_RATE = 22050
THESIS_SAMPLES = 137063
"""Every clip's length in the thesis: the longest one of its training part, 6.2 s at 22050 Hz."""

PRE_EMPHASIS = 0.97
NORMALISATIONS = ("none", "per_spectrogram", "per_band", "global")
_DYNAMIC_RANGE = 80.0  # decibels below the loudest point that are kept, librosa's top_db
_LOWEST_POWER = 1e-10
_BLOCK = 64  # windows transformed at once


@dataclass(frozen=True)
class MelSettings:
    """How a mel spectrogram is taken; lengths in samples."""

    window_length: int
    hop_length: int
    fft_length: int
    bands: int
    window: str


LIBROSA_DEFAULTS = MelSettings(2048, 512, 2048, 128, "hann")
"""What ``librosa.feature.melspectrogram`` does when it is told nothing."""


def log_mel_settings(sample_rate: int = THESIS_SAMPLE_RATE) -> MelSettings:
    """Return the thesis's settings: 40 bands, Hamming windows of 25 ms, one every 10 ms."""
    window_length = int(0.025 * sample_rate)
    fft_length = 1 << (window_length - 1).bit_length()  # the next power of two
    return MelSettings(window_length, int(0.010 * sample_rate), fft_length, 40, "hamming")


def pre_emphasis(samples: np.ndarray, coefficient: float = PRE_EMPHASIS) -> np.ndarray:
    """Return y(t) = x(t) - coefficient x(t - 1), which lifts high frequencies (equation 2).

    Shape and dtype stay; the first sample is kept as it is.
    """
    emphasised = samples.copy()
    emphasised[1:] -= emphasised.dtype.type(coefficient) * samples[:-1]
    return emphasised


def fit_length(samples: np.ndarray, length: int) -> np.ndarray:
    """Return exactly ``length`` samples: zeros follow a short clip, a long one is cut."""
    return np.pad(samples[:length], (0, max(0, length - len(samples))))


def mel_power(
    samples: np.ndarray, sample_rate: int, settings: MelSettings, total: int | None = None
) -> np.ndarray:
    """Return the power of each mel band, float32 (bands, 1 + total // hop_length).

    Equal to ``librosa.feature.melspectrogram`` with centred windows. ``total`` is the length in
    samples that the sound has with the silence that follows it; None: there is no more to follow.
    """
    window, filters = _window_and_filters(sample_rate, settings)
    length, hop = settings.window_length, settings.hop_length
    frames = 1 + (len(samples) if total is None else total) // hop
    # librosa centres a short window in its transform: that is how far before t it starts.
    before = settings.fft_length // 2 - (settings.fft_length - length) // 2
    sounding = min(frames, 1 + (len(samples) + before - 1) // hop)
    padded = np.zeros((sounding - 1) * hop + length, dtype=np.float32)
    used = min(len(samples), len(padded) - before)
    padded[before : before + used] = samples[:used]
    cuts = np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]
    # In double precision, as librosa does: quiet bands lie far below the loudest one. In blocks,
    # because memory that is used again is faster than new memory.
    windowed = np.zeros((_BLOCK, settings.fft_length))
    power = np.zeros((settings.bands, frames), dtype=np.float32)
    for start in range(0, sounding, _BLOCK):
        block = slice(start, min(start + _BLOCK, sounding))
        some = windowed[: block.stop - start]
        np.multiply(cuts[block], window, out=some[:, :length])
        spectrum = scipy.fft.rfft(some, axis=-1)
        power[:, block] = filters @ (spectrum.real**2 + spectrum.imag**2).astype(np.float32).T
    return power


def to_decibels(power: np.ndarray, reference: float = 1.0) -> np.ndarray:
    """Return 10 log10(power / reference), at most 80 dB below the largest, in the same shape.

    Equal to ``librosa.power_to_db``.
    """
    decibels = 10 * np.log10(np.maximum(power, power.dtype.type(_LOWEST_POWER)))
    decibels -= decibels.dtype.type(10 * np.log10(max(reference, _LOWEST_POWER)))
    return np.maximum(decibels, decibels.max() - decibels.dtype.type(_DYNAMIC_RANGE))


def log_mel_spectrogram(
    samples: np.ndarray,
    *,
    sample_rate: int = THESIS_SAMPLE_RATE,
    length: int = THESIS_SAMPLES,
    coefficient: float = PRE_EMPHASIS,
    windows: int = 1,
) -> np.ndarray:
    """Return the thesis's spectrogram of one clip, float32 (40, 1 + length // stride), in dB.

    The length is fitted first, then the sound is filtered (section IV-A); a ``coefficient`` of 0
    leaves the filter out. Of every so many ``windows`` of 10 ms the mean is taken; what is left at
    the end is dropped.
    """
    samples = np.asarray(samples[:length], dtype=np.float32)
    if coefficient:
        # One of the zeros that follow is enough: the filter answers to the last sample in it.
        samples = pre_emphasis(fit_length(samples, min(len(samples) + 1, length)), coefficient)
    power = mel_power(samples, sample_rate, log_mel_settings(sample_rate), total=length)
    decibels = to_decibels(power)
    if windows == 1:
        return decibels
    bands, frames = len(decibels), decibels.shape[1] // windows
    return decibels[:, : frames * windows].reshape(bands, frames, windows).mean(axis=2)


def log_mel_spectrograms(waveforms: Sequence[Result], **options) -> np.ndarray:
    """Return the spectrograms of many clips, float32 (clips, 40, frames), in their order.

    A clip that has a problem is all zeros. ``options`` are those of
    :func:`log_mel_spectrogram`. One clip at a time is in memory, besides the result.
    """
    silence = log_mel_spectrogram(np.zeros(1, dtype=np.float32), **options)
    spectrograms = np.zeros((len(waveforms), *silence.shape), dtype=np.float32)
    for row, waveform in enumerate(waveforms):
        if not waveform.problem:
            spectrograms[row] = log_mel_spectrogram(waveform.load(), **options)
    return spectrograms


@dataclass(frozen=True)
class Normaliser:
    """A fitted normalisation: (spectrogram - mean) / deviation.

    ``mean`` and ``deviation`` hold one value (``global``), one per band (``per_band``), or none
    (``none``; and ``per_spectrogram``, which takes them from each spectrogram by itself).
    """

    kind: str
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()

    def __call__(self, spectrograms: np.ndarray) -> np.ndarray:
        """Return normalised spectrograms, float32 (n, bands, frames), as a new array."""
        if self.kind == "none":
            return np.array(spectrograms, dtype=np.float32)
        if self.kind == "per_spectrogram":
            mean = spectrograms.mean(axis=(1, 2), keepdims=True)
            deviation = _not_zero(spectrograms.std(axis=(1, 2), keepdims=True))
        else:
            mean = np.array(self.mean, dtype=np.float32)[:, None]
            deviation = np.array(self.deviation, dtype=np.float32)[:, None]
        normalised = np.subtract(spectrograms, mean, dtype=np.float32)
        normalised /= deviation
        return normalised

    def save(self, path: str | Path) -> Path:
        """Write the normaliser as JSON and return the path."""
        return write_json(path, asdict(self))


def fit_normaliser(kind: str, spectrograms: np.ndarray, rows: Sequence[int]) -> Normaliser:
    """Fit one of ``NORMALISATIONS`` on rows of (n, bands, frames): the training clips alone."""
    if kind not in NORMALISATIONS:
        raise ValueError(f"Unknown normalisation {kind!r}; expected one of {NORMALISATIONS}.")
    if kind in ("none", "per_spectrogram"):
        return Normaliser(kind)
    if len(rows) == 0:
        raise ValueError(f"A {kind} normaliser needs training clips to be fitted on, got no rows.")
    # One clip at a time and in double precision: no copy of the training part.
    count = len(rows) * spectrograms.shape[2]
    mean = sum(spectrograms[row].sum(axis=1, dtype=np.float64) for row in rows) / count
    if kind == "global":
        mean = mean.mean(keepdims=True)
    squares = sum(((spectrograms[row] - mean[:, None]) ** 2).sum(axis=1) for row in rows) / count
    if kind == "global":
        squares = squares.mean(keepdims=True)
    return Normaliser(kind, tuple(mean.tolist()), tuple(_not_zero(np.sqrt(squares)).tolist()))


def _not_zero(deviation: np.ndarray) -> np.ndarray:
    """Leave what never varies at zero instead of dividing by zero."""
    return np.where(deviation > 0, deviation, 1.0).astype(deviation.dtype)


@lru_cache(maxsize=8)
def _window_and_filters(sample_rate: int, settings: MelSettings):
    window = scipy.signal.get_window(settings.window, settings.window_length)
    filters = librosa.filters.mel(sr=sample_rate, n_fft=settings.fft_length, n_mels=settings.bands)
    return window, scipy.sparse.csr_array(filters)
