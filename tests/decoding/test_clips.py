"""Sound and frames from files whose content is known."""

import shutil
import socket
import threading
from functools import partial

import numpy as np
import pytest
import soundfile

from helpers.cache import TemporarilyUnusable, Unusable
from helpers.decoding import containers
from helpers.decoding.film import extract_frames
from helpers.decoding.sound import read_audio, read_audio_at_own_rate
from tests.decoding.makers import ffmpeg

RATE = 16000
FREQUENCY = 440.0


def tone(rate=RATE, seconds=1.0, frequency=FREQUENCY):
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)


def dominant_frequency(samples, rate):
    return np.argmax(np.abs(np.fft.rfft(samples))) * rate / len(samples)


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Ten grey frames of 20, 40, … 200 at 5 a second, with and without a tone."""
    folder = tmp_path_factory.mktemp("clips")
    for index in range(10):
        level = 20 * (index + 1)
        frame = np.full((48, 64, 3), level, np.uint8)
        (folder / f"{index:02}.ppm").write_bytes(b"P6\n64 48\n255\n" + frame.tobytes())
    soundfile.write(folder / "tone.wav", tone(seconds=2), RATE)
    frames = ["-framerate", 5, "-i", folder / "%02d.ppm"]
    sound = ["-i", folder / "tone.wav"]
    ffmpeg(*frames, *sound, "-c:v", "mpeg4", "-q:v", 1, "-c:a", "libmp3lame", folder / "mp3.avi")
    ffmpeg(*frames, *sound, "-c:v", "mpeg4", "-q:v", 1, "-c:a", "pcm_s16le", folder / "pcm.avi")
    ffmpeg(*frames, *sound, "-c:v", "mpeg4", "-q:v", 1, "-c:a", "aac", folder / "aac.mp4")
    ffmpeg(*frames, "-c:v", "mpeg4", "-q:v", 1, folder / "silent.avi")
    ffmpeg("-i", folder / "04.ppm", "-c:v", "mpeg4", "-q:v", 1, folder / "one.avi")
    return folder


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"])
@pytest.mark.parametrize("rate", [8000, 44100, 48000])
def test_every_kind_of_wav_gives_the_same_mono_tone(tmp_path, subtype, rate):
    stereo = np.stack([tone(rate), np.zeros(rate)], axis=1)
    soundfile.write(tmp_path / "mono.wav", tone(rate), rate, subtype=subtype)
    soundfile.write(tmp_path / "stereo.wav", stereo, rate, subtype=subtype)
    mono, own_rate = read_audio_at_own_rate(tmp_path / "mono.wav")
    mixed = read_audio(tmp_path / "stereo.wav", rate)
    assert own_rate == rate and mono.dtype == np.float32
    step = 1 / 128 if subtype == "PCM_U8" else 1e-4
    assert np.abs(mono - tone(rate)).max() < step
    assert np.abs(mixed - tone(rate) / 2).max() < step  # the mean of both channels, not their sum


@pytest.mark.parametrize("rate", [8000, 22050, 48000])
def test_resampling_keeps_pitch_loudness_and_duration(tmp_path, rate):
    soundfile.write(tmp_path / "tone.wav", tone(44100, 2), 44100)
    samples = read_audio(tmp_path / "tone.wav", rate)
    assert abs(len(samples) - 2 * rate) <= rate // 100
    assert dominant_frequency(samples, rate) == pytest.approx(FREQUENCY, abs=1)
    assert np.abs(samples[rate // 10 : -rate // 10]).max() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("name", ["mp3.avi", "pcm.avi", "aac.mp4"])
def test_sound_out_of_clips(clips, name):
    samples = read_audio(clips / name, 22050)
    assert dominant_frequency(samples, 22050) == pytest.approx(FREQUENCY, abs=2)
    assert abs(len(samples) / 22050 - 2) < 0.15


def test_names_are_taken_literally(clips, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in [
        "-i.avi",
        "two words.avi",
        "año d'été.avi",
        "x%03d.avi",
        "a;b$(c).AVI",
        "http:x.avi",
    ]:
        shutil.copy(clips / "mp3.avi", tmp_path / name)
        assert len(read_audio(name, RATE)) > RATE
        assert len(extract_frames(name, frames_per_clip=2)) == 2


def test_reasons(clips, tmp_path):
    (tmp_path / "empty.avi").touch()
    (tmp_path / "text.avi").write_text("this is no film\n" * 100)
    soundfile.write(tmp_path / "nothing.wav", np.zeros(0), RATE)
    broken = tone()
    broken[5] = np.nan
    soundfile.write(tmp_path / "nan.wav", broken, RATE, subtype="FLOAT")
    expected = {
        clips / "silent.avi": "no sound track",
        tmp_path / "empty.avi": "an empty file",
        tmp_path / "text.avi": "not a film or sound file",
        tmp_path / "nothing.wav": "zero length",
        tmp_path / "nan.wav": "not numbers",
        tmp_path: "not a film or sound file",
    }
    for path, reason in expected.items():
        with pytest.raises(Unusable, match=reason):
            read_audio(path, RATE)
    with pytest.raises(Unusable, match="no video stream"):
        extract_frames(clips / "tone.wav", frames_per_clip=1)
    with pytest.raises(Unusable, match="an empty file"):
        extract_frames(tmp_path / "empty.avi", frames_per_clip=1)


def test_a_clip_cut_short_gives_what_it_has_or_a_reason(clips, tmp_path):
    whole = (clips / "pcm.avi").read_bytes()
    for part in range(1, 10):
        path = tmp_path / f"{part}.avi"
        path.write_bytes(whole[: len(whole) * part // 10])
        try:
            assert 0 < len(read_audio(path, RATE)) <= 2 * RATE + 1
        except Unusable as reason:
            assert str(reason)


def test_a_playlist_dressed_up_as_a_clip_opens_nothing(clips, tmp_path):
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(5)
    called = threading.Event()

    def wait():
        try:
            server.accept()[0].close()
            called.set()
        except OSError:
            pass

    listener = threading.Thread(target=wait, daemon=True)
    listener.start()
    address = f"http://127.0.0.1:{server.getsockname()[1]}/secret.wav"
    shutil.copy(clips / "tone.wav", tmp_path)
    (tmp_path / "net.m3u8").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{address}\n")
    (tmp_path / "other.avi").write_text("ffconcat version 1.0\nfile tone.wav\n")
    for name in ["net.m3u8", "other.avi"]:
        with pytest.raises(Unusable):
            read_audio(tmp_path / name, RATE)
        with pytest.raises(Unusable):
            extract_frames(tmp_path / name, frames_per_clip=1)
    assert not called.wait(0.5)
    socket.create_connection(server.getsockname()).close()  # ends the listener
    listener.join()
    server.close()


def levels(frames):
    return (frames.reshape(len(frames), -1).mean(axis=1) / 20).round().astype(int).tolist()


def test_frames_are_spread_evenly(clips):
    path = clips / "silent.avi"
    assert levels(extract_frames(path, frames_per_clip=1)) == [6]
    assert levels(extract_frames(path, frames_per_clip=2)) == [3, 8]
    assert levels(extract_frames(path, frames_per_clip=5)) == [2, 4, 6, 8, 10]
    assert levels(extract_frames(path, frames_per_clip=99)) == list(range(1, 11))
    assert levels(extract_frames(path, frames_per_second=2.5)) == [2, 4, 6, 8, 10]
    assert levels(extract_frames(path, frames_per_second=0.01)) == [6]
    assert levels(extract_frames(path, frames_per_second=100)) == list(range(1, 11))


def test_frame_sizes_and_order_of_colours(clips, tmp_path):
    assert extract_frames(clips / "mp3.avi", frames_per_clip=3).shape == (3, 48, 64, 3)
    small = extract_frames(clips / "mp3.avi", frames_per_clip=3, size=(10, 20))
    assert small.shape == (3, 10, 20, 3) and small.dtype == np.uint8
    ffmpeg("-f", "lavfi", "-i", "color=red:size=32x32:duration=1", tmp_path / "red.avi")
    red = extract_frames(tmp_path / "red.avi", frames_per_clip=1)[0].mean(axis=(0, 1))
    assert red[0] > 200 and red[1:].max() < 50


def test_a_clip_of_one_frame(clips):
    assert levels(extract_frames(clips / "one.avi", frames_per_clip=4)) == [5]
    assert levels(extract_frames(clips / "one.avi", frames_per_second=1)) == [5]


def test_frames_at_varying_times_can_be_picked(clips, tmp_path):
    path = tmp_path / "varying.mkv"
    ffmpeg(
        *["-framerate", 5, "-i", clips / "%02d.ppm"],
        *["-vf", "select='not(between(n,2,6))'", "-c:v", "mpeg4", "-q:v", 1, path],
    )
    frames = extract_frames(path, frames_per_clip=10)
    assert levels(frames)[0] == 1 and levels(frames)[-1] == 10


@pytest.mark.parametrize("given", [{}, {"frames_per_clip": 1, "frames_per_second": 1}])
def test_one_way_of_counting_has_to_be_chosen(clips, given):
    with pytest.raises(ValueError, match="exactly one"):
        extract_frames(clips / "mp3.avi", **given)


@pytest.mark.parametrize(
    "read", [partial(read_audio, sample_rate=RATE), partial(extract_frames, frames_per_clip=1)]
)
def test_every_pass_has_a_time_limit_and_running_into_it_is_no_damage(clips, monkeypatch, read):
    monkeypatch.setattr(containers, "_SECONDS", -1)
    with pytest.raises(TemporarilyUnusable, match="took more than"):
        read(clips / "mp3.avi")
