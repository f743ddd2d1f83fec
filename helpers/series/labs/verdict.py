"""What a check says, and how it takes a student's answer."""

from collections.abc import Callable, Mapping
from math import isclose
from typing import Any

EMPTY = "start in the cell above, at YOUR CODE HERE, and run it again"


class NotYet(Exception):
    """An answer that is missing or wrong; the message says what is the matter in a sentence."""

    def _render_traceback_(self) -> list[str]:
        # IPython shows this in place of the calls that led here.
        return [f"Not yet: {self}"]


class Right(str):
    """A sentence that a notebook shows as it is, without quotes."""

    def __repr__(self) -> str:
        """Return the sentence."""
        return f"Right. {self}"


def expect(condition: bool, otherwise: str) -> None:
    """Raise :class:`NotYet` with a sentence unless a condition holds."""
    if not condition:
        raise NotYet(otherwise)


def given(value: Any, name: str) -> Any:
    """Return a student's value; raise :class:`NotYet` if it is None or an ellipsis."""
    expect(value is not ..., f"`{name}` is empty: {EMPTY}.")
    expect(
        value is not None,
        f"`{name}` is None: it comes from a function that returns nothing, perhaps from one that "
        "changes what it is given.",
    )
    return value


def result_of(function: Callable, *arguments: Any, **options: Any) -> Any:
    """Return a student's function's result; NotYet if it is empty, fails, or returns nothing."""
    name = getattr(function, "__name__", "the function")
    try:
        value = given(function, name)(*arguments, **options)
    except NotImplementedError:
        raise NotYet(f"`{name}` is empty, or its `raise` line is still there: {EMPTY}.") from None
    except NotYet:
        raise
    except Exception as error:
        said = str(error).strip().splitlines() or [""]
        raise NotYet(f"`{name}` stopped with {type(error).__name__}: {said[0][:120]}.") from None
    expect(value is not None, f"`{name}` returns nothing: does it end in a `return`?")
    return value


def expect_letter(value: Any, name: str, wanted: str, otherwise: Mapping[str, str]) -> None:
    """Raise :class:`NotYet` unless a student chose the wanted letter.

    ``otherwise`` has the other letters, and what is wrong with each.
    """
    letters = sorted({wanted, *otherwise})
    found = given("" if value is None else value, name)
    expect(
        isinstance(found, str) and found.strip().lower() in letters,
        f"`{name}` should be one letter of {', '.join(letters)}.",
    )
    found = found.strip().lower()
    expect(found == wanted, f"{found}: {otherwise.get(found)}")


def expect_number(value: Any, name: str, wanted: float, mistakes: Mapping[str, float]) -> None:
    """Raise :class:`NotYet` unless a student's number is the wanted one.

    ``mistakes`` has sentences for the numbers that typical mistakes lead to.
    """
    try:
        found = float(given(value, name))
    except (TypeError, ValueError):
        raise NotYet(f"`{name}` is a {type(value).__name__}; a number was asked for.") from None
    if isclose(found, wanted, abs_tol=1e-6):
        return
    for sentence, number in mistakes.items():
        expect(not isclose(found, number, abs_tol=1e-6), f"`{name}`: {sentence}")
    raise NotYet(f"`{name}` is {found:.4g}, which is not what was asked for.")
