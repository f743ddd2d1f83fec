"""Checks of the lab edition of notebook 01."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.corpora.splits import hold_out_validation
from helpers.series.labs.verdict import Right, expect, result_of

SPLITS = ("train", "test")
PARTS = ("train", "validation", "test")


def people_in_both(in_both: Callable, manifest: pd.DataFrame) -> Right:
    """Check task 1: the set of people in ``train`` and in ``test``."""
    # In FACES everybody is in both; here ann and bob are, and cem and dee are not.
    small = pd.DataFrame(
        {
            "sample_id": [f"picture_{number}" for number in range(7)],
            "group": ["ann", "ann", "bob", "bob", "cem", "cem", "dee"],
            "split": ["train", "test", "test", "train", "train", "train", "test"],
        }
    )
    for table, where in ((small, "In a small table that the check has"), (manifest, "`manifest`")):
        found = result_of(in_both, table.copy())
        expect(
            isinstance(found, set | frozenset),
            f"A value of type {type(found).__name__} is returned; a set was asked for.",
        )
        known = {name: set(table.loc[table["split"] == name, "group"]) for name in SPLITS}
        wanted = known["train"] & known["test"]  # nobody, in some open corpora
        expect(
            len(found) or not wanted,
            f"{where}: the set is empty, though people are in both. A picture is in one split "
            "alone; look at who is in it.",
        )
        others = len(found - set(table["group"]))
        expect(
            not others,
            f"{where}: {others} elements of the set are not people of the table that is "
            "handed over; who they are is in its column `group`.",
        )
        for split, people in known.items():
            outside = len(found - people)
            expect(not outside, f"{where}: {outside} of the people have no picture in {split}.")
        missing = len(wanted - found)
        expect(not missing, f"{where}: {missing} people with pictures in both are missing.")
    return Right("These are the people whom the network has met before it is tested on them.")


def network(static_cnn: Callable) -> Right:
    """Check task 2: the function that builds the network of figure 5."""
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


def parts_by_person(split_by_person: Callable) -> Right:
    """Check task 3: three parts of some rows that have nobody in common."""
    # Forty people in no order, and rows from which the first pictures and some others are missing,
    # so that a position in them is not a row.
    random, seed = np.random.default_rng(0), 3
    groups, labels = random.permutation(np.repeat(np.arange(40), 5)), random.integers(0, 6, 200)
    rows = np.setdiff1d(np.arange(20, 200), np.arange(0, 200, 7))
    found = result_of(split_by_person, rows.copy(), labels.copy(), groups.copy(), seed)
    expect(
        isinstance(found, tuple | list) and len(found) == len(PARTS),
        f"The rows of three parts should be returned: {', '.join(PARTS)}.",
    )
    parts = {part: np.asarray(of) for part, of in zip(PARTS, found, strict=True)}
    for part, of in parts.items():
        expect(
            of.ndim == 1 and np.issubdtype(of.dtype, np.integer),
            f"`{part}` has type {of.dtype} and {of.ndim} axes; a row of whole numbers was wanted.",
        )
        outside = len(set(of.tolist()) - set(rows.tolist()))
        expect(
            not outside,
            f"`{part}` has {outside} numbers that are not in `rows`: positions say where in "
            "`rows` to look, and rows were asked for.",
        )
    people = {part: set(groups[of].tolist()) for part, of in parts.items()}
    for one, other in (("train", "test"), ("validation", "test"), ("train", "validation")):
        shared = len(people[one] & people[other])
        expect(
            not shared,
            f"{shared} people are in `{one}` and in `{other}`: divide by person, not by picture, "
            "and mind what the positions are positions in.",
        )
    left = len(set(rows.tolist()) - set(np.concatenate([*parts.values()]).tolist()))
    expect(not left, f"{left} pictures are in none of the three parts.")
    everybody = len(set(groups[rows].tolist()))
    fraction = len(people["test"]) / everybody
    expect(
        0.25 < fraction < 0.42,
        f"{fraction:.0%} of the people are in the test; about a third was asked for.",
    )
    fraction = len(people["validation"]) / (everybody - len(people["test"]))
    expect(
        0.1 < fraction < 0.3,
        f"{fraction:.0%} of the known people choose the epoch; about a fifth was asked for.",
    )
    known, _ = hold_out_validation(labels[rows], groups[rows], 1 / 3, seed)
    _, by_others = hold_out_validation(labels[known], groups[rows[known]], 1 / 5, seed)
    expect(
        not np.array_equal(np.sort(parts["validation"]), rows[known[by_others]]),
        "Nobody is in two parts, but the second division was made with the labels of other "
        "pictures: of which row is `labels[position]`?",
    )
    return Right("Nobody is in two parts, so the test is one of new people.")


def largest_mistake(most_frequent_mistake: Callable) -> Right:
    """Check task 4: where the largest number outside the diagonal stands."""
    # The largest mistake is not where a row's or a column's sum is largest, nor its fraction.
    first = np.array([[30, 0, 7, 1], [5, 10, 3, 6], [1, 2, 30, 6], [0, 3, 0, 12]])
    tied = np.array([[1, 0, 4], [9, 0, 0], [0, 9, 20]])
    for matrix in (first, tied):
        handed = matrix.copy()
        found = result_of(most_frequent_mistake, handed)
        expect(
            np.array_equal(handed, matrix),
            "The matrix that is handed over has been changed: work on a copy of it.",
        )
        expect(
            isinstance(found, tuple | list | np.ndarray) and len(found) == 2,
            "Two numbers should be returned, the row and the column.",
        )
        expect(
            all(isinstance(place, int | np.integer) for place in found),
            f"{tuple(found)} is returned; two whole numbers were asked for. The names follow "
            "from them.",
        )
        row, column = found
        where = f"In the matrix {matrix.tolist()} row {row}, column {column} is returned"
        expect(
            0 <= row < len(matrix) and 0 <= column < len(matrix),
            f"{where}, which is not in it.",
        )
        expect(row != column, f"{where}: there stand right answers, on the diagonal.")
        outside = np.where(np.eye(len(matrix), dtype=bool), 0, matrix)
        expect(
            outside[row, column] == outside.max() or outside[column, row] != outside.max(),
            f"{where}: exchanged, a row is what the face shows.",
        )
        expect(
            outside[row, column] == outside.max(),
            f"{where}: there is a more frequent mistake.",
        )
    return Right("That is what a network gets wrong most often.")
