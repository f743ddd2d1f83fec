"""The generator as an instrument: everything is held, and one thing is moved.

No recorded corpus has the same person say the same sentence with a little more anger. Here they
can, and nothing else changes: what a network answers is then due to the one thing that was moved.
The people are of no film and no set of pictures of the miniature.
"""

from itertools import product

import numpy as np

from helpers.corpora.demo.people import AGE_GROUPS, GENDERS, Person, make_person
from helpers.corpora.demo.seeds import random_for
from helpers.corpora.demo.soundtracks import film_sound, mix
from helpers.corpora.demo.voices import (
    PROSODIES,
    SAMPLE_RATE,
    make_sentence,
    moderate,
    speak,
)
from helpers.emotions import EMOTIONS

_SEED = 2021
_KINDS = list(product(AGE_GROUPS, GENDERS))


def person(number: int) -> Person:
    """Return one of any number of people; those from 0 to 5 differ in gender or age group."""
    age_group, gender = _KINDS[number % len(_KINDS)]
    return make_person(random_for(_SEED, "instrument", "person", number), gender, age_group)


def voice(
    speaker: int,
    emotion: str,
    intensity: float = 1.0,
    *,
    sentence: int = 0,
    noise: float = 0.0,
    seconds: float = 1.5,
) -> np.ndarray:
    """Return somebody saying something, float32 (samples,) from -1 to 1, 22050 a second.

    Parameters
    ----------
    speaker : int
        Which :func:`person` speaks.
    emotion : str
        One of ``EMOTIONS``.
    intensity : float
        How much of the emotion is heard: 0 is neutral speech whatever the emotion, 1 all of it.
    sentence : int
        Which nonsense syllables are said. Slow speech has time for fewer of them.
    noise : float
        How loud music, traffic and wind are around the voice: 0 silent, 0.3 as in many of the
        films, 1 as loud as in none of them.
    seconds : float
        How long the sound is.

    Raises
    ------
    ValueError
        If there is no such emotion, or a number is out of its range.

    Examples
    --------
    >>> angry, calm = (voice(3, "Angry", intensity, seconds=0.5) for intensity in (1, 0))
    >>> bool((calm == voice(3, "Sad", 0, seconds=0.5)).all()), bool((angry == calm).all())
    (True, False)
    """
    if emotion not in EMOTIONS:
        raise ValueError(f"Unknown emotion {emotion!r}; expected one of {EMOTIONS}.")
    if not 0 <= intensity <= 1 or noise < 0 or not 0.2 <= seconds <= 10:
        raise ValueError(
            f"intensity={intensity}, noise={noise}, seconds={seconds}; expected an intensity from "
            "0 to 1, a noise of 0 or more, and 0.2 to 10 seconds."
        )
    samples = int(seconds * SAMPLE_RATE)
    words = make_sentence(random_for(_SEED, "instrument", "sentence", sentence))
    prosody = moderate(PROSODIES[emotion], intensity)
    take = random_for(_SEED, "instrument", "take")
    spoken, _ = speak(person(speaker), prosody, words, samples, take)
    around = film_sound(0.5 * noise, noise, samples, random_for(_SEED, "instrument", "film"))
    return mix(spoken, around).astype(np.float32)
