"""One notebook in a process of its own, ended with everything that it started."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from time import monotonic

import psutil

from helpers.paths import repository_root
from helpers.series.sources import Source

PARTIAL = "run.partial.ipynb"
LOG = "run.log"
_POLL_SECONDS = 0.5
_GRACE_SECONDS = 5


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
class State:
    """Where a running notebook is: its cell, the seconds so far, its memory now and at most.

    ``kernel_megabytes`` is the kernel's own peak, known in the end and exactly.
    """

    cell: int = 0
    cells: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0
    peak_megabytes: float = 0.0
    kernel_megabytes: float = 0.0
    problem: str = "its process was ended (out of memory?)"


def execute(
    job: Job,
    state: State | None = None,
    *,
    limits: Mapping[str, str] | None = None,
    timeout: float | None = None,
    stop: threading.Event | None = None,
) -> Outcome:
    """Run a notebook to its end in a process of its own and return what became of it.

    ``run.partial.ipynb`` (saved cell by cell) and ``run.log`` are left in the job's folder.
    Nothing that the notebook started is left running.

    Parameters
    ----------
    job : Job
        What to run.
    state : State, optional
        Kept up to date for another thread to look at.
    limits : mapping, optional
        Environment variables of the kernel.
    timeout : float, optional
        Limit for the whole notebook, in seconds.
    stop : threading.Event, optional
        Ends the notebook when another thread sets it.
    """
    state, stop = state or State(), stop or threading.Event()
    _remove_leftovers(job.folder)
    job.folder.mkdir(parents=True, exist_ok=True)
    started = monotonic()
    ours, theirs = Pipe()
    command = [sys.executable, "-m", "helpers.series.notebook", str(theirs.fileno())]
    with (
        ours,
        (job.folder / LOG).open("wb") as log,
        # A session of its own: Ctrl-C in a terminal reaches the parent alone, which decides.
        subprocess.Popen(
            command,
            cwd=repository_root(),
            env={**os.environ, **(limits or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        ) as program,
    ):
        theirs.close()
        family = Family(program.pid)
        try:
            with suppress(BrokenPipeError):
                ours.send(job)
            while _listen(ours, state):
                state.seconds = monotonic() - started
                state.megabytes = family.megabytes()
                state.peak_megabytes = max(state.peak_megabytes, state.megabytes)
                if stop.is_set():
                    state.problem = "stopped"
                    break
                if timeout is not None and state.seconds > timeout:
                    state.problem = f"took longer than {timeout:.0f} s (--timeout)"
                    break
        finally:
            family.end()
    if state.problem:
        _remove_leftovers(job.folder)
    status = "failed" if state.problem else "done"
    peak = max(state.peak_megabytes, state.kernel_megabytes)
    return Outcome(job, status, state.problem, monotonic() - started, peak)


class Family:
    """A process and all that it started, also what outlives it."""

    def __init__(self, pid: int) -> None:
        self._head = psutil.Process(pid)
        self._others: set[psutil.Process] = set()

    def megabytes(self) -> float:
        """Return the memory of all of them together."""
        self._look()
        found = 0
        for process in [self._head, *self._others]:
            with suppress(psutil.Error):
                found += process.memory_info().rss
        return found / 1e6

    def end(self) -> None:
        """End all of them: asked first, so that shared memory is given back, then made to."""
        with suppress(psutil.Error):
            self._head.suspend()  # starts nothing more
            self._look()
            self._head.kill()
        end_processes(self._others)

    def _look(self) -> None:
        with suppress(psutil.Error):
            self._others.update(self._head.children(recursive=True))


def end_processes(processes: Iterable[psutil.Process]) -> None:
    """Ask processes to end, insist after some seconds, and wait until they have."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(processes, timeout=_GRACE_SECONDS)
    for process in alive:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def _listen(connection: Connection, state: State) -> bool:
    """Take in what the process says for half a second; False when it has hung up."""
    try:
        if connection.poll(_POLL_SECONDS):
            vars(state).update(connection.recv())
    except (EOFError, ConnectionError):
        return False
    return True


def _remove_leftovers(folder: Path) -> None:
    """Remove what a process that was killed was about to write (see ``write_atomically``)."""
    for path in folder.glob(".*-*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
