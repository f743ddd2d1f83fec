"""The sound on its own time axis, and what is no sound."""

import struct

import av
import numpy as np
import pytest
import soundfile

from helpers.cache import TemporarilyUnusable, Unusable
from helpers.decoding.sound import read_audio, read_audio_at_own_rate
from tests.decoding.makers import BARS, TONE, ffmpeg

RATE = 22050
WAVE = (0.3 * np.sin(np.arange(2 * RATE) / 10)).astype(np.float32)


def first_sound(samples, rate):
    """Return when it begins, in seconds."""
    return np.argmax(np.abs(samples) > 0.01) / rate


def test_a_title_does_not_change_the_rate(tmp_path):
    path = ffmpeg(*TONE, "-metadata", "title=Sleep Audio: 528 Hz", tmp_path / "tagged.m4a")
    samples, rate = read_audio_at_own_rate(path)
    assert rate == 44100 and len(samples) == 2 * 44100


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "mov", "ts", "webm", "flv"])
def test_a_late_sound_starts_late(tmp_path, suffix):
    video = ["-c:v", "libvpx"] if suffix == "webm" else []
    sound = ["-c:a", "libopus"] if suffix in ("mkv", "webm") else ["-c:a", "aac"]
    rate = ["-ar", 48000 if suffix in ("mkv", "webm") else 44100]
    late = ["-itsoffset", 1, *TONE, "-map", "0:v", "-map", "1:a"]
    path = ffmpeg(*BARS, *late, *video, *sound, *rate, tmp_path / f"late.{suffix}")
    samples, rate = read_audio_at_own_rate(path)
    assert first_sound(samples, rate) == pytest.approx(1, abs=0.05)
    assert len(samples) / rate == pytest.approx(3, abs=0.06)


def test_a_clip_cut_out_of_a_longer_one_starts_at_its_own_beginning(tmp_path):
    both = ["-map", "0:v", "-map", "1:a", "-output_ts_offset", 50]
    samples, rate = read_audio_at_own_rate(ffmpeg(*BARS, *TONE, *both, tmp_path / "cut.mkv"))
    assert first_sound(samples, rate) < 0.05 and len(samples) / rate == pytest.approx(2, abs=0.05)


def test_a_gap_is_silent(tmp_path):
    gap = ["-af", "aselect='lt(t,0.5)+gt(t,1.5)'", "-c:a", "libopus", "-ar", 48000]
    samples, rate = read_audio_at_own_rate(ffmpeg(*TONE, *gap, tmp_path / "gap.mkv"))
    assert len(samples) / rate == pytest.approx(2, abs=0.02)

    assert np.abs(samples[round(0.6 * rate) : round(1.4 * rate)]).max() < 1e-3
    assert np.abs(samples[round(1.6 * rate) :]).max() > 0.1


def test_a_packet_that_is_lost_moves_nothing(tmp_path):
    healthy = ffmpeg(*TONE, tmp_path / "tone.m4a")
    before = read_audio(healthy, 44100)
    with av.open(str(healthy)) as container:
        packet = [p for p in container.demux(audio=0) if p.size][30]
    content = bytearray(healthy.read_bytes())
    content[packet.pos : packet.pos + packet.size] = bytes(packet.size * [255])
    healthy.write_bytes(content)
    after = read_audio(healthy, 44100)
    assert len(after) == len(before)
    assert np.abs(after[60_000:] - before[60_000:]).max() < 1e-3


def test_stamps_that_jump_are_damage(tmp_path):
    far = ["-af", "asetpts='PTS+gt(N,20)*4000/TB'"]
    with pytest.raises(Unusable, match="jump by"):
        read_audio(ffmpeg(*TONE, *far, tmp_path / "jump.mkv"), RATE)


@pytest.mark.parametrize(
    ("samples", "subtype"),
    [
        (np.zeros(RATE), "PCM_16"),
        (np.zeros((RATE, 2)), "FLOAT"),
        (np.full(RATE, 0.25), "PCM_24"),
        (np.full(RATE, -1 / 128), "PCM_U8"),
    ],
    ids=["zeros", "stereo", "constant", "eight bits"],
)
def test_silence_has_a_reason(tmp_path, samples, subtype):
    soundfile.write(tmp_path / "silent.wav", samples, RATE, subtype)
    with pytest.raises(Unusable, match="silent throughout"):
        read_audio(tmp_path / "silent.wav", 16000)


def test_silence_of_a_film_has_the_same_reason(tmp_path):
    silence = ["-f", "lavfi", "-i", "anullsrc=r=44100:cl=mono", "-shortest", "-c:a", "aac"]
    with pytest.raises(Unusable, match="silent throughout"):
        read_audio(ffmpeg(*BARS, *silence, tmp_path / "silent.mp4"), RATE)


@pytest.mark.parametrize("name", ["cancelled.wav", "cancelled.mkv"])
def test_channels_that_cancel_give_one_of_them(tmp_path, name):
    soundfile.write(tmp_path / "cancelled.wav", np.stack([WAVE, -WAVE], 1), RATE, "PCM_16")
    if name.endswith("mkv"):
        ffmpeg("-i", tmp_path / "cancelled.wav", "-c:a", "flac", tmp_path / name)
    samples = read_audio(tmp_path / name, RATE)
    assert np.abs(np.abs(samples) - np.abs(WAVE)).max() < 1e-4


@pytest.mark.parametrize(
    "layout",
    [
        "5.1|FL=c0|FR=c0|FC=c0|LFE=0*c0|BL=c0|BR=c0",
        "7.1|" + "=c0|".join(("FL", "FR", "FC", "LFE", "BL", "BR", "SL", "SR")) + "=c0",
    ],
    ids=["six", "eight"],
)
@pytest.mark.parametrize("codec", ["flac", "aac"])
def test_many_channels_are_mixed_without_getting_louder(tmp_path, layout, codec):
    many = ["-af", f"pan={layout}", "-c:a", codec]
    samples, _ = read_audio_at_own_rate(ffmpeg(*TONE, *many, tmp_path / "many.mkv"))
    mono, _ = read_audio_at_own_rate(ffmpeg(*TONE, "-c:a", "flac", tmp_path / "one.mkv"))
    middle = slice(20_000, 60_000)
    assert len(samples) == pytest.approx(len(mono), abs=3000)
    assert samples[middle].std() == pytest.approx(mono[middle].std(), rel=0.05)


@pytest.mark.parametrize("scale", [2**15, 2**15 - 1, 3000])
def test_floats_on_the_scale_of_16_bits_are_scaled(tmp_path, scale):
    soundfile.write(tmp_path / "scaled.wav", WAVE * scale, RATE, "FLOAT")
    assert np.abs(read_audio(tmp_path / "scaled.wav", RATE) - WAVE * (scale / 2**15)).max() < 1e-4


def test_loud_floats_stay_and_those_on_no_known_scale_have_a_reason(tmp_path):
    soundfile.write(tmp_path / "loud.wav", WAVE * 6, RATE, "DOUBLE")
    assert np.abs(read_audio(tmp_path / "loud.wav", RATE)).max() == pytest.approx(1.8, abs=0.01)
    for factor in (40, 2.0**31):
        soundfile.write(tmp_path / "wild.wav", WAVE * factor, RATE, "FLOAT")
        with pytest.raises(Unusable, match="where 1 is full scale"):
            read_audio(tmp_path / "wild.wav", RATE)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_no_numbers_have_a_reason(tmp_path, bad):
    soundfile.write(
        tmp_path / "bad.wav", np.where(np.arange(len(WAVE)) == 9, bad, WAVE), RATE, "FLOAT"
    )
    with pytest.raises(Unusable, match="not numbers"):
        read_audio(tmp_path / "bad.wav", RATE)


def wav_with(path, **fields):
    """Write WAVE with other numbers in its header."""
    soundfile.write(path, WAVE, RATE, "PCM_16")
    header = bytearray(path.read_bytes())
    places = {"riff": 4, "rate": 24, "data": header.find(b"data") + 4}
    for name, value in fields.items():
        header[places[name] : places[name] + 4] = struct.pack("<I", value)
    path.write_bytes(header)
    return path


@pytest.mark.parametrize(
    "fields",
    [
        {"riff": 0x7FFFF024, "data": 0x7FFFF000},  # sox
        {"riff": 0x80000024, "data": 0x80000000},  # arecord
        {"riff": 0xFFFFFFFF, "data": 0xFFFFFFFF},  # ffmpeg
        {"riff": 0, "data": 0},  # nobody came back to fill it in
    ],
)
def test_a_wav_out_of_a_pipe_is_read_to_its_end(tmp_path, fields):
    assert len(read_audio(wav_with(tmp_path / "pipe.wav", **fields), RATE)) == len(WAVE)


@pytest.mark.parametrize("form", ["RF64", "W64", "WAVEX", "AIFF", "FLAC", "AU", "CAF"])
def test_other_forms_of_sound_give_the_same(tmp_path, form):
    suffix = "wav" if form in ("RF64", "WAVEX") else form.lower()
    soundfile.write(tmp_path / f"form.{suffix}", WAVE, RATE, "PCM_16", format=form)
    assert np.abs(read_audio(tmp_path / f"form.{suffix}", RATE) - WAVE).max() < 1e-4


@pytest.mark.parametrize("rate", [0, 1, 4_000_000_000])
def test_an_impossible_rate_has_a_reason(tmp_path, rate):
    with pytest.raises(Unusable):
        read_audio(wav_with(tmp_path / "rate.wav", rate=rate), RATE)


@pytest.mark.parametrize("suffix", ["wav", "avi", "mp3", "mp4", "mkv", "webm"])
def test_a_file_that_was_cut_has_a_reason(tmp_path, suffix):
    codecs = ["-c:v", "libvpx", "-c:a", "libopus", "-ar", 48000] if suffix == "webm" else []
    codecs += ["-movflags", "faststart"] if suffix == "mp4" else []
    film = [] if suffix in ("wav", "mp3") else BARS
    path = ffmpeg(*film, *TONE, *codecs, tmp_path / f"whole.{suffix}")
    assert len(read_audio(path, RATE)) > 1.9 * RATE
    content = path.read_bytes()
    for part in (0.3, 0.9):
        path.write_bytes(content[: round(part * len(content))])
        with pytest.raises(Unusable, match="cut short"):
            read_audio(path, RATE)


def test_a_drive_that_fails_is_no_damage(tmp_path):
    for suffix in ("wav", "avi"):
        path = tmp_path / f"drive.{suffix}"
        path.symlink_to("/proc/self/mem")  # can be opened; its first byte cannot be read
        with pytest.raises(TemporarilyUnusable, match="cannot be read"):
            read_audio(path, RATE)


def test_the_default_track_is_the_one_that_is_heard(tmp_path):
    low = ["-f", "lavfi", "-i", "sine=200:r=44100:d=2"]
    both = ["-map", "0", "-map", "1", "-disposition:a:0", "0", "-disposition:a:1", "default"]
    samples = read_audio(ffmpeg(*low, *TONE, *both, tmp_path / "two.mkv"), RATE)
    assert np.argmax(np.abs(np.fft.rfft(samples))) * RATE / len(samples) == pytest.approx(
        440, abs=2
    )
