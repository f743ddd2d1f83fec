"""The detector on real faces, on what is no face, and what is cut out around a box."""

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.cache import Unusable
from helpers.corpora import load_manifest
from helpers.features import face_detection
from helpers.features.face_detection import (
    crop_largest_face,
    detect_faces,
    faces_of_clip,
    pictures_without_a_face,
)
from helpers.features.pictures import read_picture
from helpers.features.yunet import Faces


@pytest.fixture(scope="module")
def real_stills(shared_data):
    stills = load_manifest("sfew", shared_data / "real_mini")
    return stills.iloc[::4]


@pytest.fixture(scope="module")
def a_face(real_stills):
    """One real still with exactly one face, and its box."""
    for path in real_stills["path"]:
        picture = read_picture(path, None, 3)
        boxes = detect_faces(picture)
        if len(boxes) == 1:
            return picture, boxes[0]
    pytest.fail("no still with exactly one face")


def test_most_real_faces_are_found_where_they_are(real_stills):
    pictures = [read_picture(path, None, 3) for path in real_stills["path"]]
    found = [detect_faces(picture) for picture in pictures]
    assert np.mean([len(boxes) > 0 for boxes in found]) > 0.75
    for picture, boxes in zip(pictures, found, strict=True):
        for top, left, height, width in boxes[:1]:  # the faces fill these stills
            middle = np.array([top + height / 2, left + width / 2]) / picture.shape[:2]
            assert (np.abs(middle - 0.5) < 0.25).all()


def test_a_face_moved_in_a_larger_picture_moves_its_box(a_face):
    picture, box = a_face
    wide = np.full((400, 500, 3), 127, np.uint8)
    wide[150 : 150 + picture.shape[0], 300 : 300 + picture.shape[1]] = picture
    (moved,) = detect_faces(wide)
    assert np.abs(moved - (box + [150, 300, 0, 0])).max() <= 10


def test_the_largest_of_two_faces_comes_first(a_face):
    picture, _ = a_face
    large = np.asarray(Image.fromarray(picture).resize((286, 362)))
    both = np.full((400, 460, 3), 127, np.uint8)
    both[:362, :286] = large
    both[:181, 300:443] = picture
    boxes = detect_faces(both)
    assert len(boxes) == 2
    assert boxes[0, 2] > boxes[1, 2] and boxes[0, 1] < 286 < boxes[1, 1]


@pytest.mark.parametrize("shape", [(181, 143), (181, 143, 3), (1, 1, 3), (576, 720, 3)])
def test_no_face_is_found_in_noise_or_grey(shape):
    noise = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    for picture in (noise, np.full(shape, 127, np.uint8)):
        assert detect_faces(picture).shape == (0, 4)
        assert crop_largest_face(picture, (64, 64)) is None


@pytest.mark.parametrize("wrong", [np.zeros((4, 4, 3)), np.zeros((2, 4, 4, 3), np.uint8)])
def test_what_is_no_picture_is_named(wrong):
    with pytest.raises(ValueError, match="one uint8 picture"):
        detect_faces(wrong)


def upright_face(top, left):
    """Return a face in a box 125 high and 100 wide, its points around the middle of the box."""
    middle = np.array([left + 50, top + 62.5])
    around = np.array([[-20, -20], [20, -20], [0, 0], [-15, 20], [15, 20]])
    box = np.array([[top, left, 125, 100]], np.float32)
    return Faces(box, (middle + around)[None].astype(np.float32), np.ones(1, np.float32))


@pytest.mark.parametrize("corner", [(60, 60), (-20, -10), (300, 250)])
def test_the_cutting_is_the_box_with_its_margin_even_at_the_border(monkeypatch, corner):
    """On a picture of its own coordinates the cutting can be read off."""
    monkeypatch.setattr(face_detection, "find_faces", lambda *_: upright_face(*corner))
    rows, columns = np.mgrid[:400, :400].astype(float)
    picture = np.stack([rows, columns, 0 * rows], -1)
    scaled = np.round(picture * 255 / 399).astype(np.uint8)
    cutting = crop_largest_face(scaled, (190, 150)).astype(float) * 399 / 255
    assert cutting.shape == (190, 150, 3)
    side = np.sqrt(125 * 100)
    middle = np.array(corner) + [62.5 - 0.066 * side, 50]
    half = 0.6 * 0.924 * side * np.array([181 / 143, 1])
    low, high = (middle - half).clip(0, 399), (middle + half).clip(0, 399)
    np.testing.assert_allclose(cutting[0, 0, :2], low, atol=3)
    np.testing.assert_allclose(cutting[-1, -1, :2], high, atol=3)


@pytest.mark.parametrize("degrees", [-30, 20])
def test_a_face_is_put_upright_by_its_eyes(monkeypatch, degrees):
    """A bar of light across a turned face lies level in the cutting."""
    face = upright_face(120, 130)
    middle, radians = np.array([180, 182.5]), np.radians(degrees)
    turn = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    points = middle + (face.points[0] - middle) @ turn.T  # clockwise, since rows count downwards
    monkeypatch.setattr(
        face_detection,
        "find_faces",
        lambda *_: Faces(face.boxes, points[None].astype(np.float32), face.scores),
    )
    picture = np.zeros((400, 400, 3), np.uint8)
    ends = [tuple(np.rint(middle + turn @ (x, -20)).astype(int).tolist()) for x in (-60, 60)]
    cv2.line(picture, *ends, (255, 255, 255), 5)
    cutting = crop_largest_face(picture, (190, 150))[..., 0].astype(float)
    rows = (cutting * np.arange(190)[:, None]).sum(axis=0) / cutting.sum(axis=0)
    assert np.ptp(rows[30:120]) < 3


def test_grey_pictures_give_cuttings_of_three_channels(a_face):
    picture, _ = a_face
    cutting = crop_largest_face(picture[..., 0], (48, 40))
    assert cutting.shape == (48, 40, 3) and cutting.dtype == np.uint8
    assert np.array_equal(cutting[..., 0], cutting[..., 2])


def test_faces_of_a_real_clip(shared_data):
    clips = load_manifest("afew", shared_data / "real_mini")
    found = 0
    for path in clips["path"].iloc[::25]:
        try:
            faces = faces_of_clip(path, (48, 48), 3)
        except Unusable as reason:
            assert str(reason) == "no face found in 3 frames"
            continue
        assert faces.dtype == np.uint8 and faces.shape[1:] == (48, 48, 3)
        assert 1 <= len(faces) <= 3
        found += 1
    assert found >= 3


def test_candidates_are_the_readable_pictures_without_a_face(a_face, tmp_path):
    rng = np.random.default_rng(0)
    Image.fromarray(a_face[0]).save(tmp_path / "face.png")
    for name in ("noise", "known"):
        Image.fromarray(rng.integers(0, 256, (181, 143, 3), dtype=np.uint8)).save(
            tmp_path / f"{name}.png"
        )
    (tmp_path / "text.png").write_text("no picture")
    names = ["face", "noise", "text", "known"]
    manifest = pd.DataFrame(
        {"sample_id": names, "path": [str(tmp_path / f"{name}.png") for name in names]}
    ).assign(problem=["", "", "", "excluded"])
    assert pictures_without_a_face(manifest)["sample_id"].tolist() == ["noise"]
