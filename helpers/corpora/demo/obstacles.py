"""What stands between camera and face: a hand, a phone, a cup, leaves, a shoulder."""

from collections.abc import Callable

import numpy as np

from helpers.corpora.demo.geometry import Pose
from helpers.corpora.demo.paint import ellipse, paint, smooth
from helpers.corpora.demo.people import Person
from helpers.corpora.demo.relief import Light


def paint_obstacle(
    image: np.ndarray,
    kind: str,
    pose: Pose,
    at: tuple[float, float],
    person: Person,
    light: Light,
) -> None:
    """Paint what stands between camera and face; ``at`` moves it, in face units."""
    if kind not in _PAINTERS:
        return
    brightness = light.ambient + 0.6 * light.colour
    origin = np.array(pose.centre) + np.array(at) * pose.scale

    def place(points: list) -> np.ndarray:
        return np.array(points) * pose.scale + origin

    _PAINTERS[kind](image, place, pose.scale, person, brightness)


_Place = Callable[[list], np.ndarray]


def _hand(image, at: _Place, scale: float, person: Person, brightness: np.ndarray) -> None:
    skin = person.skin * brightness
    palm = [
        (0.35, 1.1),
        (0.42, 0.75),
        (0.70, 0.70),
        (0.95, 0.85),
        (1.0, 1.4),
        (0.95, 4.5),
        (0.35, 4.5),
    ]
    paint(image, smooth(at(palm), closed=True), 0.95 * skin)
    for k in range(4):
        x = 0.42 + 0.15 * k
        finger = [(x - 0.07, 0.95), (x - 0.10, 0.50 + 0.05 * k), (x - 0.04, 0.40 + 0.05 * k)]
        finger += [(x + 0.04, 0.48 + 0.05 * k), (x + 0.08, 0.95)]
        paint(image, smooth(at(finger), closed=True), (1.0 - 0.05 * k) * skin, 1.0, 0.01 * scale)


def _phone(image, at: _Place, scale: float, person: Person, brightness: np.ndarray) -> None:
    paint(image, at([(0.50, -0.35), (0.78, -0.38), (0.72, 0.62), (0.44, 0.62)]), 0.12 * brightness)
    _hand(
        image, lambda points: at(np.array(points) * 0.9 + (0.05, -0.35)), scale, person, brightness
    )


def _cup(image, at: _Place, scale: float, person: Person, brightness: np.ndarray) -> None:
    body = at([(-0.34, 0.62), (0.34, 0.62), (0.28, 1.35), (-0.28, 1.35)])
    paint(image, body, np.array([0.85, 0.82, 0.75]) * brightness, 1.0, 0.012 * scale)
    paint(image, ellipse(at([(0, 0.62)])[0], (0.34 * scale, 0.07 * scale)), 0.5 * brightness)
    _hand(image, lambda points: at(np.array(points) * 0.9 + (-0.1, 0.3)), scale, person, brightness)


def _leaves(image, at: _Place, scale: float, person: Person, brightness: np.ndarray) -> None:
    green = np.array([0.16, 0.34, 0.12]) * brightness
    root = np.array([2.0, 0.9])
    for k in range(5):
        turn, length = 2.5 + 0.28 * k, 1.9 - 0.25 * abs(k - 2)
        along = np.array([np.cos(turn), np.sin(turn)])
        side = np.array([-along[1], along[0]])
        middle = root + 0.6 * length * along
        blade = [root, middle + 0.15 * side, root + length * along, middle - 0.15 * side]
        paint(image, smooth(at(blade), closed=True), (0.8 + 0.1 * k) * green, 0.95, 0.03 * scale)


def _shoulder(image, at: _Place, scale: float, person: Person, brightness: np.ndarray) -> None:
    shape = [(-2.4, 0.6), (-1.4, 0.25), (-0.7, 0.55), (-0.35, 1.2), (-0.25, 3.0), (-2.6, 3.0)]
    paint(image, smooth(at(shape), closed=True), 0.25 * brightness, 1.0, 0.10 * scale)


_PAINTERS = {"hand": _hand, "phone": _phone, "cup": _cup, "leaves": _leaves, "shoulder": _shoulder}
OBSTACLES = tuple(_PAINTERS)
