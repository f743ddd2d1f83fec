"""Expressions as action units of the Facial Action Coding System (FACS).

Ekman and Friesen describe what a face does by numbered units, one for each visible movement; an
expression here is a mapping from unit to strength, 0 (rest) to about 1 (strong).
"""

from collections.abc import Mapping

import numpy as np

ACTION_UNITS = {
    1: "inner brow raiser",
    2: "outer brow raiser",
    4: "brow lowerer",
    5: "upper lid raiser",
    6: "cheek raiser",
    7: "lid tightener",
    9: "nose wrinkler",
    10: "upper lip raiser",
    12: "lip corner puller",
    15: "lip corner depressor",
    16: "lower lip depressor",
    17: "chin raiser",
    20: "lip stretcher",
    23: "lip tightener",
    25: "lips part",
    26: "jaw drop",
    43: "lids droop",
}

PROTOTYPES: dict[str, dict[int, float]] = {
    "Angry": {4: 1.0, 5: 0.5, 7: 0.8, 10: 0.2, 17: 0.5, 23: 0.9},
    "Disgust": {4: 0.4, 6: 0.3, 7: 0.6, 9: 1.0, 10: 0.9, 15: 0.5, 16: 0.5, 25: 0.3},
    "Fear": {1: 1.0, 2: 0.6, 4: 0.5, 5: 0.9, 20: 1.0, 25: 0.8, 26: 0.25},
    "Happy": {6: 0.9, 12: 1.0, 25: 0.7},
    "Neutral": {},
    "Sad": {1: 1.0, 4: 0.5, 15: 1.0, 17: 0.6, 43: 0.5},
    "Surprise": {1: 1.0, 2: 1.0, 5: 0.8, 25: 0.6, 26: 0.8},
}
"""What each emotion does to a face, after Ekman and Friesen's EMFACS."""

Units = Mapping[int, float]


def express(
    emotion: str,
    intensity: float,
    rng: np.random.Generator | None = None,
    variation: float = 0.0,
    *,
    manner: Mapping[str, Units] = PROTOTYPES,
) -> dict[int, float]:
    """Return the action units of an emotion, every unit of ``ACTION_UNITS`` in it.

    An ``intensity`` of 0 is a face at rest, 1 the prototype. ``variation``, which needs ``rng``, is
    by how much each unit is stronger or weaker by chance (relative standard deviation), and how
    much of the units that do not belong comes in. ``manner`` is what the emotions do to this face
    (``Person.manner``).
    """
    prototype = manner[emotion]
    units = {unit: intensity * prototype.get(unit, 0.0) for unit in ACTION_UNITS}
    if variation:
        for unit in ACTION_UNITS:
            factor, stray = rng.normal(1, variation), abs(rng.normal(0, 0.25 * variation))
            units[unit] = units[unit] * max(factor, 0.0) + stray
    return {unit: _clipped(value) for unit, value in units.items()}


def add_units(first: Units, second: Units, fraction: float = 1.0) -> dict[int, float]:
    """Return ``first`` with a fraction of ``second`` on top, unit by unit, clipped to 0..1.2."""
    return {
        unit: _clipped(first.get(unit, 0.0) + fraction * second.get(unit, 0.0))
        for unit in ACTION_UNITS
    }


def _clipped(strength: float) -> float:
    return float(min(max(strength, 0.0), 1.2))
