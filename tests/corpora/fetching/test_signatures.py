import pytest

from helpers.corpora.fetching.signatures import damage_of


def test_whole_files_are_not_called_damaged(shared_data):
    paths = [path for path in sorted(shared_data.rglob("*")) if path.is_file()]
    assert {str(path): damage_of(path) for path in paths if damage_of(path)} == {}
    assert len(paths) > 1700


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".avi", ".wav", ".mp4"])
def test_a_real_file_that_was_cut_is_called_damaged(shared_data, tmp_path, suffix):
    source = next(path for path in sorted(shared_data.rglob(f"*{suffix}")))
    path = tmp_path / source.name
    content = source.read_bytes()
    path.write_bytes(content[: len(content) // 2] if suffix != ".mp4" else b"moved" + content)
    assert damage_of(path)
    path.write_bytes(b"")
    assert damage_of(path) == "the file is empty"
