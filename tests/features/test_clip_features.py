"""Whole manifests to vectors: rows stay aligned, a bad clip has its reason, the rest goes on."""

import sys

import cv2
import numpy as np
import pandas as pd
import pytest
import soundfile

from helpers.corpora.demo import instrument
from helpers.features.clip_features import (
    OPENSMILE,
    WAYS,
    aligned_face_clips,
    clip_vectors,
    seconds_per_clip,
    ways_of,
)
from helpers.features.media import encode_webm
from helpers.features.weights import WeightsError

NUMBERS = {
    "LBP-TOP, R = 1": 2832,
    "LBP-TOP, R = 3": 2832,
    "sound functionals": 440,
    "face mesh": 1872,
    "expression network": 256,
    "speech encoder": 768,
}
OFFLINE = ways_of("bundled")


def silent_film(path, pictures):
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 25, (width, height))
    for picture in pictures:
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    writer.release()


@pytest.fixture(scope="module")
def clips(weights_of, tmp_path_factory):
    """A whole clip and one of every kind that lacks something, as a manifest."""
    for name in ("yunet", *(WAYS[way].weights for way in OFFLINE if WAYS[way].weights)):
        weights_of(name)
    folder = tmp_path_factory.mktemp("clips")
    portrait = instrument.face(2, "Happy")
    grey = np.repeat(portrait.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)
    empty = np.full_like(portrait, 127)
    voice = instrument.voice(2, "Happy")
    whole = encode_webm(np.stack([portrait] * 8), 25, voice, instrument.SAMPLE_RATE)
    (folder / "whole.webm").write_bytes(whole)
    (folder / "cut.webm").write_bytes(whole[:300])
    silent_film(folder / "grey.avi", [grey] * 5)  # too short for R = 3
    silent_film(folder / "two.avi", [grey] * 2)
    silent_film(folder / "empty.avi", [empty] * 8)
    soundfile.write(folder / "short.wav", np.sin(np.arange(320)), 16000)
    paths = [*sorted(folder.iterdir()), folder / "absent.avi"]
    names = [path.stem for path in paths]
    return pd.DataFrame({"sample_id": names, "path": list(map(str, paths)), "problem": ""})


@pytest.fixture(scope="module")
def faces(clips):
    return aligned_face_clips(clips, progress=False)


def reasons_of(name, clips, faces):
    vectors, reasons = clip_vectors(name, clips, faces, progress=False)
    assert vectors.shape == (len(clips), NUMBERS[name]) and vectors.dtype == np.float32
    assert [not reason for reason in reasons] == np.isfinite(vectors).all(axis=1).tolist()
    return dict(zip(clips["sample_id"], reasons, strict=True))


def test_faces_of_every_kind_of_clip(clips, faces):
    problems = dict(zip(clips["sample_id"], faces["problem"], strict=True))
    assert problems["whole"] == problems["grey"] == ""
    assert problems["two"] == "a face in 2 of 2 frames; at least 3 are needed"
    assert problems["empty"] == "a face in 0 of 8 frames; at least 3 are needed"
    assert problems["absent"] == "the file is missing"
    assert problems["cut"] and problems["short"]


@pytest.mark.parametrize("name", [name for name in OFFLINE if WAYS[name].modality == "face"])
def test_what_is_seen(clips, faces, name):
    reasons = reasons_of(name, clips, faces)
    assert reasons["whole"] == ""
    assert ("needs at least 7" in reasons["grey"]) == (name == "LBP-TOP, R = 3")
    assert reasons["two"] == "a face in 2 of 2 frames; at least 3 are needed"
    assert sum(not reason for reason in reasons.values()) == 2 - (name == "LBP-TOP, R = 3")


@pytest.mark.parametrize("name", [name for name in OFFLINE if WAYS[name].modality == "sound"])
def test_what_is_heard(clips, faces, name):
    reasons = reasons_of(name, clips, faces)
    assert [clip for clip, reason in reasons.items() if not reason] == ["whole"]
    assert "0.02 s of sound" in reasons["short"]
    assert "no audio" in reasons["grey"] or "no sound" in reasons["grey"]


def test_where_none_can_be_used_the_reason_is_said(clips, faces):
    without = clips["sample_id"] == "empty"
    with pytest.raises(ValueError, match=r"face mesh: none of the 1 clips .* a face in 0 of 8"):
        clip_vectors("face mesh", clips[without], faces[without], progress=False)


def test_a_missing_package_is_known_before_any_clip_is_read(clips, faces, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(WeightsError, match="pip install onnxruntime"):
        clip_vectors("speech encoder", clips, faces, progress=False)


def test_networks_are_those_that_were_asked_for_and_no_others():
    assert ways_of("none") == ["LBP-TOP, R = 1", "LBP-TOP, R = 3", "sound functionals"]
    assert ways_of("bundled") == list(NUMBERS)
    more = set(ways_of("downloaded")) - set(ways_of("bundled"))
    assert more == {"EmotiEffNet", "EmotiEffNet, best_afew", "TRILLsson"}
    assert {WAYS[name].protocol for name in ways_of("bundled")} == {"held_out"}
    assert WAYS["EmotiEffNet, best_afew"].protocol == "thesis", "chosen by AFEW's test clips"
    assert set(ways_of("none", opensmile=True)) - set(ways_of("none")) == {OPENSMILE}
    with pytest.raises(ValueError, match="'downloded'; expected one of"):
        ways_of("downloded")


def test_opensmile_is_used_where_it_is_installed_and_its_licence_is_said_where_not(
    clips, faces, monkeypatch
):
    monkeypatch.setitem(sys.modules, "opensmile", None)
    with pytest.raises(WeightsError, match="non-commercial use alone.*pip install opensmile"):
        clip_vectors(OPENSMILE, clips, faces, progress=False)


def test_opensmile_gives_the_1582_numbers_of_2010(clips, faces):
    pytest.importorskip("opensmile", reason="an extra with a licence of its own")
    vectors, reasons = clip_vectors(OPENSMILE, clips, faces, progress=False)
    assert vectors.shape == (len(clips), 1582)
    assert dict(zip(clips["sample_id"], reasons, strict=True))["whole"] == ""
    assert np.isfinite(vectors).all(axis=1).sum() == 1


def test_how_long_a_clip_takes(clips, faces):
    assert 0 < seconds_per_clip("LBP-TOP, R = 1", clips, faces) < 5
