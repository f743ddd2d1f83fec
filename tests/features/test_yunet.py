"""YuNet on drawn and on real faces: where they are, their five points, and what is no face."""

import numpy as np
import pytest

from helpers.corpora import load_manifest
from helpers.corpora.demo import instrument
from helpers.features.media import extract_frames
from helpers.features.yunet import find_faces


@pytest.fixture(scope="module")
def yunet(weights_of):
    return weights_of("yunet")


@pytest.fixture(scope="module")
def portrait():
    return instrument.face(0, "Neutral")


def test_a_face_is_found_with_its_points_in_their_order(yunet, portrait):
    faces = find_faces(portrait, yunet)
    assert len(faces) == 1 and faces.scores[0] > 0.6
    top, left, height, width = faces.boxes[0]
    left_eye, right_eye, nose, left_mouth, right_mouth = faces.points[0]
    assert left < left_eye[0] < nose[0] < right_eye[0] < left + width
    assert left_mouth[0] < nose[0] < right_mouth[0]
    assert top < left_eye[1] < nose[1] < left_mouth[1] < top + height
    grey = find_faces(portrait.mean(axis=2).astype(np.uint8), yunet)
    assert np.abs(grey.boxes - faces.boxes).max() < 0.05 * height


def test_a_large_picture_is_measured_in_its_own_pixels(yunet, portrait):
    """The detector sees it made smaller by almost a half."""
    large = np.full((1200, 900, 3), 127, np.uint8)
    large[500:800, 400:640] = portrait
    found, moved = find_faces(portrait, yunet), find_faces(large, yunet)
    assert len(moved) == 1
    assert np.abs(moved.points - found.points - [400, 500]).max() < 8
    assert np.abs(moved.boxes - found.boxes - [500, 400, 0, 0]).max() < 12


def test_the_largest_of_two_faces_comes_first(yunet, portrait):
    both = np.full((300, 400, 3), 127, np.uint8)
    both[:150, :120] = portrait[::2, ::2]
    both[:, 160:] = portrait
    faces = find_faces(both, yunet)
    assert len(faces) == 2
    assert faces.boxes[0, 1] > 160 > faces.boxes[1, 1]


def test_no_face_is_found_in_noise_or_grey(yunet):
    noise = np.random.default_rng(0).integers(0, 256, (181, 143, 3), dtype=np.uint8)
    for picture in (noise, np.full((576, 720), 127, np.uint8), np.zeros((1, 1, 3), np.uint8)):
        faces = find_faces(picture, yunet)
        assert (faces.boxes.shape, faces.points.shape) == ((0, 4), (0, 5, 2))


@pytest.mark.parametrize("wrong", [np.zeros((4, 4, 3)), np.zeros((2, 4, 4, 3), np.uint8)])
def test_what_is_no_picture_is_named(yunet, wrong):
    with pytest.raises(ValueError, match="one uint8 picture"):
        find_faces(wrong, yunet)


def test_most_frames_of_real_clips_show_exactly_one_face(yunet, shared_data):
    clips = load_manifest("afew", shared_data / "real_mini")["path"].iloc[::6]
    frames = [extract_frames(path, frames_per_clip=1)[0] for path in clips]
    counts = np.array([len(find_faces(frame, yunet)) for frame in frames])
    assert np.mean(counts == 1) > 0.85
