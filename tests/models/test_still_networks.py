"""What 03 trains on, and how later notebooks find its networks again."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers.corpora.exclusions import REASON
from helpers.emotions import EMOTIONS
from helpers.models import still_networks
from helpers.models.still_networks import (
    Pictures,
    choose_recipe,
    load_or_train,
    made_from,
    protocol_parts,
)
from helpers.models.training import predict
from helpers.models.transfer import THESIS_RECIPE, Recipe


@pytest.fixture(scope="module")
def stills():
    """Forty training and ten test stills of ten films; two clip ids are in both splits."""
    rng = np.random.default_rng(0)
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
    manifest.loc[3, "problem"] = REASON
    pixels = rng.integers(0, 256, (50, 32, 32, 3), dtype=np.uint8)
    return Pictures(pixels, manifest, number % 7)


@pytest.fixture
def enough_to_choose_by(monkeypatch):
    monkeypatch.setattr(still_networks, "FEWEST_TO_CHOOSE_BY", 1)


@pytest.mark.usefixtures("enough_to_choose_by")
def test_parts_are_by_film_and_nothing_of_a_test_clip_is_learned_under_held_out(stills):
    parts = protocol_parts(stills, seed=0)
    assert parts["thesis"]["fit"].tolist() == [n for n in range(40) if n != 3]
    assert parts["thesis"]["choose"].tolist() == parts["thesis"]["test"].tolist()
    held_out = parts["held_out"]
    assert held_out["test"].tolist() == list(range(40, 50))
    used = np.concatenate([held_out["fit"], held_out["choose"]])
    assert sorted(used) == [n for n in range(40) if n not in (0, 1, 3, 14, 15)]
    films = stills.manifest["group"].to_numpy()
    assert not set(films[held_out["fit"]]) & set(films[held_out["choose"]])


def test_a_corpus_without_clip_ids_has_parts_too(stills):
    plain = replace(stills, manifest=stills.manifest.drop(columns="clip_id"))
    parts = protocol_parts(plain, seed=0)
    assert sum(len(parts["held_out"][part]) for part in ("fit", "choose")) == 39


def test_where_few_stills_could_choose_none_do_and_all_are_fitted_on(stills):
    parts = protocol_parts(stills, seed=0)
    known = [n for n in range(40) if n not in (0, 1, 3, 14, 15)]
    assert parts["held_out"]["fit"].tolist() == known and len(parts["held_out"]["choose"]) == 0
    assert parts["thesis"]["choose"].tolist() == list(range(40, 50))
    recipe = Recipe(weights="none", unfrozen_blocks=0, dense_units=4, epochs=2, patience=1)
    _, history = still_networks.train_vgg16(
        stills.pixels, stills.labels, parts["held_out"]["fit"], parts["held_out"]["choose"],
        len(EMOTIONS), recipe, seed=0,
    )  # fmt: skip
    assert history.attrs["best_epoch"] == len(history) == 2 and "val_accuracy" not in history


@pytest.mark.usefixtures("enough_to_choose_by")
def test_a_sample_of_fewer_than_five_films_is_divided_by_film_too(stills):
    few = stills.manifest.assign(group=[f"film {n % 3}" for n in range(50)])
    parts = protocol_parts(replace(stills, manifest=few), seed=0)["held_out"]
    films = few["group"].to_numpy()
    assert len(set(films[parts["choose"]])) == 1 and len(set(films[parts["fit"]])) == 2
    assert not set(films[parts["fit"]]) & set(films[parts["choose"]])


def test_recipes_follow_the_parameters():
    assert choose_recipe("default", 0, "hed", 128) == Recipe(weights="hed")
    assert choose_recipe("thesis", 3, "none", 64, 1) == replace(
        THESIS_RECIPE, weights="none", blocks=4, unfrozen_blocks=1, epochs=3
    )
    with pytest.raises(ValueError, match=r"Unknown SETTINGS 'fast'"):
        choose_recipe("fast", 0, "hed", 64)
    assert still_networks.picture_size("demo", 0) == 48
    assert still_networks.picture_size("thesis", 0) == 128
    assert still_networks.picture_size("thesis", 1) == 48


def test_a_network_is_trained_once_and_then_found(stills, tmp_path, monkeypatch):
    parts = protocol_parts(stills, seed=0)["held_out"]
    recipe = Recipe(weights="none", unfrozen_blocks=0, dense_units=4, epochs=1)
    model, loaded = load_or_train(tmp_path, stills, parts, recipe, seed=0)
    assert not loaded and model.output.shape[1] == len(EMOTIONS)
    monkeypatch.setattr(still_networks, "train_vgg16", None)
    again, loaded = load_or_train(tmp_path, stills, parts, recipe, seed=0)
    rows = np.arange(50)
    assert loaded
    assert np.array_equal(predict(model, stills.pixels, rows), predict(again, stills.pixels, rows))


@pytest.mark.usefixtures("enough_to_choose_by")
def test_what_a_network_was_made_from_tells_all_others_apart(stills):
    parts = protocol_parts(stills, seed=0)["held_out"]
    recipe = Recipe(weights="none")
    changed = stills.pixels.copy()
    changed[parts["fit"][0], 0, 0, 0] ^= 1
    moved = {"fit": parts["fit"][:-1], "choose": np.append(parts["fit"][-1], parts["choose"])}
    origins = [
        made_from(stills, parts, recipe, 0),
        made_from(stills, parts, recipe, 1),
        made_from(stills, parts, replace(recipe, epochs=1), 0),
        made_from(replace(stills, pixels=changed), parts, recipe, 0),
        made_from(replace(stills, labels=(stills.labels + 1) % 7), parts, recipe, 0),
        made_from(stills, parts | moved, recipe, 0),
    ]
    assert all(one != other for n, one in enumerate(origins) for other in origins[:n])
    assert made_from(stills, parts, recipe, 0) == origins[0]


def test_the_demos_exclusions_are_left_out(demo_root):
    found = still_networks.load_stills("demo", "", 16)
    assert (found.manifest["problem"] == REASON).sum() == 14
    assert found.pixels.shape[1:] == (16, 16, 3)


def test_the_real_sample_has_all_its_stills(shared_data):
    found = still_networks.load_stills("thesis", str(shared_data / "real_mini"), 32)
    assert len(found.manifest) == 188 and (found.manifest["problem"] == "").all()
