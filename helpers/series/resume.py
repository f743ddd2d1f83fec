"""What a run depended on, as a digest: an unchanged digest means that it need not run again."""

import os
import platform
from importlib import metadata
from pathlib import Path

import nbformat

from helpers.files import digest_of, fingerprint, write_atomically
from helpers.paths import data_root, repository_root, results_root
from helpers.results.runs import ResultsError, load_run
from helpers.series.process import PARTIAL, Job
from helpers.series.sources import BUILDS_ON

RUN = "run.ipynb"
_PACKAGES = ("tensorflow", "keras", "numpy", "scipy", "pandas", "scikit-learn", "librosa")
# Rooms of helpers that change no number: commands, the page, the lab editions, an old name.
_NOT_USED_BY_NOTEBOOKS = ("series", "benchmark")


def digest(job: Job) -> str:
    """Return a digest of all that decides a run's outcome.

    The source, the helpers, the versions of the packages, the parameters, the corpus's files (name,
    size and time of the last change) and the scores of the notebooks that it builds on.
    """
    parameters = {name: value for name, value in job.parameters.items() if name != "RESULTS_ROOT"}
    needed = BUILDS_ON.get(job.source.number, ())
    scores = {
        path.parent.name: fingerprint(path)
        for path in sorted((job.root / job.corpus).glob("*/predictions.csv"))
        if path.parent.name[:2] in needed
    }
    return digest_of(
        job.source.path.read_text(encoding="utf-8"),
        _helpers(),
        _versions(),
        parameters,
        _data(job),
        scores,
    )


def is_up_to_date(job: Job, wanted: str) -> bool:
    """Return whether the job's last run had this digest and its results are as it left them."""
    seen = _read(job).metadata.get("series", {})
    return (seen.get("digest"), seen.get("results")) == (wanted, _results(job))


def last_seconds(job: Job) -> float:
    """Return how long the job's last run took, else what the kept results say, else 0."""
    try:
        return float(_read(job).metadata.papermill.duration)
    except (ValueError, TypeError, AttributeError):
        pass
    for root in (job.root, results_root(), repository_root() / "results"):
        try:
            return float(load_run(job.source.name, job.corpus, root)["seconds"])
        except (ResultsError, KeyError):
            continue
    return 0.0


def last_megabytes(job: Job) -> float:
    """Return the most memory that the job's last run had, 0 if that is not known."""
    return float(_read(job).metadata.get("series", {}).get("peak_megabytes", 0))


def finish(job: Job, wanted: str, peak_megabytes: float) -> None:
    """Turn the partial notebook into ``run.ipynb``, with digest and memory in it."""
    partial = job.folder / PARTIAL
    notebook = nbformat.read(partial, as_version=4)
    notebook.metadata["series"] = {
        "digest": wanted,
        "results": _results(job),
        "peak_megabytes": round(peak_megabytes),
    }
    _write(job, notebook)
    partial.unlink()


def forget(job: Job) -> None:
    """Let the job count as not up to date; how long its last run took is still known."""
    notebook = _read(job)
    if "series" in notebook.metadata:
        notebook.metadata["series"]["digest"] = ""
        _write(job, notebook)


def _read(job: Job) -> nbformat.NotebookNode:
    try:
        return nbformat.read(job.folder / RUN, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError):
        return nbformat.v4.new_notebook()


def _write(job: Job, notebook: nbformat.NotebookNode) -> None:
    with write_atomically(job.folder / RUN) as temporary:
        nbformat.write(notebook, temporary)


def _results(job: Job) -> str:
    files = sorted([*job.folder.glob("metrics.json"), *job.folder.glob("*.csv")])
    return digest_of([(path.name, fingerprint(path)) for path in files])


def _helpers() -> list[tuple[str, str]]:
    folder = repository_root() / "helpers"
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    return [
        (path.relative_to(folder).as_posix(), fingerprint(path))
        for path in files
        if path.relative_to(folder).parts[0] not in _NOT_USED_BY_NOTEBOOKS
    ]


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = ""
    return versions


def _data(job: Job) -> list[tuple]:
    vectors = os.environ.get("EMOTION_PUBLISHED_VECTORS", "")
    files = [Path(vectors)] if vectors else []
    folder = data_root(str(job.parameters.get("DATA_ROOT", "")))
    # The demo corpus is written by the helpers, which are in the digest.
    if job.corpus != "demo":
        walk = os.walk(folder, followlinks=True)
        files += [Path(parent, name) for parent, _, names in walk for name in names]
    listed = []
    for path in sorted(file for file in files if file.exists()):
        status = path.stat()
        listed.append((os.path.relpath(path, folder), status.st_size, status.st_mtime_ns))
    return listed
