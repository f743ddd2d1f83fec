"""How the sound of a clip goes, in a few hundred numbers: functionals of low-level descriptors.

The sound baseline of EmotiW is openSMILE's, which may not be used for all purposes
(:func:`is10_functionals`); :func:`functionals` is a set of the same make that is free for any use.
Every 16 ms, loudness, pitch, timbre and their changes are described; of each description its
mean, deviation, shape, extremes and trend are kept.
"""

from functools import lru_cache
from typing import Any

import librosa
import numpy as np

from helpers.cache import Unusable
from helpers.features.weights import WeightsError

SAMPLE_RATE = 16000
SHORTEST = 0.1
"""Seconds; a shorter sound has no course of which anything could be said."""

OPENSMILE_LICENCE = (
    "openSMILE is for non-commercial use alone, teaching and academic research among it "
    "(audEERING's Research License Agreement, in the package); whoever uses it accepts that."
)

_FFT, _HOP = 512, 256
_COEFFICIENTS = 13
_LOWEST, _HIGHEST = 65.0, 500.0  # hertz, where a voice's pitch is looked for
_PITCH_WINDOW = 1024
_OCTAVE = 0.05
_PERCENTILES = (1, 25, 50, 75, 99)
_SILENT = 1e-5  # of full scale, -100 dB

DESCRIPTORS = (
    *(f"mfcc {n}" for n in range(_COEFFICIENTS)),
    *("loudness", "zero crossings", "centroid", "bandwidth", "rolloff", "flatness", "flux"),
    *("pitch", "voicing"),
)
FUNCTIONALS = ("mean", "deviation", "skewness", "kurtosis", *map(str, _PERCENTILES), "slope")


def functional_names() -> list[str]:
    """Return what each number of :func:`functionals` is, such as ``"pitch, slope"``."""
    changes = [f"change of {name}" for name in DESCRIPTORS]
    return [f"{name}, {what}" for what in FUNCTIONALS for name in (*DESCRIPTORS, *changes)]


def functionals(samples: np.ndarray) -> np.ndarray:
    """Return the functionals of a sound, float32 (440,).

    Parameters
    ----------
    samples : float array (n,)
        -1 to 1, 16 kHz.

    Raises
    ------
    helpers.cache.Unusable
        If it is shorter than 0.1 s, or silent throughout.
    """
    described = descriptors(checked_sound(samples, "functionals need"))
    both = np.concatenate([described, np.gradient(described, axis=1)])
    mean, deviation = both.mean(axis=1), both.std(axis=1)
    even = np.where(deviation > 1e-8, deviation, np.inf)  # what never varies has no shape
    standard = (both - mean[:, None]) / even[:, None]
    time = np.linspace(-1, 1, both.shape[1])
    columns = [
        mean,
        deviation,
        (standard**3).mean(axis=1),
        (standard**4).mean(axis=1),
        *np.percentile(both, _PERCENTILES, axis=1),
        both @ time / (time @ time),
    ]
    return np.concatenate(columns).astype(np.float32)


def is10_functionals(samples: np.ndarray) -> np.ndarray:
    """Return openSMILE's 1,582 functionals of 2010, which EmotiW's baselines use, float32.

    The sound is as in :func:`functionals`; the package opensmile has to be installed, and
    ``OPENSMILE_LICENCE`` accepted.

    Raises
    ------
    helpers.cache.Unusable
        If it is shorter than 0.1 s, or silent throughout.
    helpers.features.weights.WeightsError
        If opensmile is not installed.
    """
    found = _opensmile().process_signal(
        checked_sound(samples, "openSMILE's functionals need"), SAMPLE_RATE
    )
    return found.to_numpy(np.float32)[0]


def checked_sound(samples: np.ndarray, needs: str) -> np.ndarray:
    """Return a sound at 16 kHz as float32.

    Raises
    ------
    helpers.cache.Unusable
        If it is shorter than 0.1 s (``needs`` says for whom), or silent throughout.
    """
    seconds = len(samples) / SAMPLE_RATE
    if seconds < SHORTEST:
        raise Unusable(f"{seconds:.2f} s of sound; {needs} at least {SHORTEST} s")
    if np.abs(samples).max() < _SILENT:
        raise Unusable("the sound is silent throughout")
    return np.asarray(samples, dtype=np.float32)


@lru_cache(maxsize=1)
def _opensmile() -> Any:
    try:
        import opensmile  # an extra: its licence is not for everybody
    except ImportError:
        raise WeightsError(
            f"{OPENSMILE_LICENCE} It is not installed; to accept, type: pip install opensmile"
        ) from None
    return opensmile.Smile(opensmile.FeatureSet.IS10, opensmile.FeatureLevel.Functionals)


def descriptors(samples: np.ndarray) -> np.ndarray:
    """Return the descriptors of each 16 ms, (22, windows), in the order of ``DESCRIPTORS``.

    Levels are in decibels, frequencies in octaves above 1 Hz, the rest as librosa has it;
    ``voicing`` is how well the sound fits itself one period later, 0 to 1.
    """
    samples = np.asarray(samples, dtype=np.float32)
    magnitude = np.abs(librosa.stft(samples, n_fft=_FFT, hop_length=_HOP))
    power = magnitude**2
    shape = {"S": magnitude, "sr": SAMPLE_RATE}
    log_mel = librosa.power_to_db(
        librosa.feature.melspectrogram(S=power, sr=SAMPLE_RATE, n_mels=40)
    )
    normed = magnitude / np.maximum(magnitude.sum(axis=0, keepdims=True), _SILENT)
    flux = np.sqrt((np.diff(normed, axis=1, prepend=normed[:, :1]) ** 2).sum(axis=0))
    crossings = librosa.feature.zero_crossing_rate(samples, frame_length=_FFT, hop_length=_HOP)
    single = [
        librosa.power_to_db(power.sum(axis=0)),
        crossings[0],
        _octaves(librosa.feature.spectral_centroid(**shape)[0]),
        _octaves(librosa.feature.spectral_bandwidth(**shape)[0]),
        _octaves(librosa.feature.spectral_rolloff(**shape)[0]),
        librosa.power_to_db(librosa.feature.spectral_flatness(S=magnitude)[0]),
        flux,
        *_pitch(samples, magnitude.shape[1]),
    ]
    mfcc = librosa.feature.mfcc(S=log_mel, n_mfcc=_COEFFICIENTS)
    return np.concatenate([mfcc, np.stack(single)])


def _octaves(hertz: np.ndarray) -> np.ndarray:
    return np.log2(np.maximum(hertz, 1))


def _pitch(samples: np.ndarray, windows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pitch in octaves and voicing: the best period of each window's autocorrelation.

    Where nothing is voiced, the pitch is the clip's median, so that it says nothing.
    """
    padded = np.pad(samples, _PITCH_WINDOW // 2)
    cuts = np.lib.stride_tricks.sliding_window_view(padded, _PITCH_WINDOW)[::_HOP][:windows]
    cuts = (cuts - cuts.mean(axis=1, keepdims=True)) * np.hanning(_PITCH_WINDOW)
    spectrum = np.abs(np.fft.rfft(cuts, 2 * _PITCH_WINDOW)) ** 2
    fits = np.fft.irfft(spectrum)[:, :_PITCH_WINDOW]
    # The window itself fits itself less well the later: that is divided out (Boersma, 1993).
    window = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(_PITCH_WINDOW), 2 * _PITCH_WINDOW)) ** 2)
    fits = fits / np.maximum(fits[:, :1], _SILENT**2) / (window[:_PITCH_WINDOW] / window[0])
    shortest, longest = int(SAMPLE_RATE / _HIGHEST), int(SAMPLE_RATE / _LOWEST)
    periods = fits[:, shortest : longest + 1]
    # Two periods fit as well as one: a longer one has to fit better (Boersma's octave cost).
    best = (periods - _OCTAVE * np.log2(np.arange(shortest, longest + 1))).argmax(axis=1)
    voicing = periods[np.arange(len(periods)), best].clip(0, 1)
    pitch = np.log2(SAMPLE_RATE / (shortest + best))
    voiced = voicing > 0.5
    return np.where(voiced, pitch, np.median(pitch[voiced]) if voiced.any() else 0.0), voicing
