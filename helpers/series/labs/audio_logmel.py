"""Checks of the lab edition of notebook 05."""

from collections.abc import Callable

import numpy as np

from helpers.features import spectrograms
from helpers.series.labs.verdict import Right, expect, expect_number, result_of


def pre_emphasis(function: Callable) -> Right:
    """Check task 1: equation 2."""
    samples = np.random.default_rng(0).normal(size=200).astype(np.float32)
    before = samples.copy()
    found = np.asarray(result_of(function, samples, 0.9))
    wanted = spectrograms.pre_emphasis(before, 0.9)
    expect(
        np.array_equal(samples, before),
        "The samples that were handed in have been changed: work on a copy.",
    )
    expect(
        found.shape == wanted.shape,
        f"200 samples went in and {found.size} came out; what is left of the first one?",
    )
    expect(
        not np.allclose(found, spectrograms.pre_emphasis(before)),
        "The coefficient that is given is not used.",
    )
    plus = before.copy()
    plus[1:] += np.float32(0.9) * before[:-1]
    expect(not np.allclose(found, plus), "This adds the sample before; equation 2 subtracts it.")
    running = before.copy()
    for t in range(1, len(running)):
        running[t] -= np.float32(0.9) * running[t - 1]
    expect(
        not np.allclose(found, running, atol=1e-4),
        "This subtracts what was already filtered; equation 2 takes the samples as they came.",
    )
    expect(
        not np.allclose(found[:-1], before[:-1] - np.float32(0.9) * before[1:], atol=1e-5),
        "This subtracts the sample after; equation 2 takes the one before.",
    )
    expect(np.allclose(found[1:], wanted[1:], atol=1e-5), "y(t) is not what equation 2 says.")
    expect(
        np.isclose(found[0], wanted[0]), "The first sample has none before it and stays as it is."
    )
    return Right("Slow changes nearly cancel, quick ones stay: high pitches are lifted.")


def one_length(log_mel_spectrogram: Callable) -> Right:
    """Check task 2: short clips are filled up with silence, long ones cut."""
    length = 4410
    wanted_frames = 1 + length // 220
    sound = np.random.default_rng(0).normal(size=8820).astype(np.float32)
    for kind, samples in (("short", sound[:2205]), ("long", sound), ("fitting", sound[:length])):
        found = np.asarray(result_of(log_mel_spectrogram, samples, length=length, coefficient=0.97))
        expect(
            found.shape == (40, wanted_frames),
            f"A {kind} clip gives the shape {found.shape}; (40, {wanted_frames}) was expected, "
            "whatever its length.",
        )
        wanted = spectrograms.log_mel_spectrogram(samples, length=length)
        expect(
            np.allclose(found, wanted, atol=1e-2),
            f"A {kind} clip has the right shape and another content: its beginning stays, and "
            "silence is zeros at its end.",
        )
    return Right("All clips are pictures of one size now, and the beginning of none is lost.")


def length_for_all(length: int, lengths: np.ndarray, train_rows: np.ndarray) -> Right:
    """Check task 3: the longest training clip gives the length."""
    mistakes = {
        "that is in seconds or frames; a number of samples was asked for.": (
            lengths[train_rows].max() / spectrograms.THESIS_SAMPLE_RATE
        ),
        "that is the mean; half of the clips would be cut.": lengths[train_rows].mean(),
        "that is the shortest one; all others would be cut.": lengths[train_rows].min(),
    }
    if lengths.max() != lengths[train_rows].max():
        mistakes["a test clip decides here how training data are prepared."] = lengths.max()
    expect_number(length, "length", lengths[train_rows].max(), mistakes)
    return Right("The test clips have had no say in it.")
