"""A film of one's own: its faces, its sound, and what is said where one of them is missing."""

import subprocess

import numpy as np
import pandas as pd
import pytest

from helpers.corpora import load_manifest
from helpers.emotions import EMOTIONS
from helpers.fusion import own_clip
from helpers.paths import cache_root
from helpers.runtime.ffmpeg import ffmpeg_binary


@pytest.fixture(scope="module")
def networks():
    """Return two untrained networks that answer differently to different pictures."""
    from helpers.runtime import import_tensorflow, set_seeds

    import_tensorflow()
    import keras

    set_seeds(3)

    def network(size):
        pictures = keras.Input((*size, 3))
        x = keras.layers.Flatten()(keras.layers.AveragePooling2D(8)(pictures))
        return keras.Model(pictures, keras.layers.Dense(7, activation="softmax")(x))

    return network((48, 40)), network((64, 64))


@pytest.fixture(scope="module")
def clips(demo_root):
    return load_manifest("afew", demo_root)


def test_a_clip_of_the_miniature_gets_faces_sound_and_their_mean(networks, clips):
    path, sentence = own_clip.find_clip("", clips)
    assert path.is_file() and clips.set_index("path").loc[str(path), "split"] == "val"
    assert "upload" in sentence
    scored = own_clip.score_clip(path, *networks, EMOTIONS)
    assert scored.faces.shape[1:] == (48, 40, 3)
    assert len(scored.frame_scores) == len(scored.faces) >= 1 and not scored.reasons
    for values in scored.scores.values():
        assert values.shape == (7,) and values.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(scored.scores["video"], scored.frame_scores.mean(axis=0))
    np.testing.assert_allclose(
        scored.scores["mean"], (scored.scores["video"] + scored.scores["audio"]) / 2
    )
    text = own_clip.describe_clip(scored, EMOTIONS)
    assert f"a face in {len(scored.faces)} of {own_clip.FRAMES} frames" in text
    named = EMOTIONS[int(scored.scores["mean"].argmax())]
    assert named in text.splitlines()[-1]
    assert own_clip.label_of(path, clips) in sentence
    assert f"labelled {named}: right" in own_clip.describe_clip(scored, EMOTIONS, named)


def test_a_label_that_was_missed_is_said_with_how_sure_the_miss_was(clips):
    assert own_clip.label_of("a film of mine.mp4", clips) == ""
    for sure, words in ((0.9, "wrong, and not unsure"), (0.4, "wrong, and unsure")):
        values = np.array([sure, *np.full(6, (1 - sure) / 6)])
        faces, frame_scores = np.empty((0, 48, 40, 3), np.uint8), np.empty((0, 7))
        scored = own_clip.ScoredClip(faces, frame_scores, {"audio": values}, {})
        text = own_clip.describe_clip(scored, EMOTIONS, EMOTIONS[1])
        assert text.splitlines()[-1] == f"labelled {EMOTIONS[1]}: {words}"


def test_a_film_without_sound_and_one_without_a_face_say_so(networks, clips, tmp_path):
    silent, faceless = tmp_path / "without sound ñ.mp4", tmp_path / "tone.mp4"
    source, _ = own_clip.find_clip("", clips)
    for arguments, target in (
        (["-i", source, "-an", "-c:v", "copy"], silent),
        (
            ["-f", "lavfi", "-i", "color=red:s=320x240:d=1", "-f", "lavfi", "-i", "sine=d=1"],
            faceless,
        ),
    ):
        subprocess.run([ffmpeg_binary(), "-v", "error", *arguments, target], check=True)
    scored = own_clip.score_clip(silent, *networks, EMOTIONS)
    assert set(scored.scores) == {"video"}
    assert "no audio: no sound track" in own_clip.describe_clip(scored, EMOTIONS)
    scored = own_clip.score_clip(faceless, *networks, EMOTIONS)
    assert set(scored.scores) == {"audio"} and scored.faces.shape == (0, 48, 40, 3)
    assert "no video: no face found in 8 frames" in own_clip.describe_clip(scored, EMOTIONS)


def test_a_file_that_is_no_film_has_two_reasons(networks, tmp_path):
    text = tmp_path / "notes.avi"
    text.write_text("not a film")
    scored = own_clip.score_clip(text, *networks, EMOTIONS)
    assert scored.scores == {} and set(scored.reasons) == {"video", "audio"}


def test_nothing_of_an_own_clip_is_kept(networks, clips, monkeypatch, tmp_path):
    path, _ = own_clip.find_clip("", clips)
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    own_clip.score_clip(path, *networks, EMOTIONS)
    assert not cache_root().exists() or not list(cache_root().rglob("*.npy"))


def test_a_wrong_path_says_what_to_give(clips, tmp_path):
    with pytest.raises(FileNotFoundError, match="OWN_CLIP is .*no file.*upload"):
        own_clip.find_clip(str(tmp_path / "absent.mp4"), clips)
    with pytest.raises(RuntimeError, match="Only Colab"):
        own_clip.find_clip("upload", clips)
    path, sentence = own_clip.find_clip(__file__, pd.DataFrame())
    assert path.name == "test_own_clip.py" and "nothing of it goes into" in sentence


def test_the_networks_are_those_of_03_and_06_made_as_they_make_them(
    demo_root, monkeypatch, tmp_path
):
    asked = []

    def load_or_train(folder, pixels, labels, parts, classes, recipe, seed):
        asked.append((folder, pixels, labels, parts, classes, recipe, seed))
        return "network", len(asked) == 1

    monkeypatch.setattr(own_clip, "load_or_train", load_or_train)
    *_, origin = own_clip.load_networks("demo", str(demo_root), str(tmp_path), "default", 1, 5)
    assert "faces was left by notebook 03" in origin and "sound was trained now, as in" in origin
    for (folder, pixels, labels, parts, classes, recipe, seed), corpus, notebook in zip(
        asked, ("sfew", "afew"), ("03_vgg16_transfer", "06_audio_spectrogram_images"), strict=True
    ):
        assert folder == tmp_path / "demo" / notebook / "held_out"
        assert (recipe.epochs, recipe.weights, seed, classes) == (1, "hed", 5, EMOTIONS)
        splits = load_manifest(corpus, demo_root)["split"].to_numpy()
        assert len(labels) == len(splits) and set(splits[parts["train"]]) == {"train"}
        assert not len(parts["validation"])  # too few to choose an epoch by
        size = 56 if corpus == "sfew" else 64
        assert pixels.shape == (len(splits), size, size, 3)
