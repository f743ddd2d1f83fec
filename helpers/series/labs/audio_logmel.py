"""Checks of the lab edition of notebook 05."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.series.labs.verdict import Right, expect, expect_letter, given, result_of


def common_length(function: Callable) -> Right:
    """Check task 1: the longest training clip gives the length, also where a test clip is longer.

    The lengths are made here, so that the answer does not depend on where the longest clip is.
    """
    train, test = np.array([0, 2, 5]), np.array([1, 3, 4])
    for lengths in (
        np.array([22000, 30000, 26000, 21000, 20000, 24000]),  # the longest is a test clip
        np.array([22000, 18000, 35000, 21000, 20000, 24000]),  # it is a training clip
    ):
        found = result_of(function, lengths, train, test)
        expect(
            np.ndim(found) == 0 and np.issubdtype(np.asarray(found).dtype, np.number),
            f"What is returned is of the type {type(found).__name__}; one number was asked for.",
        )
        wanted = lengths[train].max()
        if found == wanted:
            continue
        expect(found != lengths.max(), "A test clip decides here how training data are prepared.")
        for number, sentence in (
            (lengths[test].max(), "That is the longest *test* clip."),
            (lengths[train].min(), "That is the shortest training clip; all others would be cut."),
            (lengths[train].mean(), "That is the mean; about half of the clips would be cut."),
            (wanted / 22050, "That is in seconds; a number of samples was asked for."),
        ):
            expect(not np.isclose(found, number), sentence)
        expect(False, f"For training clips of {lengths[train].tolist()} samples it is {found:g}.")
    return Right("The test clips have had no say in it, and no training clip is cut.")


_CITY = pd.DataFrame(
    {
        "path": [f"{recording}-{piece}.wav" for recording in range(6) for piece in range(2)],
        "group": np.repeat(range(6), 2),
        "sound_class": np.repeat(["siren", "drilling"], 6),
        "salience": [1, 2] * 6,
    }
)


def unit(found: str) -> Right:
    """Check task 2: no recording on both sides, and every kind on both.

    The table that the answer is tried on has six recordings of two pieces each, of two kinds.
    """
    expect(
        isinstance(given(found, "unit"), str) and found in _CITY.columns,
        f"`unit` should be the name of a column: {', '.join(_CITY.columns)}.",
    )
    codes = pd.factorize(_CITY[found])[0]
    held_out = codes % 3 == 0
    both = set(_CITY["group"][held_out]) & set(_CITY["group"][~held_out])
    expect(
        not both,
        f"Divided by {found}, pieces of one recording lie on both sides: to know one again is no "
        "test.",
    )
    expect(
        set(_CITY["sound_class"][held_out]) <= set(_CITY["sound_class"][~held_out]),
        "Then the networks are asked for kinds of sound that they have never heard.",
    )
    return Right("All pieces of a recording stay together.")


_EXPLANATIONS = {
    "a": "It knows other clips of new films; by heart are only those that it was trained on.",
    "c": "Fewer clips would cost all Sad clips; look at what the curve does from 0.2 to 1.",
}


def explanation(found: str) -> Right:
    """Check task 3: with little intensity there is little to hear."""
    expect_letter(found, "explanation", "b", _EXPLANATIONS)
    return Right(
        "The label is of the scene; the sound holds a fifth of it. Noise in labels is that."
    )
