"""Checks of the lab edition of notebook 07."""

from collections.abc import Callable, Collection

import numpy as np

from helpers.series.labs.verdict import Right, expect, given, result_of

WHY_NOT = {
    "in sample": "`in sample` scores are by networks that have learned these very clips: the one "
    "that knows more by heart looks better than it is.",
    "out of fold, by clip": "`out of fold, by clip`: the network has not met the clip, but other "
    "clips of its film, with the same people and rooms.",
    "test": "`test`: a fusion that learns from the test clips leaves nothing to test it on.",
}
"""What is wrong with the scores that may not teach a fusion."""

HONEST = "out of fold, by film"


def mean_rule(predict_by_mean: Callable) -> Right:
    """Check task 1: the rule on clips where other rules say something else."""
    video, audio = np.random.default_rng(0).dirichlet(np.full(7, 0.5), (2, 60))
    # Of copies, since changing what comes in is bad manners and no wrong answer.
    answers = np.asarray(result_of(predict_by_mean, video.copy(), audio.copy()))
    expect(
        answers.shape == (len(video),),
        f"For 60 clips an array of shape {answers.shape} comes out; one answer each was wanted.",
    )
    expect(
        np.issubdtype(answers.dtype, np.integer),
        f"The answers are of the type {answers.dtype}; positions of emotions were wanted, from 0.",
    )
    for alone, what in ((video, "video"), (audio, "audio")):
        expect(
            not np.array_equal(answers, alone.argmax(axis=1)),
            f"The answers are those of {what} alone.",
        )
    expect(
        not np.array_equal(answers, np.maximum(video, audio).argmax(axis=1)),
        "This takes the single most confident number of both, which is another rule than the mean.",
    )
    expect(
        not np.array_equal(answers, (video * audio).argmax(axis=1)),
        "This multiplies the two, which is another rule than the mean: one of them can say no.",
    )
    expect(
        np.array_equal(answers, (video + audio).argmax(axis=1)),
        "Some clips get another emotion than the one whose mean is largest.",
    )
    return Right("The more confident of the two has more say, and nothing had to be learned.")


def teachers(may_teach: Collection[str]) -> Right:
    """Check task 2: which scores a fusion may be taught with."""
    names = [*WHY_NOT, HONEST]
    given(may_teach, "may_teach")
    expect(
        isinstance(may_teach, list | set | tuple),
        f"`may_teach` is a {type(may_teach).__name__}; a list of names was asked for.",
    )
    unknown = [str(name) for name in may_teach if name not in names]
    expect(not unknown, f"There are no scores called {', '.join(unknown)}: copy the names.")
    for name, why in WHY_NOT.items():
        expect(name not in may_teach, why)
    expect(HONEST in may_teach, "The list is empty, and yet one of the four is without fault.")
    return Right("They are scored as the test is, by networks that met neither clip nor film.")


def deciding_clips(clips_that_decide: Callable) -> Right:
    """Check task 3: the clips that tell two systems apart."""
    generator = np.random.default_rng(0)
    first, second = generator.random(80) < 0.5, generator.random(80) < 0.6
    given_first = first.copy()
    found = np.asarray(result_of(clips_that_decide, first, second))
    expect(np.array_equal(first, given_first), "`first_right` has been changed by it.")
    expect(
        found.shape == first.shape and found.dtype == bool,
        f"For 80 clips something of shape {found.shape} and type {found.dtype} comes out; True or "
        "False for each clip was asked for.",
    )
    wrong = {
        "Clips that both have right are among them: they say nothing about who is better.": first
        | second,
        "Only clips that the second wins are in it; those that it loses count as much.": second
        & ~first,
        "Only clips that the first wins are in it; those that it loses count as much.": first
        & ~second,
        "These are the clips on which both do equally well; the others were asked for.": first
        == second,
    }
    for sentence, answer in wrong.items():
        expect(not np.array_equal(found, answer), sentence)
    expect(
        np.array_equal(found, first != second),
        "Some clips are in it that both have right or both have wrong, or some are missing.",
    )
    return Right("All other clips could be thrown away, and the test would say the same.")
