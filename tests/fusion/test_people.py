"""Ten clips that a reader labels, and how people and networks compare."""

import io

import av
import numpy as np
import pytest

from helpers.emotions import EMOTIONS
from helpers.evaluation.statistics import wilson_interval
from helpers.features import media
from helpers.fusion import people
from helpers.fusion.alignment import ClipPairs
from helpers.published import load_published
from tests.fusion.made_up import leaky_scores, pairs_from


@pytest.fixture
def test_clips():
    labels, video, audio = leaky_scores(0, 60)
    return pairs_from(labels, video, audio["unseen"])


def test_ten_clips_with_both_are_drawn_and_seeds_draw_others(test_clips):
    video = test_clips.video.copy()
    video[:30] = np.nan
    half = ClipPairs(test_clips.clips, video, test_clips.audio, EMOTIONS)
    ten, again, others = (people.choose_clips(half, seed=seed) for seed in (0, 0, 1))
    assert len(ten) == 10 and ten.complete.all()
    assert list(ten.clips["sample_id"]) == list(again.clips["sample_id"])
    assert list(ten.clips["sample_id"]) != list(others.clips["sample_id"])
    assert len(people.choose_clips(half, 100)) == 30


def test_a_small_film_keeps_its_shape_and_its_sound_if_asked(tmp_path):
    frames = np.random.default_rng(0).integers(0, 255, (10, 96, 160, 3), np.uint8)
    tone = 0.3 * np.sin(np.arange(16000) / 9)
    path = tmp_path / "film.webm"
    path.write_bytes(media.encode_webm(frames, 10, tone, 16000))
    for sound in (True, False):
        film = people.small_film(path, sound=sound)
        assert len(film) < 40_000
        with av.open(io.BytesIO(film)) as opened:
            (video,) = opened.streams.video
            assert (video.height, video.width) == (68, 112)
            assert len(opened.streams.audio) == sound
    assert people.sound_of(path).std() > 0.1


def test_letters_are_the_emotions():
    assert [EMOTIONS[place] for place in people.read_answers("adfhnsu", 7)] == list(EMOTIONS)
    assert people.read_answers(" A, -,u ", 3).tolist() == [0, -1, 6]
    assert people.read_answers("") is None and people.read_answers("  ") is None
    for text, words in (
        ("ADF", "'ADF' has 3 letters; expected 10 of A D F H N S U, or -"),
        ("ADFHNSUXAZ", "has 10 letters, X, Z among them; expected 10"),
    ):
        with pytest.raises(ValueError, match=words):
            people.read_answers(text)


def test_you_are_compared_on_your_clips_and_the_raters_as_published(test_clips):
    ten = people.choose_clips(test_clips)
    answers = {"face": ten.labels, "voice": None, "both": np.full(10, -1)}
    predicted = dict.fromkeys(people.SENSES, test_clips.labels)
    predicted["voice"] = (test_clips.labels + 1) % 7
    table = people.people_and_machine(answers, predicted, test_clips, ten)
    rows = table.set_index(["who", "sense"])
    assert rows.loc[("networks, all test clips", "face"), "n"] == 60
    assert rows.loc[("networks, the ten", "voice"), "accuracy"] == 0
    you = rows.loc["you, the ten"]
    assert list(you.index) == ["face", "both"] and list(you["accuracy"]) == [1, 0]
    assert tuple(you.loc["face", ["low", "high"]]) == wilson_interval(10, 10)
    raters = rows.loc["CREMA-D's raters", "accuracy"]
    assert dict(raters) == {sense: load_published("crema_d")[sense] for sense in people.SENSES}
