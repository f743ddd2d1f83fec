"""A face painted from a person, an expression, a pose and a light."""

from dataclasses import replace

import cv2
import numpy as np

from helpers.corpora.demo.expressions import Units
from helpers.corpora.demo.geometry import (
    EYE_LEVEL,
    Pose,
    face_curves,
    on_head,
)
from helpers.corpora.demo.paint import ellipse, paint, ribbon, smooth
from helpers.corpora.demo.people import Person
from helpers.corpora.demo.relief import Light, shade

_SKULL_CENTRE = np.array([0.0, -0.20, -0.08])
_SKULL_RADII = np.array([0.77, 1.0, 0.86])
_BLACK = np.array([0.06, 0.04, 0.04])
_VOLUME = {"bald": 1.0, "receding": 1.03, "short": 1.06, "side": 1.10, "pixie": 1.09, "bun": 1.06}
_VOLUME |= {"curly": 1.17, "bob": 1.13, "long": 1.11}


def draw_face(image: np.ndarray, person: Person, units: Units, pose: Pose, light: Light) -> None:
    """Paint head and shoulders on ``image``, float32 RGB in 0..1 (height, width, 3), in place."""
    image, pose = _part(image, pose, (-2.6, -2.0, 2.6, 4.0))
    if image.size == 0:
        return
    _paint_body(image, person, pose, light)
    image, pose = _part(image, pose, (-1.45, -1.75, 1.45, 1.75))
    curves = face_curves(person, units)
    lines = {name: pose.project(on_head(curve)) for name, curve in curves.items()}
    head = np.zeros((*image.shape[:2], 4), np.float32)
    _paint_hair(head, person, pose)
    _paint_skin(head, person, curves, pose)
    _paint_nose(head, person, lines, pose)
    _paint_beard(head, person, curves, pose)
    _paint_mouth(head, person, lines, pose)
    for side in ("left", "right"):
        _paint_eye(head, person, units, lines, pose, side)
    _paint_front_hair(head, person, pose)
    head[..., :3] *= shade(image.shape[:2], person, units, curves, pose, light)
    image *= 1 - head[..., 3:]
    image += head[..., :3]
    if person.glasses:
        _paint_glasses(image, person, pose)


def _part(
    image: np.ndarray, pose: Pose, box: tuple[float, float, float, float]
) -> tuple[np.ndarray, Pose]:
    """Return the part of a picture around a head (box in face units), and the pose within it."""
    x, y = pose.centre
    left, top, right, bottom = (
        max(int(middle + pose.scale * edge), 0)
        for middle, edge in zip((x, y, x, y), box, strict=True)
    )
    return image[top:bottom, left:right], replace(pose, centre=(x - left, y - top))


def _paint_body(image: np.ndarray, person: Person, pose: Pose, light: Light) -> None:
    brightness = light.ambient + 0.55 * light.colour
    scale = pose.scale
    still = replace(pose, yaw=0.5 * pose.yaw, pitch=0.0, roll=0.3 * pose.roll)

    def at(points: list[tuple[float, float]], depth: float = 0.0) -> np.ndarray:
        return still.project(np.column_stack([points, np.full(len(points), depth)]))

    if person.hair_style in ("long", "bob"):
        length = 1.75 if person.hair_style == "long" else 0.85
        half = [(0.0, -1.2), (0.7, -0.9), (0.93, -0.2), (0.97, 0.45), (0.90, length), (0.4, length)]
        back = smooth(at(half + [(-x, y) for x, y in half[:0:-1]], -0.2), closed=True)
        paint(image, back, 0.62 * person.hair * brightness, softness=0.02 * scale)
    width = 0.46 if person.gender == "f" else 0.56
    neck = [(width, 0.4), (width * 0.97, 1.0), (width * 1.12, 1.35), (width * 1.3, 1.9)]
    neck_outline = smooth(at(neck + [(-x, y) for x, y in reversed(neck)], -0.05))
    paint(image, neck_outline, 0.86 * person.skin * brightness)
    under_chin = ellipse(
        (pose.centre[0], pose.centre[1] + 0.98 * scale), (0.5 * scale, 0.32 * scale)
    )
    paint(image, under_chin, 0.45 * person.skin * brightness, 0.6, 0.08 * scale, neck_outline)
    broad = 1.55 if person.gender == "f" else 1.85
    half = [(0.0, 1.68), (width * 0.7, 1.52), (width * 1.08, 1.27), (0.85, 1.42)]
    half += [(broad * 0.85, 1.62), (broad, 2.0), (broad * 1.08, 4.5)]
    clothes = smooth(at(half + [(-x, y) for x, y in half[:0:-1]], -0.1), closed=True)
    paint(image, clothes, person.clothes * brightness)
    neckline = smooth(at([(-x, y) for x, y in half[2:0:-1]] + half[:3], -0.1))
    paint(image, ribbon(neckline, 0.07 * scale), 0.7 * person.clothes * brightness, 0.8)


def _hull(points: np.ndarray) -> np.ndarray:
    return cv2.convexHull(points.astype(np.float32))[:, 0]


def _along(outline: np.ndarray, count: int) -> np.ndarray:
    """Return ``count`` points at equal distances around a closed outline."""
    closed = np.concatenate([outline, outline[:1]])
    length = np.append(0, np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1)))
    places = np.linspace(0, length[-1], count, endpoint=False)
    return np.stack([np.interp(places, length, closed[:, k]) for k in (0, 1)], axis=1)


def _skull(person: Person, volume: float, lowest: float) -> np.ndarray:
    """Return points (n, 3) on the upper part of a head that is ``volume`` as large."""
    latitude, longitude = np.meshgrid(np.linspace(-1.57, 1.57, 41), np.linspace(0, 2 * np.pi, 32))
    ball = np.stack(
        [
            np.cos(latitude) ** 0.8 * np.cos(longitude),
            np.sin(latitude),
            np.cos(latitude) ** 0.8 * np.sin(longitude),
        ],
        axis=-1,
    ).reshape(-1, 3)
    points = _SKULL_CENTRE + ball * _SKULL_RADII * (person.face_width, 1.0, 1.0) * volume
    points[:, 0] *= 1 - 0.10 * np.clip((points[:, 1] + 0.6) / 0.6, 0, 1)
    # Behind the ears the hair goes down to the nape.
    lowest = np.minimum(lowest + 0.8 * np.clip(-0.15 - points[:, 2], 0, 0.6), 0.38)
    return points[points[:, 1] < lowest]


def _paint_hair(head: np.ndarray, person: Person, pose: Pose) -> None:
    style, volume = person.hair_style, _VOLUME[person.hair_style]
    if style == "bun":
        top = pose.project(np.array([[0.0, -1.26, -0.25]]))[0]
        paint(head, ellipse(tuple(top), (0.34 * pose.scale, 0.30 * pose.scale)), 0.85 * person.hair)
    outline = _hull(pose.project(_skull(person, volume, 0.30 if style == "curly" else -0.06)))
    if style == "curly":
        sizes = (0.12 + 0.02 * np.sin(2.4 * np.arange(40))) * pose.scale
        places = zip(_along(outline, 40), sizes, strict=True)
        curls = [ellipse(place, (size, size), 16) for place, size in places]
        paint(head, curls[::2], 0.85 * person.hair)
        paint(head, curls[1::2], 0.95 * person.hair)
    paint(head, outline, person.skin * 0.97 if style == "bald" else person.hair)
    if style == "receding":
        top = _hull(pose.project(_skull(person, volume + 0.01, -0.50)))
        paint(head, top, person.skin * 0.97, softness=0.05 * pose.scale)
    elif style != "bald":
        _paint_locks(head, person, pose, volume, outline)


def _paint_locks(
    head: np.ndarray, person: Person, pose: Pose, volume: float, outline: np.ndarray
) -> None:
    """Paint lighter and darker locks from the parting down over the head."""
    angle, parting = np.linspace(0.0, 1.8, 8), 0.25
    strokes = []
    for turn in parting + np.linspace(-1.5, 1.5, 19):
        lock = np.stack(
            [
                np.sin(angle) * np.sin(turn) + 0.2 * np.cos(angle),
                -np.cos(angle),
                np.sin(angle) * np.cos(turn),
            ],
            axis=1,
        )
        points = pose.project(_SKULL_CENTRE + lock * _SKULL_RADII * volume)
        strokes.append(ribbon(points, 0.055 * pose.scale))
    light, dark = np.clip(1.35 * person.hair + 0.03, 0, 1), 0.65 * person.hair
    paint(head, strokes[::2], light, 0.22, 0.02 * pose.scale, outline)
    paint(head, strokes[1::2], dark, 0.22, 0.02 * pose.scale, outline)


def _paint_ear(head: np.ndarray, person: Person, pose: Pose, side: int) -> None:
    root = np.array([side * 0.77 * person.face_width, 0.0, -0.04])
    for size, tone in ((1.0, 0.95), (0.55, 0.72)):
        flat = ellipse((0.5, 0.0), (0.5 * size, 0.20 * size))
        across = flat[:, :1] * (side * 0.14, 0.0, -0.14)
        points = root + across + flat[:, 1:] * (0.0, 1.0, 0.0)
        paint(head, pose.project(points), person.skin * (tone, tone * 0.96, tone * 0.95))


def _paint_skin(head: np.ndarray, person: Person, curves: dict, pose: Pose) -> None:
    ears = person.hair_style not in ("long", "bob")
    near_sides = [side for side in (-1, 1) if side * pose.yaw < -0.1]
    for side in (-1, 1):
        if ears and side not in near_sides:
            _paint_ear(head, person, pose, side)
    rings = np.concatenate([curves["outline"] * share for share in (1.0, 0.9, 0.75, 0.55)])
    side = np.array([(0.77, -0.12, -0.1), (0.77, 0.25, -0.1), (0.62, 0.58, 0.0)])
    side *= (person.face_width, 1.0, 1.0)
    points = np.concatenate([on_head(rings), side, side * (-1, 1, 1)])
    face = _hull(pose.project(points))
    paint(head, face, person.skin, softness=0.006 * pose.scale)
    for side in near_sides if ears else ():
        _paint_ear(head, person, pose, side)
    blush = np.clip(person.skin * (1.02, 0.84, 0.82), 0, 1)
    for side in (-1, 1):
        cheek = pose.project(on_head([(side * 0.42, 0.20)]))[0]
        radius = (0.20 * pose.scale, 0.15 * pose.scale)
        strength = 0.40 + 0.25 * person.make_up
        paint(head, ellipse(tuple(cheek), radius), blush, strength, 0.09 * pose.scale, face)
    k = np.arange(int(14 * person.freckles))
    spots = np.column_stack([(k * 0.618) % 1 - 0.5, 0.02 + 0.26 * ((k * 0.755) % 1)])
    dots = [ellipse(place, (0.013 * pose.scale,) * 2, 8) for place in pose.project(on_head(spots))]
    if dots:
        paint(head, dots, person.skin * (0.75, 0.6, 0.5), 0.6)


def _paint_nose(head: np.ndarray, person: Person, lines: dict, pose: Pose) -> None:
    shadow = person.skin * (0.62, 0.50, 0.48)
    lift = np.array([np.sin(pose.yaw), 0.0]) * 0.13 * pose.scale
    paint(
        head,
        ribbon(lines["nose_base"] + lift, 0.045 * pose.scale),
        shadow,
        0.55,
        0.012 * pose.scale,
    )
    for nostril in lines["nostrils"] + lift:
        hole = ellipse(tuple(nostril), (0.040 * pose.scale, 0.020 * pose.scale), 12)
        paint(head, hole, shadow * 0.45, 0.8, 0.010 * pose.scale)


def _paint_beard(head: np.ndarray, person: Person, curves: dict, pose: Pose) -> None:
    if person.beard == "none":
        return
    outline = curves["outline"]
    tone = 0.85 * person.hair + 0.15 * person.skin
    opacity = 0.30 if person.beard == "stubble" else 0.88
    if person.beard != "moustache":
        jaw = outline[(outline[:, 1] > 0.0)] * (0.985, 1.0)
        jaw = jaw[np.argsort(-jaw[:, 0])]
        upper = [(-0.60, 0.36), (-0.40, 0.50), (0.0, 0.47), (0.40, 0.50), (0.60, 0.36)]
        shape = np.concatenate([jaw, np.array(upper)])
        paint(head, pose.project(on_head(shape)), tone, opacity, 0.035 * pose.scale)
    else:
        lip = curves["upper_lip_outer"]
        top = np.column_stack([lip[::-1, 0] * 0.95, lip[::-1, 1] - 0.11 + 0.1 * lip[::-1, 0] ** 2])
        paint(head, pose.project(on_head(np.concatenate([lip, top]))), tone, 0.9, 0.02 * pose.scale)


def _paint_mouth(head: np.ndarray, person: Person, lines: dict, pose: Pose) -> None:
    upper, lower = lines["upper_lip_inner"], lines["lower_lip_inner"]
    inside = np.concatenate([upper, lower[::-1]])
    gap = float(np.max(lower[:, 1] - upper[:, 1]) / pose.scale)
    paint(head, inside, (0.22, 0.06, 0.07))
    if gap > 0.03:
        teeth = np.concatenate([upper, upper[::-1] + (0, min(0.075, 0.75 * gap) * pose.scale)])
        paint(head, teeth, (0.93, 0.91, 0.86), 0.95, 0.004 * pose.scale, inside)
    if gap > 0.14:
        low = lower[len(lower) // 2]
        tongue = ellipse((low[0], low[1] + 0.01), (0.15 * pose.scale, 0.35 * gap * pose.scale))
        paint(head, tongue, (0.66, 0.30, 0.30), 0.9, 0.015 * pose.scale, inside)
    colour = person.lips * (1 - 0.25 * person.make_up * np.array([0.1, 1.0, 0.8]))
    outer = np.concatenate([lines["upper_lip_outer"], upper[::-1]])
    paint(head, outer, 0.92 * colour, 0.95, 0.006 * pose.scale)
    outer = np.concatenate([lower, lines["lower_lip_outer"][::-1]])
    paint(head, outer, colour, 0.95, 0.006 * pose.scale)
    shine = lines["lower_lip_outer"][len(lower) // 2] * 0.5 + lower[len(lower) // 2] * 0.5
    spot = ellipse(tuple(shine), (0.09 * pose.scale, 0.014 * pose.scale), 12)
    paint(head, spot, np.clip(colour * 1.25 + 0.05, 0, 1), 0.5, 0.012 * pose.scale)
    if gap < 0.03:
        paint(head, ribbon(upper, 0.026 * pose.scale), colour * 0.35, 0.9, 0.005 * pose.scale)


def _paint_eye(
    head: np.ndarray, person: Person, units: Units, lines: dict, pose: Pose, side: str
) -> None:
    scale = pose.scale
    upper, lower = lines[f"{side}_upper_lid"], lines[f"{side}_lower_lid"]
    inside = np.concatenate([upper, lower[::-1]])
    sign = -1 if side == "left" else 1
    lid_tone = person.skin * (0.80, 0.70, 0.70) * (1 - 0.25 * person.make_up)
    above = np.concatenate([upper, upper[::-1] - (0, 0.055 * scale)])
    paint(head, above, lid_tone, 0.55, 0.018 * scale)
    paint(head, inside, (0.93, 0.92, 0.90))
    x = sign * 0.315 * person.eye_spacing + 0.055 * pose.gaze[0]
    iris = pose.project(on_head([(x, EYE_LEVEL - 0.012 + 0.035 * pose.gaze[1])]))[0]
    across = 0.074 * scale * np.sqrt(np.cos(pose.yaw))
    disc = ellipse(tuple(iris), (across, 0.076 * scale))
    paint(head, disc, person.iris * 0.45, 1.0, 0.004 * scale, inside)
    paint(
        head,
        ellipse(tuple(iris), (0.8 * across, 0.061 * scale)),
        person.iris,
        0.9,
        0.01 * scale,
        inside,
    )
    paint(head, ellipse(tuple(iris), (0.45 * across, 0.034 * scale), 16), _BLACK, 1.0, 0.0, inside)
    brow_shadow = np.concatenate([upper, upper[::-1] + (0, 0.03 * scale)])
    paint(head, brow_shadow, _BLACK, 0.40, 0.012 * scale, inside)
    glint = (iris[0] - 0.022 * scale, iris[1] - 0.026 * scale)
    paint(
        head, ellipse(glint, (0.016 * scale, 0.016 * scale), 10), np.full(3, 1.25), 0.95, 0, inside
    )
    lash = 0.8 * _BLACK + 0.2 * person.hair
    paint(head, ribbon(upper, (0.026 + 0.016 * person.make_up) * scale), lash, 0.95)
    paint(head, ribbon(lower, 0.013 * scale), person.skin * (0.55, 0.40, 0.38), 0.8)
    crease = upper - (0, (0.042 + 0.012 * units[5]) * scale)
    paint(
        head, ribbon(crease, 0.014 * scale), person.skin * (0.55, 0.42, 0.40), 0.55, 0.004 * scale
    )
    brow = lines[f"{side}_brow"]
    widths = np.interp(np.linspace(0, 1, len(brow)), [0, 0.12, 0.5, 1], [0.55, 0.95, 0.9, 0.2])
    stroke = ribbon(brow, widths * 0.072 * person.brow_thickness * scale)
    tone = 0.7 * person.hair if person.hair.mean() < 0.6 else 0.75 * person.hair
    paint(head, stroke, tone, 0.9, 0.009 * scale)


def _paint_front_hair(head: np.ndarray, person: Person, pose: Pose) -> None:
    if person.hair_style in ("bald", "receding"):
        return
    scale = pose.scale

    def at(points: list[tuple[float, float]]) -> np.ndarray:
        return smooth(pose.project(on_head(points, lift=0.07)), closed=True)

    if person.hair_style in ("long", "bob"):
        length = 1.30 if person.hair_style == "long" else 0.78
        for side in (-1, 1):
            w = side * person.face_width
            lock = [(0.16 * w, -1.02), (0.52 * w, -0.82), (0.69 * w, -0.40), (0.71 * w, 0.25)]
            lock += [
                (0.74 * w, length),
                (0.90 * w, length - 0.05),
                (0.92 * w, 0.0),
                (0.74 * w, -0.85),
            ]
            paint(head, at(lock), 0.92 * person.hair, 1.0, 0.03 * scale)
    if person.fringe == "swept":
        sweep = [(-0.72, -0.36), (-0.68, -0.80), (-0.30, -1.02), (0.30, -1.02), (0.66, -0.82)]
        sweep += [(0.735, -0.34), (0.62, -0.58), (0.30, -0.76), (-0.15, -0.82), (-0.55, -0.62)]
        paint(
            head, at([(x * person.face_width, y) for x, y in sweep]), person.hair, 1, 0.012 * scale
        )
    elif person.fringe == "straight":
        bangs = [(0.0, -1.05), (0.5, -0.92), (0.69, -0.55), (0.60, -0.44), (0.3, -0.46)]
        bangs += [(0.0, -0.47), (-0.3, -0.46), (-0.60, -0.44), (-0.69, -0.55), (-0.5, -0.92)]
        paint(
            head, at([(x * person.face_width, y) for x, y in bangs]), person.hair, 1, 0.012 * scale
        )


def _paint_glasses(image: np.ndarray, person: Person, pose: Pose) -> None:
    frame = np.array([0.10, 0.08, 0.08])
    width = 0.028 * pose.scale
    for side in (-1, 1):
        x = side * 0.32 * person.eye_spacing
        rim = ellipse((x, EYE_LEVEL + 0.03), (0.235, 0.20))
        ring = pose.project(on_head(rim, lift=0.10))
        paint(image, ring, np.array([0.85, 0.9, 0.95]), 0.10)
        closed = np.concatenate([ring, ring[:2]])
        paint(image, ribbon(closed, np.full(len(closed), width)), frame, 0.95)
        arm = pose.project(
            np.array([(x + side * 0.22, EYE_LEVEL, 0.75), (side * 0.80, -0.06, 0.0)])
        )
        paint(image, ribbon(arm, np.full(2, width)), frame, 0.9)
    bridge = pose.project(
        on_head([(-0.09, EYE_LEVEL), (0.0, EYE_LEVEL - 0.03), (0.09, EYE_LEVEL)], 0.12)
    )
    paint(image, ribbon(bridge, np.full(3, width)), frame, 0.95)
