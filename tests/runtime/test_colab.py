"""Colab's own: whether this is it, Google Drive, uploads."""

import sys
import types

import pytest

from helpers.runtime import colab


def test_colab_is_known_by_its_package(tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "google", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not colab.in_colab()
    (tmp_path / "google" / "colab").mkdir(parents=True)
    (tmp_path / "google" / "__init__.py").touch()
    (tmp_path / "google" / "colab" / "__init__.py").touch()
    monkeypatch.delitem(sys.modules, "google", raising=False)
    assert colab.in_colab()
    monkeypatch.delitem(sys.modules, "google", raising=False)


@pytest.mark.parametrize(
    ("data_root", "mounted"),
    [("", []), ("/content/data", []), ("/content/drive/MyDrive/AFEW", ["/content/drive"])],
)
def test_drive_is_mounted_only_when_the_data_lie_on_it(monkeypatch, data_root, mounted):
    calls = []
    drive = types.SimpleNamespace(mount=calls.append)
    package = types.ModuleType("google.colab")
    package.drive = drive
    monkeypatch.setitem(sys.modules, "google.colab", package)
    colab.mount_drive(data_root)
    assert calls == mounted


def test_drive_is_not_mounted_outside_colab():
    colab.mount_drive("/content/drive/MyDrive")


def test_a_file_is_asked_for_in_colab_alone(monkeypatch, tmp_path):
    with pytest.raises(RuntimeError, match="Only Colab can ask"):
        colab.ask_for_file()
    uploads = [{}, {"clip.mp4": b"..."}]
    package = types.ModuleType("google.colab")
    package.files = types.SimpleNamespace(upload=lambda: uploads.pop(0))
    monkeypatch.setitem(sys.modules, "google.colab", package)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(RuntimeError, match="No file was chosen"):
        colab.ask_for_file()
    assert colab.ask_for_file() == str(tmp_path / "clip.mp4")
