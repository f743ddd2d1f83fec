"""What two larger frozen networks make of a face and of a voice: EmotiEffNet and TRILLsson.

Unlike those of ``helpers.features.embeddings`` they are in no package of the index, so they need a
network once, and one of them a licence that has to be accepted (``helpers.features.weights``).
"""

import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from helpers.features.embeddings import mean_and_deviation, onnx_session, some_faces
from helpers.features.functionals import checked_sound
from helpers.features.weights import WeightsError
from helpers.runtime import import_tensorflow

_SIDE = 224
_IMAGENET = np.array([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]], np.float32)


def emotieffnet_vector(faces: np.ndarray, weights: str | Path) -> np.ndarray:
    """Return what EmotiEffNet (Savchenko, 2022) sees in aligned faces (n, 128, 128).

    Mean, deviation, minimum and maximum over the faces of what its last layer is given, float32
    (5120,). It was trained on faces in colour; these are grey.

    Raises
    ------
    helpers.features.weights.WeightsError
        If onnxruntime is not installed, or the file is no such network.
    """
    session, name = _without_head(str(weights))
    large = [cv2.resize(face, (_SIDE, _SIDE)) for face in some_faces(faces)]
    mean, deviation = _IMAGENET[:, None, :, None, None]
    inputs = (np.stack(large).astype(np.float32)[:, None] / 255 - mean) / deviation
    asked = session.get_inputs()[0].name
    given = np.concatenate([session.run([name], {asked: one[None]})[0] for one in inputs])
    extremes = [given.min(axis=0), given.max(axis=0)]
    return np.concatenate([mean_and_deviation(given), *extremes]).astype(np.float32)


def trillsson_vector(samples: np.ndarray, weights: str | Path) -> np.ndarray:
    """Return what TRILLsson (Shor and Venugopalan, 2022) hears at 16 kHz, float32 (1024,).

    ``weights`` is the archive of a SavedModel. Such a model is a program that TensorFlow carries
    out: whoever uses it trusts its authors.

    Raises
    ------
    helpers.cache.Unusable
        If the sound is shorter than 0.1 s, or silent throughout.
    helpers.features.weights.WeightsError
        If the archive holds no such model.
    """
    samples = checked_sound(samples, "TRILLsson needs")
    return np.asarray(_trillsson(str(weights))(samples[None]), np.float32)[0]


@lru_cache(maxsize=2)
def _without_head(weights: str) -> tuple:
    """Return a session, and the name in it of what the last matrix product is given."""
    graph = _last(Path(weights).read_bytes(), 7)
    name = ""
    for number, node in _fields(graph):
        if number == 1 and _last(node, 4) == b"Gemm":
            name = next(value for field, value in _fields(node) if field == 1).decode()
    if not name:
        raise WeightsError(f"{weights} has no last layer (Gemm); expected one of EmotiEffLib's.")
    return onnx_session(weights, name), name


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of a protocol buffer's fields that have bytes as content.

    An ONNX file is one: a model (field 7: graph) with a graph (1: nodes), whose nodes have inputs
    (1) and a type (4).
    """
    place = 0

    def number() -> int:
        nonlocal place
        value = shift = 0
        while True:
            byte = message[place]
            place += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    try:
        while place < len(message):
            key = number()
            if key & 7 == 2:
                size = number()
                yield key >> 3, message[place : place + size]
                place += size
            elif key & 7 == 0:
                number()
            else:
                place += {1: 8, 5: 4}[key & 7]
    except (IndexError, KeyError):
        return  # cut short, or no such file: what is read so far says so


def _last(message: bytes, wanted: int) -> bytes:
    found = [content for number, content in _fields(message) if number == wanted]
    return found[-1] if found else b""


@lru_cache(maxsize=1)
def _trillsson(weights: str) -> Callable[[np.ndarray], np.ndarray]:
    tf = import_tensorflow()
    archive = Path(weights)
    folder = archive.with_name(archive.name.removesuffix(".tar.gz"))
    if not (folder / "saved_model.pb").is_file():
        _unpack(archive, folder)
    try:
        model = tf.saved_model.load(str(folder))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{folder} cannot be loaded as a SavedModel: {error}") from None
    return lambda samples: model(tf.constant(samples))["embedding"]


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack an archive whole, or not at all."""
    with tempfile.TemporaryDirectory(dir=archive.parent) as temporary:
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(temporary, filter="data")
        except (tarfile.TarError, EOFError, OSError) as error:
            raise WeightsError(f"{archive} cannot be unpacked: {error}") from None
        found = sorted(Path(temporary).rglob("saved_model.pb"))
        if not found:
            raise WeightsError(f"{archive} holds no saved_model.pb; expected a SavedModel.")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.move(found[0].parent, folder)
