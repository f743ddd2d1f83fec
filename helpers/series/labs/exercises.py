"""``series exercises``: the lab edition of a notebook, made from the same source.

A task is a markdown cell that asks (tagged ``lab``), the code cell that it is about, with
``### BEGIN SOLUTION: what is wanted`` and ``### END SOLUTION`` around what a student is to write,
and a code cell (tagged ``lab``) that calls ``series.labs``. The notebook that everybody sees has
neither the ``lab`` cells nor the marks. The lab edition has the solutions folded away below the
checks, and no cells tagged ``full``, which would give them away.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.files import write_text
from helpers.series.build import COLAB
from helpers.series.sources import (
    FULL,
    LAB,
    SOLUTION_MARK,
    SeriesError,
    Source,
    read_as_written,
    tags,
    untag,
    with_ids,
)

_INTRODUCTION = """\
> **Lab edition**, {count} tasks. Run the cells from the top, in order.
> Where a cell says `YOUR CODE HERE`, put your lines in place of that line and the next, and run it.
> Then run the check below it. It says whether the answer is right, and if not, what is the matter.
> What follows a task needs its answer. If you are stuck, unfold the solution below the check.
> Where a cell asks for your guess, type it before you run on; without one nothing is compared."""

_FOLDED = """\
<details>
<summary>Stuck? Show a solution</summary>

These lines go in the place of `YOUR CODE HERE` and the line after it.
Run that cell and its check again, then go on.

```python
{code}
```

</details>"""


def lab_path(source: Source) -> Path:
    """Return where the lab edition of a source is kept."""
    return source.built.parent / "exercises" / source.built.name


def write_exercises(source: Source) -> Path | None:
    """Write :func:`lab_edition` of a source and return its path; None if it has no tasks."""
    notebook = lab_edition(source)
    return write_text(lab_path(source), lab_text(notebook)) if notebook else None


def lab_text(notebook: NotebookNode) -> str:
    """Return the text of a lab edition's file."""
    nbformat.validate(notebook)
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def lab_edition(source: Source) -> NotebookNode | None:
    """Return a source's notebook with tasks in the place of solutions; None if it has no tasks.

    Raises what :func:`tasks` raises.
    """
    notebook = read_as_written(source)
    count = len(tasks(source))
    if not count:
        return None
    notebook.cells = [cell for cell in notebook.cells if FULL not in tags(cell)]
    _add_grading(notebook, source.number)
    _add_solutions(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = "\n".join(_without_solutions(cell.source))
        untag(cell, LAB)
    for cell in (notebook.cells[0], notebook.cells[-1]):  # the badge; the link to the next one
        cell.source = cell.source.replace(
            "/blob/main/notebooks/0", "/blob/main/notebooks/exercises/0"
        )
    introduction = nbformat.v4.new_markdown_cell(_INTRODUCTION.format(count=count))
    notebook.cells.insert(2, introduction)
    notebook.metadata.update(COLAB)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return with_ids(notebook)


def tasks(source: Source) -> list[tuple[NotebookNode, list[str]]]:
    """Return the cells that are tasks, as they were written, each with its solution's lines.

    Raises
    ------
    SeriesError
        If a task lacks its question, its hint, its check or one of its marks.
    """
    cells = [cell for cell in read_as_written(source).cells if FULL not in tags(cell)]
    found = []
    for index, cell in enumerate(cells):
        solution = [*_solution(cell.source)] if cell.cell_type == "code" else []
        if not solution:
            continue
        number = len(found) + 1
        where = f"{source.path}, task {number} ({solution[0].strip()!r})"
        question, check = cells[index - 1], cells[index + 1]
        if LAB not in tags(question) or not question.source.startswith(f"### Task {number} · "):
            raise SeriesError(f"{where}: before it should be a cell '### Task {number} · …'.")
        if LAB not in tags(check) or "checks." not in check.source:
            raise SeriesError(f"{where}: after it should be a cell that calls helpers.series.labs.")
        if sum("YOUR CODE HERE" in line for line in _without_solutions(cell.source, where)) > 1:
            raise SeriesError(f"{where}: one pair of marks, so that one solution can be shown.")
        found.append((cell, solution))
    return found


def task_titles(source: Source) -> list[str]:
    """Return what the tasks of a source are called, in order."""
    heading = re.compile(r"### Task \d+ · (.+)")
    cells = [cell for cell in read_as_written(source).cells if LAB in tags(cell)]
    return [match[1] for cell in cells if (match := heading.match(cell.source))]


def grade_id(number: str, task: int, kind: str) -> str:
    """Return the name by which a task's cell or its check is found: ``01-task-2``."""
    return f"{number}-{kind}-{task}"


def _add_grading(notebook: NotebookNode, number: str) -> None:
    """Say in nbgrader's words which cells are to be written and which give a point, in place."""
    task = 0
    for cell in notebook.cells:
        is_task = cell.cell_type == "code" and any(_solution(cell.source))
        task += is_task
        if is_task or (LAB in tags(cell) and "checks." in cell.source):
            cell.metadata["nbgrader"] = NotebookNode(
                grade=not is_task,
                grade_id=grade_id(number, task, "task" if is_task else "check"),
                locked=not is_task,
                schema_version=3,
                solution=is_task,
                task=False,
                **({} if is_task else {"points": 1}),
            )


def _add_solutions(notebook: NotebookNode) -> None:
    """Put the solution of each task, folded, below the cell that checks it, in place."""
    cells, solution = [], ""
    for cell in notebook.cells:
        cells.append(cell)
        kind = cell.metadata.get("nbgrader", {})
        if kind.get("solution"):
            solution = _FOLDED.format(code="\n".join(_solution(cell.source)))
        elif kind.get("grade"):
            cells.append(nbformat.v4.new_markdown_cell(solution))
    notebook.cells = cells


def _solution(text: str) -> Iterator[str]:
    """Yield the lines between marks."""
    inside = False
    for line in text.split("\n"):
        match = SOLUTION_MARK.match(line)
        if match:
            inside = match[1] == "BEGIN"
        elif inside:
            yield line


def _without_solutions(text: str, where: str = "") -> list[str]:
    """Return lines with a starting point in the place of each solution, as nbgrader does."""
    lines, inside = [], False
    for line in text.split("\n"):
        match = SOLUTION_MARK.match(line)
        if match and (match[1] == "BEGIN") == inside:
            raise SeriesError(f"{where}: a mark is missing before {line.strip()!r}.")
        if match and not inside:
            if not match["hint"]:
                raise SeriesError(f"{where}: say after BEGIN SOLUTION: what is to be written.")
            indent = re.match(" *", line)[0]
            lines.append(f"{indent}# YOUR CODE HERE: {match['hint']}")
            message = json.dumps(f"Start here: {match['hint']}", ensure_ascii=False)
            lines.append(f"{indent}raise NotImplementedError({message})")
        elif not match and not inside:
            lines.append(line)
        inside ^= bool(match)
    if inside:
        raise SeriesError(f"{where}: ### END SOLUTION is missing.")
    return lines
