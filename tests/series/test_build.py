"""``series build`` and ``series check`` on hand-made notebooks."""

import io
import json

import nbformat
import pytest

from helpers.series.build import build, build_all
from helpers.series.check import check, taught_lines
from helpers.series.console import make_console
from helpers.series.sources import SeriesError, find_sources, read_source, title_of

TEXT = """\
# %% [markdown]
# # 01 · A small one
#
# What is it?

# %% tags=["parameters"]
EPOCHS: int = 2  # how long

# %%
from pathlib import Path

for epoch in range(EPOCHS):
    print(epoch)

# %%

# %%
Path.cwd().name
"""


@pytest.fixture
def source(tmp_path):
    (tmp_path / "notebooks" / "src").mkdir(parents=True)
    (tmp_path / "notebooks" / "src" / "01_small.py").write_text(TEXT)
    (found,) = find_sources(tmp_path / "notebooks")
    return found


@pytest.fixture(scope="module")
def built_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built") / "notebooks"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "01_small.py").write_text(TEXT)
    (found,) = find_sources(folder)
    return build(found).read_text()


@pytest.fixture
def built(source, built_once):
    """The source with its notebook."""
    source.built.write_text(built_once)
    return source


def change(source, edit):
    """Edit the built notebook."""
    notebook = nbformat.read(source.built, as_version=4)
    edit(notebook)
    nbformat.write(notebook, source.built)


def test_a_built_notebook_is_executed_and_carries_nothing_else(source):
    path = build(source)
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, None, 3]
    assert code[1].outputs[0].text == "0\n1\n"
    assert code[3].outputs[0].data == {"text/plain": "'notebooks'"}
    assert notebook.metadata == {
        "accelerator": "GPU",
        "colab": {"gpuType": "T4", "toc_visible": True},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert [dict(cell.metadata) for cell in notebook.cells] == [
        {},
        {"tags": ["parameters"]},
        {},
        {},
        {},
    ]
    assert check(source) == []


def test_the_seconds_of_each_section_are_kept_beside_the_results(source, tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_RESULTS_ROOT", str(tmp_path / "results"))
    build(source)
    assert not (tmp_path / "results").exists()  # nothing is written where nothing was saved
    (tmp_path / "results" / "demo" / "01_small").mkdir(parents=True)
    slow = (
        "\n# %% [markdown]\n# ## Train: slowly\n\n# %%\nimport time\n\ntime.sleep(1)\n\n# %%\n1\n"
    )
    source.path.write_text(TEXT + slow)
    notebook = nbformat.read(build(source), as_version=4)
    assert all("execution" not in cell.metadata for cell in notebook.cells)
    seconds = json.loads((tmp_path / "results/demo/01_small/sections.json").read_text())
    assert list(seconds) == ["Train: slowly"]
    assert 1 <= seconds["Train: slowly"] < 3


def test_two_builds_are_the_same_bytes(source, built_once):
    assert build(source).read_text() == built_once


def test_an_edit_changes_the_id_of_its_own_cell_alone(source):
    before = [cell.id for cell in read_source(source).cells]
    source.path.write_text(TEXT.replace("print(epoch)", "print(epoch + 1)"))
    after = [cell.id for cell in read_source(source).cells]
    assert [old == new for old, new in zip(before, after, strict=True)] == [
        True,
        True,
        False,
        True,
        True,
    ]
    source.path.write_text(TEXT + "\n# %%\n1\n\n# %%\n1\n")
    ids = [cell.id for cell in read_source(source).cells]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("{}['key']", r"(?s)01_small was not built: cell 6: KeyError: 'key'\n.*Traceback"),
        ("import os\nos._exit(9)", r"01_small was not built: DeadKernelError: Kernel died$"),
    ],
)
def test_a_failing_cell_keeps_the_notebook_as_it_was(built, built_once, cell, message):
    built.path.write_text(f"{TEXT}\n# %%\n{cell}\n")
    with pytest.raises(SeriesError, match=message):
        build(built)
    assert built.built.read_text() == built_once
    assert sorted(path.name for path in built.built.parent.iterdir()) == ["01_small.ipynb", "src"]


def test_several_are_built_at_once_and_a_failure_is_told(source):
    (source.built.parent / "src" / "03_other.py").write_text(TEXT + "\n# %%\n1 / 0\n")
    stream = io.StringIO()
    assert build_all(find_sources(source.built.parent), make_console(stream), 2) == 1
    assert source.built.exists() and not (source.built.parent / "03_other.ipynb").exists()
    assert "2 at a time" in stream.getvalue()
    assert "[2/2] 03_other  failed" in stream.getvalue()
    assert "ZeroDivisionError" in stream.getvalue()


def test_widgets_are_left_out_and_their_text_stays(source):
    widget = """
# %%
from IPython.display import display

mime = "application/vnd.jupyter.widget-view+json"
display({mime: {"model_id": "1"}, "text/plain": "a bar"}, raw=True)
"""
    source.path.write_text(TEXT + widget)
    build(source)
    output = nbformat.read(source.built, as_version=4).cells[-1].outputs[0]
    assert dict(output.data) == {"text/plain": "a bar"}
    assert check(source) == []


def test_a_notebook_that_is_missing_or_damaged_is_named(source):
    assert check(source) == ["not built; type: python -m helpers.series build 01"]
    source.built.write_text("{")
    (problem,) = check(source)
    assert problem.startswith("not a notebook")


def swap_counts(notebook):
    notebook.cells[1].execution_count, notebook.cells[2].execution_count = 2, 1


def add_error(notebook):
    notebook.cells[2].outputs = [
        nbformat.v4.new_output("error", ename="KeyError", evalue="'a'", traceback=[])
    ]


def add_widget(notebook):
    notebook.metadata["widgets"] = {"state": {}}


def add_papermill(notebook):
    notebook.cells[0].metadata["papermill"] = {"duration": 1}


def add_text(text, name="stdout"):
    def edit(notebook):
        notebook.cells[2].outputs = [nbformat.v4.new_output("stream", name=name, text=text)]

    return edit


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda notebook: notebook.cells[2].update(source="1"), "stale"),
        (lambda notebook: notebook.cells[1].metadata.update(tags=[]), "stale"),
        (lambda notebook: notebook.cells.pop(), "stale"),
        (lambda notebook: notebook.cells[1].update(execution_count=None), "1 of 3 code cells"),
        (swap_counts, "out of order"),
        (add_error, "KeyError: 'a'"),
        (add_widget, "widget"),
        (add_papermill, "papermill"),
        (add_text("Warning: old\n", "stderr"), "standard error ('Warning: old')"),
        (add_text("x" * 1_000_000), "1.0 MB, at most 1"),
    ],
)
def test_each_fault_of_a_built_notebook_is_found(built, edit, message):
    change(built, edit)
    (problem,) = check(built)
    assert message in problem


@pytest.mark.parametrize(
    ("said", "seconds", "problem"),
    [
        ("About 4 minutes", 240, ""),
        ("About 4 minutes", 350, ""),
        ("About 4 minutes", 165, ""),
        ("About 4 minutes on two cores", 366, "took 6.1: write 'About 6 minutes'"),
        ("About 4 minutes", 150, "took 2.5: write 'About 2 minutes'"),
        ("About a minute", 31, ""),
        ("About a minute", 20, "write 'About half a minute'"),
        ("About half a minute", 3, ""),
        ("About 2.5 minutes", 160, ""),
        ("Under a minute", 14, ""),
        ("Under a minute", 61, "took 1.0: write 'About a minute'"),
        ("Not long", 200, "does not say how long it takes: write 'About 3 minutes'"),
        ("Not long", None, ""),
    ],
)
def test_minutes_promised_are_those_of_the_saved_run(source, said, seconds, problem):
    source.path.write_text(TEXT.replace("What is it?", f"What is it?\n#\n# {said}."))
    if seconds is not None:
        folder = source.path.parents[2] / "results" / "demo" / "01_small"
        folder.mkdir(parents=True)
        (folder / "metrics.json").write_text(json.dumps({"schema": 1, "seconds": seconds}))
    found = [text for text in check(source) if "not built" not in text]
    assert len(found) == bool(problem)
    assert all(problem in text for text in found)


STATED = """
[01_small]
sentence = "It counts."
figure = "counts"
[01_small.parts.all]
name = "counted"
control = "not counted"
test = "at_least"
value = 0.5
samples = 2
"""


@pytest.mark.parametrize(
    ("saved", "problem"),
    [
        (None, "Run the notebook first"),
        ({}, "judged no claim"),
        ({"sentence": "It counts.", "seed": 0, "seeds": {"0": {"failed": []}}}, ""),
        (
            {
                "sentence": "It counts.",
                "seed": 0,
                "seeds": {"0": {"failed": []}, "3": {"failed": ["counted"]}},
            },
            "3",
        ),
        ({"sentence": "It adds.", "seeds": {"0": {"failed": []}}}, "another claim"),
    ],
)
def test_the_saved_run_bears_out_what_is_claimed(built, saved, problem):
    (built.path.parent / "claims.toml").write_text(STATED)
    if saved is not None:
        folder = built.path.parents[2] / "results" / "demo" / "01_small"
        folder.mkdir(parents=True)
        (folder / "metrics.json").write_text(
            json.dumps({"schema": 1, "seconds": 9, "claim": saved})
        )
    found = [text for text in check(built) if "how long" not in text]
    assert len(found) == bool(problem) and all(problem in text for text in found)


def test_a_path_of_this_machine_is_found(built):
    change(built, add_text(f"saved in {built.built.parent.parent}/results"))
    assert check(built) == ["names a folder of this machine: show names, not paths"]


def test_limits_count_lines_of_code_and_cells(source):
    long_cell = "\n# %%\nfirst = 1\n" + "value = 1\n" * 20 + "\n\n"
    source.path.write_text(TEXT + long_cell)
    assert any("a cell of 21 lines, at most 20" in problem for problem in check(source))
    assert any("split 'first = 1'" in problem for problem in check(source))
    assert not any("median" in problem for problem in check(source))
    source.path.write_text(TEXT + long_cell.replace("%%", '%% tags=["setup"]'))
    assert not any("a cell of" in problem for problem in check(source))
    source.path.write_text(TEXT + "\n# %%\n1\n2\n3\n\n4\n5\n6\n7\n" * 9)
    assert any("median of 7 lines a code cell, at most 6" in problem for problem in check(source))
    source.path.write_text(TEXT + "\n# %%\n1\n2\n3\n4\n5\n" * 60)
    problems = "\n".join(check(source))
    assert "65 cells, at most 45" in problems
    assert "lines of code, at most 300" in problems
    assert taught_lines(read_source(source)) > 300


def test_sources_are_found_by_number_and_name(source):
    folder = source.built.parent
    (folder / "src" / "02_other.py").write_text(TEXT)
    (folder / "src" / "notes.py").write_text("")
    names = [found.name for found in find_sources(folder)]
    assert names == ["01_small", "02_other"]
    assert [found.name for found in find_sources(folder, ["2"])] == ["02_other"]
    assert [found.name for found in find_sources(folder, ["02_other", "01"])] == names
    with pytest.raises(SeriesError, match="No notebook 09 .*there are: 01_small, 02_other"):
        find_sources(folder, ["9"])
    assert title_of(read_source(source)) == "01 · A small one"
