"""The frames that a player shows."""

import subprocess

import numpy as np
import pytest

from helpers.cache import TemporarilyUnusable, Unusable
from helpers.decoding.film import extract_frames
from helpers.runtime.ffmpeg import ffmpeg_binary
from tests.decoding.makers import BARS, TONE, ffmpeg


def as_ffmpeg_shows(path, *options):
    """Return all frames as the program gives them, its display matrix applied."""
    command = [ffmpeg_binary(), "-v", "error", *options, "-i", path, "-map", "0:v:0", "-f"]
    raw = [*command, "rawvideo", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "-"]
    return np.frombuffer(subprocess.run(raw, capture_output=True, check=True).stdout, np.uint8)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A film that is neither square nor the same on any side."""
    return ffmpeg(*BARS, "-c:v", "mpeg4", "-q:v", 2, tmp_path_factory.mktemp("film") / "film.mp4")


def test_a_title_does_not_change_the_rate(tmp_path):
    path = ffmpeg(*BARS, "-c:v", "mpeg4", "-metadata", "title=60 fps", tmp_path / "tagged.mp4")
    assert len(extract_frames(path, frames_per_second=25)) == 50
    assert len(extract_frames(path, frames_per_second=2)) == 4


@pytest.mark.parametrize("flip", [[], ["-display_hflip"], ["-display_vflip"]])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_film_is_upright(film, tmp_path, turn, flip):
    path = ffmpeg(
        "-display_rotation", turn, *flip, "-i", film, "-c", "copy", tmp_path / "turned.mp4"
    )
    shape = (96, 64, 3) if turn in (90, 270) else (64, 96, 3)
    frames = extract_frames(path, frames_per_clip=50)
    assert frames.shape == (50, *shape)
    assert np.abs(frames.astype(int) - as_ffmpeg_shows(path).reshape(frames.shape)).max() <= 1
    small = extract_frames(path, frames_per_clip=1, size=(32, 24))
    assert small.shape == (1, 32, 24, 3)


@pytest.mark.parametrize("name", ["wide.avi", "wide.mp4", "wide.mkv"])
@pytest.mark.parametrize(("aspect", "stored"), [("64/45", "720:576"), ("1/2", "512:144")])
def test_pixels_are_square(tmp_path, name, aspect, stored):
    square = f"drawbox=x=362:y=138:w=300:h=300:color=white:t=fill,scale={stored},setsar={aspect}"
    source = ["-f", "lavfi", "-i", "color=black:s=1024x576:r=25:d=0.2"]
    if aspect == "1/2":
        square = f"drawbox=x=100:y=40:w=60:h=30:color=white:t=fill,setsar={aspect}"
        source = ["-f", "lavfi", "-i", f"color=black:s={stored.replace(':', 'x')}:r=25:d=0.2"]
    path = ffmpeg(*source, "-vf", square, "-c:v", "mpeg4", "-q:v", 2, tmp_path / name)
    white = extract_frames(path, frames_per_clip=1)[0].mean(axis=2) > 128
    height, width = white.any(axis=1).sum(), white.any(axis=0).sum()
    assert height == pytest.approx(width, abs=3) and height > 50


def test_a_cover_is_no_film(tmp_path):
    cover = ffmpeg(*BARS, "-frames:v", 1, tmp_path / "cover.jpg")
    both = ["-i", cover, "-map", "0:a", "-map", "1:v", "-c:v", "copy"]
    attached = ["-disposition:v:0", "attached_pic"]
    for name in ("cover.m4a", "cover.mp3", "cover.flac"):
        with pytest.raises(Unusable, match="no video stream"):
            extract_frames(ffmpeg(*TONE, *both, *attached, tmp_path / name), frames_per_clip=1)


def test_a_film_behind_its_cover_is_found(film, tmp_path):
    cover = ffmpeg(*BARS, "-frames:v", 1, tmp_path / "cover.jpg")
    both = ["-map", "1:v", "-map", "0:v", "-c", "copy", "-disposition:v:0", "attached_pic"]
    path = ffmpeg("-i", film, "-i", cover, *both, tmp_path / "covered.mp4")
    assert np.array_equal(
        extract_frames(path, frames_per_clip=3), extract_frames(film, frames_per_clip=3)
    )


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_a_film_that_starts_after_its_sound_gives_its_own_frames(film, tmp_path, suffix):
    late = ["-itsoffset", 1, "-i", film, "-map", "0:a", "-map", "1:v", "-c:v", "copy"]
    path = ffmpeg(*TONE, *late, tmp_path / f"late.{suffix}")
    for count in (3, 50, 99):
        assert np.array_equal(
            extract_frames(path, frames_per_clip=count), extract_frames(film, frames_per_clip=count)
        )


def test_a_browser_s_recording_is_read_in_its_own_frames(tmp_path):
    times = "settb=1/1000,setpts='N*36+floor(random(1)*30)'"
    passed = ["-fps_mode", "passthrough", "-enc_time_base", "1/1000", "-c:v", "libvpx"]
    quick = ["-deadline", "realtime", "-cpu-used", 8]
    path = ffmpeg(*BARS, "-vf", times, *passed, *quick, tmp_path / "browser.webm")
    content = bytearray(path.read_bytes())
    place = content.find(b"\x23\xe3\x83\x84")  # DefaultDuration, which browsers do not write
    content[place : place + 8] = b"\xec\x86" + bytes(6)
    path.write_bytes(content)
    assert len(extract_frames(path, frames_per_clip=9999)) == 50
    assert len(extract_frames(path, frames_per_second=1000)) == 50
    assert len(extract_frames(path, frames_per_second=5)) == 9  # of 1.8 seconds


def test_a_frame_that_was_left_out_is_still_shown(tmp_path):
    """The slots of an AVI without a frame count, as in a film of 25 frames a second."""
    dropped = ["-vf", "select='not(between(n,1,20))'", "-fps_mode", "passthrough", "-q:v", 2]
    path = ffmpeg(*BARS, *dropped, "-c:v", "mpeg4", tmp_path / "dropped.avi")
    first, second = extract_frames(path, frames_per_clip=30)[[0, 1]]
    shown = extract_frames(path, frames_per_clip=4)  # at 0.25, 0.75, 1.25 and 1.75 seconds
    assert np.array_equal(shown[0], first) and np.array_equal(shown[1], second) is False
    assert np.array_equal(extract_frames(path, frames_per_clip=10)[3], first)  # at 0.7 seconds


def test_a_film_that_changes_its_size_keeps_the_first(tmp_path):
    for size in ("96x64", "48x32"):
        source = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d=1"]
        ffmpeg(*source, "-c:v", "mpeg2video", tmp_path / f"{size}.ts")
    content = [(tmp_path / f"{size}.ts").read_bytes() for size in ("96x64", "48x32")]
    (tmp_path / "both.ts").write_bytes(b"".join(content))
    assert extract_frames(tmp_path / "both.ts", frames_per_clip=4).shape[1:] == (64, 96, 3)


def test_a_drive_that_fails_is_no_damage(tmp_path):
    (tmp_path / "drive.mp4").symlink_to("/proc/self/mem")
    with pytest.raises(TemporarilyUnusable, match="cannot be read"):
        extract_frames(tmp_path / "drive.mp4", frames_per_clip=1)
