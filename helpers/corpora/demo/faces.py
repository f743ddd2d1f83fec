"""A face painted from a person, an expression, a pose and a light."""

import numpy as np

from helpers.corpora.demo.canvas import Canvas
from helpers.corpora.demo.expressions import Units
from helpers.corpora.demo.geometry import EYE_LEVEL, EYE_PLACE, Pose, face_curves
from helpers.corpora.demo.hair import (
    hull,
    mirrored,
    paint_beard,
    paint_front_hair,
    paint_hair,
    paint_hair_behind,
)
from helpers.corpora.demo.paint import ellipse, smooth
from helpers.corpora.demo.people import Person
from helpers.corpora.demo.relief import Light, shade

_BLACK = np.array([0.06, 0.04, 0.04])


def draw_face(image: np.ndarray, person: Person, units: Units, pose: Pose, light: Light) -> None:
    """Paint head and shoulders on ``image``, float32 RGB in 0..1 (3, height, width), in place."""
    picture = Canvas(image, pose).part(-2.6, -2.0, 2.6, 4.5)
    if picture.image.size == 0:
        return
    _paint_body(picture, person, light)
    picture = picture.part(-1.45, -1.75, 1.45, 1.75)
    # The head has a layer of its own, in its own colours; then light falls on it.
    head = Canvas(np.zeros((4, *picture.image.shape[1:]), np.float32), picture.pose)
    curves = face_curves(person, units)
    lines = head.place_all(curves)
    paint_hair(head, person)
    _paint_skin(head, person, curves)
    _paint_nose(head, person, lines)
    paint_beard(head, person, curves)
    _paint_mouth(head, person, lines)
    for side in ("left", "right"):
        _paint_eye(head, person, lines, side)
        _paint_brow(head, person, lines[f"{side}_brow"])
    paint_front_hair(head, person)
    layer = head.image
    layer[:3] *= shade(layer.shape[1:], person, units, curves, head.pose, light)
    picture.image[:] *= 1 - layer[3]
    picture.image[:] += layer[:3]
    if person.glasses:
        _paint_glasses(picture, person)


def _paint_body(canvas: Canvas, person: Person, light: Light) -> None:
    """Paint neck and shoulders, which follow the head half of its way."""
    pose = canvas.pose
    still = Pose(pose.centre, pose.scale, 0.5 * pose.yaw, 0.0, 0.3 * pose.roll)
    canvas = Canvas(canvas.image, still)
    brightness = light.ambient + 0.55 * light.colour
    paint_hair_behind(canvas, person, brightness)

    def around(half: list[tuple[float, float]], closed: bool = False) -> np.ndarray:
        other = mirrored(half[1:] if half[0][0] == 0 else half)
        return smooth(canvas.place([(x, y, -0.1) for x, y in half + other]), closed)

    width, broad = (0.46, 1.55) if person.gender == "f" else (0.56, 1.85)
    neck = around([(width, 0.4), (0.97 * width, 1.0), (1.12 * width, 1.35), (1.3 * width, 1.9)])
    canvas.fill(neck, 0.86 * person.skin * brightness)
    under_chin = np.array(pose.centre) + (0, 0.98 * pose.scale)
    canvas.spot(under_chin, (0.5, 0.32), 0.45 * person.skin * brightness, 0.6, 0.08, neck)
    neckline = [(0.0, 1.68), (0.7 * width, 1.52), (1.08 * width, 1.27)]
    shoulder = [(0.85, 1.42), (0.85 * broad, 1.62), (broad, 2.0), (1.08 * broad, 4.5)]
    canvas.fill(around(neckline + shoulder, closed=True), person.clothes * brightness)
    hem = smooth(canvas.place([(x, y, -0.1) for x, y in mirrored(neckline[1:]) + neckline]))
    canvas.stroke(hem, 0.07, 0.7 * person.clothes * brightness, 0.8)


def _paint_skin(canvas: Canvas, person: Person, curves: dict[str, np.ndarray]) -> None:
    ears = () if person.hair_style in ("long", "bob") else (-1, 1)
    near = [side for side in ears if side * canvas.pose.yaw < -0.1]
    for side in set(ears) - set(near):
        _paint_ear(canvas, person, side)
    # The visible outline of a turned head is the hull of what bulges out.
    rings = np.concatenate([curves["outline"] * fraction for fraction in (1.0, 0.9, 0.75, 0.55)])
    sides = np.array([(x, y, z) for s in (-1, 1) for x, y, z in _side_of_head(s)])
    sides *= (person.face_width, 1.0, 1.0)
    face = hull(np.concatenate([canvas.place(rings), canvas.place(sides)]))
    canvas.fill(face, person.skin, softness=0.006)
    for side in near:
        _paint_ear(canvas, person, side)
    blush = np.clip(person.skin * (1.02, 0.84, 0.82), 0, 1)
    for cheek in canvas.place([(-0.42, 0.20), (0.42, 0.20)]):
        canvas.spot(cheek, (0.20, 0.15), blush, 0.40 + 0.25 * person.make_up, 0.09, face)
    k = np.arange(int(14 * person.freckles))
    if len(k):
        places = np.column_stack([(0.618 * k) % 1 - 0.5, 0.02 + 0.26 * ((0.755 * k) % 1)])
        radius = 0.013 * canvas.pose.scale
        dots = [ellipse(place, (radius, radius), 8) for place in canvas.place(places)]
        canvas.fill(dots, person.skin * (0.75, 0.6, 0.5), 0.6)


def _side_of_head(side: int) -> list[tuple[float, float, float]]:
    return [(0.77 * side, -0.12, -0.1), (0.77 * side, 0.25, -0.1), (0.62 * side, 0.58, 0.0)]


def _paint_ear(canvas: Canvas, person: Person, side: int) -> None:
    root = np.array([0.77 * side * person.face_width, 0.0, -0.04])
    for size, tone in ((1.0, 0.95), (0.55, 0.72)):
        flat = ellipse((0.5, 0.0), (0.5 * size, 0.20 * size))
        outwards, down = np.array([0.14 * side, 0.0, -0.14]), np.array([0.0, 1.0, 0.0])
        points = root + flat[:, :1] * outwards + flat[:, 1:] * down
        canvas.fill(canvas.place(points), person.skin * (tone, 0.96 * tone, 0.95 * tone))


def _paint_nose(canvas: Canvas, person: Person, lines: dict[str, np.ndarray]) -> None:
    shadow = person.skin * (0.62, 0.50, 0.48)
    lift = np.array([np.sin(canvas.pose.yaw), 0.0]) * 0.13 * canvas.pose.scale
    canvas.stroke(lines["nose_base"] + lift, 0.045, shadow, 0.55, 0.012)
    for nostril in lines["nostrils"] + lift:
        canvas.spot(nostril, (0.040, 0.020), 0.45 * shadow, 0.8, 0.010)


def _paint_mouth(canvas: Canvas, person: Person, lines: dict[str, np.ndarray]) -> None:
    upper, lower = lines["upper_lip_inner"], lines["lower_lip_inner"]
    inside, middle = np.concatenate([upper, lower[::-1]]), len(lower) // 2
    gap = float((lower[:, 1] - upper[:, 1]).max() / canvas.pose.scale)
    canvas.fill(inside, (0.22, 0.06, 0.07))
    if gap > 0.03:
        below = upper[::-1] + (0, min(0.075, 0.75 * gap) * canvas.pose.scale)
        canvas.fill(np.concatenate([upper, below]), (0.93, 0.91, 0.86), 0.95, 0.004, inside)
    if gap > 0.14:
        canvas.spot(lower[middle], (0.15, 0.35 * gap), (0.66, 0.30, 0.30), 0.9, 0.015, inside)
    colour = person.lips * (1 - 0.25 * person.make_up * np.array([0.1, 1.0, 0.8]))
    outer = lines["lower_lip_outer"]
    upper_lip = np.concatenate([lines["upper_lip_outer"], upper[::-1]])
    canvas.fill(upper_lip, 0.92 * colour, 0.95, 0.006)
    canvas.fill(np.concatenate([lower, outer[::-1]]), colour, 0.95, 0.006)
    shine = np.clip(1.25 * colour + 0.05, 0, 1)
    canvas.spot((outer[middle] + lower[middle]) / 2, (0.09, 0.014), shine, 0.5, 0.012)
    if gap < 0.03:
        canvas.stroke(upper, 0.026, 0.35 * colour, 0.9, 0.005)


def _paint_eye(canvas: Canvas, person: Person, lines: dict[str, np.ndarray], side: str) -> None:
    scale, gaze = canvas.pose.scale, canvas.pose.gaze
    upper, lower = lines[f"{side}_upper_lid"], lines[f"{side}_lower_lid"]
    inside = np.concatenate([upper, lower[::-1]])
    lid = person.skin * (0.80, 0.70, 0.70) * (1 - 0.25 * person.make_up)
    canvas.fill(np.concatenate([upper, upper[::-1] - (0, 0.055 * scale)]), lid, 0.55, 0.018)
    canvas.fill(inside, (0.93, 0.92, 0.90))
    x = EYE_PLACE * person.eye_spacing * (-1 if side == "left" else 1) + 0.055 * gaze[0]
    iris = canvas.place([(x, EYE_LEVEL - 0.012 + 0.035 * gaze[1])])[0]
    narrow = np.sqrt(np.cos(canvas.pose.yaw))
    canvas.spot(iris, (0.074 * narrow, 0.076), 0.45 * person.iris, 1.0, 0.004, inside)
    canvas.spot(iris, (0.059 * narrow, 0.061), person.iris, 0.9, 0.010, inside)
    canvas.spot(iris, (0.033 * narrow, 0.034), _BLACK, 1.0, 0.0, inside)
    under_lid = np.concatenate([upper, upper[::-1] + (0, 0.03 * scale)])
    canvas.fill(under_lid, _BLACK, 0.40, 0.012, inside)
    glint = iris - (0.022 * scale, 0.026 * scale)
    canvas.spot(glint, (0.016, 0.016), np.full(3, 1.25), 0.95, 0.0, inside)
    lashes = 0.8 * _BLACK + 0.2 * person.hair
    canvas.stroke(upper, 0.026 + 0.016 * person.make_up, lashes, 0.95)
    line = person.skin * (0.55, 0.41, 0.39)
    canvas.stroke(lower, 0.013, line, 0.8)
    canvas.stroke(upper - (0, 0.046 * scale), 0.014, line, 0.55, 0.004)


def _paint_brow(canvas: Canvas, person: Person, brow: np.ndarray) -> None:
    widths = np.interp(np.linspace(0, 1, len(brow)), [0, 0.12, 0.5, 1], [0.55, 0.95, 0.9, 0.2])
    canvas.stroke(brow, 0.072 * person.brow_thickness * widths, 0.72 * person.hair, 0.9, 0.009)


def _paint_glasses(canvas: Canvas, person: Person) -> None:
    frame, width = np.array([0.10, 0.08, 0.08]), 0.028
    for side in (-1, 1):
        x = 0.32 * side * person.eye_spacing
        ring = canvas.place(ellipse((x, EYE_LEVEL + 0.03), (0.235, 0.20)), lift=0.10)
        canvas.fill(ring, (0.85, 0.9, 0.95), 0.10)
        closed = np.concatenate([ring, ring[:2]])
        canvas.stroke(closed, np.full(len(closed), width), frame, 0.95)
        arm = canvas.place([(x + 0.22 * side, EYE_LEVEL, 0.75), (0.80 * side, -0.06, 0.0)])
        canvas.stroke(arm, np.full(2, width), frame, 0.9)
    bridge = [(-0.09, EYE_LEVEL), (0.0, EYE_LEVEL - 0.03), (0.09, EYE_LEVEL)]
    canvas.stroke(canvas.place(bridge, lift=0.12), np.full(3, width), frame, 0.95)
