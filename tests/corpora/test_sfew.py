import random
from pathlib import Path

from helpers.corpora import load_manifest
from helpers.emotions import EMOTIONS
from tests.corpora.making import touch, unexpected


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
    assert unexpected(manifest) == {
        "Train/Angry/readme.txt": "not a picture",
        "Train/Labels.xml": "not a class folder",
        "notes.txt": "not Train or Val",
    }


def test_the_order_does_not_depend_on_the_file_system(tmp_path, monkeypatch):

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
