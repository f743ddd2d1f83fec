"""The program of a notebook's process: papermill, telling which cell begins.

``python -m helpers.series.notebook FD``: the file descriptor is a connection to the process that
wants the notebook. The job comes in, progress goes out, and its end is the end of this program.
"""

import logging
import os
import resource
import sys
import threading
from multiprocessing.connection import Connection

import psutil
from nbformat import NotebookNode
from papermill import execute_notebook
from papermill.engines import NBClientEngine, papermill_engines
from papermill.iorw import LocalHandler, papermill_io

from helpers.files import write_text
from helpers.series.process import PARTIAL, Job, end_processes
from helpers.series.sources import read_source


class WholeFiles(LocalHandler):
    """Papermill's way to write a notebook, but never half of one."""

    def write(self, buf: str, path: str) -> None:
        """Write a notebook's text."""
        write_text(path, buf)


def main() -> None:
    """Run the job that comes in."""
    descriptor = int(sys.argv[1])
    os.set_inheritable(descriptor, False)
    connection = Connection(descriptor)
    job = connection.recv()
    threading.Thread(target=_end_with, args=[connection], daemon=True).start()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        _execute(job, connection)
        problem = ""
    except Exception as error:
        problem = _summary(error)
        logging.exception("The notebook failed.")
    # Of all child processes that have ended, the largest: the kernel.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    unit = 1 if sys.platform == "darwin" else 1024
    connection.send({"problem": problem, "kernel_megabytes": peak * unit / 1e6})


def _end_with(connection: Connection) -> None:
    try:
        connection.recv()
    except (EOFError, OSError):
        end_processes(psutil.Process().children(recursive=True))
        os._exit(1)


def _execute(job: Job, connection: Connection) -> None:
    class TellingEngine(NBClientEngine):
        """Papermill's own engine, telling which cell begins."""

        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, **options):
            start = nb_man.cell_start

            def cell_start(cell: NotebookNode, cell_index: int = 0, **others: object) -> None:
                connection.send({"cell": cell_index + 1, "cells": len(nb_man.nb.cells)})
                start(cell, cell_index, **others)

            nb_man.cell_start = cell_start
            return super().execute_managed_notebook(nb_man, kernel_name, **options)

    partial = str(job.folder / PARTIAL)
    papermill_io.register(partial, WholeFiles())
    papermill_engines.register("telling", TellingEngine)
    execute_notebook(
        read_source(job.source),
        # Papermill takes the path for a format string.
        partial.replace("{", "{{").replace("}", "}}"),
        parameters=job.parameters,
        engine_name="telling",
        kernel_name="python3",
        progress_bar=False,
        log_output=True,
        cwd=str(job.source.built.parent),
        store_widget_state=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
    )


def _summary(error: Exception) -> str:
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", error)
    where = f"cell {error.cell_index + 1}: " if hasattr(error, "cell_index") else ""
    first = str(value).strip().splitlines() or [""]
    return f"{where}{name}: {first[0]}"


if __name__ == "__main__":
    main()
