"""Comparing outputs: what may differ and what may not, also through nbval itself."""

import shutil
import subprocess
import sys

import joblib
import nbformat
import pytest
from hypothesis import given, strategies as st

from helpers.paths import repository_root
from helpers.series.build import build
from helpers.series.outputs import are_close
from helpers.series.sources import find_sources


@pytest.mark.parametrize(
    ("new", "saved"),
    [
        ("0.1234", "0.1235"),
        ("98.1 %", "98.2 %"),
        ("-0.00", "0.00"),
        ("1.2345678", "1.2345699"),
        ("It is 0.75.", "It is 0.75."),
    ],
)
def test_close_decimals_pass(new, saved):
    assert are_close(new, saved)


@pytest.mark.parametrize(
    ("new", "saved"),
    [
        ("n = 12", "n = 13"),
        ("0.71", "0.77"),
        ("71.0 %", "77.0 %"),
        ("accuracy 0.71", "recall 0.71"),
        ("0.71 0.72", "0.71"),
        ("0.71", "1"),
        ("version 2.21.0", "version 2.21.1"),
        ("a1.5b", "a1.6b"),
        ("learning rate 0.001", "learning rate 0.002"),
        ("learning rate 1e-05", "learning rate 1e-04"),
        ("0.25", "0.26"),
        ("0.3936", "0.3947"),
        ("[1, 2]", "[1, 3]"),
    ],
)
def test_all_else_does_not(new, saved):
    assert not are_close(new, saved)


@given(st.text(), st.integers(), st.integers())
def test_a_changed_integer_never_passes(text, one, other):
    assert are_close(f"{text} {one} end", f"{text} {other} end") == (one == other)


TEXT = """\
# %% tags=["parameters"]
VALUE: float = 0.7123456789
COUNT: int = 12

# %%
print("loss", VALUE, "of", COUNT)

# %%
{"rate": VALUE}

# %%
COUNT

# %%
import os
from pathlib import Path

folder = Path(os.environ["EMOTION_RESULTS_ROOT"])
(folder / "demo" / "written").parent.mkdir(exist_ok=True)
_ = (folder / "demo" / "written").write_text("x")
"""


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_RESULTS_ROOT", str(tmp_path / "results"))
    (tmp_path / "results").mkdir()
    (tmp_path / "notebooks" / "src").mkdir(parents=True)
    (tmp_path / "notebooks" / "src" / "01_small.py").write_text(TEXT)
    shutil.copy(repository_root() / "notebooks" / "conftest.py", tmp_path / "notebooks")
    (source,) = find_sources(tmp_path / "notebooks")
    return build(source)


def nbval(notebooks, *options):
    folder = notebooks if notebooks.is_dir() else notebooks.parent
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-q", *options]
    options = ["-p", "no:cacheprovider", f"--rootdir={folder}", str(notebooks)]
    done = subprocess.run(
        [*command, *options], cwd=repository_root(), capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def edit(notebook, cell, old, new):
    book = nbformat.read(notebook, as_version=4)
    for output in book.cells[cell].outputs:
        if "text" in output:
            output.text = output.text.replace(old, new)
        for mime in output.get("data", {}):
            output.data[mime] = output.data[mime].replace(old, new)
    nbformat.write(book, notebook)


def test_nbval_lets_close_decimals_pass(notebook, tmp_path):
    edit(notebook, 1, "0.7123456789", "0.712345679")
    edit(notebook, 2, "0.7123456789", "0.712345679")
    (tmp_path / "results" / "demo" / "written").unlink()
    code, text = nbval(notebook)
    assert code == 0, text
    assert "5 passed" in text
    # What the notebook wrote went elsewhere.
    assert not (tmp_path / "results" / "demo" / "written").exists()


def test_nbval_fails_on_far_decimals_and_changed_integers(notebook):
    edit(notebook, 1, "0.7123456789", "0.77")
    edit(notebook, 2, "0.7123456789", "0.72")
    edit(notebook, 3, "12", "13")
    code, text = nbval(notebook)
    assert code == 1, text
    assert "3 failed, 2 passed" in text


TIED = """\
# %% tags=["nbval-ignore-output"]
import os
from pathlib import Path

log = Path(os.environ["NBVAL_LOG"])
with log.open("a") as file:
    worker, threads = (os.environ[key] for key in ("PYTEST_XDIST_WORKER", "OMP_NUM_THREADS"))
    file.write(f"{name}{step} {worker} {threads}\\n")
"""


def test_two_workers_execute_notebooks_that_build_on_each_other_in_order(tmp_path, monkeypatch):
    folder, log = tmp_path / "notebooks", tmp_path / "log"
    (folder / "src").mkdir(parents=True)
    shutil.copy(repository_root() / "notebooks" / "conftest.py", folder)
    for number in ("03", "04", "06", "08"):
        steps = [TIED.replace("{name}", number).replace("{step}", step) for step in "abc"]
        notebook = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, steps)])
        for cell in notebook.cells:
            cell.metadata["tags"] = ["nbval-ignore-output"]
        nbformat.write(notebook, folder / f"{number}_small.ipynb")
    monkeypatch.setenv("NBVAL_LOG", str(log))
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("LOKY_MAX_CPU_COUNT", raising=False)
    code, text = nbval(folder, "-n", "2")
    assert code == 0, text
    ran = [line.split() for line in log.read_text().splitlines()]
    order = [name for name, *_ in ran]
    assert sorted(order) == [number + step for number in ("03", "04", "06", "08") for step in "abc"]
    for above, below in (("04", "03"), ("08", "04"), ("08", "06")):
        assert order.index(f"{below}b") < order.index(f"{above}a")  # all but the last cell
    worker = {name: worker for name, worker, _ in ran}
    assert all(worker[f"{number}a"] == worker[f"{number}c"] for number in ("03", "06", "08"))
    assert worker["03a"] != worker["06a"]
    assert {threads for *_, threads in ran} == {str(max(1, joblib.cpu_count() // 2))}
