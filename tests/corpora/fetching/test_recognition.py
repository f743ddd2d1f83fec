from pathlib import PurePosixPath

import pytest

from helpers.corpora.fetching.recognition import recognise
from helpers.emotions import EMOTIONS

CLASSES = [emotion.lower() for emotion in EMOTIONS]


def names(*texts):
    return [PurePosixPath(text) for text in texts]


def places(texts, side=None, **options):
    sizes = dict.fromkeys(names(*texts), (side, side)) if side else {}
    found = recognise(names(*texts), sizes, **options)
    return {str(name): str(place) for name, place in found.places.items()}, found


def in_both_splits(root, file, classes=CLASSES):
    return [f"{root}/{split}/{name}/{file}" for split in ("train", "test") for name in classes]


TAKEN = {
    "archive/train/angry/Training_3908.jpg": "fer2013/train/angry/Training_3908.jpg",
    "archive/test/sad/PrivateTest_3908.jpg": "fer2013/test/sad/PrivateTest_3908.jpg",
    "FER-2013/Training/Disgusted/im0.png": "fer2013/train/disgust/im0.png",
    "fer2013.zip/PublicTest/fearful/1.jpg": "fer2013/val/fear/1.jpg",
    "fer2013/images/validation/surprised/1.jpg": "fer2013/val/surprise/1.jpg",
    "val/HAPPY/A_B_000519240_00000005.png": "SFEW/Val/Happy/A_B_000519240_00000005.png",
    "SFEW/Train/anger/A_1_2.png": "SFEW/Train/Angry/A_1_2.png",
    "x/Val_Aligned_Faces_new/Sad/A_1_2.png": "SFEW/Val/Sad/A_1_2.png",
    "EmotiW_2015/Val/Sad/A_000519240_00000005.png": "SFEW/Val/Sad/A_000519240_00000005.png",
    "AFEW/Val/surprise/1.AVI": "EmotiW_2018/Val_AFEW/Surprise/1.AVI",
    "clips/Train/Happy/000046280.avi": "EmotiW_2018/Train_AFEW/Happy/000046280.avi",
}


@pytest.mark.parametrize("name", TAKEN)
def test_files_that_say_what_they_are_have_their_place(name):
    assert places([name])[0] == {name: TAKEN[name]}


@pytest.mark.parametrize("name", TAKEN.values())
def test_a_place_is_its_own_place(name):
    assert places([name])[0] == {name: name}


NOT_TAKEN = {
    "AffectNet/train/happy/image0000001.png": (96, "AffectNet"),
    "archive/train/happy/image0000001.png": (48, "AffectNet"),
    "CK+/Train/Angry/S010_004_00000017.png": (48, "CK+"),
    "archive/Train/Angry/S010_004_00000017.png": (48, "CK+"),
    "RAF-DB/DATASET/train/happy/1.jpg": (100, "RAF-DB"),
    "DATASET/train/happy/train_00001_aligned.jpg": (100, "RAF-DB"),
    "ExpW/train/happy/1.jpg": (48, "ExpW"),
    "pictures/train/fear/afraid_african_214.jpg": (48, "ExpW"),
    "FERPlus/train/happy/fer0000001.png": (48, "FER+"),
    "CAER/train/Happy/0001.avi": (None, "CAER"),
    "KDEF/train/happy/AF01HAS.jpg": (48, "KDEF"),
    "fer2013/AffectNet/train/happy/1.png": (48, "AffectNet"),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_another_corpus_becomes_none_of_ours(name):
    side, whose = NOT_TAKEN[name]
    found, told = places([name], side)
    assert found == {}
    assert any(whose in note for note in told.notes)
    assert told.questions == []


ASKED = {
    "archive/train/happy/1.png": 48,
    "my faces/train/happy/aug_0_1234.png": 96,
    "affectnet-and-fer2013/train/happy/1.png": 48,
    "fer2013/train/happy/image0000001.png": 48,
    "clips/train/happy/0001.avi": None,
    "SFEW/Train/Happy/1.png": 48,
}


@pytest.mark.parametrize("name", ASKED)
def test_what_cannot_be_told_is_asked(name):
    found, told = places([name], ASKED[name])
    assert found == {}
    assert len(told.questions) == 1
    assert "--corpus" in told.questions[0]


def test_a_copy_of_fer2013_without_its_name_needs_several_signs():
    assert places(in_both_splits("archive", "im0.png"), 48)[0] == {}  # as of many others
    assert len(places(in_both_splits("kaggle fer", "im0.png"), 48)[0]) == 14
    assert places(in_both_splits("kaggle fer", "im0.png"), 96)[0] == {}
    assert places(in_both_splits("kaggle fer", "im0.png", CLASSES[:3]), 48)[0] == {}
    train = [f"archive/train/{CLASSES[n % 7]}/{n}.png" for n in range(28_700)]
    assert len(places(train, 48)[0]) == 28_700  # about as many as were published


def test_the_answer_of_the_user_counts_for_what_is_asked():
    name = "archive/train/happy/1.png"
    assert places([name], 48, corpus="fer2013")[0] == {name: "fer2013/train/happy/1.png"}
    sure = "fer2013/train/happy/Training_1.png"
    found, told = places([name, sure], 48, corpus="fer2013")
    assert list(found) == [sure]
    assert any("archive/train" in note for note in told.notes)


def test_two_copies_without_names_of_their_own_are_never_merged():
    found, told = places(["a/fer2013/train/sad/1.png", "b/fer2013/train/sad/2.png"])
    assert len(found) == 1
    assert any("passed over" in note for note in told.notes)
    there = names("fer2013/train/happy/Training_1.png")
    found, told = places(["fer2013/train/sad/1.png"], in_place=there)
    assert found == {}
    assert "has another train part" in told.questions[0]
    again = names("fer2013/train/happy/1.png")
    assert len(places(["fer2013/train/happy/1.png"], in_place=again)[0]) == 1
    assert len(places(["fer2013/test/sad/1.png"], in_place=again)[0]) == 1


def test_parts_with_names_of_their_own_come_together():
    found, _ = places(
        [
            "drive/Train.zip/Train/Angry/A_000519240_00000005.png",
            "drive/more/Train/Happy/B_000519250_00000005.png",
        ]
    )
    assert len(found) == 2


def test_foreign_files_among_our_own_are_left_out():
    ours = [f"fer2013/train/happy/Training_{n}.png" for n in range(3)]
    found, told = places([*ours, "fer2013/train/happy/image0000001.png"])
    assert list(found) == ours
    assert told.left_out == [
        ("fer2013/train/happy/image0000001.png", "named like a file of AffectNet, not of fer2013")
    ]


def test_nothing_is_lost_where_names_are_the_same_on_other_disks():
    found, told = places(
        [
            "fer2013/train/Angry/im0.png",
            "fer2013/train/angry/im0.png",
            "fer2013/train/anger/im1.png",
            "fer2013/train/happy/\u00e9.png",
            "fer2013/train/happy/e\u0301.png",
            "fer2013/train/happy/A.png",
            "fer2013/train/happy/a.png",
        ]
    )
    assert sorted(found.values()) == [
        "fer2013/train/angry/im0.png",
        "fer2013/train/angry/im1.png",
        "fer2013/train/angry_2/im0.png",
        "fer2013/train/happy/A.png",
        "fer2013/train/happy/\u00e9.png",
        "fer2013/train/happy_2/a.png",
        "fer2013/train/happy_2/e\u0301.png",
    ]
    assert "fer2013/train: Angry and anger and angry all count as Angry" in told.notes


def test_a_second_copy_is_counted():
    found, told = places(["a/004_o_m_a_a.jpg", "b/train/004_o_m_a_a.jpg"])
    assert found == {"a/004_o_m_a_a.jpg": "FACES/004_o_m_a_a.jpg"}
    assert told.notes == [
        "FACES: 1 files were passed over, since files of the same names were taken"
    ]


def test_unknown_classes_and_other_files_are_named():
    _, told = places(["fer2013/train/happy/1.png", "fer2013/train/contempt/2.png", "x/holiday.jpg"])
    assert told.notes == [
        "fer2013/train/contempt is no class known here: its 1 files are left out",
        "x: 1 files are of no known corpus",
    ]
