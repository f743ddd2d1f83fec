import os

import pytest

from helpers.corpora import load_manifest
from helpers.corpora.folders import (
    corpora_named,
    files_below,
    find_folder,
    is_leftover,
    split_of_folder,
)
from helpers.corpora.manifest import CorpusError, CorpusWarning
from tests.corpora.making import picture, touch, unexpected


def below(folder):
    passed_over = []
    found = [path.relative_to(folder).as_posix() for path in files_below(folder, passed_over)]
    return sorted(found), dict(passed_over)


def test_links_are_followed_wherever_they_lead(tmp_path):
    touch(tmp_path / "disk" / "Actor_02", "b.wav")
    touch(tmp_path / "given" / "Actor_01", "a.wav")
    (tmp_path / "given" / "Actor_02").symlink_to(tmp_path / "disk" / "Actor_02")
    (tmp_path / "given" / "c.wav").symlink_to(tmp_path / "disk" / "Actor_02" / "b.wav")
    assert below(tmp_path / "given") == (["Actor_01/a.wav", "Actor_02/b.wav", "c.wav"], {})


def test_links_that_lead_in_circles_end(tmp_path):
    given = tmp_path / "given"
    touch(given / "x", "a.wav")
    touch(tmp_path / "beside", "b.wav")
    (given / "x" / "up").symlink_to(given)
    (given / "x" / "self").symlink_to(given / "x")
    (given / "above").symlink_to(tmp_path)
    (given / "beside").symlink_to(tmp_path / "beside")
    (tmp_path / "beside" / "back").symlink_to(given)
    found, passed_over = below(given)
    assert found == ["beside/b.wav", "x/a.wav"]
    assert len(passed_over) == 4


def test_a_folder_that_is_there_twice_is_read_under_its_own_name(tmp_path):
    touch(tmp_path / "z", "a.wav")
    (tmp_path / "a_link").symlink_to(tmp_path / "z")
    found, passed_over = below(tmp_path)
    assert found == ["z/a.wav"]
    assert "read once" in passed_over[str(tmp_path / "a_link")]


def test_what_is_no_file_is_named_and_not_opened(tmp_path):
    touch(tmp_path, "a.wav")
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    os.mkfifo(tmp_path / "pipe.wav")
    found, passed_over = below(tmp_path)
    assert found == ["a.wav"]
    assert passed_over == {
        str(tmp_path / "gone.wav"): "a link that leads nowhere",
        str(tmp_path / "pipe.wav"): "not a regular file",
    }


LEFTOVERS = ["__MACOSX", "._a.png", ".DS_Store", "Thumbs.db", "Desktop.INI", "@eaDir", "~$a.csv"]


@pytest.mark.parametrize("name", LEFTOVERS)
def test_leftovers_of_operating_systems_are_no_samples(tmp_path, name):
    assert is_leftover(name)
    touch(tmp_path, f"{name}/a.png" if name in ("__MACOSX", "@eaDir") else name, "b.png")
    assert below(tmp_path) == (["b.png"], {})


@pytest.mark.parametrize(
    ("name", "corpora"),
    [
        ("FER-2013", {"fer2013"}),
        ("fer2013_images", {"fer2013"}),
        ("FERPlus", {"FER+"}),
        ("fer2013+", {"FER+"}),
        ("AffectNet7", {"AffectNet"}),
        ("affectnet-vs-fer2013", {"AffectNet", "fer2013"}),
        ("CK+48", {"CK+"}),
        ("cohn-kanade-images", {"CK+"}),
        ("RAF-DB", {"RAF-DB"}),
        ("rafdb_aligned", {"RAF-DB"}),
        ("ExpW", {"ExpW"}),
        ("CAER-S", {"CAER"}),
        ("SFEW_2", {"sfew"}),
        ("EmotiW2015", {"afew"}),
        ("black", set()),
        ("transfer", set()),
        ("train", set()),
    ],
)
def test_folders_are_named_after_corpora(name, corpora):
    assert corpora_named(name) == corpora


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("TRAIN", "train"),
        ("Training", "train"),
        ("train_set", "train"),
        ("Train_Aligned_Faces", "train"),
        ("validation", "val"),
        ("valid", "val"),
        ("dev", "val"),
        ("Val_Aligned_Faces_new", "val"),
        ("PublicTest", "val"),
        ("PrivateTest", "test"),
        ("testing", "test"),
        ("trainer", None),
        ("values", None),
        ("happy", None),
    ],
)
def test_splits_have_several_names(name, split):
    assert split_of_folder(name) == split


def test_class_folders_of_one_emotion_are_put_together_and_named(tmp_path):
    touch(tmp_path / "SFEW/Train/Angry", "FilmA_000001_0000001.png")
    touch(tmp_path / "SFEW/Train/angry", "FilmB_000002_0000001.png")
    touch(tmp_path / "SFEW/Train/ANGER", "FilmC_000003_0000001.png", "._FilmC_000003_0000001.png")
    with pytest.warns(CorpusWarning, match="ANGER and Angry and angry all count as Angry"):
        manifest = load_manifest("sfew", tmp_path)
    assert manifest["emotion"].tolist() == ["Angry"] * 3
    assert unexpected(manifest) == {
        "Train/ANGER/._FilmC_000003_0000001.png": "left there by the operating system"
    }


def test_splits_that_differ_in_case_are_put_together(tmp_path):
    touch(tmp_path / "SFEW/Train/Angry", "FilmA_000001_0000001.png")
    touch(tmp_path / "SFEW/train/Happy", "FilmB_000002_0000001.png")
    with pytest.warns(CorpusWarning):
        assert load_manifest("sfew", tmp_path)["split"].tolist() == ["train", "train"]


def test_an_unknown_class_and_a_missing_one_are_said_loudly(tmp_path):
    for number, name in enumerate(("angry", "disgusted", "fearful", "happiness", "jingjue")):
        picture(tmp_path / "fer2013" / "train" / name / "im0.png", number)
    with pytest.warns(CorpusWarning) as warned:
        manifest = load_manifest("fer2013", tmp_path)
    assert len(warned) == 1
    assert manifest.attrs["notes"] == [
        "FER2013: train/jingjue is no class known here: it is left out",
        "FER2013: train has no Neutral, Sad, Surprise",
    ]
    assert str(warned[0].message) == "; ".join(manifest.attrs["notes"])
    assert unexpected(manifest) == {"train/jingjue": "not a class folder"}


def test_sfew_2_is_read_from_its_own_folders_and_the_newest_counts(tmp_path):
    for name in ("Train", "Train_Aligned_Faces", "Val_Aligned_Faces", "Val_Aligned_Faces_new"):
        touch(tmp_path / "SFEW" / name / "Happy", "Airheads_000519240_00000005.png")
    with pytest.warns(CorpusWarning):
        manifest = load_manifest("sfew", tmp_path)
    folders = [path.split("/")[-3] for path in manifest["path"]]
    assert folders == ["Train_Aligned_Faces", "Val_Aligned_Faces_new"]
    assert unexpected(manifest) == {
        "Train": "an older version",
        "Val_Aligned_Faces": "an older version",
    }


def test_a_still_is_not_named_like_ck_plus(tmp_path):
    touch(tmp_path / "SFEW/Train/Angry", "S010_004_00000017.png")
    with pytest.raises(CorpusError, match="No samples of SFEW"):
        load_manifest("sfew", tmp_path)


@pytest.mark.parametrize("name", ["AffectNet", "CK+48", "FERPlus"])
def test_a_folder_that_is_named_after_another_corpus_is_refused(tmp_path, name):
    picture(tmp_path / name / "train" / "happy" / "1.png", 0)
    with pytest.raises(CorpusError, match="is named after"):
        find_folder(tmp_path / name, ["fer2013"], corpus="FER2013", expected="Expected.")


def test_two_folders_of_a_corpus_that_differ_in_case_are_named(tmp_path):
    for name in ("SFEW", "sfew"):
        touch(tmp_path / name / "Train/Angry", f"{name}_000001_0000001.png")
    with pytest.raises(CorpusError, match="SFEW and sfew: which is SFEW"):
        load_manifest("sfew", tmp_path)


def test_a_name_that_is_not_utf8_is_a_row_with_a_reason(tmp_path):
    touch(tmp_path / "SFEW/Train/Angry", os.fsdecode(b"\xc9t\xe9_000001_0000001.png"))
    touch(tmp_path / "SFEW/Train/Angry", "two\nlines_000001_0000001.png")
    touch(tmp_path / "SFEW/Train", os.fsdecode(b"\xc9t\xe9.txt"))
    with pytest.warns(CorpusWarning):
        manifest = load_manifest("sfew", tmp_path)
    rows = manifest.set_index("sample_id")["problem"].to_dict()
    assert rows == {
        "\\xc9t\\xe9_000001_0000001": "its name is not UTF-8: rename the file",
        "two\nlines_000001_0000001": "",
    }
    manifest.to_csv(tmp_path / "manifest.csv")
    assert unexpected(manifest) == {"Train/\\xc9t\\xe9.txt": "not a class folder"}


LINKED = {
    "ravdess": "03-01-05-01-01-01-02.wav",
    "crema_d": "1001_DFA_ANG_XX.wav",
    "faces": "004_o_m_a_a.jpg",
    "meld": "dia0_utt0.mp4",
}


@pytest.mark.parametrize("name", LINKED)
def test_every_corpus_follows_links(tmp_path, name):
    touch(tmp_path / "disk", LINKED[name])
    folder = tmp_path / "data" / name
    table = "Dialogue_ID,Utterance_ID,Emotion,Speaker\n0,0,joy,J\n"
    touch(folder, "train_sent_emo.csv", content=table.encode())
    (folder / "train_splits").symlink_to(tmp_path / "disk")
    with pytest.warns(CorpusWarning):
        manifest = load_manifest(name, folder)
    assert manifest["problem"].tolist() == [""]
