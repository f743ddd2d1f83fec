"""Checks of the lab edition of notebook 08."""

from collections.abc import Callable, Collection

import numpy as np

from helpers.features.lbp_top import NEIGHBOURS, pattern_codes
from helpers.series.labs.verdict import Right, expect, given, result_of

_CHANGES = ("brighter", "reversed", "mirrored")
_FILES = ("enet_b0_8_best_afew", "enet_b0_8_va_mtl", "enet_b2_8")
_CLIPS = ("train", "validation", "test")


def pattern(local_binary_pattern: Callable) -> Right:
    """Check task 1: the pattern of a patch, on patches where each mistake shows."""
    patches = np.random.default_rng(0).integers(0, 4, (40, 3, 3), dtype=np.uint8)
    wanted = [int(pattern_codes(np.stack([patch] * 3))["XY"][0, 0, 0]) for patch in patches]
    found = [result_of(local_binary_pattern, patch) for patch in patches]
    expect(
        all(isinstance(value, int | np.integer) for value in found),
        f"A {type(found[0]).__name__} comes out; a whole number was asked for.",
    )
    expect(
        all(0 <= value < 1 << NEIGHBOURS for value in found),
        f"{max(found, key=abs)} comes out; eight bits give 0 to 255.",
    )
    mistakes = {
        "The neighbours are taken clockwise; counter-clockwise, up comes before left.": [
            _with_bits(value, [0, 7, 6, 5, 4, 3, 2, 1]) for value in wanted
        ],
        "Neighbour 0 counts most here; it should count 1, and the last one 128.": [
            _with_bits(value, list(range(NEIGHBOURS))[::-1]) for value in wanted
        ],
        "Ones and zeros are exchanged: a neighbour that is darker gives a 0.": [
            255 - value for value in wanted
        ],
        "Equal is as bright: a neighbour like the middle gives a 1.": [
            int(255 - pattern_codes(255 - np.stack([patch] * 3))["XY"][0, 0, 0])
            for patch in patches
        ],
    }
    for sentence, numbers in mistakes.items():
        expect(found != numbers, sentence)
    expect(found == wanted, "Some patches get another pattern: which neighbour is number 0?")
    return Right("Eight comparisons, and no lamp can change them as long as the order stays.")


def same_histograms(same: Collection[str]) -> Right:
    """Check task 2: which changes of a clip leave all of its numbers as they were."""
    expect(
        isinstance(given(same, "same"), set | frozenset | list | tuple)
        and set(same) <= {*_CHANGES},
        f"`same` should be a set with some of the names {', '.join(_CHANGES)}.",
    )
    expect(
        "brighter" in same,
        "With 20 more everywhere, is any neighbour now darker that was brighter before?",
    )
    expect(
        "reversed" not in same, "Played backwards, what grew brighter grows darker in XT and YT."
    )
    expect("mirrored" not in same, "Mirrored, the parts of the face change places, and so do bits.")
    return Right("It sees order alone: no brightness, and not where in its part a pattern was.")


def checkpoint(file: str, chosen_by: str) -> Right:
    """Check task 3: which weights were chosen by the clips that they are tested on."""
    expect(
        given(file, "file") in _FILES,
        f"`file` should be one of {', '.join(_FILES)}; it is {file!r}.",
    )
    expect(
        given(chosen_by, "chosen_by") in _CLIPS,
        f"`chosen_by` should be one of {', '.join(_CLIPS)}; it is {chosen_by!r}.",
    )
    expect(
        file == "enet_b0_8_best_afew",
        f"Nothing in the name {file} says that AFEW had a part in choosing it.",
    )
    expect(
        chosen_by != "train",
        "Of the training clips everybody may choose; the number would be honest then.",
    )
    expect(
        chosen_by != "test",
        "The labels of AFEW's test clips were never given out: nobody can choose by them.",
    )
    return Right(
        "It is the best of many on these very clips; how good it is on others, none knows."
    )


def _with_bits(value: int, order: list[int]) -> int:
    """Return a pattern whose bit p is bit ``order[p]`` of another."""
    return sum((value >> source & 1) << bit for bit, source in enumerate(order))
