"""What notebook 07 shows beside what was published, and what it saves."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from helpers.fusion.alignment import ClipPairs
from helpers.fusion.comparison import DENSE, SINGLE, FusedScores, score_with_intervals
from helpers.published import load_published
from helpers.results.runs import experiment

Pairs = Mapping[str, tuple[ClipPairs, ClipPairs]]
"""Training and test pairs of each protocol."""

PUBLISHED_NAMES = {
    "audio, all clips": ("06_audio_spectrogram_images", "vgg16"),
    "face frames": ("04_video_late_fusion", "afew_face_frames_discarded"),
    "video": ("04_video_late_fusion", "sfew_stills"),
    "mean": ("07_fusion", "mean"),
    "SVM": ("07_fusion", "svm"),
    DENSE: ("07_fusion", "dense"),
}
"""Systems of which a confusion matrix is published, and where ``load_published`` has it."""


_HEADLINE = (*SINGLE, *PUBLISHED_NAMES)


def published_of(system: str) -> dict | None:
    """Return what is published of a system of chapter V, or None."""
    if system not in PUBLISHED_NAMES:
        return None
    notebook, entry = PUBLISHED_NAMES[system]
    return load_published(notebook)[entry]


def recomputed_table(scores: Mapping[str, Mapping]) -> pd.DataFrame:
    """Return the thesis's systems, recomputed and published, and whether the matrices are equal.

    The scores are those of ``helpers.fusion.replication.replicate``.
    """
    rows = {}
    for system in [name for name in PUBLISHED_NAMES if name != DENSE]:
        ours, published = scores[system], published_of(system)
        rows[system] = {
            "clips": ours["n"],
            "correct": ours["correct"],
            "accuracy": f"{ours['accuracy']:.2%}",
            "95 % interval": _interval(ours["interval"]),
            "published": f"{published['value']:.2%}",
            "same matrix": ours["confusion"] == published["confusion"],
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("system")


def trust_table(replicated: Mapping[str, Mapping]) -> pd.DataFrame:
    """Return how good each modality of the thesis looks on training clips, and is on test clips.

    Audio is counted on all clips and on those that video has too; temperatures are of the latter.
    It takes what ``helpers.fusion.replication.replicate`` returned.
    """
    columns = {}
    names = {name: name for name in ("video", "audio", "audio, all clips")}
    for name, title in (names | {"audio": "audio, same clips"}).items():
        for part, scores in (("train", replicated["train"]), ("val", replicated["scores"])):
            found = replicated["temperatures"][part].get(name)
            columns[title, part] = {
                "accuracy": f"{scores[name]['accuracy']:.1%}",
                "clips": scores[name]["n"],
                "temperature": "" if found is None else f"{found:.2f}",
            }
    return pd.DataFrame(columns)


def own_experiments(
    fused: Mapping[str, FusedScores],
    pairs: Pairs,
    films: Mapping[str, np.ndarray],
    seed: int = 0,
) -> list[dict]:
    """Return an experiment for every system and protocol, over the test clips that have both.

    ``films`` has the film of every test clip, for the bootstrap. An experiment says its ``system``.
    """
    lines = []
    for protocol, (_, test) in pairs.items():
        mask = test.complete
        labels, groups = test.labels[mask], films[protocol][mask]
        for name, predicted in fused[protocol].predicted(mask).items():
            line = experiment(
                name,
                protocol,
                "val",
                score_with_intervals(labels, predicted, test.classes, groups=groups, seed=seed),
                _value_of(name) if protocol == "thesis" else None,
                system=name,
                headline=name in _HEADLINE,
            )
            lines.append(line)
    return lines


def vector_experiments(replicated: Mapping) -> list[dict]:
    """Return an experiment for every system of ``helpers.fusion.replication.replicate``."""
    titles = {DENSE: f"{DENSE}, median of {replicated['runs']} runs"}
    return [
        experiment(
            titles.get(name, name),
            "thesis",
            "val",
            score,
            _value_of(name),
            system=name,
            headline=name in _HEADLINE,
            data="the thesis's own vectors",
            computed=replicated["computed"],
        )
        for name, score in replicated["scores"].items()
    ]


def as_predictions(fused: Mapping[str, FusedScores], pairs: Pairs) -> pd.DataFrame:
    """Return what every system predicts for the test clips as the rows of a predictions.csv.

    A single modality has no row for a clip that it is missing for.
    """
    parts = []
    for protocol, (_, test) in pairs.items():
        for name, values in fused[protocol].probabilities.items():
            table = test.clips[["sample_id", "split", "emotion"]].assign(
                protocol=protocol, system=name
            )
            scores = pd.DataFrame(values, columns=list(test.classes))
            parts.append(pd.concat([table, scores], axis=1).dropna())
    return pd.concat(parts, ignore_index=True)


def _value_of(system: str) -> dict | None:
    published = published_of(system)
    return published and {key: published[key] for key in ("value", "n")}


def _interval(interval: Sequence[float]) -> str:
    return f"[{100 * interval[0]:.0f}, {100 * interval[1]:.0f}]"
