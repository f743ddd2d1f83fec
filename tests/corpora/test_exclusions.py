import pandas as pd
import pytest

from helpers.corpora.exclusions import FILE_NAME, REASON, exclude, find_exclusions, read_exclusions


def make_manifest():
    return pd.DataFrame(
        {
            "sample_id": ["Film_001_01", "Film_001_02", "Other.Film_002_03"],
            "problem": ["", "the picture is damaged", ""],
        }
    )


def test_names_are_read_with_and_without_folder_and_suffix(tmp_path):
    path = tmp_path / "exclude.txt"
    path.write_bytes(
        "\ufeff# no faces\r\nFilm_001_01.png\r\n\r\n  Train\\Sad\\Film_é_02.png # a hand\r\n"
        "Train/Happy/Film_003_07\r\n".encode()
    )
    assert read_exclusions(path) == ["Film_001_01", "Film_é_02", "Film_003_07"]


def test_a_film_with_a_full_stop_keeps_its_name(tmp_path):
    path = tmp_path / "exclude.txt"
    path.write_text("Other.Film_002_03\nOther.Film_002_03.png\n")
    assert set(read_exclusions(path)) == {"Other.Film_002_03"}


def test_named_samples_stay_with_the_reason_and_unknown_names_are_returned():
    manifest = make_manifest()
    names = ["Film_001_01", "Film_001_02", "Filn_001_01", "Filn_001_01"]
    excluded, unknown = exclude(manifest, names)
    assert excluded["problem"].tolist() == [REASON, "the picture is damaged", ""]
    assert unknown == ["Filn_001_01"]
    assert (manifest["problem"] == make_manifest()["problem"]).all(), "the given one was changed"


def test_no_file_and_no_text_are_errors_that_say_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="one name of a still a line"):
        read_exclusions(tmp_path / "absent.txt")
    (tmp_path / "list.txt").write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(ValueError, match="not a text file"):
        read_exclusions(tmp_path / "list.txt")


def test_the_list_given_or_the_one_beside_the_corpus_is_used(tmp_path):
    manifest = make_manifest()
    assert find_exclusions("", manifest) is None
    manifest.attrs["folder"] = str(tmp_path / "SFEW")
    assert find_exclusions("", manifest) is None
    (tmp_path / FILE_NAME).touch()
    assert find_exclusions("", manifest) == tmp_path / FILE_NAME
    assert find_exclusions("elsewhere.txt", manifest).name == "elsewhere.txt"
