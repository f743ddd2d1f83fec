import os

import numpy as np
import pytest

from helpers import cache
from helpers.cache import Unusable, compute_each, compute_stack


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def samples(tmp_path):
    for index in range(5):
        (tmp_path / f"{index}.txt").write_text(str(index))
    (tmp_path / "2.txt").write_text("broken")
    (tmp_path / "folder.txt").mkdir()
    names = ["0.txt", "1.txt", "2.txt", "absent.txt", "folder.txt", "3.txt", "4.txt"]
    return [tmp_path / name for name in names]


def read_number(path):
    with (path.parent / "calls.log").open("a") as log:
        log.write(path.name + "\n")
    text = path.read_text()
    if not text.isdigit():
        raise Unusable("not a number")
    return np.full(int(text) + 1, int(text), dtype="float32")


def read_pair(path):
    return read_number(path)[:1].repeat(2)


def calls(folder):
    log = folder / "calls.log"
    return sorted(log.read_text().split()) if log.exists() else []


def test_results_stay_aligned_and_problems_have_reasons(samples):
    results = compute_each("numbers", samples, {}, read_number, jobs=2)
    assert [r.problem for r in results] == [
        "",
        "",
        "not a number",
        "the file is missing",
        "a folder, not a file",
        "",
        "",
    ]
    assert [len(r.load()) for r in results if not r.problem] == [1, 2, 4, 5]
    with pytest.raises(Unusable, match="not a number"):
        results[2].load()


def test_a_second_pass_computes_nothing(samples, tmp_path):
    first = compute_each("numbers", samples, {}, read_number, jobs=1)
    before = calls(tmp_path)
    assert compute_each("numbers", samples, {}, read_number, jobs=1) == first
    assert calls(tmp_path) == before == ["0.txt", "1.txt", "2.txt", "3.txt", "4.txt"]


def test_changed_content_and_changed_settings_are_computed_anew(samples, tmp_path):
    compute_each("numbers", samples, {"rate": 1}, read_number, jobs=1)
    samples[0].write_text("7")
    (result, *_) = compute_each("numbers", samples, {"rate": 1}, read_number, jobs=1)
    assert result.load()[0] == 7
    assert len(calls(tmp_path)) == 6
    compute_each("numbers", samples, {"rate": 2}, read_number, jobs=1)
    assert len(calls(tmp_path)) == 11


def test_an_interrupted_run_goes_on_where_it_was(samples, tmp_path):
    def interrupted(path):
        if path.name == "3.txt":
            raise KeyboardInterrupt
        return read_number(path)

    with pytest.raises(KeyboardInterrupt):
        compute_each("numbers", samples, {}, interrupted, jobs=1)
    compute_each("numbers", samples, {}, read_number, jobs=1)
    assert calls(tmp_path) == ["0.txt", "1.txt", "2.txt", "3.txt", "4.txt"]
    assert not [n for _, _, names in os.walk(cache.cache_root()) for n in names if n[0] == "."]


def test_a_stack_has_a_zero_row_where_there_is_a_problem(samples, tmp_path):
    options = {"shape": (2,), "dtype": "float32", "jobs": 2}
    values, problems = compute_stack("pairs", samples, {}, read_pair, **options)
    assert values.tolist() == [[0, 0], [1, 1], [0, 0], [0, 0], [0, 0], [3, 3], [4, 4]]
    assert [bool(p) for p in problems] == [False, False, True, True, True, False, False]
    before = calls(tmp_path)
    again, problems_again = compute_stack("pairs", samples, {}, read_pair, **options)
    assert (again == values).all()
    assert problems_again == problems
    assert calls(tmp_path) == before
    assert isinstance(values, np.memmap)


def test_a_full_disk_leaves_no_half_array(samples, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(cache.np, "save", full)
        with pytest.raises(OSError, match="No space"):
            compute_each("numbers", samples[:1], {}, read_number, jobs=1)
    assert not [n for _, _, names in os.walk(cache.cache_root()) for n in names]
