import pytest

from helpers.corpora import CORPORA, load_manifest, load_role
from helpers.corpora.folders import unfinished_marker
from helpers.corpora.manifest import CorpusError
from helpers.emotions import EMOTIONS
from tests.corpora.making import touch


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_that_is_being_filled_is_not_read(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    unfinished_marker(tmp_path).write_text("python -m something\n")
    for root in (tmp_path, "."):
        with pytest.raises(CorpusError, match="`python -m something` was interrupted"):
            load_manifest(name, root)


def test_an_unknown_corpus_or_role_is_named(tmp_path):
    with pytest.raises(ValueError, match="faces"):
        load_manifest("imagenet", tmp_path)
    with pytest.raises(ValueError, match="wild_faces"):
        load_role("tame_faces", "thesis", tmp_path)
    with pytest.raises(ValueError, match="demo"):
        load_role("wild_faces", "thesus", tmp_path)


def test_a_missing_role_is_named(tmp_path):
    touch(tmp_path / "SFEW", "Train/Angry/F_1_1.png")
    assert len(load_role("wild_faces", "thesis", tmp_path)) == 1
    with pytest.raises(CorpusError, match="needs controlled faces"):
        load_role("controlled_faces", "thesis", tmp_path)


def test_the_real_sample_has_its_counts(shared_data):
    clips = load_manifest("afew", shared_data / "real_mini")
    stills = load_manifest("sfew", shared_data / "real_mini")
    sounds = load_manifest("urbansound8k", shared_data)
    assert clips["split"].value_counts().to_dict() == {"train": 84, "val": 42}
    assert len(stills) == 188
    assert sounds["split"].value_counts().to_dict() == {"fold1": 80, "fold2": 80, "fold10": 80}
    assert set(sounds["sound_class"].value_counts()) == {24}
    for manifest in (clips, stills, sounds):
        assert (manifest["problem"] == "").all()


def test_six_class_corpora_name_no_surprise(tmp_path):
    touch(
        tmp_path / "crema_d",
        *(f"1001_DFA_{e}_XX.wav" for e in ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")),
    )
    assert set(load_manifest("crema_d", tmp_path)["emotion"]) == set(EMOTIONS) - {"Surprise"}


@pytest.mark.parametrize("name", CORPORA)
@pytest.mark.parametrize("state", ["absent", "empty", "other", "file"])
def test_a_wrong_folder_says_what_was_expected_and_what_to_do(tmp_path, name, state):
    root = tmp_path / "data"
    if state == "file":
        root.write_text("x")
    elif state != "absent":
        root.mkdir()
    if state == "other":
        touch(root, "holiday/001.jpg")
    with pytest.raises(CorpusError) as error:
        load_manifest(name, root)
    assert str(tmp_path) in str(error.value)
    assert "Expected" in str(error.value)
    assert "CORPUS = 'demo'" in str(error.value)
    is_open = name in ("ravdess", "crema_d", "fer2013", "meld", "samsemo")
    assert ("python -m helpers.corpora." in str(error.value)) == is_open
