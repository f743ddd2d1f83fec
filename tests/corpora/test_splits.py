"""Who is on which side: groups, shared clips, and when an epoch may be chosen."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from helpers.corpora.splits import group_folds, hold_out_validation, protocol_parts


@settings(max_examples=30, deadline=None)
@given(st.integers(6, 30), st.integers(2, 5), st.integers(0, 5))
def test_no_group_is_on_both_sides_and_every_row_is_held_out_once(people, folds, seed):
    groups = np.repeat(np.arange(people), 4)
    labels = np.tile(np.arange(4), people)
    held = []
    for train, held_out in group_folds(labels, groups, folds, seed):
        assert not set(groups[train]) & set(groups[held_out])
        assert len(train) + len(held_out) == len(groups)
        held.extend(held_out)
    assert sorted(held) == list(range(len(groups)))


def test_about_the_fraction_asked_for_is_held_out_with_all_classes():
    groups = np.repeat(np.arange(25), 6)
    labels = np.tile(np.arange(6), 25)
    train, validation = hold_out_validation(labels, groups, 0.2, seed=3)
    assert len(validation) == 30
    assert np.bincount(labels[validation]).tolist() == [5] * 6
    again = hold_out_validation(labels, groups, 0.2, seed=3)
    assert (again[0] == train).all()


def test_too_few_groups_is_an_error_that_says_so():
    with pytest.raises(ValueError, match="5 parts need at least 5 groups.*found 2"):
        hold_out_validation(np.array([0, 1, 0, 1]), np.array(["a", "a", "b", "b"]))
    one_film = pd.DataFrame({"split": ["train"] * 4, "problem": "", "group": "a"})
    with pytest.raises(ValueError, match="at least 2 groups.*found 1"):
        protocol_parts(one_film, np.array([0, 1, 0, 1]), 0)


LABELS = np.arange(50) % 7


@pytest.fixture
def stills():
    """Forty training and ten test stills of ten films; two clip ids are in both splits."""
    number = np.arange(50)
    clip_ids = np.where(number >= 40, number, number // 2).astype(str)
    clip_ids[[40, 41]] = "0"
    clip_ids[42] = "7"
    manifest = pd.DataFrame(
        {
            "split": np.where(number < 40, "train", "val"),
            "clip_id": clip_ids,
            "group": [f"film {n // 5}" for n in number],
            "problem": "",
        }
    )
    manifest.loc[3, "problem"] = "damaged"
    return manifest


KNOWN = [n for n in range(40) if n not in (0, 1, 3, 14, 15)]


def test_parts_are_by_film_and_nothing_of_a_test_clip_is_learned_under_held_out(stills):
    parts = protocol_parts(stills, LABELS, 0)  # nobody has to think of it
    assert parts["thesis"]["train"].tolist() == [n for n in range(40) if n != 3]
    assert parts["thesis"]["validation"].tolist() == parts["thesis"]["test"].tolist()
    held_out = parts["held_out"]
    assert held_out["test"].tolist() == list(range(40, 50))
    assert sorted([*held_out["train"], *held_out["validation"]]) == KNOWN
    films = stills["group"].to_numpy()
    assert not set(films[held_out["train"]]) & set(films[held_out["validation"]])
    assert 5 <= len(held_out["validation"]) <= 10


def test_shared_clip_ids_count_where_they_are_asked_for_and_there(stills):
    for manifest, clip_id in ((stills.drop(columns="clip_id"), "clip_id"), (stills, "")):
        parts = protocol_parts(manifest, LABELS, 0, clip_id=clip_id)["held_out"]
        assert len(parts["train"]) + len(parts["validation"]) == 39


def test_ids_are_compared_as_text_and_a_test_clip_that_cannot_be_read_counts(stills):
    stills["clip_id"] = [int(n) if split == "train" else n for n, split in
                         zip(stills["clip_id"], stills["split"], strict=True)]  # fmt: skip
    stills.loc[42, "problem"] = "damaged"
    parts = protocol_parts(stills, LABELS, 0)["held_out"]
    assert sorted([*parts["train"], *parts["validation"]]) == KNOWN
    assert 42 not in parts["test"]


def test_where_few_could_choose_none_do_and_all_are_trained_on(stills):
    fifth = len(protocol_parts(stills, LABELS, 0)["held_out"]["validation"])
    for fewest, chosen in ((fifth, fifth), (fifth + 1, 0)):
        parts = protocol_parts(stills, LABELS, 0, fewest_validation=fewest)
        assert len(parts["held_out"]["validation"]) == chosen
        assert len(parts["held_out"]["train"]) == len(KNOWN) - chosen
        assert parts["thesis"]["validation"].tolist() == list(range(40, 50))
    assert parts["held_out"]["train"].tolist() == KNOWN


def test_fewer_than_five_films_are_kept_apart_too(stills):
    stills["actor"] = [f"actor {n % 3}" for n in range(50)]
    parts = protocol_parts(stills, LABELS, 0, group="actor")["held_out"]
    actors = stills["actor"].to_numpy()
    assert len(set(actors[parts["validation"]])) == 1 and len(set(actors[parts["train"]])) == 2
    assert not set(actors[parts["validation"]]) & set(actors[parts["train"]])
