"""Aligned faces and their mesh: place, size and turn do not matter; clips without enough faces."""

import cv2
import numpy as np
import pytest

from helpers.cache import Unusable
from helpers.corpora.demo import instrument
from helpers.features.landmarks import (
    FACE_SIZE,
    align_face,
    aligned_faces,
    follow_face,
    mesh_points,
    normalised_points,
    similarity,
)
from helpers.features.yunet import find_faces


@pytest.fixture(scope="module")
def yunet(weights_of):
    return weights_of("yunet")


@pytest.fixture(scope="module")
def portrait():
    return instrument.face(1, "Happy")


@pytest.fixture(scope="module")
def faces(yunet, portrait):
    """A smile, and somebody's face at rest, aligned."""
    pictures = (portrait, instrument.face(1, "Neutral"))
    return np.stack([align_face(p, find_faces(p, yunet).points[0]) for p in pictures])


def turned(picture, degrees, scale=1.0, shift=(0, 0)):
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    matrix[:, 2] += shift
    options = {"borderMode": cv2.BORDER_REPLICATE}
    return cv2.warpAffine(picture, matrix, (width, height), **options), matrix


def write_film(path, pictures):
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25, (width, height))
    for picture in pictures:
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


def test_a_similarity_is_found_again_from_points():
    rng = np.random.default_rng(0)
    points = rng.random((5, 2))
    _, matrix = turned(np.zeros((10, 20), np.uint8), 30, 1.7, (4, -9))
    target = np.c_[points, np.ones(5)] @ matrix.T
    np.testing.assert_allclose(similarity(points, target), matrix)


def test_faces_are_aligned_whatever_their_place_size_and_turn(yunet, portrait, faces):
    points = find_faces(portrait, yunet).points[0]
    picture, matrix = turned(portrait, 20, 0.7, (15, -10))
    again = align_face(picture, points @ matrix[:, :2].T + matrix[:, 2])
    assert again.shape == (FACE_SIZE, FACE_SIZE) and again.dtype == np.uint8
    middle = faces[0][20:110, 20:110].astype(int)
    moved = np.roll(faces[0], 2, axis=1)[20:110, 20:110].astype(int)
    assert np.abs(again[20:110, 20:110] - middle).mean() < np.abs(moved - middle).mean() / 3


def test_a_face_is_followed_between_looks(yunet, portrait):
    frames = np.stack([turned(portrait, 0, 1, (2 * step, 0))[0] for step in range(8)])
    points = follow_face(frames, yunet)
    assert np.isfinite(points).all()
    middles = points.mean(axis=1)
    np.testing.assert_allclose(middles[2], 0.6 * middles[0] + 0.4 * middles[5])
    np.testing.assert_allclose(middles[7] - middles[0], [14, 0], atol=6)  # of 150 pixels


def test_between_two_people_nothing_is_interpolated(yunet, portrait):
    small = np.full((300, 600, 3), 127, np.uint8)
    left, right, none = small.copy(), small.copy(), small
    left[:, :240], right[:, 360:] = portrait, portrait
    found = follow_face(np.stack([left] * 5 + [right] * 6 + [none] * 5), yunet)
    shown = np.isfinite(found).all(axis=(1, 2))
    assert np.flatnonzero(shown).tolist() == [0, *range(5, 11)]
    assert found[0, :, 0].max() < 240 and found[5:11, :, 0].min() > 360


def test_the_mesh_lies_on_the_face_and_sees_a_smile(weights_of, faces):
    points = mesh_points(faces, weights_of("face_mesh"))
    assert points.shape == (2, 468, 2)
    left_eye, right_eye = points[0, [33, 263]]
    template = FACE_SIZE * np.array([0.365, 0.635])  # middles of the eyes; corners are further out
    assert left_eye[0] < template[0] < template[1] < right_eye[0]
    assert np.abs(points[0, [33, 263], 1] - 0.4 * FACE_SIZE).max() < 10
    widths = np.ptp(normalised_points(points)[:, [61, 291], 0], axis=1)
    assert widths[0] > 1.02 * widths[1], "corners of the mouth, smiling and at rest"


def test_normalised_points_keep_the_shape_alone(weights_of, faces):
    points = mesh_points(faces[:1], weights_of("face_mesh"))
    _, matrix = turned(faces[0], 25, 1.6, (30, -20))
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    normalised = normalised_points(points)
    np.testing.assert_allclose(normalised_points(moved), normalised, atol=1e-5)
    np.testing.assert_allclose(normalised.mean(axis=1), 0, atol=1e-6)
    assert (normalised**2).sum(axis=2).mean() == pytest.approx(1)
    assert normalised[0, 33, 1] == pytest.approx(normalised[0, 263, 1])


def test_clips_of_a_face_of_grey_of_nothing_and_of_two_frames(yunet, portrait, tmp_path):
    grey = np.repeat(portrait.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    empty = np.full_like(portrait, 127)
    film = write_film(tmp_path / "grey.avi", [grey] * 7)
    assert aligned_faces(film, yunet).shape == (7, FACE_SIZE, FACE_SIZE)
    film = write_film(tmp_path / "partly.avi", [grey] * 2 + [empty] * 6)
    with pytest.raises(Unusable, match="a face in 1 of 8 frames; at least 3 are needed"):
        aligned_faces(film, yunet)
    with pytest.raises(Unusable, match="a face in 2 of 2 frames"):
        aligned_faces(write_film(tmp_path / "short.avi", [grey] * 2), yunet)
    with pytest.raises(Unusable, match="a face in 0 of 6"):
        aligned_faces(write_film(tmp_path / "empty.avi", [empty] * 6), yunet)
