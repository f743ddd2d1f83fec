"""Spectrogram pictures: ours against a drawn figure, and against hand-made arrays."""

import matplotlib
import numpy as np
import pandas as pd
import pytest
import soundfile

from helpers.features.media import read_audio_at_own_rate
from helpers.features.spectrogram_images import KINDS, spectrogram_images, spectrogram_to_image
from helpers.features.spectrograms import LIBROSA_DEFAULTS, mel_power
from helpers.plots.audio import spectrogram_grid
from helpers.series.benchmark.audio import drawn_picture


@pytest.fixture(scope="module")
def clips(shared_data):
    mini = sorted((shared_data / "real_mini").rglob("Train_AFEW/*/*.avi"))[::12]
    voices = sorted((shared_data / "ravdess").rglob("Audio*/*/*.wav"))[::60]
    return [read_audio_at_own_rate(path) for path in [*mini, *voices]]


def test_our_picture_is_the_drawn_one(clips):
    """Mean difference at most 5 of 255 levels and correlation at least 0.99 for every clip."""
    for samples, rate in clips:
        power = mel_power(samples, rate, LIBROSA_DEFAULTS)
        ours = spectrogram_to_image(power).astype(float)
        drawn = drawn_picture(power).astype(float)
        assert np.abs(ours - drawn).mean() < 5
        assert np.corrcoef(ours.ravel(), drawn.ravel())[0, 1] > 0.99


def test_colours_and_orientation():
    power = np.full((4, 8), 1e-8, np.float32)
    power[0, 7] = 1.0  # the lowest band, at the end
    picture = spectrogram_to_image(power, (4, 8))
    magma = matplotlib.colormaps["magma"](np.arange(256), bytes=True)[:, :3]
    assert np.array_equal(picture[3, 7], magma[255])
    assert np.array_equal(picture[0, 0], magma[0])


def test_loudness_of_the_recording_does_not_matter(clips):
    samples, rate = clips[0]
    power = mel_power(samples, rate, LIBROSA_DEFAULTS)
    louder = spectrogram_to_image(power * 4)
    assert np.abs(louder.astype(int) - spectrogram_to_image(power)).max() <= 2


def test_silence_is_dark():
    picture = spectrogram_to_image(np.zeros((128, 20), np.float32))
    assert picture.shape == (64, 64, 3) and len(np.unique(picture.reshape(-1, 3), axis=0)) == 1
    assert picture.max() < 10


@pytest.mark.parametrize("kind", KINDS)
def test_a_manifest_keeps_its_rows(kind, tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    random = np.random.default_rng(0)
    paths = [tmp_path / f"{index}.wav" for index in range(3)]
    for path in paths:
        soundfile.write(path, random.normal(0, 0.1, 9000), 16000)
    paths[1].write_bytes(b"no sound")
    manifest = pd.DataFrame({"path": list(map(str, paths)), "problem": ["", "", "left out"]})
    images, checked = spectrogram_images(manifest, kind=kind, size=(32, 48))
    assert images.shape == (3, 32, 48, 3) and images.dtype == np.uint8
    assert images[0].any() and not images[1].any()
    assert checked["problem"].tolist() == [
        "",
        "not a film or sound file, or a damaged one",
        "left out",
    ]


def test_nothing_but_damage_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    (tmp_path / "a.wav").write_bytes(b"no sound")
    manifest = pd.DataFrame({"path": [str(tmp_path / "a.wav")], "problem": [""]})
    with pytest.raises(ValueError, match="None of the 1 sounds"):
        spectrogram_images(manifest)
    with pytest.raises(ValueError, match="gammatone"):
        spectrogram_images(manifest, kind="gammatone")


@pytest.mark.parametrize("shape, origin", [((8, 12), "lower"), ((8, 8, 3), "upper")])
def test_a_grid_shows_low_bands_below_whatever_it_is_given(shape, origin):
    shown = np.random.default_rng(0).integers(0, 255, (5, *shape)).astype(np.uint8)
    figure = spectrogram_grid(shown, [f"clip {n}" for n in range(5)], title="Five", columns=4)
    drawn = [axis for axis in figure.axes if axis.images]
    assert [axis.get_title() for axis in drawn] == [f"clip {n}" for n in range(5)]
    for axis, values in zip(drawn, shown, strict=True):
        assert axis.images[0].origin == origin
        np.testing.assert_array_equal(axis.images[0].get_array(), values)
    assert figure.get_figwidth() / 4 >= 1.6  # inches for each, or a voice's stripes are not seen
