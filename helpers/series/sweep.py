"""``series run --seeds … --scheduler tcp://…``: each seed is a task of a Dask cluster.

On a worker a seed runs as a program of its own, ``python -m helpers.series.sweep``, since a worker
may not have child processes of the kind that ``process`` starts. It ends when its worker does; the
cluster then gives the seed to another worker, which goes on after the last notebook that finished.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import NoReturn

import joblib

from helpers.paths import data_root, repository_root, results_root
from helpers.runtime.cluster import on_cluster
from helpers.series.console import Console
from helpers.series.process import Job, Outcome
from helpers.series.run import Request, run


def sweep(request: Request, jobs: Sequence[Job], console: Console, folder: Path) -> list[Outcome]:
    """Run the seeds of a request on its cluster; return what became of each job, in order.

    Parameters
    ----------
    request : Request
        With a ``scheduler`` and ``seeds``.
    jobs : sequence of Job
        What ``run.plan`` made of it.
    folder : Path
        The folder ``notebooks``.

    Raises
    ------
    ClusterError
        If the cluster cannot be used.
    """
    plain = replace(
        request,
        data=str(data_root(request.data)) if request.data else "",
        results=str(results_root(request.results)),
        scheduler="",
        token=uuid.uuid4().hex,
    )
    tasks = [
        joblib.delayed(_run_on_worker)(asdict(replace(plain, seeds=[seed])), str(folder))
        for seed in request.seeds
    ]
    found: dict[str, dict] = {}
    with on_cluster(request.scheduler):
        parallel = joblib.Parallel(n_jobs=-1, return_as="generator_unordered", batch_size=1)
        for done in parallel(tasks):
            for title, outcome in done.items():
                found[title] = outcome
                console.line(f"[{len(found)}/{len(jobs)}] {title}  {outcome['status']}")
    return [Outcome(job, **found[job.title]) for job in jobs]


def _run_on_worker(request: dict, folder: str) -> dict[str, dict]:
    """Run one seed in a program that lives no longer than this process; return its outcomes."""
    command = [sys.executable, "-m", "helpers.series.sweep"]
    with subprocess.Popen(
        command, cwd=repository_root(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        program.stdin.write(json.dumps({"request": request, "folder": folder}) + "\n")
        program.stdin.flush()  # and stays open: its end is the sign that this process is gone
        text = program.stdout.read()
    if program.returncode:
        raise RuntimeError(
            f"Seed {request['seeds'][0]} ended with exit code {program.returncode} on this worker; "
            "the reason is in the worker's log."
        )
    return json.loads(text)


def main() -> None:
    """Read a request from standard input, carry it out, write its outcomes to standard output."""
    signal.signal(signal.SIGTERM, _interrupt)
    given = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    request = Request(**given["request"])
    with _alone(Path(request.results) / "seeds" / str(request.seeds[0])):
        outcomes = run(request, Console(sys.stderr), Path(given["folder"]))
    json.dump(
        {
            outcome.job.title: {
                "status": outcome.status,
                "reason": outcome.reason,
                "seconds": outcome.seconds,
                "peak_megabytes": outcome.peak_megabytes,
            }
            for outcome in outcomes
        },
        sys.stdout,
    )


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else runs this seed: one whose worker died may still be ending."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _end_with_parent() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _interrupt(*_: object) -> NoReturn:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
