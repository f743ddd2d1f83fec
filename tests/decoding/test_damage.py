"""What prepare's table calls damaged is what cannot be read."""

import numpy as np
import pytest
import soundfile
from PIL import Image

from helpers.corpora.fetching.signatures import damage_of
from helpers.decoding.damage import why_unreadable
from tests.decoding.makers import BARS, TONE, ffmpeg
from tests.decoding.test_sound import RATE, WAVE, wav_with


def test_what_can_be_read_is_not_called_damaged(tmp_path):
    paths = [
        wav_with(tmp_path / "sox.wav", riff=0x7FFFF024, data=0x7FFFF000),
        wav_with(tmp_path / "arecord.wav", riff=0x80000024, data=0x80000000),
        ffmpeg(*TONE, "-f", "mp3", tmp_path / "an_mp3.wav"),
        ffmpeg(*BARS, *TONE, "-f", "mp4", tmp_path / "an_mp4.avi"),
        ffmpeg(*BARS, *TONE, tmp_path / "film.webm"),
    ]
    soundfile.write(tmp_path / "rf64.wav", WAVE, RATE, "PCM_16", format="RF64")
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(tmp_path / "a_jpeg.png", "JPEG")
    content = (tmp_path / "a_jpeg.png").read_bytes()
    (tmp_path / "trailer.jpg").write_bytes(content + b"a maker's own data" * 10)
    for path in [*paths, *(tmp_path / n for n in ("rf64.wav", "a_jpeg.png", "trailer.jpg"))]:
        assert (damage_of(path), why_unreadable(path)) == ("", "")


@pytest.mark.parametrize("name", ["a.wav", "a.avi", "a.mp4", "a.webm", "a.mp3"])
def test_what_was_cut_is_called_so_by_both(tmp_path, name):
    film = [] if name in ("a.wav", "a.mp3") else BARS
    path = ffmpeg(*film, *TONE, "-shortest", tmp_path / name)
    path.write_bytes(path.read_bytes()[:-600])
    assert damage_of(path).startswith("cut short") and why_unreadable(path) == damage_of(path)
