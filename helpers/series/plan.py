"""What ``series run`` is asked for, and the jobs that it makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.corpora.demo import MARK
from helpers.paths import data_root, results_root
from helpers.runtime.parameters import VALUES, expected
from helpers.series.process import Job
from helpers.series.sources import (
    BUILDS_ON,
    SeriesError,
    Source,
    find_sources,
    notebooks_folder,
    parse_value,
    read_parameters,
)

CORPORA = VALUES["CORPUS"]
_OPTION_OF = {"CORPUS": "--corpus", "DATA_ROOT": "--data-root", "RESULTS_ROOT": "--results"}


@dataclass(frozen=True)
class Request:
    """What ``series run`` was asked for; see its ``--help``."""

    corpus: str = "demo"
    data: str = ""
    notebooks: Sequence[str] = ()
    values: Sequence[str] = ()
    seeds: Sequence[int] = ()
    fresh: bool = False
    results: str = ""
    timeout: float | None = None
    jobs: int | None = None
    scheduler: str = ""


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


def missing_foundations(jobs: Sequence[Job], sources: Sequence[Source]) -> list[str]:
    """Return a sentence for each notebook that is not to be run and has no results to build on."""
    names = {source.number: source.name for source in sources}
    chosen = {job.source.number for job in jobs}
    return [
        f"{job.title} builds on {names[number]}, which is not chosen and has no results in "
        f"{job.root / job.corpus}: it makes what it needs itself."
        for job in jobs
        for number in BUILDS_ON.get(job.source.number, ())
        if number in names.keys() - chosen
        and not (job.root / job.corpus / names[number] / "metrics.json").exists()
    ]


def _check_data(request: Request) -> None:
    if request.corpus not in CORPORA:
        raise SeriesError(f"--corpus {request.corpus}: expected one of {', '.join(CORPORA)}.")
    folder = data_root(request.data)
    if request.corpus == "demo" and request.data and not (folder / MARK).is_file():
        raise SeriesError(
            f"--data-root {request.data}: the demo corpus writes its own data. To read yours, add "
            "--corpus thesis. (One drawn with another seed is made by "
            "python -m helpers.corpora.demo FOLDER --seed N.)"
        )
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
        if name in VALUES and (wanted := expected(name, str, given[name])):
            raise SeriesError(f"--set {text}: expected {wanted}.")
    return given
