"""Published numbers, and the thesis's own vectors: fetched, checked, and opened without harm."""

import hashlib
import json
import os
import pickle
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays

from helpers import published
from helpers.emotions import EMOTIONS
from helpers.evaluation.scores import score
from helpers.published import (
    VectorsError,
    VectorsUnavailable,
    find_vectors,
    load_arrays,
    load_published,
    load_vectors,
)

IDS = [f"{clip:09d}" for clip in range(5)]


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


# ---- pickles

shapes = arrays.array_shapes(min_dims=1, max_dims=3, max_side=8)
floats = arrays.arrays(np.float32, shapes, elements=st.floats(-1e9, 1e9, width=32))


@given(st.dictionaries(st.text(max_size=12), st.one_of(st.text(max_size=8), floats), max_size=6))
def test_strings_and_arrays_come_back_equal(content):
    loaded = load_arrays(pickle.dumps(content, protocol=3))
    assert list(loaded) == list(content)
    for key, value in content.items():
        np.testing.assert_array_equal(loaded[key], value)


def test_arrays_of_older_and_newer_numpy_are_read():
    content = {"clip": np.arange(7.0).reshape(1, 7)}
    new = pickle.dumps(content, protocol=3)
    for text in (new, new.replace(b"numpy._core", b"numpy.core")):
        np.testing.assert_array_equal(load_arrays(text)["clip"], content["clip"])


class _Calls:
    """Pickles as a call of a function."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


HOSTILE = {
    "a command": lambda mark: _Calls(os.system, f"touch {mark}"),
    "nested in a dictionary": lambda mark: {"a": _Calls(os.system, f"touch {mark}")},
    "eval": lambda mark: {"a": _Calls(eval, f"open({str(mark)!r}, 'w')")},
    "inside an array": lambda mark: {"a": np.array([_Calls(os.system, f"touch {mark}")], object)},
    "another function of numpy": lambda mark: {"a": _Calls(np.save, str(mark), 1)},
}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_pickle_is_refused_and_runs_nothing(name, protocol, tmp_path):
    mark = tmp_path / "executed.npy"
    content = pickle.dumps(HOSTILE[name](mark), protocol)
    with pytest.raises(VectorsError, match="refused: it calls .* expected nothing but"):
        load_arrays(content)
    assert not mark.exists()
    pickle.loads(content)
    assert mark.exists(), "the pickle was harmless: the test has shown nothing"


def test_a_call_by_the_old_instructions_is_refused(tmp_path):
    mark = tmp_path / "executed"
    argument = f"touch {mark}".encode()
    length = len(argument).to_bytes(4, "little")
    content = b"\x80\x03(X" + length + argument + b"ios\nsystem\n."
    with pytest.raises(VectorsError, match="refused: it calls os.system"):
        load_arrays(content)
    assert not mark.exists()
    pickle.loads(content)
    assert mark.exists()


# ---- the file


def _archive(path, **changed):
    """Write a small zip in the published layout; ``changed`` replaces members."""
    generator = np.random.default_rng(0)
    names = [name for names in published._SYSTEMS.values() for name in names.values()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in [*published._LABELS.values(), *names]:
            values = generator.dirichlet(np.ones(7), 5)[:, None, :]  # (5, 1, 7)
            content = dict(zip(IDS, EMOTIONS if name.endswith("_labels") else values, strict=False))
            content = pickle.dumps(changed.get(name, content), protocol=3)
            archive.writestr(f"predictions_dictionaries/{name}.pkl", content)
    return path


def _publish(monkeypatch, path):
    """Let the published file be the one at ``path``."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(published, "VECTORS_SHA256", digest)


def test_an_archive_becomes_clip_scores(tmp_path, monkeypatch):
    path = _archive(tmp_path / "a.zip")
    _publish(monkeypatch, path)
    scores = load_vectors(path)
    expected = ["sample_id", "split", "emotion", "protocol", *EMOTIONS]
    assert all(list(frame.columns) == expected for frame in scores.values())
    assert set(scores["video"]["protocol"]) == {"in_sample", "test"}
    assert list(scores["audio"]["sample_id"][:5]) == IDS
    assert list(scores["face_frames"]["emotion"]) == list(EMOTIONS[:5])


def test_another_file_is_refused_unopened(tmp_path, vectors):
    path = _archive(tmp_path / "a.zip")
    message = f"SHA-256 is [0-9a-f]{{64}}, expected {published.VECTORS_SHA256}. Fetch https://"
    with pytest.raises(VectorsError, match=message):
        load_vectors(path)
    damaged = bytearray(vectors.read_bytes())
    damaged[1000] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(VectorsError, match=message):
        load_vectors(path)


def test_even_in_the_published_file_nothing_is_run(tmp_path, monkeypatch):
    mark = tmp_path / "executed"
    path = _archive(
        tmp_path / "a.zip", train_video_labels={"a": _Calls(os.system, f"touch {mark}")}
    )
    _publish(monkeypatch, path)
    with pytest.raises(VectorsError, match="refused"):
        load_vectors(path)
    assert not mark.exists()


@pytest.fixture
def network(tmp_path, monkeypatch):
    """Serve a small archive as the published file; the cache is empty. Returns what is served."""
    path = _archive(tmp_path / "source.zip")
    _publish(monkeypatch, path)
    served = {"content": path.read_bytes(), "requests": 0}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            served["requests"] += 1
            self.send_response(200 if served["content"] else 404)
            self.end_headers()
            self.wfile.write(served["content"])

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/predictions_dictionaries.zip"
    monkeypatch.setattr(published, "VECTORS_URL", address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    monkeypatch.delenv("EMOTION_PUBLISHED_VECTORS", raising=False)
    yield served
    server.shutdown()
    server.server_close()


def test_the_argument_comes_first_then_the_variable_then_the_cache_then_the_network(
    tmp_path, monkeypatch, network
):
    downloaded = find_vectors()
    assert downloaded.read_bytes() == network["content"] and network["requests"] == 1
    assert find_vectors() == downloaded and network["requests"] == 1  # the cache
    downloaded.write_bytes(b"damaged")
    assert find_vectors().read_bytes() == network["content"] and network["requests"] == 2
    other = tmp_path / "other.zip"
    other.write_bytes(network["content"])
    monkeypatch.setenv("EMOTION_PUBLISHED_VECTORS", str(other))
    assert find_vectors() == other
    assert find_vectors(tmp_path / "source.zip") == tmp_path / "source.zip"
    assert network["requests"] == 2


@pytest.mark.parametrize(
    ("answer", "message"),
    [(b"", "404"), (b"x", "hash"), (None, "refused|Max retries")],
    ids=["missing", "another file", "no network"],
)
def test_what_cannot_be_downloaded_is_told_and_leaves_nothing_in_the_cache(
    tmp_path, monkeypatch, network, answer, message
):
    if answer is None:
        monkeypatch.setattr(published, "VECTORS_URL", "http://127.0.0.1:9/vectors.zip")
    network["content"] = answer
    with pytest.raises(VectorsUnavailable, match="could not be downloaded") as caught:
        find_vectors()
    assert caught.match(message) and caught.match("set EMOTION_PUBLISHED_VECTORS")
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_given_file_must_be_there(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_PUBLISHED_VECTORS", str(tmp_path / "absent.zip"))
    with pytest.raises(VectorsError, match="There is no file"):
        find_vectors()
