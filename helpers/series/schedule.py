"""Notebooks at once, as far as none builds on another, and cores and memory allow."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait

from helpers.series.process import Job, Outcome
from helpers.series.sources import BUILDS_ON

_POLL_SECONDS = 0.5


def foundations(jobs: Sequence[Job]) -> dict[str, list[str]]:
    """Return for each job's title the titles of those jobs that it builds on."""
    titles = {(job.seed, job.source.number): job.title for job in jobs}
    return {
        job.title: [
            titles[job.seed, number]
            for number in BUILDS_ON.get(job.source.number, ())
            if (job.seed, number) in titles
        ]
        for job in jobs
    }


def longest_first(jobs: Sequence[Job], seconds: Mapping[str, float]) -> list[Job]:
    """Return jobs by the seconds that they and the longest chain which builds on them take."""
    needs = foundations(jobs)
    chains: dict[str, float] = dict.fromkeys(needs, 0.0)
    # What builds on others comes after them, so from the end every chain is whole when it is read.
    for job in reversed(jobs):
        chains[job.title] += seconds[job.title]
        for title in needs[job.title]:
            chains[title] = max(chains[title], chains[job.title])
    return sorted(jobs, key=lambda job: chains[job.title], reverse=True)


def carry_out(
    jobs: Sequence[Job],
    execute: Callable[[Job], Outcome],
    executor: Executor,
    *,
    at_once: int,
    fits: Callable[[Job, list[Job]], bool] = lambda job, running: True,
    show: Callable[[list[Job]], object] = lambda running: None,
    report: Callable[[Outcome], object] = lambda outcome: None,
) -> dict[str, Outcome]:
    """Execute jobs and return what became of each by its title.

    A failure stops only what builds on it.

    Parameters
    ----------
    jobs : sequence of Job
        The first ones are preferred.
    execute : function of a job
        Called by ``executor``.
    at_once : int
        At most so many at the same time.
    fits : function of (job, running jobs), optional
        Whether there is memory for one more; not asked where nothing runs.
    show : function of the running jobs, optional
        Called twice a second.
    report : function of an outcome, optional
        Called when a job has ended.
    """
    needs = foundations(jobs)
    waiting = list(jobs)
    running: dict[Future, Job] = {}
    outcomes: dict[str, Outcome] = {}
    while waiting or running:
        for job in list(waiting):
            needed = [outcomes.get(title) for title in needs[job.title]]
            if None in needed:  # all have to be known, so that the reason is always the same one
                continue
            outcome = _not_run(job, needed)
            if outcome:
                outcomes[job.title] = outcome
                report(outcome)
            elif len(running) < at_once:
                if running and not fits(job, list(running.values())):
                    continue
                running[executor.submit(execute, job)] = job
            else:
                continue
            waiting.remove(job)
        show(list(running.values()))
        for future in wait(running, timeout=_POLL_SECONDS, return_when=FIRST_COMPLETED).done:
            job = running.pop(future)
            outcomes[job.title] = _outcome_of(job, future)
            report(outcomes[job.title])
    return outcomes


def _not_run(job: Job, needed: Sequence[Outcome]) -> Outcome | None:
    for outcome in needed:
        if outcome.status in ("failed", "not run"):
            reason = f"it builds on {outcome.job.source.name}: {outcome.status}"
            return Outcome(job, "not run", reason)
    return None


def _outcome_of(job: Job, future: Future) -> Outcome:
    try:
        return future.result()
    except Exception as error:  # a full disk, a cluster that gave up: the other notebooks go on
        return Outcome(job, "failed", f"{type(error).__name__}: {error}")
