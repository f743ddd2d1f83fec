"""The generator as an instrument: everything is held, and one thing is moved.

No recorded corpus has the same person say the same sentence with a little more anger. Here they
can, and nothing else changes: what a network answers is then due to the one thing that was moved.
The people are of no film and no set of pictures of the miniature.
"""

from dataclasses import astuple
from itertools import product

import numpy as np

from helpers.corpora.demo.expressions import express
from helpers.corpora.demo.faces import draw_face
from helpers.corpora.demo.films import backdrop, make_film
from helpers.corpora.demo.geometry import Pose
from helpers.corpora.demo.obstacles import OBSTACLES, paint_obstacle
from helpers.corpora.demo.paint import as_layers, to_pixels
from helpers.corpora.demo.people import AGE_GROUPS, GENDERS, Person, make_person
from helpers.corpora.demo.relief import Light
from helpers.corpora.demo.seeds import random_for
from helpers.corpora.demo.soundtracks import film_sound, mix
from helpers.corpora.demo.studio import HEAD, HEIGHT, STUDIO_LIGHT, WALL, WIDTH
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
_FAR = 3.0  # face units: where what covers a face comes from


def someone(number: int) -> Person:
    """Return one of any number of people; those from 0 to 5 differ in gender or age group."""
    age_group, gender = _KINDS[number % len(_KINDS)]
    return make_person(random_for(_SEED, "instrument", "person", number), gender, age_group)


def face(
    person: int,
    emotion: str,
    intensity: float = 1.0,
    *,
    turn: float = 0.0,
    light: float = 0.0,
    clutter: float = 0.0,
    size: float = 1.0,
    seed: int = 0,
) -> np.ndarray:
    """Return a portrait of somebody, uint8 RGB (300, 240, 3): as it stands, posed as in FACES.

    Parameters
    ----------
    person : int
        Whose portrait it is (:func:`someone`).
    emotion : str
        One of ``EMOTIONS``.
    intensity : float
        How much of the emotion shows: 0 is the face at rest whatever the emotion, 1 all of it, in
        this person's own manner.
    turn : float
        Degrees by which the head is turned to the right of the picture, -45 to 45.
    light : float
        From 0, the even light of a studio, to 1, one bare lamp at the side of a dark place.
    clutter : float
        From 0, a plain wall, to 1, a place of a film behind the person, and something before the
        face.
    size : float
        How large the head is, 0.5 to 2; 1.4 as in a still of SFEW.
    seed : int
        Draws what is left to chance: where the lamp is, which place it is, and which thing.

    Raises
    ------
    ValueError
        If there is no such emotion, or a number is out of its range.

    Examples
    --------
    >>> afraid, calm = (face(3, "Fear", intensity) for intensity in (1, 0))
    >>> bool((calm == face(3, "Happy", 0)).all()), bool((afraid == calm).all())
    (True, False)
    """
    _expect_emotion(emotion)
    within = (0 <= part <= 1 for part in (intensity, light, clutter))
    if not all(within) or not -45 <= turn <= 45 or not 0.5 <= size <= 2:
        raise ValueError(
            f"intensity={intensity}, turn={turn}, light={light}, clutter={clutter}, size={size}; "
            "expected intensity, light and clutter from 0 to 1, a turn of -45 to 45 degrees, and a "
            "size of 0.5 to 2."
        )
    sitter = someone(person)
    image = np.empty((3, HEIGHT, WIDTH), np.float32)
    image[:] = as_layers(WALL)
    if clutter:
        rng = random_for(_SEED, "instrument", "place", seed)
        place = backdrop(make_film(rng, "instrument"), rng, HEIGHT, WIDTH)
        image += np.float32(clutter) * (place - image)
    lamp = _between(STUDIO_LIGHT, _lamp(random_for(_SEED, "instrument", "lamp", seed)), light)
    pose = Pose((WIDTH / 2, HEIGHT / 2), HEAD * WIDTH * size, yaw=np.deg2rad(turn))
    units = express(emotion, intensity, manner=sitter.manner)
    draw_face(image, sitter, units, pose, lamp)
    if clutter:
        kind = OBSTACLES[random_for(_SEED, "instrument", "thing", seed).integers(len(OBSTACLES))]
        side = -1 if kind == "shoulder" else 1  # it is at the left of the picture
        paint_obstacle(image, kind, pose, (side * _FAR * (1 - clutter), 0.0), sitter, lamp)
    return to_pixels(image)


def _lamp(rng: np.random.Generator) -> Light:
    """Return a bare lamp at the left or at the right."""
    direction = (rng.choice([-1.0, 1.0]) * rng.uniform(0.9, 1.4), rng.uniform(-0.8, 0.1), 0.5)
    warmth = np.array([1.0, rng.uniform(0.85, 1.0), rng.uniform(0.7, 1.1)])
    return Light(direction, 0.85 * warmth, np.array([0.10, 0.11, 0.13]), hardness=0.9)


def _between(first: Light, second: Light, fraction: float) -> Light:
    """Return a light between two: the first at 0, the second at 1."""
    pairs = zip(astuple(first), astuple(second), strict=True)
    return Light(*(np.add(a, fraction * np.subtract(b, a)) for a, b in pairs))


def _expect_emotion(emotion: str) -> None:
    if emotion not in EMOTIONS:
        raise ValueError(f"Unknown emotion {emotion!r}; expected one of {EMOTIONS}.")


def voice(
    person: int,
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
    person : int
        Which person speaks (:func:`someone`).
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
    _expect_emotion(emotion)
    if not 0 <= intensity <= 1 or noise < 0 or not 0.2 <= seconds <= 10:
        raise ValueError(
            f"intensity={intensity}, noise={noise}, seconds={seconds}; expected an intensity from "
            "0 to 1, a noise of 0 or more, and 0.2 to 10 seconds."
        )
    samples = int(seconds * SAMPLE_RATE)
    words = make_sentence(random_for(_SEED, "instrument", "sentence", sentence))
    prosody = moderate(PROSODIES[emotion], intensity)
    take = random_for(_SEED, "instrument", "take")
    spoken, _ = speak(someone(person), prosody, words, samples, take)
    around = film_sound(0.5 * noise, noise, samples, random_for(_SEED, "instrument", "film"))
    return mix(spoken, around).astype(np.float32)
