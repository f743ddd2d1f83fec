"""The voices and city sounds of the miniature, against what is known of them."""

from dataclasses import replace

import librosa
import numpy as np
import pytest

from helpers.corpora.demo.people import make_person
from helpers.corpora.demo.sounds import CITY_SOUNDS, RATE, city_sound, music, noise
from helpers.corpora.demo.voices import (
    PROSODIES,
    SAMPLE_RATE,
    Prosody,
    make_sentence,
    moderate,
    speak,
)
from helpers.corpora.urbansound8k import CLASSES
from helpers.emotions import EMOTIONS


def say(person, prosody, samples, rng):
    return speak(person, prosody, make_sentence(rng), samples, rng)


def voice_of(emotion: str, gender: str, take: int, seconds: float) -> np.ndarray:
    person = make_person(np.random.default_rng(11), gender, "y")
    rng = np.random.default_rng([take, 5])
    return say(person, PROSODIES[emotion], int(seconds * SAMPLE_RATE), rng)[0]


def median_pitch(voice: np.ndarray) -> float:
    """Median in Hz of the frames that pYIN (Mauch and Dixon 2014) finds voiced."""
    options = {"fmin": 60, "fmax": 700, "sr": SAMPLE_RATE, "resolution": 0.2, "hop_length": 1024}
    pitch, voiced, _ = librosa.pyin(voice, **options)
    return float(np.median(pitch[voiced]))


@pytest.fixture(scope="module")
def pitches() -> dict[str, float]:
    """Median pitch of each emotion over the same people, in semitones from Neutral."""
    hertz = {
        e: np.log2([median_pitch(voice_of(e, g, 0, 2.0)) for g in "fm"]).mean() for e in EMOTIONS
    }
    return {emotion: 12 * (value - hertz["Neutral"]) for emotion, value in hertz.items()}


def test_pitch_is_ordered_by_emotion(pitches):
    for high in ("Angry", "Fear", "Happy", "Surprise"):
        assert pitches[high] > 1.0, pitches
    for low in ("Sad", "Disgust"):
        assert pitches[low] < -0.5, pitches


def test_neutral_speech_has_the_persons_own_pitch():
    for gender, seed in (("f", 1), ("m", 2)):
        person = make_person(np.random.default_rng(seed), gender, "m")
        voice, _ = say(person, Prosody(), int(3 * SAMPLE_RATE), np.random.default_rng(0))
        assert abs(12 * np.log2(median_pitch(voice) / person.pitch)) < 3


def test_a_child_may_shriek_and_no_pitch_is_without_end():
    child = replace(make_person(np.random.default_rng(1), "f", "y"), pitch=450.0)
    shriek, _ = say(child, Prosody(pitch=24.0, ending=12.0), 8000, np.random.default_rng(0))
    assert np.isfinite(shriek).all() and shriek.std() > 0.01


def test_loudness_and_brightness_follow_the_emotion():
    voices = {
        e: [voice_of(e, gender, take, 1.2) for gender in "fm" for take in range(2)]
        for e in ("Angry", "Neutral", "Sad")
    }
    level = {e: np.mean([voice.std() for voice in voices[e]]) for e in voices}
    assert level["Angry"] > level["Neutral"] > level["Sad"]
    assert level["Angry"] / level["Sad"] == pytest.approx(10 ** (13 / 20), rel=0.15)
    centre = {
        e: np.mean(
            [librosa.feature.spectral_centroid(y=v, sr=SAMPLE_RATE).mean() for v in voices[e]]
        )
        for e in ("Angry", "Sad")
    }
    assert centre["Angry"] > centre["Sad"]


def test_faster_speech_opens_the_mouth_more_often():
    person = make_person(np.random.default_rng(4), "f", "y")
    openings = {}
    for rate in (0.7, 1.4):
        rng = np.random.default_rng(3)
        _, opening = say(person, Prosody(rate=rate), int(3 * SAMPLE_RATE), rng)
        assert opening.min() >= 0 and opening.max() <= 1
        above = opening > 0.5 * opening.max()
        openings[rate] = np.count_nonzero(np.diff(above.astype(int)) == 1)
    assert openings[1.4] > openings[0.7]


def test_moderate_goes_from_neutral_to_full():
    for prosody in PROSODIES.values():
        assert moderate(prosody, 0.0) == Prosody()
        assert vars(moderate(prosody, 1.0)) == pytest.approx(vars(prosody))
    assert moderate(PROSODIES["Fear"], 0.5).pitch == pytest.approx(PROSODIES["Fear"].pitch / 2)


def test_people_sound_different_and_the_same_numbers_the_same():
    person = make_person(np.random.default_rng(1), "m", "o")
    once, again = (
        say(person, PROSODIES["Happy"], 22050, np.random.default_rng(9))[0] for _ in range(2)
    )
    other = make_person(np.random.default_rng(2), "m", "o")
    assert np.array_equal(once, again)
    changed = say(other, PROSODIES["Happy"], 22050, np.random.default_rng(9))[0]
    assert not np.array_equal(once, changed)


def test_the_sounds_are_the_classes_of_the_corpus_in_its_order():
    assert tuple(CITY_SOUNDS) == CLASSES


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("seconds", [0.8, 3.0])
def test_city_sounds_are_sound(name, seconds):
    for seed in range(3):
        sound = city_sound(name, seconds, seed % 2 == 0, np.random.default_rng(seed))
        assert sound.shape == (int(seconds * RATE),)
        assert np.isfinite(sound).all()
        assert 0.2 < np.abs(sound).max() < 1.0
        again = city_sound(name, seconds, seed % 2 == 0, np.random.default_rng(seed))
        assert np.array_equal(sound, again)


@pytest.mark.parametrize("slope", [0.0, 1.0, 2.0])
def test_noise_falls_as_said(slope):
    samples = noise(RATE * 8, np.random.default_rng(0), slope)
    power = np.abs(np.fft.rfft(samples)) ** 2
    frequency = np.fft.rfftfreq(len(samples), 1 / RATE)
    bands = [power[(frequency >= f) & (frequency < 2 * f)].mean() for f in (250, 500, 1000, 2000)]
    octave = -np.diff(np.log2(bands))
    assert octave == pytest.approx(np.full(3, slope), abs=0.12)


def test_gun_shots_die_away_and_an_air_conditioner_does_not():
    for name, fades in (("gun_shot", True), ("air_conditioner", False)):
        sound = city_sound(name, 3.0, True, np.random.default_rng(5))
        levels = [np.std(part) for part in np.array_split(sound, 60)]
        assert (min(levels) < 0.3 * max(levels)) == fades


def test_music_is_made_of_notes():
    tune = music(RATE * 3, np.random.default_rng(2))
    flatness = librosa.feature.spectral_flatness(y=tune).mean()
    assert (
        flatness
        < 0.1
        * librosa.feature.spectral_flatness(y=noise(RATE * 3, np.random.default_rng(2), 0)).mean()
    )
