"""All combinations on the same clips, and whether any of them beats the better single modality."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.corpora.splits import group_folds
from helpers.emotions import EMOTIONS
from helpers.evaluation.bootstrap import bootstrap_interval
from helpers.evaluation.comparison import paired_table
from helpers.evaluation.scores import accuracy, score
from helpers.evaluation.statistics import paired_interval
from helpers.fusion.alignment import ClipPairs
from helpers.fusion.combiners import COMBINERS, fuse
from helpers.fusion.dense import train_runs

DENSE = "dense network"
SINGLE = ("video", "audio")

_COLUMNS = ["n", "correct", "reference_correct", "gain", "gain_low", "gain_high", "only_fusion",
            "only_reference", "p_value", "p_holm"]  # fmt: skip

_LEAST = 1e-3  # one clip that a rule is sure about and wrong does not decide alone


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
    labels: np.ndarray, predicted: Mapping[str, np.ndarray], reference: str
) -> pd.DataFrame:
    """Compare every fusion with the better single modality, ``reference``, on the same clips.

    ``labels`` and what each system ``predicted`` are int arrays (n,).

    Returns
    -------
    DataFrame
        One row per fusion: ``n, correct, reference_correct, gain, gain_low, gain_high`` (95 %, see
        ``helpers.evaluation.statistics.paired_interval``), ``only_fusion, only_reference, p_value,
        p_holm`` (corrected for the number of rows).
    """
    right = {name: values == labels for name, values in predicted.items()}
    fusions = [name for name in predicted if name not in SINGLE]
    pairs = {name: (right[reference], right[name]) for name in fusions}
    table = paired_table(pairs, ("reference", "fusion")).set_index("question")
    table = table.rename_axis("fusion").drop(columns=["reference", "fusion"])
    table["correct"] = [right[name].sum() for name in fusions]
    table["reference_correct"] = right[reference].sum()
    table["gain"] = (table["only_fusion"] - table["only_reference"]) / table["n"]
    table[["gain_low", "gain_high"]] = [paired_interval(*pairs[name]) for name in fusions]
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


def cross_validated(train: ClipPairs, groups: np.ndarray, seed: int = 0) -> pd.DataFrame:
    """Return how each combination does on training clips that it has not learned from.

    Five folds, divided by ``groups`` (n,), the films. With out-of-fold scores this chooses a fusion
    without a look at the test. The dense network is not among them: it is another one after every
    training.

    Returns
    -------
    DataFrame
        A row for each combination: ``log_loss``, the mean of minus the logarithm of what it gives
        the true emotion, and ``accuracy``. The lowest loss comes first, of equal ones the simpler
        rule: of few clips, how sure a rule is tells more than how often it is right.
    """
    known, groups = train.where(train.complete), groups[train.complete]
    scores = {name: np.empty((len(known), len(known.classes))) for name in COMBINERS}
    for _, held_out in group_folds(known.labels, groups, 5, seed):
        asked = np.isin(np.arange(len(known)), held_out)
        for name, combine in COMBINERS.items():
            scores[name][asked] = combine(known.where(~asked), known.where(asked))
    found = {
        name: {
            "log_loss": -np.log(values[np.arange(len(known)), known.labels].clip(_LEAST)).mean(),
            "accuracy": accuracy(known.labels, values.argmax(axis=1)),
        }
        for name, values in scores.items()
    }
    table = pd.DataFrame.from_dict(found, orient="index")
    return table.sort_values("log_loss", kind="stable")
