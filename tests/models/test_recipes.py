"""Recipes are the thesis's where they say so, and follow the notebooks' parameters."""

from dataclasses import replace

import pytest

from helpers.features.augmentation import AUGMENTATIONS
from helpers.models.recipes import (
    FUSED,
    NO_DROPOUT,
    SETTINGS,
    of_random_features,
    recipes_for,
    seeds_for,
)

TASKS = ("faces", "wild faces", "stills", "log-mel", "spectrogram images")


def test_thesis_settings_are_the_published_ones():
    small = recipes_for("faces", "published")["small CNN"]
    assert (small.optimizer, small.learning_rate, small.batch_size) == ("sgd", 1e-5, 1)
    assert (small.size, small.epochs, small.batch_norm_momentum) == (128, 100, 0.99)
    stills = recipes_for("stills", "published")
    assert stills["small CNN"] == small
    vgg16 = stills["VGG16"]
    assert (vgg16.weights, vgg16.preprocessing, vgg16.augment) == (
        "imagenet", "unit_range", "published",
    )  # fmt: skip
    assert (vgg16.learning_rate, vgg16.batch_size, vgg16.epochs) == (1e-5, 2, 100)
    assert (vgg16.blocks, vgg16.unfrozen_blocks, vgg16.dense_units) == (5, 2, 1024)
    log_mel = recipes_for("log-mel", "published")
    for recipe in (log_mel["Model 0"], log_mel["Model 1"]):
        assert (recipe.optimizer, recipe.epochs, recipe.monitor) == ("rmsprop", 50, "val_loss")
        assert recipe.learning_rate in (1e-4, 5e-5, 1e-5)
        assert recipe.batch_size in (8, 16, 32, 64) and recipe.patience == 15
    pictures = recipes_for("spectrogram images", "published", weights="imagenet")
    assert [recipe.epochs for recipe in pictures.values()] == [50, 60, 100, 100]
    assert pictures[FUSED].unfrozen_blocks == 1
    assert pictures["Model 0"].learning_rate == 5e-4
    assert pictures["Model 1"].l2 == 1e-3 and pictures["Model 1"].batch_norm_momentum is None
    vgg16 = pictures["VGG16, two blocks"]
    assert (vgg16.optimizer, vgg16.learning_rate, vgg16.momentum) == ("sgd", 1e-4, 0.9)
    assert (vgg16.dropout, vgg16.batch_size, vgg16.preprocessing) == (0.5, 16, "unit_range")


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("task", TASKS)
def test_a_quick_look_changes_nothing_but_the_epochs(task, settings):
    recipes, quick = (recipes_for(task, settings, epochs) for epochs in (0, 1))
    assert quick == {
        name: replace(recipe, epochs=1, head_epochs=min(recipe.head_epochs, 1))
        for name, recipe in recipes.items()
    }
    for recipe in recipes.values():
        assert recipe.augment is None or recipe.augment in AUGMENTATIONS


def test_what_a_notebook_chooses_of_vgg16_leaves_the_other_networks_alone():
    chosen = {"weights": "none", "blocks": 4, "unfrozen_blocks": 1}
    stills, as_given = (
        recipes_for("stills", "published", 3, **chosen),
        recipes_for("stills", "published"),
    )
    assert stills["VGG16"] == replace(as_given["VGG16"], epochs=3, **chosen)
    assert stills["small CNN"] == replace(as_given["small CNN"], epochs=3)
    pictures = recipes_for("spectrogram images", "published", weights="none")
    assert pictures["VGG16, two blocks"].unfrozen_blocks == 2
    assert {pictures[name].weights for name in pictures if "VGG16" in name} == {"none"}


def test_a_vgg16_takes_as_many_blocks_as_its_pictures_allow_where_its_recipe_says_nothing():
    assert recipes_for("stills", "default", size=56)["VGG16"].blocks == 3
    assert recipes_for("stills", "published", size=56)["VGG16"].blocks == 3
    assert recipes_for("spectrogram images", "default", size=128)[FUSED].blocks == 3


def test_the_controls_of_sound_differ_in_what_they_say():
    pictures = recipes_for("spectrogram images", "default")
    control = of_random_features(pictures[FUSED])
    assert (control.weights, control.blocks, control.unfrozen_blocks) == ("none", 3, 0)
    assert (control.epochs, control.batch_size) == (pictures[FUSED].epochs, 16)
    for settings in SETTINGS:
        assert recipes_for("log-mel", settings)[NO_DROPOUT].dropout == 0.0


def test_a_table_shows_what_a_network_has_and_nothing_else():
    small = recipes_for("faces", "default")["small CNN"].settings()
    assert small["batch_norm_momentum"] == 0.9 and small["momentum"] == 0.0
    assert "weights" not in small and "blocks" not in small
    assert recipes_for("stills", "default")["VGG16"].settings()["unfrozen_blocks"] == 0


def test_unknown_settings_and_tasks_are_named():
    with pytest.raises(ValueError, match=r"Unknown SETTINGS 'fast'.*default"):
        recipes_for("stills", "fast")
    with pytest.raises(ValueError, match="What was 'thesis' is called 'published' now"):
        recipes_for("stills", "thesis")
    with pytest.raises(ValueError, match=r"Unknown task 'films'.*stills"):
        recipes_for("films", "default")


@pytest.mark.parametrize("task", TASKS)
def test_real_people_have_recipes_of_their_own_and_the_thesis_keeps_its(task):
    drawn, real, own = (recipes_for(task, "default", corpus=c) for c in ("demo", "open", "thesis"))
    assert list(real) == list(own) == list(drawn) and recipes_for(task, "default") == drawn
    assert (real == own) == (task not in ("wild faces", "stills")), "FER2013 is not SFEW"
    assert {name: recipe.network for name, recipe in real.items()} == {
        name: recipe.network for name, recipe in drawn.items()
    }
    assert {recipe.augment for recipe in real.values()} <= {None, *AUGMENTATIONS}
    for corpus in ("demo", "open"):
        assert recipes_for(task, "published", corpus=corpus) == recipes_for(task, "published")


def test_on_real_faces_vgg16_sees_pictures_as_its_weights_were_trained():
    of_faces = recipes_for("stills", "default", corpus="open", size=48)["VGG16"]
    assert (of_faces.preprocessing, of_faces.blocks) == ("imagenet_mean", 3)
    assert of_random_features(of_faces) == replace(of_faces, weights="none"), "nothing else"
    for corpus in ("open", "thesis"):
        published = recipes_for("stills", "published", corpus=corpus)["VGG16"]
        assert published.preprocessing == "unit_range"


def test_a_kind_of_network_is_judged_by_three_seeds_where_they_take_seconds():
    assert seeds_for("demo", 7) == [7, 107, 207]
    assert seeds_for("demo", 7, epochs=1) == seeds_for("open", 7) == seeds_for("thesis", 7) == [7]


def test_drawings_are_learned_in_single_precision_so_that_outputs_hold_on_any_machine():
    for task in TASKS:
        for settings in SETTINGS:
            assert not any(one.mixed_precision for one in recipes_for(task, settings).values())
