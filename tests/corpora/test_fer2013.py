import numpy as np
import pytest
from PIL import Image

from helpers.corpora import load_manifest
from helpers.corpora.fer2013 import unpack_csv
from helpers.corpora.manifest import CorpusError
from tests.corpora.making import picture, touch, unexpected

NAMES = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]  # FER2013's own order


def test_fer2013_leaves_out_copies_in_earlier_splits(tmp_path):
    root = tmp_path / "fer2013"
    picture(root / "train/happy/Training_1.png", 1)
    picture(root / "train/happy/Training_2.png", 2)
    picture(root / "train/sad/Training_3.png", 2)  # twice in train, with two labels
    picture(root / "train/sad/Training_4.png", 3)
    picture(root / "train/angry/Training_5.png", 4)
    picture(root / "test/angry/PublicTest_6.png", 3, compress_level=0)  # other bytes, same pixels
    picture(root / "test/fear/PrivateTest_7.png", 3)
    picture(root / "test/angry/PublicTest_8.png", 4)
    touch(root, "train/fear/Training_9.jpg", content=b"no picture")
    touch(root, "train/fear/notes.txt", "readme.md")
    manifest = load_manifest("fer2013", tmp_path)
    rows = manifest.set_index("sample_id")
    assert rows["split"].to_dict() == {
        **{f"Training_{n}": "train" for n in (1, 2, 3, 4, 5, 9)},
        "PublicTest_6": "val",
        "PublicTest_8": "val",
        "PrivateTest_7": "test",
    }
    assert rows["problem"].to_dict() == {
        "Training_1": "",
        "Training_2": "",
        "Training_3": "",
        "Training_4": "the same picture is in test",
        "Training_5": "the same picture is in val",
        "Training_9": "not a picture",
        "PublicTest_6": "the same picture is in test",
        "PublicTest_8": "",
        "PrivateTest_7": "",
    }
    assert rows.loc["Training_2", "group"] == rows.loc["Training_3", "group"]
    assert rows.loc["Training_1", "group"] != rows.loc["Training_2", "group"]
    usable = rows[rows["problem"] == ""]
    assert (usable.groupby("group")["split"].nunique() == 1).all()
    assert unexpected(manifest) == {
        "train/fear/notes.txt": "not a picture",
        "readme.md": "not train, val or test",
    }


def test_image_copies_that_number_each_class_anew_have_their_own_ids(tmp_path):
    for number, name in enumerate(("train/sad", "train/fear", "test/sad", "val/sad")):
        picture(tmp_path / "fer2013" / name / "im0.png", number)
    manifest = load_manifest("fer2013", tmp_path)
    assert manifest.set_index("sample_id")["split"].to_dict() == {
        "train_sad_im0": "train",
        "train_fear_im0": "train",
        "test_sad_im0": "test",
        "val_sad_im0": "val",
    }


def fer_csv(path, rows, header="emotion,pixels,Usage"):
    lines = [header, *(f"{e},{' '.join(map(str, pixels.ravel()))},{u}" for e, pixels, u in rows)]
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_fer2013_csv_becomes_the_same_pictures(tmp_path):
    usages = ["Training"] * 5 + ["PublicTest", "PrivateTest"]
    pixels = np.random.default_rng(0).integers(0, 256, (7, 48, 48))
    table = fer_csv(tmp_path / "a.csv", zip(range(7), pixels, usages, strict=True))
    unpack_csv(table, tmp_path / "fer2013")
    manifest = load_manifest("fer2013", tmp_path)
    assert manifest["split"].value_counts().to_dict() == {"train": 5, "val": 1, "test": 1}
    assert (manifest["problem"] == "").all()
    for row in manifest.itertuples():
        number = int(row.sample_id[-8:]) - 2  # the line in the csv, whose first is the header
        assert row.emotion.lower() == NAMES[number]
        assert row.sample_id.startswith(usages[number])
        with Image.open(row.path) as image:
            assert np.array_equal(np.asarray(image), pixels[number])


def test_the_other_csv_of_fer2013_has_blanks_in_its_header(tmp_path):
    pixels = np.full((48, 48), 7)
    table = fer_csv(tmp_path / "a.csv", [(3, pixels, "Training")], "emotion, pixels, Usage")
    unpack_csv(table, tmp_path / "fer2013")
    assert load_manifest("fer2013", tmp_path)["emotion"].tolist() == ["Happy"]


@pytest.mark.filterwarnings("ignore:string or file could not be read:DeprecationWarning")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("emotion,pixels\n0,1 2 3\n", "Usage"),
        ("emotion,pixels,Usage\n0,1 2 3,Training\n", "line 2"),
        (f"emotion,pixels,Usage\n0,{'300 ' * 2304},Training\n", "line 2"),
        (f"emotion,pixels,Usage\n0,{'-1 ' * 2304},Training\n", "line 2"),
        (f"emotion,pixels,Usage\n0,{'x ' * 2304},Training\n", "line 2"),
        (f"emotion,pixels,Usage\n7,{'1 ' * 2304},Training\n", "line 2"),
        ("emotion,pixels,Usage\n", "no line"),
    ],
)
def test_a_damaged_fer2013_csv_leaves_nothing_behind(tmp_path, text, message):
    (tmp_path / "fer2013.csv").write_text(text)
    with pytest.raises(CorpusError, match=message):
        unpack_csv(tmp_path / "fer2013.csv", tmp_path / "fer2013")
    assert [path.name for path in tmp_path.iterdir()] == ["fer2013.csv"]


def test_a_fer2013_csv_that_was_not_unpacked_names_the_command(tmp_path):
    touch(tmp_path / "fer2013", "fer2013.csv")
    with pytest.raises(CorpusError, match="helpers.corpora.prepare"):
        load_manifest("fer2013", tmp_path)
