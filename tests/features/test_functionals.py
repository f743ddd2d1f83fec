"""Functionals on sounds whose pitch, loudness and trend are known, and on hardly any sound."""

import numpy as np
import pytest

from helpers.cache import Unusable
from helpers.features.functionals import (
    DESCRIPTORS,
    SAMPLE_RATE,
    descriptors,
    functional_names,
    functionals,
)


def tone(hertz, seconds=1.0, level=0.3):
    """A voice-like sound: eight harmonics, the higher the quieter."""
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hertz, int(seconds * SAMPLE_RATE))) / SAMPLE_RATE
    return level * sum(np.sin(n * phase) / n for n in range(1, 9)) / 2


def named(samples):
    return dict(zip(functional_names(), functionals(samples).tolist(), strict=True))


@pytest.mark.parametrize("hertz", [80, 130, 220, 400])
def test_the_pitch_of_a_tone_is_found(hertz):
    found = named(tone(hertz))
    assert found["pitch, 50"] == pytest.approx(np.log2(hertz), abs=0.05)
    assert found["voicing, mean"] > 0.9


def test_noise_has_no_voice():
    noise = np.random.default_rng(0).normal(0, 0.1, SAMPLE_RATE)
    assert named(noise)["voicing, mean"] < 0.4
    assert named(noise)["flatness, mean"] > named(tone(130))["flatness, mean"] + 10


def test_what_rises_has_a_slope_and_what_is_louder_a_level():
    rising = named(tone(np.geomspace(100, 200, SAMPLE_RATE)))
    falling = named(tone(np.geomspace(200, 100, SAMPLE_RATE)))
    assert rising["pitch, slope"] == pytest.approx(0.5, abs=0.05)  # an octave from -1 to 1
    assert falling["pitch, slope"] == pytest.approx(-0.5, abs=0.05)
    quiet, loud = named(tone(130, level=0.03)), named(tone(130, level=0.3))
    assert loud["loudness, 50"] - quiet["loudness, 50"] == pytest.approx(20, abs=0.1)
    assert loud["pitch, 50"] == pytest.approx(quiet["pitch, 50"], abs=0.01)


def test_there_is_a_name_for_every_number():
    names = functional_names()
    assert len(names) == len(set(names)) == len(functionals(tone(130))) == 440
    assert descriptors(tone(130)).shape == (len(DESCRIPTORS), 63)


@pytest.mark.parametrize("seconds", [0.1, 0.3, 7.0])
def test_every_number_is_finite_whatever_the_length(seconds):
    noise = np.random.default_rng(0).normal(0, 0.1, int(seconds * SAMPLE_RATE))
    click = np.zeros(int(seconds * SAMPLE_RATE))
    click[len(click) // 2] = 1
    for samples in (noise, click, tone(100, seconds), np.full_like(click, 0.5)):
        assert np.isfinite(functionals(samples)).all()


def test_hardly_any_sound_has_a_reason():
    with pytest.raises(Unusable, match=r"0\.02 s of sound; functionals need at least 0\.1 s"):
        functionals(tone(130, 0.02))
    with pytest.raises(Unusable, match=r"0\.00 s"):
        functionals(np.zeros(0))
    with pytest.raises(Unusable, match="silent throughout"):
        functionals(np.zeros(SAMPLE_RATE))
