"""What is heard in a shot: the voice of the person on screen, and the film around it."""

import numpy as np

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
    # Sound engineers even out most of the difference between a whisper and a shout.
    voice *= (voice.std() / 0.1) ** -0.6 * rng.uniform(0.7, 1.3)
    around = film_level(shot.film.music) * music(samples, rng)
    around += film_level(shot.film.noise) * noise(samples, rng, rng.uniform(0.8, 1.6))
    sound = voice + around
    frames = (np.arange(shot.frames) * SAMPLE_RATE) // FRAMES_PER_SECOND
    return sound / max(np.abs(sound).max() / 0.9, 1.0), opening[frames]


def film_level(fraction: float) -> float:
    """Return the level (root mean square) of music or noise for how loud a film has it, 0 to 1."""
    return 0.08 * fraction


def _mood(emotion: str, intensity: float, rng: np.random.Generator) -> Prosody:
    """Return how an emotion is voiced this time: nobody says a thing twice in the same way."""
    prosody = moderate(PROSODIES[emotion], intensity)
    chance = {
        "pitch": prosody.pitch + rng.normal(0, 1.0),
        "pitch_range": prosody.pitch_range * rng.lognormal(0, 0.2),
        "ending": prosody.ending + rng.normal(0, 1.0),
        "rate": prosody.rate * rng.lognormal(0, 0.08),
        "loudness": prosody.loudness + rng.normal(0, 1.5),
        "brightness": prosody.brightness + rng.normal(0, 0.7),
    }
    return Prosody(**(vars(prosody) | chance))
