"""The drawn faces of the miniature: geometry in closed form, paint and light."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from helpers.corpora.demo.expressions import ACTION_UNITS, PROTOTYPES, express
from helpers.corpora.demo.faces import draw_face
from helpers.corpora.demo.geometry import Pose, face_curves
from helpers.corpora.demo.paint import paint, ribbon, smooth
from helpers.corpora.demo.people import AGE_GROUPS, GENDERS, make_person
from helpers.corpora.demo.relief import Light
from helpers.emotions import EMOTIONS

LIGHT = Light((0.0, -0.4, 1.0), np.full(3, 0.6), np.full(3, 0.4), 0.3)
people = st.builds(
    lambda seed, gender, age: make_person(np.random.default_rng(seed), gender, age),
    st.integers(0, 10_000),
    st.sampled_from(list(GENDERS)),
    st.sampled_from(list(AGE_GROUPS)),
)


def measure(person, emotion: str, intensity: float = 1.0) -> dict[str, float]:
    """Heights (upwards positive) and openings of a face from the front, in face units."""
    curves = face_curves(person, express(emotion, intensity))
    upper, lower = curves["upper_lip_inner"], curves["lower_lip_inner"]
    lids = [
        curves[f"{s}_lower_lid"][:, 1].max() - curves[f"{s}_upper_lid"][:, 1].min()
        for s in ("left", "right")
    ]
    brows = [curves[f"{side}_brow"] for side in ("left", "right")]
    middle = len(upper) // 2
    return {
        "corner": -np.mean([upper[0, 1], upper[-1, 1]]),
        "corner_above_middle": upper[middle, 1] - np.mean([upper[0, 1], upper[-1, 1]]),
        "width": upper[-1, 0] - upper[0, 0],
        "gap": lower[middle, 1] - upper[middle, 1],
        "eyes": float(np.mean(lids)),
        "inner_brow": -np.mean([brow[0, 1] for brow in brows]),
        "outer_brow": -np.mean([brow[-1, 1] for brow in brows]),
        "between_brows": brows[1][0, 0] - brows[0][0, 0],
        "nose": -curves["nose_tip"][0, 1],
        "chin": -curves["outline"][:, 1].max(),
    }


@settings(max_examples=40, deadline=None)
@given(people)
def test_each_emotion_moves_the_face_as_facs_says(person):
    face = {emotion: measure(person, emotion) for emotion in EMOTIONS}
    assert face["Happy"]["corner"] > face["Neutral"]["corner"] > face["Sad"]["corner"]
    assert face["Happy"]["corner_above_middle"] > 0.05 > face["Sad"]["corner_above_middle"]
    assert face["Surprise"]["gap"] > face["Fear"]["gap"] > face["Neutral"]["gap"]
    assert face["Surprise"]["chin"] < face["Neutral"]["chin"]
    assert face["Fear"]["width"] > face["Neutral"]["width"] > face["Surprise"]["width"]
    for wide in ("Fear", "Surprise"):
        assert face[wide]["eyes"] > face["Neutral"]["eyes"] > face["Sad"]["eyes"]
    assert face["Happy"]["eyes"] < face["Neutral"]["eyes"]
    assert face["Surprise"]["inner_brow"] > face["Neutral"]["inner_brow"]
    assert face["Neutral"]["inner_brow"] > face["Angry"]["inner_brow"]
    assert face["Angry"]["between_brows"] < face["Neutral"]["between_brows"]
    slope = {e: face[e]["inner_brow"] - face[e]["outer_brow"] for e in EMOTIONS}
    assert slope["Sad"] > slope["Neutral"] > slope["Angry"]
    assert face["Disgust"]["nose"] > face["Neutral"]["nose"]


@settings(max_examples=25, deadline=None)
@given(people, st.sampled_from(["Happy", "Sad", "Angry", "Fear", "Surprise", "Disgust"]))
def test_intensity_zero_is_a_face_at_rest(person, emotion):
    rest, faint = measure(person, "Neutral"), measure(person, emotion, 0.0)
    assert faint == rest


unit_strengths = st.fixed_dictionaries({unit: st.floats(0, 1.2) for unit in ACTION_UNITS})


@settings(max_examples=60, deadline=None)
@given(people, unit_strengths)
def test_lips_never_cross_and_eyes_never_turn_inside_out(person, units):
    curves = face_curves(person, units)
    for curve in curves.values():
        assert np.isfinite(curve).all()
    gap = curves["lower_lip_inner"][:, 1] - curves["upper_lip_inner"][:, 1]
    assert gap.min() > -1e-9
    for side in ("left", "right"):
        middle = len(curves[f"{side}_upper_lid"]) // 2
        assert (
            curves[f"{side}_upper_lid"][middle, 1] < curves[f"{side}_lower_lid"][middle, 1] + 0.01
        )


def test_prototypes_use_units_of_facs():
    assert set(PROTOTYPES) == set(EMOTIONS)
    assert all(unit in ACTION_UNITS for units in PROTOTYPES.values() for unit in units)
    assert {6, 12} <= set(PROTOTYPES["Happy"]) and {1, 4, 15} <= set(PROTOTYPES["Sad"])


def test_projection_in_closed_form():
    point = np.array([[0.3, -0.2, 0.8]])
    front = Pose((100.0, 50.0), 40.0)
    assert front.project(point) == pytest.approx(np.array([[112.0, 42.0]]))
    sideways = Pose((0.0, 0.0), 1.0, yaw=np.pi / 2)
    assert sideways.project(point) == pytest.approx(np.array([[0.8, -0.2]]))
    nodding = Pose((0.0, 0.0), 1.0, pitch=np.pi / 2)
    assert nodding.project(point) == pytest.approx(np.array([[0.3, 0.8]]))
    rolled = Pose((0.0, 0.0), 1.0, roll=np.pi / 2)
    assert rolled.project(point) == pytest.approx(np.array([[0.2, 0.3]]))


def test_paint_covers_what_it_should_and_nothing_else():
    image = np.zeros((3, 40, 40), np.float32)
    square = np.array([(10, 10), (30, 10), (30, 30), (10, 30)], dtype=float)
    paint(image, square, (1.0, 0.5, 0.0), opacity=0.5)
    assert image[:, 20, 20] == pytest.approx([0.5, 0.25, 0.0], abs=2e-3)
    outside = np.ones((40, 40), bool)
    outside[9:32, 9:32] = False
    assert image[:, outside].max() == 0
    half = square - (0, 10)
    again = np.zeros_like(image)
    paint(again, square, np.ones(3), inside=half)
    assert again[0, 15, 20] == pytest.approx(1.0) and again[0, 25, 20] == 0


def test_paint_outside_the_picture_changes_nothing():
    image = np.full((3, 20, 20), 0.25, np.float32)
    paint(image, np.array([(50, 50), (70, 50), (60, 70)], dtype=float), np.ones(3), softness=2)
    paint(image, np.array([(-50, 5), (-30, 5), (-40, 9)], dtype=float), np.ones(3))
    assert (image == 0.25).all()


def test_premultiplied_layer_keeps_its_coverage():
    layer = np.zeros((4, 20, 20), np.float32)
    square = np.array([(2, 2), (18, 2), (18, 18), (2, 18)], dtype=float)
    paint(layer, square, (0.8, 0.4, 0.2), opacity=0.5)
    assert layer[:, 10, 10] == pytest.approx([0.4, 0.2, 0.1, 0.5], abs=2e-3)


def test_smooth_passes_through_its_points_and_ribbon_is_as_wide_as_said():
    points = np.array([(0.0, 0.0), (1.0, 2.0), (3.0, 1.0), (4.0, 4.0)])
    curve = smooth(points, steps=5)
    for point in points:
        assert np.abs(curve - point).sum(axis=1).min() < 1e-12
    line = np.column_stack([np.linspace(0, 10, 6), np.zeros(6)])
    outline = ribbon(line, np.full(6, 2.0))
    assert outline[:6, 1] == pytest.approx(np.ones(6)) or outline[:6, 1] == pytest.approx(
        -np.ones(6)
    )


def test_a_lamp_on_one_side_lights_that_side():
    person = make_person(np.random.default_rng(3), "m", "y")
    pose = Pose((80.0, 90.0), 55.0)
    brightness = {}
    for name, x in (("left", -1.5), ("right", 1.5)):
        image = np.zeros((3, 180, 160), np.float32)
        light = Light((x, 0.0, 0.6), np.full(3, 0.9), np.full(3, 0.1), 0.9)
        draw_face(image, person, express("Neutral", 0), pose, light)
        cheeks = image[:, 85:110, 45:65].mean(), image[:, 85:110, 95:115].mean()
        brightness[name] = cheeks
    assert brightness["left"][0] > 1.5 * brightness["left"][1]
    assert brightness["right"][1] > 1.5 * brightness["right"][0]


@pytest.mark.parametrize("style", ["long", "bob", "bun", "curly", "pixie", "bald", "receding"])
def test_a_face_is_drawn_whatever_the_pose(style):
    from dataclasses import replace

    person = replace(make_person(np.random.default_rng(1), "f", "o"), hair_style=style)
    for yaw, centre in ((-0.7, (60, 60)), (0.7, (5, 110)), (0.0, (60, -500)), (0.2, (900, 60))):
        image = np.full((3, 120, 120), 0.5, np.float32)
        draw_face(image, person, express("Fear", 1), Pose(centre, 40.0, yaw, 0.2, 0.3), LIGHT)
        assert np.isfinite(image).all()
        away = centre[1] < -200 or centre[0] > 400
        assert (image == 0.5).all() == away


def test_the_same_numbers_give_the_same_person_and_others_another():
    first, second = (make_person(np.random.default_rng(7), "f", "y") for _ in range(2))
    assert repr(first) == repr(second)
    assert repr(first) != repr(make_person(np.random.default_rng(8), "f", "y"))


def test_variation_needs_no_more_than_its_own_numbers():
    one = express("Sad", 0.8, np.random.default_rng(1), variation=0.3)
    two = express("Sad", 0.8, np.random.default_rng(1), variation=0.3)
    assert one == two != express("Sad", 0.8)
    assert all(0 <= value <= 1.2 for value in one.values())
