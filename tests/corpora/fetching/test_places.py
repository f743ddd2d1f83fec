from pathlib import PurePosixPath

import pytest

from helpers.corpora.fetching.places import place_of

PLACES = {
    "EmotiW_2018/Train_AFEW/Angry/1.avi": "EmotiW_2018/Train_AFEW/Angry/1.avi",
    "x/train_afew/AlignedFaces_LBPTOP_Points/Faces/1/1.jpg": (
        "EmotiW_2018/Train_AFEW/AlignedFaces_LBPTOP_Points/Faces/1/1.jpg"
    ),
    "AFEW/Val/surprise/1.AVI": None,
    "val/HAPPY/A_B_1_2.png": None,
    "FACES/train/anger/004_o_m_a_a.jpg": "FACES/004_o_m_a_a.jpg",
    "archive/audio/fold10/1-2-3-4.wav": "UrbanSound8K/audio/fold10/1-2-3-4.wav",
    "Actor_01/01-01-01-01-01-01-01.mp4": "ravdess/Actor_01/01-01-01-01-01-01-01.mp4",
    "Actor_01/02-01-01-01-01-01-01.mp4": None,
    "CREMA-D/AudioWAV/1001_DFA_ANG_XX.wav": "crema_d/AudioWAV/1001_DFA_ANG_XX.wav",
    "VideoFlash/1001_DFA_ANG_XX.flv": "crema_d/VideoFlash/1001_DFA_ANG_XX.flv",
    "MELD.Raw/train/train_splits/dia0_utt0.mp4": "meld/train_splits/dia0_utt0.mp4",
    "MELD.Raw/train_sent_emo.csv": "meld/train_sent_emo.csv",
    "archive/train/angry/Training_3908.jpg": None,
    "archive/test/sad/PrivateTest_3908.jpg": None,
    "icml_face_data.csv": ".downloads/fer2013.csv",
    "EmotiW_2018/Test_AFEW/1.avi": None,
    "__MACOSX/Train_AFEW/Angry/._1.avi": None,
    "Train_AFEW/Angry/.DS_Store": None,
    "Train_AFEW/Angry/Thumbs.db": None,
    "train/cats/cat_1_2.png": None,
    "holiday/beach.jpg": None,
}


@pytest.mark.parametrize("name", PLACES)
def test_every_file_has_its_place(name):
    place = place_of(PurePosixPath(name))
    assert (place and str(place)) == PLACES[name]


def test_a_place_is_its_own_place():
    for place in filter(None, PLACES.values()):
        if not place.startswith(".downloads"):
            assert str(place_of(PurePosixPath(place))) == place
