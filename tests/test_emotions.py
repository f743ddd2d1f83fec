import subprocess
import sys
import unicodedata

import numpy as np
import pytest

from helpers import emotions
from helpers.emotions import EMOTIONS, class_indices, emotion_of


def test_the_order_is_afews():
    assert EMOTIONS == ("Angry", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
    assert EMOTIONS[:6] == emotions.EMOTIONS_WITHOUT_SURPRISE


@pytest.mark.parametrize(
    ("labels", "without"),
    [
        (emotions.FACES_LABELS, {"Surprise"}),
        (emotions.RAVDESS_LABELS, set()),
        (emotions.FER2013_CSV_LABELS, set()),
    ],
)
def test_every_map_reaches_each_emotion_once(labels, without):
    assert sorted(labels.values()) == sorted(set(EMOTIONS) - without)


def test_fer2013_numbers_its_classes_otherwise():
    assert emotions.FER2013_CSV_LABELS["4"] == "Sad" != EMOTIONS[4]


SPELLINGS = {
    "Angry": "angry Anger ANGER enojo ira raiva Wut Ärger colère rabbia fennu 愤怒 ANG 0_angry",
    "Disgust": "Disgust disgusted asco nojo Ekel dégoût disgusto yanwu DIS 1-disgust",
    "Fear": "fear Fearful afraid scared miedo medo Angst peur paura kongju FEA fear(2)",
    "Happy": "HAPPY happiness joy felicidad alegría felicidade alegria Freude joie gaoxing happy_2",
    "Neutral": "neutral Neutrality neutro Neutral neutre zhongxing NEU",
    "Sad": "sad Sadness triste tristeza Trauer tristesse beishang SAD sad.",
    "Surprise": "surprise Surprised suprise sorpresa surpresa Überraschung jingya SUR",
}


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_one_table_has_the_spellings_of_class_folders(emotion):
    words = SPELLINGS[emotion].split()
    assert {word: emotion_of(word) for word in words} == dict.fromkeys(words, emotion)
    decomposed = [unicodedata.normalize("NFD", word) for word in words]
    assert {emotion_of(word) for word in decomposed} == {emotion}


@pytest.mark.parametrize("word", ["contempt", "calm", "bored", "3", "", "AlignedFaces", "unhappy"])
def test_what_is_no_emotion_of_the_seven_stays_none(word):
    assert emotion_of(word) is None


def test_class_indices_go_by_name():
    assert class_indices(["Happy", "Angry"]).tolist() == [3, 0]
    assert class_indices(["b", "a"], ["b", "a"]).tolist() == [0, 1]
    assert class_indices([]).dtype == np.int64


def test_an_unknown_name_is_named():
    with pytest.raises(ValueError, match="joy"):
        class_indices(["Happy", "joy"])


LIGHT = ["emotions", "paths", "corpora", "evaluation", "results", "features.media", "plots.scores"]


def test_light_modules_do_not_import_tensorflow():
    imports = "; ".join(
        f"import helpers.{module}; 'tensorflow' in sys.modules and sys.exit('{module}')"
        for module in LIGHT
    )
    command = [sys.executable, "-c", f"import sys; {imports}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
