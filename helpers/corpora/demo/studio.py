"""FACES in miniature: posed expressions in even light before a plain wall."""

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import cv2
import numpy as np

from helpers.corpora.demo.difficulty import POSED_INTENSITY, POSED_VARIATION
from helpers.corpora.demo.expressions import express
from helpers.corpora.demo.faces import draw_face
from helpers.corpora.demo.geometry import Pose
from helpers.corpora.demo.paint import as_layers, to_pixels
from helpers.corpora.demo.people import AGE_GROUPS, GENDERS, Person, make_person
from helpers.corpora.demo.relief import Light
from helpers.corpora.demo.seeds import random_for
from helpers.emotions import FACES_LABELS

PEOPLE_A_KIND = 4
"""People of each gender and age group: 24 in all, 12 pictures of each."""
HEIGHT, WIDTH = 300, 240
WALL = (0.74, 0.76, 0.78)
HEAD = 0.42
"""Width of a face unit (about two thirds of a face), as a fraction of the picture's width."""
STUDIO_LIGHT = Light((-0.35, -0.5, 1.0), np.full(3, 0.62), np.full(3, 0.42), 0.25)


@dataclass(frozen=True)
class Sitter:
    """One person of FACES: the first three fields of a file name."""

    number: int
    age_group: str
    gender: str


def plan_sitters(seed: int) -> list[Sitter]:
    """Return the people of FACES; numbers have gaps, as in the original."""
    kinds = [(age, gender) for age in AGE_GROUPS for gender in GENDERS] * PEOPLE_A_KIND
    rng = random_for(seed, "FACES")
    numbers = np.sort(rng.choice(np.arange(1, 180), size=len(kinds), replace=False))
    order = rng.permutation(len(kinds))
    return [Sitter(int(n), *kinds[k]) for n, k in zip(numbers, order, strict=True)]


def write_sitter(root: Path, seed: int, sitter: Sitter) -> None:
    """Write the twelve pictures of one person to ``root/FACES``."""
    rng = random_for(seed, "FACES", sitter.number)
    person = replace(make_person(rng, sitter.gender, sitter.age_group), glasses=False)
    folder = root / "FACES"
    folder.mkdir(parents=True, exist_ok=True)
    for (letter, emotion), picture_set in product(FACES_LABELS.items(), "ab"):
        name = f"{sitter.number:03d}_{sitter.age_group}_{sitter.gender}_{letter}_{picture_set}.jpg"
        picture = photograph(person, emotion, random_for(seed, "FACES", name))
        cv2.imwrite(str(folder / name), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])


def photograph(person: Person, emotion: str, rng: np.random.Generator) -> np.ndarray:
    """Return a posed portrait, uint8 RGB (300, 240, 3)."""
    image = np.empty((3, HEIGHT, WIDTH), np.float32)
    image[:] = as_layers(WALL) * np.float32(rng.normal(1, 0.01))
    units = express(
        emotion, rng.uniform(*POSED_INTENSITY), rng, POSED_VARIATION, manner=person.manner
    )
    x, y = rng.normal(0, 0.005, 2) * WIDTH
    pose = Pose(
        (WIDTH / 2 + x, 0.5 * HEIGHT + y),
        HEAD * WIDTH * rng.normal(1, 0.01),
        *rng.normal(0, (0.02, 0.015, 0.01)),
    )
    draw_face(image, person, units, pose, STUDIO_LIGHT)
    image += np.float32(0.004) * rng.standard_normal((HEIGHT, WIDTH), np.float32)
    return to_pixels(image)
