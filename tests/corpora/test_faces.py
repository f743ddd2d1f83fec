from helpers.corpora import load_manifest
from helpers.corpora.manifest import COLUMNS
from tests.corpora.making import touch, unexpected


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
    assert unexpected(manifest) == {"notes.txt": "not named like a FACES image"}


def test_faces_sorted_into_class_folders_are_the_same(tmp_path):
    touch(tmp_path / "flat", "004_o_m_a_a.jpg", "004_o_m_d_b.jpg")
    touch(tmp_path / "sorted" / "train" / "anger", "004_o_m_a_a.jpg")
    touch(tmp_path / "sorted" / "test" / "disgust", "004_o_m_d_b.jpg")
    first, second = (load_manifest("faces", tmp_path / name) for name in ("flat", "sorted"))
    assert first.drop(columns="path").equals(second.drop(columns="path"))
