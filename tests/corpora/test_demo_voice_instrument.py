"""A voice in which everything is held and one thing is moved."""

import numpy as np
import pytest

from helpers.corpora.demo.instrument import someone, voice
from helpers.corpora.demo.voices import SAMPLE_RATE
from helpers.emotions import EMOTIONS

HELD = {"person": 2, "emotion": "Happy", "intensity": 0.8, "sentence": 1, "seconds": 0.8}


def level(sound: np.ndarray, low: float, high: float) -> float:
    """Power between two frequencies in Hz."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    frequency = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    return float(power[(frequency >= low) & (frequency < high)].sum())


def test_the_same_arguments_give_the_same_samples():
    first, second = voice(**HELD), voice(**HELD)
    assert first.dtype == np.float32 and first.shape == (int(0.8 * SAMPLE_RATE),)
    assert np.array_equal(first, second) and 0.05 < np.abs(first).max() < 1


@pytest.mark.parametrize(
    "moved",
    [
        {"person": 3},
        {"emotion": "Sad"},
        {"intensity": 0.4},
        {"sentence": 2},
        {"noise": 0.3},
    ],
)
def test_what_is_moved_is_heard(moved):
    assert not np.array_equal(voice(**HELD), voice(**HELD | moved))


def test_without_intensity_all_emotions_are_one_sound():
    calm = voice(**HELD | {"intensity": 0.0})
    for emotion in EMOTIONS:
        assert np.array_equal(voice(**HELD | {"emotion": emotion, "intensity": 0.0}), calm)
    assert np.array_equal(voice(**HELD | {"emotion": "Neutral", "intensity": 1.0}), calm)


def test_noise_is_added_and_the_voice_stays():
    """Twice the noise adds twice the same samples to the same voice."""
    quiet, some, more = (voice(**HELD | {"noise": noise}) for noise in (0.0, 0.1, 0.2))
    assert more - quiet == pytest.approx(2 * (some - quiet), abs=1e-6)
    other = HELD | {"emotion": "Sad"}
    sad, noisy = voice(**other), voice(**other | {"noise": 0.1})
    assert noisy - sad == pytest.approx(some - quiet, abs=1e-6)


def test_a_little_more_intensity_is_a_little_more_of_the_same():
    """The spectrum of an angry voice gets brighter step by step, and no word is another one."""
    angry = HELD | {"emotion": "Angry"}
    sounds = [voice(**angry | {"intensity": step}) for step in (0.0, 0.5, 1.0)]
    brightness = [level(sound, 1500, 6000) / level(sound, 60, 6000) for sound in sounds]
    assert brightness == sorted(brightness)


def test_people_are_always_the_same_and_six_of_them_of_all_kinds():
    assert someone(4).pitch == someone(4).pitch
    kinds = {(someone(number).gender, round(someone(number).age)) for number in range(6)}
    assert {gender for gender, _ in kinds} == {"f", "m"} and len(kinds) >= 4


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"emotion": "angry"}, "Unknown emotion 'angry'"),
        ({"intensity": 1.5}, "intensity=1.5"),
        ({"noise": -1}, "noise=-1"),
        ({"seconds": 60}, "seconds=60"),
    ],
)
def test_what_cannot_be_said_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        voice(**HELD | wrong)
