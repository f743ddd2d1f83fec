import pandas as pd
import pytest

from helpers.corpora import load_manifest
from helpers.corpora.emos import read_labels
from helpers.corpora.manifest import CorpusError, CorpusWarning
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


def write_emos(folder, columns, *rows):
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(rows, columns=columns).to_excel(folder / "part.xlsx", index=False)


EMOS = ["Sr No.", "Emotion", "Dialogue_ID", "Utterance_ID", "chen", "liu", "ds_label", "ds_conf"]


def test_emos_labels_count_in_train_where_they_were_put_there(tmp_path):
    write_meld(tmp_path / "meld")
    touch(tmp_path / "meld", "MELD.Raw/train/train_splits/dia1_utt1.mp4")
    row = [3, "neutral", 1, 1, "Fear", "Anger", "Sadness", 0.9]
    write_emos(tmp_path / "meld/emos", EMOS, row)
    with pytest.warns(CorpusWarning, match="the labels of EmoS"):
        manifest = load_manifest("meld", tmp_path)
    rows = manifest.set_index(["split", "sample_id"])
    assert manifest.attrs["corpus"] == "MELD with EmoS's labels"
    assert rows.loc[("train", "dia1_utt1"), ["emotion", "problem"]].tolist() == ["Sad", ""]
    missing = rows.loc[("train", "dia0_utt0"), ["emotion", "problem"]].tolist()
    assert missing == ["", "no label of EmoS with a confidence of .5 or more"]
    assert rows.loc[("test", "dia0_utt0"), "emotion"] == "Fear", "the test keeps MELD's own"
    assert not [name for name in unexpected(manifest) if "emos" in name]


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (["video", "label"], ["dia1_utt1.mp4", "Joy"]),
        (["dialogue id", "utterance id", "chen", "Final label"], [1, 1, "Anger", "joy"]),
        (["Dialogue_ID", "Utterance_ID", "label_chen", "DS"], ["1.0", "1.0", "Anger", "Joy"]),
    ],
)
def test_emos_columns_are_known_by_what_is_in_them(tmp_path, columns, row):
    write_emos(tmp_path, columns, row)
    assert read_labels(tmp_path) == {"dia1_utt1": "Happy"}


@pytest.mark.parametrize(
    ("columns", "row", "message"),
    [
        (["video", "a label", "b label"], ["dia1_utt1", "Joy", "Fear"], "which column.*a label"),
        (["label"], ["Joy"], "which clip"),
        (["video", "label"], ["dia1_utt1", "bored"], "which column"),
    ],
)
def test_emos_tables_that_do_not_say_it_are_named(tmp_path, columns, row, message):
    write_emos(tmp_path, columns, row)
    with pytest.raises(CorpusError, match=message):
        read_labels(tmp_path)


def test_damaged_and_missing_emos_tables_say_what_to_do(tmp_path):
    with pytest.raises(CorpusError, match="download emos --accept-licence"):
        read_labels(tmp_path)
    touch(tmp_path, "part.xlsx", content=b"no spreadsheet")
    with pytest.raises(CorpusError, match="part.xlsx cannot be read"):
        read_labels(tmp_path)
