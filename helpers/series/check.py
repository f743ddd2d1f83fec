"""``series check``: what is wrong with a built notebook, and with the cells of its source."""

import json
import re
import statistics
from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode

from helpers.results.claims import failed_seeds, load_claims
from helpers.results.runs import ResultsError, load_run
from helpers.series.claims import saved_claims
from helpers.series.labs.exercises import lab_edition, lab_path, lab_text
from helpers.series.sources import SeriesError, Source, read_source, tags

MEGABYTES = 1.0
CELLS = 45
CODE_LINES = 300
LINES_A_CELL = 20
MEDIAN_LINES = 6
"""Of the code cells: half of them have no more. Blank lines, set-up and parameters do not count."""

_PLUMBING = {"parameters", "setup", "results"}
_PROMISE = re.compile(
    r"^(?P<word>About|Under) (?P<minutes>half a|a|\d+(\.\d+)?) minutes?\b", re.MULTILINE
)


def check(source: Source) -> list[str]:
    """Return the problems of a notebook, each a sentence; none if all is well."""
    wanted = read_source(source)
    problems = [*_size_problems(wanted), *_lab_problems(source), *_minutes_problems(source, wanted)]
    problems += _claim_problems(source)
    build = f"type: python -m helpers.series build {source.number}"
    try:
        text = source.built.read_text(encoding="utf-8")
        notebook = nbformat.reads(text, as_version=4)
    except FileNotFoundError:
        return [*problems, f"not built; {build}"]
    except (ValueError, nbformat.ValidationError) as error:
        return [*problems, f"not a notebook ({error}); {build}"]
    size = len(text.encode()) / 1e6
    if size > MEGABYTES:
        problems.append(f"{size:.1f} MB, at most {MEGABYTES:.0f}: smaller figures, shorter sounds")
    if str(source.built.parent.parent) in text:
        problems.append("names a folder of this machine: show names, not paths")
    return problems + [f"{problem}; {build}" for problem in _built_problems(wanted, notebook)]


def _claim_problems(source: Source) -> list[str]:
    """Say where the saved run does not bear out what its notebook claims."""
    stated = source.path.parent / "claims.toml"
    if not stated.is_file():
        return []
    claim = saved_claims([source], str(source.built.parents[1] / "results"))[source.name]
    if isinstance(claim, str):
        return [claim]
    if claim["sentence"] != load_claims(stated)[source.name]["sentence"]:
        return ["its saved run judged another claim than claims.toml states"]
    seeds = failed_seeds(claim)
    return [f"its claim does not hold with seed {', '.join(seeds)}"] if seeds else []


def taught_lines(notebook: NotebookNode) -> int:
    """Return the lines of code that a reader is to follow, blank ones left out.

    Not counted are set-up, parameters, imports, figures and saving.
    """
    return sum(_lines(cell) for cell in notebook.cells if _is_taught(cell))


def _is_taught(cell: NotebookNode) -> bool:
    return not (
        cell.cell_type != "code"
        or _PLUMBING & {*tags(cell)}
        or re.search(r"^(import|from) |^(\w+_)?figures? = ", cell.source, re.MULTILINE)
    )


def _lines(cell: NotebookNode) -> int:
    return sum(bool(line.strip()) for line in cell.source.splitlines())


def _size_problems(notebook: NotebookNode) -> Iterator[str]:
    if len(notebook.cells) > CELLS:
        yield f"{len(notebook.cells)} cells, at most {CELLS}: move or cut some"
    if taught_lines(notebook) > CODE_LINES:
        yield f"{taught_lines(notebook)} lines of code, at most {CODE_LINES}: move some to helpers"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    lines = {cell.id: _lines(cell) for cell in code if not {"parameters", "setup"} & {*tags(cell)}}
    if lines and (median := statistics.median(lines.values())) > MEDIAN_LINES:
        yield f"median of {median:g} lines a code cell, at most {MEDIAN_LINES}: split or cut some"
    for cell in code:
        if lines.get(cell.id, 0) > LINES_A_CELL:
            first = cell.source.strip().splitlines()[0]
            yield f"a cell of {lines[cell.id]} lines, at most {LINES_A_CELL}: split {first!r}"


def _lab_problems(source: Source) -> Iterator[str]:
    path = lab_path(source)
    try:
        wanted = lab_edition(source)
    except SeriesError as error:
        yield str(error)
        return
    found = path.read_text(encoding="utf-8") if path.exists() else None
    if found != (lab_text(wanted) if wanted else None):
        yield f"stale lab edition; type: python -m helpers.series exercises {source.number}"


def _minutes_problems(source: Source, notebook: NotebookNode) -> Iterator[str]:
    """Compare the minutes that the text promises with those of the saved run on the demo corpus."""
    try:
        run = load_run(source.name, "demo", source.path.parents[2] / "results")
    except ResultsError:
        return
    took = run["seconds"] / 60
    found = _PROMISE.search("\n".join(cell.source for cell in notebook.cells[:2]))
    if not found:
        yield f"its text does not say how long it takes: write {_about(took)!r}"
        return
    said = {"a": 1.0, "half a": 0.5}.get(found["minutes"]) or float(found["minutes"])
    close = abs(said - took) <= 0.5 or took / 1.5 <= said <= took * 1.5
    if not (took <= said if found["word"] == "Under" else close):
        yield f"its text says {found[0]!r}, its saved run took {took:.1f}: write {_about(took)!r}"


def _about(minutes: float) -> str:
    if minutes < 0.75:
        return "About half a minute"
    return "About a minute" if minutes < 1.5 else f"About {minutes:.0f} minutes"


def _built_problems(wanted: NotebookNode, notebook: NotebookNode) -> Iterator[str]:
    if [_essence(cell) for cell in wanted.cells] != [_essence(cell) for cell in notebook.cells]:
        yield "stale: the source says something else"
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    counts = [cell.execution_count for cell in code]
    if None in counts:
        yield f"{counts.count(None)} of {len(counts)} code cells were not executed"
    elif counts != list(range(1, len(counts) + 1)):
        yield "executed out of order"
    outputs = [(cell, output) for cell in code for output in cell.outputs]
    for cell, output in outputs:
        if output.output_type == "error" and "raises-exception" not in tags(cell):
            yield f"an error in its outputs ({output.ename}: {output.evalue})"
        if output.get("name") == "stderr":
            yield f"a message on standard error ({output.text.strip().splitlines()[0]!r})"
    if "widgets" in notebook.metadata or any(
        "widget" in mime for _, output in outputs for mime in output.get("data", {})
    ):
        yield "widget metadata, which GitHub cannot show"
    if "papermill" in json.dumps([notebook.metadata, *(cell.metadata for cell in notebook.cells)]):
        yield "papermill metadata"


def _essence(cell: NotebookNode) -> tuple:
    return cell.cell_type, cell.source, sorted(tags(cell))
