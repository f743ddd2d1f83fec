"""Hair on the head, over the forehead and around the mouth."""

from functools import cache

import cv2
import numpy as np

from helpers.corpora.demo.canvas import Canvas
from helpers.corpora.demo.paint import ellipse, ribbon, smooth
from helpers.corpora.demo.people import Person

_SKULL_CENTRE = np.array([0.0, -0.20, -0.08])
_SKULL_RADII = np.array([0.77, 1.0, 0.86])
_VOLUMES = {
    "bald": 1.0,
    "receding": 1.03,
    "short": 1.06,
    "bun": 1.06,
    "pixie": 1.09,
    "side": 1.10,
    "long": 1.11,
    "bob": 1.13,
    "curly": 1.17,
}


def paint_hair(canvas: Canvas, person: Person) -> None:
    """Paint the hair, or the bald skull, on which the face is painted afterwards."""
    style, volume = person.hair_style, _VOLUMES[person.hair_style]
    if style == "bun":
        canvas.spot(canvas.place([(0, -1.26, -0.25)])[0], (0.34, 0.30), 0.85 * person.hair)
    lowest = 0.30 if style == "curly" else -0.06
    outline = hull(canvas.place(_skull(person.face_width, volume, lowest)))
    if style == "curly":
        sizes = (0.12 + 0.02 * np.sin(2.4 * np.arange(40))) * canvas.pose.scale
        places = zip(_along(outline, 40), sizes, strict=True)
        curls = [ellipse(place, (size, size), 16) for place, size in places]
        canvas.fill(curls[::2], 0.85 * person.hair)
        canvas.fill(curls[1::2], 0.95 * person.hair)
    canvas.fill(outline, 0.97 * person.skin if style == "bald" else person.hair)
    if style == "receding":
        top = hull(canvas.place(_skull(person.face_width, volume + 0.01, -0.50)))
        canvas.fill(top, 0.97 * person.skin, softness=0.05)
    elif style != "bald":
        _paint_locks(canvas, person, volume, outline)


def paint_hair_behind(canvas: Canvas, person: Person, brightness: np.ndarray) -> None:
    """Paint long hair that falls behind neck and shoulders."""
    if person.hair_style not in ("long", "bob"):
        return
    length = 1.75 if person.hair_style == "long" else 0.85
    half = [(0.0, -1.2), (0.7, -0.9), (0.93, -0.2), (0.97, 0.45), (0.90, length), (0.4, length)]
    outline = [(x, y, -0.2) for x, y in half + mirrored(half[1:])]
    back = smooth(canvas.place(outline), closed=True)
    canvas.fill(back, 0.62 * person.hair * brightness, softness=0.02)


def paint_front_hair(canvas: Canvas, person: Person) -> None:
    """Paint the hair that falls over temples and forehead."""
    if person.hair_style in ("bald", "receding"):
        return

    def fall(points: list[tuple[float, float]], tone: float, softness: float) -> None:
        own = np.array(points) * (person.face_width, 1)
        outline = smooth(canvas.place(own, lift=0.07), closed=True)
        canvas.fill(outline, tone * person.hair, softness=softness)

    if person.hair_style in ("long", "bob"):
        end = 1.30 if person.hair_style == "long" else 0.78
        inner = [(0.16, -1.02), (0.52, -0.82), (0.69, -0.40), (0.71, 0.25), (0.74, end)]
        lock = inner + [(0.90, end - 0.05), (0.92, 0.0), (0.74, -0.85)]
        fall(lock, 0.92, 0.03)
        fall([(-x, y) for x, y in lock], 0.92, 0.03)
    if person.fringe == "swept":
        edge = [(-0.72, -0.36), (-0.68, -0.80), (-0.30, -1.02), (0.30, -1.02), (0.66, -0.82)]
        edge += [(0.735, -0.34), (0.62, -0.58), (0.30, -0.76), (-0.15, -0.82), (-0.55, -0.62)]
        fall(edge, 1.0, 0.012)
    elif person.fringe == "straight":
        half = [(0.0, -1.05), (0.5, -0.92), (0.69, -0.55), (0.60, -0.44), (0.3, -0.46)]
        fall([*half, (0.0, -0.47), *mirrored(half[1:])], 1.0, 0.012)


def paint_beard(canvas: Canvas, person: Person, curves: dict[str, np.ndarray]) -> None:
    """Paint stubble, a full beard or a moustache; it moves with jaw and lips."""
    tone = 0.85 * person.hair + 0.15 * person.skin
    if person.beard == "moustache":
        lip = curves["upper_lip_outer"]
        back = lip[::-1]
        top = np.column_stack([0.95 * back[:, 0], back[:, 1] - 0.11 + 0.1 * back[:, 0] ** 2])
        canvas.fill(canvas.place(np.concatenate([lip, top])), tone, 0.9, 0.02)
    elif person.beard != "none":
        jaw = curves["outline"][curves["outline"][:, 1] > 0.0] * (0.985, 1.0)
        jaw = jaw[np.argsort(-jaw[:, 0])]
        edge = [(-0.60, 0.36), (-0.40, 0.50), (0.0, 0.47), (0.40, 0.50), (0.60, 0.36)]
        opacity = 0.30 if person.beard == "stubble" else 0.88
        canvas.fill(canvas.place(np.concatenate([jaw, edge])), tone, opacity, 0.035)


def hull(points: np.ndarray) -> np.ndarray:
    """Return the convex outline of points (n, 2)."""
    return cv2.convexHull(points.astype(np.float32))[:, 0]


def mirrored(half: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the other side of a symmetrical outline, in the order that continues it."""
    return [(-x, y) for x, y in reversed(half)]


def _along(outline: np.ndarray, count: int) -> np.ndarray:
    """Return ``count`` points at equal distances around a closed outline."""
    closed = np.concatenate([outline, outline[:1]])
    length = np.append(0, np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1)))
    places = np.linspace(0, length[-1], count, endpoint=False)
    return np.stack([np.interp(places, length, closed[:, k]) for k in (0, 1)], axis=1)


@cache
def _skull(face_width: float, volume: float, lowest: float) -> np.ndarray:
    """Return points (n, 3) on the upper part of a head that is ``volume`` as large."""
    latitude, longitude = np.meshgrid(np.linspace(-1.57, 1.57, 41), np.linspace(0, 2 * np.pi, 32))
    around = np.cos(latitude) ** 0.8
    ball = [around * np.cos(longitude), np.sin(latitude), around * np.sin(longitude)]
    points = np.stack(ball, axis=-1).reshape(-1, 3) * _SKULL_RADII * volume + _SKULL_CENTRE
    points[:, 0] *= face_width * (1 - 0.10 * np.clip((points[:, 1] + 0.6) / 0.6, 0, 1))
    # Behind the ears the hair goes down to the nape.
    lowest = np.minimum(lowest + 0.8 * np.clip(-0.15 - points[:, 2], 0, 0.6), 0.38)
    return points[points[:, 1] < lowest]


def _paint_locks(canvas: Canvas, person: Person, volume: float, outline: np.ndarray) -> None:
    """Paint lighter and darker locks from the parting down over the head."""
    locks = _SKULL_CENTRE + _locks() * _SKULL_RADII * volume
    lines = canvas.pose.project(locks.reshape(-1, 3)).reshape(*locks.shape[:2], 2)
    strokes = list(ribbon(lines, 0.055 * canvas.pose.scale))
    light, dark = np.clip(1.35 * person.hair + 0.03, 0, 1), 0.65 * person.hair
    canvas.fill(strokes[::2], light, 0.22, 0.02, outline)
    canvas.fill(strokes[1::2], dark, 0.22, 0.02, outline)


@cache
def _locks() -> np.ndarray:
    """Return lines from a side parting over the unit ball, array (19, 8, 3)."""
    down, turn = np.meshgrid(np.linspace(0.0, 1.8, 8), 0.25 + np.linspace(-1.5, 1.5, 19))
    across = np.sin(down) * np.sin(turn) + 0.2 * np.cos(down)
    return np.stack([across, -np.cos(down), np.sin(down) * np.cos(turn)], axis=-1)
