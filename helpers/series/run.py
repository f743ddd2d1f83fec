"""``series run``: the notebooks in sequence, each in a process of its own."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.paths import data_root, results_root
from helpers.results.runs import ResultsError, load_run
from helpers.runtime.cluster import VARIABLE, ClusterError, on_cluster
from helpers.series import resume
from helpers.series.console import Console, clock
from helpers.series.page.content import seed_spread
from helpers.series.process import LOG, PARTIAL, Job, Outcome, execute
from helpers.series.sources import (
    BUILDS_ON,
    SeriesError,
    find_sources,
    notebooks_folder,
    parse_value,
    read_parameters,
)

CORPORA = ("demo", "open", "thesis")
_OPTION_OF = {"CORPUS": "--corpus", "DATA_ROOT": "--data-root", "RESULTS_ROOT": "--results"}


@dataclass(frozen=True)
class Request:
    """What ``series run`` was asked for; see its ``--help``.

    With ``fresh``, what was finished under the same ``token`` is not run again: a cluster gives a
    lost worker's seed to another one, which goes on where it was.
    """

    corpus: str = "demo"
    data: str = ""
    notebooks: Sequence[str] = ()
    values: Sequence[str] = ()
    seeds: Sequence[int] = ()
    fresh: bool = False
    results: str = ""
    timeout: float | None = None
    scheduler: str = ""
    token: str = ""


def plan(request: Request, folder: Path | None = None) -> list[Job]:
    """Return the jobs of a request in the order in which they are to be run.

    Parameters
    ----------
    request : Request
        What was asked for.
    folder : Path, optional
        The folder ``notebooks``; the checkout's when it is left out.

    Raises
    ------
    SeriesError
        If a notebook, a parameter or a folder does not exist, or a value is of the wrong type.
    """
    sources = find_sources(folder or notebooks_folder(), request.notebooks)
    _check_data(request)
    parameters = {source: read_parameters(source) for source in sources}
    known = {name: item for items in parameters.values() for name, item in items.items()}
    given = _given_values(request, known)
    jobs = []
    for seed in request.seeds or [None]:
        root = results_root(request.results)
        if seed is not None:
            root = root / "seeds" / str(seed)
            given["SEED"] = seed
        if root != results_root():
            given["RESULTS_ROOT"] = str(root)
        for source in sources:
            chosen = {name: given[name] for name in parameters[source] if name in given}
            jobs.append(Job(source, chosen, root, request.corpus, seed))
    return jobs


def run(request: Request, console: Console, folder: Path | None = None) -> list[Outcome]:
    """Carry out a request and return what became of each job, in order.

    A notebook that fails stops only those that build on it. With a ``scheduler`` several seeds are
    divided among the workers of its cluster; otherwise the notebooks run here and have what they
    extract from films and sounds computed there. Results, ``run.ipynb`` and ``run.log``
    are in ``<results>/<corpus>/NN_topic/``; of a failed notebook there is ``run.partial.ipynb``.

    Raises
    ------
    SeriesError
        As ``plan``, or if the cluster cannot be used, before anything starts.
    KeyboardInterrupt
        After everything that ran has been ended.
    """
    jobs = plan(request, folder)
    expected = [resume.last_seconds(job) for job in jobs]
    console.line(
        f"{len(jobs)} to run on {request.corpus}, results in {results_root(request.results)}"
        + (f", together {clock(sum(expected))} the last time" if all(expected) else "")
    )
    if not request.scheduler:
        return _run_here(jobs, request, console, expected)
    try:
        if len(request.seeds) > 1:
            from helpers.series.sweep import sweep

            return sweep(request, jobs, console, folder or notebooks_folder())
        with on_cluster(request.scheduler):
            os.environ[VARIABLE] = request.scheduler  # for the kernels
        return _run_here(jobs, request, console, expected)
    except ClusterError as error:
        raise SeriesError(str(error)) from None
    finally:
        os.environ.pop(VARIABLE, None)


def _run_here(
    jobs: Sequence[Job], request: Request, console: Console, expected: Sequence[float]
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for index, job in enumerate(jobs):
        label = f"[{index + 1}/{len(jobs)}] {job.title}"
        outcome = _missing_foundation(job, outcomes) or _run_one(
            job, request, console, label, expected[index]
        )
        outcomes.append(outcome)
        took = f" in {clock(outcome.seconds)}" if outcome.seconds else ""
        reason = f": {outcome.reason}" if outcome.reason else ""
        console.line(f"{label}  {outcome.status}{took}{reason}")
    return outcomes


def summary(outcomes: Sequence[Outcome], console: Console) -> None:
    """Write the table at the end, and where to look when something failed."""
    rows = []
    for outcome in outcomes:
        memory = f"{outcome.peak_megabytes:.0f} MB" if outcome.peak_megabytes else ""
        took = clock(outcome.seconds) if outcome.seconds else ""
        rows.append([outcome.job.title, outcome.status, took, memory, _first_result(outcome)])
    console.line()
    console.table(["notebook", "status", "time", "peak memory", "first result"], rows)
    spread = _seed_rows(outcomes)
    if spread:
        console.line()
        header = ["notebook", "experiment", "protocol", "seeds", "accuracy, mean ± sd"]
        console.table(header, spread)
    for outcome in outcomes:
        if outcome.status == "failed":
            console.line(f"{outcome.job.title}: see {outcome.job.folder / LOG}")


def _seed_rows(outcomes: Sequence[Outcome]) -> list[list[str]]:
    runs: dict[str, dict[int, dict]] = {}
    for job in (outcome.job for outcome in outcomes if outcome.status in ("done", "up to date")):
        if job.seed is not None:
            run = load_run(job.source.name, job.corpus, job.root)
            runs.setdefault(job.source.name, {})[job.seed] = run
    return [
        [
            notebook,
            name,
            protocol,
            str(len(found["seeds"])),
            f"{found['mean']:.1%}" + ("" if found["sd"] is None else f" ± {found['sd']:.1%}"),
        ]
        for notebook, by_seed in runs.items()
        for (name, protocol, _), found in seed_spread(by_seed).items()
    ]


def _run_one(job: Job, request: Request, console: Console, label: str, expected: float) -> Outcome:
    wanted = resume.digest(job)
    if resume.is_up_to_date(job, wanted):
        if not request.fresh:
            return Outcome(job, "up to date", "--fresh runs it anew")
        if request.token and resume.token_of(job) == request.token:
            return Outcome(job, "done", "before a worker was lost")
    before = _written(job)

    def tell(cell: int, cells: int, seconds: float) -> None:
        about = f" of about {clock(expected)}" if expected else ""
        console.status(f"{label}  cell {cell} of {cells or '?'}, {clock(seconds)}{about}")

    try:
        outcome = execute(job, timeout=request.timeout, tell=tell)
    except KeyboardInterrupt:
        (job.folder / PARTIAL).unlink(missing_ok=True)
        raise
    if outcome.status == "done" and _written(job) == before:
        outcome.status, outcome.reason = "failed", "it ended well and saved no results"
    if outcome.status == "done":
        resume.finish(job, wanted, request.token)
    return outcome


def _written(job: Job) -> int | None:
    path = job.folder / "metrics.json"
    return path.stat().st_mtime_ns if path.exists() else None


def _missing_foundation(job: Job, outcomes: Sequence[Outcome]) -> Outcome | None:
    needed = BUILDS_ON.get(job.source.number, ())
    for outcome in outcomes:
        other = outcome.job
        bad = outcome.status in ("failed", "not run")
        if bad and other.seed == job.seed and other.source.number in needed:
            return Outcome(job, "not run", f"it builds on {other.source.name}: {outcome.status}")
    return None


def _check_data(request: Request) -> None:
    if request.corpus not in CORPORA:
        raise SeriesError(f"--corpus {request.corpus}: expected one of {', '.join(CORPORA)}.")
    if request.corpus == "demo" and request.data:
        raise SeriesError(
            f"--data-root {request.data}: the demo corpus writes its own data. "
            "To read yours, add --corpus thesis."
        )
    folder = data_root(request.data)
    if request.corpus == "thesis" and not folder.is_dir():
        raise SeriesError(
            f"No folder {folder}, expected one that holds FACES/, SFEW/ or EmotiW_2018/. "
            "Name it with --data-root."
        )


def _given_values(request: Request, known: Mapping) -> dict[str, object]:
    given: dict[str, object] = {"CORPUS": request.corpus}
    if request.data:
        given["DATA_ROOT"] = str(data_root(request.data))
    for text in request.values:
        name, equals, value = text.partition("=")
        if not equals:
            raise SeriesError(f"--set {text}: expected NAME=VALUE, such as EPOCHS=2.")
        if name in _OPTION_OF:
            raise SeriesError(f"--set {text}: use {_OPTION_OF[name]} {value or '…'}.")
        if name not in known:
            listed = "\n".join(
                f"  {item.name}: {item.type} = {item.default!r}  {item.comment}"
                for item in known.values()
                if item.name not in _OPTION_OF
            )
            raise SeriesError(f"No chosen notebook has a parameter {name}; there are:\n{listed}")
        given[name] = parse_value(known[name], value)
    return given


def _first_result(outcome: Outcome) -> str:
    if outcome.status not in ("done", "up to date"):
        return outcome.reason
    try:
        job = outcome.job
        (line, *_) = load_run(job.source.name, job.corpus, job.root)["experiments"]
    except (ResultsError, ValueError):
        return ""
    metrics = line["metrics"]
    low, high = metrics["interval"]
    return (
        f"{line['name']} ({line['protocol']}): {metrics['accuracy']:.1%} "
        f"[{low:.1%}, {high:.1%}], n = {line['n']}"
    )
