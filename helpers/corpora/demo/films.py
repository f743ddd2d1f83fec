"""The invented films of the miniature: cast, places, light and the look of the footage."""

from dataclasses import dataclass

import cv2
import numpy as np

from helpers.corpora.demo.paint import as_layers, ellipse, paint, to_pixels
from helpers.corpora.demo.people import Person, make_cast
from helpers.corpora.demo.relief import Light

TITLES = {
    "train": (
        "NightFerry",
        "The_Last_Orchard",
        "PaperLanterns",
        "Twelve_Windows",
        "SaltRoad",
        "AuroraExpress",
        "The_Clockmaker",
        "WinterTide",
        "GlassHarbour",
        "Copper_Moon",
        "LongWayUp",
        "The_Quiet_Floor",
        "Monsoon_Street",
        "BlueNotebook",
        "SecondSummer",
        "Lighthouse_Nine",
    ),
    "val": (
        "RedKite",
        "The_Tailors_Daughter",
        "LowWater",
        "Station_Eleven_B",
        "Firefly",
        "The_Empty_Chair",
        "NorthWind",
        "Borrowed_Sunday",
        "HarvestOfGlass",
        "The_Third_Platform",
        "SilverCanal",
        "OrdinaryThunder",
    ),
}
"""No film is in two splits, as in AFEW."""


@dataclass(frozen=True)
class Film:
    """What all clips of a film have in common."""

    title: str
    cast: tuple[Person, ...]
    place: str
    palette: np.ndarray  # (2, 3) colours of walls and things
    lamp: np.ndarray  # (3,) colour of the light
    darkness: float  # 0 daylight .. 1 night
    tint: np.ndarray  # (3,) what the laboratory did to the colours
    saturation: float  # 0 is black and white
    contrast: float
    grain: float
    softness: float  # pixels of blur
    sound_rate: int  # Hz
    sound_codec: str  # "pcm_s16le" or "libmp3lame"
    music: float  # how loud it is under the voices, 0 .. 1
    noise: float  # the same for traffic, wind and people


def make_film(rng: np.random.Generator, title: str) -> Film:
    """Return a film with a cast of six."""
    warm, cool = np.array([1.08, 0.98, 0.82]), np.array([0.85, 0.97, 1.12])
    warmth = rng.uniform(0, 1)
    place = str(rng.choice(list(_PLACES)))
    return Film(
        title=title,
        cast=tuple(make_cast(rng, 6)),
        place=place,
        palette=rng.uniform(0.15, 0.85, (2, 3)),
        lamp=warmth * warm + (1 - warmth) * cool,
        darkness=float(rng.uniform(0.3, 0.8) if place == "street" else rng.uniform(0, 0.5)),
        tint=rng.normal(1, 0.06, 3),
        saturation=float(0.0 if rng.random() < 0.12 else rng.uniform(0.6, 1.15)),
        contrast=float(rng.uniform(0.9, 1.2)),
        grain=float(rng.uniform(0.004, 0.028)),
        softness=float(rng.uniform(0.2, 0.9)),
        sound_rate=int(rng.choice([22050, 32000, 44100], p=[0.5, 0.25, 0.25])),
        sound_codec=str(rng.choice(["pcm_s16le", "libmp3lame"], p=[0.4, 0.6])),
        music=float(max(rng.normal(0.2, 0.3), 0)),
        noise=float(rng.uniform(0.05, 0.6)),
    )


def film_light(film: Film, rng: np.random.Generator) -> Light:
    """Return the light of one shot: the film's lamp somewhere around the face."""
    side, above = rng.normal(0, 0.6), rng.normal(-0.5, 0.3)
    strength = rng.uniform(0.75, 1.0) * (1 - 0.25 * film.darkness)
    fill = rng.uniform(0.30, 0.55) * (1 - 0.35 * film.darkness)
    sky = np.array([0.92, 0.97, 1.08])
    direction = (side, above, rng.uniform(0.6, 1.0))
    return Light(direction, strength * film.lamp, fill * sky, hardness=rng.uniform(0, 0.8))


def backdrop(film: Film, rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Paint the place behind the people, out of focus: float32 RGB (3, height, width)."""
    image = np.empty((3, height, width), np.float32)
    _PLACES[film.place](image, film.palette, rng)
    image *= (1 - 0.65 * film.darkness) * as_layers(film.lamp)
    if film.place == "street" or film.darkness > 0.45:
        _paint_lamps(image, rng)
    blur = rng.uniform(1.2, 4.0)
    return np.stack([cv2.GaussianBlur(layer, (0, 0), blur) for layer in image])


def film_grain(film: Film, rng: np.random.Generator) -> np.ndarray:
    """Return a piece of raw film larger than a picture, float32 (height, width)."""
    grain = rng.standard_normal((230, 280), np.float32) * np.float32(1.6 * film.grain)
    return cv2.GaussianBlur(grain, (0, 0), 0.6)


def develop(
    image: np.ndarray, film: Film, grain: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Give a picture the look of the film's footage.

    float32 RGB in 0..1 (3, height, width) -> uint8 RGB (height, width, 3).
    """
    height, width = image.shape[1:]
    image = np.stack([cv2.GaussianBlur(layer, (0, 0), film.softness) for layer in image])
    y, x = rng.integers(0, (grain.shape[0] - height + 1, grain.shape[1] - width + 1))
    red, green, blue = image
    grey = 0.299 * red + 0.587 * green + 0.114 * blue
    # (image - 0.5) * contrast + 0.5, after pulling the colours towards grey.
    image *= np.float32(film.saturation * film.contrast)
    image += np.float32((1 - film.saturation) * film.contrast) * grey
    image += grain[y : y + height, x : x + width] + np.float32(0.5 - 0.5 * film.contrast)
    image *= as_layers(film.tint)
    return to_pixels(image)


def _rectangle(x: float, y: float, width: float, height: float) -> np.ndarray:
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def _fade(image: np.ndarray, top: np.ndarray, bottom: np.ndarray) -> None:
    fraction = np.linspace(0, 1, image.shape[1], dtype=np.float32)[:, None]
    image[:] = (1 - fraction) * as_layers(top) + fraction * as_layers(bottom)


def _room(image: np.ndarray, palette: np.ndarray, rng: np.random.Generator) -> None:
    """Paint a wall with a window, pictures and a shelf of books."""
    height, width = image.shape[1:]
    wall, things = palette
    _fade(image, 0.9 * wall + 0.1, 0.7 * wall)
    x = rng.uniform(-0.1, 0.75) * width
    paint(image, _rectangle(x, 0.05 * height, 0.3 * width, 0.5 * height), (0.95, 0.97, 1.0))
    for k in (0.0, 0.5, 1.0):
        bar = _rectangle(x + 0.3 * width * k - 3, 0.05 * height, 6, 0.5 * height)
        paint(image, bar, 0.5 * things)
    for _ in range(rng.integers(1, 4)):
        left, top = rng.uniform(0, 0.9) * width, rng.uniform(0, 0.45) * height
        frame = _rectangle(
            left, top, rng.uniform(0.08, 0.2) * width, rng.uniform(0.1, 0.25) * height
        )
        paint(image, frame, 0.3 * things)
        paint(
            image,
            0.85 * (frame - frame.mean(axis=0)) + frame.mean(axis=0),
            rng.uniform(0.2, 0.9, 3),
        )
    shelf = rng.uniform(0.6, 0.8) * height
    for left in np.arange(0, width, rng.uniform(9, 16)):
        tall = rng.uniform(0.10, 0.18) * height
        paint(image, _rectangle(left, shelf - tall, 9, tall), rng.uniform(0.1, 0.8, 3))
    paint(image, _rectangle(0, shelf, width, 8), 0.4 * things)


def _street(image: np.ndarray, palette: np.ndarray, rng: np.random.Generator) -> None:
    """Paint houses with lit windows under a dark sky."""
    height, width = image.shape[1:]
    _fade(image, 0.25 * palette[0] + (0.02, 0.03, 0.08), 0.45 * palette[0])
    left = 0.0
    while left < width:
        wide, tall = rng.uniform(0.12, 0.3) * width, rng.uniform(0.5, 0.95) * height
        tone = rng.uniform(0.3, 0.8) * palette[1]
        paint(image, _rectangle(left, height - tall, wide, tall), tone)
        for x in np.arange(left + 8, left + wide - 14, 20):
            for y in np.arange(height - tall + 8, height, 26):
                if rng.random() < 0.4:
                    paint(image, _rectangle(x, y, 11, 15), (1.2, 1.0, 0.6), rng.uniform(0.4, 1))
        left += wide


def _forest(image: np.ndarray, palette: np.ndarray, rng: np.random.Generator) -> None:
    """Paint trunks and leaves with the sky between them."""
    height, width = image.shape[1:]
    _fade(image, np.array([0.85, 0.93, 0.98]), np.array([0.30, 0.42, 0.18]))
    for _ in range(14):
        x, wide = rng.uniform(0, width), rng.uniform(6, 34)
        trunk = np.array(
            [(x, 0), (x + wide, 0), (x + 1.3 * wide, height), (x - 0.3 * wide, height)]
        )
        paint(image, trunk, rng.uniform(0.5, 1.1) * np.array([0.30, 0.22, 0.15]))
    for _ in range(160):
        place = (rng.uniform(0, width), rng.triangular(0, 0, 1) * height)
        leaf = ellipse(place, tuple(rng.uniform(6, 22, 2)), 10)
        green = np.array([0.28, 0.45, 0.14]) * rng.uniform(0.5, 1.6) + 0.1 * palette[0]
        paint(image, leaf, green, 0.85)


def _office(image: np.ndarray, palette: np.ndarray, rng: np.random.Generator) -> None:
    """Paint blinds, a board and a plant in even light."""
    height, width = image.shape[1:]
    _fade(image, 0.3 * palette[0] + 0.6, 0.3 * palette[0] + 0.45)
    x, wide = rng.uniform(0, 0.6) * width, rng.uniform(0.3, 0.5) * width
    for y in np.arange(0, 0.6 * height, 9):
        paint(image, _rectangle(x, y, wide, 5), (0.96, 0.97, 0.98))
        paint(image, _rectangle(x, y + 5, wide, 4), (0.62, 0.68, 0.74))
    board = _rectangle(rng.uniform(0, 0.6) * width, 0.15 * height, 0.35 * width, 0.3 * height)
    paint(image, board, 0.5 * palette[1] + 0.4)
    paint(image, _rectangle(0, 0.78 * height, width, 0.3 * height), 0.6 * palette[1])
    foot = np.array([rng.uniform(0.05, 0.95) * width, 0.8 * height])
    for angle in np.linspace(-1.2, 1.2, 9):
        tip = foot + np.array([np.sin(angle), -np.cos(angle)]) * rng.uniform(0.2, 0.4) * height
        blade = np.array([foot - (4, 0), (foot + tip) / 2 + (9, 0), tip, (foot + tip) / 2 - (9, 0)])
        paint(image, blade, np.array([0.15, 0.42, 0.18]) * rng.uniform(0.7, 1.3))


def _sea(image: np.ndarray, palette: np.ndarray, rng: np.random.Generator) -> None:
    """Paint a horizon with clouds, sun and waves."""
    height, width = image.shape[1:]
    horizon = int(rng.uniform(0.4, 0.65) * height)
    sky = 0.3 * palette[0]
    _fade(image[:, :horizon], sky + (0.35, 0.5, 0.7), sky + (0.65, 0.6, 0.55))
    _fade(image[:, horizon:], np.array([0.30, 0.45, 0.55]), np.array([0.08, 0.22, 0.32]))
    sun = (rng.uniform(0, width), rng.uniform(0.3, 0.9) * horizon)
    paint(image, ellipse(sun, (22, 22)), (1.2, 1.1, 0.8), 0.9, 6)
    for _ in range(12):
        place = (rng.uniform(0, width), rng.uniform(0, 0.8) * horizon)
        paint(image, ellipse(place, (rng.uniform(20, 70), rng.uniform(6, 16))), np.ones(3), 0.5, 6)
    for _ in range(60):
        y = horizon + (height - horizon) * rng.random() ** 1.5
        crest = ellipse((rng.uniform(0, width), y), (rng.uniform(8, 40), 1.8), 10)
        paint(image, crest, np.ones(3), 0.45)


_PLACES = {"room": _room, "street": _street, "forest": _forest, "office": _office, "sea": _sea}


def _paint_lamps(image: np.ndarray, rng: np.random.Generator) -> None:
    """Paint lights far behind, which the lens turns into discs."""
    height, width = image.shape[1:]
    for _ in range(rng.integers(6, 18)):
        radius = rng.uniform(5, 16)
        disc = ellipse((rng.uniform(0, width), rng.uniform(0, 0.8) * height), (radius, radius), 20)
        colour = np.array([(1.1, 0.9, 0.5), (1.0, 0.5, 0.4), (0.6, 0.9, 1.1)])[rng.integers(3)]
        paint(image, disc, colour, rng.uniform(0.25, 0.8))
