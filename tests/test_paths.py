from pathlib import Path

import pytest

from helpers import paths


def test_repository_root_holds_this_test():
    assert (paths.repository_root() / "tests" / Path(__file__).name).samefile(__file__)


def test_nothing_depends_on_the_working_folder(monkeypatch, tmp_path):
    before = (paths.repository_root(), paths.data_root(), paths.results_root())
    monkeypatch.chdir(tmp_path)
    assert (paths.repository_root(), paths.data_root(), paths.results_root()) == before


@pytest.mark.parametrize(
    ("function", "variable"),
    [(paths.data_root, "EMOTION_DATA_ROOT"), (paths.results_root, "EMOTION_RESULTS_ROOT")],
)
def test_what_is_given_beats_the_environment(monkeypatch, tmp_path, function, variable):
    monkeypatch.setenv(variable, str(tmp_path / "environment"))
    assert function() == tmp_path / "environment"
    assert function(tmp_path / "given") == tmp_path / "given"


def test_the_home_folder_is_expanded(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("EMOTION_CACHE_ROOT", "~/cache")
    assert paths.cache_root() == tmp_path / "cache"
