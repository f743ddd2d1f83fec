"""Which of two systems is better, what each predicts most often, and which samples to look at."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.evaluation.statistics import holm, mcnemar_exact

_HARDLY = 0.02


def paired_table(
    pairs: Mapping[Hashable, tuple[np.ndarray, np.ndarray]],
    names: tuple[str, str] = ("first", "second"),
) -> pd.DataFrame:
    """Compare systems two by two on the same samples (exact McNemar test, Holm's correction).

    Parameters
    ----------
    pairs : mapping of question to two arrays of n booleans
        Whether each of two systems is right on each sample. A pair without a sample has no
        accuracies, and a ``p_value`` of 1.
    names : two str
        What the columns call the two systems.

    Returns
    -------
    DataFrame
        One row per question: ``question``, ``n``, the accuracies (``first``, ``second``), the
        counts of samples that only one has right (``only_first``, ``only_second``), McNemar's
        ``p_value``, and ``p_holm``, corrected for the number of rows.

    See Also
    --------
    helpers.evaluation.statistics.mcnemar_exact, helpers.evaluation.statistics.holm

    Examples
    --------
    >>> right = np.array([True] * 6), np.array([False] * 6)
    >>> paired_table({"new or old": right}, ("new", "old")).iloc[0].to_dict()  # doctest: +ELLIPSIS
    {'question': 'new or old', 'n': 6, 'new': 1.0, ..., 'p_value': 0.03125, 'p_holm': 0.03125}
    """
    rows = []
    for question, (first, second) in pairs.items():
        if len(first):
            test = mcnemar_exact(first, second)
            rows.append((question, len(first), np.mean(first), np.mean(second), *test.values()))
        else:
            rows.append((question, 0, np.nan, np.nan, 0, 0, 1.0))
    columns = ["question", "n", *names, *(f"only_{name}" for name in names), "p_value"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(p_holm=holm(table["p_value"]))


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table to be read: three decimals, p-values as text (:func:`p_text`)."""
    found = [column for column in ("p_value", "p_holm") if column in table]
    return table.round(3).assign(**{column: table[column].map(p_text) for column in found})


def p_text(p_value: float | None) -> str:
    """Return a p-value with three decimals, "< 0.001" where these would be zeros, "" for none.

    Examples
    --------
    >>> p_text(0.0123), p_text(1e-9), p_text(None)
    ('0.012', '< 0.001', '')
    """
    if p_value is None or np.isnan(p_value):
        return ""
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def answers_table(
    true: np.ndarray, predicted: Mapping[str, np.ndarray], classes: Sequence[str]
) -> pd.DataFrame:
    """Return what each network predicts most often, and which classes it hardly ever predicts.

    Parameters
    ----------
    true : int array (n,)
    predicted : mapping of network to int array (n,)

    Returns
    -------
    DataFrame
        One row per network: ``favourite``, the class that it predicts most often; ``predicted`` and
        ``true``, the fractions of samples that it predicts this class for and that are of it; and
        ``hardly ever predicted``, the classes that it predicts for less than 2 %.
    """
    rows = {}
    occurs = np.bincount(true, minlength=len(classes)) / len(true)
    for name, answers in predicted.items():
        fractions = np.bincount(answers, minlength=len(classes)) / len(true)
        favourite = fractions.argmax()
        hardly = [label for label, f in zip(classes, fractions, strict=True) if f < _HARDLY]
        rows[name] = {
            "favourite": classes[favourite],
            "predicted": fractions[favourite],
            "true": occurs[favourite],
            "hardly ever predicted": ", ".join(hardly) or "none",
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("network")


def predicted_when_wrong(
    confusion: Sequence[Sequence[int]] | np.ndarray, classes: Sequence[str]
) -> tuple[str, float]:
    """Return the class that is predicted most often by mistake, and its fraction of all mistakes.

    Classes that tie are joined by "and", and the fraction is that of each; without a mistake it is
    ("nothing", 0.0).

    Parameters
    ----------
    confusion : counts (k, k), rows true
    classes : k names

    Examples
    --------
    >>> predicted_when_wrong([[8, 2], [6, 4]], ["Happy", "Sad"])
    ('Happy', 0.75)
    """
    counts = np.asarray(confusion)
    wrong = counts.sum(axis=0) - np.diag(counts)
    if not wrong.any():
        return "nothing", 0.0
    most = [name for name, times in zip(classes, wrong, strict=True) if times == wrong.max()]
    return " and ".join(most), float(wrong.max() / wrong.sum())


def wrong_and_right(right: np.ndarray, each: int) -> np.ndarray:
    """Return the places of up to ``each`` wrong samples, then of up to ``each`` right ones.

    They are spread over all samples: of samples in the order of their classes, many classes are
    shown, not only the first.
    """
    parts = [np.flatnonzero(~right), np.flatnonzero(right)]
    spread = [np.linspace(0, len(part) - 1, min(each, len(part)), dtype=int) for part in parts]
    return np.concatenate([part[places] for part, places in zip(parts, spread, strict=True)])
