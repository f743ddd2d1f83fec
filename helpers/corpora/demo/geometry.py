"""The curves of a face, moved by action units, and their projection into a picture.

*Face units*: x to the right, y down, z towards the viewer; the eyes are near y = -0.1, the chin is
at y = 1, the face is about 1.5 wide. ``left`` and ``right`` are sides of the picture.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from helpers.corpora.demo.expressions import ACTION_UNITS, Units, add_units
from helpers.corpora.demo.paint import smooth
from helpers.corpora.demo.people import Person

HEAD_CENTRE = np.array([0.0, -0.16, 0.0])
HEAD_RADII = np.array([0.79, 1.16, 0.92])
EYE_PLACE = 0.315  # from the middle to the middle of an eye
EYE_LEVEL, BROW_LEVEL, NOSE_LEVEL, MOUTH_LEVEL = -0.10, -0.33, 0.34, 0.62


@dataclass(frozen=True)
class Pose:
    """Where the head is and where it looks; angles in radians, lengths in pixels."""

    centre: tuple[float, float]
    scale: float  # pixels a face unit
    yaw: float = 0.0  # positive: towards the right of the picture
    pitch: float = 0.0  # positive: down
    roll: float = 0.0  # positive: clockwise
    gaze: tuple[float, float] = (0.0, 0.0)  # -1 .. 1, right and down

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return points (n, 3) in face units as pixels (n, 2), without perspective."""
        return points @ self._turn + self.centre

    @cached_property
    def _turn(self) -> np.ndarray:
        """Return the matrix (3, 2) that turns the head and drops the depth."""
        (cy, sy), (cp, sp), (cr, sr) = (
            (np.cos(angle), np.sin(angle)) for angle in (self.yaw, self.pitch, self.roll)
        )
        yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        pitch = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
        roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        return (roll @ pitch @ yaw)[:2].T * self.scale


def on_head(points: np.ndarray, lift: float | np.ndarray = 0.0) -> np.ndarray:
    """Return points (n, 2) laid on the head's ellipsoid, array (n, 3), ``lift`` above it."""
    points = np.asarray(points, dtype=float)
    x, y = ((points - HEAD_CENTRE[:2]) / HEAD_RADII[:2]).T
    out = np.empty((len(points), 3))
    out[:, :2] = points
    out[:, 2] = HEAD_RADII[2] * np.sqrt(np.maximum(1 - x * x - y * y, 0.02)) + lift
    return out


def face_curves(person: Person, units: Units) -> dict[str, np.ndarray]:
    """Return the curves of a face seen from the front, by name, each (n, 2) in face units.

    Brows run from the nose outwards, lids and lips from left to right, the outline around.
    """
    units = add_units(units, person.resting)
    curves = {"outline": _outline(person, units)}
    for side, name in ((-1, "left"), (1, "right")):
        strength = (1 + 0.5 * side * person.asymmetry).tolist()  # Python's own floats are faster
        own = {unit: units[unit] * s for unit, s in zip(ACTION_UNITS, strength, strict=True)}
        for part, curve in (_brow_and_eye(person, own) | _cheek_lines(person, own)).items():
            curves[f"{name}_{part}"] = curve * (side, 1)
    return curves | _nose(person, units) | _mouth(person, units)


def _outline(person: Person, units: Units) -> np.ndarray:
    """Return the visible face from hairline to chin; the chin follows the jaw."""
    width, jaw = person.face_width, person.face_width * person.jaw_width
    chin = 1.0 * person.chin + 0.17 * units[26] - 0.02 * units[17]
    right = [
        (0.34 * width, -0.93),
        (0.60 * width, -0.72),
        (0.72 * width, -0.36),
        (0.765 * width, -0.02),
        (0.74 * width, 0.26),
        (0.665 * (width + jaw) / 2, 0.54),
        (0.53 * jaw, 0.76 + 0.07 * units[26]),
        (0.33 * jaw, chin - 0.075),
        (0.13 * jaw, chin),
    ]
    left = [(-x, y) for x, y in reversed(right)]
    return smooth([*right, *left], closed=True, steps=5)


def _brow_and_eye(person: Person, units: Units) -> dict[str, np.ndarray]:
    """Return the brow and the lids of the right side; x grows outwards."""
    x = EYE_PLACE * person.eye_spacing
    brow = smooth(
        np.array(
            [
                (x - 0.19, BROW_LEVEL + 0.03),
                (x - 0.08, BROW_LEVEL - 0.015),
                (x + 0.07, BROW_LEVEL - 0.035),
                (x + 0.22, BROW_LEVEL + 0.035),
            ]
        )
        - (0, person.brow_height)
        + [
            (-0.05 * units[4], -0.17 * units[1] + 0.13 * units[4] + 0.06 * units[9]),
            (-0.04 * units[4], -0.12 * units[1] - 0.07 * units[2] + 0.12 * units[4]),
            (0, -0.02 * units[1] - 0.15 * units[2] + 0.07 * units[4] + 0.02 * units[9]),
            (0.01 * units[2], -0.12 * units[2] + 0.02 * units[4] + 0.03 * units[1]),
        ]
    )
    half = 0.158 * person.eye_size
    openness = 1 + 0.55 * units[5] - 0.35 * units[7] - 0.12 * units[6] - 0.55 * units[43]
    upper = 0.088 * person.eye_size * max(openness - 0.1 * units[9], 0.03)
    lower = 0.05 * person.eye_size * (1 - 0.55 * units[7] - 0.75 * units[6] - 0.5 * units[9])
    lower = max(lower + 0.012 * units[5], -0.6 * upper)
    # A lowered brow presses the lid down towards the nose, a raised inner brow lifts it there.
    tilt = 0.30 * (units[4] - units[1]) * upper
    inner, outer = (x - half, EYE_LEVEL + 0.012), (x + half, EYE_LEVEL - 0.008)
    level = EYE_LEVEL - person.eye_tilt
    lid = [
        inner,
        (x - 0.55 * half, EYE_LEVEL - 0.80 * upper + tilt),
        (x, level - upper),
        (x + 0.55 * half, level - 0.82 * upper - 0.6 * tilt),
        (outer[0], outer[1] - person.eye_tilt),
    ]
    under = [
        inner,
        (x - 0.5 * half, EYE_LEVEL + 0.80 * lower),
        (x + 0.1 * half, EYE_LEVEL + lower),
        (x + 0.62 * half, EYE_LEVEL + 0.72 * lower - 0.5 * person.eye_tilt),
        lid[-1],
    ]
    return {"brow": brow, "upper_lid": smooth(lid), "lower_lid": smooth(under)}


def _cheek_lines(person: Person, units: Units) -> dict[str, np.ndarray]:
    """Return the fold from nose to mouth corner and the crow's feet of the right side."""
    corner_x, corner_y = _mouth_corner(person, units)
    raised = 0.05 * units[9] + 0.04 * units[10]
    nose_x = 0.15 * person.nose_width
    fold = smooth(
        [
            (nose_x + 0.03, NOSE_LEVEL - 0.06 - raised),
            (nose_x + 0.13 + 0.05 * units[12], NOSE_LEVEL + 0.04 - raised),
            (corner_x + 0.09 + 0.03 * units[12], corner_y - 0.09),
            (corner_x + 0.08, corner_y + 0.03),
        ]
    )
    eye = EYE_PLACE * person.eye_spacing + 0.158 * person.eye_size
    feet = [
        [(eye + 0.03, EYE_LEVEL + 0.04 * k), (eye + 0.14, EYE_LEVEL - 0.03 + 0.09 * k)]
        for k in (-1, 0, 1)
    ]
    return {"fold": fold} | {f"crow_{k}": np.array(line) for k, line in enumerate(feet)}


def _nose(person: Person, units: Units) -> dict[str, np.ndarray]:
    tip = NOSE_LEVEL - 0.05 + 0.05 * (person.nose_length - 1) - 0.03 * units[9]
    half = 0.135 * person.nose_width * (1 + 0.18 * units[9] + 0.08 * units[12] + 0.05 * units[10])
    wing = tip + 0.005 - 0.045 * units[9] - 0.015 * units[10]
    base = smooth(
        [
            (-half, wing - 0.06),
            (-half * 1.02, wing + 0.01),
            (-half * 0.55, wing + 0.045),
            (0, tip + 0.075),
            (half * 0.55, wing + 0.045),
            (half * 1.02, wing + 0.01),
            (half, wing - 0.06),
        ]
    )
    return {
        "nose_base": base,
        "nose_tip": np.array([(0.0, tip)]),
        "nostrils": np.array([(-half * 0.5, wing + 0.03), (half * 0.5, wing + 0.03)]),
    }


def _mouth_corner(person: Person, units: Units) -> tuple[float, float]:
    """Return x (right side) and y of the mouth's corner."""
    stretch = 1 + 0.34 * units[12] + 0.36 * units[20] - 0.14 * units[23] - 0.16 * units[26]
    x = 0.255 * person.mouth_width * (stretch + 0.05 * units[15] - 0.05 * units[17])
    y = MOUTH_LEVEL - 0.135 * units[12] + 0.105 * units[15] + 0.03 * units[20] + 0.06 * units[26]
    return x, y - 0.02 * units[10]


def _mouth(person: Person, units: Units) -> dict[str, np.ndarray]:
    x, corner = _mouth_corner(person, units)
    gap = 0.07 * units[25] + 0.30 * units[26] + 0.06 * units[16] * (0.3 + units[25])
    gap *= 1 - 0.7 * min(units[23], 1)
    middle = MOUTH_LEVEL - 0.055 * units[17] - 0.02 * units[15] + 0.01 * units[12]
    top = middle - 0.15 * gap - 0.055 * units[10] - 0.045 * units[9] - 0.02 * units[12]
    top -= 0.02 * units[25] * units[20]
    bottom = max(middle + 0.85 * gap + 0.015 * units[20] * units[25], top + 0.004)
    full = max(person.lip_fullness, 0.35) * (1 - 0.6 * min(units[23], 1))
    upper = 0.068 * full * (1 - 0.25 * units[12] - 0.2 * units[20])
    lower = 0.088 * full * (1 - 0.15 * units[12] - 0.15 * units[20] + 0.2 * units[17])
    # Pulled up or down, the corner drags the lips along in a curve; a dropped jaw rounds them.
    near, far = 0.30 - 0.18 * units[26], 0.70 - 0.25 * units[26]

    def lip(centre: float, thickness: float, bow: float = 0.0) -> np.ndarray:
        def y(fraction: float, thick: float) -> float:
            return centre + fraction * (corner - centre) + thick * thickness

        half = [(0.0, y(0, 1 - bow)), (0.22 * x, y(near * 0.3, 1 + bow * 0.5))]
        half += [(0.55 * x, y(near, 0.80)), (0.82 * x, y(far, 0.42)), (x, corner)]
        return smooth([(-px, py) for px, py in half[:0:-1]] + half)

    return {
        "upper_lip_outer": lip(top, -upper, bow=0.18),
        "upper_lip_inner": lip(top, 0.0),
        "lower_lip_inner": lip(bottom, 0.0),
        "lower_lip_outer": lip(bottom, lower),
    }
