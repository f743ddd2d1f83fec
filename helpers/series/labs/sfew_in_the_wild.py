"""Checks of the lab edition of notebook 02."""

from collections.abc import Callable, Collection

import numpy as np
import pandas as pd

from helpers.evaluation.scores import majority_class_accuracy
from helpers.series.labs.verdict import Right, expect, expect_number, given, result_of


def line_to_beat(majority: float, train_labels: np.ndarray, test_labels: np.ndarray) -> Right:
    """Check task 1: the accuracy of an answer that needs no picture."""
    counts, test_counts = (np.bincount(labels) for labels in (train_labels, test_labels))
    wanted = majority_class_accuracy(train_labels, test_labels)
    mistakes = {
        "that is the fraction of the commonest class in train; how often is it right in test?": (
            counts.max() / counts.sum()
        ),
        "the commonest class of the test set was taken: who would tell you which one it is?": (
            test_counts.max() / test_counts.sum()
        ),
        "that is a count; which fraction of the test stills is it?": wanted * len(test_labels),
        "that is in per cent; a fraction was asked for.": 100 * wanted,
        "that is a guess at random; one class every time does better or worse.": 1 / len(counts),
    }
    expect_number(majority, "majority", wanted, mistakes)
    return Right("Whatever does not clear this line has not looked at the pictures.")


def clear_of_the_line(above: Collection[str], against_line: pd.DataFrame) -> Right:
    """Check task 2: the networks that are better than the line by more than luck."""
    expect(
        isinstance(given(above, "above"), Collection) and not isinstance(above, str),
        f"`above` is a {type(above).__name__}; a list of names was asked for.",
    )
    table = against_line.set_index("question")
    better, clear = table["with"] > table["without"], table["p_holm"] < 0.05
    for name in above:
        expect(name in table.index, f"{name!r} is no network of `against_line`.")
        expect(better[name], f"{name} is not above the line, clear or not.")
        expect(
            clear[name] or table.loc[name, "p_value"] >= 0.05,
            f"{name}: its p is small, but one of {len(table)}; which column is corrected for that?",
        )
        expect(clear[name], f"{name} is above the line by no more than luck could do.")
    missing = sum(name not in above for name in table.index[better & clear])
    expect(not missing, f"{missing} that are clear of the line are not in `above`.")
    return Right("Of the others one cannot say from these stills that they have learned anything.")


def recall(recall_of_each: Callable) -> Right:
    """Check task 3: the recall of each class from a confusion matrix."""
    # A class of its own size for each row, one of them never predicted, one never right.
    matrix = np.array([[6, 2, 0, 0], [1, 3, 0, 0], [5, 5, 0, 10], [2, 0, 0, 14]])
    wanted = np.diag(matrix) / matrix.sum(axis=1)
    found = np.asarray(result_of(recall_of_each, matrix), dtype=float)
    expect(
        found.shape == wanted.shape,
        f"For 4 classes an array of shape {found.shape} comes out; one recall each was wanted.",
    )
    with np.errstate(invalid="ignore"):
        precision = np.diag(matrix) / matrix.sum(axis=0)
    expect(
        not np.allclose(found, precision, equal_nan=True),
        "Divided by how often a class was predicted; recall asks how often it occurs.",
    )
    expect(
        not np.allclose(found, np.diag(matrix) / matrix.sum()),
        "Divided by all samples; recall asks of each class by itself.",
    )
    expect(not np.allclose(found, np.diag(matrix)), "These are counts; recall is a fraction.")
    expect(np.allclose(found, wanted), "At least one class has another recall.")
    return Right("Their mean is the UAR, in which a rare class weighs as much as a frequent one.")
