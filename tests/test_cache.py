import os
import signal

import numpy as np
import pytest

from helpers import cache
from helpers.cache import TemporarilyUnusable, Unusable, compute_each, compute_stack


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


def read_when_the_drive_is_there(path):
    if not (path.parent / "mounted").exists():
        raise TemporarilyUnusable("the drive is away")
    return read_number(path)[:1]


@pytest.mark.parametrize("stacked", [False, True])
def test_a_reason_of_the_machine_is_not_kept(samples, tmp_path, stacked):
    def compute():
        options = {"jobs": 1, "progress": False}
        if stacked:
            options |= {"shape": (1,), "dtype": "float32"}
            return compute_stack("away", samples, {}, read_when_the_drive_is_there, **options)[1]
        found = compute_each("away", samples, {}, read_when_the_drive_is_there, **options)
        return [result.problem for result in found]

    assert compute()[:3] == ["the drive is away"] * 3
    (tmp_path / "mounted").touch()
    assert compute()[:3] == ["", "", "not a number"]
    before = calls(tmp_path)
    assert compute()[:3] == ["", "", "not a number"] and calls(tmp_path) == before


def crash_at_three(path):
    if path.name == "3.txt" and not (path.parent / "mended").exists():
        os.kill(os.getpid(), signal.SIGSEGV)
    return read_number(path)[:1]


@pytest.mark.parametrize("stacked", [False, True])
def test_a_file_that_ends_the_process_which_reads_it_ends_no_run(samples, tmp_path, stacked):
    def compute():
        options = {"jobs": 2, "progress": False}
        if stacked:
            options |= {"shape": (1,), "dtype": "float32"}
            values, problems = compute_stack("crash", samples, {}, crash_at_three, **options)
            return [*zip(values[:, 0].tolist(), problems, strict=True)]
        found = compute_each("crash", samples, {}, crash_at_three, **options)
        return [(r.load()[0] if r.path else 0, r.problem) for r in found]

    rows = compute()
    assert rows[0] == (0, "") and rows[1] == (1, "") and rows[6] == (4, "")
    assert "ended abruptly" in rows[5][1]
    (tmp_path / "mended").touch()
    assert compute()[5] == (3, "")


def test_entries_of_older_versions_are_not_believed(samples, monkeypatch):
    compute_each("numbers", samples, {}, read_number, jobs=1)
    monkeypatch.setattr(cache, "_VERSION", 99)
    folders = set((cache.cache_root() / "numbers").iterdir())
    compute_each("numbers", samples, {}, read_number, jobs=1)
    assert set((cache.cache_root() / "numbers").iterdir()) > folders
