"""Checks of the lab edition of notebook 04."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers.fusion.frames import aggregate_clips
from helpers.series.labs.verdict import Right, expect, expect_number, given, result_of


def labels_that_differ(differing: pd.DataFrame, joined: pd.DataFrame) -> Right:
    """Check task 1: the stills that are labelled otherwise than their clip."""
    expect(
        isinstance(given(differing, "differing"), pd.DataFrame),
        f"`differing` is a {type(differing).__name__}; the rows of a table were asked for.",
    )
    found, wanted = set(differing.index), set(joined.index[joined["disagrees"]])
    expect(found <= set(joined.index), "`differing` should hold rows of `joined`.")
    alike = sum(joined.loc[sorted(found), "emotion"] == joined.loc[sorted(found), "clip_emotion"])
    expect(not alike, f"{alike} of these stills have the same label as their clip.")
    lost = sum(joined.loc[sorted(found), "clip_row"] < 0)
    expect(not lost, f"{lost} of these stills have no clip, so there is nothing to differ from.")
    expect(found == wanted, f"{len(wanted - found)} stills that differ are not among them.")
    return Right("Neither label is simply wrong: one is of a moment, the other of a scene.")


def mean_of_frames(function: Callable) -> Right:
    """Check task 2: equation 1 for all clips at once."""
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


def leak(found: float, trust: pd.DataFrame) -> Right:
    """Check task 3: how much better the network looks in sample than on the test clips."""
    accuracy = trust["accuracy"]
    wanted = accuracy["in_sample"] - accuracy["thesis"]
    mistakes = {
        "the sign is wrong; looking better in sample is a positive number.": -wanted,
        "that is in points; a fraction was asked for.": 100 * wanted,
        "that is the distance to the scores out of fold; take the test clips.": (
            accuracy["in_sample"] - accuracy["out_of_fold"]
        ),
        "that is the distance to another network; in_sample belongs to the protocol thesis.": (
            accuracy["in_sample"] - accuracy["held_out"]
        ),
    }
    expect_number(found, "leak", wanted, mistakes)
    return Right("So much would a fusion that learns from these scores be misled.")
