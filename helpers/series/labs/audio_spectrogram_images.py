"""Checks of the lab edition of notebook 06."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.features.spectrogram_images import spectrogram_to_image as wanted_picture
from helpers.series.labs.verdict import Right, expect, expect_letter, given, result_of


def picture(spectrogram_to_image: Callable) -> Right:
    """Check task 1: from decibels to levels of a colour map, low bands below."""
    # Loud low bands at the end, quiet high ones: a picture that shows which way is up.
    random = np.random.default_rng(0)
    power = (random.uniform(0.5, 1.0, (32, 64)) * np.logspace(2, -4, 32)[:, None]).astype("float32")
    power[:, :32] *= 1e-2
    found = np.asarray(result_of(spectrogram_to_image, power, (32, 64)))
    expect(
        found.shape == (32, 64, 3),
        f"The picture has the shape {found.shape}; (32, 64, 3) was expected.",
    )
    expect(found.dtype == np.uint8, f"Its values are {found.dtype}; uint8 was expected.")
    wanted = wanted_picture(power, (32, 64)).astype(int)
    found = found.astype(int)
    for other, what in (
        (wanted[::-1], "upside down: low bands belong below."),
        (wanted[:, ::-1], "mirrored: time should run from left to right."),
    ):
        expect(np.abs(found - other).max() > 2, f"It is {what}")
    light, wanted_light = found.sum(axis=2), wanted.sum(axis=2)
    loudest = wanted_light == wanted_light.max()
    expect(
        light[loudest].min() > wanted_light.mean(),
        "The loudest point is dark: 256 does not fit into a byte.",
    )
    expect(
        np.abs(found - wanted).max() <= 2,
        "The levels are others: 0 for the quietest point, and nearly 256 for the loudest.",
    )
    silence = np.zeros((32, 64), np.float32)
    expect(
        np.array_equal(
            result_of(spectrogram_to_image, silence, (32, 64)), wanted_picture(silence, (32, 64))
        ),
        "Silence should be dark all over: what happens when all points are equally loud?",
    )
    return Right("No figure was drawn for it, and it is the same picture.")


_CLIPS = pd.DataFrame(
    {
        "sample_id": [f"{clip:03d}" for clip in range(12)],
        "path": [f"{clip:03d}.avi" for clip in range(12)],
        "film": np.repeat(["NightFerry", "SaltRoad", "LowWater", "RedKite"], 3),
        "emotion": ["Angry", "Sad", "Happy"] * 4,
    }
)


def unit(found: str) -> Right:
    """Check task 2: no film on both sides, and every emotion on both.

    The table that the answer is tried on has four films of three clips each.
    """
    expect(
        isinstance(given(found, "unit"), str) and found in _CLIPS.columns,
        f"`unit` should be the name of a column: {', '.join(_CLIPS.columns)}.",
    )
    held_out = pd.factorize(_CLIPS[found])[0] % 4 == 0
    both = set(_CLIPS["film"][held_out]) & set(_CLIPS["film"][~held_out])
    unknown = set(_CLIPS["emotion"][held_out]) - set(_CLIPS["emotion"][~held_out])
    expect(not unknown, "Then a network scores an emotion that it has never heard.")
    expect(
        not both,
        f"Divided by {found}, clips of one film lie on both sides: the same people speak, and the "
        "same music plays.",
    )
    return Right("No network scores a clip of a film that it has learned from.")


_EXPLANATIONS = {
    "b": "VGG16 may be used to mirrored photographs; then upside down would tell the same story.",
    "c": "Backwards, every frequency is as loud as before: the spectrum is the same.",
}


def explanation(found: str) -> Right:
    """Check task 3: what is heard is mostly which pitches are loud."""
    expect_letter(found, "explanation", "a", _EXPLANATIONS)
    return Right("And the melody of a sentence? The next experiment would be to play it flat.")
