"""Systems of 2013, of the thesis and of today on the same clips: trained alike, and compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS, class_indices
from helpers.evaluation.comparison import paired_table
from helpers.evaluation.scores import score
from helpers.evaluation.statistics import wilson_interval
from helpers.features.clip_features import OPENSMILE, WAYS
from helpers.fusion import combiners
from helpers.fusion.alignment import ClipPairs
from helpers.fusion.combiners import fuse
from helpers.fusion.comparison import DENSE
from helpers.fusion.dense import train_runs
from helpers.models.classical import Classifier, fit_classifier
from helpers.published import load_published
from helpers.results.runs import experiment

BASELINE = ("LBP-TOP, R = 3", "sound functionals")
"""Whose vectors are joined as one, as EmotiW's baseline of 2013 did; its radius is not known."""

BASELINE_2018 = BASELINE[0]

THESIS = 2021

JOINED = "LBP-TOP with functionals"

COUNTERPARTS = {
    "EmotiW 2013 baseline, video": BASELINE[0],
    "EmotiW 2013 baseline, audio": BASELINE[1],
    "EmotiW 2013 baseline, audio and video": JOINED,
    "EmotiW 2014 baseline, audio": BASELINE[1],
    "EmotiW 2018 baseline, video": BASELINE_2018,
}
"""Published systems to those here that follow them: rows of the thesis's table III."""

REFERENCES = (BASELINE_2018, f"thesis: {DENSE}")
"""What every system is compared with: 2018's baseline, and the thesis's best as published."""

SECOND_TABLE = {"mean": "mean", "svm": "SVM", "dense": DENSE}
"""The rows of the thesis's table II: their published names, and those here."""


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
    protocol : str
        ``thesis`` if its weights were chosen by the test clips.
    classifier : Classifier, optional
        What was trained on the vectors of a way; fusions have none.
    """

    year: int
    numbers: int
    has_seen: str
    train: np.ndarray
    test: np.ndarray
    without: int
    settings: dict[str, object]
    protocol: str = "held_out"
    classifier: Classifier | None = None


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
        ways[0].protocol,
        classifier,
    )


def baseline_of(vectors: Mapping[str, np.ndarray]) -> tuple[str, ...]:
    """Return whose vectors are joined as EmotiW's baseline of 2013: openSMILE's where it ran.

    Empty if a part of it could not run.
    """
    candidates = ((BASELINE[0], OPENSMILE), BASELINE)
    return next((names for names in candidates if set(names) <= set(vectors)), ())


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


def best_frozen(systems: Mapping[str, System], modality: str) -> str:
    """Return the best frozen network for ``face`` or ``sound`` inside train, "" if there is none.

    One whose weights were chosen by the test clips is no candidate.
    """
    names = [
        name
        for name, way in WAYS.items()
        if way.weights and way.modality == modality and way.protocol == "held_out"
    ]
    names = [name for name in names if name in systems]
    return best_of(systems, names) if names else ""


def from_pairs(
    train: ClipPairs, test: ClipPairs, clips: pd.DataFrame, *, seed: int = 0
) -> dict[str, System]:
    """Return the thesis's systems, and stacking, of saved scores of video and audio.

    Parameters
    ----------
    train : ClipPairs
        Out-of-fold scores of training clips, which teach the fusions.
    test : ClipPairs
        Of test clips.
    clips : DataFrame (m rows)
        The test clips in the order that is wanted. One without a score gets equal probabilities and
        counts as without features.
    seed : int
        Of the dense network.
    """

    def dense(known: ClipPairs, asked: ClipPairs) -> np.ndarray:
        runs = train_runs(known.features, known.labels, asked.features, [seed])
        return runs.probabilities[-1, 0].astype(float)

    rules = {name: combiners.COMBINERS[name] for name in ("mean", "SVM", "stacking")}
    values = {"video": test.video, "audio": test.audio}
    values |= {name: fuse(rule, train, test) for name, rule in (rules | {DENSE: dense}).items()}
    keys = ["split", "sample_id"]
    saved = pd.MultiIndex.from_frame(test.clips[keys])
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
    systems: Mapping[str, System],
    labels: np.ndarray,
    seconds: Mapping[str, float] | None = None,
    *,
    drawn: bool = False,
) -> pd.DataFrame:
    """Return a row per system: year, features, what it has seen, accuracy with interval and n.

    ``labels`` (m,) are those of the test clips; ``seconds`` how long each takes for a clip.
    ``drawn``: that nobody can have seen their people before, since they are drawn.
    """
    rows = {}
    for name, system in systems.items():
        correct = int((system.test.argmax(axis=1) == labels).sum())
        low, high = wilson_interval(correct, len(labels))
        untaught = system.has_seen == "nothing" or system.year == THESIS
        rows[name] = {
            "year": system.year,
            "numbers": system.numbers or np.nan,  # the thesis's networks learn theirs
            "seconds a clip": (seconds or {}).get(name, np.nan),
            "has seen": system.has_seen,
            "these people": "no" if drawn or untaught else "not known",
            "protocol": system.protocol,
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
    """Compare every system with each reference on the same clips (McNemar, Holm over all rows).

    A reference that is not among the systems is passed over.
    """
    right = {name: system.test.argmax(axis=1) == labels for name, system in systems.items()}
    pairs = {
        (name, reference): (right[name], right[reference])
        for reference in references
        if reference in systems
        for name in systems
        if name not in references
    }
    table = paired_table(pairs, ("system", "reference"))
    questions = table.pop("question")
    index = pd.MultiIndex.from_tuples(questions, names=["which", "against"])
    return table.set_index(index)


def right_by_clip(systems: Mapping[str, System], labels: np.ndarray) -> np.ndarray:
    """Return how many systems have each test clip right, int (m,)."""
    return np.sum([system.test.argmax(axis=1) == labels for system in systems.values()], axis=0)


def recalls(systems: Mapping[str, System], labels: np.ndarray) -> pd.DataFrame:
    """Return of each emotion's clips the fraction that each system has right, a row a system."""
    right = {name: system.test.argmax(axis=1) == labels for name, system in systems.items()}
    rows = {
        name: [found[labels == label].mean() for label in range(len(EMOTIONS))]
        for name, found in right.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(EMOTIONS))


def answer(table: pd.DataFrame) -> str:
    """Return one sentence on where the thesis stands, from :func:`standing`."""
    honest = table[table["protocol"] == "held_out"]
    eras = {
        "thought out by hand": honest["has seen"] == "nothing",
        "the thesis's networks": honest["year"] == THESIS,
        "frozen networks of others": (honest["has seen"] != "nothing") & (honest["year"] != THESIS),
    }
    parts = []
    for era, mask in eras.items():
        if mask.any():
            best = honest[mask].sort_values("accuracy", ascending=False, kind="stable").iloc[0]
            interval = f"{100 * best['low']:.0f} to {100 * best['high']:.0f}"
            parts.append(f"{era} {best['accuracy']:.0%} ({best.name}; 95 % {interval})")
    return f"On the same {table['n'].iloc[0]} clips the best are: {', '.join(parts)}."


def published_values() -> dict[str, list[float]]:
    """Return the accuracies on AFEW's validation clips that are published of systems as here.

    The organisers' radius is not known, so both radii have the values of their LBP-TOP.
    """
    values: dict[str, list[float]] = {}
    for entry in load_published("emotiw"):
        name = COUNTERPARTS.get(entry["system"])
        if name and entry["val"]:
            values.setdefault(name, []).append(entry["val"])
    return values | {"LBP-TOP, R = 1": values[BASELINE_2018]}


def second_table(systems: Mapping[str, System], labels: np.ndarray) -> pd.DataFrame:
    """Return table II of the thesis, its fusions: what was published, and what came out here.

    There a fusion was taught in sample and its best epoch taken, here neither.
    """
    published = load_published("07_fusion")
    rows = {}
    for entry, name in SECOND_TABLE.items():
        if f"thesis: {name}" in systems:
            predicted = systems[f"thesis: {name}"].test.argmax(axis=1)
            here = score(labels, predicted)
            rows[name] = {
                "published": published[entry]["value"],
                "F1": published[entry]["f1_weighted"],
                "of clips": published[entry]["n"],
                "here": here["accuracy"],
                "F1 here": here["f1_weighted"],
                "of these clips": here["n"],
            }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("fusion")


def third_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return table III of the thesis, EmotiW's systems and hers, and what is like them here.

    ``table`` is from :func:`standing`. The published numbers are of AFEW, the others of the clips
    at hand; systems of today, which the thesis could not know, come last.
    """
    thesis = load_published("07_fusion")["dense"]["value"]
    rows = [
        (
            entry["system"],
            entry["year"],
            entry["val"],
            entry["test"],
            COUNTERPARTS.get(entry["system"]),
        )
        for entry in load_published("emotiw")
    ]
    rows.append((f"thesis: {DENSE}", THESIS, thesis, None, f"thesis: {DENSE}"))
    today = [name for name in table.index if name.startswith("today")]
    rows += [(name, table.loc[name, "year"], None, None, name) for name in today]
    columns = ["system", "year", "AFEW validation", "AFEW test", "like it here"]
    found = pd.DataFrame(rows, columns=columns).set_index("system")
    like = found["like it here"].where(found["like it here"].isin(table.index), "")
    found["like it here"] = like
    found["accuracy here"] = [table["accuracy"].get(name) for name in like]
    numbers = ["AFEW validation", "AFEW test", "accuracy here"]
    return found.assign(**found[numbers].astype(float))


def experiments(systems: Mapping[str, System], labels: np.ndarray) -> list[dict]:
    """Return a line of results for every system, for ``helpers.results.runs.save_run``."""
    published = published_values()
    return [
        experiment(
            name,
            system.protocol,
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
            protocol=system.protocol, system=name
        )
        for name, system in systems.items()
    ]
    return pd.concat(tables, ignore_index=True)
