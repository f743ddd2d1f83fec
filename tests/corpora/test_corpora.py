import random

import pytest

from helpers.corpora import load_manifest, load_role
from helpers.corpora.manifest import COLUMNS, CorpusError
from helpers.emotions import EMOTIONS


def touch(folder, *names, content=b"x"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def strange(manifest):
    return dict(manifest.attrs["strange_files"])


def test_faces_are_read_from_their_names(tmp_path):
    touch(tmp_path / "FACES", "004_o_m_a_a.jpg", "004_o_m_a_b.jpg", "066_Y_f_h_a.JPG", "notes.txt")
    touch(tmp_path / "FACES", "066_y_f_n_a.jpg", content=b"")
    manifest = load_manifest("faces", tmp_path)
    assert tuple(manifest.columns[: len(COLUMNS)]) == COLUMNS
    rows = manifest.set_index("sample_id")
    assert rows.loc[
        "004_o_m_a_a", ["emotion", "split", "group", "age_group", "gender"]
    ].tolist() == [
        "Angry",
        "train",
        "004",
        "older",
        "male",
    ]
    assert rows.loc["004_o_m_a_b", "split"] == "test"
    assert rows.loc["066_Y_f_h_a", ["emotion", "age_group"]].tolist() == ["Happy", "young"]
    assert rows.loc["066_y_f_n_a", "problem"] == "the file is empty"
    assert strange(manifest) == {"notes.txt": "not named like a FACES image"}


def test_faces_sorted_into_class_folders_are_the_same(tmp_path):
    touch(tmp_path / "flat", "004_o_m_a_a.jpg", "004_o_m_d_b.jpg")
    touch(tmp_path / "sorted" / "train" / "anger", "004_o_m_a_a.jpg")
    touch(tmp_path / "sorted" / "test" / "disgust", "004_o_m_d_b.jpg")
    first, second = (load_manifest("faces", tmp_path / name) for name in ("flat", "sorted"))
    assert first.drop(columns="path").equals(second.drop(columns="path"))


def test_sfew_names_give_film_clip_and_frame(tmp_path):
    touch(
        tmp_path / "SFEW",
        "Train/Angry/Harry_Potter_2_001817054_00000021.png",
        "Train/happy/Juno_000142040_00000001.PNG",
        "Val/Sad/Été à Paris_014545620_00000010.png",
        "Train/Angry/readme.txt",
        "Train/Labels.xml",
        "notes.txt",
    )
    manifest = load_manifest("sfew", tmp_path).set_index("sample_id")
    row = manifest.loc["Harry_Potter_2_001817054_00000021"]
    assert row[["clip_id", "film", "frame", "group"]].tolist() == [
        "001817054",
        "Harry_Potter_2",
        21,
        "Harry_Potter_2",
    ]
    assert manifest.loc["Juno_000142040_00000001", "emotion"] == "Happy"
    assert manifest.loc["Été à Paris_014545620_00000010", "split"] == "val"
    assert strange(manifest) == {
        "Train/Angry/readme.txt": "not named like a still",
        "Train/Labels.xml": "not a class folder",
        "notes.txt": "not Train or Val",
    }


def test_afew_knows_what_lies_beside_the_classes(tmp_path):
    afew = tmp_path / "EmotiW_2018"
    touch(
        afew,
        "Train_AFEW/Angry/000046280.avi",
        "Train_AFEW/Fear/000046281.AVI",
        "Train_AFEW/Train_6.xml",
        "Train_AFEW/AlignedFaces_LBPTOP_Points.zip",
        "Val_AFEW/Val_6.xml",
        "Val_AFEW/AlignedFaces_LBPTOP_Points_Val.zip",
        "Val_AFEW/Surprise/000046280.avi",
        "Val_AFEW/Surprise/thumbs.db",
    )
    (afew / "Val_AFEW" / "Sad" / "000000001.avi").mkdir(parents=True)
    touch(afew, "Val_AFEW/Sad/ñ con espacios.avi", content=b"")
    manifest = load_manifest("afew", tmp_path)
    assert len(manifest) == 5
    assert strange(manifest) == {"Val_AFEW/Surprise/thumbs.db": "not a clip"}
    problems = manifest.set_index(["split", "sample_id"])["problem"]
    assert problems["val", "000000001"] == "a folder, not a file"
    assert problems["val", "ñ con espacios"] == "the file is empty"
    assert problems["train", "000046280"] == problems["val", "000046280"] == ""
    assert load_manifest("afew", afew).equals(manifest)


URBAN_HEADER = "slice_file_name,fsID,start,end,salience,fold,classID,class\n"


def test_urbansound8k_follows_its_csv(tmp_path):
    root = tmp_path / "UrbanSound8K"
    lines = [
        "7-3-0-0.wav,7,0,4,1,1,3,dog_bark",
        "8-8-0-0.wav,8,0,4,2,2,8,siren",
        "9-8-0-0.wav,9,0,4,2,1,8,siren",
        "9-8-0-1.wav,9,0,4,2,10,8,siren",
        "5-8-0-1.wav,5,0,4,2,1,11,thunder",
    ]
    touch(root, "metadata/UrbanSound8K.csv", content=(URBAN_HEADER + "\n".join(lines)).encode())
    touch(root, "audio/fold1/7-3-0-0.wav", "audio/fold2/8-8-0-0.wav", "audio/fold1/extra.wav")
    touch(root, "audio/fold1/5-8-0-1.wav")
    manifest = load_manifest("urbansound8k", tmp_path)
    rows = manifest.set_index("sample_id")
    assert rows["problem"].to_dict() == {
        "7-3-0-0": "",
        "8-8-0-0": "",
        "9-8-0-0": "the file cannot be opened",
        "5-8-0-1": "unknown class 'thunder'",
    }
    assert rows.loc["8-8-0-0", ["split", "group", "sound_class", "salience"]].tolist() == [
        "fold2",
        "8",
        "siren",
        2,
    ]
    assert strange(manifest) == {
        "audio/fold10": "a fold of the csv is absent",
        "audio/fold1/extra.wav": "not in the csv",
    }


def test_a_csv_without_its_columns_is_named(tmp_path):
    touch(tmp_path / "UrbanSound8K", "metadata/UrbanSound8K.csv", content=b"name,class\na,siren\n")
    touch(tmp_path / "UrbanSound8K", "audio/fold1/a.wav")
    with pytest.raises(CorpusError, match="slice_file_name"):
        load_manifest("urbansound8k", tmp_path)


@pytest.mark.parametrize("name", ["faces", "sfew", "afew", "urbansound8k"])
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


def test_the_order_does_not_depend_on_the_file_system(tmp_path, monkeypatch):
    from pathlib import Path

    for emotion in EMOTIONS:
        touch(tmp_path / "SFEW", *(f"Train/{emotion}/F_{n:03d}_1.png" for n in range(5)))
    expected = load_manifest("sfew", tmp_path)
    listed = Path.iterdir

    def shuffled(self):
        children = list(listed(self))
        random.Random(1).shuffle(children)
        return iter(children)

    monkeypatch.setattr(Path, "iterdir", shuffled)
    assert load_manifest("sfew", tmp_path).equals(expected)


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
