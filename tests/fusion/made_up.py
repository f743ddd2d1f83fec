"""Scores made up for the tests of fusion."""

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS
from helpers.evaluation.scores import score
from helpers.fusion import report
from helpers.fusion.alignment import ClipPairs


def scores_table(n, seed=0, split="val", ids=None):
    generator = np.random.default_rng(seed)
    ids = [f"{clip:09d}" for clip in range(n)] if ids is None else ids
    table = pd.DataFrame(generator.dirichlet(np.ones(7), n).round(6), columns=list(EMOTIONS))
    table.insert(0, "sample_id", ids)
    table.insert(1, "split", split)
    table.insert(2, "emotion", [EMOTIONS[int(name) % 7] for name in ids])
    return table


def softmax(values):
    exponentials = np.exp(values - values.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def pairs_from(labels, video, audio):
    clips = pd.DataFrame(
        {
            "sample_id": [f"{clip:09d}" for clip in range(len(labels))],
            "split": "val",
            "emotion": np.array(EMOTIONS)[labels],
        }
    )
    return ClipPairs(clips, video, audio, EMOTIONS)


def leaky_scores(seed, n):
    """Return labels, and scores of a good video network and of an audio network that memorised.

    In sample the audio network knows every answer; on clips that it has not met it knows little.
    """
    generator = np.random.default_rng(seed)
    labels = np.arange(n) % 7

    def network(knowledge):
        return softmax(knowledge * np.eye(7)[labels] + generator.normal(size=(n, 7)))

    return labels, network(1.8), {"in_sample": network(5.0), "unseen": network(0.3)}


def written_scores(seed, systems=("one",), knowledge=(1.0,)):
    """Return what a notebook before 07 writes: train rows twice, test rows once, per system."""
    generator = np.random.default_rng(seed)
    parts = []
    for system, k in zip(systems, knowledge, strict=True):
        for split, protocols in (("train", ("in_sample", "out_of_fold")), ("val", ("test",))):
            for protocol in protocols:
                table = scores_table(42, split=split)
                labels = np.arange(42) % 7
                values = softmax(k * np.eye(7)[labels] + generator.normal(size=(42, 7)))
                table[list(EMOTIONS)] = values.round(6)
                table.insert(3, "protocol", protocol)
                table.insert(4, "system", system)
                parts.append(table)
    return pd.concat(parts, ignore_index=True)


def made_up_vectors():
    generator = np.random.default_rng(0)
    names = [*report.PUBLISHED_NAMES, "audio"]
    return {
        name: score(generator.integers(0, 7, 188), generator.integers(0, 7, 188)) for name in names
    }
