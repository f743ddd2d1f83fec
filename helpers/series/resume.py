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
# Commands, the page and the checks of the lab editions change no number.
_NOT_USED_BY_NOTEBOOKS = ("series",)


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
    try:
        notebook = nbformat.read(job.folder / RUN, as_version=4)
        seen = notebook.metadata.get("series", {})
        return (seen.get("digest"), seen.get("results")) == (wanted, _results(job))
    except (OSError, ValueError, nbformat.ValidationError):
        return False


def token_of(job: Job) -> str:
    """Return the token under which ``finish`` was told of the job's last run, else ""."""
    notebook = nbformat.read(job.folder / RUN, as_version=4)
    return notebook.metadata.get("series", {}).get("token", "")


def last_seconds(job: Job) -> float:
    """Return how long the job's last run took, else what the kept results say, else 0."""
    try:
        notebook = nbformat.read(job.folder / RUN, as_version=4)
        return float(notebook.metadata.papermill.duration)
    except (OSError, ValueError, TypeError, AttributeError, nbformat.ValidationError):
        pass
    for root in (job.root, results_root()):
        try:
            return float(load_run(job.source.name, job.corpus, root)["seconds"])
        except (ResultsError, KeyError):
            continue
    return 0.0


def finish(job: Job, wanted: str, token: str = "") -> None:
    """Turn the partial notebook into ``run.ipynb``, with digest and token in it."""
    partial = job.folder / PARTIAL
    notebook = nbformat.read(partial, as_version=4)
    notebook.metadata["series"] = {"digest": wanted, "results": _results(job), "token": token}
    with write_atomically(job.folder / RUN) as temporary:
        nbformat.write(notebook, temporary)
    partial.unlink()


def _results(job: Job) -> str:
    files = [job.folder / "metrics.json", *sorted(job.folder.glob("*.csv"))]
    return digest_of([(path.name, fingerprint(path)) for path in files])


def _helpers() -> list[tuple[str, str]]:
    folder = repository_root() / "helpers"
    names = [
        path.relative_to(folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    ]
    return [
        (name.as_posix(), fingerprint(folder / name))
        for name in names
        if name.parts[0] not in _NOT_USED_BY_NOTEBOOKS
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
