import subprocess
import sys

import numpy as np
import pytest

from helpers import emotions
from helpers.emotions import EMOTIONS, class_indices


def test_the_order_is_afews():
    assert EMOTIONS == ("Angry", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
    assert EMOTIONS[:6] == emotions.EMOTIONS_WITHOUT_SURPRISE


@pytest.mark.parametrize(
    ("labels", "without"),
    [
        (emotions.FACES_LABELS, {"Surprise"}),
        (emotions.CREMA_D_LABELS, {"Surprise"}),
        (emotions.RAVDESS_LABELS, set()),
        (emotions.MELD_LABELS, set()),
        (emotions.FER2013_CSV_LABELS, set()),
        (emotions.FER2013_FOLDER_LABELS, set()),
    ],
)
def test_every_map_reaches_each_emotion_once(labels, without):
    assert sorted(labels.values()) == sorted(set(EMOTIONS) - without)


def test_fer2013_numbers_its_classes_otherwise():
    assert emotions.FER2013_CSV_LABELS["4"] == "Sad" != EMOTIONS[4]


def test_class_indices_go_by_name():
    assert class_indices(["Happy", "Angry"]).tolist() == [3, 0]
    assert class_indices(["b", "a"], ["b", "a"]).tolist() == [0, 1]
    assert class_indices([]).dtype == np.int64


def test_an_unknown_name_is_named():
    with pytest.raises(ValueError, match="joy"):
        class_indices(["Happy", "joy"])


@pytest.mark.parametrize(
    "module", ["emotions", "paths", "corpora", "evaluation", "results", "media", "plots.scores"]
)
def test_light_modules_do_not_import_tensorflow(module):
    code = f"import sys, helpers.{module}; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
