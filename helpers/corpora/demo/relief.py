"""Light on a head: a height map of the face, its slopes, and the shading that follows."""

from dataclasses import dataclass

import cv2
import numpy as np

from helpers.corpora.demo.expressions import Units
from helpers.corpora.demo.geometry import HEAD_CENTRE, HEAD_RADII, MOUTH_LEVEL, Pose, on_head
from helpers.corpora.demo.paint import blurred
from helpers.corpora.demo.people import Person

_RESOLUTION = 40  # height map pixels a face unit


@dataclass(frozen=True)
class Light:
    """One lamp and what the surroundings throw back."""

    direction: tuple[float, float, float]  # towards the lamp: right, down, to the viewer
    colour: np.ndarray  # (3,) of the lamp
    ambient: np.ndarray  # (3,) of the surroundings
    hardness: float  # 0 overcast .. 1 bare bulb


def shade(
    shape: tuple[int, int], person: Person, units: Units, curves: dict, pose: Pose, light: Light
) -> np.ndarray:
    """Return by how much to multiply the head's own colours, float32 (3, height, width)."""
    grid = _RESOLUTION / pose.scale
    small = Pose(
        (pose.centre[0] * grid, pose.centre[1] * grid), _RESOLUTION, pose.yaw, pose.pitch, pose.roll
    )
    size = (int(np.ceil(shape[0] * grid)), int(np.ceil(shape[1] * grid)))
    height = _height_map(size, person, units, curves, small)
    slope_x = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=_RESOLUTION / 8)
    slope_y = cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=_RESOLUTION / 8)
    lx, ly, lz = np.array(light.direction) / np.linalg.norm(light.direction)
    facing = (lz - slope_x * lx - slope_y * ly) / np.sqrt(1 + slope_x**2 + slope_y**2)
    # Soft light wraps around the head; hard light leaves the far side in shadow.
    wrap = 0.9 * (1 - light.hardness)
    lit = np.clip((facing + wrap) / (1 + wrap), 0, None)
    hollow = cv2.Laplacian(cv2.GaussianBlur(height, (0, 0), 1.0), cv2.CV_32F) * _RESOLUTION
    shadow = 1 - np.clip(0.16 * hollow, -0.03, 0.45)
    colours = zip(np.float32(light.ambient), np.float32(light.colour), strict=True)
    layers = [(ambient + lit * colour) * shadow for ambient, colour in colours]
    return np.stack([cv2.resize(layer.astype(np.float32), shape[::-1]) for layer in layers])


def _height_map(
    size: tuple[int, int], person: Person, units: Units, curves: dict, pose: Pose
) -> np.ndarray:
    """Return heights towards the viewer in face units, float32 of ``size``."""
    height = _head(size, person, curves["outline"][:, 1].max(), pose)
    rows, columns = np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)
    bumps = np.array(_bumps(person, units, curves))
    places = pose.project(on_head(bumps[:, :2], lift=0.03))
    width, tall, high = bumps[:, 2:].T[..., None]
    across = np.exp(-0.5 * ((columns - places[:, :1]) / (width * pose.scale)) ** 2)
    along = high.astype(np.float32) * np.exp(
        -0.5 * ((rows - places[:, 1:]) / (tall * pose.scale)) ** 2
    )
    hill = np.empty(size)
    for vertical, horizontal in zip(along, across, strict=True):
        height += np.multiply(vertical[:, None], horizontal, out=hill)
    creases = np.zeros(size, np.uint8)
    lines, depths = zip(*_creases(person, units, curves), strict=True)
    points = np.round(pose.project(on_head(np.concatenate(lines))) * 16).astype(np.int32)
    ends = np.cumsum([len(line) for line in lines])
    for line, depth in zip(np.split(points, ends[:-1]), depths, strict=True):
        if depth > 0.02:
            cv2.polylines(creases, [line], False, 255 * min(depth, 1.0), 2, cv2.LINE_AA, 4)
    return height - (0.028 + 0.012 * person.age) * blurred(creases, 0.9) / 255


def _head(size: tuple[int, int], person: Person, chin: float, pose: Pose) -> np.ndarray:
    """Return the height map of the bare head, an ellipsoid that reaches below the chin."""
    top = HEAD_CENTRE[1] - HEAD_RADII[1]
    middle = np.array([[0.0, (top + chin + 0.08) / 2, 0.0]])
    x0, y0 = pose.project(middle)[0]
    wide, tall, deep = 1.06 * HEAD_RADII[0] * person.face_width, middle[0, 1] - top, HEAD_RADII[2]
    across = np.hypot(wide * np.cos(pose.yaw), deep * np.sin(pose.yaw))
    along = np.hypot(tall * np.cos(pose.pitch), deep * np.sin(pose.pitch))
    y, x = (np.arange(n, dtype=np.float32) / pose.scale for n in size)
    x, y = x - x0 / pose.scale, y[:, None] - y0 / pose.scale
    c, s = np.cos(pose.roll), np.sin(pose.roll)
    squared = ((c * x + s * y) / across) ** 2 + ((c * y - s * x) / along) ** 2
    # Beyond its edge the head goes on as a steep slope, so that hair and neck are lit as well.
    inside = np.maximum(1 - squared, 0.0)
    height = deep * (np.sqrt(inside + 0.02) - 0.35 * np.maximum(np.sqrt(squared) - 1, 0))
    return height.astype(np.float32)


def _bumps(person: Person, units: Units, curves: dict) -> list[tuple[float, ...]]:
    """Return rounded hills and hollows: x, y, width, height of each and how far it stands out."""
    tip = curves["nose_tip"][0, 1]
    lower = curves["lower_lip_outer"][:, 1].max()
    chin = curves["outline"][:, 1].max()
    bumps = [
        (0.0, -0.06, 0.05, 0.10, 0.045),
        (0.0, 0.10, 0.055, 0.11, 0.10),
        (0.0, tip, 0.075 * person.nose_width, 0.07, 0.19),
        (0.0, -0.28, 0.07, 0.08, 0.03 * units[4]),
        (0.0, MOUTH_LEVEL - 0.04, 0.24, 0.15, 0.05),
        (0.0, lower - 0.035, 0.13, 0.035, 0.03),
        (0.0, lower + 0.045, 0.14, 0.04, -0.035),
        (0.0, chin - 0.12, 0.13, 0.09, 0.06 + 0.03 * units[17]),
    ]
    ridge = 0.02 if person.gender == "f" else 0.04
    raised = 0.05 * units[6] + 0.03 * units[12]
    for side in (-1, 1):
        bumps += [
            (side * 0.11 * person.nose_width, tip + 0.01, 0.045, 0.045, 0.06 + 0.02 * units[9]),
            (side * 0.30, -0.13, 0.15, 0.085, -0.055),
            (side * 0.28, -0.30 + 0.06 * units[4], 0.15, 0.05, ridge + 0.02 * units[4]),
            (side * 0.43, 0.20 - raised, 0.17, 0.13, 0.045 + 0.05 * units[12] + 0.035 * units[6]),
            (side * 0.30, 0.02, 0.12, 0.03, -0.012 - 0.02 * person.age),
        ]
    return bumps


def _creases(person: Person, units: Units, curves: dict) -> list[tuple[np.ndarray, float]]:
    """Return the lines that age and expression cut into a face, with their depths, 0 to 1."""
    age = person.age
    across = np.linspace(-1, 1, 9)
    raised = 0.6 * max(age - 0.3, 0) + (0.25 + 0.5 * age) * (units[1] + units[2]) / 2
    creases = [
        (np.column_stack([0.36 * across, level + 0.04 * across**2]), raised)
        for level in (-0.72, -0.60, -0.49)
    ]
    smile = 0.65 * units[12] + 0.75 * units[10] + 0.45 * units[9] + 0.1 * units[20]
    crow = 0.5 * max(age - 0.35, 0) + 0.4 * units[6] * (0.3 + age)
    wrinkle = (0.6 + 0.2 * age) * units[9]
    x, y = curves["lower_lip_inner"][-1]
    for side, name in ((-1, "left"), (1, "right")):
        creases.append((curves[f"{name}_fold"], 0.06 + 0.6 * age + smile))
        creases += [(curves[f"{name}_crow_{k}"], crow) for k in range(3)]
        lines = [
            ([(0.055, -0.42), (0.05, -0.24)], (0.35 + 0.4 * age) * units[4]),
            ([(0.03, -0.14), (0.13, -0.10)], wrinkle),
            ([(0.03, -0.08), (0.13, -0.04)], wrinkle),
            ([(0.03, -0.02), (0.13, 0.02)], wrinkle),
            ([(0.19, 0.01), (0.31, 0.04), (0.43, 0.01)], 0.5 * age + 0.3 * units[6]),
            (
                [(x + 0.02, y + 0.03), (x + 0.05, y + 0.16)],
                0.4 * units[15] + 0.35 * max(age - 0.4, 0),
            ),
        ]
        creases += [(np.array(line) * (side, 1), depth) for line, depth in lines]
    return creases
