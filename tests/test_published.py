"""Published numbers, and the thesis's own vectors: found, checked, read without being executed."""

import hashlib
import io
import json
import os
import pickle
import zipfile

import numpy as np
import pytest

from helpers import published
from helpers.emotions import EMOTIONS
from helpers.evaluation.scores import score
from helpers.published import VectorsError, find_vectors, load_published, load_vectors

MEMBERS = [name for names in published._SYSTEMS.values() for name in names.values()]


def _archive(path, **changed):
    """Write a small zip in the published layout; ``changed`` replaces members (None: left out)."""
    generator = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in [*published._LABELS.values(), *MEMBERS]:
            values = generator.dirichlet(np.ones(7), 5)[:, None, :]  # (5, 1, 7)
            ids = [f"{clip:09d}" for clip in range(5)]
            labels = name.endswith("_labels")
            content = dict(zip(ids, EMOTIONS if labels else values, strict=False))
            content = changed.get(name, pickle.dumps(content, protocol=3))
            if content is not None:
                archive.writestr(f"predictions_dictionaries/{name}.pkl", content)
    return path


@pytest.fixture
def vectors(shared_data):
    path = shared_data / "published" / "predictions_dictionaries.zip"
    if not path.is_file():
        pytest.skip(f"{path} is absent")
    return path


def test_published_matrices_agree_with_the_published_accuracies():
    parts = [load_published(name) for name in ("04_video_late_fusion", "07_fusion")]
    parts.append(load_published("06_audio_spectrogram_images"))
    checked = 0
    for entry in [value for part in parts for value in part.values() if isinstance(value, dict)]:
        if "confusion" in entry and "n" in entry:
            matrix = np.array(entry["confusion"])
            assert matrix.sum() == entry["n"]
            assert np.trace(matrix) == entry.get("correct", np.trace(matrix))
            assert np.trace(matrix) / entry["n"] == pytest.approx(entry["value"], abs=6e-5)
            checked += 1
    assert checked == 6
    with pytest.raises(KeyError, match="Nothing published"):
        load_published("08_nothing")


def test_published_numbers_are_those_of_the_reference(shared_reference):
    reference = json.loads((shared_reference / "published.json").read_text(encoding="utf-8"))
    for notebook, entries in reference["results"].items():
        ours = load_published(notebook)
        for name, entry in entries.items():
            if isinstance(entry, dict):
                keys = {"value", "n", "correct", "confusion", "confusion_6", "f1_weighted"}
                for key in keys & set(entry):
                    assert ours[name][key] == entry[key], (notebook, name, key)
            elif isinstance(entry, float):
                assert ours[name]["value"] == entry


def test_the_real_file_is_the_published_one_and_has_its_counts(vectors):
    scores = load_vectors(find_vectors(vectors))
    counts = {name: frame["split"].value_counts().to_dict() for name, frame in scores.items()}
    assert counts == {
        "video": {"train": 378, "val": 188},
        "audio": {"train": 773, "val": 381},
        "face_frames": {"val": 370},
    }
    published_matrices = {
        "video": load_published("04_video_late_fusion")["sfew_stills"],
        "audio": load_published("06_audio_spectrogram_images")["vgg16"],
        "face_frames": load_published("04_video_late_fusion")["afew_face_frames_discarded"],
    }
    for name, entry in published_matrices.items():
        rows = scores[name].query("split == 'val'")
        predicted = rows[list(EMOTIONS)].to_numpy().argmax(axis=1)
        ours = score(rows["emotion"].to_numpy(), predicted)
        assert ours["confusion"] == entry["confusion"], name


def test_reading_the_real_file_equals_the_usual_loader(vectors):
    with zipfile.ZipFile(vectors) as archive:
        member = "predictions_dictionaries/sfew_predictions_te.pkl"
        theirs = pickle.loads(archive.read(member))
    ours = load_vectors(vectors)["video"].query("split == 'val'").set_index("sample_id")
    assert list(ours.index) == list(theirs)
    np.testing.assert_array_equal(ours[list(EMOTIONS)], np.concatenate([*theirs.values()]))


def test_a_small_archive_becomes_clip_scores(tmp_path):
    scores = load_vectors(_archive(tmp_path / "a.zip"))
    expected = ["sample_id", "split", "emotion", "protocol", *EMOTIONS]
    assert all(list(frame.columns) == expected for frame in scores.values())
    assert set(scores["video"]["protocol"]) == {"in_sample", "test"}
    assert list(scores["audio"]["sample_id"][:5]) == [f"{clip:09d}" for clip in range(5)]


class _Runs:
    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.system, (f"touch {self.mark}",)


def _pickled(content):
    return pickle.dumps(content, protocol=3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "has no predictions_dictionaries/sfew_predictions_te.pkl"),
        (_pickled({"000000000": np.ones((1, 6)) / 6}), r"no array \(1, 7\)"),
        (_pickled({"000000000": np.full((1, 7), np.nan)}), "no probabilities"),
        (_pickled({"000000000": np.ones((1, 7))}), "no probabilities"),
        (_pickled({"unknown": np.ones((1, 7)) / 7}), "has the label None"),
        (_pickled({}), "no clips"),
        (b"", "refused"),
        (bytes(3 << 20), "refused"),
    ],
)
def test_what_is_wrong_inside_is_named(tmp_path, content, message):
    path = _archive(tmp_path / "a.zip", sfew_predictions_te=content)
    with pytest.raises(VectorsError, match=message):
        load_vectors(path)


def test_a_hostile_archive_runs_nothing(tmp_path):
    mark = tmp_path / "executed"
    path = _archive(tmp_path / "a.zip", train_video_labels=_pickled({"a": _Runs(mark)}))
    with pytest.raises(VectorsError, match="train_video_labels.pkl: refused"):
        load_vectors(path)
    assert not mark.exists()


def test_other_members_are_never_opened(tmp_path):
    path = _archive(tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../outside.pkl", b"x")
        archive.writestr("predictions_dictionaries/afew_images_SFEWpredictions_tr.pkl", b"")
    load_vectors(path)
    assert [file.name for file in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("damage", [b"", b"no zip", None])
def test_a_damaged_archive_is_an_error(tmp_path, damage):
    path = _archive(tmp_path / "a.zip")
    content = bytearray(path.read_bytes())
    content[60:90] = bytes(30)
    path.write_bytes(content if damage is None else damage)
    with pytest.raises(VectorsError):
        load_vectors(path)
    with pytest.raises(VectorsError, match="cannot be read"):
        load_vectors(tmp_path / "absent.zip")


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A small archive in the published file's place: size and digest, and nowhere on disk yet."""
    content = _archive(tmp_path / "source.zip").read_bytes()
    monkeypatch.setattr(published, "VECTORS_BYTES", len(content))
    monkeypatch.setattr(published, "VECTORS_SHA256", hashlib.sha256(content).hexdigest())
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    monkeypatch.delenv("EMOTION_PUBLISHED_VECTORS", raising=False)
    return content


def _serve(monkeypatch, content):
    """Let the network answer with ``content`` (None: no network); returns the list of requests."""
    requests = []

    def urlopen(url, timeout):
        requests.append(url)
        if content is None:
            raise OSError("no route to host")
        return io.BytesIO(content)

    monkeypatch.setattr(published.urllib.request, "urlopen", urlopen)
    return requests


def test_the_argument_comes_first_then_the_variable_then_the_cache_then_the_network(
    tmp_path, monkeypatch, stand_in
):
    requests = _serve(monkeypatch, stand_in)
    downloaded = find_vectors()
    assert downloaded.read_bytes() == stand_in and requests == [published.VECTORS_URL]
    assert find_vectors() == downloaded and len(requests) == 1  # the cache
    downloaded.write_bytes(b"damaged")
    assert find_vectors().read_bytes() == stand_in and len(requests) == 2
    other = tmp_path / "other.zip"
    other.write_bytes(stand_in)
    monkeypatch.setenv("EMOTION_PUBLISHED_VECTORS", str(other))
    assert find_vectors() == other
    assert find_vectors(tmp_path / "source.zip") == tmp_path / "source.zip"


@pytest.mark.parametrize(
    ("answer", "message"),
    [(None, "could not be downloaded"), (b"x", "has 1 bytes"), ("longer", "not the published")],
)
def test_a_wrong_or_missing_answer_leaves_nothing_in_the_cache(
    tmp_path, monkeypatch, stand_in, answer, message
):
    _serve(monkeypatch, stand_in[:-1] + b"?" if answer == "longer" else answer)
    with pytest.raises(VectorsError, match=message):
        find_vectors()
    assert not list((tmp_path / "cache").rglob("*.zip"))


def test_a_named_file_must_be_there_and_be_the_published_one(tmp_path, monkeypatch):
    path = _archive(tmp_path / "a.zip")
    with pytest.raises(VectorsError, match="not the published file"):
        find_vectors(path)
    monkeypatch.setenv("EMOTION_PUBLISHED_VECTORS", str(tmp_path / "absent.zip"))
    with pytest.raises(VectorsError, match="There is no file"):
        find_vectors()
