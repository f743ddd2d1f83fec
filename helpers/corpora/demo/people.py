"""The people of the miniature: how each looks and sounds at rest."""

from dataclasses import dataclass

import numpy as np

from helpers.corpora.demo.difficulty import ACTING, MANNER, RESTING
from helpers.corpora.demo.expressions import ACTION_UNITS, PROTOTYPES

AGE_GROUPS = {"y": "young", "m": "middle", "o": "older"}
GENDERS = {"f": "female", "m": "male"}

_SKINS = np.array(
    [
        (0.97, 0.83, 0.74),
        (0.94, 0.77, 0.65),
        (0.88, 0.69, 0.54),
        (0.76, 0.56, 0.41),
        (0.60, 0.42, 0.30),
        (0.45, 0.30, 0.22),
    ]
)
_HAIRS = np.array(
    [
        (0.10, 0.08, 0.08),
        (0.20, 0.13, 0.09),
        (0.36, 0.22, 0.13),
        (0.55, 0.37, 0.20),
        (0.82, 0.66, 0.40),
        (0.58, 0.25, 0.12),
    ]
)
_GREYS = np.array([(0.45, 0.44, 0.44), (0.68, 0.67, 0.66), (0.88, 0.87, 0.85)])
_IRISES = np.array([(0.25, 0.14, 0.07), (0.38, 0.24, 0.10), (0.30, 0.42, 0.28), (0.28, 0.45, 0.62)])
_HAIR_STYLES = {
    "f": ["long", "bob", "bun", "curly", "pixie"],
    "m": ["short", "short", "side", "curly", "receding", "bald"],
}
_OWN_UNITS = (1, 2, 4, 6, 7, 10, 12, 15, 17, 20, 23)


@dataclass(frozen=True)
class Person:
    """One person; lengths are relative to the average face, colours RGB in 0..1.

    As real people do, each has an own way of showing an emotion, the same in all pictures: who has
    learned how one of them looks when angry knows only in part how another one does.
    """

    gender: str
    age: float  # 0 young .. 1 old
    skin: np.ndarray
    hair: np.ndarray
    iris: np.ndarray
    lips: np.ndarray
    clothes: np.ndarray
    hair_style: str
    fringe: str
    beard: str
    glasses: bool
    freckles: float
    make_up: float
    face_width: float
    jaw_width: float
    chin: float
    eye_size: float
    eye_spacing: float
    eye_tilt: float
    brow_height: float
    brow_thickness: float
    nose_length: float
    nose_width: float
    mouth_width: float
    lip_fullness: float
    resting: dict[int, float]  # action units that this face shows when it does nothing
    asymmetry: np.ndarray  # (17,) how much stronger the units are on the person's left
    pitch: float  # Hz, of the neutral voice
    formant_scale: float  # above 1: a shorter vocal tract
    breathiness: float
    roughness: float
    syllables_per_second: float
    manner: dict[str, dict[int, float]]  # what each emotion does to the face


def make_person(
    rng: np.random.Generator, gender: str, age_group: str, manner: float = MANNER
) -> Person:
    """Return a person of a gender ("f", "m") and an age group ("y", "m", "o").

    ``manner`` is how much the person differs from others in showing emotions.
    """
    age = {"y": 0.05, "m": 0.45, "o": 0.9}[age_group] + rng.uniform(-0.08, 0.1)
    female = gender == "f"
    tone = rng.uniform(0, len(_SKINS) - 1)
    skin = _between(_SKINS, tone) * rng.uniform(0.96, 1.03)
    dark_hair_only = tone > 2.5
    hair = _between(_HAIRS, rng.uniform(0, 1.5 if dark_hair_only else len(_HAIRS) - 1))
    if age > 0.7:
        hair = _between(_GREYS, rng.uniform(0, 2))
    elif age > 0.35 and rng.random() < 0.3:
        hair = 0.6 * hair + 0.4 * _GREYS[1]
    styles = _HAIR_STYLES[gender]
    if age < 0.6:
        styles = [style for style in styles if style not in ("receding", "bald")]
    beards = ["none"] * 3 + ["stubble", "full", "moustache"]
    redness = np.array([1.0, 0.62, 0.60]) if female else np.array([0.92, 0.70, 0.66])
    return Person(
        gender=gender,
        age=float(age),
        skin=np.clip(skin, 0, 1),
        hair=hair,
        iris=_between(_IRISES, rng.uniform(0, 0.8) if dark_hair_only else rng.uniform(0, 3)),
        lips=np.clip(skin * redness * rng.uniform(0.85, 0.97), 0, 1),
        clothes=_clothes(rng),
        hair_style=str(rng.choice(styles)),
        fringe=str(rng.choice(["none", "swept", "straight"] if female else ["none", "swept"])),
        beard="none" if female else str(rng.choice(beards)),
        glasses=bool(rng.random() < 0.12 + 0.15 * age),
        freckles=float(max(rng.normal(0, 0.5), 0) if tone < 1.5 else 0),
        make_up=float(rng.uniform(0, 1) if female else 0),
        face_width=rng.normal(0.96 if female else 1.0, 0.05),
        jaw_width=rng.normal(0.88 if female else 1.04, 0.08),
        chin=rng.normal(0.96 if female else 1.02, 0.05),
        eye_size=rng.normal(1.08 if female else 0.98, 0.07),
        eye_spacing=rng.normal(1.0, 0.05),
        eye_tilt=rng.normal(0.01, 0.02),
        brow_height=rng.normal(0.02 if female else -0.02, 0.025),
        brow_thickness=rng.uniform(0.6, 1.0) if female else rng.uniform(0.9, 1.5),
        nose_length=rng.normal(1.0, 0.07) + 0.06 * age,
        nose_width=rng.normal(0.94 if female else 1.04, 0.10),
        mouth_width=rng.normal(1.0, 0.08),
        lip_fullness=rng.normal(1.05 if female else 0.85, 0.18) - 0.25 * age,
        resting=_resting_face(rng),
        asymmetry=rng.normal(0, 0.1, len(ACTION_UNITS)),
        pitch=float(rng.lognormal(np.log(200 if female else 118), 0.13)),
        formant_scale=rng.normal(1.14 if female else 1.0, 0.04),
        breathiness=rng.uniform(0.0, 0.5) + 0.15 * age,
        roughness=rng.uniform(0.0, 0.3) + 0.2 * age,
        syllables_per_second=rng.normal(4.6, 0.5) - 0.5 * age,
        manner=_manner(rng, manner),
    )


def make_cast(rng: np.random.Generator, size: int) -> list[Person]:
    """Return ``size`` actors, genders and age groups taking turns."""
    kinds = [(gender, age) for age in AGE_GROUPS for gender in GENDERS]
    order = rng.permutation(len(kinds))
    return [make_person(rng, *kinds[order[k % len(kinds)]], ACTING) for k in range(size)]


def _between(colours: np.ndarray, position: float) -> np.ndarray:
    """Return the colour at a fractional position of a list of colours."""
    low = min(int(position), len(colours) - 2)
    return colours[low] + (position - low) * (colours[low + 1] - colours[low])


def _clothes(rng: np.random.Generator) -> np.ndarray:
    colours = np.array(
        [(0.2, 0.25, 0.4), (0.55, 0.2, 0.2), (0.25, 0.4, 0.3), (0.75, 0.7, 0.6), (0.2, 0.2, 0.22)]
    )
    return np.clip(_between(colours, rng.uniform(0, 4)) * rng.uniform(0.8, 1.3), 0, 1)


def _resting_face(rng: np.random.Generator) -> dict[int, float]:
    """Return small units that a face shows at rest: some people look sad, stern or amused."""
    habitual = rng.choice([1, 2, 4, 12, 15, 17, 23, 43], size=2, replace=False)
    return {int(unit): float(rng.uniform(0.0, RESTING)) for unit in habitual}


def _manner(rng: np.random.Generator, spread: float) -> dict[str, dict[int, float]]:
    """Return what each emotion does to one face.

    Of an emotion's units some are stronger in it than in others and some hardly move; and units
    come in that others do not show: one smiles when afraid, another one frowns when surprised.
    """
    manner = {}
    for emotion, prototype in PROTOTYPES.items():
        own = {unit: value * rng.lognormal(0, spread) for unit, value in prototype.items()}
        if own:
            for unit in rng.choice(_OWN_UNITS, size=2, replace=False):
                own[int(unit)] = own.get(int(unit), 0.0) + spread * rng.uniform(0.2, 1.0)
        manner[emotion] = own
    return manner
