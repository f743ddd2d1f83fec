"""Sounds inside a notebook can be decoded again and are small."""

import base64
import re

import numpy as np
import pytest

from helpers.features.media import encode_mp3, encode_webm, extract_frames, read_audio
from helpers.plots.players import film_player, film_players, players

RATE = 22050


def tone(seconds, amplitude):
    t = np.arange(int(seconds * RATE)) / RATE
    return (amplitude * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


def test_an_mp3_holds_the_sound(tmp_path):
    (tmp_path / "tone.mp3").write_bytes(encode_mp3(tone(2, 0.5), RATE))
    decoded = read_audio(tmp_path / "tone.mp3", RATE)
    assert np.argmax(np.abs(np.fft.rfft(decoded))) * RATE / len(decoded) == pytest.approx(440, 1e-2)
    assert len(decoded) / RATE == pytest.approx(2, abs=0.2)


def test_players_are_small_equally_loud_and_safe(tmp_path):
    shown = players(
        [tone(1, 0.01), tone(1, 1.0), np.zeros(RATE)], ["quiet", '<b>"x"', "none"], RATE
    )
    sounds = re.findall(r"base64,([^\"]+)", shown.data)
    assert len(sounds) == 3 and len(shown.data) < 3 * 6000
    assert "<b>" not in shown.data
    loudness = []
    for index, sound in enumerate(sounds[:2]):
        (tmp_path / f"{index}.mp3").write_bytes(base64.b64decode(sound))
        loudness.append(np.abs(read_audio(tmp_path / f"{index}.mp3", RATE)).max())
    assert loudness == pytest.approx([0.9, 0.9], abs=0.1)


def test_one_caption_a_sound():
    with pytest.raises(ValueError, match="zip"):
        players([tone(0.1, 1)], [], RATE)


@pytest.mark.parametrize("has_sound", [True, False])
def test_a_film_holds_its_frames_and_its_sound(has_sound, tmp_path):
    frames = np.zeros((20, 48, 64, 3), np.uint8)
    frames[:10, :, :, 0], frames[10:, :, :, 2] = 220, 220  # red, then blue
    film = encode_webm(frames, 20, tone(1, 0.5) if has_sound else np.zeros(0), RATE)
    (tmp_path / "film.webm").write_bytes(film)
    shown = extract_frames(tmp_path / "film.webm", frames_per_clip=4)
    assert shown.shape == (4, 48, 64, 3)
    assert shown.mean(axis=(1, 2)).argmax(axis=1).tolist() == [0, 0, 2, 2]
    if has_sound:
        decoded = read_audio(tmp_path / "film.webm", RATE)
        pitch = np.argmax(np.abs(np.fft.rfft(decoded))) * RATE / len(decoded)
        assert pitch == pytest.approx(440, 1e-2)
        assert len(decoded) / RATE == pytest.approx(1, abs=0.1)


def test_a_film_is_the_same_each_time_it_is_made():
    frames = np.random.default_rng(0).integers(0, 255, (8, 48, 64, 3), np.uint8)
    first, again = (encode_webm(frames, 20, tone(0.4, 0.5), RATE) for _ in range(2))
    assert first == again


def test_a_films_player_is_small_and_safe():
    film = encode_webm(np.full((25, 64, 64, 3), 99, np.uint8), 25, tone(1, 0.1), RATE)
    shown = film_player(film, '<b>"x"').data
    assert base64.b64decode(re.search(r"base64,([^\"]+)", shown)[1]) == film
    assert "<b>" not in shown and len(shown) < 40_000


def test_several_films_stand_side_by_side_each_with_its_caption():
    shown = film_players([b"one", b"two"], ["clip 1", "clip <2>"]).data
    assert shown.count("<video") == shown.count("inline-block") == 2
    assert shown.index("clip 1") < shown.index("clip &lt;2&gt;") and "<2>" not in shown
    with pytest.raises(ValueError, match="zip"):
        film_players([b"one"], [])
