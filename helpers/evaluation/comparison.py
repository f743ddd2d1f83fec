"""Which of two networks is better on the same samples, what each says, and samples to look at."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.evaluation.scores import mcnemar_exact
from helpers.evaluation.statistics import holm

_HARDLY = 0.02


def paired_table(
    right: Mapping[str, np.ndarray], questions: Mapping[str, tuple[str, str]]
) -> pd.DataFrame:
    """Compare networks two by two on the same stills (exact McNemar test, Holm's correction).

    Parameters
    ----------
    right : mapping of network to boolean array (stills,)
        Whether it names each still rightly.
    questions : mapping of question to (network without, network with)
        A question about a network that is not in ``right`` is left out.

    Returns
    -------
    DataFrame
        A row a question: question, without and with (accuracies), the counts of stills that only
        one of the two has right, p, and ``p, Holm``, corrected for the number of rows.
    """
    rows = []
    for question, (without, with_it) in questions.items():
        if without in right and with_it in right:
            test = mcnemar_exact(right[without], right[with_it])
            accuracies = right[without].mean(), right[with_it].mean()
            counts = test["only_first"], test["only_second"]
            rows.append((question, *accuracies, *counts, test["p_value"]))
    columns = ["question", "without", "with", "only without right", "only with right", "p"]
    table = pd.DataFrame(rows, columns=columns)
    table["p, Holm"] = holm(table["p"].to_numpy()) if rows else []
    return table


def answers_table(
    true: np.ndarray, predicted: Mapping[str, np.ndarray], classes: Sequence[str]
) -> pd.DataFrame:
    """Return what each network says most often, and which classes it hardly says.

    Parameters
    ----------
    true : int array (n,)
    predicted : mapping of network to int array (n,)

    Returns
    -------
    DataFrame
        A row a network: favourite (its commonest answer), said of (share of the samples it says so
        of), true of (share that the class has), hardly ever said (classes under 2 %).
    """
    rows = []
    for name, named in predicted.items():
        said, occurs = (np.bincount(c, minlength=len(classes)) / len(true) for c in (named, true))
        first = said.argmax()
        hardly = [label for label, share in zip(classes, said, strict=True) if share < _HARDLY]
        rows.append((name, classes[first], said[first], occurs[first], ", ".join(hardly) or "none"))
    columns = ["network", "favourite", "said of", "true of", "hardly ever said"]
    return pd.DataFrame(rows, columns=columns).set_index("network")


def said_when_wrong(
    confusion: Sequence[Sequence[int]] | np.ndarray, classes: Sequence[str]
) -> tuple[str, float]:
    """Return the class that wrong answers name most often, and the share of them that name it.

    Classes that tie are joined by "and", and the share is that of each; without a wrong answer it
    is ("nothing", 0.0).

    Parameters
    ----------
    confusion : counts (k, k), rows true
    classes : k names
    """
    counts = np.asarray(confusion)
    wrong = counts.sum(axis=0) - np.diag(counts)
    if not wrong.any():
        return "nothing", 0.0
    most = [name for name, times in zip(classes, wrong, strict=True) if times == wrong.max()]
    return " and ".join(most), float(wrong.max() / wrong.sum())


def wrong_and_right(right: np.ndarray, each: int) -> np.ndarray:
    """Return up to ``each`` wrong samples, then up to ``each`` right ones, spread over all.

    Samples in the order of their classes are thus shown from many classes, not from the first.
    """
    parts = [np.flatnonzero(~right), np.flatnonzero(right)]
    spread = [np.linspace(0, len(part) - 1, min(each, len(part)), dtype=int) for part in parts]
    return np.concatenate([part[places] for part, places in zip(parts, spread, strict=True)])
