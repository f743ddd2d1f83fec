"""Controlled faces for a notebook: pictures as they are, and of clips the face in their middle."""

from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from helpers.corpora import load_role
from helpers.corpora.demo import instrument
from helpers.corpora.folders import PICTURES
from helpers.features.face_detection import faces_of_clip
from helpers.features.media import compute_each_row
from helpers.features.pictures import resize
from helpers.files import write_atomically
from helpers.paths import cache_root

_FACE_SIZE = (181, 143)  # SFEW's stills (height, width), which face_detection cuts out


def load_posed_faces(corpus: str, data_root: str | Path = "") -> pd.DataFrame:
    """Return the manifest of pictures of the corpus that plays ``controlled_faces``.

    Raises
    ------
    CorpusError
        If there is none; the message says how to get one.
    """
    manifest = load_role("controlled_faces", corpus, data_root)
    pictures = manifest["path"].map(lambda path: Path(path).suffix.lower() in PICTURES)
    return manifest if pictures.all() else pictures_of_clips(manifest)


@cache
def draw_faces(
    emotions: tuple[str, ...], size: tuple[int, int], people: int = 24, **settings: float
) -> np.ndarray:
    """Return grey portraits that are drawn for this, person by person in each of some emotions.

    Parameters
    ----------
    emotions, size : tuples
        Of each person a picture of each emotion, (height, width) pixels.
    people : int
        How many; no corpus has any of them.
    **settings
        What :func:`helpers.corpora.demo.instrument.face` is given besides; the place and the lamp
        are each person's own.

    Returns
    -------
    uint8 array (people * emotions, *size, 1), read-only
    """
    drawn = [
        instrument.face(person, emotion, seed=person, **settings)
        for person in range(people)
        for emotion in emotions
    ]
    faces = resize(drawn, size, 1)
    faces.setflags(write=False)
    return faces


def pictures_of_clips(clips: pd.DataFrame) -> pd.DataFrame:
    """Return a manifest with one face per clip, cut out of its middle frame (cached).

    Row for row with ``clips``; a clip in which no face was found keeps that as its problem.
    """
    settings = {"size": _FACE_SIZE, "frames_per_clip": 1}
    function = partial(faces_of_clip, **settings)
    settings = settings | {"detector": "yunet"}
    found, pictures = compute_each_row("posed_faces", clips, settings, function)
    folder = cache_root() / "posed_faces_png"
    pictures["path"] = [str(folder / f"{sample_id}.png") for sample_id in clips["sample_id"]]
    for row, face in zip(clips.index, found, strict=True):
        if face.path is None:
            continue
        # Named as the face is, by the settings and by the clip's content.
        picture = folder / face.path.parent.name / f"{face.path.stem}.png"
        if not picture.is_file():
            with write_atomically(picture) as temporary:
                Image.fromarray(face.load()[0]).save(temporary)
        pictures.loc[row, "path"] = str(picture)
    pictures.attrs["folder"] = str(folder)
    return pictures
