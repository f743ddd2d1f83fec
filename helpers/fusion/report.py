"""From fused scores to what notebook 07 shows and saves."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from helpers.evaluation.scores import accuracy
from helpers.fusion.alignment import ClipPairs
from helpers.fusion.combiners import video_share
from helpers.fusion.comparison import DENSE, SINGLE, FusedScores, records, score_with_intervals
from helpers.fusion.tables import PUBLISHED_NAMES, published_of
from helpers.results.runs import experiment

Pairs = Mapping[str, tuple[ClipPairs, ClipPairs]]
"""Training and test pairs of each protocol."""


def named_and_true(fused: FusedScores, test: ClipPairs) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return what each system names the test clips with both modalities, and the true classes."""
    return fused.predicted(test.complete), test.labels[test.complete]


def leak_table(fused: Mapping[str, FusedScores], pairs: Pairs) -> pd.DataFrame:
    """Return accuracy on training and test clips with both modalities, one row a system.

    Columns are (protocol, ``train``) and (protocol, ``test``), fractions.
    """
    columns = {}
    for protocol, (_, test) in pairs.items():
        named, true = named_and_true(fused[protocol], test)
        columns[protocol, "train"] = fused[protocol].train_accuracy
        columns[protocol, "test"] = {name: accuracy(true, values) for name, values in named.items()}
    return pd.DataFrame(columns)


def own_experiments(
    fused: Mapping[str, FusedScores],
    pairs: Pairs,
    films: Mapping[str, np.ndarray],
    seed: int = 0,
) -> list[dict]:
    """Return an experiment for every system, protocol and set of clips.

    Parameters
    ----------
    films : mapping of protocol to array
        The film of every test clip, for the bootstrap.

    Returns
    -------
    list of dict
        From ``results.runs.experiment``, with ``system`` and ``clips``: ``both`` (clips that
        have video and audio) or ``all`` (the fusions only, with one modality where the other is
        missing).
    """
    lines = []
    for protocol, (_, test) in pairs.items():
        for clips, mask in (("both", test.complete), ("all", np.ones(len(test), bool))):
            for name, named in fused[protocol].predicted(mask).items():
                if clips == "all" and name in SINGLE:
                    continue
                score = score_with_intervals(
                    test.labels[mask], named, test.classes, groups=films[protocol][mask], seed=seed
                )
                published = None
                if (protocol, clips) == ("thesis", "both"):
                    published = _value_of(name)
                title = f"{name}, {'clips with both' if clips == 'both' else 'all clips'}"
                headline = clips == "both" and name in (*SINGLE, *PUBLISHED_NAMES)
                lines.append(
                    experiment(
                        title, protocol, "val", score, published,
                        system=name, clips=clips, headline=headline,
                    )
                )  # fmt: skip
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
            headline=name in (*SINGLE, *PUBLISHED_NAMES),
            data="the thesis's own vectors",
            computed=replicated["computed"],
        )
        for name, score in replicated["scores"].items()
    ]


def run_accuracies(fused: Mapping[str, FusedScores], pairs: Pairs) -> dict[str, np.ndarray]:
    """Return the dense network's accuracy by run, (r,): best epoch (thesis) or last (held_out)."""
    found = {}
    for protocol, (_, test) in pairs.items():
        values = (fused[protocol].dense == test.labels[test.complete]).mean(axis=-1)
        found[protocol] = values.max(axis=0) if protocol == "thesis" else values[-1]
    return found


def effect(comparison_row: pd.Series) -> tuple[float, float]:
    """Return (gain, discordance) of a row of ``helpers.fusion.comparison.compare_systems``."""
    differing = comparison_row["only_fusion"] + comparison_row["only_reference"]
    return float(comparison_row["gain"]), float(differing / comparison_row["n"])


def weighted_mean_sentence(pairs: Pairs, tests: Mapping[str, pd.DataFrame], protocol: str) -> str:
    """Say how much the weighted mean believes audio, and how many test clips that changes.

    Parameters
    ----------
    tests : mapping of protocol to DataFrame
        From ``helpers.fusion.comparison.compare_systems``.
    """
    train = pairs[protocol][0]
    share = 1 - video_share(train.where(train.complete))
    row = tests[protocol].loc["weighted mean"]
    changed = int(row["only_fusion"] + row["only_reference"])
    return (
        f"weighted mean, {protocol}: audio has {share:.0%} of the say, which turns "
        f"{changed or 'none'} of {row['n']:.0f} test clips from wrong to right or back"
    )


def interval_sentence(tests: Mapping[str, pd.DataFrame], films: int) -> str:
    """Say why an interval can leave out zero where the test finds nothing, if one does.

    Parameters
    ----------
    films : int
        How many the bootstrap drew from.
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


def changed_clips(
    named: Mapping[str, np.ndarray], true: np.ndarray, reference: str, system: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return positions of the clips that ``system`` rescued, and of those that it spoiled.

    Rescued: ``reference`` was wrong and ``system`` is right; spoiled the other way round.
    """
    before, after = named[reference] == true, named[system] == true
    return np.flatnonzero(after & ~before), np.flatnonzero(before & ~after)


def as_predictions(fused: Mapping[str, FusedScores], pairs: Pairs) -> pd.DataFrame:
    """Return what every system says of the test clips as the rows of a predictions.csv.

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


def own_extra(
    sentence: str, tests: Mapping[str, pd.DataFrame], runs: Mapping[str, np.ndarray]
) -> dict:
    """Return what is kept beside the experiments: the answer, the tests, the dense runs."""
    return {
        "answer": sentence,
        "tests": {protocol: records(table) for protocol, table in tests.items()},
        "dense_runs": {protocol: values.round(4).tolist() for protocol, values in runs.items()},
    }


def _value_of(system: str) -> dict | None:
    if system not in PUBLISHED_NAMES:
        return None
    published = published_of(system)
    return {"value": published["value"], "n": published["n"]}
