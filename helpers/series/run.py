"""``series run``: the notebooks, each in a process of its own, at once what can be."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from helpers.files import locked
from helpers.paths import results_root
from helpers.runtime.cluster import VARIABLE, ClusterError, on_cluster
from helpers.series import resume
from helpers.series.console import Status, clock
from helpers.series.machine import USUAL_MEGABYTES, default_jobs, free_megabytes, thread_limits
from helpers.series.plan import Request, missing_foundations, plan
from helpers.series.process import PARTIAL, Job, Outcome, State, execute
from helpers.series.schedule import carry_out, foundations, longest_first
from helpers.series.sources import SeriesError, find_sources, notebooks_folder


def run(request: Request, console: Console, folder: Path | None = None) -> list[Outcome]:
    """Carry out a request and return what became of each job, in the order of ``plan``.

    What does not depend on each other runs at once, and a notebook that fails stops only those
    that build on it. With a ``scheduler`` the notebooks of several seeds are divided among the
    workers of its cluster; otherwise they run here and have what they extract from films and
    sounds computed there. Results, ``run.ipynb`` and ``run.log`` are in
    ``<results>/<corpus>/NN_topic/``; of a failed notebook there is ``run.partial.ipynb``.

    Raises
    ------
    SeriesError
        As ``plan``, or if the cluster cannot be used, before anything starts.
    KeyboardInterrupt
        After everything that ran has been ended.
    """
    jobs = plan(request, folder)
    for sentence in missing_foundations(jobs, find_sources(folder or notebooks_folder())):
        console.print(sentence)
    try:
        with on_cluster(request.scheduler) if request.scheduler else nullcontext() as client:
            if request.fresh:
                for job in jobs:
                    resume.forget(job)
            if client and len(request.seeds) > 1:
                return _run_on(client, jobs, request, console)
        if request.scheduler:
            os.environ[VARIABLE] = request.scheduler  # for the kernels
        return run_here(jobs, request, console)
    except ClusterError as error:
        raise SeriesError(str(error)) from None
    finally:
        os.environ.pop(VARIABLE, None)


def run_one(
    job: Job,
    timeout: float | None = None,
    limits: Mapping[str, str] | None = None,
    state: State | None = None,
    stop: threading.Event | None = None,
) -> Outcome:
    """Run a notebook, if it is not up to date, and keep what it depended on.

    Takes what ``process.execute`` takes. Another process that runs the same job is waited for.
    """
    stop = stop or threading.Event()

    def end_when_stopped() -> None:
        if stop.is_set():
            raise InterruptedError("stopped")

    job.folder.mkdir(parents=True, exist_ok=True)
    with locked(job.folder, end_when_stopped):
        wanted = resume.digest(job)
        if resume.is_up_to_date(job, wanted):
            return Outcome(job, "up to date", "--fresh runs it anew")
        before = _written(job)
        outcome = execute(job, state, limits=limits, timeout=timeout, stop=stop)
        if outcome.status == "done" and _written(job) == before:
            outcome.status, outcome.reason = "failed", "it ended well and saved no results"
        if outcome.status == "done":
            resume.finish(job, wanted, outcome.peak_megabytes)
        elif stop.is_set():
            (job.folder / PARTIAL).unlink(missing_ok=True)
    return outcome


def run_here(
    jobs: Sequence[Job],
    request: Request,
    console: Console,
    one: Callable[..., Outcome] = run_one,
) -> list[Outcome]:
    """Carry out jobs on this machine, each by ``one``, which takes what ``run_one`` takes.

    Returns what became of each, in order.
    """
    roots = sum(not needed for needed in foundations(jobs).values())
    at_once = request.jobs or default_jobs(roots)
    limits = thread_limits(at_once)
    megabytes = {job.title: resume.last_megabytes(job) or USUAL_MEGABYTES for job in jobs}
    report = _Report(jobs, console)
    stop = threading.Event()

    def execute_here(job: Job) -> Outcome:
        return one(job, request.timeout, limits, report.states[job.title], stop)

    def fits(job: Job, running: Sequence[Job]) -> bool:
        """Of a running notebook's memory, what it has not yet taken is not free either."""
        to_come = (megabytes[o.title] - report.states[o.title].megabytes for o in running)
        return megabytes[job.title] <= free_megabytes() - sum(max(0, more) for more in to_come)

    report.begin(request, f"{at_once} at a time, threads: {limits['TF_NUM_INTRAOP_THREADS']} each")
    for job in jobs:
        free = free_megabytes()
        if resume.last_megabytes(job) > free:
            console.print(
                f"{job.title} took {megabytes[job.title]:.0f} MB of memory the last time, and "
                f"{free:.0f} MB are free: it runs alone, and the system may end it."
            )
    pool = ThreadPoolExecutor(at_once)
    try:
        return report.follow(execute_here, pool, at_once=at_once, fits=fits)
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _run_on(client: Any, jobs: Sequence[Job], request: Request, console: Console) -> list[Outcome]:
    pool = client.get_executor(pure=False)
    report = _Report(jobs, console)
    report.begin(request, f"on {request.scheduler}")
    try:
        return report.follow(partial(run_one, timeout=request.timeout), pool, at_once=len(jobs))
    finally:
        pool.shutdown(wait=False)


class _Report:
    """What the console says of some jobs, before, while and after they run."""

    def __init__(self, jobs: Sequence[Job], console: Console) -> None:
        self.states = {job.title: State() for job in jobs}
        self._jobs = jobs
        self._console = console
        self._seconds = {job.title: resume.last_seconds(job) for job in jobs}
        self._labels = {
            job.title: f"[{n}/{len(jobs)}] {job.title}" for n, job in enumerate(jobs, 1)
        }

    def begin(self, request: Request, how: str) -> None:
        seconds = self._seconds.values()
        together = f", together {clock(sum(seconds))} the last time" if all(seconds) else ""
        where = f"results in {results_root(request.results)}{together}"
        self._console.print(f"{len(self._jobs)} to run on {request.corpus}, {how}, {where}")

    def follow(
        self, execute_one: Callable[[Job], Outcome], pool: Executor, **options: Any
    ) -> list[Outcome]:
        jobs = longest_first(self._jobs, self._seconds)
        with Status(self._console) as status:
            outcomes = carry_out(
                jobs,
                execute_one,
                pool,
                show=lambda running: status.show([self._line(job) for job in running]),
                report=self._end,
                **options,
            )
        return [outcomes[job.title] for job in self._jobs]

    def _line(self, job: Job) -> str:
        state, expected = self.states[job.title], self._seconds[job.title]
        where = f"cell {state.cell} of {state.cells}" if state.cell else "waits to begin"
        about = f" of about {clock(expected)}" if expected else ""
        return f"{self._labels[job.title]}  {where}, {clock(state.seconds)}{about}"

    def _end(self, outcome: Outcome) -> None:
        took = f" in {clock(outcome.seconds)}" if outcome.seconds else ""
        reason = f": {outcome.reason}" if outcome.reason else ""
        self._console.print(f"{self._labels[outcome.job.title]}  {outcome.status}{took}{reason}")


def _written(job: Job) -> int | None:
    path = job.folder / "metrics.json"
    return path.stat().st_mtime_ns if path.exists() else None
