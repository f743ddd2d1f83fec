"""Figures of notebooks 05 and 06: from a wave to what a network sees of it."""

from collections.abc import Mapping, Sequence

import librosa
import matplotlib
import numpy as np
from matplotlib.figure import Figure

from helpers.features.spectrograms import (
    THESIS_SAMPLE_RATE,
    MelSettings,
    log_mel_settings,
    log_mel_spectrogram,
)
from helpers.plots.style import (
    EMOTION_COLOURS,
    TEST_COLOUR,
    TRAINING_COLOUR,
    bare,
    new_figure,
)
from helpers.results.record import mark_without_people

# Few levels and no blending: a room's noise would make a figure hundreds of kilobytes large.
_SPECTROGRAM_STYLE = {
    "origin": "lower",
    "aspect": "auto",
    "cmap": matplotlib.colormaps["magma"].resampled(32),
    "interpolation": "nearest",
}


def processing_steps(
    samples: np.ndarray,
    emphasised: np.ndarray,
    spectrogram: np.ndarray,
    normalised: np.ndarray,
    *,
    title: str,
) -> Figure:
    """Draw one clip on its way: wave, pre-emphasis, mel filters, spectrogram, normalisation.

    Parameters
    ----------
    samples, emphasised : arrays (samples,)
        Before and after the filter of equation 2, at the length that all clips get.
    spectrogram, normalised : arrays (bands, frames)
        In decibels, and after normalisation; with the thesis's settings, which the filters and the
        time axis are drawn for.
    """
    sample_rate, settings = THESIS_SAMPLE_RATE, log_mel_settings()
    figure, axes = new_figure(3, 2, width=7.5, height=6)
    seconds = np.arange(len(samples)) / sample_rate
    for axis, wave, name in (
        (axes[0], samples, "1 the wave, filled up with silence"),
        (axes[2], emphasised, "2 after pre-emphasis"),
    ):
        axis.plot(seconds, wave, color=TEST_COLOUR, linewidth=0.4)
        axis.set(title=name, xlabel="seconds", yticks=[0])
    _draw_spectra(axes[1], samples, emphasised, sample_rate)
    _draw_filters(axes[3], sample_rate, settings)
    extent = (0, len(samples) / sample_rate, 0, settings.bands)
    for axis, values, name, unit in (
        (axes[4], spectrogram, "3 log-mel spectrogram", "dB"),
        (axes[5], normalised, "4 normalised", ""),
    ):
        drawn = axis.imshow(values, extent=extent, **_SPECTROGRAM_STYLE)
        bar = figure.colorbar(drawn, ax=axis, pad=0.01)
        bar.set_label(unit, fontsize=8)
        bar.ax.tick_params(labelsize=8)
        axis.set(title=name, xlabel="seconds", ylabel="mel band")
    figure.suptitle(title, fontsize=12)
    return mark_without_people(figure)


def spectrogram_grid(
    spectrograms: Sequence[np.ndarray],
    captions: Sequence[str],
    *,
    title: str,
    columns: int = 4,
    colours: Sequence[str] | None = None,
) -> Figure:
    """Draw spectrograms in a grid, low bands below.

    Parameters
    ----------
    spectrograms : n arrays (bands, frames), or uint8 (height, width, 3)
        Values, with one scale of colours for all; or the pictures that a network gets.
    captions : n str
        In the colours of the emotions that they name, unless there are ``colours``.
    """
    pictures = np.ndim(spectrograms[0]) == 3
    rows = -(-len(spectrograms) // columns)
    height = (2.2 if pictures else 1.5) * rows + 0.4
    figure, axes = new_figure(rows, columns, width=2.0 * columns, height=height)
    lowest = min(float(np.min(values)) for values in spectrograms)
    highest = max(float(np.max(values)) for values in spectrograms)
    placed = {"aspect": "equal", "origin": "upper"} if pictures else {}
    style = {**_SPECTROGRAM_STYLE, "vmin": lowest, "vmax": highest, **placed}
    for axis in axes:
        bare(axis)
    for index, (axis, spectrogram) in enumerate(zip(axes, spectrograms, strict=False)):
        axis.imshow(spectrogram, **style)
        colour = colours[index] if colours else EMOTION_COLOURS.get(captions[index], "black")
        axis.set_title(captions[index], fontsize=10, color=colour)
    figure.suptitle(title, fontsize=12)
    return mark_without_people(figure)


def spectrogram_rows(
    rows: Mapping[str, Sequence[np.ndarray]], captions: Sequence[str], *, title: str
) -> Figure:
    """Draw rows of sounds that are to be compared as spectrograms: one scale, axes with units.

    Parameters
    ----------
    rows : mapping of a row's name to n arrays (samples,)
        Sounds of one length, 22050 samples a second; their log-mel spectrograms are drawn.
    captions : n str
        Over the columns.
    """
    settings = log_mel_settings()
    columns = len(captions)
    figure, axes = new_figure(
        len(rows), columns, width=1.4 * columns, height=1.7 * len(rows) + 0.6,
        sharex=True, sharey=True,
    )  # fmt: skip
    length = len(next(iter(rows.values()))[0])
    every = [log_mel_spectrogram(sound, length=length) for row in rows.values() for sound in row]
    loudest = max(float(np.max(values)) for values in every)
    seconds = length / THESIS_SAMPLE_RATE
    style = {**_SPECTROGRAM_STYLE, "extent": (0, seconds, 0, settings.bands)}
    for index, (axis, values) in enumerate(zip(axes, every, strict=True)):
        drawn = axis.imshow(values, vmin=loudest - 60, vmax=loudest, **style)
        if index < columns:
            axis.set_title(captions[index])
        if index % columns == 0:
            axis.set_ylabel(f"{list(rows)[index // columns]}\nmel band", fontsize=9)
        if index >= columns * (len(rows) - 1):
            axis.set_xlabel("seconds", fontsize=9)
    figure.colorbar(drawn, ax=axes, label="dB", pad=0.01)
    figure.suptitle(title, fontsize=12)
    return mark_without_people(figure)


def _draw_spectra(axis, samples: np.ndarray, emphasised: np.ndarray, sample_rate: int) -> None:
    """Draw how loud each frequency is over the whole clip, before and after the filter."""
    for wave, colour, name in (
        (samples, TRAINING_COLOUR, "wave"),
        (emphasised, TEST_COLOUR, "after pre-emphasis"),
    ):
        power = np.abs(np.fft.rfft(wave)) ** 2
        smooth = np.convolve(power, np.ones(400) / 400, mode="same")[::100]
        decibels = 10 * np.log10(np.maximum(smooth, 1e-12))
        kilohertz = np.arange(len(smooth)) * 100 * sample_rate / len(wave) / 1000
        axis.plot(kilohertz, decibels - decibels.max(), color=colour, linewidth=1, label=name)
    axis.set(title="how loud each frequency is", xlabel="kHz", ylabel="dB", ylim=(-80, 3))
    axis.legend(frameon=False, fontsize=8)


def _draw_filters(axis, sample_rate: int, settings: MelSettings) -> None:
    filters = librosa.filters.mel(
        sr=sample_rate, n_fft=settings.fft_length, n_mels=settings.bands, norm=None
    )
    kilohertz = np.arange(filters.shape[1]) * sample_rate / settings.fft_length / 1000
    axis.plot(kilohertz, filters.T, color=TEST_COLOUR, linewidth=0.6)
    axis.set(title=f"the {settings.bands} mel filters", xlabel="kHz", yticks=[])
