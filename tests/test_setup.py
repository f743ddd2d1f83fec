"""colab_setup.sh and the set-up cell, in small checkouts with small packages made here."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import sysconfig
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
    scripts = f"{name.replace('-', '_')}-{package.version}.data/scripts"
    with zipfile.ZipFile(folder / called, "w") as wheel:
        for path in package.files:
            inside = f"{scripts}/{path.name}" if path.parts[0] == ".." else str(path)
            # A wheel has no INSTALLER: what installs it writes that.
            if path.suffix != ".pyc" and path.name != "INSTALLER":
                wheel.write(path.locate(), inside)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheels")
    versions = (("alpha", "1.0"), ("alpha", "2.0"), ("delta", "1.0"), ("epsilon", "1.0"))
    for name, version in versions:
        make_wheel(folder, name, version)
    make_wheel(folder, "beta", "1.0", needs="delta")
    wheel_of_installed(folder, "packaging")
    return folder


@pytest.fixture
def checkout(tmp_path):
    """Return a checkout with little to install."""
    folder = tmp_path / "checkout"
    kept = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "helpers" / "runtime", folder / "helpers" / "runtime", ignore=kept)
    (folder / "notebooks").mkdir()
    for name in (SCRIPT, "helpers/__init__.py"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "requirements.txt").write_text(REQUIREMENTS)
    return folder


@pytest.fixture(scope="module")
def colab_environment(tmp_path_factory, wheels):
    """Return a Python that has this one's packages, alpha 1.0 and Colab's own package."""
    folder = tmp_path_factory.mktemp("colab") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    site = site_of(folder / "bin" / "python")
    here = Path(importlib.metadata.distribution("packaging").locate_file(""))  # pip is there too
    (site / "preinstalled.pth").write_text(f"{here}\n")
    drive = site / "google" / "colab"
    drive.mkdir(parents=True)
    (drive / "__init__.py").touch()
    (drive / "drive.py").write_text("def mount(folder):\n    print('mounted', folder)\n")
    with zipfile.ZipFile(wheels / "alpha-1.0-py3-none-any.whl") as wheel:
        wheel.extractall(site)
    (site / "alpha-1.0.dist-info" / "INSTALLER").write_text("pip\n")
    return folder


@pytest.fixture
def colab(colab_environment):
    """Return Colab's Python as it was before any set-up."""
    python = colab_environment / "bin" / "python"
    for name in ("beta", "delta"):
        for path in site_of(python).glob(f"{name}[.-]*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in colab_environment.glob("emotion-notebooks-setup*"):
        path.unlink()
    return python


@pytest.fixture
def installer(request, tmp_path):
    """Return a folder for the front of the PATH: with uv, or with one that does not run."""
    folder = tmp_path / "path"
    folder.mkdir()
    if request.param == "uv":
        path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
        uv = shutil.which("uv", path=path) or pytest.skip("no uv here; colab_setup.sh brings one")
        (folder / "uv").symlink_to(uv)
    else:
        (folder / "uv").write_text("#!/bin/sh\nexit 1\n")
        (folder / "uv").chmod(0o755)
    return folder


with_each_installer = pytest.mark.parametrize("installer", ["uv", "pip"], indirect=True)
with_uv = pytest.mark.parametrize("installer", ["uv"], indirect=True)


def environment_for(wheels, **variables):
    """Return an environment without this one's settings, in which packages come from wheels.

    A HOME among the variables has settings that say so; else variables do.
    """
    own = ("PIP_", "UV_", "XDG_", "PYTHON", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    given = {name: str(value) for name, value in variables.items()}
    return kept | ({} if "HOME" in given else pip) | given


def on_path(folder):
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def set_up(checkout, wheels, *arguments, **variables):
    return subprocess.run(
        ["bash", checkout / SCRIPT, *arguments],
        env=environment_for(wheels, **variables),
        capture_output=True,
        text=True,
        check=False,
    )


def version_of(python, module):
    """Return the version of a module made here, "" where it is not there."""
    path = site_of(python) / f"{module}.py"
    return path.read_text().split("'")[1] if path.exists() else ""


def site_of(python):
    return next(python.parents[1].glob("lib/python*/site-packages"))


def half_remove(python, name):
    """Leave a package as an installation does that was killed: uv and pip write INSTALLER last."""
    site = site_of(python)
    (site / f"{name}.py").unlink()
    (site / f"{name}-1.0.dist-info" / "INSTALLER").unlink()


def log_of(state):
    return state.with_name(f"{state.name}.log").read_text()


@pytest.fixture
def settings(tmp_path, wheels):
    """Return a user's settings that say where packages come from, and much that would break it."""
    home = tmp_path / "home"
    (home / ".config" / "uv").mkdir(parents=True)
    (home / ".config" / "pip").mkdir()
    (home / ".config" / "pip" / "pip.conf").write_text(
        f"[global]\nfind-links = {wheels}\nno-index = true\n"
        "require-virtualenv = true\n[install]\nuser = yes\nno-binary = :all:\n"
    )
    (home / ".config" / "uv" / "uv.toml").write_text(
        f'[pip]\ntarget = "{tmp_path}/elsewhere"\nresolution = "lowest"\nno-binary = [":all:"]\n'
    )
    odd = {
        "PIP_PREFIX": tmp_path / "elsewhere",
        "PIP_REQUIRE_VIRTUALENV": 1,
        "PIP_TARGET": tmp_path / "elsewhere",
        "PYTHONDONTWRITEBYTECODE": 1,
        "PYTHONHOME": "/nowhere",
        "PYTHONIOENCODING": "ascii",
        "UV_CONSTRAINT": "/nowhere",
        "UV_NO_BUILD": 1,
        "UV_PYTHON": "/nowhere/python",
        "UV_SYSTEM_PYTHON": 1,
    }
    return {"HOME": home, **odd}


# In Colab


@with_each_installer
def test_in_colab_only_what_is_missing_is_installed_and_what_was_lost_comes_back(
    checkout, wheels, colab, installer, settings
):
    variables = {"PYTHON": colab, **settings, **on_path(installer)}
    state = colab.parents[1] / "emotion-notebooks-setup"
    done = set_up(checkout, wheels, "notebook", **variables)
    assert done.returncode == 0, done.stderr
    assert "Installing what Colab lacks" in done.stdout
    assert version_of(colab, "alpha") == "1.0", "2.0 could be had, but 1.0 was there"
    assert (version_of(colab, "beta"), version_of(colab, "delta")) == ("1.0", "1.0")
    assert not (checkout / ".venv").exists()
    by_uv = "Resolved 2 packages" in log_of(state)
    assert by_uv == ("with pip" not in done.stdout)
    assert by_uv == ((installer / "uv").is_symlink())

    began = time.monotonic()
    again = set_up(checkout, wheels, "notebook", **variables)
    assert time.monotonic() - began < 5
    assert (again.returncode, again.stdout) == (0, "Everything is installed.\n")

    half_remove(colab, "beta")
    assert set_up(checkout, wheels, "notebook", **variables).returncode == 0
    assert version_of(colab, "beta") == "1.0"

    # A set-up that was killed: what it had begun is not believed, also where nobody asks for it.
    state.write_text("unfinished\n")
    for name in ("beta", "delta"):
        half_remove(colab, name)
    assert set_up(checkout, wheels, "notebook", **variables).returncode == 0
    for name in ("alpha", "beta", "delta"):
        assert version_of(colab, name) == "1.0"

    (checkout / "requirements.txt").write_text("alpha>=2\npackaging>=20\n")
    before = state.read_text()
    refused = set_up(checkout, wheels, "notebook", **variables)
    assert refused.returncode == 1
    assert "alpha" in refused.stderr
    assert "type: bash" in refused.stderr
    assert version_of(colab, "alpha") == "1.0"
    assert state.read_text() == before, "nothing was begun, so there is nothing to mend"


def test_in_colab_a_package_that_records_no_installer_is_left_alone(checkout, wheels, colab):
    own = site_of(colab) / "own-1.0.dist-info"
    own.mkdir()
    (own / "METADATA").write_text("Metadata-Version: 2.1\nName: own\nVersion: 1.0\n")
    assert set_up(checkout, wheels, "notebook", PYTHON=colab).returncode == 0
    assert [path.name for path in own.iterdir()] == ["METADATA"]
    shutil.rmtree(own)


# Outside Colab


@with_uv
def test_elsewhere_a_venv_is_made_once_whatever_the_user_has_set(
    checkout, wheels, installer, settings, tmp_path
):
    def call(*arguments, **variables):
        return set_up(checkout, wheels, *arguments, **settings, **on_path(installer), **variables)

    done = call(PYTHON=sys.executable)
    python = checkout / ".venv" / "bin" / "python"
    assert f"Making {checkout}/.venv" in done.stdout
    assert version_of(python, "alpha") == "2.0", done.stdout + done.stderr
    assert "with pip" not in done.stdout
    assert not (tmp_path / "elsewhere").exists()
    assert "fetched when they are first needed" in done.stdout, "weights are no condition"
    assert "[OK]   packages" in done.stdout
    assert "[FAIL] TensorFlow" in done.stdout, "no network in these requirements"
    assert done.returncode == 1
    assert [*(checkout / "helpers").rglob("*.pyc")], "what was imported is compiled once"

    began = time.monotonic()
    again = call("notebook")
    assert time.monotonic() - began < 5
    assert again.stdout == f"Everything is installed in {checkout}/.venv.\n"
    assert again.returncode == 0

    (checkout / "requirements.txt").write_text(REQUIREMENTS + "gamma>=1\n")
    refused = call("notebook")
    assert refused.returncode == 1
    assert "gamma" in refused.stderr
    assert version_of(python, "alpha") == "2.0", "what is there stays"

    (checkout / "requirements.txt").write_text(REQUIREMENTS + "epsilon>=1\n")
    accepted = call("notebook")
    assert "Making" not in accepted.stdout, "nothing had to be made anew"
    assert version_of(python, "epsilon") == "1.0"

    (checkout / ".venv" / "setup-state").write_text("unfinished\n")
    half_remove(python, "beta")
    mended = call("notebook", PYTHON=sys.executable)
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

KERNEL = "import contextlib\nwith contextlib.suppress(ImportError):\n    import google.colab"
"""What Colab's kernel has done before the first cell: its package is loaded."""


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
        script.write_text(f"{KERNEL}\nDATA_ROOT = {data_root!r}\n{set_up_cell()}\n{shown}\n")
        return subprocess.run(
            [python, "-m", "IPython", "--no-banner", "--colors=NoColor", script],
            cwd=folder,
            env=environment_for(wheels, IPYTHONDIR=tmp_path / "ipython", **variables),
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_cell_fetches_the_series_in_colab_once_and_mounts_drive_for_data_on_it(
    run_cell, remote, colab, tmp_path
):
    folder = tmp_path / "content"
    failed = run_cell(colab, folder, EMOTION_CLONE_URL="file:///nowhere")
    assert "Not found and not fetched" in failed.stdout
    assert not [*folder.iterdir()]

    (folder / "emotion-notebooks.1" / ".git").mkdir(parents=True)  # a clone that was killed
    done = run_cell(colab, folder, EMOTION_CLONE_URL=remote)
    found = f"helpers: {folder}/emotion-notebooks/helpers/runtime/__init__.py"
    assert found in done.stdout, done.stdout + done.stderr
    assert "Installing what Colab lacks" in done.stdout
    assert version_of(colab, "beta") == "1.0"
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["emotion-notebooks", "emotion-notebooks.1"]
    assert "mounted" not in done.stdout

    began = time.monotonic()
    on_drive = "/content/drive/MyDrive/corpora"
    second = run_cell(colab, folder, data_root=on_drive, EMOTION_CLONE_URL="file:///nowhere")
    assert time.monotonic() - began < 10, "5 s are promised; tests share their cores"
    assert found in second.stdout
    assert "Installing" not in second.stdout
    assert "mounted /content/drive\n" in second.stdout


def test_the_cell_says_so_when_the_set_up_failed(run_cell, remote, checkout, colab, tmp_path):
    (checkout / "requirements.txt").write_text("nowhere-to-be-had>=1\n")
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *who, "commit", "-qam", "worse"], cwd=checkout, check=True)
    done = run_cell(colab, tmp_path / "content", EMOTION_CLONE_URL=remote)
    assert "nowhere-to-be-had" in done.stdout + done.stderr
    assert "The set-up failed; what it says above is the reason." in done.stdout
    assert "Traceback" not in done.stdout
    assert "helpers:" not in done.stdout


def test_the_cell_says_what_to_do_outside_colab_and_outside_a_checkout(run_cell, tmp_path):
    done = run_cell(sys.executable, tmp_path / "elsewhere")
    assert "open this notebook inside a clone" in done.stdout + done.stderr
    assert "helpers:" not in done.stdout


def test_the_cell_takes_the_checkout_it_is_in_and_is_quiet(run_cell, checkout):
    done = run_cell(sys.executable, checkout / "notebooks")
    assert done.stdout == f"helpers: {checkout}/helpers/runtime/__init__.py\n", done.stderr


def test_the_cell_is_short_and_names_the_repository_of_the_badges():
    cell = set_up_cell()
    assert len(cell.splitlines()) <= 20
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
