"""The lab editions: tasks without answers, made from the notebooks' own sources."""

import ast
import re

import nbformat
import pytest

from helpers.series import __main__ as command
from helpers.series.build import build
from helpers.series.check import check
from helpers.series.labs.exercises import (
    lab_edition,
    lab_path,
    lab_text,
    tasks,
    write_exercises,
)
from helpers.series.labs.grade import grade, run_lab
from helpers.series.sources import SeriesError, find_sources, notebooks_folder, read_source, tags

SOURCES = [source for source in find_sources(notebooks_folder()) if tasks(source)]
every_lab = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)

TEXT = """\
# %% [markdown]
# [![Open in Colab](badge)](https://colab.example/blob/main/notebooks/01_small.ipynb)

# %% [markdown]
# # 01 · A small one

# %% tags=["parameters"]
EPOCHS: int = 2  # how long
RESULTS_ROOT: str = ""  # where results go

# %% tags=["lab"]
from helpers.series.labs import verdict as checks

# %%
people = [("train", 1), ("train", 2), ("test", 2), ("test", 3)]

# %% [markdown] tags=["lab"]
# ### Task 1 · Who is in both?

# %% tags=["nbval-ignore-output"]
train, test = ({who for split, who in people if split == name} for name in ("train", "test"))
### BEGIN SOLUTION: in_both, a set of people
in_both = train & test
### END SOLUTION
len(in_both)

# %% tags=["lab"]
checks.expect(in_both == {2}, "Somebody else is in both.")

# %% [markdown] tags=["full"]
# Person 2 is in both.

# %% [markdown] tags=["lab"]
# ### Task 2 · A function


# %%
def doubled(x):
    ### BEGIN SOLUTION: twice "x"
    return 2 * x
    ### END SOLUTION


# %% tags=["lab"]
assert doubled(3) == 6  # stands for a call of checks.something

# %% [markdown]
# [Next](02_x.ipynb), (/blob/main/notebooks/02_x.ipynb)
"""


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(notebooks_folder().parent))
    (tmp_path / "notebooks" / "src").mkdir(parents=True)
    (tmp_path / "notebooks" / "src" / "01_small.py").write_text(TEXT)
    (found,) = find_sources(tmp_path / "notebooks")
    return found


def graded(notebook):
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def folded(cell):
    """Return the solution that a cell shows when it is unfolded, "" for any other cell."""
    code = re.fullmatch(
        r"<details>\n.*\n```python\n(.+)\n```\n\n</details>", cell.source, re.DOTALL
    )
    return code[1] if code else ""


def solved(source):
    """Return a lab edition with its solutions in the place of YOUR CODE HERE, as a student does."""
    notebook = lab_edition(source)
    task = None
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            task = cell
        elif solution := folded(cell):
            place = r" *# YOUR CODE HERE: .*\n *raise NotImplementedError.*"
            task.source = re.sub(place, lambda _, text=solution: text, task.source)
    return notebook


def test_the_full_edition_has_neither_marks_nor_cells_of_the_lab(source):
    cells = read_source(source).cells
    assert [cell.cell_type[0] for cell in cells] == list("mmcccmcm")
    assert cells[4].source.splitlines()[1:] == ["in_both = train & test", "len(in_both)"]
    assert cells[5].source == "Person 2 is in both."
    assert cells[6].source == "def doubled(x):\n    return 2 * x"
    assert [tags(cell) for cell in cells] == [
        [], [], ["parameters"], [], ["nbval-ignore-output"], [], [], [],
    ]  # fmt: skip


def test_marks_and_lab_cells_change_nothing_of_the_full_edition(source):
    marked = read_source(source)
    plain = re.sub(r"\n# %%[^\n]*\"lab\".*?(?=\n# %%|\Z)", "", TEXT, flags=re.DOTALL)
    plain = re.sub(r"\n *### (BEGIN|END)[^\n]*", "", plain).replace(' tags=["full"]', "")
    assert '"lab"' not in plain and "SOLUTION" not in plain
    source.path.write_text(plain)
    assert read_source(source) == marked


def test_the_lab_edition_has_a_starting_point_in_the_place_of_each_solution(source):
    notebook = lab_edition(source)
    nbformat.validate(notebook)
    cells = graded(notebook)
    assert list(cells) == ["01-task-1", "01-check-1", "01-task-2", "01-check-2"]
    assert cells["01-task-2"].source == (
        "def doubled(x):\n"
        '    # YOUR CODE HERE: twice "x"\n'
        '    raise NotImplementedError("Start here: twice \\"x\\"")'
    )
    assert "Person 2" not in lab_text(notebook)
    assert dict(cells["01-check-1"].metadata.nbgrader) == {
        "grade": True,
        "grade_id": "01-check-1",
        "locked": True,
        "points": 1,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    assert cells["01-task-1"].metadata.nbgrader.solution
    assert notebook.cells[0].source.endswith("/notebooks/exercises/01_small.ipynb)")
    assert notebook.cells[-1].source.endswith(
        "[Next](02_x.ipynb), (/blob/main/notebooks/exercises/02_x.ipynb)"
    )
    assert "2 tasks" in notebook.cells[2].source
    assert tags(notebook.cells[3]) == ["parameters"]
    assert not any("lab" in tags(cell) for cell in notebook.cells)


def test_a_solution_is_folded_below_its_check_and_makes_the_cell_of_the_full_edition(source):
    cells = lab_edition(source).cells
    places = [index for index, cell in enumerate(cells) if folded(cell)]
    before = [cells[index - 1].metadata.nbgrader.grade_id for index in places]
    assert before == ["01-check-1", "01-check-2"]
    assert [folded(cells[index]) for index in places] == [
        "in_both = train & test",
        "    return 2 * x",
    ]
    full = {cell.source for cell in read_source(source).cells}
    for cell in solved(source).cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            assert cell.source in full


def test_a_source_without_tasks_has_no_lab_edition(source):
    source.path.write_text("# %% [markdown]\n# # 01 · Nothing to do\n")
    assert write_exercises(source) is None
    assert not lab_path(source).exists()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("### Task 1 ·", "### Question ·", "Task 1 ·"),
        ("checks.expect(", "print(", "calls helpers.series.labs"),
        (": in_both, a set of people", "", "what is to be written"),
        ("    ### END SOLUTION", "", "END SOLUTION is missing"),
        ("in_both = train & test", "### BEGIN SOLUTION: again\n1", "a mark is missing"),
        ("len(in_both)", "### BEGIN SOLUTION: more\n1\n### END SOLUTION", "one pair of marks"),
    ],
)
def test_an_unfinished_task_is_named(source, old, new, message):
    assert old in TEXT
    source.path.write_text(TEXT.replace(old, new))
    with pytest.raises(SeriesError, match=f"(?s)01_small.*{re.escape(message)}"):
        lab_edition(source)
    assert any(message in problem for problem in check(source))


def test_a_stale_lab_edition_is_found(source):
    build(source)
    assert check(source) == ["stale lab edition; type: python -m helpers.series exercises 01"]
    path = write_exercises(source)
    assert check(source) == []
    path.write_text(path.read_text().replace("Task 2", "Task two"))
    assert len(check(source)) == 1


def submit(folder, name, notebook):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, folder / name)


def test_grading_takes_the_students_cells_and_nothing_else(source, tmp_path):
    """A changed check gives no points, and one failure does not hide what comes after it."""
    folder = tmp_path / "class"
    submit(folder, "ana/lab.ipynb", solved(source))
    submit(folder, "ben.ipynb", lab_edition(source))
    cheating = lab_edition(source)
    cells = graded(cheating)
    cells["01-task-1"].source = cells["01-task-1"].source.split("\n")[0] + "\nin_both = {1, 2}"
    cells["01-check-1"].source = "'checks.expect says right'"
    cells["01-task-2"].source = "def doubled(x):\n    return x + x"
    submit(folder, "cleo.ipynb", cheating)
    (folder / "dan.ipynb").write_text("{")
    submit(folder, "eva.ipynb", nbformat.v4.new_notebook())
    submit(folder, ".ipynb_checkpoints/ana.ipynb", solved(source))
    table = grade(folder, notebooks=source.built.parent).set_index("submission")
    assert list(table.index) == ["ana/lab", "ben", "cleo", "dan", "eva"]
    assert table["right"].to_dict() == {"ana/lab": 2, "ben": 0, "cleo": 1, "dan": 0, "eva": 0}
    said = table["what is the matter"]
    assert said["ana/lab"] == ""
    assert said["ben"] == "1: empty; 2: empty"
    assert said["cleo"].startswith("1: ") and "2:" not in said["cleo"]
    assert said["dan"].startswith("not a notebook")
    assert said["eva"] == "holds no task of a lab edition"
    assert sorted(path.name for path in source.built.parent.rglob("*")) == [
        "01_small.py",
        "exercises",
        "src",
    ]


def test_a_folder_without_notebooks_is_an_error_of_the_command(tmp_path, capsys):
    assert command.main(["grade", str(tmp_path)]) == 2
    assert "No .ipynb in" in capsys.readouterr().out


# The lab editions of the series.


@every_lab
def test_a_lab_has_two_to_four_tasks_and_is_in_step_with_its_source(source):
    assert 2 <= len(tasks(source)) <= 4
    assert lab_path(source).read_text(encoding="utf-8") == lab_text(lab_edition(source)), (
        f"type: python -m helpers.series exercises {source.number}"
    )


@every_lab
def test_solutions_are_nowhere_in_a_lab_but_folded_away(source):
    """A line is distinctive if nothing but the solution has it."""
    notebook = nbformat.read(lab_path(source), as_version=4)
    said = "\n".join(cell.source for cell in notebook.cells if not folded(cell))
    lines = source.path.read_text(encoding="utf-8").split("\n")
    solutions = [line.strip() for _, solution in tasks(source) for line in solution]
    for _, solution in tasks(source):
        own = {line.strip() for line in solution if re.search(r"\w{2}", line)}
        distinctive = {line for line in own if solutions.count(line) == _count(lines, line)}
        assert distinctive, f"nothing in {solution} is the solution's own"
        for line in distinctive:
            assert line not in said


def _count(lines, wanted):
    return sum(line.strip() == wanted for line in lines)


@every_lab
def test_a_lab_has_no_outputs_and_nothing_but_what_grading_needs(source):
    notebook = nbformat.read(lab_path(source), as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "nbgrader", "cellView", "jupyter"}
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None
        assert "SOLUTION" not in cell.source


def test_every_lab_edition_has_a_source():
    kept = {path.name for path in (notebooks_folder() / "exercises").glob("*.ipynb")}
    assert kept == {f"{source.name}.ipynb" for source in SOURCES}


def test_an_open_lab_stops_at_its_first_task(source):
    """Run all, as in Jupyter and Colab: the first error ends it."""
    ran = run_lab(lab_edition(source), lab_path(source).parent, to_the_end=False)
    assert [cell.metadata.nbgrader.grade_id for cell, _ in failures(ran)] == ["01-task-1"]


def failures(notebook):
    return [
        (cell, output)
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]


def first_open_then_solved(source):
    """Return a lab edition in which every task and its check stand open before they are solved."""
    notebook, given = solved(source), graded(lab_edition(source))
    cells = []
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if "-task-" in name:
            for kind in ("task", "check"):
                still_open = nbformat.from_dict(given[name.replace("task", kind)])
                still_open.id = f"open-{name}-{kind}"
                cells.append(still_open)
        cells.append(cell)
        if "-check-" in name:
            end = len(cells)
    notebook.cells = leading_to_the_labs_own(cells[:end])
    return notebook


def leading_to_the_labs_own(cells):
    """Return the cells that guess, ask and check, and those that make or change what they need.

    The others are those of the full edition, which nbval runs.
    """
    kept, needed = [], {"checks", "guesses", "pairs"}
    for cell in reversed([cell for cell in cells if cell.cell_type == "code"]):
        tree = ast.parse(cell.source)
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        own = {"checks", "guesses", "pairs"} & used or "nbgrader" in cell.metadata
        first = {"parameters", "setup"} & set(tags(cell))
        if own or first or made_or_changed(tree) & needed:
            kept.append(cell)
            needed |= used
    return kept[::-1]


def made_or_changed(tree):
    """Return the names that a cell assigns, defines, imports, or calls for an effect on them."""
    made = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            made.add(node.name)
        elif isinstance(node, ast.alias):
            made.add(node.asname or node.name)
        elif isinstance(getattr(node, "ctx", None), ast.Store):
            made.add(ast.unparse(node).split(".")[0].split("[")[0])
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            made.add(ast.unparse(node.value.func).split(".")[0])
    return made


@pytest.mark.slow
@every_lab
def test_open_tasks_say_where_to_start_and_solved_ones_are_right(source, demo_root):
    """One execution of each lab: every task left open, then with its solution put back."""
    ran = run_lab(first_open_then_solved(source), lab_path(source).parent)
    stopped = {}
    for cell, error in failures(ran):
        assert cell.id.startswith("open-"), f"{cell.source}\n{error.ename}: {error.evalue}"
        stopped.setdefault(cell.metadata.nbgrader.grade_id[-1], error)  # Run all ends at the first
    assert len(stopped) == len(tasks(source))
    for error in stopped.values():
        if error.ename == "NotYet":
            assert error.traceback == [f"Not yet: {error.evalue}"]
            assert "start in the cell above, at YOUR CODE HERE" in error.evalue
        else:
            assert (error.ename, error.evalue[:11]) == ("NotImplementedError", "Start here:")
    verdicts = [
        cell.outputs[-1].data["text/plain"]
        for cell in ran.cells
        if "-check-" in cell.metadata.get("nbgrader", {}).get("grade_id", "")
        and not cell.id.startswith("open-")
    ]
    assert len(verdicts) == len(tasks(source))
    assert all(verdict.startswith("Right. ") for verdict in verdicts)
