"""One clip of a film: a person who feels something, filmed for a second or two.

Everything about a shot follows from its own random numbers and the time, so that a still, a frame
of the clip and the sound of the voice belong together whoever makes them first.
"""

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
from helpers.corpora.demo.obstacles import OBSTACLES, paint_obstacle
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
        obstacle = str(rng.choice(OBSTACLES))
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
        sway=np.column_stack([rng.normal(0, (4, 2.5, 0.22, 0.13, 0.06)), rng.uniform(0, 6.28, 5)]),
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
    paint_obstacle(image, str(thing), pose, (0.0, -0.4), shot.person, shot.light)
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
    wave = np.sin(shot.waver[:, 0] * frame / FRAMES_PER_SECOND + shot.waver[:, 1]).tolist()
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
    paint_obstacle(image, shot.obstacle, pose, tuple(at), shot.person, shot.light)
    return develop(image, shot.film, shot.grain, rng)
