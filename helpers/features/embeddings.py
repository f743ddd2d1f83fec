"""What frozen networks of others make of a face and of a voice: one vector a clip.

None of them is trained further. Each frame, or each 20 ms, gives a vector; their mean and their
deviation over the clip are its features, for a linear classifier.
"""

from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from helpers.emotions import EMOTIONS, FER2013_CSV_LABELS
from helpers.features.functionals import SAMPLE_RATE, checked_sound
from helpers.features.landmarks import FACE_SIZE, mesh_points, normalised_points
from helpers.features.spectrograms import MelSettings, fit_length, mel_power
from helpers.features.weights import WeightsError
from helpers.runtime import import_tensorflow

if TYPE_CHECKING:
    import keras

SPEECH_SECONDS = 8
"""Of a longer clip the last seconds count, as the speech encoder's authors have it."""

SPEECH_LAYER = "layer_norm_6"
"""Before the last of four blocks: fixed beforehand, since what is last knows another task best."""

_FACES = 8  # of a clip, evenly spread, for a network
_EXPRESSION_SIDE = 64
_EXPRESSION_LAYER = "add_4"  # the last block's 128 channels, before they become seven classes
# FER2013, which the expression network has learned, shows less around a face: rows and columns.
_TIGHT = (slice(18, 105), slice(21, 107))
_MEL = MelSettings(400, 160, 400, 80, "hann")  # Whisper's
_STEP = 320  # samples for each vector of the encoder


def mean_and_deviation(vectors: np.ndarray) -> np.ndarray:
    """Return the mean of vectors (n, d), then their deviation, float32 (2 d,)."""
    return np.concatenate([vectors.mean(axis=0), vectors.std(axis=0)]).astype(np.float32)


def mesh_vector(faces: np.ndarray, weights: str | Path) -> np.ndarray:
    """Return how the points of aligned faces (n, 128, 128) lie and move, float32 (1872,).

    ``weights`` is ``helpers.features.weights.weights_path("face_mesh")``.
    """
    points = normalised_points(mesh_points(some_faces(faces), weights))
    return mean_and_deviation(points.reshape(len(points), -1))


def expression_vector(faces: np.ndarray, weights: str | Path) -> np.ndarray:
    """Return what a network for expressions sees, float32 (256,), in aligned faces (n, 128, 128).

    It is mini-XCEPTION (Arriaga and others, 2017); ``weights`` is
    ``helpers.features.weights.weights_path("mini_xception")``.
    """
    channels, _ = _see_expressions(some_faces(faces), weights)
    return mean_and_deviation(channels.mean(axis=(1, 2)))


def expression_probabilities(faces: np.ndarray, weights: str | Path) -> np.ndarray:
    """Return what that network calls each of some aligned faces (n, 128, 128), (n, 7).

    It was trained on FER2013, whose labels are put into the order of ``EMOTIONS``.
    """
    order = [list(FER2013_CSV_LABELS.values()).index(emotion) for emotion in EMOTIONS]
    return _see_expressions(faces, weights)[1][:, order]


def _see_expressions(faces: np.ndarray, weights: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the last channels, (n, 4, 4, 128), and the probabilities, (n, 7), of faces."""
    size = (_EXPRESSION_SIDE, _EXPRESSION_SIDE)
    tight = [cv2.resize(face[_TIGHT], size, interpolation=cv2.INTER_AREA) for face in faces]
    inputs = np.stack(tight)[..., None].astype(np.float32) / 127.5 - 1
    return _expression_network(str(weights)).predict_on_batch(inputs)


def speech_vector(samples: np.ndarray, weights: str | Path) -> np.ndarray:
    """Return what an encoder for speech hears in a sound at 16 kHz, float32 (768,).

    It is Whisper's smallest (Radford and others, 2022), trained on by others to hear who has
    finished speaking; ``weights`` is ``helpers.features.weights.weights_path("speech_encoder")``.

    Raises
    ------
    helpers.cache.Unusable
        If the sound is shorter than 0.1 s, or silent throughout.
    helpers.features.weights.WeightsError
        If onnxruntime is not installed, or the file is no network.
    """
    samples = checked_sound(samples, "the speech encoder needs")
    encoder = onnx_session(str(weights), SPEECH_LAYER)
    total = SPEECH_SECONDS * SAMPLE_RATE
    samples = samples[-total:]
    whole = np.roll(fit_length(samples, total), total - len(samples))  # silence comes first
    whole = (whole - whole.mean()) / np.sqrt(whole.var() + 1e-7)
    log_mel = np.log10(np.maximum(mel_power(whole, SAMPLE_RATE, _MEL)[:, :-1], 1e-10))
    log_mel = (np.maximum(log_mel, log_mel.max() - 8) + 4) / 4
    (vectors,) = encoder.run([SPEECH_LAYER], {"input_features": log_mel[None]})
    return mean_and_deviation(vectors[0, (total - len(samples)) // _STEP :])


def some_faces(faces: np.ndarray) -> np.ndarray:
    """Return at most so many faces as a network is asked about, evenly spread."""
    if faces.ndim != 3 or faces.shape[1:] != (FACE_SIZE, FACE_SIZE) or not len(faces):
        raise ValueError(
            f"Expected aligned faces, (n, {FACE_SIZE}, {FACE_SIZE}); got {faces.shape}."
        )
    count = min(len(faces), _FACES)
    return faces[(2 * np.arange(count) + 1) * len(faces) // (2 * count)]


@lru_cache(maxsize=1)
def _expression_network(weights: str) -> "keras.Model":
    import_tensorflow()
    import keras

    network = keras.models.load_model(weights, compile=False)
    return keras.Model(
        network.inputs, [network.get_layer(_EXPRESSION_LAYER).output, network.outputs[0]]
    )


def onnx_session(weights: str | Path, layer: str) -> Any:
    """Return a network of onnxruntime with a layer inside it as an output too.

    Raises
    ------
    WeightsError
        If onnxruntime is not installed, or the file is no network.
    """
    try:
        import onnxruntime  # heavy, and not everywhere: the other ways do without
    except ImportError:
        raise WeightsError(
            f"{Path(weights).name} needs the package onnxruntime; type: pip install onnxruntime"
        ) from None
    return _session(onnxruntime, str(weights), layer)


@lru_cache(maxsize=4)
def _session(onnxruntime: ModuleType, weights: str, layer: str) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    network = Path(weights).read_bytes() + _output_of(layer)
    try:
        return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has a kind of its own for each way to fail
        raise WeightsError(f"{weights} cannot be read as a network: {error}") from None


def _output_of(layer: str) -> bytes:
    """Return what makes a layer an output too when it follows the bytes of an ONNX file.

    Such files are protocol buffers, and two of them one after the other are one that has what both
    have. Here: a model (field 7: graph) with a graph (field 12: output) with an output (field 1:
    name).
    """
    message = layer.encode()
    for field in (1, 12, 7):
        message = bytes([field << 3 | 2, len(message)]) + message
    return message
