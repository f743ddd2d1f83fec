"""A guess before a result: taken as typed, shown beside the result; nothing if none is made."""

import pytest

from helpers.series.labs.guesses import compare, compare_each, guess
from helpers.series.labs.verdict import NotYet


@pytest.mark.parametrize("nothing", ["", "  ", None])
def test_who_guesses_nothing_sees_nothing(nothing):
    assert guess(nothing) is None
    assert guess(nothing, percent=True) is None
    assert guess(nothing, among=["Sad"]) is None
    assert compare(None, 0.5) is None


@pytest.mark.parametrize("typed", ["60", "60 %", "60%", " 60 ", 60, 60.0])
def test_per_cent_are_compared_with_a_fraction(typed):
    made = guess(typed, percent=True)
    assert repr(made) == "Your guess: 60 %. Run on to see."
    assert compare(made, 0.75) == "You guessed 60 %; it is 75 %: 15 points more than you thought."
    assert compare(made, 0.45) == "You guessed 60 %; it is 45 %: 15 points less than you thought."
    assert compare(made, 0.603) == "You guessed 60 %; it is 60 %, as you said."


@pytest.mark.parametrize("typed", ["2.5", "2,5", 2.5])
def test_numbers_are_compared(typed):
    assert compare(guess(typed), 3) == "You guessed 2.5; it is 3: more than you thought."


def test_words_are_compared_whatever_their_capitals():
    made = guess("sad", among=["Fear", "Sad"])
    assert compare(made, "Sad") == "You guessed Sad; it is Sad, as you said."
    assert compare(made, "Fear") == "You guessed Sad; it is Fear. What made you think so?"
    assert repr(compare(made, "Sad"))[0] == "Y", "shown without quotes"


def test_of_several_guesses_those_are_compared_that_were_made_and_have_a_result():
    typed = {"posed": "30", "wild": "", "left out": "50"}
    guessed = {name: guess(text, percent=True) for name, text in typed.items()}
    said = compare_each(guessed, {"posed": 0.25, "wild": 0.4})
    assert said == "posed: You guessed 30 %; it is 25 %: 5 points less than you thought."
    assert repr(said) == said, "shown without quotes"
    guessed["wild"] = guess("40 %", percent=True)
    said = compare_each(guessed, {"posed": 0.25, "wild": 0.4})
    assert [line.split(":")[0] for line in said.split("\n")] == ["posed", "wild"]
    assert compare_each(dict.fromkeys(guessed), {"posed": 0.25}) is None


@pytest.mark.parametrize(
    ("typed", "options", "asked"),
    [
        ("many", {}, "type a number."),
        ("60 %", {}, "type a number."),
        ("many", {"percent": True}, "a number of per cent"),
        ("600", {"percent": True}, "0 to 100"),
        ("-1", {"percent": True}, "0 to 100"),
        ("0.25", {"percent": True}, "so 25 for that fraction"),
        ("1,000", {}, "some thousands or a fraction"),
        ("2.500", {}, "some thousands or a fraction"),
        ("Glad", {"among": ["Happy", "Sad"]}, "one of Happy, Sad."),
    ],
)
def test_what_is_no_guess_is_refused_with_what_is_asked_for(typed, options, asked):
    with pytest.raises(NotYet, match=asked):
        guess(typed, **options)
