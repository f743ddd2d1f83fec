"""What people have fed to such tools, through the whole of ``prepare``."""

import os
import shutil
import subprocess
import sys

import pytest

from helpers.corpora import load_manifest
from helpers.corpora.fetching.overview import report
from helpers.corpora.manifest import CorpusError
from helpers.corpora.prepare import main, prepare
from helpers.emotions import EMOTIONS
from tests.corpora.making import PNG, WAV, make_tar, make_zip, picture, touch, tree, write

pytestmark = pytest.mark.filterwarnings("ignore::helpers.corpora.manifest.CorpusWarning")


@pytest.fixture(scope="module")
def reports(shared_data, tmp_path_factory):
    """Return a folder with the inputs that users have reported."""
    folder = tmp_path_factory.mktemp("reports") / "made"
    command = [sys.executable, shared_data / "reports" / "make_reports.py", folder]
    subprocess.run(command, check=True)
    return folder


def run(source, root, **options):
    table = prepare(source, root, progress=False, **options)
    return table, report(table, root)


def test_kaggles_spellings_are_seven_emotions(reports, tmp_path):
    run(reports / "kaggle_fer", tmp_path)
    manifest = load_manifest("fer2013", tmp_path)
    assert manifest["split"].value_counts().to_dict() == {"train": 7, "test": 7}
    assert set(manifest["emotion"]) == set(EMOTIONS)


def test_affectnet_is_not_merged_with_fer2013(reports, tmp_path):
    table, text = run(reports / "mixed", tmp_path)
    assert len(tree(tmp_path / "fer2013")) == 4
    assert not any("image0000001" in name for name in tree(tmp_path))
    assert "mixed/AffectNet" in text
    assert "train has no Disgust, Fear, Neutral, Sad, Surprise" in text


def test_ck_plus_is_not_sfew(reports, tmp_path):
    with pytest.raises(CorpusError, match=r"named after CK\+"):
        run(reports / "ck", tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_twin_class_folders_are_merged_and_named(reports, tmp_path):
    _, text = run(reports / "twins", tmp_path)
    assert len(load_manifest("sfew", tmp_path)) == 9
    assert "Angry and angry all count as Angry" in text


def test_the_folders_of_sfew_2_are_sfew(reports, tmp_path):
    run(reports / "sfew2", tmp_path)
    counts = load_manifest("sfew", tmp_path)["split"].value_counts()
    assert counts.to_dict() == {"train": 7, "val": 7}


def test_links_are_followed(reports, tmp_path):
    table, _ = run(reports / "links", tmp_path)
    assert table["found"].sum() == 2
    assert len(load_manifest("ravdess", reports / "links")) == 2


@pytest.mark.parametrize("name", ["meld_mac", "meld_excel"])
def test_meld_is_usable_after_a_mac_and_a_spreadsheet(reports, tmp_path, name):
    run(reports / name, tmp_path)
    for root in (tmp_path, reports / name):
        assert load_manifest("meld", root)["problem"].tolist() == [""]


def test_an_overlong_name_is_left_out_with_a_reason_or_copied(reports, tmp_path):
    with pytest.raises(CorpusError, match=f"{'a' * 248}.png, were left out: no name says it"):
        run(reports / "long", tmp_path)
    run(reports / "long", tmp_path, corpus="fer2013")
    assert list(tree(tmp_path)) == [f"fer2013/train/angry/{'a' * 248}.png"]


def test_streamed_and_large_wav_files_are_no_damage(reports, tmp_path):
    for number, name in enumerate(("sox_pipe", "arecord_pipe", "rf64", "fine"), start=1):
        target = tmp_path / "ravdess" / f"03-01-05-01-01-01-0{number}.wav"
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(reports / f"{name}.wav", target)
    table, _ = run(tmp_path, tmp_path)
    assert table[["found", "damaged"]].sum().tolist() == [4, 0]


def test_sixteen_bit_pictures_are_no_copies_of_one_another(reports):
    manifest = load_manifest("fer2013", reports / "fer16")
    assert manifest["problem"].tolist() == [""] * 8
    assert manifest["group"].nunique() == 8


# Other inputs of the same kinds


@pytest.mark.parametrize("kind", ["folder", "zip", "tar.gz"])
@pytest.mark.parametrize("name", ["AffectNet", "RAF-DB", "CK+48", "ExpW", "archive"])
def test_nobody_elses_faces_become_ours(tmp_path, kind, name):
    for split in ("train", "test"):
        for number, emotion in enumerate(EMOTIONS):
            side = 48 if name == "CK+48" else 96
            path = tmp_path / "made" / split / emotion / f"{number}.png"
            picture(path, number + 10 * (split == "test"), side=side)
    files = {f"{name}/{file}": content for file, content in tree(tmp_path / "made").items()}
    source = tmp_path / "drive"
    write(source, {"004_o_m_a_b.jpg": PNG})
    if kind == "folder":
        write(source, files)
    else:
        (make_zip if kind == "zip" else make_tar)(source / f"download.{kind}", files)
    table, text = run(source, tmp_path / "data")
    assert set(table["corpus"]) == {"faces"}
    assert f"{name}: 14 files in class folders" in text
    assert table.attrs["questions"] == [] or name == "archive"


def test_a_question_is_answered_on_the_command_line(tmp_path, capsys):
    for number in range(3):
        picture(tmp_path / "archive" / "train" / "Wut" / f"{number}.png", number)
    arguments = [str(tmp_path / "archive"), "--data-root", str(tmp_path / "data")]
    assert main(arguments) == 1
    assert "--corpus fer2013" in capsys.readouterr().err
    assert main([*arguments, "--corpus", "fer2013"]) == 0
    assert set(tree(tmp_path / "data")) == {f"fer2013/train/angry/{n}.png" for n in range(3)}


def test_a_second_copy_does_not_overwrite_what_is_in_place(tmp_path):
    picture(tmp_path / "one" / "fer2013" / "train" / "sad" / "im0.png", 1)
    picture(tmp_path / "two" / "fer2013" / "train" / "sad" / "im1.png", 2)
    run(tmp_path / "one", tmp_path / "data")
    before = tree(tmp_path / "data")
    run(tmp_path / "one", tmp_path / "data")
    with pytest.raises(CorpusError, match="has another train part"):
        run(tmp_path / "two", tmp_path / "data")
    assert tree(tmp_path / "data") == before


def test_names_of_every_kind_do_not_end_it(tmp_path, capsys):
    source = tmp_path / "drive" / "fer2013" / "train" / "sad"
    odd = [
        "a\nb.png",
        'a:b?"<>|*.png',
        "con.png",
        "end. .png",
        "\u00e9.png",
        "e\u0301.png",
        "A.png",
    ]
    odd += ["a.png", "emoji\U0001f600.png", "z" * 251 + ".png", "\u00e9" * 125 + ".png"]
    for number, name in enumerate([*odd, os.fsdecode(b"\xe9.png")]):
        picture(source / name, number)
    (source / "gone.png").symlink_to(source / "nowhere.png")
    os.mkfifo(source / "pipe.png")
    touch(source, "._a.png", "Thumbs.db", "desktop.ini")
    assert main([str(tmp_path / "drive"), "--data-root", str(tmp_path / "data")]) == 0
    manifest = load_manifest("fer2013", tmp_path / "data")
    assert len(manifest) == len(odd)
    assert (manifest["problem"] == "").all()
    text = capsys.readouterr().out
    assert "LEFT OUT: drive/fer2013/train/sad/\\xe9.png: its name is not UTF-8: rename it" in text
    assert "gone.png: a link that leads nowhere" in text
    assert "pipe.png: not a regular file" in text


def test_names_in_archives_do_not_end_it(tmp_path):
    source = tmp_path / "drive"
    source.mkdir()
    files = {f"Actor_01/03-01-05-01-01-01-0{n}.wav": WAV for n in range(1, 4)}
    files[os.fsdecode(b"AudioWAV/\xe9/1001_DFA_ANG_XX.wav")] = WAV
    files["Actor_01/__MACOSX/._03-01-05-01-01-01-01.wav"] = b"mac"
    make_tar(source / "speech.tar.gz", files)
    make_zip(
        source / "too long.zip", {f"train_splits/{'a' * 300}.mp4": b"x", "004_o_m_a_a.jpg": PNG}
    )
    touch(source, os.fsdecode(b"caf\xe9.zip"), content=b"no archive")
    table, text = run(source, tmp_path / "data")
    found = table.groupby("corpus")["found"].sum()
    assert found[["ravdess", "crema_d", "faces"]].tolist() == [3, 1, 1]
    assert "cannot be unpacked" in text
    assert len(table.attrs["failures"]) == 1
    assert "caf\\udce9.zip is cut short or damaged" in text


def test_a_file_that_may_not_be_read_is_left_out(tmp_path, monkeypatch):
    source = write(tmp_path / "drive", {"004_o_m_a_a.jpg": PNG, "066_y_f_h_a.jpg": PNG})
    refused = source / "066_y_f_h_a.jpg"
    opened = type(source).open

    def refuse(self, *given, **options):
        if self == refused:
            raise PermissionError(13, "Permission denied")
        return opened(self, *given, **options)

    monkeypatch.setattr(type(source), "open", refuse)
    _, text = run(source, tmp_path / "data")
    assert list(tree(tmp_path / "data")) == ["FACES/004_o_m_a_a.jpg"]
    assert f"LEFT OUT: {refused}: cannot be read (Permission denied)" in text
