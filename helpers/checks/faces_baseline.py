"""Checks of the lab edition of notebook 01."""

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from helpers.checks.verdict import Right, expect, given, result_of

PARTS = ("fit", "choose", "test")


def people_in_both(in_both: set, manifest: pd.DataFrame) -> Right:
    """Check task 1: the set of people in ``train`` and in ``test``."""
    expect(
        isinstance(given(in_both, "in_both"), set | frozenset),
        f"`in_both` is a {type(in_both).__name__}; a set of people was asked for.",
    )
    known = {split: set(rows["group"]) for split, rows in manifest.groupby("split")}
    strangers = in_both - set(manifest["group"])
    expect(
        not strangers,
        f"{len(strangers)} elements of `in_both` are not people: who it is stands in `group`.",
    )
    for split, people in known.items():
        outside = len(in_both - people)
        expect(not outside, f"{outside} people in `in_both` have no picture in {split}.")
    missing = known["train"] & known["test"] - in_both
    expect(not missing, "Somebody who has pictures in train and in test is not in `in_both`.")
    return Right("These are the people whom the network has met before it is tested on them.")


def network(static_cnn: Callable) -> Right:
    """Check task 2: the function that builds the network of figure 5."""
    from helpers.models.faces import static_cnn as wanted_network

    # Another size, number of classes and momentum than the usual ones: arguments have to be used.
    arguments = (64, 64, 1), 7, 0.9
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
            f"Your network has {found} layers of the kind {kind}, which are "
            f"{'too few' if found < needed else 'too many'}.",
        )
    for place, (kind, needed) in enumerate(zip(kinds, wanted_kinds, strict=True), start=1):
        expect(
            kind == needed,
            f"All layers are there, but in another order: look at number {place}, a {kind}.",
        )
    for place, (layer, needed) in enumerate(zip(built.layers, wanted.layers, strict=True), 1):
        settings, wanted_settings = layer.get_config(), needed.get_config()
        for name in ("filters", "kernel_size", "pool_size", "padding", "momentum", "rate", "units"):
            expect(
                settings.get(name) == wanted_settings.get(name),
                f"Layer {place}, a {kinds[place - 1]}, has another `{name}` than asked for: "
                f"{settings.get(name)}.",
            )
        expect(
            settings.get("activation") == wanted_settings.get("activation"),
            f"Layer {place}, a {kinds[place - 1]}, has another activation than asked for.",
        )
    expect(
        built.count_params() == wanted.count_params(),
        "The layers are right, but not all of them lead to the output: does each take `x`?",
    )
    return Right("Layer by layer the network of figure 5, for any size and number of classes.")


def split_by_person(
    protocols: Mapping[str, Mapping[str, np.ndarray]], groups: np.ndarray, usable: np.ndarray
) -> Right:
    """Check task 3: the three parts under ``held_out`` share nobody."""
    rows = {part: np.asarray(given(protocols["held_out"][part], part)) for part in PARTS}
    people = {part: set(groups[of]) for part, of in rows.items()}
    for one, other in (("fit", "test"), ("choose", "test"), ("fit", "choose")):
        shared = len(people[one] & people[other])
        expect(
            not shared,
            f"{shared} people are in `{one}` and in `{other}`: divide by person, not by picture, "
            "and mind what the positions are positions in.",
        )
    left = len(set(usable.tolist()) - set(np.concatenate([*rows.values()]).tolist()))
    expect(not left, f"{left} pictures are in none of the three parts.")
    everybody = len(set(groups[usable]))
    share = len(people["test"]) / everybody
    expect(
        0.25 < share < 0.42,
        f"{share:.0%} of the people are in the test; about a third was asked for.",
    )
    share = len(people["choose"]) / (everybody - len(people["test"]))
    expect(
        0.1 < share < 0.3,
        f"{share:.0%} of the known people choose the epoch; about a fifth was asked for.",
    )
    return Right("Nobody is in two parts, so the test is one of new people.")


def most_frequent_mistake(
    worst_true: int, worst_predicted: int, mistakes: np.ndarray, matrix: np.ndarray
) -> Right:
    """Check task 4: where the largest number outside the diagonal stands."""
    row, column = (
        int(given(worst_true, "worst_true")),
        int(given(worst_predicted, "worst_predicted")),
    )
    mistakes = np.asarray(given(mistakes, "mistakes"))
    expect(
        mistakes.shape == matrix.shape,
        f"`mistakes` has the shape {mistakes.shape}, the matrix {matrix.shape}.",
    )
    expect(
        not np.diag(mistakes).any(),
        "`mistakes` still holds right answers: where do they stand in a confusion matrix?",
    )
    outside = ~np.eye(len(matrix), dtype=bool)
    expect(
        np.array_equal(mistakes[outside], matrix[outside]),
        "`mistakes` should hold the wrong answers as often as they occur in the matrix.",
    )
    expect(
        0 <= row < len(matrix) and 0 <= column < len(matrix),
        f"Row {row}, column {column} is not in a matrix of {len(matrix)} rows.",
    )
    expect(
        mistakes[row, column] == mistakes.max() or mistakes[column, row] != mistakes.max(),
        "Row and column are exchanged: a row is what the face shows.",
    )
    expect(
        mistakes[row, column] == mistakes.max(),
        f"There is a more frequent mistake than row {row}, column {column}.",
    )
    return Right("That is what this network gets wrong most often.")
