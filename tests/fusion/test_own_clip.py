"""A film of one's own: its faces, its voice, and what is said where one of them is missing."""

import subprocess

import numpy as np
import pandas as pd
import pytest

from helpers.emotions import EMOTIONS
from helpers.fusion import own_clip
from helpers.paths import cache_root
from helpers.runtime.ffmpeg import ffmpeg_binary


def found(own, clips):
    with own_clip.find_clip(own, clips) as (path, sentence):
        return path, sentence


def test_a_clip_of_the_miniature_gets_a_face_a_voice_and_their_mean(systems, clips):
    path, sentence = found("", clips)
    assert path.is_file() and clips.set_index("path").loc[str(path), "split"] == "val"
    assert "record" in sentence and "upload" in sentence
    scored = own_clip.score_clip(path, systems)
    assert scored.faces.shape[1:] == (128, 128) and not scored.reasons
    assert len(scored.frame_scores) == len(scored.faces) >= 3
    for values in (*scored.scores.values(), *scored.frame_scores):
        assert values.shape == (7,) and values.sum() == pytest.approx(1, abs=1e-5)
    face, voice, both = scored.scores.values()
    np.testing.assert_allclose(face, scored.frame_scores.mean(axis=0))
    np.testing.assert_allclose(both, (face + voice) / 2)
    text = own_clip.describe_clip(scored, EMOTIONS)
    named = EMOTIONS[int(both.argmax())]
    assert text.splitlines()[-1].startswith(f"both: {named}")
    assert own_clip.label_of(path, clips) in sentence
    assert f"labelled {named}: right" in own_clip.describe_clip(scored, EMOTIONS, named)


def test_a_label_that_was_missed_is_said_with_how_sure_the_miss_was(clips):
    assert own_clip.label_of("a film of mine.mp4", clips) == ""
    for sure, words in ((0.9, "wrong, and not unsure"), (0.4, "wrong, and unsure")):
        values = np.array([sure, *np.full(6, (1 - sure) / 6)])
        faces, frame_scores = np.empty((0, 128, 128), np.uint8), np.empty((0, 7))
        scored = own_clip.ScoredClip(faces, frame_scores, {"voice": values}, {})
        text = own_clip.describe_clip(scored, EMOTIONS, EMOTIONS[1])
        assert text.splitlines()[-1] == f"labelled {EMOTIONS[1]}: {words}"


def test_a_film_without_sound_and_one_without_a_face_say_so(systems, clip_with_face, tmp_path):
    silent, faceless = tmp_path / "without sound ñ.mp4", tmp_path / "tone.mp4"
    for arguments, target in (
        (["-i", clip_with_face, "-an", "-c:v", "copy"], silent),
        (
            ["-f", "lavfi", "-i", "color=red:s=320x240:d=1", "-f", "lavfi", "-i", "sine=d=1"],
            faceless,
        ),
    ):
        subprocess.run([ffmpeg_binary(), "-v", "error", *arguments, target], check=True)
    scored = own_clip.score_clip(silent, systems)
    assert list(scored.scores) == ["face"]
    assert "no voice: no sound track" in own_clip.describe_clip(scored, EMOTIONS)
    scored = own_clip.score_clip(faceless, systems)
    assert list(scored.scores) == ["voice"] and scored.faces.shape == (0, 128, 128)
    assert "no face: a face in 0 of 25 frames" in own_clip.describe_clip(scored, EMOTIONS)


def test_a_file_that_is_no_film_has_two_reasons(systems, tmp_path):
    text = tmp_path / "notes.avi"
    text.write_text("not a film")
    scored = own_clip.score_clip(text, systems)
    assert scored.scores == {} and set(scored.reasons) == {"face", "voice"}
    assert "no voice: " in own_clip.describe_clip(scored, EMOTIONS, "Happy")


def test_a_network_that_was_left_out_is_not_fetched_for_it(systems, clip_with_face, monkeypatch):
    def fetched(name, **_):
        raise AssertionError(f"{name} was fetched")

    monkeypatch.setattr(own_clip, "weights_path", fetched)
    scored = own_clip.score_clip(clip_with_face, {})
    assert scored.scores == {}
    for reason in scored.reasons.values():
        assert "is left out here; it needs EMBEDDINGS = 'bundled'" in reason


def test_nothing_of_an_own_clip_is_kept(systems, clip_with_face, weights_of, monkeypatch, tmp_path):
    places = {name: weights_of(name) for name in ("yunet", "mini_xception", "speech_encoder")}
    monkeypatch.setattr(own_clip, "weights_path", places.get)
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    assert not own_clip.score_clip(clip_with_face, systems).reasons
    assert not cache_root().exists()


def test_a_wrong_path_says_what_to_give(clips, tmp_path):
    with pytest.raises(FileNotFoundError, match="OWN_CLIP is .*no file.*record.*upload"):
        found(str(tmp_path / "absent.mp4"), clips)
    for colabs_own in ("record", "upload"):
        with pytest.raises(RuntimeError, match="Only Colab"):
            found(colabs_own, clips)
    path, sentence = found(__file__, pd.DataFrame())
    assert path.name == "test_own_clip.py" and "nothing of it goes into" in sentence
