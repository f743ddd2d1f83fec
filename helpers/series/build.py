"""``series build``: a source becomes an executed notebook on the demo corpus, one way.

Two builds on one machine give the same bytes apart from the outputs of cells tagged
``nbval-ignore-output``: figures, timings, logs, sounds, and what trained networks give, which
differs between processors.
"""

import json
import re
import tempfile
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from rich.console import Console

from helpers.files import write_json, write_text
from helpers.paths import results_root
from helpers.results.runs import run_folder
from helpers.series.plan import Request
from helpers.series.process import PARTIAL, Job, Outcome, State, execute
from helpers.series.run import run_here
from helpers.series.sources import KERNEL, SeriesError, Source

COLAB = {"accelerator": "GPU", "colab": {"gpuType": "T4", "toc_visible": True}}
"""What makes Colab offer a GPU; nothing of who opened the notebook where."""

SECTIONS = "sections.json"
"""Beside a run's metrics.json: how long each section takes, for those who plan a lesson with it."""


def build(source: Source, **options: object) -> Path:
    """Execute a source in the folder of the notebooks; write and return its ``.ipynb``, atomically.

    The kernel takes the parameters as they stand: the demo corpus, results in ``results/demo/``
    unless ``EMOTION_RESULTS_ROOT`` says otherwise. ``options`` are those of ``process.execute``.

    Raises
    ------
    SeriesError
        If a cell fails or the kernel dies; an earlier ``.ipynb`` stays as it was.
    """
    with tempfile.TemporaryDirectory(prefix="emotion-build-") as scratch:
        job = Job(source, {}, Path(scratch), "demo")
        outcome = execute(job, **options)
        if outcome.status != "done":
            traceback = _traceback(job.folder / PARTIAL)
            raise SeriesError(f"{source.name} was not built: {outcome.reason}{traceback}")
        notebook = nbformat.read(job.folder / PARTIAL, as_version=4)
    results = run_folder(source.name, "demo")
    if results.is_dir():
        write_json(results / SECTIONS, section_seconds(notebook))
    finished = clean(notebook)
    nbformat.validate(finished)
    text = json.dumps(finished, indent=1, ensure_ascii=False, sort_keys=True)
    return write_text(source.built, text + "\n")


def build_all(sources: Sequence[Source], console: Console, jobs: int | None = None) -> int:
    """Build notebooks as ``series run`` runs them, telling how it goes; return how many failed."""

    def build_one(
        job: Job,
        timeout: float | None,
        limits: Mapping[str, str],
        state: State,
        stop: threading.Event,
    ) -> Outcome:
        try:
            build(job.source, state=state, limits=limits, timeout=timeout, stop=stop)
        except SeriesError as error:
            return Outcome(job, "failed", str(error), state.seconds)
        return Outcome(job, "done", "", state.seconds, state.peak_megabytes)

    wanted = [Job(source, {}, results_root(), "demo") for source in sources]
    outcomes = run_here(wanted, Request(jobs=jobs), console, build_one)
    return sum(outcome.status != "done" for outcome in outcomes)


def clean(notebook: NotebookNode) -> NotebookNode:
    """Return an executed notebook with nothing in it that only this execution explains."""
    cells = [NotebookNode(cell) for cell in notebook.cells]
    for cell in cells:
        for name in ("execution", "papermill"):
            cell.metadata.pop(name, None)
        if not cell.metadata.get("tags", True):  # papermill gives every cell a list of them
            del cell.metadata["tags"]
        if cell.cell_type == "code":
            cell.outputs = [_without_widgets(output) for output in cell.outputs]
    metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"}, **COLAB)
    return NotebookNode(cells=cells, metadata=metadata, nbformat=4, nbformat_minor=5)


def section_seconds(notebook: NotebookNode) -> dict[str, float]:
    """Return heading ``##`` to seconds, by the times that nbclient leaves in a cell's metadata."""
    heading, seconds = "", {}
    for cell in notebook.cells:
        found = re.match(r"## (.+)", cell.source) if cell.cell_type == "markdown" else None
        heading = found[1] if found else heading
        if heading and "execution" in cell.metadata:
            seconds[heading] = seconds.get(heading, 0.0) + _seconds(cell.metadata.execution)
    return {name: round(value, 1) for name, value in seconds.items()}


def _seconds(times: NotebookNode) -> float:
    begin, end = (
        datetime.fromisoformat(times[name].replace("Z", "+00:00"))
        for name in ("iopub.status.busy", "iopub.status.idle")
    )
    return (end - begin).total_seconds()


def _traceback(partial: Path) -> str:
    """Return the lines of what a cell raised, "" where none did."""
    if not partial.exists():
        return ""
    cells = nbformat.read(partial, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    errors = [output for output in outputs if output.output_type == "error"]
    return "".join(f"\n{line}" for error in errors for line in error.traceback)


def _without_widgets(output: NotebookNode) -> NotebookNode:
    # GitHub cannot render a widget and refuses the notebook; its text stands in.
    if "data" not in output:
        return output
    data = {mime: value for mime, value in output.data.items() if "widget" not in mime}
    return NotebookNode(output, data=NotebookNode(data), metadata=NotebookNode())
