"""From fused scores to what notebook 07 shows and saves."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.fusion.alignment import ClipPairs
from helpers.fusion.combiners import video_weight
from helpers.fusion.comparison import DENSE, SINGLE, FusedScores, score_with_intervals
from helpers.fusion.tables import PUBLISHED_NAMES, published_of
from helpers.results.runs import experiment

Pairs = Mapping[str, tuple[ClipPairs, ClipPairs]]
"""Training and test pairs of each protocol."""

_HEADLINE = (*SINGLE, *PUBLISHED_NAMES)


def own_experiments(
    fused: Mapping[str, FusedScores],
    pairs: Pairs,
    films: Mapping[str, np.ndarray],
    seed: int = 0,
) -> list[dict]:
    """Return an experiment for every system, protocol and set of clips.

    ``films`` has the film of every test clip, for the bootstrap. The experiments say their
    ``system`` and ``clips``: ``both`` (clips that have video and audio) or ``all`` (the fusions
    only, with one modality where the other is missing).
    """
    lines = []
    for protocol, (_, test) in pairs.items():
        for clips, mask in (("both", test.complete), ("all", np.ones(len(test), bool))):
            both, labels, groups = clips == "both", test.labels[mask], films[protocol][mask]
            for name, predicted in fused[protocol].predicted(mask).items():
                if not both and name in SINGLE:
                    continue
                line = experiment(
                    f"{name}, {'clips with both' if both else 'all clips'}",
                    protocol,
                    "val",
                    score_with_intervals(labels, predicted, test.classes, groups=groups, seed=seed),
                    _value_of(name) if both and protocol == "thesis" else None,
                    system=name,
                    clips=clips,
                    headline=both and name in _HEADLINE,
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


def weighted_mean_sentence(pairs: Pairs, tests: Mapping[str, pd.DataFrame], protocol: str) -> str:
    """Return a sentence on the weight of audio in the weighted mean, and on what it changes.

    ``tests`` has ``helpers.fusion.comparison.compare_systems`` for each protocol.
    """
    train = pairs[protocol][0]
    weight = 1 - video_weight(train.where(train.complete))
    row = tests[protocol].loc["weighted mean"]
    changed = int(row["only_fusion"] + row["only_reference"])
    return (
        f"weighted mean, {protocol}: audio has a weight of {weight:.0%}, which turns "
        f"{changed or 'none'} of {row['n']:.0f} test clips from wrong to right or back"
    )


def interval_sentence(tests: Mapping[str, pd.DataFrame], films: int) -> str:
    """Return a sentence on intervals that leave out zero though the test finds nothing.

    ``films`` is from how many of them the bootstrap drew.
    """
    table = pd.concat(tests.values())
    leaves_out_zero = (table["gain_low"] > 0) | (table["gain_high"] < 0)
    count = int((leaves_out_zero & (table["p_holm"] > 0.05)).sum())
    if not count:
        return "No grey interval leaves out zero: bootstrap and test agree."
    return (
        f"Grey intervals that leave out zero: {count}. With {films} films a bootstrap is too "
        "narrow, and the test decides."
    )


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
