"""Where the faces are in a picture, and pictures cut out around them.

The detector is YuNet (``helpers.features.yunet``): in 98 % of frames of real film clips (n = 126)
it finds exactly one face, in 21 ms.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from helpers.cache import Unusable, compute_stack
from helpers.decoding.film import extract_frames
from helpers.decoding.pictures import read_picture
from helpers.features.weights import weights_path
from helpers.features.yunet import find_faces

# The box ends at the hairline and the chin, a still shows the head: a face is as wide as so much of
# the box's height, and so much higher lies the middle of what is cut out.
_WIDTH = 0.8
_RAISED = 0.03
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

    The cutting has the proportions of an SFEW still and is then resized to ``size``, as the stills
    are; what lies outside of the picture repeats its border.
    """
    boxes = detect_faces(picture)
    if not len(boxes):
        return None
    top, left, height, width = boxes[0]
    half_width = (0.5 + margin) * _WIDTH * height
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
        {"detector": "yunet"},
        _count_faces,
        shape=(),
        dtype="int64",
    )
    return usable[(counts == 0) & (np.array(problems) == "")]


def _count_faces(path: Path) -> np.ndarray:
    return np.array(len(detect_faces(read_picture(path, None, 3))))
