"""Checks of the lab edition of notebook 02."""

from collections.abc import Callable, Mapping

import numpy as np

from helpers.series.labs.verdict import Right, expect, expect_letter, expect_number, result_of

_NOT_CONVINCING = {
    "a": "the emotions are not equally frequent: always saying the commonest may reach 30 % too.",
    "b": "stills that were learned can be known by heart, without any idea of emotion.",
    "d": "the best of twelve is some points above the others by luck alone, and was picked for it.",
}


def line_to_beat(function: Callable) -> Right:
    """Check task 1: the accuracy of an answer that needs no picture."""
    # The commonest is neither the first, the last nor the middle of the numbers that occur, numbers
    # are missing below it, and in the test stills another one is the commonest.
    train = np.array([2, 0, 5, 0, 2, 5, 0, 5, 7, 5])
    test = np.array([0] * 4 + [2] + [5] * 3)
    mistakes = {
        "that is the fraction of the commonest class in train; how often is it right in test?": 0.4,
        "the commonest class of the test set was taken: who would tell you which one it is?": 0.5,
        "train and test have changed places: which says what is commonest, and where is it "
        "counted?": 0.3,
        "that is a count; which fraction of the test stills is it?": 3.0,
        "that is in per cent; a fraction was asked for.": 37.5,
        "that is a guess at random; one class every time does better or worse.": 1 / 4,
        "that is which class is the commonest; how often is it right?": 5.0,
        "that is a place in the list of classes; which class stands there?": 1 / 8,
    }
    found = result_of(function, train.copy(), test.copy())
    expect_number(found, "line_to_beat", 0.375, mistakes)
    return Right("Whatever does not clear this line has not looked at the pictures.")


def settings_for(function: Callable) -> Right:
    """Check task 2: one thing is turned up by a degree, and the others stay as they were posed."""
    most = {"turn": 35.0, "light": 1.0, "clutter": 1.0}
    for thing, degree in (("light", 0.5), ("turn", 0.4), ("clutter", 1.0), ("all three", 0.25)):
        found = result_of(function, thing, degree)
        where = f"For {thing!r} and a degree of {degree:g}"
        expect(
            isinstance(found, Mapping) and set(found) <= set(most),
            f"{where}: a dictionary with turn, light and clutter was wanted.",
        )
        missing = [f"`{name}`" for name in most if name not in found]
        expect(
            not missing,
            f"{where}, {' and '.join(missing)} is missing: give each a number, 0 where a face is "
            "to stay as it was posed.",
        )
        for name, value in found.items():
            expect(
                isinstance(value, int | float | np.number),
                f"{where}, `{name}` is a {type(value).__name__}; a number was wanted.",
            )
            moved = thing in (name, "all three")
            expect(
                moved or value == 0,
                f"{where}, `{name}` is {value:g}: it is turned up too, so that nobody could say "
                "which of them did the harm.",
            )
            expect(
                not moved or value != 0,
                f"{where}, `{name}` is 0: it is to be turned up.",
            )
            expect(
                np.isclose(value, degree * most[name] * moved),
                f"{where}, `{name}` is {value:g}: all of it, {most[name]:g}, belongs to a degree "
                "of 1, and nothing to 0.",
            )
    return Right("What is lost now is lost to that one thing.")


def convincing(letter: str) -> Right:
    """Check task 3: the evidence that leaves least to luck."""
    expect_letter(letter, "convincing", "c", _NOT_CONVINCING)
    return Right("The same stills, an answer that needs no picture, and a test of the difference.")


def right_when_sure(function: Callable) -> Right:
    """Check task 4: how many of the answers that a network is sure of are right."""
    # Of eleven answers five are sure, one of them of just the threshold, and three of these are
    # right; of the others one is.
    sure = [0.95, 0.9, 0.97, 0.92, 0.99, 0.6, 0.5, 0.7, 0.8, 0.55, 0.45]
    answers = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1])
    true = np.array([0, 1, 2, 1, 2, 2, 1, 0, 1, 2, 0])
    values = np.array([[(1 - top) / 2] * 3 for top in sure])
    values[np.arange(11), answers] = sure
    mistakes = {
        "those both sure and right were divided by all answers, not by the sure ones.": 3 / 11,
        "that is the fraction right of all answers, sure or not.": 4 / 11,
        "that is how many are sure; how many of these are right?": 5 / 11,
        "that is how many of the right answers are sure, which is the other way round.": 3 / 4,
        "that is a count; which fraction of the sure answers is it?": 3.0,
        "that is in per cent; a fraction was asked for.": 60.0,
        "an answer of just the threshold is sure as well.": 2 / 4,
    }
    found = result_of(function, values.copy(), true.copy(), 0.9)
    expect_number(found, "right_when_sure", 0.6, mistakes)
    return Right("A probability is worth what it was checked on.")
