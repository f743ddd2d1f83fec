"""Where the faces are in a picture, and pictures cut out around them.

The detector is YuNet (``helpers.features.yunet``): in 98 % of frames of real film clips (n = 126)
it finds exactly one face, in 21 ms.
"""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from PIL import Image

from helpers.cache import Unusable, compute_stack
from helpers.decoding.film import extract_frames
from helpers.decoding.pictures import read_picture
from helpers.features.weights import weights_path
from helpers.features.yunet import find_faces

# A turned head moves the box to one side and the five points to the other, so a face lies in the
# middle between both; and a box's area changes less with the expression than its height. Measured
# on drawn heads of known place and size (n = 250, another generator seed than the demo corpus's):
# deviations of 2.6 in place of 4.8 % of a head's size sideways, and 5.1 in place of 6.3 in size.
_WIDTH = 0.924  # of a face, in sides of a square with the box's area
_RAISED = 0.066  # so much higher than that middle is the middle of what is cut out
MARGIN = 0.1
"""Of a face's width, beside it, as in SFEW's stills; those of the demo corpus are cut closer."""
_STILL_SHAPE = (181, 143)  # SFEW's stills (height, width): cuttings have the same proportions


def detect_faces(picture: np.ndarray) -> np.ndarray:
    """Find faces of any size from about ten pixels on; the first call may fetch the detector.

    ``picture`` is uint8 (height, width) or (height, width, 3), RGB.

    Returns
    -------
    int array (faces, 4)
        Top, left, height and width of each box in pixels, the largest first. A box may reach over
        the border.

    Raises
    ------
    helpers.features.weights.WeightsError
        If the detector's weights can be had nowhere.
    """
    faces = find_faces(picture, weights_path("yunet", progress=False))
    return np.rint(faces.boxes).astype(np.int64)


def crop_largest_face(
    picture: np.ndarray, size: tuple[int, int], margin: float = MARGIN
) -> np.ndarray | None:
    """Return the largest face with a margin, uint8 (*size, 3), or None if there is none.

    The face is put upright by its eyes. The cutting has the proportions of an SFEW still and is
    then resized to ``size``, as the stills are; what lies outside of the picture repeats its
    border.
    """
    faces = find_faces(picture, weights_path("yunet", progress=False))
    if not len(faces):
        return None
    top, left, height, width = faces.boxes[0]
    side = np.sqrt(height * width)
    half_width = (0.5 + margin) * _WIDTH * side
    half = np.array([half_width, half_width * _STILL_SHAPE[0] / _STILL_SHAPE[1]])
    eyes, mouth = faces.points[0, :2], faces.points[0, 3:]
    turn = np.degrees(np.arctan2(*(eyes[1] - eyes[0])[::-1]))
    of_points = (eyes.mean(axis=0) + mouth.mean(axis=0)) / 2
    middle = (of_points + (left + width / 2, top + height / 2)) / 2
    move = cv2.getRotationMatrix2D(middle.tolist(), float(turn), 1.0)
    move[:, 2] += half - middle + (0, _RAISED * side)
    cutting = cv2.warpAffine(
        picture, move, np.rint(2 * half).astype(int).tolist(), borderMode=cv2.BORDER_REPLICATE
    )
    cutting = Image.fromarray(cutting).convert("RGB")
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
        {"detector": "yunet"},
        _count_faces,
        shape=(),
        dtype="int64",
    )
    return usable[(counts == 0) & (np.array(problems) == "")]


def _count_faces(path: Path) -> np.ndarray:
    return np.array(len(detect_faces(read_picture(path, None, 3))))
