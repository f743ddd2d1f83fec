"""Systems of 2013, of the thesis and of today on the same clips: trained alike, and compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation.comparison import paired_table
from helpers.evaluation.scores import score
from helpers.evaluation.statistics import wilson_interval
from helpers.features.clip_features import WAYS
from helpers.fusion.alignment import ClipPairs
from helpers.fusion.combiners import fuse, mean
from helpers.models.classical import fit_classifier
from helpers.published import load_published
from helpers.results.runs import experiment

BASELINE = ("LBP-TOP, R = 3", "sound functionals")
"""Whose vectors are joined as one, as EmotiW's baseline of 2013 did; its radius is not known."""

THESIS = 2021

JOINED = "LBP-TOP with functionals"

PUBLISHED = {
    "LBP-TOP, R = 1": ("EmotiW 2013 baseline, video", "EmotiW 2018 baseline, video"),
    "LBP-TOP, R = 3": ("EmotiW 2013 baseline, video", "EmotiW 2018 baseline, video"),
    "sound functionals": ("EmotiW 2013 baseline, audio",),
    JOINED: ("EmotiW 2013 baseline, audio and video",),
}
"""Systems here to those published that they follow (``helpers.published``)."""


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


def from_pairs(pairs: ClipPairs, clips: pd.DataFrame) -> dict[str, System]:
    """Return the thesis's systems (``video``, ``audio``, ``mean``) of saved scores of test clips.

    ``clips`` (m rows) says the order; a clip without a score gets equal probabilities and counts as
    without features.
    """
    values = {"video": pairs.video, "audio": pairs.audio, "mean": fuse(mean, pairs, pairs)}
    keys = ["split", "sample_id"]
    saved = pd.MultiIndex.from_frame(pairs.clips[keys])
    places = saved.get_indexer(pd.MultiIndex.from_frame(clips[keys]))
    nothing = np.empty((0, len(EMOTIONS)))
    found = {}
    for name, scores in values.items():
        scores = np.where(places[:, None] >= 0, scores[places], np.nan)
        without = np.isnan(scores).any(axis=1)
        scores[without] = 1 / len(EMOTIONS)
        seen = "photographs (ImageNet), then these training clips"
        found[name] = System(THESIS, 0, seen, nothing, scores, int(without.sum()), {})
    return found


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


def answer(table: pd.DataFrame) -> str:
    """Return one sentence on where the thesis stands, from :func:`standing`."""
    eras = {
        "thought out by hand": table["has seen"] == "nothing",
        "the thesis's networks": table["year"] == THESIS,
        "frozen networks of others": (table["has seen"] != "nothing") & (table["year"] != THESIS),
    }
    parts = []
    for era, mask in eras.items():
        if mask.any():
            best = table[mask].sort_values("accuracy", ascending=False, kind="stable").iloc[0]
            interval = f"{100 * best['low']:.0f} to {100 * best['high']:.0f}"
            parts.append(f"{era} {best['accuracy']:.0%} ({best.name}; 95 % {interval})")
    return f"On the same {table['n'].iloc[0]} clips the best are: {', '.join(parts)}."


def published_values() -> dict[str, list[float]]:
    """Return the accuracies on AFEW's validation clips that are published of systems as here."""
    values = {entry["system"]: entry["val"] for entry in load_published("emotiw")}
    return {name: [values[system] for system in systems] for name, systems in PUBLISHED.items()}


def third_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return table III of the thesis: what EmotiW's systems and hers reached, and ours beside."""
    thesis = load_published("07_fusion")["dense"]
    rows = [
        (entry["system"], entry["year"], "AFEW validation", entry["val"])
        if entry["val"]
        else (entry["system"], entry["year"], "AFEW test", entry["test"])
        for entry in load_published("emotiw")
    ]
    rows.append(("thesis: dense network, published", THESIS, "AFEW, with stills", thesis["value"]))
    rows += [
        (f"here: {name}", row["year"], "this corpus", row["accuracy"])
        for name, row in table.iterrows()
    ]
    columns = ["system", "year", "clips of", "accuracy"]
    found = pd.DataFrame(rows, columns=columns).sort_values("year", kind="stable")
    return found.assign(accuracy=found["accuracy"].map("{:.1%}".format)).set_index("system")


def experiments(systems: Mapping[str, System], labels: np.ndarray) -> list[dict]:
    """Return a line of results for every system, for ``helpers.results.runs.save_run``."""
    published = published_values()
    return [
        experiment(
            name,
            "held_out",
            "val",
            score(labels, system.test.argmax(axis=1)),
            published.get(name, [None])[0],
            year=system.year,
            has_seen=system.has_seen,
        )
        for name, system in systems.items()
    ]


def as_predictions(systems: Mapping[str, System], clips: pd.DataFrame) -> pd.DataFrame:
    """Return what every system predicts for test clips (m rows), as save_run takes it."""
    keys = clips[["sample_id", "split", "emotion"]].reset_index(drop=True)
    tables = [
        pd.concat([keys, pd.DataFrame(system.test, columns=list(EMOTIONS))], axis=1).assign(
            protocol="held_out", system=name
        )
        for name, system in systems.items()
    ]
    return pd.concat(tables, ignore_index=True)
