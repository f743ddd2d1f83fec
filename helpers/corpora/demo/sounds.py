"""The sounds of a city: the ten classes of UrbanSound8K, synthesised, and what films play."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import butter, fftconvolve, sosfilt

from helpers.corpora.demo.people import make_person
from helpers.corpora.demo.voices import PROSODIES, SAMPLE_RATE, make_sentence, speak

RATE = SAMPLE_RATE
"""Samples a second of everything here; files of other rates are resampled."""


def city_sound(name: str, seconds: float, foreground: bool, rng: np.random.Generator) -> np.ndarray:
    """Return one of ``CITY_SOUNDS`` in a street, float64 (seconds * RATE,), peak below 1.

    In the foreground (salience 1) it is louder than the street around it, else (2) not.
    """
    samples = int(seconds * RATE)
    sound = _level(CITY_SOUNDS[name](samples, rng))
    street = _level(noise(samples, rng, slope=rng.uniform(0.7, 1.3)))
    below = rng.uniform(10, 26) if foreground else rng.uniform(-2, 8)
    mixed = sound + street * 10 ** (-below / 20)
    return mixed / np.abs(mixed).max() * rng.uniform(0.25, 0.95)


def noise(samples: int, rng: np.random.Generator, slope: float = 1.0) -> np.ndarray:
    """Return noise whose power falls with frequency to the power of ``slope`` (1 is pink)."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    frequency = np.maximum(np.fft.rfftfreq(samples, 1 / RATE), 30)
    return _level(np.fft.irfft(spectrum * frequency ** (-slope / 2), samples))


def music(samples: int, rng: np.random.Generator) -> np.ndarray:
    """Return plucked strings playing a tune over a bass, with or without a drum."""
    scale = np.array([0, 2, 4, 7, 9] if rng.random() < 0.5 else [0, 3, 5, 7, 10])
    tonic, beat = rng.uniform(190, 330), rng.uniform(0.16, 0.34)
    out = np.zeros(samples)
    step = rng.integers(0, 5)
    for k, start in enumerate(np.arange(0, samples / RATE, beat)):
        left = samples - int(start * RATE)
        step = int(np.clip(step + rng.integers(-2, 3), 0, 9))
        semitones = scale[step % 5] + 12 * (step // 5)
        if rng.random() < 0.85:
            _add(out, start, _pluck(tonic * 2 ** (semitones / 12), left, rng))
        if k % 4 == 0:
            bass = tonic / 2 * 2 ** (scale[rng.integers(5)] / 12)
            _add(out, start, 1.3 * _pluck(bass, left, rng))
        if k % 2 == 1 and tonic < 250:
            _add(out, start, 0.25 * _decay(0.05) * rng.standard_normal(len(_decay(0.05))))
    return _level(out)


def write_wave(path: Path, sound: np.ndarray, rate: int, depth: str = "PCM_16") -> None:
    """Write a sound (samples,) or (samples, channels), -1 to 1, as a wav file."""
    content = BytesIO()  # given a path, soundfile waits until the disk has the file
    soundfile.write(content, sound, rate, subtype=depth, format="WAV")
    path.write_bytes(content.getvalue())


def _level(sound: np.ndarray) -> np.ndarray:
    return sound / (sound.std() + 1e-9)


def _add(out: np.ndarray, seconds: float, sound: np.ndarray) -> None:
    """Add a sound that starts at a time, cut where ``out`` ends."""
    start = int(seconds * RATE)
    part = out[start : start + len(sound)]
    part += sound[: len(part)]


def _time(samples: int) -> np.ndarray:
    return np.arange(samples) / RATE


def _decay(seconds: float) -> np.ndarray:
    """Return a strike's envelope that has fallen to a thousandth after ``seconds``."""
    return np.exp(-6.9 * np.arange(int(seconds * RATE)) / (seconds * RATE))


def _harmonics(pitch: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """Return a tone whose pitch (samples,) in Hz may move, with overtones of given strengths."""
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    tones = (s * np.sin((k + 1) * phase) for k, s in enumerate(strengths))
    return sum(tones, np.zeros(len(pitch)))


def _pluck(pitch: float, longest: int, rng: np.random.Generator) -> np.ndarray:
    """Return a plucked string (Karplus and Strong 1983), not longer than so many samples."""
    period = max(int(RATE / pitch), 4)
    sound = np.zeros(min(int(0.8 * RATE), longest) + 1)  # begins with a sample before the first
    sound[1 : period + 1] = rng.uniform(-1, 1, period)[: len(sound) - 1]
    # A period at a time: each sample is the mean, a bit damped, of two in the period before.
    for start in range(1 + period, len(sound), period):
        before = 0.497 * sound[start - period - 1 : min(start, len(sound) - period)]
        np.add(before[:-1], before[1:], out=sound[start : start + period])
    return sound[1:]


def _band(sound: np.ndarray, low: float, high: float) -> np.ndarray:
    edges = (low, min(high, 0.48 * RATE))
    return sosfilt(butter(2, edges, "bandpass", fs=RATE, output="sos"), sound)


def _air_conditioner(samples: int, rng: np.random.Generator) -> np.ndarray:
    hum = _harmonics(np.full(samples, rng.choice([50.0, 60.0]) * 2), 0.7 ** np.arange(6))
    flutter = 1 + 0.1 * np.sin(2 * np.pi * rng.uniform(0.5, 4) * _time(samples))
    air = noise(samples, rng, rng.uniform(1.2, 2.0)) * flutter
    return air + rng.uniform(0.1, 0.6) * _level(hum)


def _car_horn(samples: int, rng: np.random.Generator) -> np.ndarray:
    low = rng.uniform(300, 460)
    strengths = rng.uniform(0.5, 1) ** np.arange(9)
    tone = _harmonics(np.full(samples, low), strengths)
    tone += _harmonics(np.full(samples, low * rng.choice([1.19, 1.26, 1.5])), strengths)
    pressed = np.zeros(samples)
    start = rng.uniform(0, 0.3)
    while start < samples / RATE:
        length = rng.uniform(0.15, 1.2)
        _add(pressed, start, np.ones(int(length * RATE)))
        start += length + rng.uniform(0.1, 0.6)
    return tone * np.convolve(pressed, np.full(200, 1 / 200), "same")


def _children_playing(samples: int, rng: np.random.Generator) -> np.ndarray:
    out = np.zeros(samples)
    for _ in range(rng.integers(3, 7)):
        child = make_person(rng, "f", "y")
        child = replace(child, pitch=rng.uniform(280, 450), formant_scale=1.35)
        mood = str(rng.choice(["Happy", "Surprise", "Angry"]))
        length = min(int(rng.uniform(0.5, 1.4) * RATE), samples)
        voice, _ = speak(child, PROSODIES[mood], make_sentence(rng), length, rng)
        _add(out, rng.uniform(0, max(samples - length, 1)) / RATE, rng.uniform(0.3, 1) * voice)
    return out


def _dog_bark(samples: int, rng: np.random.Generator) -> np.ndarray:
    out = np.zeros(samples)
    pitch, start = rng.uniform(250, 750), rng.uniform(0, 0.3)
    while start < samples / RATE:
        length = rng.uniform(0.12, 0.25)
        time = np.linspace(0, 1, int(length * RATE))
        glide = pitch * (0.8 + 0.9 * np.sin(np.pi * np.minimum(time * 1.3, 1)) * 0.5)
        bark = _harmonics(glide, 0.75 ** np.arange(8)) + 0.8 * rng.standard_normal(len(time))
        _add(out, start, _band(bark, 250, 3500) * np.sin(np.pi * time**0.5) * rng.uniform(0.6, 1))
        start += length + rng.uniform(0.12, 0.7)
    return out


def _drilling(samples: int, rng: np.random.Generator) -> np.ndarray:
    time = _time(samples)
    turns = rng.uniform(90, 220) * (1 + 0.1 * np.sin(2 * np.pi * rng.uniform(0.2, 1) * time))
    motor = _harmonics(turns, 0.9 ** np.arange(30))
    grind = _band(rng.standard_normal(samples), rng.uniform(1500, 3000), 9000)
    return _level(motor) + rng.uniform(0.5, 1.2) * _level(grind) * (1 + 0.4 * np.sign(motor))


def _engine_idling(samples: int, rng: np.random.Generator) -> np.ndarray:
    rate = rng.uniform(18, 42)
    strokes = np.zeros(samples)
    times = np.cumsum(rng.normal(1 / rate, 0.04 / rate, int(samples / RATE * rate) + 2))
    places = (times * RATE).astype(int)
    strokes[places[places < samples]] = rng.uniform(0.6, 1)
    envelope = _decay(rng.uniform(0.04, 0.09))
    thump = envelope * np.sin(2 * np.pi * rng.uniform(50, 110) * _time(len(envelope)))
    engine = fftconvolve(strokes, thump)[:samples]
    return _level(engine) + rng.uniform(0.1, 0.4) * noise(samples, rng, 1.6)


def _gun_shot(samples: int, rng: np.random.Generator) -> np.ndarray:
    out = np.zeros(samples)
    start = rng.uniform(0.02, 0.2)
    while start < samples / RATE:
        envelope = _decay(rng.uniform(0.2, 0.6))
        blast = envelope * rng.standard_normal(len(envelope))
        blast[: int(0.004 * RATE)] *= 6
        _add(out, start, blast)
        _add(out, start + rng.uniform(0.06, 0.2), 0.3 * _band(blast, 100, 1500))
        start += rng.uniform(0.3, 0.8)
    return out


def _jackhammer(samples: int, rng: np.random.Generator) -> np.ndarray:
    out = np.zeros(samples)
    rate, ring = rng.uniform(10, 26), rng.uniform(700, 2200)
    envelope = _decay(0.06)
    for start in np.arange(rng.uniform(0, 0.1), samples / RATE, 1 / rate):
        hit = rng.standard_normal(len(envelope)) + np.sin(2 * np.pi * ring * _time(len(envelope)))
        _add(out, start, envelope * hit * rng.uniform(0.7, 1))
    return _level(out) + 0.25 * noise(samples, rng, 0.5)


def _siren(samples: int, rng: np.random.Generator) -> np.ndarray:
    time, low, high = _time(samples), rng.uniform(450, 700), rng.uniform(1000, 1600)
    kind = rng.choice(["wail", "yelp", "two tones"])
    speed = rng.uniform(0.2, 0.4) if kind == "wail" else rng.uniform(2.5, 4.5)
    fraction = 0.5 - 0.5 * np.cos(2 * np.pi * (time * speed + rng.random()))
    if kind == "two tones":
        fraction, high = (time * rng.uniform(0.8, 1.5) % 1 > 0.5).astype(float), low * 1.33
    return _harmonics(low + (high - low) * fraction, rng.uniform(0.3, 0.6) ** np.arange(5))


CITY_SOUNDS: dict[str, Callable[[int, np.random.Generator], np.ndarray]] = {
    "air_conditioner": _air_conditioner,
    "car_horn": _car_horn,
    "children_playing": _children_playing,
    "dog_bark": _dog_bark,
    "drilling": _drilling,
    "engine_idling": _engine_idling,
    "gun_shot": _gun_shot,
    "jackhammer": _jackhammer,
    "siren": _siren,
    "street_music": music,
}
"""A function for each class, in the order of the corpus's class numbers."""
