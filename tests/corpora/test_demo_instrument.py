"""The instrument: everything is held, one thing is moved."""

import numpy as np
import pytest

from helpers.corpora.demo.instrument import face, someone
from helpers.corpora.demo.studio import HEIGHT, WIDTH
from helpers.emotions import EMOTIONS

HELD = {"person": 3, "emotion": "Surprise", "intensity": 0.7, "seed": 1}
HELD |= {"turn": 10.0, "light": 0.3, "clutter": 0.3, "size": 1.1}
MOVED = {"person": 4, "emotion": "Angry", "intensity": 0.9, "seed": 2}
MOVED |= {"turn": -10.0, "light": 0.8, "clutter": 0.6, "size": 1.3}


def test_the_same_arguments_give_the_same_pixels_of_a_portrait():
    first, second = face(**HELD), face(**HELD)
    assert first.dtype == np.uint8 and first.shape == (HEIGHT, WIDTH, 3)
    assert (first == second).all()


@pytest.mark.parametrize("name", MOVED)
def test_every_argument_changes_the_picture(name):
    assert (face(**HELD) != face(**HELD | {name: MOVED[name]})).mean() > 0.01


def changed(first, second):
    """Return which rows differ, as fractions of the height."""
    return np.flatnonzero((first != second).any(axis=(1, 2))) / HEIGHT


def test_an_emotion_changes_the_face_and_nothing_around_it():
    calm, afraid = face(3, "Neutral"), face(3, "Fear")
    rows = changed(calm, afraid)
    assert rows.min() > 0.05 and rows.max() < 0.95
    different = (calm != afraid).any(axis=2)
    assert not different[:, : WIDTH // 10].any() and not different[:, -WIDTH // 10 :].any()


def test_light_leaves_the_wall_and_clutter_the_middle_of_the_face():
    plain = face(3, "Happy")
    wall = np.s_[: HEIGHT // 20, : WIDTH // 10]
    assert (face(3, "Happy", light=1.0)[wall] == plain[wall]).all()
    behind = face(3, "Happy", clutter=0.2)
    middle = np.s_[HEIGHT * 2 // 5 : HEIGHT * 3 // 5, WIDTH * 2 // 5 : WIDTH * 3 // 5]
    assert (behind[middle] == plain[middle]).all() and (behind[wall] != plain[wall]).any()


@pytest.mark.parametrize("person", range(6))
def test_without_intensity_every_emotion_is_the_same_face(person):
    rest = face(person, "Neutral", 1.0)
    for emotion in EMOTIONS:
        assert (face(person, emotion, 0.0) == rest).all()


def test_more_intensity_is_further_from_the_face_at_rest():
    for emotion in set(EMOTIONS) - {"Neutral"}:
        rest = face(2, emotion, 0.0).astype(int)
        steps = [np.abs(face(2, emotion, part) - rest).mean() for part in (0.25, 0.5, 0.75, 1.0)]
        assert all(np.diff([0.0, *steps]) > 0), emotion


def test_a_head_turns_to_the_side_that_was_asked_for():
    left, right = (face(0, "Neutral", turn=degrees).astype(int) for degrees in (-40, 40))
    front = face(0, "Neutral").astype(int)
    assert np.abs(left - front).mean() > 1 < np.abs(right - front).mean()
    assert np.abs(left - right).mean() > 1


def test_seed_moves_only_what_is_left_to_chance():
    assert (face(1, "Sad", seed=1) == face(1, "Sad", seed=2)).all()
    for part in ("light", "clutter"):
        first, second = (face(1, "Sad", seed=seed, **{part: 1.0}) for seed in (1, 2))
        assert (first != second).any()


@pytest.mark.parametrize(
    "wrong",
    [
        {"emotion": "Bored"},
        {"intensity": -0.1},
        {"intensity": 1.1},
        {"intensity": float("nan")},
        {"turn": 46},
        {"light": 2},
        {"clutter": -1},
        {"size": 0.1},
    ],
)
def test_what_is_out_of_range_is_refused(wrong):
    with pytest.raises(ValueError, match="expected"):
        face(**HELD | wrong)


def test_people_are_others_by_number_and_of_all_kinds():
    assert repr(someone(4)) == repr(someone(4)) != repr(someone(10))
    kinds = {(someone(number).gender, round(2 * someone(number).age)) for number in range(6)}
    assert len(kinds) == 6
