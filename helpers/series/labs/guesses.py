"""What a student expects, asked for before a result and shown beside it later; never graded.

A lab cell takes the guess, and one after the result compares. Whoever guesses nothing (a run from
start to end, say) sees nothing::

    # @title Your guess: how many of a hundred strangers' faces will it read rightly?
    STRANGERS = ""  # @param {type: "string"}
    strangers = guesses.guess(STRANGERS, percent=True)
    ...
    guesses.compare(strangers, accuracy_of_strangers)

Several at once are mappings from what is guessed to a guess and to a result
(:func:`compare_each`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpers.series.labs.verdict import NotYet


@dataclass(frozen=True)
class Guess:
    """A number, a fraction or a word that was guessed."""

    value: float | str
    percent: bool = False

    def __repr__(self) -> str:
        """Return the sentence that a notebook shows when the guess is made."""
        return f"Your guess: {self.in_words(self.value)}. Run on to see."

    def in_words(self, value: float | str) -> str:
        """Return a value as it is said: ``47 %``, ``0.31``, ``Sad``."""
        if isinstance(self.value, str):
            return str(value)
        return f"{value:.0%}".replace("%", " %") if self.percent else f"{value:.3g}"


class Compared(str):
    """Sentences that a notebook shows as they are, without quotes."""

    __repr__ = str.__str__


def guess(
    given: object, *, percent: bool = False, among: Sequence[str] | None = None
) -> Guess | None:
    """Return a student's guess, None where none was made.

    Parameters
    ----------
    given : str or number
        What stands in the form; ``""`` and None are no guess. ``47``, ``"47 %"`` and ``"47,5"``
        are numbers.
    percent : bool
        Whether it is a number of per cent, to be compared with a fraction.
    among : sequence of str
        The words of which it should be one; capitals do not matter. Without them, a number.

    Raises
    ------
    NotYet
        If it is something else; the message says what is asked for.
    """
    text = "" if given is None else str(given).strip()
    if not text:
        return None
    if among is not None:
        for word in among:
            if word.casefold() == text.casefold():
                return Guess(word)
        raise NotYet(f"{text!r} is no guess here; type one of {', '.join(among)}.")
    number = re.fullmatch(r"([-+]?\d+(?:[.,]\d+)?) ?%?", text)
    if not number or (text.endswith("%") and not percent):
        raise NotYet(f"{text!r} is no guess here; type a number{' of per cent' * percent}.")
    if not percent and re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", number[1]):
        raise NotYet(f"{text!r} may be some thousands or a fraction; type it without the mark.")
    value = float(number[1].replace(",", "."))
    if percent and not 0 <= value <= 100:
        raise NotYet(f"{text!r} is no guess here; type a number of per cent, 0 to 100.")
    if percent and 0 < value < 1:
        raise NotYet(f"{text!r}: type a number of per cent, so {100 * value:g} for that fraction.")
    return Guess(value / 100, True) if percent else Guess(value)


def compare(guessed: Guess | None, result: float | str) -> Compared | None:
    """Return a guess beside what came out, in a sentence; None where nothing was guessed.

    ``result`` is a word, a number, or for a guess in per cent a fraction.
    """
    if guessed is None:
        return None
    said = f"You guessed {guessed.in_words(guessed.value)}; it is {guessed.in_words(result)}"
    if guessed.in_words(guessed.value) == guessed.in_words(result):
        return Compared(f"{said}, as you said.")
    if isinstance(guessed.value, str):
        return Compared(f"{said}. What made you think so?")
    off = abs(result - guessed.value)
    far = f"{off * 100:.0f} points " if guessed.percent and off >= 0.005 else ""
    more = "more" if result > guessed.value else "less"
    return Compared(f"{said}: {far}{more} than you thought.")


def compare_each(
    guessed: Mapping[str, Guess | None], results: Mapping[str, float | str]
) -> Compared | None:
    """Return :func:`compare` of each guess that was made, a line each; None where none was.

    Both say by the same names what was guessed and what came out. What has no result, since the
    notebook left it out, has no line.
    """
    lines = [
        f"{name}: {compare(made, results[name])}"
        for name, made in guessed.items()
        if made is not None and name in results
    ]
    return Compared("\n".join(lines)) if lines else None
