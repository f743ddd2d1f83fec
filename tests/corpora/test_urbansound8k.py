import pytest

from helpers.corpora import load_manifest
from helpers.corpora.manifest import CorpusError
from tests.corpora.making import touch, unexpected

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
    assert unexpected(manifest) == {
        "audio/fold10": "a fold of the csv is absent",
        "audio/fold1/extra.wav": "not in the csv",
    }


def test_a_csv_without_its_columns_is_named(tmp_path):
    touch(tmp_path / "UrbanSound8K", "metadata/UrbanSound8K.csv", content=b"name,class\na,siren\n")
    touch(tmp_path / "UrbanSound8K", "audio/fold1/a.wav")
    with pytest.raises(CorpusError, match="slice_file_name"):
        load_manifest("urbansound8k", tmp_path)
