"""Where the faces are in a picture, and pictures cut out around them.

The detector is dlib's: histograms of oriented gradients and a linear classifier (Dalal and Triggs
2005; King 2015). It is kept up, one ``pip install dlib-bin`` away for every Python and system of
this series, holds its model inside, runs on a CPU and asks for no version of NumPy. OpenCV 5 has
neither the Haar cascades nor a model for its own face network any more; MediaPipe 1 and what wraps
YuNet or RetinaFace download theirs; MTCNN finds about as many faces in our real samples and takes
thirty times as long for a still.
"""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from helpers.cache import Unusable, compute_stack
from helpers.decoding.film import extract_frames
from helpers.decoding.pictures import read_picture

SMALLEST_FACE = 70
"""Pixels from brows to chin; the detector finds no smaller ones."""

# A little below dlib's own 0: more turned and dark faces, and still none in 450 cuttings of
# pictures that show no face.
_THRESHOLD = -0.2
# The box ends at brows and chin and is centred on the nose, a still shows the head: what is cut out
# beside the box, and how far its middle lies above, in widths of the box.
MARGIN = 0.1
"""For SFEW's stills; those of the demo corpus are cut closer."""
_RAISED = 0.1
_STILL_SHAPE = (181, 143)  # SFEW's stills (height, width): cuttings have the same proportions


def detect_faces(picture: np.ndarray) -> np.ndarray:
    """Find upright faces, from the front or a little to the side, of ``SMALLEST_FACE`` or larger.

    ``picture`` is uint8 (height, width) or (height, width, 3), RGB.

    Returns
    -------
    int array (faces, 4)
        Top, left, height and width of each box in pixels, the largest first. A box may reach over
        the border.
    """
    picture = np.ascontiguousarray(picture)
    if picture.dtype != np.uint8 or picture.ndim not in (2, 3):
        raise ValueError(
            f"detect_faces takes one uint8 picture, (height, width) or (height, width, 3); got "
            f"{picture.dtype} {picture.shape}."
        )
    found, _, _ = _detector().run(picture, 0, _THRESHOLD)
    boxes = [(box.top(), box.left(), box.height(), box.width()) for box in found]
    boxes.sort(key=lambda box: (-box[2] * box[3], box))
    return np.array(boxes, dtype=np.int64).reshape(-1, 4)


def crop_largest_face(
    picture: np.ndarray, size: tuple[int, int], margin: float = MARGIN
) -> np.ndarray | None:
    """Return the largest face with a margin, uint8 (*size, 3), or None if there is none.

    The cutting has the proportions of an SFEW still and is then resized to ``size``, as the stills
    are; what lies outside of the picture repeats its border.
    """
    boxes = detect_faces(picture)
    if not len(boxes):
        return None
    top, left, height, width = boxes[0]
    half_width = (0.5 + margin) * max(height, width)
    half_height = half_width * _STILL_SHAPE[0] / _STILL_SHAPE[1]
    middle = (top + height / 2 - _RAISED * height, left + width / 2)
    rows = np.arange(round(middle[0] - half_height), round(middle[0] + half_height))
    columns = np.arange(round(middle[1] - half_width), round(middle[1] + half_width))
    rows = rows.clip(0, picture.shape[0] - 1)
    columns = columns.clip(0, picture.shape[1] - 1)
    cutting = Image.fromarray(picture[np.ix_(rows, columns)]).convert("RGB")
    return np.asarray(cutting.resize((size[1], size[0]), Image.Resampling.BILINEAR))


def faces_of_clip(
    path: Path, size: tuple[int, int], frames_per_clip: int, margin: float = MARGIN
) -> np.ndarray:
    """Return the largest face of each frame that shows one, uint8 (faces, *size, 3).

    Raises
    ------
    helpers.cache.Unusable
        If no frame can be read, or no face is found in any.
    """
    frames = extract_frames(path, frames_per_clip=frames_per_clip)
    faces = [crop_largest_face(frame, size, margin) for frame in frames]
    faces = [face for face in faces if face is not None]
    if not faces:
        raise Unusable(f"no face found in {len(frames)} frames")
    return np.stack(faces)


def pictures_without_a_face(manifest: pd.DataFrame) -> pd.DataFrame:
    """Return the usable rows of a manifest of stills in which no face is found.

    They are candidates for the list of exclusions (``corpora.exclusions``): profiles and covered
    faces are among them, so a person has to look.
    """
    usable = manifest[manifest["problem"] == ""]
    counts, problems = compute_stack(
        "face_counts",
        usable["path"].tolist(),
        {"detector": "dlib"},
        _count_faces,
        shape=(),
        dtype="int64",
    )
    return usable[(counts == 0) & (np.array(problems) == "")]


def _count_faces(path: Path) -> np.ndarray:
    return np.array(len(detect_faces(read_picture(path, None, 3))))


@cache
def _detector():
    import dlib

    return dlib.get_frontal_face_detector()
