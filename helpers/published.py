"""What the thesis published: its numbers, and its own prediction vectors.

The numbers are facts and lie beside this module in ``published.json``. The vectors belong to their
author: they are downloaded from her repository when a notebook asks for them, and never copied into
the project. They come as pickles, which can run any program: nothing is opened before its SHA-256
is that of the published file, and then a pickle is given numpy's arrays to call, and nothing else.
"""

import hashlib
import io
import json
import logging
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS
from helpers.paths import cache_root

VECTORS_URL = (
    "https://raw.githubusercontent.com/Caterina1996/SFEW_dataset/"
    "4cc7c5cb086933f2ae964ab99394e032f5daf29d/predictions_dictionaries.zip"
)
VECTORS_SHA256 = "2ed448004561f21409a07008a772e0bac50f993b2c819d694f99a1adaf2c7922"

_LABELS = {"train": "train_video_labels", "val": "val_video_labels"}
_SYSTEMS = {
    "video": {"train": "sfew_predictions_tr", "val": "sfew_predictions_te"},
    "audio": {"train": "vgg_audio_model_preds_train", "val": "vgg_audio_model_preds_test"},
    "face_frames": {"val": "afew_videos_imgs_predictions_dict__bo_m3_te"},
}
_ALLOWED = ("numpy.ndarray", "numpy.dtype", "numpy._core.multiarray._reconstruct")


class VectorsError(Exception):
    """Prediction vectors that cannot be had or are not what they should be."""


class VectorsUnavailable(VectorsError):
    """Nobody gave a file, none is in the cache, and the download failed."""


def load_published(part: str) -> dict | list:
    """Return one part of the published numbers.

    Parameters
    ----------
    part : str
        A notebook (``"01_faces_baseline"``), or ``"counts"``, ``"crema_d"``, ``"emotiw"``.
        Accuracies are fractions; confusion matrices have rows true, in AFEW's order.

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
    """Return where the thesis's ``predictions_dictionaries.zip`` is; it is downloaded if need be.

    Looks at ``given``, then at the environment variable ``EMOTION_PUBLISHED_VECTORS``, then in the
    cache, and downloads it into the cache otherwise (385 kB).

    Raises
    ------
    VectorsError
        If a given file is missing; ``VectorsUnavailable``, one of its kind, if none was given and
        the published one could not be downloaded.

    See Also
    --------
    load_vectors : reads it, if it is the published file.
    """
    given = given or os.environ.get("EMOTION_PUBLISHED_VECTORS", "")
    if given:
        path = Path(given).expanduser()
        if not path.is_file():
            raise VectorsError(f"There is no file {path}; expected predictions_dictionaries.zip.")
        return path
    import pooch  # late: on import it warns in a notebook that has no ipywidgets

    pooch.get_logger().setLevel(logging.WARNING)  # else a notebook shows where its cache is
    folder, name = cache_root() / "published", VECTORS_URL.rpartition("/")[2]
    try:
        return Path(pooch.retrieve(VECTORS_URL, f"sha256:{VECTORS_SHA256}", name, folder))
    except (OSError, ValueError) as error:  # no network; another file than the published one
        raise VectorsUnavailable(
            f"The thesis's prediction vectors could not be downloaded ({error}). Fetch "
            f"{VECTORS_URL} by hand and set EMOTION_PUBLISHED_VECTORS to where it is."
        ) from None


def load_vectors(path: str | Path) -> dict[str, pd.DataFrame]:
    """Return the thesis's clip scores.

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
        If it is not the published file, which is then not opened.
    """
    content = Path(path).read_bytes()  # read once: what is checked is what is opened
    found = hashlib.sha256(content).hexdigest()
    if found != VECTORS_SHA256:
        raise VectorsError(
            f"{path} is not the published file: its SHA-256 is {found}, expected {VECTORS_SHA256}. "
            f"Fetch {VECTORS_URL} again, or leave EMOTION_PUBLISHED_VECTORS empty to have it "
            "downloaded."
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        tables = {
            (system, split): _clip_scores(archive, member, split)
            for system, members in _SYSTEMS.items()
            for split, member in members.items()
        }
    return {
        system: pd.concat([tables[system, split] for split in members], ignore_index=True)
        for system, members in _SYSTEMS.items()
    }


def load_arrays(content: bytes) -> object:
    """Return what a pickle holds, if it calls nothing but what makes numpy's arrays.

    Parameters
    ----------
    content : bytes
        A pickle of protocol 3, as the published ones are, or 4.

    Raises
    ------
    VectorsError
        If it calls anything else, which is then not called.

    Examples
    --------
    >>> load_arrays(pickle.dumps({"clip": np.ones(2)}, protocol=3))
    {'clip': array([1., 1.])}
    """
    return _ArrayUnpickler(io.BytesIO(content)).load()


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        module = module.replace("numpy.core", "numpy._core")  # as it was called before numpy 2
        if f"{module}.{name}" not in _ALLOWED:
            raise VectorsError(
                f"A pickle was refused: it calls {module}.{name}; expected nothing but {_ALLOWED}."
            )
        return super().find_class(module, name)


def _clip_scores(archive: zipfile.ZipFile, member: str, split: str) -> pd.DataFrame:
    scores, labels = (
        load_arrays(archive.read(f"predictions_dictionaries/{name}.pkl"))
        for name in (member, _LABELS[split])
    )
    table = pd.DataFrame(np.concatenate([*scores.values()]).astype(float), columns=EMOTIONS)
    table.insert(0, "sample_id", list(scores))
    table.insert(1, "split", split)
    table.insert(2, "emotion", [labels[clip] for clip in scores])
    table.insert(3, "protocol", "in_sample" if split == "train" else "test")
    return table
