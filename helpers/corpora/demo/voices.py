"""Voices: a glottal source, a vocal tract of moving resonances, and prosody by emotion.

The source-filter model of speech (Fant 1960) with the glottal pulse of Klatt and Klatt (1990).
What an emotion does to the voice follows the reviews of Banse and Scherer (1996) and of Juslin and
Laukka (2003): pitch and its range, rate, loudness, roughness, breath, brightness.
"""

from dataclasses import astuple, dataclass

import numpy as np
from scipy.signal import butter, sosfilt

from helpers.corpora.demo.people import Person

SAMPLE_RATE = 22050
_BLOCK = 220  # samples between two shapes of the vocal tract: 10 ms
_FADE = 330
_HIGHEST_PITCH = 1000.0  # Hz, of a child that shrieks


@dataclass(frozen=True)
class Prosody:
    """How a way of speaking differs from neutral speech."""

    pitch: float = 0.0  # semitones
    pitch_range: float = 1.0  # factor on the ups and downs
    ending: float = -1.0  # semitones that the pitch moves in the last syllable
    rate: float = 1.0  # factor on syllables a second
    loudness: float = 0.0  # decibels
    brightness: float = 0.0  # decibels an octave more or less than usual
    roughness: float = 0.0  # 0 .. 1, cycles of unequal strength
    breath: float = 0.0  # 0 .. 1
    tremor: float = 0.0  # semitones
    formants: float = 1.0  # factor: spread lips shorten the vocal tract, rounded ones lengthen it
    staccato: float = 0.0  # 0 .. 1, how much of a syllable is left out at its end


PROSODIES = {
    "Angry": Prosody(4.0, 1.6, -4.0, 1.15, 7.0, 7.0, 0.8, 0.0, 0.0, 1.0, 0.6),
    "Disgust": Prosody(-6.0, 0.9, -4.0, 0.70, -1.0, 1.5, 1.0, 0.1, 0.0, 0.78, 0.0),
    "Fear": Prosody(9.0, 0.6, 1.0, 1.50, 1.0, 0.5, 0.0, 0.9, 1.2, 1.0, 0.0),
    "Happy": Prosody(7.0, 2.0, 2.0, 1.20, 4.0, 3.5, 0.0, 0.0, 0.0, 1.16, 0.2),
    "Neutral": Prosody(),
    "Sad": Prosody(-3.0, 0.3, -2.5, 0.60, -6.0, -7.0, 0.0, 0.5, 0.1, 0.97, 0.0),
    "Surprise": Prosody(7.0, 2.2, 12.0, 0.60, 3.0, 1.5, 0.0, 0.6, 0.0, 1.04, 0.0),
}

_VOWELS = np.array(  # first three formants in Hz of a man's voice (Peterson and Barney 1952)
    [(730, 1090, 2440), (530, 1840, 2480), (290, 2250, 2950), (570, 860, 2410), (320, 880, 2240)]
)
_NASAL = np.array([260, 1100, 2200])
_CONSONANTS = (0.3, 0.3, 0.25, 0.15)  # how often hiss, stop, nasal, none


def moderate(prosody: Prosody, fraction: float) -> Prosody:
    """Return a prosody between neutral speech (``fraction`` 0) and the given one (1)."""
    neutral, full = astuple(Prosody()), astuple(prosody)
    return Prosody(*(n + fraction * (value - n) for n, value in zip(neutral, full, strict=True)))


@dataclass(frozen=True)
class Sentence:
    """Nonsense syllables in their order; whoever has time for fewer says the first of them."""

    lengths: np.ndarray  # (syllables,) relative
    onsets: np.ndarray  # (syllables,) the part of a syllable before its vowel
    consonants: np.ndarray  # (syllables,) of "hiss", "stop", "nasal", "none"
    vowels: np.ndarray  # (syllables, 3) formants in Hz
    strengths: np.ndarray  # (syllables,) how wide the mouth opens
    accents: np.ndarray  # (syllables,) ups and downs of the pitch in semitones


def make_sentence(rng: np.random.Generator, syllables: int = 32) -> Sentence:
    """Return what is said: enough syllables for a few seconds."""
    return Sentence(
        lengths=rng.uniform(0.7, 1.3, syllables),
        onsets=rng.uniform(0.18, 0.32, syllables),
        consonants=rng.choice(["hiss", "stop", "nasal", "none"], syllables, p=_CONSONANTS),
        vowels=_VOWELS[rng.integers(len(_VOWELS), size=syllables)]
        * rng.normal(1, 0.05, (syllables, 3)),
        strengths=rng.uniform(0.7, 1, syllables),
        accents=rng.normal(0, 1.6, syllables),
    )


def speak(
    person: Person,
    prosody: Prosody,
    sentence: Sentence,
    samples: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return a person saying as much of a sentence as there is time for.

    Returns
    -------
    voice : float64 array (samples,)
        At ``SAMPLE_RATE``; neutral speech has a level of about 0.1 (root mean square).
    opening : float64 array (samples,)
        How wide the mouth is open, 0 to 1.
    """
    # All chance is drawn here and in one order, so that it is the same whatever the prosody.
    tremor = rng.uniform(5.5, 7.5), rng.random()
    breathing, hissing = rng.standard_normal((2, samples))
    jitter, shimmer = rng.standard_normal((2, int(samples / SAMPLE_RATE * _HIGHEST_PITCH) + 3))
    starts = _syllable_starts(person.syllables_per_second * prosody.rate, sentence, samples)
    opening, frication, vocal_tract = _articulate(starts, sentence, prosody.staccato, samples)
    melody = _melody(prosody, starts, sentence, samples, tremor)
    pitch = np.minimum(person.pitch * 2 ** (melody / 12), _HIGHEST_PITCH)
    roughness = min(person.roughness + prosody.roughness, 1.0)
    breath = min(person.breathiness + prosody.breath, 1.0)
    source = _glottal_source(pitch, roughness, jitter, shimmer) * opening**0.7
    source += 0.35 * breath * opening * breathing
    source = _tilt(source, prosody.brightness - 3.0 * breath)
    formants = person.formant_scale * prosody.formants
    voice = _vocal_tract(source, vocal_tract * formants)
    voice = voice / (voice.std() + 1e-9) + frication * _hiss(formants, hissing)
    voice *= 0.1 * 10 ** (prosody.loudness / 20)
    return voice * _fades(samples), opening


def _syllable_starts(rate: float, sentence: Sentence, samples: int) -> np.ndarray:
    """Return the samples at which syllables begin, the end of the last one added."""
    count = max(round(rate * samples / SAMPLE_RATE * 0.92), 2)
    lengths = np.resize(sentence.lengths, count)
    lengths[-1] *= 1.5  # the last syllable of a phrase is longer
    lengths *= 0.92 * samples / lengths.sum()
    start = 0.04 * samples
    return np.concatenate([[start], start + np.cumsum(lengths)]).astype(int)


def _articulate(
    starts: np.ndarray, sentence: Sentence, staccato: float, samples: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the opening of the mouth, the strength of hissing, and the formants of each block."""
    opening, frication = np.zeros(samples), np.zeros(samples)
    places, targets = [0.0], [sentence.vowels[-1]]
    for number, (start, end) in enumerate(zip(starts[:-1], starts[1:], strict=True)):
        number %= len(sentence.lengths)
        onset = start + int((end - start) * sentence.onsets[number])
        kind = sentence.consonants[number]
        if kind == "hiss":
            frication[start:onset] = np.hanning(onset - start) * 0.5
        elif kind == "stop":
            burst = min(onset + 250, samples)
            frication[onset:burst] = np.linspace(0.8, 0, burst - onset)
        elif kind == "nasal":
            opening[start:onset] = 0.3
            places.append((start + onset) / 2)
            targets.append(_NASAL.astype(float))
        else:
            onset = start
        end = onset + int((end - onset) * (1 - 0.5 * staccato))
        time = np.linspace(0, 1, end - onset)
        vowel = np.minimum(np.minimum(time / 0.18, (1 - time) / 0.30), 1)
        opening[onset:end] = np.maximum(vowel, 0) * sentence.strengths[number]
        places.append(onset + 0.45 * (end - onset))
        targets.append(sentence.vowels[number])
    blocks = np.arange(0, samples, _BLOCK)
    targets = np.array(targets)
    formants = np.stack([np.interp(blocks, places, targets[:, k]) for k in range(3)], axis=1)
    kernel = np.hanning(221)
    return np.convolve(opening, kernel / kernel.sum(), "same"), frication, formants


def _melody(
    prosody: Prosody,
    starts: np.ndarray,
    sentence: Sentence,
    samples: int,
    tremor: tuple[float, float],
) -> np.ndarray:
    """Return the course of the pitch in semitones from the person's own pitch.

    ``tremor`` is how often it shakes a second, and where in a shake it begins (0 to 1).
    """
    count = len(starts) - 1
    accents = np.resize(sentence.accents, count) * prosody.pitch_range
    accents[:: max(count // 2, 1)] += 2.0 * prosody.pitch_range  # stressed syllables
    fall = np.linspace(1.0, -1.0, count)
    middles = (starts[:-1] + starts[1:]) / 2
    places = np.append(middles, starts[-1])
    values = prosody.pitch + np.append(accents + fall, accents[-1] + fall[-1] + prosody.ending)
    time = np.arange(samples)
    course = np.interp(time, places, values)
    kernel = np.hanning(1761)
    padded = np.pad(course, 880, mode="edge")
    course = np.convolve(padded, kernel / kernel.sum(), "valid")[:samples]
    often, begins = tremor
    return course + prosody.tremor * np.sin(2 * np.pi * (often * time / SAMPLE_RATE + begins))


def _glottal_source(
    pitch: np.ndarray, roughness: float, jitter: np.ndarray, shimmer: np.ndarray
) -> np.ndarray:
    """Return the flow through the glottis, differentiated: one pulse a cycle of ``pitch`` (Hz).

    ``jitter`` and ``shimmer`` have a standard normal number for each cycle, or more.
    """
    phase = np.cumsum(pitch / SAMPLE_RATE)
    cycles = int(phase[-1]) + 2
    jitter = (0.006 + 0.012 * roughness) * jitter[:cycles]
    phase = phase + np.interp(phase, np.arange(cycles), jitter)
    cycle = np.clip(phase.astype(int), 0, cycles - 1)
    strength = 1 + (0.04 + 0.12 * roughness) * shimmer[:cycles]
    strength[1::2] *= 1 - 0.25 * roughness
    time, closed = phase - np.floor(phase), 0.62 - 0.15 * roughness  # in cycles
    pulse = np.where(time < closed, 2 * time / closed - 3 * (time / closed) ** 2, 0)
    return pulse * strength[cycle]


def _tilt(source: np.ndarray, decibels_an_octave: float) -> np.ndarray:
    """Make a spectrum steeper or flatter around 500 Hz."""
    spectrum = np.fft.rfft(source)
    frequency = np.fft.rfftfreq(len(source), 1 / SAMPLE_RATE)
    octaves = np.log2(np.maximum(frequency, 50) / 500)
    return np.fft.irfft(spectrum * 10 ** (decibels_an_octave * octaves / 20), len(source))


def _vocal_tract(source: np.ndarray, formants: np.ndarray) -> np.ndarray:
    """Pass the source through five resonances, three of which move from block to block."""
    scale = formants[:, 1].mean() / 1400
    fixed = np.tile([3400.0, 4400.0], (len(formants), 1)) * np.clip(scale, 0.9, 1.2)
    frequency = np.minimum(np.hstack([formants, fixed]), 0.45 * SAMPLE_RATE)
    radius = np.exp(-np.pi * (50 + 0.035 * frequency) / SAMPLE_RATE)
    a1 = -2 * radius * np.cos(2 * np.pi * frequency / SAMPLE_RATE)
    sections = np.zeros((*frequency.shape, 6))
    sections[..., 0], sections[..., 3] = 1 + a1 + radius**2, 1
    sections[..., 4], sections[..., 5] = a1, radius**2
    state = np.zeros((frequency.shape[1], 2))
    out = np.empty_like(source)
    for block, filters in enumerate(sections):
        part = slice(block * _BLOCK, (block + 1) * _BLOCK)
        out[part], state = sosfilt(filters, source[part], zi=state)
    return out


def _hiss(formants: float, noise: np.ndarray) -> np.ndarray:
    band = butter(2, (min(3200 * formants, 6000), 9500), "bandpass", fs=SAMPLE_RATE, output="sos")
    hiss = sosfilt(band, noise)
    return 0.6 * hiss / hiss.std()


def _fades(samples: int) -> np.ndarray:
    ramp = np.minimum(np.arange(samples) / _FADE, 1)
    return ramp * ramp[::-1]
