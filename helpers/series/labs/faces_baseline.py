"""Checks of the lab edition of notebook 01."""

from collections import Counter
from collections.abc import Callable
from itertools import product

import pandas as pd

from helpers.series.labs.pairs import MOVABLE, PAIRS, WHY
from helpers.series.labs.verdict import Right, expect, given, result_of


def network(static_cnn: Callable) -> Right:
    """Check task 1: the function that builds the network of figure 5."""
    # Another size, number of classes and momentum than the usual ones: arguments have to be used.
    for momentum in (0.8, 0.6):
        _same_network(static_cnn, (32, 32, 1), 7, momentum)
    return Right("Layer by layer the network of figure 5, for any size and number of classes.")


def _same_network(static_cnn: Callable, *arguments) -> None:
    from helpers.models.static_cnn import static_cnn as wanted_network

    call = f"static_cnn({', '.join(map(str, arguments))})"
    built, wanted = result_of(static_cnn, *arguments), wanted_network(*arguments)
    expect(
        hasattr(built, "layers"),
        f"`static_cnn` returns a {type(built).__name__}; a keras.Model was expected.",
    )
    kinds, wanted_kinds = (
        [type(layer).__name__ for layer in model.layers] for model in (built, wanted)
    )
    for kind in dict.fromkeys(wanted_kinds + kinds):
        found, needed = Counter(kinds)[kind], Counter(wanted_kinds)[kind]
        expect(
            found == needed,
            f"Your network has {found} {'layer' if found == 1 else 'layers'} of the kind {kind}: "
            f"too {'few' if found < needed else 'many'}.",
        )
    for place, (kind, needed) in enumerate(zip(kinds, wanted_kinds, strict=True)):
        expect(
            kind == needed,
            f"All layers are there, but in another order: look at layer {place} (the input is "
            f"layer 0), a {kind}.",
        )
    for place, (layer, needed) in enumerate(zip(built.layers, wanted.layers, strict=True)):
        settings, wanted_settings = layer.get_config(), needed.get_config()
        for name in (
            *("filters", "kernel_size", "pool_size", "padding"),
            *("momentum", "rate", "units", "activation"),
        ):
            asked = wanted_settings.get(name)
            expect(
                settings.get(name) == asked,
                f"{call}: in layer {place} (the input is layer 0), a {kinds[place]}, `{name}` is "
                f"{settings.get(name)}, asked for was {asked}.",
            )
    expect(
        built.count_params() == wanted.count_params(),
        "The layers are right, but not all of them lead to the output: does each take `x`?",
    )


def unit_of_the_fold(unit: str) -> Right:
    """Check task 2: the column whose values are kept together when strangers are tested."""
    unit = given(unit, "unit")
    # Six people of two age groups, two emotions, two sets: what happens if each value of a column
    # is held out in turn.
    small = pd.DataFrame(
        [
            (f"{person}_{emotion}_{split}", emotion, split, person, "young" if young else "old", "")
            for (person, young), emotion, split in product(
                zip(["ann", "bob", "cem", "dee", "eve", "fay"], [1, 1, 1, 0, 0, 0], strict=True),
                ["Happy", "Sad"],
                ["train", "test"],
            )
        ],
        columns=["sample_id", "emotion", "split", "group", "age_group", "problem"],
    )
    known = [*small.columns, "path", "gender", "corpus"]
    expect(
        isinstance(unit, str) and unit in known,
        f"`unit` is {unit!r}; the name of a column of the manifest was asked for, in quotes.",
    )
    values = small.get(unit, small["age_group" if unit == "gender" else "sample_id"])
    kept_apart = [small[values == value] for value in values.unique()]
    others = [small.drop(part.index) for part in kept_apart]
    pairs = list(zip(kept_apart, others, strict=True))
    met = sum(bool(set(part["group"]) & set(rest["group"])) for part, rest in pairs)
    expect(
        not met,
        f"Held out by `{unit}` in a small table of six people, {met} of {len(pairs)} parts have "
        "people in them who are in the rest as well: they have been met.",
    )
    ages = sum(not set(part["age_group"]) & set(rest["age_group"]) for part, rest in pairs)
    expect(
        not ages,
        f"Held out by `{unit}` nobody has been met, but everybody of one kind is a stranger at "
        "once: then it is not only the person that is new.",
    )
    return Right("A group is a person here, and will be a film or a speaker in other notebooks.")


def what_was_moved(moved: list[str]) -> Right:
    """Check task 3: for each pair the one thing that was moved."""
    moved = given(moved, "moved")
    expect(
        isinstance(moved, list | tuple) and len(moved) == len(PAIRS),
        f"`moved` should be a list of {len(PAIRS)} words, one a pair.",
    )
    for number, (word, (wanted, _)) in enumerate(zip(moved, PAIRS, strict=True), 1):
        expect(
            word in MOVABLE,
            f"Pair {number}: {word!r} is none of {', '.join(MOVABLE)}.",
        )
        expect(word == wanted, f"Pair {number}: not {word}; {WHY[wanted]}.")
    return Right(
        "Only where the emotion, or its intensity, is all that was moved does a changed answer say "
        "that the network reads emotion."
    )
