"""Frozen networks: what they see in drawn faces and hear in sounds, and what cannot be asked."""

import sys

import numpy as np
import pytest

from helpers.cache import Unusable
from helpers.corpora.demo import instrument
from helpers.emotions import EMOTIONS
from helpers.features.embeddings import (
    expression_probabilities,
    expression_vector,
    mean_and_deviation,
    mesh_vector,
    speech_vector,
)
from helpers.features.landmarks import align_face
from helpers.features.weights import WeightsError
from helpers.features.yunet import find_faces

NOISE = np.random.default_rng(0).normal(0, 0.1, 24000).astype(np.float32)


@pytest.fixture(scope="module")
def faces(weights_of):
    """Aligned faces (3, 128, 128) of each of two emotions."""
    yunet, of_emotions = weights_of("yunet"), {}
    for emotion in ("Happy", "Angry"):
        pictures = [instrument.face(person, emotion) for person in (0, 1, 2)]
        of_emotions[emotion] = np.stack(
            [align_face(picture, find_faces(picture, yunet).points[0]) for picture in pictures]
        )
    return of_emotions


def test_mean_and_deviation_over_the_frames():
    found = mean_and_deviation(np.array([[1.0, 5.0], [3.0, 5.0]]))
    assert found.tolist() == [2, 5, 1, 0] and found.dtype == np.float32


@pytest.mark.parametrize(
    ("vector", "name", "numbers"),
    [(mesh_vector, "face_mesh", 1872), (expression_vector, "mini_xception", 256)],
)
def test_faces_give_a_vector_and_emotions_different_ones(weights_of, faces, vector, name, numbers):
    weights = weights_of(name)
    happy, angry = (vector(of_emotion, weights) for of_emotion in faces.values())
    assert happy.shape == (numbers,) and happy.dtype == np.float32
    assert np.array_equal(happy, vector(faces["Happy"], weights))
    assert np.abs(happy - angry).mean() > 0.01
    still = vector(faces["Happy"][[0, 0, 0]], weights)
    np.testing.assert_allclose(still[numbers // 2 :], 0, atol=1e-5)  # nothing moves
    often = vector(np.repeat(faces["Happy"][:1], 40, axis=0), weights)
    np.testing.assert_allclose(often, still, atol=1e-5)
    with pytest.raises(ValueError, match="Expected aligned faces"):
        vector(faces["Happy"][..., :64], weights)


def test_what_the_expression_network_says_is_in_the_order_of_the_series(weights_of, faces):
    weights = weights_of("mini_xception")
    found = expression_probabilities(faces["Happy"], weights)
    assert found.shape == (3, 7)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    # Drawn faces are enough for it to tell a smile from a frown.
    happy, angry = (expression_probabilities(of, weights).mean(axis=0) for of in faces.values())
    assert EMOTIONS[happy.argmax()] == "Happy" and happy[0] < angry[0]


def test_a_sound_gives_a_vector_whatever_its_loudness_and_the_silence_around(weights_of):
    weights = weights_of("speech_encoder")
    voice = instrument.voice(0, "Angry")[:24000]
    found = speech_vector(voice, weights)
    assert found.shape == (768,) and found.dtype == np.float32 and np.isfinite(found).all()
    # The encoder counts in whole numbers from -128 to 127: the last bit of its input shows.
    quieter = np.abs(speech_vector(0.5 * voice, weights) - found).mean()
    assert quieter < 0.15 < 0.4 < np.abs(speech_vector(NOISE, weights) - found).mean()
    long = np.concatenate([np.zeros(9 * 16000, np.float32), voice])
    assert np.array_equal(speech_vector(long, weights), speech_vector(long[-8 * 16000 :], weights))


def test_hardly_any_sound_has_a_reason(weights_of):
    weights = weights_of("speech_encoder")
    with pytest.raises(Unusable, match=r"0\.02 s of sound; the speech encoder needs"):
        speech_vector(NOISE[:320], weights)
    with pytest.raises(Unusable, match="silent throughout"):
        speech_vector(np.zeros(16000, np.float32), weights)


def test_without_onnxruntime_and_with_a_file_cut_short_the_error_says_so(
    weights_of, tmp_path, monkeypatch
):
    short = tmp_path / "short.onnx"
    short.write_bytes(weights_of("speech_encoder").read_bytes()[:100_000])
    with pytest.raises(WeightsError, match=r"short\.onnx cannot be read as a network"):
        speech_vector(NOISE, short)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(WeightsError, match="pip install onnxruntime"):
        speech_vector(NOISE, tmp_path / "any.onnx")
