from helpers.corpora import load_manifest
from tests.corpora.making import touch, unexpected


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
    assert unexpected(manifest) == {"Val_AFEW/Surprise/thumbs.db": "not a clip"}
    problems = manifest.set_index(["split", "sample_id"])["problem"]
    assert problems["val", "000000001"] == "a folder, not a file"
    assert problems["val", "ñ con espacios"] == "the file is empty"
    assert problems["train", "000046280"] == problems["val", "000046280"] == ""
    assert load_manifest("afew", afew).equals(manifest)
