"""Faces of a clip, upright and of one size, and 468 points of each (Kartynnik and others, 2019).

A face is looked for in every fifth frame; in between its five points are interpolated. The points
of the mesh are normalised for place, size and turn: what is left is the shape of the face.
"""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from helpers.cache import Unusable
from helpers.decoding.film import extract_frames
from helpers.features.yunet import find_faces

FACE_SIZE = 128
"""Side of an aligned face in pixels, as in EmotiW's baseline."""

FEWEST_FRAMES = 3
"""A clip that shows a face in fewer frames has no features: nothing can be seen to move."""

MESH_POINTS = 468

_EVERY = 5  # frames between two looks for a face
_MOST_FRAMES = 250  # of a clip; longer ones are thinned out
# Where eyes, nose and corners of the mouth lie in an aligned face, as fractions of its side.
_TEMPLATE = np.array([(0.365, 0.4), (0.635, 0.4), (0.5, 0.555), (0.388, 0.71), (0.612, 0.71)])
_MESH_SIDE = 192
_EYE_CORNERS = (33, 263)  # the outer ones, left and right in the picture


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the turn, size and place that bring points closest to others, least squares.

    Both are (points, 2); the result is a (2, 3) matrix for ``cv2.warpAffine``. A plane's points are
    complex numbers here, and a turn with a size is the factor of a line through them.
    """
    source, target = (points @ [1, 1j] for points in (np.asarray(source), np.asarray(target)))
    centred = source - source.mean()
    factor = (centred.conj() @ target) / (centred.conj() @ centred).real
    shift = target.mean() - factor * source.mean()
    return np.array(
        [[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]]
    )


def align_face(picture: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the face with these five points (5, 2), upright, uint8 (128, 128) grey."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) if picture.ndim == 3 else picture
    matrix = similarity(points, FACE_SIZE * _TEMPLATE)
    return cv2.warpAffine(grey, matrix, (FACE_SIZE, FACE_SIZE), borderMode=cv2.BORDER_REPLICATE)


def follow_face(frames: np.ndarray, weights: str | Path) -> np.ndarray:
    """Return the five points of the largest face in each frame, (frames, 5, 2); nan without one.

    Where a face is missing at one of two looks, or has jumped by more than its width, nothing is
    interpolated between the two.
    """
    looks = sorted({*range(0, len(frames), _EVERY), len(frames) - 1})
    points, widths = np.full((len(frames), 5, 2), np.nan), np.zeros(len(frames))
    for frame in looks:
        faces = find_faces(frames[frame], weights)
        if len(faces):
            points[frame], widths[frame] = faces.points[0], faces.boxes[0, 3]
    for first, last in zip(looks, looks[1:], strict=False):
        moved = np.abs(points[last] - points[first]).mean(axis=0).max()
        if moved < min(widths[first], widths[last]):  # nan is not
            steps = np.linspace(0, 1, last - first + 1)[:, None, None]
            points[first : last + 1] = (1 - steps) * points[first] + steps * points[last]
    return points


def aligned_faces(path: str | Path, weights: str | Path) -> np.ndarray:
    """Return the face of each frame of a clip that shows one, uint8 (faces, 128, 128) grey.

    Raises
    ------
    helpers.cache.Unusable
        If the clip cannot be read, or shows a face in fewer than ``FEWEST_FRAMES`` frames.
    """
    frames = extract_frames(path, frames_per_clip=_MOST_FRAMES)
    points = follow_face(frames, weights)
    shown = np.flatnonzero(np.isfinite(points).all(axis=(1, 2)))
    if len(shown) < FEWEST_FRAMES:
        raise Unusable(
            f"a face in {len(shown)} of {len(frames)} frames; at least {FEWEST_FRAMES} are needed"
        )
    return np.stack([align_face(frames[frame], points[frame]) for frame in shown])


def mesh_points(faces: np.ndarray, weights: str | Path) -> np.ndarray:
    """Return the points of aligned faces, float32 (faces, 468, 2), x and y in their own pixels.

    ``weights`` is ``helpers.features.weights.weights_path("face_mesh")``.
    """
    network = _mesh(str(weights))
    points = np.empty((len(faces), MESH_POINTS, 2), np.float32)
    for row, face in enumerate(faces):
        large = cv2.resize(face, (_MESH_SIDE, _MESH_SIDE), interpolation=cv2.INTER_LINEAR)
        network.setInput(np.repeat(large[None, None].astype(np.float32) / 255, 3, axis=1))
        points[row] = network.forward().reshape(MESH_POINTS, 3)[:, :2]
    return points * (faces.shape[1] / _MESH_SIDE)


def normalised_points(points: np.ndarray) -> np.ndarray:
    """Return points (faces, 468, 2) without their place, size and turn, in the same shape.

    Their mean is 0, their mean squared distance from it 1, and the outer corners of the eyes lie
    level.
    """
    plane = points @ [1, 1j]
    plane = plane - plane.mean(axis=1, keepdims=True)
    left, right = _EYE_CORNERS
    level = plane[:, right] - plane[:, left]
    size = np.sqrt((np.abs(plane) ** 2).mean(axis=1))
    plane = plane * (level.conj() / np.abs(level) / size)[:, None]
    return np.stack([plane.real, plane.imag], axis=-1)


@lru_cache(maxsize=2)
def _mesh(weights: str) -> cv2.dnn.Net:
    return cv2.dnn.readNetFromTFLite(weights)
