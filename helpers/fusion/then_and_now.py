"""Systems of 2013, of the thesis and of today on the same clips: trained alike, and compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation.comparison import paired_table
from helpers.evaluation.statistics import wilson_interval
from helpers.features.clip_features import WAYS
from helpers.fusion.alignment import ClipPairs
from helpers.fusion.combiners import fuse
from helpers.models.classical import fit_classifier

BASELINE = ("LBP-TOP, R = 3", "sound functionals")
"""Whose vectors are joined as one, as EmotiW's baseline of 2013 did; its radius is not known."""


@dataclass(frozen=True)
class System:
    """What one system predicts.

    Attributes
    ----------
    year : int
    numbers : int
        How many features a clip has.
    has_seen : str
        What its weights were trained on before.
    train : float array (t, k)
        Probabilities of the training clips by classifiers that had not learned them.
    test : float array (m, k)
        Probabilities of the test clips; the prior where a clip gives no features.
    without : int
        How many test clips got the prior.
    settings : dict
        What was chosen, and the accuracy in cross-validation.
    """

    year: int
    numbers: int
    has_seen: str
    train: np.ndarray
    test: np.ndarray
    without: int
    settings: dict[str, object]


def fit_system(
    name: str,
    vectors: np.ndarray,
    clips: pd.DataFrame,
    parts: Mapping[str, np.ndarray],
    *,
    seed: int = 0,
    kernel: str = "",
) -> System:
    """Train a support vector machine on the vectors of a way.

    Parameters
    ----------
    name : str
        One of ``helpers.features.clip_features.WAYS``, or two joined by `` + ``.
    vectors : array (n, numbers)
    clips : DataFrame (n rows)
        With ``emotion`` and ``film``.
    parts : mapping
        Rows for ``train`` and ``test``: one protocol of ``helpers.corpora.splits``.
    kernel : str
        In place of the way's own.
    """
    ways = [WAYS[part] for part in name.split(" + ")]
    labels, groups = class_indices(clips["emotion"]), clips["film"].to_numpy()
    train, test = parts["train"], parts["test"]
    classifier, out_of_fold = fit_classifier(
        kernel or ways[0].kernel,
        vectors[train],
        labels[train],
        groups[train],
        classes=len(EMOTIONS),
        seed=seed,
    )
    seen = dict.fromkeys(way.has_seen for way in ways)
    return System(
        max(way.year for way in ways),
        vectors.shape[1],
        "; ".join(seen),
        out_of_fold,
        classifier.probabilities(vectors[test]),
        int(np.isnan(vectors[test]).any(axis=1).sum()),
        classifier.settings,
    )


def fit_fusion(
    combiner, face: System, sound: System, clips: pd.DataFrame, parts: Mapping[str, np.ndarray]
) -> System:
    """Join two systems by one of ``helpers.fusion.combiners``, taught by out-of-fold scores."""
    keys = clips[["sample_id", "split", "emotion"]]
    pairs = {
        part: ClipPairs(
            keys.iloc[parts[part]].reset_index(drop=True),
            getattr(face, part),
            getattr(sound, part),
            EMOTIONS,
        )
        for part in ("train", "test")
    }
    return System(
        max(face.year, sound.year),
        face.numbers + sound.numbers,
        "; ".join(dict.fromkeys([face.has_seen, sound.has_seen])),
        fuse(combiner, pairs["train"], pairs["train"]),
        fuse(combiner, pairs["train"], pairs["test"]),
        min(face.without, sound.without),
        {},
    )


def best_of(systems: Mapping[str, System], names: Sequence[str]) -> str:
    """Return which of these is best in cross-validation inside train, the first of equals."""
    return max(names, key=lambda name: systems[name].settings["accuracy"])


def from_scores(scores: pd.DataFrame, clips: pd.DataFrame, year: int, has_seen: str) -> System:
    """Return a system of a notebook's saved clip scores, for test clips in their order.

    ``scores`` has ``sample_id, split`` and a column per class, of test clips; a clip that is not
    among them gets equal probabilities and is counted.
    """
    keys = ["split", "sample_id"]
    table = scores.set_index(keys)[list(EMOTIONS)]
    wanted = pd.MultiIndex.from_frame(clips[keys])
    values = table.reindex(wanted).to_numpy(dtype=float)
    missing = np.isnan(values).any(axis=1)
    values[missing] = 1 / len(EMOTIONS)
    nothing = np.empty((0, len(EMOTIONS)))
    return System(year, 0, has_seen, nothing, values, int(missing.sum()), {})


def standing(
    systems: Mapping[str, System], labels: np.ndarray, seconds: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """Return a row per system: year, features, what it has seen, accuracy with interval and n.

    ``labels`` (m,) are those of the test clips; ``seconds`` how long each takes for a clip.
    """
    rows = {}
    for name, system in systems.items():
        correct = int((system.test.argmax(axis=1) == labels).sum())
        low, high = wilson_interval(correct, len(labels))
        rows[name] = {
            "year": system.year,
            "numbers": system.numbers,
            "seconds a clip": (seconds or {}).get(name, np.nan),
            "has seen": system.has_seen,
            "no features": system.without,
            "n": len(labels),
            "accuracy": correct / len(labels),
            "low": low,
            "high": high,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("system")


def paired_with(
    systems: Mapping[str, System], labels: np.ndarray, references: Sequence[str]
) -> pd.DataFrame:
    """Compare every system with each reference on the same clips (McNemar, Holm over all rows)."""
    right = {name: system.test.argmax(axis=1) == labels for name, system in systems.items()}
    pairs = {
        (name, reference): (right[name], right[reference])
        for reference in references
        for name in systems
        if name not in references
    }
    table = paired_table(pairs, ("system", "reference"))
    questions = table.pop("question")
    index = pd.MultiIndex.from_tuples(questions, names=["which", "against"])
    return table.set_index(index)


def wrong_by_all(systems: Mapping[str, System], labels: np.ndarray) -> np.ndarray:
    """Return which test clips no system has right, as booleans (m,)."""
    return ~np.any([system.test.argmax(axis=1) == labels for system in systems.values()], axis=0)
