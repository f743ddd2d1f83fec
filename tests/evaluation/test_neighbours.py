"""Remembering is enough where twins are on both sides of a fold, and only there."""

import numpy as np

from helpers.corpora.splits import group_folds
from helpers.evaluation.neighbours import nearest_neighbour_accuracy


def test_twins_on_both_sides_give_the_answer_away():
    random = np.random.default_rng(0)
    clips, labels = np.repeat(np.arange(60), 3), np.repeat(np.arange(60) % 3, 3)
    of_clip = random.integers(0, 256, (60, 16, 16, 3))  # each clip looks like no other
    pictures = (of_clip[clips] + random.integers(-4, 5, (180, 16, 16, 3))).clip(0, 255)
    pictures = pictures.astype(np.uint8)
    by_still, by_clip = (
        nearest_neighbour_accuracy(pictures, labels, group_folds(labels, groups, 4, 0))
        for groups in (np.arange(180), clips)
    )
    assert by_still > 0.9 and by_clip < 0.6
