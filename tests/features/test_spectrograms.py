"""Filters against closed forms, spectrograms against librosa, statistics against leakage."""

import json
import tracemalloc

import librosa
import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as hnp

from helpers.cache import Result
from helpers.features.media import read_audio
from helpers.features.spectrograms import (
    LIBROSA_DEFAULTS,
    NORMALISATIONS,
    THESIS_SAMPLES,
    Normaliser,
    fit_length,
    fit_normaliser,
    log_mel_settings,
    log_mel_spectrogram,
    log_mel_spectrograms,
    mel_power,
    pre_emphasis,
    to_decibels,
)

RATE = 22050
waves = hnp.arrays(
    np.float32, st.integers(0, 400), elements=st.floats(-1, 1, width=32, allow_subnormal=False)
)


def librosa_log_mel(samples, length=THESIS_SAMPLES, coefficient=0.97):
    """The plain way: librosa alone, with the thesis's settings written out."""
    samples = librosa.util.fix_length(samples, size=length)
    if coefficient:
        samples = np.append(samples[:1], samples[1:] - np.float32(coefficient) * samples[:-1])
    power = librosa.feature.melspectrogram(
        y=samples,
        sr=RATE,
        n_fft=1024,
        win_length=551,
        hop_length=220,
        window="hamming",
        n_mels=40,
    )
    return librosa.power_to_db(power)


@pytest.fixture(scope="module")
def voices(shared_data):
    paths = sorted((shared_data / "ravdess").rglob("Audio*/*/*.wav"))[::12]
    return [read_audio(path, RATE) for path in paths]


@pytest.fixture
def results(voices, tmp_path):
    return [as_result(tmp_path / f"{i}.npy", samples) for i, samples in enumerate(voices)]


def as_result(path, samples):
    np.save(path, samples)
    return Result(path)


@given(waves)
def test_pre_emphasis_is_equation_2(samples):
    result = pre_emphasis(samples, 0.5)  # exact in binary
    assert result.dtype == samples.dtype and result.shape == samples.shape
    for t in range(len(samples)):
        expected = samples[t] - np.float32(0.5) * samples[t - 1] if t else samples[0]
        assert result[t] == expected


def test_pre_emphasis_has_the_gain_of_its_closed_form():
    """|H(f)|² = 1 + a² - 2 a cos(2 pi f / rate)."""
    t = np.arange(RATE)
    for frequency in (100, 1000, 8000):
        wave = np.sin(2 * np.pi * frequency * t / RATE)
        gain = np.std(pre_emphasis(wave)[1:]) / np.std(wave)
        expected = np.sqrt(1 + 0.97**2 - 2 * 0.97 * np.cos(2 * np.pi * frequency / RATE))
        assert gain == pytest.approx(expected, rel=1e-3)


@given(waves, st.integers(1, 500))
def test_a_fitted_length_keeps_the_beginning_and_adds_zeros(samples, length):
    fitted = fit_length(samples, length)
    kept = min(len(samples), length)
    assert len(fitted) == length and fitted.dtype == samples.dtype
    assert np.array_equal(fitted[:kept], samples[:kept]) and not fitted[kept:].any()


def test_the_thesis_s_settings():
    settings = log_mel_settings(22050)
    assert (settings.window_length, settings.hop_length, settings.bands) == (551, 220, 40)
    assert settings.fft_length == 1024 and settings.window == "hamming"
    assert log_mel_spectrogram(np.ones(10, np.float32)).shape == (40, 1 + 137063 // 220)


@pytest.mark.parametrize("coefficient", [0.97, 0.0])
def test_real_voices_equal_librosa(voices, coefficient):
    for samples in voices:
        ours = log_mel_spectrogram(samples, coefficient=coefficient)
        assert ours.dtype == np.float32
        assert np.abs(ours - librosa_log_mel(samples, coefficient=coefficient)).max() < 1e-4


@pytest.mark.filterwarnings("ignore:n_fft")  # librosa says so of the shortest ones
@pytest.mark.parametrize("length", [137063, 20000, 549, 1])
def test_clips_that_are_cut_or_filled_equal_librosa(voices, length):
    for samples in (voices[0], voices[0][:length], voices[0][: max(1, length - 1)]):
        ours = log_mel_spectrogram(samples, length=length)
        assert np.abs(ours - librosa_log_mel(samples, length)).max() < 1e-4


@pytest.mark.parametrize("rate", [16000, 44100])
def test_librosa_s_defaults_equal_librosa(voices, rate):
    samples = voices[1]
    ours = to_decibels(mel_power(samples, rate, LIBROSA_DEFAULTS))
    expected = librosa.power_to_db(librosa.feature.melspectrogram(y=samples, sr=rate))
    assert np.abs(ours - expected).max() < 1e-4


def test_a_tone_lights_the_band_that_covers_it():
    centres = librosa.mel_frequencies(n_mels=42, fmax=RATE / 2)[1:-1]
    for band in (5, 20, 35):
        tone = np.sin(2 * np.pi * centres[band] * np.arange(RATE) / RATE).astype(np.float32)
        power = mel_power(tone, RATE, log_mel_settings(RATE))
        assert set(power[:, 10:-10].argmax(axis=0)) == {band}


def test_decibels_have_librosa_s_floor_and_reference():
    power = np.array([[1.0, 0.1, 1e-9, 0.0]], dtype=np.float32)
    assert to_decibels(power).tolist() == [[0, -10, -80, -80]]
    assert to_decibels(power, 0.1)[0] == pytest.approx([10, 0, -70, -70], abs=1e-4)
    assert to_decibels(np.zeros((2, 3), np.float32)) == pytest.approx(-100, abs=1e-4)


def test_silence_has_finite_values():
    assert np.isfinite(log_mel_spectrogram(np.zeros(5000, np.float32))).all()


def test_many_clips_stay_aligned_when_one_has_a_problem(results, voices):
    broken = [results[0], Result(None, "no sound track"), *results[2:]]
    whole, partly = log_mel_spectrograms(results), log_mel_spectrograms(broken)
    assert whole.shape == (len(voices), 40, 624)
    assert not partly[1].any()
    assert np.array_equal(np.delete(whole, 1, axis=0), np.delete(partly, 1, axis=0))


def test_memory_grows_with_the_result_alone(results):
    def peak_beyond_result(waveforms):
        tracemalloc.start()
        size = log_mel_spectrograms(waveforms).nbytes
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak - size

    log_mel_spectrograms(results[:1])
    few, many = peak_beyond_result(results[:2]), peak_beyond_result(results * 4)
    assert many < few + 1e6


def some_spectrograms(seed=0, clips=12):
    """Bands and clips of quite different means and deviations; band 3 never varies."""
    random = np.random.default_rng(seed)
    bands = random.normal(-40, 15, (clips, 5, 7)) * np.arange(1, 6)[None, :, None]
    bands[:, 3] = -80
    return bands.astype(np.float32)


def test_normalisers_against_their_definitions():
    spectrograms, train = some_spectrograms(), np.arange(8)
    fitted = {k: fit_normaliser(k, spectrograms, train)(spectrograms) for k in NORMALISATIONS}
    assert np.array_equal(fitted["none"], spectrograms)
    part = spectrograms[train].astype(np.float64)
    expected = (spectrograms - part.mean()) / part.std()
    assert fitted["global"] == pytest.approx(expected, abs=1e-4)
    mean, deviation = part.mean(axis=(0, 2)), part.std(axis=(0, 2))
    deviation[3] = 1
    expected = (spectrograms - mean[:, None]) / deviation[:, None]
    assert fitted["per_band"] == pytest.approx(expected, abs=1e-4)
    assert fitted["per_spectrogram"].mean(axis=(1, 2)) == pytest.approx(0, abs=1e-5)
    assert fitted["per_spectrogram"].std(axis=(1, 2)) == pytest.approx(1, abs=1e-5)
    assert all(values.dtype == np.float32 for values in fitted.values())


@pytest.mark.parametrize("kind", NORMALISATIONS)
def test_clips_outside_train_change_nothing_that_is_fitted(kind):
    spectrograms, train = some_spectrograms(), np.arange(8)
    other = spectrograms.copy()
    other[8:] = 1000
    before, after = (fit_normaliser(kind, values, train) for values in (spectrograms, other))
    assert before == after
    assert np.array_equal(before(spectrograms)[:8], after(other)[:8])


@pytest.mark.parametrize("kind", NORMALISATIONS)
def test_a_saved_normaliser_says_all_of_it(kind, tmp_path):
    fitted = fit_normaliser(kind, some_spectrograms(), [0, 2, 4])
    path = fitted.save(tmp_path / "normaliser.json")
    values = json.loads(path.read_text())
    assert (
        Normaliser(**{name: tuple(v) if name != "kind" else v for name, v in values.items()})
        == fitted
    )


def test_a_spectrogram_that_never_varies_is_not_divided_by_zero():
    flat = np.full((2, 4, 5), -100, np.float32)
    for kind in NORMALISATIONS:
        assert np.isfinite(fit_normaliser(kind, flat, [0, 1])(flat)).all()


def test_wrong_normalisations_are_refused():
    with pytest.raises(ValueError, match="per_frame"):
        fit_normaliser("per_frame", some_spectrograms(), [0])
    with pytest.raises(ValueError, match="training clips"):
        fit_normaliser("global", some_spectrograms(), [])
    assert Normaliser("none") == fit_normaliser("none", some_spectrograms(), [])


def test_several_windows_are_averaged_to_one():
    samples = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    each, some = (log_mel_spectrogram(samples, length=RATE, windows=n) for n in (1, 4))
    assert each.shape == (40, 101) and some.shape == (40, 25) and some.dtype == np.float32
    np.testing.assert_allclose(some[:, 3], each[:, 12:16].mean(axis=1), rtol=1e-5)
