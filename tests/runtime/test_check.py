"""The table of what this machine has, against packages made by hand."""

import os
import subprocess
import sys

import pytest

from helpers import runtime
from helpers.paths import repository_root
from helpers.runtime import check, ffmpeg


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Return a function that makes a package look installed."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name, version, installer="pip", record="RECORD,,"):
        folder = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (folder / "METADATA").write_text(text)
        if installer:
            (folder / "INSTALLER").write_text(installer)
        if record:
            (folder / "RECORD").write_text(record)

    return install


@pytest.fixture
def unmet(tmp_path):
    """Return a function that takes the lines of a requirements file."""

    def check(*lines):
        path = tmp_path / "requirements.txt"
        path.write_text("\n".join(lines))
        return check.unmet_requirements(path)

    return check


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
    site("alpha-one", "1.0", installer="", record="")
    assert unmet("alpha-one>=1") == ["alpha-one>=1"]


def test_a_package_of_the_system_which_records_no_files_will_do(site, unmet):
    site("alpha-one", "1.0", installer="debian", record="")
    assert unmet("alpha-one>=1") == []


def test_a_package_with_the_same_module_will_do(site, unmet, monkeypatch):
    monkeypatch.setattr(check, "_ALTERNATIVES", {"alpha-bin": "alpha-one"})
    assert unmet("alpha-bin>=1") == ["alpha-bin>=1"]
    site("alpha-one", "1.0")
    assert unmet("alpha-bin>=1") == []


def named(lines):
    return {line.name: line for line in lines}


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


def test_a_wrong_python_is_named(monkeypatch):
    monkeypatch.setattr(check, "_PYTHONS", ((2, 7), (3, 1)))
    (line,) = check._check_python()
    assert not line.ok
    assert "2.7 to 3.1 are needed" in line.detail


def test_a_package_that_hides_another_is_named_and_what_to_type(site):
    site("ffmpeg", "1.4")
    (line,) = check._check_ffmpeg()
    assert "`ffmpeg` hides the package `ffmpeg-python`" in line.advice
    assert "pip uninstall -y ffmpeg &&" in line.advice


def test_no_ffmpeg_is_a_failure(monkeypatch):
    def none():
        raise FileNotFoundError("No ffmpeg was found")

    monkeypatch.setattr(ffmpeg, "ffmpeg_binary", none)
    (line,) = check._check_ffmpeg()
    assert not line.ok
    assert "No ffmpeg was found" in line.detail
    assert "imageio-ffmpeg" in line.advice


def test_an_ffmpeg_that_does_not_run_is_a_failure(monkeypatch, tmp_path):
    program = tmp_path / "ffmpeg"
    program.write_text("not a program")
    monkeypatch.setattr(ffmpeg, "ffmpeg_binary", lambda: str(program))
    (line,) = check._check_ffmpeg()
    assert not line.ok


def test_the_system_s_ffmpeg_comes_first(monkeypatch, tmp_path):
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\necho ffmpeg version 99.1 Copyright\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (line,) = check._check_ffmpeg()
    assert line.ok
    assert line.detail == f"99.1 ({program})"


def test_a_full_disk_is_a_failure(monkeypatch):
    monkeypatch.setattr("helpers.files.free_bytes", lambda path: 1e9)
    (line,) = check._check_disk()
    assert not line.ok
    assert "1.0 GB free" in line.detail
    assert "EMOTION_CACHE_ROOT" in line.advice


def test_a_cache_that_cannot_be_written_is_a_failure(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "file" / "cache"))
    (line,) = check._check_disk()
    assert not line.ok


def test_colab_without_a_gpu_is_well_and_told_which_menu_to_click(monkeypatch):
    monkeypatch.setattr(check, "in_colab", lambda: True)
    monkeypatch.setattr(check, "device_name", lambda: "CPU: one, 2 cores")
    line = named(check._check_tensorflow())["device"]
    assert line.ok
    assert "Change runtime type" in line.advice


@pytest.mark.parametrize("ok", [True, False])
def test_the_table_and_the_exit_code(monkeypatch, capsys, ok):
    lines = [check.Check(True, "one", "fine"), check.Check(ok, "two", "so", "type: mend")]
    monkeypatch.setattr(check, "check", lambda: lines)
    assert runtime.main() == (0 if ok else 1)
    first, second, advice = capsys.readouterr().out.splitlines()
    assert first.split() == ["[OK]", "one", "fine"]
    assert second.split() == ["[OK]" if ok else "[FAIL]", "two", "so"]
    assert advice.strip() == "type: mend"
