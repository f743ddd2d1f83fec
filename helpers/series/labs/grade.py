"""``series grade``: run a class's lab notebooks and say which checks each of them passes."""

import contextlib
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
from nbformat import NotebookNode
from papermill import PapermillExecutionError, execute_notebook

from helpers.series.labs.exercises import lab_edition, lab_path
from helpers.series.sources import SeriesError, Source, find_sources, notebooks_folder

COLUMNS = ["submission", "notebook", "right", "tasks", "what is the matter"]
SECONDS_A_CELL = 900


def grade(
    folder: str | Path,
    *,
    notebooks: Path | None = None,
    report: Callable[[str], object] = lambda line: None,
) -> pd.DataFrame:
    """Run every ``.ipynb`` in a folder and return a table of the checks that it passes.

    Only the cells that a student was to write are taken; everything else is that of a fresh lab
    edition, so that an edited check does not count. The code is run as the user who calls this.

    Parameters
    ----------
    folder : str or Path
        Submissions, at any depth; their paths in it are their names in the table.
    notebooks : Path, optional
        The folder ``notebooks`` with the sources; the checkout's when it is left out.
    report : function of a line of text
        Called before each submission is run.

    Returns
    -------
    DataFrame
        ``submission, notebook, right`` (number of checks passed), ``tasks`` (number of checks) and
        ``what is the matter``, one row per file.

    Raises
    ------
    SeriesError
        If there is no notebook in the folder.
    """
    folder = Path(folder)
    paths = [
        path for path in sorted(folder.rglob("*.ipynb")) if ".ipynb_checkpoints" not in path.parts
    ]
    if not paths:
        raise SeriesError(f"No .ipynb in {folder}, expected the students' lab notebooks.")
    sources = {source.number: source for source in find_sources(notebooks or notebooks_folder())}
    rows = []
    for path in paths:
        name = path.relative_to(folder).with_suffix("").as_posix()
        report(name)
        rows.append([name, *_grade_one(path, sources)])
    return pd.DataFrame(rows, columns=COLUMNS)


def _grade_one(path: Path, sources: dict[str, Source]) -> list:
    try:
        submitted = nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        return ["", 0, 0, f"not a notebook: {str(error).splitlines()[0]}"]
    answers = {_id(cell): cell.source for cell in submitted.cells if _id(cell)}
    number = next((name[:2] for name in answers), "")
    fresh = lab_edition(sources[number]) if number in sources else None
    if fresh is None:
        return ["", 0, 0, "holds no task of a lab edition"]
    for cell in fresh.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers.get(_id(cell), "")
    ran = run_lab(fresh, lab_path(sources[number]).parent)
    problems = _problems(ran)
    said = "; ".join(f"{task}: {problem}" for task, problem in problems.items() if problem)
    right = sum(not problem for problem in problems.values())
    return [sources[number].name, right, len(problems), said]


def run_lab(notebook: NotebookNode, folder: Path, *, to_the_end: bool = True) -> NotebookNode:
    """Execute a lab edition and return it with its outputs, also where a cell fails.

    Runs on the demo corpus for one epoch, with results that are thrown away. Without ``to_the_end``
    the first cell that fails is the last one that runs.
    """
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="emotion-lab-") as scratch:
        output = Path(scratch) / "run.ipynb"
        # It raises the first error in the end; all of them are in the outputs.
        with contextlib.suppress(PapermillExecutionError):
            execute_notebook(
                notebook,
                output,
                parameters={"EPOCHS": 1, "RESULTS_ROOT": scratch},
                kernel_name="python3",
                progress_bar=False,
                cwd=folder,
                execution_timeout=SECONDS_A_CELL,
                allow_errors=to_the_end,
                extra_arguments=["--log-level=ERROR"],
            )
        return nbformat.read(output, as_version=4)


def _id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _problems(notebook: NotebookNode) -> dict[str, str]:
    """Return task number to what is the matter with its answer, "" for nothing."""
    errors = {}
    for cell in notebook.cells:
        found = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
        errors[_id(cell)] = found[0] if found else None
    checks = [name for name in errors if "-check-" in name]
    return {
        check.rpartition("-")[2]: _problem(errors[check.replace("check", "task")], errors[check])
        for check in checks
    }


def _problem(in_task: NotebookNode | None, in_check: NotebookNode | None) -> str:
    if in_check is None:
        return ""
    if in_check.ename == "NotYet":
        return in_check.evalue
    # The check found nothing to look at.
    error = in_task or in_check
    return "empty" if error.ename == "NotImplementedError" else f"{error.ename}: {error.evalue}"
