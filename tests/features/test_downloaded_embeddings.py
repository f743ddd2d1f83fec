"""Larger frozen networks, by small stand-ins of the same form: the files themselves need a network.

An ONNX file is written byte by byte here, so that no package is needed for it.
"""

import tarfile

import cv2
import numpy as np
import pytest

from helpers.cache import Unusable
from helpers.features.downloaded_embeddings import emotieffnet_vector, trillsson_vector
from helpers.features.weights import WeightsError
from helpers.runtime import import_tensorflow

FACES = np.random.default_rng(0).integers(0, 256, (3, 128, 128), dtype=np.uint8)
SOUND = np.random.default_rng(1).normal(0, 0.1, 16000).astype(np.float32)


def field(number, value):
    """Return a field of a protocol buffer: a whole number, a text, or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value):
    digits = []
    while value > 127:
        digits.append(value & 127 | 128)
        value >>= 7
    return bytes([*digits, value])


def node(kind, inputs, output):
    return field(1, b"".join(field(1, name) for name in inputs) + field(2, output) + field(4, kind))


def tensor(name, values):
    shape = b"".join(field(1, size) for size in values.shape)
    return field(5, shape + field(2, 1) + field(8, name) + field(9, values.tobytes()))


def value(number, name, shape):
    sizes = b"".join(field(1, field(1, size)) for size in shape)
    return field(number, field(1, name) + field(2, field(1, field(1, 1) + field(2, sizes))))


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A network of EmotiEffLib's form: picture, mean of each colour, a last layer of eight."""
    head = np.random.default_rng(2).normal(0, 1, (3, 8)).astype(np.float32)
    graph = (
        node("GlobalAveragePool", ["picture"], "pooled")
        + node("Flatten", ["pooled"], "embedding")
        + node("Gemm", ["embedding", "head", "bias"], "logits")
        + field(2, "network")
        + tensor("head", head)
        + tensor("bias", np.zeros(8, np.float32))
        + value(11, "picture", (1, 3, 224, 224))
        + value(12, "logits", (1, 8))
    )
    path = tmp_path_factory.mktemp("onnx") / "enet.onnx"
    path.write_bytes(field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13)))
    return path


def test_faces_give_mean_deviation_and_extremes_of_what_the_last_layer_is_given(network):
    found = emotieffnet_vector(FACES, network)
    assert found.shape == (4 * 3,) and found.dtype == np.float32
    greys = np.array([cv2.resize(face, (224, 224)).mean() / 255 for face in FACES])
    red, green, blue = (
        (greys - mean) / deviation
        for mean, deviation in ((0.485, 0.229), (0.456, 0.224), (0.406, 0.225))
    )
    statistics = [np.mean, np.std, np.min, np.max]
    wanted = [statistic(colour) for statistic in statistics for colour in (red, green, blue)]
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-5)


def test_a_file_of_another_form_is_refused(network, tmp_path):
    short, other = tmp_path / "short.onnx", tmp_path / "other.onnx"
    short.write_bytes(network.read_bytes()[:100])
    other.write_bytes(b"<html>not found</html>")
    for path in (short, other):
        with pytest.raises(WeightsError, match=f"{path.name} has no last layer"):
            emotieffnet_vector(FACES, path)
    with pytest.raises(ValueError, match="Expected aligned faces"):
        emotieffnet_vector(FACES[:, :64], network)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """An archive of a SavedModel that answers a sound as TRILLsson does, in a folder or not."""
    tf = import_tensorflow()

    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            self.factor = tf.Variable(3.0)

        @tf.function(input_signature=[tf.TensorSpec([None, None], tf.float32)])
        def __call__(self, samples):
            loud = self.factor * tf.reduce_mean(samples**2, axis=1)
            return {"embedding": tf.tile(loud[:, None], [1, 1024])}

    folder = tmp_path_factory.mktemp("saved")
    tf.saved_model.save(Model(), str(folder / "model"))
    with tarfile.open(folder / "trillsson1.tar.gz", "w:gz") as tar:
        tar.add(folder / "model", "./")
    return folder / "trillsson1.tar.gz"


def test_a_sound_gives_the_vector_of_the_saved_model(saved):
    found = trillsson_vector(SOUND, saved)
    assert found.shape == (1024,) and found.dtype == np.float32
    np.testing.assert_allclose(found, 3 * (SOUND**2).mean(), rtol=1e-5)
    assert (saved.parent / "trillsson1" / "saved_model.pb").is_file(), "unpacked once"
    with pytest.raises(Unusable, match=r"0\.02 s of sound; TRILLsson needs"):
        trillsson_vector(SOUND[:320], saved)


def test_an_archive_that_is_cut_short_or_holds_something_else_is_refused(saved, tmp_path):
    short, other = tmp_path / "short.tar.gz", tmp_path / "other.tar.gz"
    short.write_bytes(saved.read_bytes()[:200])
    with tarfile.open(other, "w:gz") as tar:
        tar.add(__file__, "readme.txt")
    with pytest.raises(WeightsError, match=r"short\.tar\.gz cannot be unpacked"):
        trillsson_vector(SOUND, short)
    with pytest.raises(WeightsError, match=r"holds no saved_model\.pb"):
        trillsson_vector(SOUND, other)
    assert sorted(path.name for path in tmp_path.iterdir()) == [other.name, short.name]
