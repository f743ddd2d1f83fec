"""Checks of the lab edition of notebook 06."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from helpers.features.spectrogram_images import spectrogram_to_image as wanted_picture
from helpers.series.labs.verdict import Right, expect, expect_number, given, result_of


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


def folds_by_film(
    folds: Sequence[tuple[np.ndarray, np.ndarray]],
    allowed: np.ndarray,
    groups: np.ndarray,
    number: int,
) -> Right:
    """Check task 2: every training clip held out once, by a network that knows none of its film."""
    expect(
        len(given(folds, "folds")) == number,
        f"`folds` has {len(folds)} parts; {number} were asked for.",
    )
    held = np.concatenate([np.asarray(part) for _, part in folds])
    outside = len(set(held.tolist()) - set(allowed.tolist()))
    expect(
        not outside,
        f"{outside} rows that are held out are no training clips: what are the positions "
        "positions in?",
    )
    for place, (train, part) in enumerate(folds, start=1):
        films = len(set(groups[np.asarray(train)]) & set(groups[np.asarray(part)]))
        expect(
            not films,
            f"In fold {place}, {films} films are both learned and held out: divide by film.",
        )
        rest = len(set(np.asarray(train).tolist()) - set(allowed.tolist()))
        expect(not rest, f"Fold {place} learns from {rest} rows that are not allowed.")
    expect(
        len(held) == len(set(held.tolist())) == len(allowed),
        "Every clip should be held out exactly once: have the two parts been exchanged?",
    )
    return Right("No network scores a clip of a film that it has learned from.")


def trust(
    found: Mapping[str, float],
    score_rows: Mapping[str, tuple[np.ndarray, np.ndarray]],
    labels: np.ndarray,
) -> Right:
    """Check task 3: how often each set of scores is right."""
    expect(
        isinstance(given(found, "trust"), Mapping) and set(found) == set(score_rows),
        f"`trust` should be a dictionary with the names {', '.join(score_rows)}.",
    )
    for protocol, (rows, scored) in score_rows.items():
        right = scored[rows].argmax(axis=1) == labels[rows]
        mistakes = {
            "that is a count; which fraction of its clips is it?": right.sum(),
            "that is in per cent; a fraction was asked for.": 100 * right.mean(),
            "that counts all clips; take the rows that belong to it.": float(
                np.mean(scored.argmax(axis=1) == labels)
            ),
        }
        expect_number(found[protocol], protocol, right.mean(), mistakes)
    return Right("Compare the first with the other three before you teach a fusion with it.")
