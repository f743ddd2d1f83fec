"""Checks of the lab edition of notebook 03."""

from collections.abc import Callable, Mapping

import numpy as np

from helpers.series.labs.verdict import Right, expect, expect_number, given, result_of


def frozen_layers(vgg16_classifier: Callable) -> Right:
    """Check task 1: which layers are trained, for each number of thawed blocks."""
    for blocks in (2, 0, 5):
        model = result_of(vgg16_classifier, (32, 32, 3), 7, blocks)
        expect(hasattr(model, "layers"), "`vgg16_classifier` should return a keras.Model.")
        for layer in model.layers:
            if not layer.weights:
                continue
            number = int(layer.name[5]) if layer.name.startswith("block") else None
            wanted = number is None or number > 5 - blocks
            trained = bool(layer.trainable_weights)
            if number is None:
                expect(trained, f"`{layer.name}` is new and knows nothing yet: let it be trained.")
            expect(
                trained == wanted,
                f"With {blocks} blocks to be trained, `{layer.name}` is "
                f"{'trained' if trained else 'frozen'}: count the blocks from the last.",
            )
    return Right("The early blocks keep what they learned, the last ones may adapt.")


def trained_parameters(trained: int, model) -> Right:
    """Check task 2: how many numbers training can change."""
    counts = [int(np.prod(weight.shape)) for weight in model.trainable_weights]
    mistakes = {
        "that counts the frozen ones as well.": model.count_params(),
        "that counts arrays; how many numbers are in them?": len(counts),
        "these are the frozen ones.": model.count_params() - sum(counts),
    }
    expect_number(trained, "trained", sum(counts), mistakes)
    return Right("These are the numbers that a few hundred stills have to settle.")


def same_stills(
    right: Mapping[str, np.ndarray],
    predicted: Mapping[tuple[str, str], np.ndarray],
    true: np.ndarray,
) -> Right:
    """Check task 3: where each network is right under ``held_out``, still by still."""
    names = {network for network, protocol in predicted if protocol == "held_out"}
    expect(
        isinstance(given(right, "right"), Mapping) and names == set(right),
        f"`right` should be a dictionary with the names {' and '.join(sorted(names))}.",
    )
    for name in names:
        found = np.asarray(given(right[name], name))
        expect(
            found.shape == true.shape,
            f"{name}: an array of shape {found.shape}; one answer for each of the "
            f"{len(true)} stills was wanted.",
        )
        expect(found.dtype == bool, f"{name}: {found.dtype} was given, right or wrong was wanted.")
        expect(
            not np.array_equal(found, predicted[name, "held_out"] != true),
            f"{name}: true where the network is wrong.",
        )
        expect(
            np.array_equal(found, predicted[name, "held_out"] == true),
            f"{name}: not where its answers under held_out are the true labels.",
        )
    return Right("Now the two can be compared on the stills that only one of them has right.")
