"""How the light of a face changes in space and time: local binary patterns on three planes.

The video baseline of EmotiW (Zhao and Pietikäinen, 2007; Dhall and others, 2013). Each point is
compared with eight neighbours, in the picture (XY) and in the two planes that time spans with a row
(XT) and with a column (YT); kept is how often each pattern occurs in each part of the face.

Neighbours lie where the authors' MATLAB code puts them, on whole pixels. Libraries
that interpolate between pixels (scikit-image) give other patterns.
"""

from functools import cache
from itertools import pairwise

import numpy as np

from helpers.cache import Unusable

PLANES = ("XY", "XT", "YT")
BLOCKS = 4
"""Parts of the face to each side, as in the baseline."""

NEIGHBOURS = 8
_CODES = 1 << NEIGHBOURS


@cache
def uniform_bins() -> np.ndarray:
    """Return the bin of each of the 256 patterns, 59 bins in all, as a read-only array.

    The 58 uniform patterns (at most two changes between 0 and 1 around the circle) have one each,
    ascending; all others share the last.
    """
    codes = np.arange(_CODES)
    changes = codes ^ (codes >> 1 | (codes & 1) << NEIGHBOURS - 1)
    uniform = np.bitwise_count(changes) <= 2
    bins = np.full(_CODES, uniform.sum())
    bins[uniform] = np.arange(uniform.sum())
    bins.flags.writeable = False
    return bins


def circle(radius: int) -> list[tuple[int, int]]:
    """Return the steps to the eight neighbours, (right, up), counter-clockwise from the right.

    Examples
    --------
    >>> circle(3)
    [(3, 0), (2, 2), (0, 3), (-2, 2), (-3, 0), (-2, -2), (0, -3), (2, -2)]
    """
    angles = 2 * np.pi * np.arange(NEIGHBOURS) / NEIGHBOURS
    points = np.floor(radius * np.stack([np.cos(angles), np.sin(angles)], 1) + 0.5).astype(int)
    return [(int(right), int(up)) for right, up in points]


def pattern_codes(volume: np.ndarray, radius: int = 1) -> dict[str, np.ndarray]:
    """Return the pattern of every point that has all its neighbours, by plane.

    Parameters
    ----------
    volume : uint8 array (frames, height, width)
    radius : int
        In pixels and in frames.

    Returns
    -------
    dict
        ``XY``, ``XT`` and ``YT``, uint8 (frames - 2 r, height - 2 r, width - 2 r). Bit p is set if
        neighbour p is at least as bright as the point.

    Raises
    ------
    helpers.cache.Unusable
        If there are fewer than 2 r + 1 frames, rows or columns.
    """
    volume = np.ascontiguousarray(volume)
    if volume.dtype != np.uint8 or volume.ndim != 3:
        raise ValueError(
            f"LBP-TOP takes grey frames as uint8 (frames, height, width); got {volume.dtype} "
            f"{volume.shape}."
        )
    if min(volume.shape) <= 2 * radius:
        raise Unusable(
            f"{len(volume)} frames of {volume.shape[1]}x{volume.shape[2]} pixels: LBP-TOP of "
            f"radius {radius} needs at least {2 * radius + 1} of each"
        )
    # One long row of points: a neighbour lies a fixed number of places further on. What this makes
    # of points at the border is cut off in the end.
    frames, height, width = volume.shape
    places = np.array([height * width, width, 1])
    points, reach = volume.ravel(), radius * int(places.sum())
    inside = slice(reach, points.size - reach)
    brighter = np.empty(points[inside].shape, bool)
    codes = {}
    for plane in PLANES:
        of_plane = np.zeros(points.shape, np.uint8)
        code = of_plane[inside]
        for cosine, sine in reversed(circle(radius)):  # the last one's bit is the highest
            step = {
                "XY": (0, -sine, cosine),  # rows are counted downwards
                "XT": (sine, 0, cosine),
                "YT": (cosine, -sine, 0),
            }[plane]
            start = reach + int(places @ step)
            neighbours = points[start : start + brighter.size]
            np.greater_equal(neighbours, points[inside], out=brighter)
            np.add(code, code, out=code)
            np.bitwise_or(code, brighter.view(np.uint8), out=code)
        codes[plane] = of_plane.reshape(volume.shape)[
            radius : frames - radius, radius : height - radius, radius : width - radius
        ]
    return codes


def lbp_top(volume: np.ndarray, radius: int = 1, *, blocks: int = BLOCKS) -> np.ndarray:
    """Return how often each pattern occurs in each part of a face, over all frames.

    Parameters
    ----------
    volume : uint8 array (frames, height, width)
        An aligned face; the baseline's are 128x128.
    radius : int
        The organisers' is not known.
    blocks : int
        Parts to each side; they are cut after the patterns were found.

    Returns
    -------
    float64 array (blocks * blocks * 3 * 59,)
        2,832 numbers: rows of blocks, blocks, planes, bins. The 59 of each histogram sum to 1.

    Raises
    ------
    helpers.cache.Unusable
        As :func:`pattern_codes`; or if there are fewer points than blocks to a side.
    """
    codes = pattern_codes(volume, radius)
    _, height, width = codes["XY"].shape
    if min(height, width) < blocks:
        raise Unusable(f"{height}x{width} points cannot be cut into {blocks}x{blocks} blocks")
    rows, columns = (np.arange(blocks + 1) * size // blocks for size in (height, width))
    counts = [
        np.bincount(codes[plane][:, top:bottom, left:right].ravel(), minlength=_CODES)
        for top, bottom in pairwise(rows)
        for left, right in pairwise(columns)
        for plane in PLANES
    ]
    histograms = np.array(counts) @ np.eye(uniform_bins().max() + 1)[uniform_bins()]
    return (histograms / histograms.sum(axis=1, keepdims=True)).ravel()
