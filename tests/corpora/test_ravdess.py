from helpers.corpora import load_manifest
from helpers.corpora.manifest import COLUMNS
from tests.corpora.making import touch, unexpected


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
    assert unexpected(manifest) == {
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
