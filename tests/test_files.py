import json
import os
import threading
import time

import pytest
from hypothesis import given, strategies as st

from helpers import files
from helpers.files import locked


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "result.txt"
    files.write_text(path, "old")
    with pytest.raises(KeyboardInterrupt), files.write_atomically(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["result.txt"]


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), files.write_atomically(tmp_path / "x.txt"):
        pass
    assert names_in(tmp_path) == []


def test_a_folder_appears_whole_and_the_first_one_stays(tmp_path):
    target = tmp_path / "corpus"
    for text in ("first", "second"):
        with files.write_atomically(target) as temporary:
            temporary.mkdir()
            (temporary / "a.txt").write_text(text)
    assert (target / "a.txt").read_text() == "first"
    assert names_in(tmp_path) == ["corpus"]


def test_json_keeps_accents_and_refuses_nan(tmp_path):
    files.write_json(tmp_path / "a.json", {"name": "Muñoz"})
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"name": "Muñoz"}
    assert "Muñoz" in (tmp_path / "a.json").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="JSON"):
        files.write_json(tmp_path / "b.json", float("nan"))
    assert not (tmp_path / "b.json").exists()


def test_the_fingerprint_is_of_the_content_not_the_name(tmp_path):
    for name, content in (("a", b"same"), ("b", b"same"), ("c", b"other")):
        (tmp_path / name).write_bytes(content)
    assert files.fingerprint(tmp_path / "a") == files.fingerprint(tmp_path / "b")
    assert files.fingerprint(tmp_path / "a") != files.fingerprint(tmp_path / "c")


def test_a_large_file_is_told_from_one_that_differs_in_the_middle(tmp_path):
    content = bytearray(3 << 20)
    (tmp_path / "a").write_bytes(content)
    content[len(content) // 2 + 10] = 1
    (tmp_path / "b").write_bytes(content)
    os.utime(tmp_path / "b", ns=(0, (tmp_path / "a").stat().st_mtime_ns))
    assert files.fingerprint(tmp_path / "a") != files.fingerprint(tmp_path / "b")


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.booleans(), max_size=5))
def test_the_digest_of_settings_does_not_depend_on_their_order(settings):
    assert files.digest_of(settings) == files.digest_of(dict(reversed(settings.items())))


def test_the_digest_tells_settings_apart():
    assert files.digest_of({"a": 1}) != files.digest_of({"a": 2})
    assert files.digest_of("ab", "c") != files.digest_of("a", "bc")


def test_free_bytes_of_a_folder_that_is_not_there_yet(tmp_path):
    assert files.free_bytes(tmp_path / "a" / "b") > 0


def test_a_lock_is_held_by_one_at_a_time_and_waiting_can_be_ended(tmp_path):
    order = []

    def hold():
        with locked(tmp_path):
            order.append("in")
            time.sleep(0.2)
            order.append("out")

    threads = [threading.Thread(target=hold) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order == ["in", "out"] * 3

    def give_up():
        raise InterruptedError

    with locked(tmp_path), pytest.raises(InterruptedError), locked(tmp_path, give_up):
        pass
    assert list(tmp_path.iterdir()) == []
