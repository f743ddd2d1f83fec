"""One notebook in a process of its own: papermill there, what it is doing told here."""

import logging
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

from nbformat import NotebookNode

from helpers.series.sources import Source, read_source

PARTIAL = "run.partial.ipynb"
LOG = "run.log"
_POLL_SECONDS = 0.5
_GRACE_SECONDS = 15


@dataclass(frozen=True)
class Job:
    """A notebook to be run: with which parameters, and where its results go."""

    source: Source
    parameters: dict[str, object]
    root: Path
    corpus: str
    seed: int | None = None

    @property
    def folder(self) -> Path:
        """``<root>/<corpus>/NN_topic``."""
        return self.root / self.corpus / self.source.name

    @property
    def title(self) -> str:
        """Its name, and its seed when it is one of several."""
        return self.source.name + ("" if self.seed is None else f" (seed {self.seed})")


@dataclass
class Outcome:
    """What became of a job: ``done``, ``up to date``, ``failed`` or ``not run``, and why."""

    job: Job
    status: str
    reason: str = ""
    seconds: float = 0.0
    peak_megabytes: float = 0.0


@dataclass
class _Progress:
    cell: int = 0
    cells: int = 0
    problem: str | None = "the process ended without a word (out of memory?)"
    peak_megabytes: float = field(default=0.0)


def execute(
    job: Job,
    *,
    timeout: float | None = None,
    tell: Callable[[int, int, float], None] = lambda cell, cells, seconds: None,
) -> Outcome:
    """Run a notebook to its end in a child process and return what became of it.

    ``run.partial.ipynb`` (saved cell by cell) and ``run.log`` are left in the job's folder.

    Parameters
    ----------
    job : Job
        What to run.
    timeout : float, optional
        Limit for the whole notebook, in seconds.
    tell : function of (cell, cells, seconds so far)
        Called twice a second.

    Raises
    ------
    KeyboardInterrupt
        Passed on once the child and its kernel have ended.
    """
    job.folder.mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(job, sender), name=job.title)
    started = monotonic()
    progress = _Progress()
    process.start()
    sender.close()
    try:
        while _listen(receiver, progress):
            seconds = monotonic() - started
            tell(progress.cell, progress.cells, seconds)
            if timeout is not None and seconds > timeout:
                _end(process)
                progress.problem = f"took longer than {timeout:.0f} s (--timeout)"
                break
        process.join()
    finally:
        _end(process)
        receiver.close()
    return Outcome(
        job,
        "failed" if progress.problem else "done",
        progress.problem or "",
        monotonic() - started,
        progress.peak_megabytes,
    )


def _listen(receiver: Connection, progress: _Progress) -> bool:
    """Take in what the child says for half a second; False when it has hung up."""
    try:
        while receiver.poll(_POLL_SECONDS):
            message = receiver.recv()
            for name, value in message.items():
                setattr(progress, name, value)
            if "cell" in message:
                break
    except EOFError:
        return False
    return True


def _end(process: multiprocessing.Process) -> None:
    """Ask the child to end, which ends its kernel; insist after a while."""
    if process.is_alive():
        process.terminate()
        process.join(_GRACE_SECONDS)
    if process.is_alive():
        process.kill()  # its kernel sees that its parent is gone and ends as well
    process.join()


def _child(job: Job, sender: Connection) -> None:
    # Ctrl-C reaches every process of a terminal; the parent alone decides, by SIGTERM.
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    log = os.open(job.folder / LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(log, stream.fileno())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    try:
        _execute(job, sender)
        problem = ""
    except KeyboardInterrupt:
        problem = "stopped"
        logging.error("Stopped before its end.")
    except Exception as error:
        problem = _summary(error)
        logging.exception("The notebook failed.")
    # Of all child processes that have ended, the largest: the kernel.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    scale = 1024**2 if sys.platform == "darwin" else 1024
    sender.send({"problem": problem, "peak_megabytes": peak / scale})


def _stop(*_: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os.kill(os.getpid(), signal.SIGTERM)


def _execute(job: Job, sender: Connection) -> None:
    from papermill import execute_notebook
    from papermill.engines import NBClientEngine, papermill_engines

    class TellingEngine(NBClientEngine):
        """Papermill's own engine, telling which cell begins."""

        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, **options):
            start = nb_man.cell_start

            def cell_start(cell: NotebookNode, cell_index: int = 0, **others: object) -> None:
                sender.send({"cell": cell_index + 1, "cells": len(nb_man.nb.cells)})
                start(cell, cell_index, **others)

            nb_man.cell_start = cell_start
            return super().execute_managed_notebook(nb_man, kernel_name, **options)

    papermill_engines.register("telling", TellingEngine)
    execute_notebook(
        read_source(job.source),
        # Papermill takes the path for a format string.
        str(job.folder / PARTIAL).replace("{", "{{").replace("}", "}}"),
        parameters=job.parameters,
        engine_name="telling",
        kernel_name="python3",
        progress_bar=False,
        log_output=True,
        cwd=str(job.source.built.parent),
    )


def _summary(error: Exception) -> str:
    name, value = getattr(error, "ename", type(error).__name__), getattr(error, "evalue", error)
    where = f"cell {error.cell_index + 1}: " if hasattr(error, "cell_index") else ""
    first = str(value).strip().splitlines() or [""]
    return f"{where}{name}: {first[0]}"
