from helpers.corpora.fetching.overview import overview
from tests.corpora.making import PNG, URBAN, WAV, write


def test_damage_is_counted_and_named(tmp_path):
    files = {
        "SFEW/Train/Angry/F_1_1.png": PNG,
        "SFEW/Train/Angry/F_1_2.png": PNG[:-20],
        "SFEW/Train/Angry/F_1_3.png": b"",
        "SFEW/Train/Angry/F_1_4.png": b"<html>quota</html>",
        "SFEW/Val/Angry/F_2_1.png": PNG,
    }
    table = overview(write(tmp_path, files), ["sfew"])
    rows = table.set_index("part")
    assert rows.loc["train", ["found", "damaged", "left_out"]].tolist() == [4, 3, 0]
    assert rows.loc["val", ["found", "damaged"]].tolist() == [1, 0]
    text = "\n".join(table.attrs["details"])
    assert "F_1_2.png: cut short" in text
    assert "F_1_3.png: the file is empty" in text
    assert "F_1_4.png: an HTML page in place of the file" in text


def test_a_missing_file_of_a_csv_is_missing_and_not_damaged(tmp_path):
    files = {
        "UrbanSound8K/metadata/UrbanSound8K.csv": URBAN.encode(),
        "UrbanSound8K/audio/fold1/7-3-0-0.wav": WAV,
    }
    (tmp_path / "UrbanSound8K/audio/fold2").mkdir(parents=True)
    table = overview(write(tmp_path, files), ["urbansound8k"]).set_index("part")
    assert table.loc["fold1", ["found", "expected", "missing", "damaged"]].tolist() == [
        1,
        873,
        872,
        0,
    ]
    assert table.loc["fold2", ["found", "expected", "missing", "damaged"]].tolist() == [
        0,
        888,
        888,
        0,
    ]
