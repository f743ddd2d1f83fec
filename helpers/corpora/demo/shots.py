"""One clip of a film: a person who feels something, filmed for a second or two.

Everything about a shot follows from its own random numbers and the time, so that a still, a frame
of the clip and the sound of the voice belong together whoever makes them first.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from scipy.special import ndtr

from helpers.corpora.demo.difficulty import (
    COMPLEMENTARY,
    FACE_INTENSITY,
    ONSET,
    STRAY,
    VARIATION,
    VOICE_INTENSITY,
    WAVER,
)
from helpers.corpora.demo.expressions import ACTION_UNITS, add_units, express
from helpers.corpora.demo.faces import draw_face
from helpers.corpora.demo.films import Film, backdrop, develop, film_grain, film_light
from helpers.corpora.demo.geometry import Pose
from helpers.corpora.demo.paint import ellipse, paint, smooth
from helpers.corpora.demo.people import Person
from helpers.corpora.demo.relief import Light

HEIGHT, WIDTH, FRAMES_PER_SECOND = 192, 240, 25
FRAMES = (20, 40)  # of the shortest and of the longest clip


@dataclass(frozen=True)
class Shot:
    """A clip before it is filmed."""

    film: Film
    person: Person
    emotion: str
    face_intensity: float  # how much of the emotion the face shows, 0 to about 1
    voice_intensity: float  # the same for the voice
    frames: int
    units: dict[int, float]  # the expression at its strongest
    peak: tuple[float, float]  # when it is, and how long it lasts, as fractions of the clip
    waver: np.ndarray  # (units, 2) how fast each unit comes and goes, 1/s, and its phase
    pose: Pose  # in pixels of the clip's picture
    sway: np.ndarray  # (5, 2) how far x, y, yaw, pitch, roll move, and their phases
    drift: tuple[float, float]  # pixels a second, of the camera over the backdrop
    light: Light
    place: np.ndarray  # float32 RGB, larger than the picture
    grain: np.ndarray  # float32, larger than the picture
    obstacle: str  # what covers a part of the face, or ""
    obstacle_at: tuple[float, float]  # in face units
    obstacle_move: tuple[float, float]  # face units a second
    blink: float  # frame


def make_shot(film: Film, emotion: str, rng: np.random.Generator) -> Shot:
    """Return a shot of one of the film's cast showing an emotion."""
    person = film.cast[rng.integers(len(film.cast))]
    in_face, in_voice = _intensities(rng)
    frames = int(rng.integers(FRAMES[0], FRAMES[1] + 1))
    scale = float(rng.uniform(51, 61))
    centre = (rng.uniform(0.38, 0.62) * WIDTH, rng.uniform(0.50, 0.56) * HEIGHT)
    yaw, pitch, roll = rng.normal(0, (0.18, 0.08, 0.08))
    obstacle = ""
    if rng.random() < 0.15:
        obstacle = str(rng.choice(["hand", "phone", "cup", "leaves", "shoulder"]))
    return Shot(
        film=film,
        person=person,
        emotion=emotion,
        face_intensity=in_face,
        voice_intensity=in_voice,
        frames=frames,
        units=express(emotion, in_face, rng, VARIATION, manner=person.manner),
        peak=(rng.uniform(0.1, 0.9), rng.uniform(0.2, 0.5)),
        waver=rng.uniform((4, 0), (14, 2 * np.pi), (len(ACTION_UNITS), 2)),
        pose=Pose(
            centre, scale, *np.clip((yaw, pitch, roll), -0.7, 0.7), tuple(rng.normal(0, 0.4, 2))
        ),
        sway=np.column_stack([rng.normal(0, (4, 2.5, 0.12, 0.08, 0.06)), rng.uniform(0, 6.28, 5)]),
        drift=tuple(rng.normal(0, 8, 2)),
        light=film_light(film, rng),
        place=backdrop(film, rng, int(1.3 * HEIGHT), int(1.3 * WIDTH)),
        grain=film_grain(film, rng),
        obstacle=obstacle,
        obstacle_at=tuple(rng.normal(0, 0.25, 2)),
        obstacle_move=tuple(rng.normal(0, 0.4, 2)),
        blink=float(rng.uniform(3, 50)),
    )


def _intensities(rng: np.random.Generator) -> tuple[float, float]:
    """Return how much face and voice show: where one shows little the other often shows more."""
    first, second = rng.standard_normal(2)
    second = -COMPLEMENTARY * first + np.sqrt(1 - COMPLEMENTARY**2) * second
    ranges = (FACE_INTENSITY, VOICE_INTENSITY)
    chances = ndtr([first, second])
    return tuple(
        float(low + (high - low) * chance)
        for (low, high), chance in zip(ranges, chances, strict=True)
    )


def film_frame(
    shot: Shot, frame: int, mouth: float, rng: np.random.Generator
) -> tuple[np.ndarray, Pose]:
    """Return a frame of the clip, uint8 RGB (192, 240, 3), and where the head is in it.

    ``mouth`` is how wide speech opens the mouth, 0 to 1.
    """
    pose = head_pose(shot, frame)
    x, y = _place_offset(shot, frame)
    move = np.array([[1, 0, -x], [0, 1, -y]], dtype=float)
    return _film(shot, frame, mouth, pose, move, (HEIGHT, WIDTH), rng), pose


def film_still(
    shot: Shot, frame: int, mouth: float, height: int, width: int, rng: np.random.Generator
) -> np.ndarray:
    """Return the face in a frame, cut out and roughly put upright: uint8 RGB (height, width, 3)."""
    pose = head_pose(shot, frame)
    zoom = width / (1.75 * pose.scale) * rng.uniform(0.95, 1.05)
    face = pose.project(np.array([[0.0, 0.05, 0.5]]))[0] + rng.normal(0, 0.025, 2) * pose.scale
    corner = face - np.array([width, height]) / (2 * zoom)
    close = replace(
        pose,
        centre=tuple((np.array(pose.centre) - corner) * zoom),
        scale=pose.scale * zoom,
        roll=0.4 * pose.roll,
    )
    x, y = np.array(_place_offset(shot, frame)) + corner
    move = np.array([[zoom, 0, -x * zoom], [0, zoom, -y * zoom]])
    return _film(shot, frame, mouth, close, move, (height, width), rng)


def film_no_face(shot: Shot, height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    """Return what a detector mistook for a face: a piece of the place, or a thing in it."""
    zoom = rng.uniform(0.9, 2.0)
    x, y = rng.uniform(0, np.array(shot.place.shape[:0:-1]) - np.array([width, height]) / zoom)
    move = np.array([[zoom, 0, -x * zoom], [0, zoom, -y * zoom]])
    image = _placed(shot.place, move, (height, width))
    pose = Pose((width * rng.uniform(0.3, 0.7), height * rng.uniform(0.4, 0.7)), 0.45 * width)
    thing = rng.choice(["hand", "phone", "cup", "leaves", "nothing"])
    _paint_obstacle(image, str(thing), pose, (0.0, -0.4), shot.person, shot.light)
    return develop(image, shot.film, shot.grain, rng)


def head_pose(shot: Shot, frame: int) -> Pose:
    """Return where the head is in a frame of the clip."""
    seconds = frame / FRAMES_PER_SECOND
    x, y, yaw, pitch, roll = shot.sway[:, 0] * np.sin(3.5 * seconds + shot.sway[:, 1])
    pose = shot.pose
    return replace(
        pose,
        centre=(pose.centre[0] + x, pose.centre[1] + y),
        yaw=pose.yaw + yaw,
        pitch=pose.pitch + pitch,
        roll=pose.roll + roll,
    )


def _units_at(shot: Shot, frame: int, mouth: float) -> dict[int, float]:
    """Return the expression in a frame: it comes and goes, the mouth speaks, the eyes blink."""
    when, width = shot.peak
    rise = ONSET + (1 - ONSET) * np.exp(-0.5 * ((frame / shot.frames - when) / width) ** 2)
    wave = np.sin(shot.waver[:, 0] * frame / FRAMES_PER_SECOND + shot.waver[:, 1])
    units = {
        unit: rise * shot.units[unit] * (1 + WAVER * now) + STRAY * max(-now, 0.0) ** 2
        for unit, now in zip(ACTION_UNITS, wave, strict=True)
    }
    closing = max(1 - abs(frame - shot.blink) / 2.5, 0.0)
    return add_units(units, {25: 0.4 * mouth, 26: 0.3 * mouth, 43: 1.2 * closing})


def _place_offset(shot: Shot, frame: int) -> tuple[float, float]:
    seconds = frame / FRAMES_PER_SECOND
    return 0.15 * WIDTH + shot.drift[0] * seconds, 0.15 * HEIGHT + shot.drift[1] * seconds


def _placed(place: np.ndarray, move: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the part of the place that the camera sees, float32 (3, *size)."""
    mirror = {"borderMode": cv2.BORDER_REFLECT_101}
    return np.stack([cv2.warpAffine(layer, move, size[::-1], **mirror) for layer in place])


def _film(
    shot: Shot,
    frame: int,
    mouth: float,
    pose: Pose,
    move: np.ndarray,
    size: tuple[int, int],
    rng: np.random.Generator,
) -> np.ndarray:
    image = _placed(shot.place, move, size)
    draw_face(image, shot.person, _units_at(shot, frame, mouth), pose, shot.light)
    seconds = (frame - shot.frames / 2) / FRAMES_PER_SECOND
    at = np.array(shot.obstacle_at) + seconds * np.array(shot.obstacle_move)
    _paint_obstacle(image, shot.obstacle, pose, tuple(at), shot.person, shot.light)
    return develop(image, shot.film, shot.grain, rng)


def _paint_obstacle(
    image: np.ndarray,
    kind: str,
    pose: Pose,
    at: tuple[float, float],
    person: Person,
    light: Light,
) -> None:
    """Paint what stands between camera and face; ``at`` moves it, in face units."""
    if kind not in _OBSTACLES:
        return
    brightness = light.ambient + 0.6 * light.colour
    origin = np.array(pose.centre) + np.array(at) * pose.scale

    def place(points: list) -> np.ndarray:
        return np.array(points) * pose.scale + origin

    _OBSTACLES[kind](image, place, pose.scale, person, brightness)


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


_OBSTACLES = {"hand": _hand, "phone": _phone, "cup": _cup, "leaves": _leaves, "shoulder": _shoulder}
