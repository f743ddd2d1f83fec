"""Arrays come through a pickle unharmed; nothing else comes through at all."""

import os
import pickle
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from helpers.safe_pickle import MAXIMUM_BYTES, UnsafePickle, load_arrays

shapes = arrays.array_shapes(min_dims=1, max_dims=3, max_side=8)
floats = st.one_of(
    arrays.arrays(np.float64, shapes, elements=st.floats(-1e9, 1e9)),
    arrays.arrays(np.float32, shapes, elements=st.floats(-1e9, 1e9, width=32)),
)


@given(st.dictionaries(st.text(max_size=12), st.one_of(st.text(max_size=8), floats), max_size=6))
def test_strings_and_arrays_come_back_equal(content):
    loaded = load_arrays(pickle.dumps(content, protocol=3))
    assert list(loaded) == list(content)
    for key, value in content.items():
        np.testing.assert_array_equal(loaded[key], value)


def test_names_of_older_and_newer_numpy_and_big_endian_are_read():
    content = {"clip": np.arange(7, dtype=">f8").reshape(1, 7)}
    new = pickle.dumps(content, protocol=3)
    old = new.replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    for text in (new, old, old.replace(b"numpy.core", b"numpy._core")):
        np.testing.assert_array_equal(load_arrays(text)["clip"], content["clip"])


class _Runs:
    """Pickles as a call of a function."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def _bomb():
    """Return tuples in tuples: a hundred bytes that take longer than the universe to hash."""
    text = b"\x80\x03}(K\x01q\x00"
    for level in range(60):
        text += b"h" + bytes([level]) + b"\x86q" + bytes([level + 1])
        text += b"h" + bytes([level + 1])
    return text + b"K\x01u."


HOSTILE = {
    "os.system": lambda mark: pickle.dumps(_Runs(os.system, f"touch {mark}"), 3),
    "nested in a dictionary": lambda mark: pickle.dumps(
        {"a": _Runs(os.system, f"touch {mark}")}, 3
    ),
    "eval": lambda mark: pickle.dumps({"a": _Runs(eval, f"open({str(mark)!r}, 'w')")}, 3),
    "inside an array": lambda mark: pickle.dumps(
        {"a": np.array([_Runs(os.system, f"touch {mark}")], dtype=object)}, 3
    ),
    "protocol 5": lambda mark: pickle.dumps({"a": _Runs(os.system, f"touch {mark}")}, 5),
    "protocol 0": lambda mark: pickle.dumps({"a": _Runs(os.system, f"touch {mark}")}, 0),
    "by instance": lambda mark: b"\x80\x03}X\x01\x00\x00\x00a(X\x04\x00\x00\x00trueios\nsystem\ns.",
    "numpy's own loader": lambda mark: pickle.dumps({"a": _Runs(np.load, str(mark))}, 3),
    "attributes of a stand-in": lambda mark: b"\x80\x03cnumpy\ndtype\n}X\x01\x00\x00\x00a}sb.",
    "call of ndarray": lambda mark: b"\x80\x03}X\x01\x00\x00\x00acnumpy\nndarray\nK\x07\x85Rs.",
    "an object array": lambda mark: pickle.dumps({"a": np.array([None])}, 3),
    "records": lambda mark: pickle.dumps({"a": np.zeros(2, dtype=[("x", "f8")])}, 3),
    "text array": lambda mark: pickle.dumps({"a": np.array(["b"])}, 3),
    "a list": lambda mark: pickle.dumps([1.0], 3),
    "a number": lambda mark: pickle.dumps({"a": 3}, 3),
    "a key that is no string": lambda mark: pickle.dumps({3: "a"}, 3),
    "a dictionary within": lambda mark: pickle.dumps({"a": {"b": "c"}}, 3),
    "an array that was only begun": lambda mark: (
        b"\x80\x03}X\x01\x00\x00\x00acnumpy.core.multiarray\n_reconstruct\n"
        b"cnumpy\nndarray\nK\x00\x85C\x01b\x87Rs."
    ),
    "a huge array of few bytes": lambda mark: pickle.dumps({"a": np.zeros((1, 7))}, 3).replace(
        b"K\x01K\x07\x86", b"J\xff\xff\xff\x7fJ\xff\xff\xff\x7f\x86"
    ),
    "a negative shape": lambda mark: pickle.dumps({"a": np.zeros((1, 7))}, 3).replace(
        b"K\x01K\x07\x86", b"J\xff\xff\xff\xffJ\xf9\xff\xff\xff\x86"
    ),
    "a bomb": lambda mark: _bomb(),
    "truncated": lambda mark: pickle.dumps({"a": np.zeros((1, 7))}, 3)[:-20],
    "empty": lambda mark: b"",
    "no pickle": lambda mark: b"\x89PNG\r\n\x1a\n",
    "too large": lambda mark: bytes(MAXIMUM_BYTES + 1),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_everything_else_is_refused_at_once_and_nothing_runs(name, tmp_path):
    mark = tmp_path / "executed"
    start = time.perf_counter()
    with pytest.raises(UnsafePickle, match="refused"):
        load_arrays(HOSTILE[name](mark))
    assert not mark.exists()
    assert time.perf_counter() - start < 1


def test_a_memory_slot_far_outside_takes_no_memory():
    assert load_arrays(b"\x80\x03}r\xff\xff\xff\xff.") == {}


def test_the_hostile_file_is_hostile_to_the_usual_loader(tmp_path):
    mark = tmp_path / "executed"
    pickle.loads(HOSTILE["nested in a dictionary"](mark))
    assert mark.exists()


@given(st.binary(max_size=200))
def test_noise_is_refused_or_read_but_never_crashes(noise):
    for text in (noise, b"\x80\x03}" + noise, pickle.dumps({"a": np.zeros(2)}, 3)[:40] + noise):
        try:
            load_arrays(text)
        except UnsafePickle as error:
            assert "refused" in str(error)
