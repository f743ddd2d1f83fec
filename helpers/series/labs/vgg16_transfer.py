"""Checks of the lab edition of notebook 03."""

from collections.abc import Callable, Collection

import numpy as np

from helpers.series.labs.verdict import Right, expect, given, result_of


def frozen_layers(vgg16_classifier: Callable) -> Right:
    """Check task 1: which layers are trained, for each number of thawed blocks."""
    for blocks, unfrozen in ((5, 2), (5, 0), (5, 5), (4, 1)):
        model = result_of(vgg16_classifier, (32, 32, 3), 7, unfrozen, blocks)
        expect(hasattr(model, "layers"), "`vgg16_classifier` should return a keras.Model.")
        for layer in model.layers:
            if not layer.weights:
                continue
            number = int(layer.name[5]) if layer.name.startswith("block") else None
            wanted = number is None or number > blocks - unfrozen
            trained = bool(layer.trainable_weights)
            if number is None:
                expect(trained, f"`{layer.name}` is new and knows nothing yet: let it be trained.")
            expect(
                trained == wanted,
                f"With {unfrozen} of {blocks} blocks to be trained, `{layer.name}` is "
                f"{'trained' if trained else 'frozen'}: count from the last of the {blocks}.",
            )
    return Right("The early blocks keep what they learned, the last ones may adapt.")


def ruled_out(found: Collection[str]) -> Right:
    """Check task 2: the reasons that a network of the same shape and recipe leaves no room for."""
    expect(
        isinstance(given(found, "ruled_out"), Collection) and not isinstance(found, str),
        f"`ruled_out` is a {type(found).__name__}; a set of words was asked for.",
    )
    reasons = {"depth", "colour", "steps"}
    unknown = sorted(set(found) - reasons - {"weights"})
    expect(not unknown, f"{unknown} are none of the four reasons.")
    expect(
        "weights" not in found,
        "the two networks differ in their `weights`: that is what the comparison is about.",
    )
    for reason in sorted(reasons):
        expect(
            reason in found,
            f"`{reason}`: is it another one in the network with random weights? If it is the same "
            "in both, it cannot be what makes them differ.",
        )
    return Right("What is the same in both cannot be the reason. The small CNN rules out none.")


def broken_split(function: Callable) -> Right:
    """Check task 3: rows with stills of the same clips on both sides, and no row on both."""
    for seed in (0, 1):
        train, test = np.arange(0, 90), np.arange(200, 260)
        found = result_of(function, train.copy(), test.copy(), seed)
        expect(
            isinstance(found, tuple | list) and len(found) == 2,
            "Two arrays of rows should be returned: to train on, and to ask about.",
        )
        trained, asked = (np.asarray(rows) for rows in found)
        outside = len(set(asked.tolist()) - set(test.tolist()))
        expect(not outside, f"{outside} of the rows to ask about are not in `test`.")
        expect(
            len(set(asked.tolist())) == len(asked),
            "Some rows are asked about more than once: a lot that was drawn is not put back.",
        )
        expect(
            len(asked) == len(test) // 2,
            f"{len(asked)} of {len(test)} test rows are asked about; half of them was wanted.",
        )
        both = len(set(trained.tolist()) & set(asked.tolist()))
        expect(
            not both,
            f"{both} rows are on both sides. That breaks the split too, but for another reason: "
            "twins are wanted, not the stills themselves.",
        )
        twins = len(set(trained.tolist()) & set(test.tolist()))
        expect(twins, "No test row is trained on: this split is still whole.")
        expect(
            twins == len(test) - len(asked),
            f"{twins} test rows are trained on; the whole other half was wanted.",
        )
        expect(
            len(set(trained.tolist())) == len(trained) == len(train),
            f"{len(set(trained.tolist()))} different rows are trained on, {len(train)} were "
            "before: with more of them the number might rise for that alone.",
        )
        kept = np.sort(trained[trained < len(train)])
        expect(
            np.any(np.diff(np.sort(asked)) > 1) and np.any(np.diff(kept) > 1),
            "The rows lie side by side, clip by clip: draw them by lot, so that twins are parted.",
        )
    return Right("As many stills as before, and the twins of those that are asked about.")
