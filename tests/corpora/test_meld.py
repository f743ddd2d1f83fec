import pytest

from helpers.corpora import load_manifest
from helpers.corpora.manifest import CorpusError
from tests.corpora.making import touch, unexpected, write_meld


def test_meld_joins_its_csv_with_the_clips(tmp_path):
    write_meld(tmp_path / "meld")
    manifest = load_manifest("meld", tmp_path)
    rows = manifest.set_index(["split", "sample_id"])
    assert rows.loc[
        ("train", "dia0_utt0"), ["emotion", "group", "speaker", "problem"]
    ].tolist() == [
        "Happy",
        "train_dia0",
        "Joey",
        "",
    ]
    assert rows["problem"].to_dict() == {
        ("train", "dia0_utt0"): "",
        ("train", "dia125_utt3"): "broken, as documented",
        ("train", "dia1_utt1"): "unknown emotion 'bored'",
        ("test", "dia0_utt0"): "the file cannot be opened",
    }
    assert unexpected(manifest) == {
        "dev_sent_emo.csv": "the split or its clips are absent",
        "MELD.Raw/train/train_splits/dia7_utt7.mp4": "not in the csv",
    }


def test_a_meld_csv_without_its_columns_is_named(tmp_path):
    touch(tmp_path / "meld", "train_sent_emo.csv", content=b"Utterance,Emotion\nHi,joy\n")
    touch(tmp_path / "meld", "train_splits/dia0_utt0.mp4")
    with pytest.raises(CorpusError, match="Dialogue_ID"):
        load_manifest("meld", tmp_path)
