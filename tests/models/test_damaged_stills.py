"""Damaged stills, on notebook 02's way from a folder of stills to scores."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers import runtime
from helpers.corpora import load_manifest
from helpers.corpora.manifest import usable
from helpers.emotions import EMOTIONS_WITHOUT_SURPRISE, class_indices
from helpers.features import pictures
from helpers.models.static_cnn import static_cnn
from helpers.models.training import predict, train_network
from tests.models.conftest import SMALL


@pytest.fixture(scope="module")
def model():
    runtime.set_seeds(0)
    return static_cnn((16, 16, 1), 6)


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
def test_one_damaged_still_changes_no_other_ones_score_or_label(
    sfew, model, victim, damage, reason
):
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

    def trained():
        pixels, stills = pictures.decode(load_manifest("sfew", sfew), (16, 16), 1)
        labels = class_indices(stills["emotion"], EMOTIONS_WITHOUT_SURPRISE)
        train, val = (usable(stills, split) for split in ("train", "val"))
        parts = {"train": train, "validation": val}
        model, _ = train_network(pixels, labels, parts, 6, replace(SMALL, epochs=2), 0)
        return predict(model, pixels, val)

    path = Path(load_manifest("sfew", sfew)["path"][1])
    text_called_jpg(path)
    with_damage = trained()
    path.with_suffix(".jpg").unlink()
    np.testing.assert_allclose(trained(), with_damage, atol=1e-6)
