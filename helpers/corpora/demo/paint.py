"""Painting soft, antialiased shapes.

Pictures in the making are float32 RGB in 0..1, colours first: (3, height, width). A mask then
meets whole rows of one colour, which NumPy does five times as fast as triples of colours.
"""

from functools import cache, lru_cache

import cv2
import numpy as np

_SUBPIXEL_BITS = 4


def paint(
    image: np.ndarray,
    outline: np.ndarray | list[np.ndarray],
    colour: np.ndarray,
    opacity: float = 1.0,
    softness: float = 0.0,
    inside: np.ndarray | None = None,
) -> None:
    """Paint a filled polygon on ``image`` in place.

    Parameters
    ----------
    image : float32 array (3 or 4, height, width)
        A fourth channel gathers how much of each pixel is covered; colours are premultiplied.
    outline : array (n, 2), or a list of them
        Corners x, y in pixels; they may lie outside the picture.
    colour : array (3,)
    opacity : float
        0 leaves the picture as it is.
    softness : float
        Standard deviation in pixels by which the edge is blurred.
    inside : array (m, 2), optional
        A second polygon; nothing is painted outside of it.
    """
    outlines = outline if isinstance(outline, list) else [outline]
    corners = outlines[0] if len(outlines) == 1 else np.concatenate(outlines)
    margin = int(3 * softness) + 2
    height, width = image.shape[1:]
    left, top = (max(int(low) - margin, 0) for low in corners.min(axis=0))
    right, bottom = corners.max(axis=0)
    right, bottom = min(int(right) + margin, width), min(int(bottom) + margin, height)
    if right <= left or bottom <= top or opacity <= 0:
        return
    box = (left, top, right, bottom)
    mask = _mask(outlines, box)
    if softness > 0.3:
        mask = blurred(mask, softness)
    alpha = mask * np.float32(min(opacity, 1.0) / 255)
    if inside is not None:
        alpha *= _mask([inside], box) * np.float32(1 / 255)
    region = image[:, top:bottom, left:right]
    step = as_layers([*colour, 1.0][: len(image)]) - region
    step *= alpha
    region += step


def as_layers(colour: np.ndarray) -> np.ndarray:
    """Return a colour (n,) so that it meets pictures of n layers: float32 (n, 1, 1)."""
    return np.asarray(colour, np.float32)[:, None, None]


def to_pixels(image: np.ndarray) -> np.ndarray:
    """Return a picture as files want it: float32 (3, height, width) -> uint8 (height, width, 3)."""
    return cv2.convertScaleAbs(np.maximum(cv2.merge(list(image)), 0), alpha=255)


def _mask(outlines: list[np.ndarray], box: tuple[int, int, int, int]) -> np.ndarray:
    left, top, right, bottom = box
    mask = np.zeros((bottom - top, right - left), np.uint8)
    for outline in outlines:
        points = ((outline - (left, top)) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        cv2.fillPoly(mask, [points], 255, cv2.LINE_AA, _SUBPIXEL_BITS)
    return mask


def blurred(mask: np.ndarray, softness: float) -> np.ndarray:
    """Return a blurred mask, uint8 -> float32 of whole numbers: what GaussianBlur makes of it."""
    # GaussianBlur does it with integers, which takes up to ten times as long. No sum here has more
    # than the 24 bits that float32 holds, so both are exact.
    weights = _blur_weights(softness)
    sums = cv2.sepFilter2D(mask, cv2.CV_32F, weights, weights, delta=0.5)
    return np.floor(sums, out=sums)


@lru_cache
def _blur_weights(softness: float) -> np.ndarray:
    """Return the whole 256ths by which GaussianBlur weighs bytes, their rounding errors carried."""
    size = round(6 * softness + 1) | 1
    rising = cv2.getGaussianKernel(size, softness)[: size // 2, 0]
    rising = np.diff(np.rint(256 * np.cumsum(rising)), prepend=0)
    return np.concatenate([rising, [256 - 2 * rising.sum()], rising[::-1]]) / 256


def smooth(points: np.ndarray, closed: bool = False, steps: int = 6) -> np.ndarray:
    """Return a Catmull-Rom curve through ``points``, array (n, d) -> (about n * steps, d)."""
    points = np.asarray(points, dtype=float)
    if closed:
        padded = np.concatenate([points[-1:], points, points[:2]])
    else:
        first, last = 2 * points[0] - points[1], 2 * points[-1] - points[-2]
        padded = np.concatenate([[first], points, [last]])
    windows = padded[np.arange(len(padded) - 3)[:, None] + np.arange(4)]
    curve = (_catmull_rom_weights(steps) @ windows).reshape(-1, points.shape[1])
    return curve if closed else np.concatenate([curve, points[-1:]])


@cache
def _catmull_rom_weights(steps: int) -> np.ndarray:
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    return 0.5 * np.hstack(
        [-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3]
    )


def ribbon(points: np.ndarray, widths: np.ndarray | float) -> np.ndarray:
    """Return the outline of a stroke along ``points`` (n, 2) that is ``widths`` (n,) pixels wide.

    One number for ``widths`` gives a stroke that tapers at both ends. Lines of the same length can
    be given together, (lines, n, 2).
    """
    if np.isscalar(widths):
        widths = widths * _taper(points.shape[-2])
    along = np.empty_like(points)
    along[..., 1:-1, :] = points[..., 2:, :] - points[..., :-2, :]
    along[..., 0, :] = points[..., 1, :] - points[..., 0, :]
    along[..., -1, :] = points[..., -1, :] - points[..., -2, :]
    length = np.hypot(along[..., 0], along[..., 1]) + 1e-9
    offset = along[..., ::-1] * (-1, 1) * (0.5 * np.asarray(widths) / length)[..., None]
    return np.concatenate([points + offset, (points - offset)[..., ::-1, :]], axis=-2)


def ellipse(
    centre: tuple[float, float], radii: tuple[float, float], points: int = 32
) -> np.ndarray:
    """Return the corners of an ellipse, array (points, 2)."""
    return _circle(points) * radii + centre


@cache
def _taper(points: int) -> np.ndarray:
    return np.sin(np.linspace(0.15, np.pi - 0.15, points))


@cache
def _circle(points: int) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)
