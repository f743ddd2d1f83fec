import numpy as np
import pandas as pd
import pytest
from PIL import Image

from helpers.corpora import CORPORA, load_manifest, load_role
from helpers.corpora.fer2013 import unpack_csv
from helpers.corpora.manifest import COLUMNS, CorpusError, unfinished_marker
from helpers.corpora.open_roles import HOW_TO_GET, load_open_role, pictures_of_clips
from helpers.emotions import EMOTIONS

OPEN = ("ravdess", "crema_d", "fer2013", "meld")
NAMES = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]  # FER2013's own order


def touch(folder, *names, content=b"x"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def strange(manifest):
    return dict(manifest.attrs["strange_files"])


def picture(path, seed, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (48, 48), dtype=np.uint8)
    Image.fromarray(pixels).save(path, **options)
    return pixels


def test_ravdess_is_read_from_its_names(tmp_path):
    touch(
        tmp_path / "ravdess",
        "Audio_Speech_Actors_01-24/Actor_05/03-01-08-02-01-02-05.wav",
        "Audio_Speech_Actors_01-24/Actor_02/03-01-01-01-02-01-02.WAV",
        "Audio_Speech_Actors_01-24/Actor_02/03-01-02-01-01-01-02.wav",
        "audio_speech_actors_01-24/Actor_05/03-01-08-02-01-02-05.wav",
        "Video_Speech_Actor_05/01-01-08-02-01-02-05.mp4",
        "Video_Speech_Actor_05/02-01-08-02-01-02-05.mp4",
        "Songs/03-02-03-01-01-01-02.wav",
        "Songs/01-01-03-01-01-01-02.wav",
        "readme.txt",
    )
    manifest = load_manifest("ravdess", tmp_path)
    assert tuple(manifest.columns[: len(COLUMNS)]) == COLUMNS
    rows = manifest.set_index("sample_id")
    own = ["emotion", "split", "group", "gender", "modality", "intensity", "statement"]
    assert rows.loc["03-01-08-02-01-02-05", [*own, "repetition"]].tolist() == [
        "Surprise",
        "val",
        "05",
        "male",
        "audio",
        "strong",
        "Kids are talking by the door",
        2,
    ]
    assert rows.loc["03-01-01-01-02-01-02", own].tolist() == [
        "Neutral",
        "train",
        "02",
        "female",
        "audio",
        "normal",
        "Dogs are sitting by the door",
    ]
    assert rows.loc["01-01-08-02-01-02-05", "modality"] == "audio_video"
    assert len(rows) == 3
    assert strange(manifest) == {
        "Audio_Speech_Actors_01-24/Actor_02/03-01-02-01-01-01-02.wav": (
            "calm, which is none of the seven emotions"
        ),
        "audio_speech_actors_01-24/Actor_05/03-01-08-02-01-02-05.wav": (
            "a second copy of Audio_Speech_Actors_01-24/Actor_05/03-01-08-02-01-02-05.wav"
        ),
        "Video_Speech_Actor_05/02-01-08-02-01-02-05.mp4": "a film without sound",
        "Songs/03-02-03-01-01-01-02.wav": "a song",
        "Songs/01-01-03-01-01-01-02.wav": "not the kind of file that its name says",
        "readme.txt": "not named like a RAVDESS file",
    }


def test_the_actors_of_both_corpora_are_divided_one_in_three():
    from helpers.corpora import crema_d, ravdess

    ravdess_val = [actor for actor in range(1, 25) if ravdess.split_of(actor) == "val"]
    assert ravdess_val == [5, 6, 11, 12, 17, 18, 23, 24]
    crema_d_val = [actor for actor in range(1001, 1092) if crema_d.split_of(actor) == "val"]
    assert crema_d_val == list(range(1003, 1092, 3))


def test_crema_d_takes_the_clip_before_the_sound(tmp_path):
    touch(
        tmp_path / "CREMA-D",
        "AudioWAV/1001_DFA_ANG_XX.wav",
        "VideoFlash/1001_DFA_ANG_XX.flv",
        "AudioWAV/1003_IEO_SAD_HI.WAV",
        "AudioWAV/1076_MTI_SAD_XX.wav",
        "AudioWAV/1040_ITH_SAD_X.wav",
        "Copies/1003_IEO_SAD_HI.wav",
        "SentenceFilenames.csv",
    )
    manifest = load_manifest("crema_d", tmp_path)
    rows = manifest.set_index("sample_id")
    own = ["emotion", "split", "group", "sentence", "level", "modality", "problem"]
    assert rows.loc["1001_DFA_ANG_XX", own].tolist() == [
        "Angry",
        "train",
        "1001",
        "DFA",
        "",
        "audio_video",
        "",
    ]
    assert rows.loc["1001_DFA_ANG_XX", "path"].endswith(".flv")
    assert rows.loc["1003_IEO_SAD_HI", ["split", "level", "modality"]].tolist() == [
        "val",
        "high",
        "audio",
    ]
    assert rows.loc["1076_MTI_SAD_XX", "problem"] == "silent, as documented"
    assert rows.loc["1040_ITH_SAD_X", "emotion"] == "Sad"
    assert len(rows) == 4
    assert strange(manifest) == {
        "Copies/1003_IEO_SAD_HI.wav": "a second copy of AudioWAV/1003_IEO_SAD_HI.WAV",
        "SentenceFilenames.csv": "not named like a CREMA-D clip",
    }


MELD_HEADER = "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID\n"


def write_meld(root):
    train = [
        '1,"Hi, there’s",Joey,joy,positive,0,0',
        "2,No,Ross,anger,negative,125,3",
        "3,Hm,Ross,bored,neutral,1,1",
    ]
    touch(root, "train_sent_emo.csv", content=(MELD_HEADER + "\n".join(train)).encode("cp1252"))
    touch(root, "test_sent_emo.csv", content=(MELD_HEADER + "1,So,Amy,fear,negative,0,0").encode())
    touch(root, "MELD.Raw/train/train_splits/dia0_utt0.mp4")
    touch(root, "MELD.Raw/train/train_splits/dia125_utt3.mp4")
    touch(root, "MELD.Raw/train/train_splits/dia7_utt7.mp4")
    (root / "MELD.Raw/test/output_repeated_splits_test").mkdir(parents=True)


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
    assert strange(manifest) == {
        "dev_sent_emo.csv": "the split or its clips are absent",
        "MELD.Raw/train/train_splits/dia7_utt7.mp4": "not in the csv",
    }


def test_a_meld_csv_without_its_columns_is_named(tmp_path):
    touch(tmp_path / "meld", "train_sent_emo.csv", content=b"Utterance,Emotion\nHi,joy\n")
    touch(tmp_path / "meld", "train_splits/dia0_utt0.mp4")
    with pytest.raises(CorpusError, match="Dialogue_ID"):
        load_manifest("meld", tmp_path)


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
    assert strange(manifest) == {
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


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("state", ["absent", "empty", "other"])
def test_a_wrong_folder_says_what_was_expected_and_what_to_do(tmp_path, name, state):
    root = tmp_path / "data"
    if state != "absent":
        root.mkdir()
    if state == "other":
        touch(root, "holiday/001.jpg")
    with pytest.raises(CorpusError) as error:
        load_manifest(name, root)
    assert "Expected" in str(error.value)
    assert "CORPUS = 'demo'" in str(error.value)
    assert "python -m helpers.corpora." in str(error.value)


@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_that_is_being_filled_is_not_read(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    unfinished_marker(tmp_path).write_text("python -m something\n")
    for root in (tmp_path, "."):
        with pytest.raises(CorpusError, match="`python -m something` was interrupted"):
            load_manifest(name, root)


# Roles


@pytest.mark.parametrize("role", HOW_TO_GET)
def test_a_role_without_a_corpus_names_the_command(tmp_path, role):
    with pytest.raises(CorpusError) as error:
        load_role(role, "open", tmp_path)
    assert "python -m helpers.corpora." in str(error.value)
    assert f"needs {role.replace('_', ' ')}" in str(error.value)


def test_wild_faces_are_tested_on_the_published_test_set(tmp_path):
    for number, name in enumerate(("Training_1", "PublicTest_2", "PrivateTest_3")):
        picture(tmp_path / f"fer2013/train/sad/{name}.png", number)
    manifest = load_role("wild_faces", "open", tmp_path)
    assert manifest.set_index("sample_id")["split"].to_dict() == {
        "Training_1": "train",
        "PublicTest_2": "train",
        "PrivateTest_3": "val",
    }
    assert manifest.attrs["corpus"] == "FER2013"


def test_wild_clips_go_to_the_best_corpus_that_is_there(tmp_path):
    def corpus():
        return load_role("wild_clips", "open", tmp_path).attrs["corpus"]

    touch(tmp_path / "crema_d", "AudioWAV/1001_DFA_ANG_XX.wav")
    assert corpus() == "CREMA-D"
    touch(tmp_path / "ravdess", "03-01-08-02-01-02-01.wav", "01-01-08-02-01-02-01.mp4")
    voices = load_role("wild_clips", "open", tmp_path)  # one clip, of train: not enough
    assert voices.attrs["corpus"] == "RAVDESS"
    assert voices["modality"].tolist() == ["audio"]
    touch(tmp_path / "crema_d", "VideoFlash/1001_DFA_ANG_XX.flv", "VideoFlash/1003_DFA_ANG_XX.flv")
    clips = load_role("wild_clips", "open", tmp_path)
    assert clips["path"].str.endswith(".flv").all()
    assert clips["split"].tolist() == ["train", "val"]
    touch(tmp_path / "ravdess", "01-01-08-02-01-02-05.mp4")
    assert corpus() == "RAVDESS"
    write_meld(tmp_path / "meld")
    touch(tmp_path, "meld/dev_sent_emo.csv", content=f"{MELD_HEADER}1,So,Amy,fear,x,0,0".encode())
    touch(tmp_path, "meld/dev_splits_complete/dia0_utt0.mp4")
    meld = load_role("wild_clips", "open", tmp_path)
    assert meld.attrs["corpus"] == "MELD"
    assert meld["split"].value_counts().to_dict() == {"train": 4, "val": 1}
    assert meld["sample_id"].is_unique  # each split counts from dia0_utt0


def test_clips_of_one_split_alone_say_which_actors_are_missing(tmp_path):
    touch(tmp_path / "ravdess", "01-01-08-02-01-02-01.mp4")
    with pytest.raises(CorpusError, match=r"alone \(01\).*--actors 1-6"):
        load_role("wild_clips", "open", tmp_path)


def test_posed_faces_come_from_the_clips(tmp_path, shared_data):
    source = shared_data / "ravdess/Video_Speech_Actor_01/01-01-07-02-02-01-01.mp4"
    touch(tmp_path / "ravdess", "01-01-07-02-02-01-01.mp4", content=source.read_bytes())
    touch(tmp_path / "ravdess", "01-01-07-02-02-01-05.mp4")  # no film at all
    for _ in range(2):  # the second time from the cache
        manifest = load_role("controlled_faces", "open", tmp_path)
        rows = manifest.set_index("actor")
        assert rows["split"].to_dict() == {"01": "train", "05": "test"}
        assert rows.loc["01", ["emotion", "problem"]].tolist() == ["Disgust", ""]
        assert "not a film" in rows.loc["05", "problem"]
        with Image.open(rows.loc["01", "path"]) as face:
            assert face.size == (143, 181)
            assert np.asarray(face).std() > 10
    assert manifest.attrs["folder"] in rows.loc["01", "path"]


def test_pictures_stay_row_for_row_with_the_clips(tmp_path):
    touch(tmp_path / "crema_d", "1001_DFA_ANG_XX.flv", "1076_MTI_SAD_XX.flv")
    clips = load_manifest("crema_d", tmp_path)
    pictures = pictures_of_clips(clips)
    assert pictures["sample_id"].equals(clips["sample_id"])
    assert pictures["problem"].tolist()[1] == "silent, as documented"
    assert "not a film" in pictures["problem"].tolist()[0]


def test_six_class_corpora_name_no_surprise(tmp_path):
    touch(
        tmp_path / "crema_d",
        *(f"1001_DFA_{e}_XX.wav" for e in ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")),
    )
    assert set(load_manifest("crema_d", tmp_path)["emotion"]) == set(EMOTIONS) - {"Surprise"}


def test_the_real_samples_have_their_counts(shared_data):
    voices = load_open_role("wild_clips", shared_data)
    assert voices["split"].value_counts().to_dict() == {"train": 208, "val": 104}
    assert sorted(set(voices["group"])) == ["01", "02", "03", "04", "05", "06"]
    assert set(voices["emotion"]) == set(EMOTIONS)
    passed = pd.Series([reason for _, reason in voices.attrs["strange_files"]]).value_counts()
    assert passed.to_dict() == {"calm, which is none of the seven emotions": 48}
    faces = load_open_role("wild_faces", shared_data)
    assert faces["split"].value_counts().to_dict() == {"train": 630, "val": 280}
    left_out = faces[faces["problem"] != ""]
    assert set(left_out["split"]) == {"train"}
    assert (left_out["problem"] == "the same picture is in test").all()
    sounds = load_role("city_sounds", "open", shared_data)
    assert len(sounds) == 240
