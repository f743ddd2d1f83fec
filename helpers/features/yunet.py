"""Where the faces are in a picture, with five points of each: YuNet (Wu and others, 2023)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

_LONGEST_SIDE = 640  # pixels; larger pictures are made smaller, their faces are large enough
_SURE = 0.6  # of 1; at OpenCV's own 0.9 a quarter of the faces in real film frames is missed
_OVERLAP = 0.3
_MOST_FACES = 100


@dataclass(frozen=True)
class Faces:
    """Faces of one picture, the largest first, in pixels.

    ``boxes`` float32 (faces, 4), top, left, height, width; ``points`` float32 (faces, 5, 2), x and
    y of the eyes (the one to the left in the picture first), the nose's tip and the corners of the
    mouth; ``scores`` float32 (faces,), 0 to 1.
    """

    boxes: np.ndarray
    points: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        """Return the number of faces."""
        return len(self.scores)


def find_faces(picture: np.ndarray, weights: str | Path) -> Faces:
    """Find faces of any turn and size, from about ten pixels on.

    Parameters
    ----------
    picture : uint8 array (height, width) or (height, width, 3), RGB
    weights : path
        ``helpers.features.weights.weights_path("yunet")``.
    """
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3):
        raise ValueError(
            f"find_faces takes one uint8 picture, (height, width) or (height, width, 3); got "
            f"{picture.dtype} {picture.shape}."
        )
    conversion = cv2.COLOR_GRAY2BGR if picture.ndim == 2 else cv2.COLOR_RGB2BGR
    picture = cv2.cvtColor(np.ascontiguousarray(picture), conversion)
    scale = min(1.0, _LONGEST_SIDE / max(picture.shape[:2]))
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    detector = _detector(str(weights))
    detector.setInputSize((picture.shape[1], picture.shape[0]))
    found = detector.detect(picture)[1]
    found = np.zeros((0, 15), np.float32) if found is None else found
    found = found[np.argsort(-found[:, 2] * found[:, 3], kind="stable")]
    return Faces(
        found[:, [1, 0, 3, 2]] / scale, found[:, 4:14].reshape(-1, 5, 2) / scale, found[:, 14]
    )


@lru_cache(maxsize=2)
def _detector(weights: str) -> cv2.FaceDetectorYN:
    with _without_warnings():
        return cv2.FaceDetectorYN.create(weights, "", (64, 64), _SURE, _OVERLAP, _MOST_FACES)


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep OpenCV 5 from warning of what nobody asked it for; OpenCV 4 does not warn."""
    logging = getattr(cv2.utils, "logging", None)
    level = logging.setLogLevel(logging.LOG_LEVEL_ERROR) if logging else None
    try:
        yield
    finally:
        if logging:
            logging.setLogLevel(level)
