"""What the thesis published: its numbers, and its own prediction vectors.

The numbers are facts and lie beside this module in ``published.json``. The vectors belong to their
author: they are downloaded from her repository when a notebook asks for them, read without being
executed, and never copied into the project.
"""

import hashlib
import json
import os
import urllib.request
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS
from helpers.files import write_atomically
from helpers.paths import cache_root
from helpers.safe_pickle import MAXIMUM_BYTES, UnsafePickle, load_arrays

VECTORS_URL = (
    "https://raw.githubusercontent.com/Caterina1996/SFEW_dataset/"
    "4cc7c5cb086933f2ae964ab99394e032f5daf29d/predictions_dictionaries.zip"
)
VECTORS_BYTES = 385_272
VECTORS_SHA256 = "2ed448004561f21409a07008a772e0bac50f993b2c819d694f99a1adaf2c7922"

_FOLDER = "predictions_dictionaries"
_LABELS = {"train": "train_video_labels", "val": "val_video_labels"}
_SYSTEMS = {
    "video": {"train": "sfew_predictions_tr", "val": "sfew_predictions_te"},
    "audio": {"train": "vgg_audio_model_preds_train", "val": "vgg_audio_model_preds_test"},
    "face_frames": {"val": "afew_videos_imgs_predictions_dict__bo_m3_te"},
}


class VectorsError(Exception):
    """Prediction vectors that cannot be had or are not what they should be."""


class VectorsUnavailable(VectorsError):
    """Nobody named a file, none is in the cache, and the download failed."""


def load_published(part: str) -> dict | list:
    """Return one part of the published numbers.

    Parameters
    ----------
    part : str
        A notebook (``"01_faces_baseline"``), or ``"counts"``, ``"emotiw"``. Accuracies are
        fractions; confusion matrices have rows true, in AFEW's order.

    Raises
    ------
    KeyError
        If nothing is known under this name.
    """
    path = Path(__file__).with_suffix(".json")
    published = json.loads(path.read_text(encoding="utf-8"))
    if part not in published:
        raise KeyError(f"Nothing published under {part!r}; there is {sorted(published)}.")
    return published[part]


def find_vectors(given: str | Path = "") -> Path:
    """Return the thesis's ``predictions_dictionaries.zip``, checked, downloading it if need be.

    Looks at ``given``, then at the environment variable ``EMOTION_PUBLISHED_VECTORS``, then in the
    cache, and downloads it into the cache otherwise (385 kB).

    Raises
    ------
    VectorsError
        If a named file is missing or another file; ``VectorsUnavailable``, one of its kind, if
        none was named and none could be downloaded.
    """
    named = given or os.environ.get("EMOTION_PUBLISHED_VECTORS", "")
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            raise VectorsError(f"There is no file {path}; expected predictions_dictionaries.zip.")
        if problem := _difference(path.read_bytes()):
            raise VectorsError(f"{path} is not the published file: {problem}.")
        return path
    path = cache_root() / "published" / f"{_FOLDER}.zip"
    if not path.is_file() or _difference(path.read_bytes()):
        content = _download()
        with write_atomically(path) as temporary:
            temporary.write_bytes(content)
    return path


def load_vectors(path: str | Path) -> dict[str, pd.DataFrame]:
    """Return the thesis's clip scores, read without executing the pickles they come in.

    Parameters
    ----------
    path : str or Path
        What :func:`find_vectors` returned.

    Returns
    -------
    dict of DataFrame
        ``video`` (stills of SFEW; 378 train and 188 val clips), ``audio`` (VGG16 on spectrogram
        images; 773 and 381) and ``face_frames`` (AFEW's own frames, which the thesis discarded;
        370 val). Columns ``sample_id, split, emotion, protocol``, then seven probabilities; the
        train rows are ``in_sample``: predictions for clips that the network had learned from.

    Raises
    ------
    VectorsError
        If the file is not a zip with the expected pickles in it, or a pickle is not plain arrays.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            labels = {split: _read(archive, name) for split, name in _LABELS.items()}
            return {
                system: pd.concat(
                    [
                        _clip_scores(_read(archive, name), labels[split], split, name)
                        for split, name in names.items()
                    ],
                    ignore_index=True,
                )
                for system, names in _SYSTEMS.items()
            }
    except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise VectorsError(f"{path} cannot be read as a zip file: {error}") from None


def _difference(content: bytes) -> str:
    if len(content) != VECTORS_BYTES:
        return f"it has {len(content):,} bytes, expected {VECTORS_BYTES:,}"
    found = hashlib.sha256(content).hexdigest()
    return "" if found == VECTORS_SHA256 else f"its sha256 is {found}, expected {VECTORS_SHA256}"


def _download() -> bytes:
    try:
        with urllib.request.urlopen(VECTORS_URL, timeout=30) as response:
            content = response.read(VECTORS_BYTES + 1)
    except OSError as error:
        raise VectorsUnavailable(
            f"The thesis's prediction vectors could not be downloaded ({error}). Fetch "
            f"{VECTORS_URL} by hand and set EMOTION_PUBLISHED_VECTORS to where it is."
        ) from None
    if problem := _difference(content):
        raise VectorsUnavailable(f"{VECTORS_URL} is not the published file any more: {problem}.")
    return content


def _read(archive: zipfile.ZipFile, name: str) -> dict[str, np.ndarray | str]:
    member = f"{_FOLDER}/{name}.pkl"
    if member not in archive.namelist():
        raise VectorsError(f"{archive.filename} has no {member}.")
    with archive.open(member) as file:
        content = file.read(MAXIMUM_BYTES + 1)  # no more, whatever the zip's header promises
    try:
        return load_arrays(content)
    except UnsafePickle as error:
        raise VectorsError(f"{archive.filename}, {member}: {error}") from None


def _clip_scores(
    arrays: dict[str, np.ndarray | str], labels: dict[str, np.ndarray | str], split: str, name: str
) -> pd.DataFrame:
    for clip, values in arrays.items():
        emotion = labels.get(clip)
        if not isinstance(emotion, str) or emotion not in EMOTIONS:
            raise VectorsError(f"{name}: clip {clip!r} has the label {emotion!r}.")
        if not isinstance(values, np.ndarray) or values.shape != (1, len(EMOTIONS)):
            raise VectorsError(f"{name}: clip {clip!r} has no array (1, 7) of probabilities.")
        if not (np.all(values >= 0) and abs(values.sum() - 1) < 1e-4):
            raise VectorsError(f"{name}: clip {clip!r} has {values}, which are no probabilities.")
    if not arrays:
        raise VectorsError(f"{name}: it holds no clips.")
    scores = pd.DataFrame(np.concatenate([*arrays.values()]).astype(float), columns=EMOTIONS)
    scores.insert(0, "sample_id", list(arrays))
    scores.insert(1, "split", split)
    scores.insert(2, "emotion", [labels[clip] for clip in arrays])
    scores.insert(3, "protocol", "in_sample" if split == "train" else "test")
    return scores
