"""How long each section of a notebook takes to execute, for those who plan a lesson with it."""

import re
from datetime import datetime
from pathlib import Path

from nbformat import NotebookNode

from helpers.files import write_json

FILE = "sections.json"
"""Beside a run's metrics.json: heading to seconds, in the notebook's order."""


def section_seconds(notebook: NotebookNode) -> dict[str, float]:
    """Return heading to seconds of an executed notebook whose cells carry their times.

    The times are those that nbclient records in a cell's metadata, ``execution``. A section is what
    stands under a heading ``##``.
    """
    heading, seconds = "", {}
    for cell in notebook.cells:
        found = re.match(r"## (.+)", cell.source) if cell.cell_type == "markdown" else None
        heading = found[1] if found else heading
        if heading and "execution" in cell.metadata:
            seconds[heading] = seconds.get(heading, 0.0) + _seconds(cell.metadata.execution)
    return {name: round(value, 1) for name, value in seconds.items()}


def write_sections(notebook: NotebookNode, folder: Path) -> None:
    """Write the seconds of an executed notebook beside its results, if it has saved some."""
    if folder.is_dir():
        write_json(folder / FILE, section_seconds(notebook))


def _seconds(times: NotebookNode) -> float:
    begin, end = (
        datetime.fromisoformat(times[name].replace("Z", "+00:00"))
        for name in ("iopub.status.busy", "iopub.status.idle")
    )
    return (end - begin).total_seconds()
