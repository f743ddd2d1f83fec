"""Checks of the lab edition of notebook 05."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS
from helpers.series.labs.verdict import Right, expect, given, result_of


def guess(found: Mapping) -> Right:
    """Check task 1: that there is a guess; which one is left to the reader."""
    expect(
        isinstance(given(found, "guess"), Mapping) and set(found) == {"accuracy", "confused"},
        "`guess` should be a dictionary with `accuracy` and `confused`.",
    )
    accuracy, confused = found["accuracy"], found["confused"]
    expect(
        isinstance(accuracy, int | float) and not isinstance(accuracy, bool),
        "`accuracy` should be a number.",
    )
    expect(
        0 <= accuracy <= 1,
        f"An accuracy of {accuracy:g}? It is a fraction: 30 % is 0.3.",
    )
    expect(
        not isinstance(confused, str) and len(set(confused)) == 2 and set(confused) <= {*EMOTIONS},
        f"`confused` should be two different ones of {', '.join(EMOTIONS)}.",
    )
    return Right(f"Noted: {accuracy:.0%}, and {' with '.join(confused)}. It comes back further on.")


def common_length(function: Callable) -> Right:
    """Check task 2: the longest training clip gives the length, also where a test clip is longer.

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
            f"A {type(found).__name__} is returned; one number of samples was asked for.",
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
    """Check task 3: no recording on both sides, and every kind on both.

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
    """Check task 4: with little intensity there is little to hear."""
    letter = given(found, "explanation")
    expect(
        isinstance(letter, str) and letter.strip().lower() in {*"abc"},
        '`explanation` should be "a", "b" or "c".',
    )
    letter = letter.strip().lower()
    expect(letter == "b", _EXPLANATIONS.get(letter, ""))
    return Right(
        "The label is of the scene; the sound holds a fifth of it. Noise in labels is that."
    )
