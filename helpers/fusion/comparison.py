"""All combinations on the same clips, and whether any of them beats the better single modality."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS
from helpers.evaluation.bootstrap import bootstrap_interval
from helpers.evaluation.comparison import paired_table
from helpers.evaluation.scores import accuracy, score
from helpers.evaluation.statistics import clips_for_power
from helpers.fusion.alignment import ClipPairs
from helpers.fusion.combiners import COMBINERS, fuse
from helpers.fusion.dense import train_runs

DENSE = "dense network"
SINGLE = ("video", "audio")

_COLUMNS = ["n", "correct", "reference_correct", "gain", "gain_low", "gain_high", "only_fusion",
            "only_reference", "p_value", "p_holm", "clips_needed"]  # fmt: skip


@dataclass(frozen=True)
class FusedScores:
    """What every system predicts for m test clips.

    Attributes
    ----------
    probabilities : dict of name to float array (m, k)
        A clip with one modality has that modality's prediction; ``video`` and ``audio`` have NaN
        where they are missing. The dense network is the median run, see :func:`fuse_all`.
    train_accuracy : dict of name to float
        On the training clips that the system learned from.
    dense : int array (epochs, r, c)
        What every run predicts, after every epoch, for the c test clips that have both modalities.
    """

    probabilities: dict[str, np.ndarray]
    train_accuracy: dict[str, float]
    dense: np.ndarray

    def predicted(self, mask: np.ndarray) -> dict[str, np.ndarray]:
        """Return each system's class indices for the clips where ``mask`` is true."""
        return {name: values[mask].argmax(axis=1) for name, values in self.probabilities.items()}


def fuse_all(
    train: ClipPairs,
    test: ClipPairs,
    seeds: Sequence[int],
    *,
    epochs: int = 50,
    choose_epoch_on_test: bool = False,
) -> FusedScores:
    """Train every combination on the training pairs and apply it to the test pairs.

    Parameters
    ----------
    train : ClipPairs
        Scores of the training clips: in sample for the protocol ``thesis``, out of fold for
        ``held_out``.
    seeds : sequence of r int
        Of the dense network's runs.
    choose_epoch_on_test : bool
        As the thesis does: take each run's epoch that is best on the test clips. Otherwise the
        last.

    Notes
    -----
    One run of the dense network has to stand for all in ``probabilities``: the one with the median
    number of test clips right, not the first that came.
    """
    known = train.where(train.complete)
    asked = test.where(test.complete)
    both = ClipPairs(
        pd.concat([asked.clips, known.clips], ignore_index=True),
        np.vstack([asked.video, known.video]),
        np.vstack([asked.audio, known.audio]),
        test.classes,
    )
    joined = {name: combine(known, both) for name, combine in COMBINERS.items()}
    runs = train_runs(known.features, known.labels, both.features, seeds, epochs=epochs)
    dense = runs.probabilities[:, :, : len(asked)].argmax(axis=-1)  # (epochs, r, c)
    correct = (dense == asked.labels).sum(axis=-1)  # (epochs, r)
    chosen = correct.argmax(axis=0) if choose_epoch_on_test else np.full(len(seeds), epochs - 1)
    order = correct[chosen, np.arange(len(seeds))].argsort(kind="stable")
    median = order[(len(seeds) - 1) // 2]
    joined[DENSE] = runs.probabilities[chosen[median], median].astype(float)
    joined |= {"video": both.video, "audio": both.audio}
    probabilities = {"video": test.video, "audio": test.audio}
    for name in [name for name in joined if name not in SINGLE]:
        answers = joined[name][: len(asked)]
        probabilities[name] = fuse(lambda *_, answers=answers: answers, train, test)
    train_accuracy = {
        name: accuracy(known.labels, values[len(asked) :].argmax(axis=1))
        for name, values in joined.items()
    }
    return FusedScores(probabilities, train_accuracy, dense)


def score_with_intervals(
    labels: np.ndarray,
    predicted: np.ndarray,
    classes: Sequence[str] = EMOTIONS,
    *,
    groups: np.ndarray | None = None,
    seed: int = 0,
) -> dict:
    """Return a score with bootstrap intervals of UAR and macro F1 over groups.

    It is what ``helpers.evaluation.scores.score`` returns, with ``uar_interval`` and
    ``f1_macro_interval``, [low, high] at 95 %.
    """
    result, options = score(labels, predicted, classes), {"groups": groups, "seed": seed}
    for metric in ("uar", "f1_macro"):
        interval = bootstrap_interval(labels, predicted, classes, metric=metric, **options)
        result[f"{metric}_interval"] = list(interval)
    return result


def compare_systems(
    labels: np.ndarray,
    predicted: Mapping[str, np.ndarray],
    reference: str,
    classes: Sequence[str] = EMOTIONS,
    *,
    groups: np.ndarray | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare every fusion with the best single modality, ``reference``, on the same clips.

    ``labels`` and what each system ``predicted`` are int arrays (n,); ``groups`` (n,), for the
    bootstrap, are films.

    Returns
    -------
    DataFrame
        One row per fusion: ``n, correct, reference_correct, gain, gain_low, gain_high, only_fusion,
        only_reference, p_value, p_holm`` (corrected for the number of rows) and ``clips_needed``,
        how many clips it takes to find a gain of that size with 80 % power (NaN for none).
    """
    right = {name: values == labels for name, values in predicted.items()}
    fusions = [name for name in predicted if name not in SINGLE]
    pairs = {name: (right[reference], right[name]) for name in fusions}
    table = paired_table(pairs, ("reference", "fusion")).set_index("question")
    table = table.rename_axis("fusion").drop(columns=["reference", "fusion"])
    only_fusion, only_reference = table["only_fusion"], table["only_reference"]
    table["correct"] = [right[name].sum() for name in fusions]
    table["reference_correct"] = right[reference].sum()
    table["gain"] = (only_fusion - only_reference) / table["n"]
    options = {"against": predicted[reference], "groups": groups, "seed": seed}
    table[["gain_low", "gain_high"]] = [
        bootstrap_interval(labels, predicted[name], classes, metric="accuracy", **options)
        for name in fusions
    ]
    effects = zip(table["gain"], (only_fusion + only_reference) / table["n"], strict=True)
    table["clips_needed"] = [clips_for_power(*effect) or np.nan for effect in effects]
    return table[_COLUMNS]


def records(table: pd.DataFrame) -> list[dict]:
    """Return the rows of a comparison as JSON can hold them: None in place of NaN."""
    plain = table.astype(object).where(table.notna(), None)
    return plain.reset_index().to_dict("records")


def better_modality(train: ClipPairs) -> str:
    """Return ``video`` or ``audio``, whichever is right more often on the training clips with both.

    With out-of-fold scores this chooses what a fusion has to beat without a look at the test.
    """
    known = train.where(train.complete)
    right = [
        np.mean(values.argmax(axis=1) == known.labels) for values in (known.video, known.audio)
    ]
    return SINGLE[int(np.argmax(right))]


def answer(comparison: pd.DataFrame, reference: str) -> str:
    """Return one sentence, made from :func:`compare_systems`, on whether the other modality helps.

    ``reference`` is ``video`` or ``audio``.
    """
    other = SINGLE[1 - SINGLE.index(reference)]
    best = comparison.loc[comparison["gain"].idxmax()]  # of equal ones the first, simplest rule
    start = (
        f"Does {other} help? On {best['n']:.0f} clips {reference} alone is right on "
        f"{best['reference_correct']:.0f}, and the best of {len(comparison)} fusions ({best.name}) "
        f"on {best['correct']:.0f}"
    )
    if best["only_fusion"] + best["only_reference"] == 0:
        start += ", exactly the same ones"
    if best["gain"] <= 0:
        return f"{start}: no, not here; no fusion finds more than {reference} does."
    gain, low, high = (100 * best[name] for name in ("gain", "gain_low", "gain_high"))
    measured = (
        f"a gain of {gain:.1f} points (95 % interval {low:+.1f} to {high:+.1f}; "
        f"p = {best['p_holm']:.2g} after correcting for {len(comparison)} comparisons)"
    )
    if best["p_holm"] <= 0.05:
        return f"{start}: yes, {measured}."
    return (
        f"{start}: {measured}, which cannot be told from chance; to find a gain of that size it "
        f"would take about {best['clips_needed']:,.0f} clips."
    )
