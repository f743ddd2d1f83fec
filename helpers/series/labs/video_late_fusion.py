"""Checks of the lab edition of notebook 04."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.fusion.frames import aggregate_clips
from helpers.series.labs.verdict import Right, expect, given, result_of


def mean_of_frames(function: Callable) -> Right:
    """Check task 1: equation 1 for all clips at once."""
    random = np.random.default_rng(0)
    # Clips in any order, with one frame and with many, and one number that no frame has.
    clip_rows = random.permutation(np.repeat([7, 3, 11, 2], [1, 2, 5, 9]))
    scores = random.dirichlet(np.ones(3), len(clip_rows))
    before = scores.copy()
    found = result_of(function, scores, clip_rows)
    expect(
        np.array_equal(scores, before),
        "The scores that were handed in have been changed: work on a copy.",
    )
    expect(
        isinstance(found, tuple) and len(found) == 2,
        "Two things should be returned: the clips, and the mean scores of each.",
    )
    wanted = aggregate_clips(scores, clip_rows)
    clips, means = (np.asarray(part) for part in found)
    expect(
        clips.shape == (len(wanted),) and set(clips.tolist()) == set(wanted.index),
        f"There are {len(wanted)} clips among these frames; {clips.size} come out.",
    )
    expect(
        means.shape == (len(wanted), 3),
        f"The means have the shape {means.shape}; a row for each of 4 clips, a column for each "
        "of 3 classes was expected.",
    )
    order = np.argsort(clips)
    expect(
        clips.tolist() == sorted(clips.tolist()),
        "The clips should come in ascending order, as the rest of the notebook expects.",
    )
    sums = pd.DataFrame(scores).groupby(clip_rows).sum().to_numpy()
    expect(
        not np.allclose(means[order], sums), "These are sums: by what is each clip to be divided?"
    )
    expect(
        np.allclose(means[order], wanted.to_numpy()),
        "The mean of at least one clip is not that of its own frames: are they sorted by clip?",
    )
    return Right("Each clip has one vote, however many frames it has.")


_UNITS = {
    "still": "stills of one clip would be on both sides, near-twins: to remember them is enough.",
    "clip": "clips of one film would be on both sides, with the same actors, rooms, light: a new "
    "film does not share them.",
}


def unit(found: str) -> Right:
    """Check task 2: what must not be on both sides, to know about new films."""
    expect(
        isinstance(given(found, "unit"), str),
        f"`unit` is a {type(found).__name__}; one word was asked for.",
    )
    expect(found in {*_UNITS, "film"}, f"`unit` is {found!r}; still, clip or film was asked for.")
    expect(found == "film", f"`unit`: {_UNITS.get(found)}")
    return Right("What is to be new in the end has to be new in each fold.")


def most_doubtful(function: Callable) -> Right:
    """Check task 3: the stills whose own label is the least probable, the worst first."""
    # The own label of some is improbable though another is not certain, and the other way round.
    values = np.array(
        [[0.5, 0.3, 0.2], [0.05, 0.9, 0.05], [0.2, 0.2, 0.6], [0.1, 0.2, 0.7], [0.4, 0.35, 0.25]]
    )
    labels, before = np.array([0, 1, 1, 2, 2]), values.copy()
    found = result_of(function, values, labels.copy(), 3)
    expect(np.array_equal(values, before), "The scores that were handed in have been changed.")
    found = np.asarray(found)
    expect(
        found.shape == (3,) and np.issubdtype(found.dtype, np.integer),
        f"{found.dtype} of shape {found.shape} is returned; three positions were asked for.",
    )
    own = values[np.arange(len(labels)), labels]
    expect(
        not np.array_equal(found, np.argsort(-own, kind="stable")[:3]),
        "These are the labels that the network believes most; the doubtful ones were asked for.",
    )
    expect(
        not np.array_equal(found, np.argsort(values.max(axis=1), kind="stable")[:3]),
        "These are the stills whose best class is the least probable: that is a network in doubt "
        "about everything. Look at the probability of the still's own label.",
    )
    wanted = np.argsort(own, kind="stable")[:3]
    expect(
        set(found.tolist()) == set(wanted.tolist()),
        f"The probabilities of their own labels are {own[found].tolist()}; smaller ones are left.",
    )
    expect(np.array_equal(found, wanted), "These are the right ones; the most doubtful goes first.")
    return Right("A label that nobody who has not learned it believes deserves a look.")
