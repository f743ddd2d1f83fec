"""colab_setup.sh and the set-up cell, in small checkouts with small packages made here."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from helpers.paths import repository_root
from helpers.series.sources import find_sources, notebooks_folder, read_source

ROOT = repository_root()
SCRIPT = "colab_setup.sh"
REQUIREMENTS = "alpha>=1\nbeta>=1\npackaging>=20\n"


def make_wheel(folder, name, version, needs=""):
    """Write a wheel with one module that holds its version."""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    if needs:
        metadata += f"Requires-Dist: {needs}\n"
    information = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = '{version}'\n",
        f"{information}/METADATA": metadata,
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        record = "".join(f"{path},,\n" for path in files)
        wheel.writestr(f"{information}/RECORD", f"{record}{information}/RECORD,,\n")


def wheel_of_installed(folder, name):
    """Write a wheel of a package of this Python, so that no index is needed."""
    package = importlib.metadata.distribution(name)
    called = f"{name.replace('-', '_')}-{package.version}-py3-none-any.whl"
    with zipfile.ZipFile(folder / called, "w") as wheel:
        for path in package.files:
            if path.suffix != ".pyc" and path.parts[0] != "..":
                wheel.write(path.locate(), str(path))


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    for name, version in (("alpha", "1.0"), ("alpha", "2.0"), ("delta", "1.0")):
        make_wheel(folder, name, version)
    make_wheel(folder, "beta", "1.0", needs="delta")
    wheel_of_installed(folder, "packaging")
    return folder


@pytest.fixture
def checkout(tmp_path):
    """Return a checkout with little to install."""
    folder = tmp_path / "checkout"
    (folder / "helpers").mkdir(parents=True)
    (folder / "notebooks").mkdir()
    for name in (SCRIPT, "helpers/__init__.py", "helpers/runtime.py", "helpers/machine.py"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "requirements.txt").write_text(REQUIREMENTS)
    return folder


@pytest.fixture(scope="module")
def colab_environment(tmp_path_factory, wheels):
    """Return a Python that has this one's packages, alpha 1.0 and Colab's own package."""
    folder = tmp_path_factory.mktemp("colab") / "environment"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    site = next(folder.glob("lib/python*/site-packages"))
    here = Path(importlib.metadata.distribution("packaging").locate_file(""))
    (site / "preinstalled.pth").write_text(f"{here}\n")
    drive = site / "google" / "colab"
    drive.mkdir(parents=True)
    (drive / "__init__.py").touch()
    (drive / "drive.py").write_text("def mount(folder):\n    print('mounted', folder)\n")
    install = [python, "-m", "pip", "install", "-q", "--no-index", f"--find-links={wheels}"]
    subprocess.run([*install, "alpha==1.0"], check=True)
    return folder


@pytest.fixture
def colab(colab_environment):
    """Return Colab's Python as it was before any set-up."""
    python = colab_environment / "bin" / "python"
    uninstall = [python, "-m", "pip", "uninstall", "-q", "-y", "beta", "delta"]
    subprocess.run(uninstall, check=True, capture_output=True)
    for path in colab_environment.glob("emotion-notebooks-setup*"):
        path.unlink()
    return python


def environment_for(wheels, **variables):
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV"))
    }
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    return kept | pip | {name: str(value) for name, value in variables.items()}


def set_up(checkout, wheels, *arguments, **variables):
    return subprocess.run(
        ["bash", checkout / SCRIPT, *arguments],
        env=environment_for(wheels, **variables),
        capture_output=True,
        text=True,
        check=False,
    )


def version_of(python, module):
    code = f"import {module}; print({module}.VERSION)"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def site_of(python):
    return next(python.parents[1].glob("lib/python*/site-packages"))


def half_remove(python, name):
    """Leave a package as an installation does that was killed."""
    site = site_of(python)
    (site / f"{name}.py").unlink()
    for file in ("RECORD", "INSTALLER"):
        (site / f"{name}-1.0.dist-info" / file).unlink()


# In Colab


def test_in_colab_only_what_is_missing_is_installed(checkout, wheels, colab):
    done = set_up(checkout, wheels, "notebook", PYTHON=colab)
    assert done.returncode == 0, done.stderr
    assert "Installing what Colab lacks" in done.stdout
    assert version_of(colab, "alpha") == "1.0", "2.0 could be had, but 1.0 was there"
    assert version_of(colab, "beta") == "1.0"
    assert not (checkout / ".venv").exists()


def test_in_colab_a_second_call_does_nothing_in_seconds(checkout, wheels, colab):
    set_up(checkout, wheels, "notebook", PYTHON=colab)
    began = time.monotonic()
    done = set_up(checkout, wheels, "notebook", PYTHON=colab, PIP_FIND_LINKS="/nowhere")
    assert time.monotonic() - began < 5
    assert (done.returncode, done.stdout) == (0, "Everything is installed.\n")


def test_in_colab_an_interrupted_set_up_is_mended(checkout, wheels, colab):
    set_up(checkout, wheels, "notebook", PYTHON=colab)
    prefix = colab.parents[1]
    listed = subprocess.run(
        [colab, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=True
    )
    before = [line for line in listed.stdout.splitlines() if line[:5] not in ("beta=", "delta")]
    (prefix / "emotion-notebooks-setup").write_text("unfinished\n")
    (prefix / "emotion-notebooks-setup-constraints.txt").write_text("\n".join(before) + "\n")
    half_remove(colab, "beta")
    half_remove(colab, "delta")
    done = set_up(checkout, wheels, "notebook", PYTHON=colab)
    assert done.returncode == 0, done.stderr
    assert "Mending an interrupted set-up." in done.stdout
    for name in ("alpha", "beta", "delta"):
        assert version_of(colab, name) == "1.0"
    assert not (prefix / "emotion-notebooks-setup-constraints.txt").exists()


def test_in_colab_a_package_that_was_lost_comes_back(checkout, wheels, colab):
    set_up(checkout, wheels, "notebook", PYTHON=colab)
    half_remove(colab, "beta")
    assert set_up(checkout, wheels, "notebook", PYTHON=colab).returncode == 0
    assert version_of(colab, "beta") == "1.0"


def test_in_colab_what_is_too_old_is_left_and_said(checkout, wheels, colab):
    (checkout / "requirements.txt").write_text("alpha>=2\npackaging>=20\n")
    done = set_up(checkout, wheels, "notebook", PYTHON=colab)
    assert done.returncode == 1
    assert "alpha" in done.stderr
    assert "type: bash" in done.stderr
    assert version_of(colab, "alpha") == "1.0"


# Outside Colab


def test_elsewhere_a_venv_is_made_once_and_the_table_says_what_fails(checkout, wheels):
    done = set_up(checkout, wheels, PYTHON=sys.executable)
    python = checkout / ".venv" / "bin" / "python"
    assert f"Making {checkout}/.venv" in done.stdout
    assert version_of(python, "alpha") == "2.0", "the newest"
    assert "[OK]   packages" in done.stdout
    assert "[FAIL] TensorFlow" in done.stdout, "no network in these requirements"
    assert done.returncode == 1

    began = time.monotonic()
    again = set_up(checkout, wheels, "notebook", PIP_FIND_LINKS="/nowhere")
    assert time.monotonic() - began < 5
    assert (again.returncode, again.stdout) == (
        0,
        f"Everything is installed in {checkout}/.venv.\n",
    )

    (checkout / "requirements.txt").write_text(REQUIREMENTS + "gamma>=1\n")
    refused = set_up(checkout, wheels, "notebook")
    assert refused.returncode == 1
    assert "gamma" in refused.stderr
    assert version_of(python, "alpha") == "2.0", "what is there stays"

    make_wheel(wheels, "gamma", "1.0")
    accepted = set_up(checkout, wheels, "notebook")
    assert "Making" not in accepted.stdout, "nothing had to be made anew"
    assert version_of(python, "gamma") == "1.0"

    (checkout / ".venv" / "setup-state").write_text("unfinished\n")
    half_remove(python, "beta")
    mended = set_up(checkout, wheels, "notebook", PYTHON=sys.executable)
    assert "Making" in mended.stdout
    assert version_of(python, "beta") == "1.0"


def test_a_folder_that_is_not_ours_is_left_alone(checkout, wheels):
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "mine.txt").touch()
    done = set_up(checkout, wheels)
    assert done.returncode == 1
    assert "left alone" in done.stderr
    assert f"mv {checkout}/.venv" in done.stderr
    assert [path.name for path in (checkout / ".venv").iterdir()] == ["mine.txt"]


def test_a_set_up_that_was_killed_at_its_start_is_no_obstacle(checkout, wheels):
    (checkout / ".venv").mkdir()
    assert "left alone" not in set_up(checkout, wheels, PYTHON="/bin/false").stderr


@pytest.mark.parametrize("version", ["3, 10", "3, 14"])
def test_no_suitable_python_is_said_and_nothing_is_removed(checkout, wheels, version):
    python = checkout / "python"
    python.write_text(
        f"#!/bin/sh\nexec {sys.executable} -c 'import sys\n"
        f'sys.version_info = ({version}, 0)\nexec(sys.argv[1])\' "$2"\n'
    )
    python.chmod(0o755)
    kept = checkout / ".venv" / "kept"
    kept.mkdir(parents=True)
    (checkout / ".venv" / "setup-state").write_text("12 34\n")
    done = set_up(checkout, wheels, PYTHON=python)
    assert done.returncode == 1
    assert "No Python 3.11, 3.12 or 3.13 was found" in done.stderr
    assert "PYTHON=/path/to/python bash" in done.stderr
    assert kept.exists()


def test_a_python_without_venv_is_said(checkout, wheels):
    """As on Debian, where python3-venv is a package of its own."""
    (checkout / "bare").mkdir()
    (checkout / "bare" / "ensurepip.py").write_text("raise ImportError('not here')\n")
    done = set_up(checkout, wheels, PYTHON=sys.executable, PYTHONPATH=checkout / "bare")
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert "PYTHON=/path/to/python bash" in done.stderr


def test_an_unknown_command_shows_how_to_call_it(checkout, wheels):
    done = set_up(checkout, wheels, "tset")
    assert done.returncode == 2
    for command in ("run", "test", "notebook"):
        assert f"bash colab_setup.sh {command}" in done.stderr
    assert not (checkout / ".venv").exists()


# The set-up cell


def set_up_cell():
    notebook = read_source(find_sources(notebooks_folder())[0])
    (cell,) = (cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", []))
    return cell.source


@pytest.fixture
def remote(checkout):
    """Return the address of a repository with the small checkout."""
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    commands = (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "start"])
    for command in commands:
        subprocess.run(["git", *command], cwd=checkout, check=True)
    return f"file://{checkout}"


@pytest.fixture
def run_cell(tmp_path, wheels):
    """Return a function that runs the cell in an IPython that knows no helpers."""

    def run(python, folder, data_root="", **variables):
        folder.mkdir(exist_ok=True)
        script = tmp_path / "cell.ipy"
        shown = "print('helpers:', runtime.__file__)"
        script.write_text(f"DATA_ROOT = {data_root!r}\n{set_up_cell()}\n{shown}\n")
        return subprocess.run(
            [python, "-m", "IPython", "--no-banner", "--colors=NoColor", script],
            cwd=folder,
            env=environment_for(wheels, IPYTHONDIR=tmp_path / "ipython", **variables),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_cell_fetches_the_series_in_colab_and_the_next_notebook_finds_it(
    run_cell, remote, colab, tmp_path
):
    folder = tmp_path / "content"
    done = run_cell(colab, folder, EMOTION_CLONE_URL=remote)
    found = f"helpers: {folder}/emotion-notebooks/helpers/runtime.py"
    assert found in done.stdout, done.stdout + done.stderr
    assert "Installing what Colab lacks" in done.stdout
    assert version_of(colab, "beta") == "1.0"
    assert [path.name for path in folder.iterdir()] == ["emotion-notebooks"]

    began = time.monotonic()
    second = run_cell(colab, folder, EMOTION_CLONE_URL="file:///nowhere")
    assert time.monotonic() - began < 10, "5 s are promised; tests share their cores"
    assert found in second.stdout
    assert "Installing" not in second.stdout


def test_the_cell_mounts_drive_only_for_data_on_it(run_cell, remote, colab, tmp_path):
    folder = tmp_path / "content"
    assert "mounted" not in run_cell(colab, folder, EMOTION_CLONE_URL=remote).stdout
    done = run_cell(colab, folder, data_root="/content/drive/MyDrive/corpora")
    assert "mounted /content/drive\n" in done.stdout


def test_the_cell_says_so_when_the_set_up_failed(run_cell, remote, checkout, colab, tmp_path):
    (checkout / "requirements.txt").write_text("nowhere-to-be-had>=1\n")
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *who, "commit", "-qam", "worse"], cwd=checkout, check=True)
    done = run_cell(colab, tmp_path / "content", EMOTION_CLONE_URL=remote)
    assert "nowhere-to-be-had" in done.stdout + done.stderr
    assert "The set-up failed" in done.stdout + done.stderr
    assert "helpers:" not in done.stdout


def test_the_cell_says_what_to_do_outside_colab_and_outside_a_checkout(run_cell, tmp_path):
    done = run_cell(sys.executable, tmp_path / "elsewhere")
    assert "open this notebook inside a clone" in done.stdout + done.stderr
    assert "helpers:" not in done.stdout


def test_the_cell_takes_the_checkout_it_is_in_and_is_quiet(run_cell, checkout):
    done = run_cell(sys.executable, checkout / "notebooks")
    assert done.stdout == f"helpers: {checkout}/helpers/runtime.py\n", done.stderr


def test_the_cell_is_short_and_names_the_repository_of_the_badges():
    cell = set_up_cell()
    assert len(cell.splitlines()) <= 25
    (repository,) = re.findall(r"https://github\.com/([\w.-]+/[\w.-]+)", cell)
    pages = [source.path for source in find_sources(notebooks_folder())] + [*ROOT.glob("*.md")]
    badges = [
        address
        for page in pages
        for address in re.findall(
            r"colab\.research\.google\.com/github/([\w.-]+/[\w.-]+)/", page.read_text("utf-8")
        )
    ]
    assert len(badges) >= len(find_sources(notebooks_folder()))
    assert set(badges) == {repository}
