from helpers.corpora import load_manifest
from tests.corpora.making import touch, unexpected


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
    assert unexpected(manifest) == {
        "Copies/1003_IEO_SAD_HI.wav": "a second copy of AudioWAV/1003_IEO_SAD_HI.WAV",
        "SentenceFilenames.csv": "not named like a CREMA-D clip",
    }
