"""The checks of the lab editions: the true solution, an empty answer, and typical wrong ones."""

import re

import numpy as np
import pandas as pd
import pytest

from helpers.checks import faces_baseline, fusion
from helpers.checks.verdict import NotYet, Right, result_of
from helpers.paths import repository_root
from helpers.series.exercises import tasks
from helpers.series.sources import find_sources, notebooks_folder


def wrong(message, check, *answer):
    """Assert that a check refuses an answer and says why in one sentence."""
    with pytest.raises(NotYet, match=message) as caught:
        check(*answer)
    said = str(caught.value)
    assert said.endswith((".", "?")) and "\n" not in said and len(said) < 250
    assert caught.value._render_traceback_() == [f"Not yet: {said}"]


def right(check, *answer):
    verdict = check(*answer)
    assert isinstance(verdict, Right)
    assert repr(verdict) == f"Right. {verdict}"


def empty(*_, **__):
    raise NotImplementedError("Start here: something")


def says(value):
    """Return a function that returns a value whatever it is given."""
    return lambda *_, **__: value


def test_what_a_students_function_does_wrong_is_said_in_a_sentence():
    def fails(x):
        return 1 / x

    wrong("`fails` stopped with ZeroDivisionError: division by zero", result_of, fails, 0)
    wrong("returns nothing: does it end in a `return`", result_of, says(None))
    wrong("is empty: start in the cell above, at YOUR CODE HERE", result_of, empty)
    wrong("is empty", result_of, ...)
    assert result_of(fails, 2) == 0.5


def test_every_task_has_its_check_and_every_check_is_used():
    for source in find_sources(notebooks_folder()):
        if not tasks(source):
            continue
        text = source.path.read_text(encoding="utf-8")
        module = re.search(r"from helpers\.checks import (\w+) as checks", text)[1]
        assert module == source.name[3:]
        code = (repository_root() / "helpers" / "checks" / f"{module}.py").read_text("utf-8")
        called = re.findall(r"^checks\.(\w+)\(", text, flags=re.MULTILINE)
        defined = re.findall(r"^def ([a-z]\w+)\(", code, flags=re.MULTILINE)
        assert called == defined
        assert len(called) == len(tasks(source))


# 01

PEOPLE = pd.DataFrame(
    {
        "sample_id": [f"{person}_{split}" for person in "abc" for split in ("train", "test")],
        "group": list("aabbcd"),
        "split": ["train", "test"] * 3,
    }
)


def test_people_in_both():
    check = faces_baseline.people_in_both
    right(check, {"a", "b"}, PEOPLE)
    wrong("`in_both` is empty", check, ..., PEOPLE)
    wrong("`in_both` is empty", check, None, PEOPLE)
    wrong("is a int; a set", check, 2, PEOPLE)
    wrong("2 elements of `in_both` are not people", check, {"a_train", "b_train"}, PEOPLE)
    wrong("1 people in `in_both` have no picture in test", check, {"a", "b", "c"}, PEOPLE)
    wrong("1 people in `in_both` have no picture in train", check, {"a", "b", "d"}, PEOPLE)
    wrong("Somebody who has pictures in train and in test is not", check, {"a"}, PEOPLE)


def small_cnn(
    input_shape,
    classes,
    momentum,
    *,
    filters=64,
    rate=0.5,
    pool_first=False,
    dense=512,
    forget_momentum=False,
    activation="relu",
    padding="valid",
    skip_dropout=False,
):
    import keras
    from keras import layers

    pictures = keras.Input(input_shape)
    x = layers.Conv2D(32, 3, activation="relu")(pictures)
    x = layers.MaxPooling2D(2)(x)
    x = layers.BatchNormalization(momentum=momentum)(x)
    x = layers.Dropout(0.25)(x)
    x = layers.Conv2D(filters, 3, activation=activation, padding=padding)(x)
    if pool_first:
        x = layers.MaxPooling2D(2)(x)
    x = layers.BatchNormalization(momentum=0.99 if forget_momentum else momentum)(x)
    if not skip_dropout:
        x = layers.Dropout(rate)(x)
    if not pool_first:
        x = layers.MaxPooling2D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(dense, activation="relu")(x)
    return keras.Model(pictures, layers.Dense(classes, activation="softmax")(x))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({}, ""),
        ({"filters": 32}, "a Conv2D, has another `filters` than asked for: 32"),
        ({"rate": 0.25}, "a Dropout, has another `rate`"),
        ({"dense": 128}, "a Dense, has another `units`"),
        ({"padding": "same"}, "a Conv2D, has another `padding`"),
        ({"activation": None}, "a Conv2D, has another activation"),
        ({"forget_momentum": True}, "a BatchNormalization, has another `momentum`"),
        ({"pool_first": True}, "in another order: look at number 7, a MaxPooling2D"),
        ({"skip_dropout": True}, "1 layers of the kind Dropout, which are too few"),
    ],
)
def test_the_network_of_01(mistake, message):
    def static_cnn(*arguments):
        return small_cnn(*arguments, **mistake)

    if mistake:
        wrong(message, faces_baseline.network, static_cnn)
    else:
        right(faces_baseline.network, static_cnn)


def test_the_network_of_01_left_empty_or_unfinished():
    wrong("is empty: start in the cell above", faces_baseline.network, empty)
    wrong("returns nothing", faces_baseline.network, says(None))
    wrong("returns a str; a keras.Model", faces_baseline.network, says("a network"))


def test_split_by_person():
    groups = np.repeat(np.arange(30), 4)  # thirty people, four pictures each
    usable = np.arange(len(groups))
    person = groups[usable]

    def check(fit, choose, test):
        held_out = {"fit": fit, "choose": choose, "test": test}
        faces_baseline.split_by_person({"held_out": held_out}, groups, usable)
        return Right("it passed")

    known, new = usable[person >= 10], usable[person < 10]
    fit, choose = known[groups[known] >= 14], known[groups[known] < 14]
    right(check, fit, choose, new)
    by_picture = np.random.default_rng(0).permutation(usable)
    wrong(
        "people are in `fit` and in `test`: divide by person",
        check, by_picture[40:96], by_picture[96:], by_picture[:40],
    )  # fmt: skip
    wrong("10 people are in `choose` and in `test`", check, known, new, new)
    wrong("4 people are in `fit` and in `choose`", check, known, choose, new)
    wrong("16 pictures are in none", check, fit, usable[:0], new)
    wrong(
        "87% of the people are in the test; about a third",
        check,
        choose[:8],
        choose[8:],
        np.r_[fit, new],
    )
    wrong("5% of the known people choose", check, known[4:], known[:4], new)
    wrong("`fit` is empty", check, None, choose, new)


def test_most_frequent_mistake():
    matrix = np.array([[9, 1, 0], [4, 3, 3], [0, 2, 8]])
    mistakes = matrix - np.diag(np.diag(matrix))
    check = faces_baseline.most_frequent_mistake
    right(check, 1, 0, mistakes, matrix)
    wrong("Row and column are exchanged", check, 0, 1, mistakes, matrix)
    wrong("still holds right answers", check, 0, 0, matrix, matrix)
    wrong("more frequent mistake than row 2, column 1", check, 2, 1, mistakes, matrix)
    wrong("wrong answers as often", check, 1, 0, mistakes > 0, matrix)
    wrong("not in a matrix of 3 rows", check, 3, 0, mistakes, matrix)
    wrong(r"has the shape \(6,\)", check, 1, 0, mistakes[~np.eye(3, dtype=bool)], matrix)
    wrong("`mistakes` is empty", check, 1, 0, ..., matrix)
    wrong("`worst_true` is empty", check, None, 0, mistakes, matrix)
    with_tie = np.array([[9, 4, 0], [4, 3, 3], [0, 2, 8]])
    for row, column in ((0, 1), (1, 0)):
        right(check, row, column, with_tie - np.diag(np.diag(with_tie)), with_tie)


# 07


def test_the_mean_rule():
    check = fusion.mean_rule
    right(check, lambda video, audio: np.argmax(video + audio, axis=1))
    wrong("is empty", check, empty)
    wrong(r"shape \(7,\)", check, lambda video, audio: (video + audio).argmax(axis=0))
    wrong(r"shape \(60, 7\)", check, lambda video, audio: (video + audio) / 2)
    wrong("of the type float64", check, lambda video, audio: (video + audio).max(axis=1))
    wrong("those of video alone", check, lambda video, audio: video.argmax(axis=1))
    wrong("those of audio alone", check, lambda video, audio: audio.argmax(axis=1))
    wrong("single surest", check, lambda video, audio: np.maximum(video, audio).argmax(axis=1))
    wrong(
        "another emotion than the one whose mean",
        check, lambda video, audio: (video.argmax(axis=1) + audio.argmax(axis=1)) // 2,
    )  # fmt: skip


def combining(*, units=28, rate=0.25, activation="relu", layers_hidden=1, dropout=True):
    import keras
    from keras import layers

    both = x = keras.Input((14,))
    for _ in range(layers_hidden):
        x = layers.Dense(units, activation=activation)(x)
    if dropout:
        x = layers.Dropout(rate)(x)
    return keras.Model(both, layers.Dense(7, activation="softmax")(x))


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        ({}, ""),
        ({"units": 27}, "has 601 parameters, fewer than 623"),
        ({"units": 44}, "has 975 parameters, more than 623"),
        ({"dropout": False}, "no dropout"),
        ({"rate": 0.5}, "another share than a quarter"),
        ({"activation": None}, "another activation than ReLU"),
        ({"layers_hidden": 2}, "one hidden layer and then the dropout"),
    ],
)
def test_the_network_of_07(mistake, message):
    def fusion_dense():
        return combining(**mistake)

    if mistake:
        wrong(message, fusion.dense_network, fusion_dense)
    else:
        right(fusion.dense_network, fusion_dense)


def test_the_network_of_07_left_empty():
    wrong("is empty", fusion.dense_network, empty)
    wrong("should return a keras.Model", fusion.dense_network, says(3))


VECTORS = {
    "train": {"video": {"accuracy": 0.6}, "audio, all clips": {"accuracy": 0.9}},
    "scores": {
        "video": {"accuracy": 0.4, "correct": 80},
        "audio, all clips": {"accuracy": 0.3},
    },
    "dense": {"n": 200, "published_correct": 90},
}


def test_the_leak():
    def check(video, audio):
        return fusion.leak({"video": video, "audio, all clips": audio}, VECTORS)

    right(check, 0.2, 0.6)
    wrong("the sign is wrong", check, -0.2, -0.6)
    wrong("as a fraction", check, 20, 60)
    wrong("audio, all clips: that is not the difference", check, 0.2, 0.5)
    wrong("`video` is empty", check, None, 0.6)
    wrong("`too_good` is empty", fusion.leak, ..., VECTORS)
    wrong("a dictionary with the names", fusion.leak, {"video": 0.2}, VECTORS)
    wrong("a dictionary with the names", fusion.leak, 0.2, VECTORS)


def test_the_gain():
    def check(answer):
        return fusion.gain(answer, VECTORS)

    right(check, 0.05)
    wrong("is empty", check, ...)
    wrong("a number of clips: of how many", check, 10)
    wrong("in points; a fraction", check, 5.0)
    wrong("relative to what video has right", check, 10 / 80)
    wrong("not the difference of the accuracies", check, 0.45)
