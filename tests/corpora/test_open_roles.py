import pandas as pd
import pytest

from helpers.corpora import load_role
from helpers.corpora.manifest import CorpusError
from helpers.corpora.open_roles import HOW_TO_GET, load_open_role
from helpers.emotions import EMOTIONS
from tests.corpora.making import MELD_HEADER, picture, touch, write_meld


@pytest.mark.parametrize("role", HOW_TO_GET)
def test_a_role_without_a_corpus_names_the_command(tmp_path, role):
    with pytest.raises(CorpusError) as error:
        load_role(role, "open", tmp_path)
    assert "python -m helpers.corpora." in str(error.value)
    assert f"needs {role.replace('_', ' ')}" in str(error.value)


def test_wild_faces_are_tested_on_the_published_test_set(tmp_path):
    for number, name in enumerate(("Training_1", "PublicTest_2", "PrivateTest_3")):
        picture(tmp_path / f"fer2013/train/sad/{name}.png", number)
    manifest = load_role("wild_faces", "open", tmp_path)
    assert manifest.set_index("sample_id")["split"].to_dict() == {
        "Training_1": "train",
        "PublicTest_2": "train",
        "PrivateTest_3": "val",
    }
    assert manifest.attrs["corpus"] == "FER2013"


def test_without_a_published_test_set_wild_faces_are_tested_on_the_validation_set(tmp_path):
    picture(tmp_path / "fer2013/train/sad/Training_1.png", 1)
    picture(tmp_path / "fer2013/test/sad/PublicTest_2.png", 2)  # a copy that calls it test
    manifest = load_role("wild_faces", "open", tmp_path)
    split = manifest.set_index("sample_id")["split"].to_dict()
    assert split == {"Training_1": "train", "PublicTest_2": "val"}


def test_wild_clips_go_to_the_best_corpus_that_is_there(tmp_path):
    def corpus(role="wild_clips"):
        return load_role(role, "open", tmp_path).attrs["corpus"]

    touch(tmp_path / "crema_d", "AudioWAV/1001_DFA_ANG_XX.wav")
    assert corpus("wild_voices") == "CREMA-D"
    with pytest.raises(CorpusError, match="Of crema_d there are sounds without pictures"):
        corpus()
    touch(tmp_path / "ravdess", "03-01-08-02-01-02-01.wav", "01-01-08-02-01-02-01.mp4")
    voices = load_role("wild_voices", "open", tmp_path)  # one clip, of train: not enough
    assert voices.attrs["corpus"] == "RAVDESS"
    assert voices["modality"].tolist() == ["audio"]
    touch(tmp_path / "crema_d", "VideoFlash/1001_DFA_ANG_XX.flv", "VideoFlash/1003_DFA_ANG_XX.flv")
    clips = load_role("wild_clips", "open", tmp_path)
    assert clips["path"].str.endswith(".flv").all()
    assert clips["split"].tolist() == ["train", "val"]
    touch(tmp_path / "ravdess", "01-01-08-02-01-02-05.mp4")
    assert corpus() == corpus("wild_voices") == "RAVDESS"
    write_meld(tmp_path / "meld")
    touch(tmp_path, "meld/dev_sent_emo.csv", content=f"{MELD_HEADER}1,So,Amy,fear,x,0,0".encode())
    touch(tmp_path, "meld/dev_splits_complete/dia0_utt0.mp4")
    meld = load_role("wild_clips", "open", tmp_path)
    assert meld.attrs["corpus"] == "MELD"
    assert meld["split"].value_counts().to_dict() == {"train": 4, "val": 1}
    assert meld["sample_id"].is_unique  # each split counts from dia0_utt0
    assert corpus("wild_voices") == "MELD"


def test_clips_of_one_split_alone_say_which_actors_are_missing(tmp_path):
    touch(tmp_path / "ravdess", "01-01-08-02-01-02-01.mp4")
    with pytest.raises(CorpusError, match=r"alone \(01\).*--actors 1-6"):
        load_role("wild_clips", "open", tmp_path)


def test_the_real_samples_have_their_counts(shared_data):
    with pytest.raises(CorpusError, match="more actors are needed.*samsemo --clips 600"):
        load_open_role("wild_clips", shared_data)
    voices = load_open_role("wild_voices", shared_data)
    assert voices["split"].value_counts().to_dict() == {"train": 208, "val": 104}
    assert sorted(set(voices["group"])) == ["01", "02", "03", "04", "05", "06"]
    assert set(voices["emotion"]) == set(EMOTIONS)
    passed = pd.Series([reason for _, reason in voices.attrs["unexpected_files"]]).value_counts()
    assert passed.to_dict() == {"calm, which is none of the seven emotions": 48}
    faces = load_open_role("wild_faces", shared_data)
    assert faces["split"].value_counts().to_dict() == {"train": 630, "val": 280}
    left_out = faces[faces["problem"] != ""]
    assert set(left_out["split"]) == {"train"}
    assert (left_out["problem"] == "the same picture is in test").all()
    sounds = load_role("city_sounds", "open", shared_data)
    assert len(sounds) == 240
