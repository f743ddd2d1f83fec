"""What is heard in a shot: the voice of the person on screen, and the film around it."""

from dataclasses import replace

import numpy as np

from helpers.corpora.demo.difficulty import FILM_SOUND, TAKES
from helpers.corpora.demo.shots import FRAMES_PER_SECOND, Shot
from helpers.corpora.demo.sounds import music, noise
from helpers.corpora.demo.voices import (
    PROSODIES,
    SAMPLE_RATE,
    Prosody,
    make_sentence,
    moderate,
    speak,
)


def soundtrack(shot: Shot, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return the sound of a shot and how wide speech opens the mouth, 0 to 1.

    float64 (samples,) at ``SAMPLE_RATE``, -1 to 1, as long as the frames; and (frames,).
    """
    samples = shot.frames * SAMPLE_RATE // FRAMES_PER_SECOND
    prosody = _mood(shot.emotion, shot.voice_intensity, rng)
    voice, opening = speak(shot.person, prosody, make_sentence(rng), samples, rng)
    around = film_sound(shot.film.music, shot.film.noise, samples, rng)
    sound = mix(voice, around, rng.uniform(0.7, 1.3))
    frames = (np.arange(shot.frames) * SAMPLE_RATE) // FRAMES_PER_SECOND
    return sound, opening[frames]


def film_sound(
    music_level: float, noise_level: float, samples: int, rng: np.random.Generator
) -> np.ndarray:
    """Return what is heard around the voices of a film, float64 (samples,); levels are 0 to 1."""
    around = film_level(music_level) * music(samples, rng)
    return around + film_level(noise_level) * noise(samples, rng, rng.uniform(0.8, 1.6))


def mix(voice: np.ndarray, around: np.ndarray, level: float = 1.0) -> np.ndarray:
    """Return a voice with a film's sound around it, -1 to 1.

    Sound engineers even out most of the difference between a whisper and a shout.
    """
    sound = voice * level * (voice.std() / 0.1) ** -0.6 + around
    return sound / max(np.abs(sound).max() / 0.9, 1.0)


def film_level(fraction: float) -> float:
    """Return the level (root mean square) of music or noise for how loud a film has it, 0 to 1."""
    return FILM_SOUND * fraction


def _mood(emotion: str, intensity: float, rng: np.random.Generator) -> Prosody:
    """Return how an emotion is voiced this time: nobody says a thing twice in the same way."""
    prosody = moderate(PROSODIES[emotion], intensity)
    factors = {"pitch_range", "rate"}
    chance = {name: rng.normal(0, deviation) for name, deviation in TAKES.items()}
    return replace(
        prosody,
        **{
            name: getattr(prosody, name) * np.exp(by)
            if name in factors
            else getattr(prosody, name) + by
            for name, by in chance.items()
        },
    )
