"""The small network trained again: from scratch, from another's weights, and the one of 01."""

import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers import runtime
from helpers.corpora import load_manifest
from helpers.corpora.manifest import COLUMNS, usable
from helpers.emotions import EMOTIONS_WITHOUT_SURPRISE, class_indices
from helpers.evaluation.scores import score
from helpers.features import pictures
from helpers.models.small_cnn import SMALL_RECIPES, network_of_01, train_small_cnn
from helpers.models.static_cnn import static_cnn
from helpers.models.training import predict
from helpers.results import runs

QUICK = replace(SMALL_RECIPES["default"], size=16, epochs=6, patience=6)
PIXELS = np.random.default_rng(0).integers(0, 256, (30, 16, 16, 1), dtype=np.uint8)
PIXELS[10:20] //= 2
PIXELS[20:] //= 8
LABELS = np.repeat([0, 1, 2], 10)
FITTING, CHOOSING = np.arange(0, 30, 2), np.arange(1, 30, 2)


def test_it_learns_and_is_seeded():
    model, history = train_small_cnn(PIXELS, LABELS, FITTING, CHOOSING, 3, QUICK, seed=1)
    assert history["accuracy"].iloc[-1] > 0.6
    again, _ = train_small_cnn(PIXELS, LABELS, FITTING, CHOOSING, 3, QUICK, seed=1)
    assert np.array_equal(predict(model, PIXELS, CHOOSING), predict(again, PIXELS, CHOOSING))


def test_it_starts_from_another_networks_weights_and_leaves_them():
    start, _ = train_small_cnn(PIXELS, LABELS, FITTING, CHOOSING, 3, QUICK, seed=1)
    before = start.get_weights()
    still = replace(QUICK, learning_rate=0.0, epochs=1)
    continued, _ = train_small_cnn(PIXELS, LABELS, FITTING, CHOOSING, 3, still, 2, start=start)
    for name in ("conv2d", "dense"):
        old, new = (
            next(layer for layer in model.layers if layer.name.startswith(name)).get_weights()
            for model in (start, continued)
        )
        assert all(map(np.array_equal, old, new))
    moved, _ = train_small_cnn(PIXELS, LABELS, FITTING, CHOOSING, 3, QUICK, 2, start=start)
    assert not np.array_equal(moved.get_weights()[0], before[0])
    assert all(map(np.array_equal, before, start.get_weights()))


def test_weights_of_classes_change_what_is_learned():
    labels = np.array([0] * 12 + [1] * 3)
    rows = np.arange(15)
    plain, _ = train_small_cnn(PIXELS, labels, rows, rows, 2, QUICK, seed=1)
    weighed, _ = train_small_cnn(PIXELS, labels, rows, rows, 2, QUICK, 1, weigh_classes=True)
    assert not np.array_equal(predict(plain, PIXELS, rows), predict(weighed, PIXELS, rows))


@pytest.fixture
def faces(tmp_path):
    rows = []
    for number in range(24):
        path = tmp_path / f"{number}.png"
        Image.fromarray(PIXELS[number, ..., 0]).save(path)
        emotion = EMOTIONS_WITHOUT_SURPRISE[number % 6]
        rows.append((str(number), str(path), emotion, ["train", "test"][number // 12], "a", ""))
    return pd.DataFrame(rows, columns=COLUMNS)


def test_the_network_of_01_is_taken_if_it_was_made_this_way(faces, tmp_path):
    root = str(tmp_path / "results")
    model, origin = network_of_01(faces, "demo", root, QUICK, seed=3)
    assert "trained now" in origin and model.output.shape[1] == 6

    line = runs.experiment("small CNN", "thesis", "test", score([0, 1], [0, 0], ["a", "b"]))
    folder = runs.save_run(
        "01_faces_baseline", corpus="demo", settings=asdict(QUICK) | {"seed": 3},
        experiments=[line], manifests=[faces], started=time.time(), root=root,
    )  # fmt: skip
    _, origin = network_of_01(faces, "demo", root, QUICK, seed=3)
    assert "trained now" in origin, "there is no model.keras yet"
    model.save(folder / "model.keras")
    again, origin = network_of_01(faces, "demo", root, QUICK, seed=3)
    assert "notebook 01 trained" in origin
    assert all(map(np.array_equal, model.get_weights(), again.get_weights()))

    surprised = pd.concat([faces, faces.iloc[:1].assign(emotion="Surprise", path="none.png")])
    assert "notebook 01 trained" in network_of_01(surprised, "demo", root, QUICK, seed=3)[1]

    others = [
        (faces.iloc[1:], QUICK, 3),
        (faces, QUICK, 4),
        (faces, replace(QUICK, epochs=5), 3),
    ]
    for manifest, recipe, seed in others:
        assert "trained now" in network_of_01(manifest, "demo", root, recipe, seed)[1]


# Damaged stills, on notebook 02's way from a folder of stills to scores


@pytest.fixture
def sfew(tmp_path):
    """Twelve stills of two emotions and two films, one film a split; names with more than ASCII."""
    shades = np.random.default_rng(4).integers(0, 256, (12, 20, 16), dtype=np.uint8)
    for number, shade in enumerate(shades):
        split, film = [("Train", "L'été, encore"), ("Val", "Ñu y él")][number % 2]
        folder = tmp_path / "SFEW" / split / ["Happy", "Sad"][number // 2 % 2]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(shade).save(folder / f"{film}_0{number}0_{number:08d}.png")
    return tmp_path


def truncated(path):
    path.write_bytes(path.read_bytes()[:-80])
    return path


def text_called_jpg(path):
    path.unlink()
    path = path.with_suffix(".jpg")
    path.write_text("this is no picture")
    return path


def empty(path):
    path.write_bytes(b"")
    return path


def folder_in_its_place(path):
    path.unlink()
    path.mkdir()
    return path


def scores_of_stills(root, model):
    """Return each still's probabilities, label and problem by its name."""
    pixels, stills = pictures.decode(load_manifest("sfew", root), (16, 16), 1)
    labels = class_indices(stills["emotion"], EMOTIONS_WITHOUT_SURPRISE)
    rows = usable(stills)
    scored = {stills["sample_id"][row]: scores for row, scores in
              zip(rows, predict(model, pixels, rows), strict=True)}  # fmt: skip
    return scored, dict(zip(stills["sample_id"], labels, strict=True)), stills


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (truncated, "damaged"),
        (text_called_jpg, "not a picture"),
        (empty, "the file is empty"),
        (folder_in_its_place, "a folder, not a file"),
    ],
)
@pytest.mark.parametrize("victim", [0, 5])
def test_one_damaged_still_changes_no_other_ones_score_or_label(sfew, victim, damage, reason):
    runtime.set_seeds(0)
    model = static_cnn((16, 16, 1), 6)
    before, labels_before, stills = scores_of_stills(sfew, model)
    assert len(before) == 12 and any(" " in name and "é" in name for name in before)

    row = stills.iloc[victim]
    damage(Path(row["path"]))
    after, labels_after, stills = scores_of_stills(sfew, model)
    assert labels_after == labels_before, "the row left the table, or labels moved"
    assert reason in stills.set_index("sample_id")["problem"][row["sample_id"]]
    assert (stills["problem"] != "").sum() == 1
    assert set(before) - set(after) == {row["sample_id"]}
    for name, scores in after.items():
        np.testing.assert_allclose(scores, before[name], atol=1e-6, err_msg=name)
    assert len({scores.tobytes() for scores in before.values()}) == 12, "all score alike"


def test_stills_are_trained_on_without_the_damaged_one(sfew):
    """The network that comes out is the one of a folder that never held the damaged still."""
    quick = replace(QUICK, epochs=2)

    def trained():
        pixels, stills = pictures.decode(load_manifest("sfew", sfew), (16, 16), 1)
        labels = class_indices(stills["emotion"], EMOTIONS_WITHOUT_SURPRISE)
        train, val = (usable(stills, split) for split in ("train", "val"))
        model, _ = train_small_cnn(pixels, labels, train, val, 6, quick, seed=0)
        return predict(model, pixels, val)

    path = Path(load_manifest("sfew", sfew)["path"][1])
    text_called_jpg(path)
    with_damage = trained()
    path.with_suffix(".jpg").unlink()
    np.testing.assert_allclose(trained(), with_damage, atol=1e-6)
