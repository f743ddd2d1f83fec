"""Results that are costly to compute, kept on disk by the content they came from.

A result's name is made from its file's content and the settings, so a changed file or setting is
computed anew and nothing has to be invalidated. Every write is atomic: an interrupted run goes on
where it was. A reason that is about the content is kept; where the drive, the memory or the time
was to blame, the file is tried again the next time.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import joblib
import numpy as np
from joblib.externals.loky.process_executor import TerminatedWorkerError
from tqdm import tqdm

from helpers.files import digest_of, fingerprint, write_atomically, write_json, write_text
from helpers.paths import cache_root
from helpers.runtime.cluster import extraction

# Older entries are not believed: they may hold the failure of a program as a file's damage.
_VERSION = 2
_KEPT = "kept"
_ABRUPT = "the process that read it ended abruptly"


class Unusable(Exception):
    """A sample that cannot be used; the message is the reason that stays beside it."""


class TemporarilyUnusable(Unusable):
    """A sample that could not be read this time; the reason is no property of its content."""


@dataclass(frozen=True)
class Result:
    """One sample's result: a ``.npy`` file, or the reason why there is none."""

    path: Path | None
    problem: str = ""

    def load(self) -> np.ndarray:
        """Return the array, mapped from disk, read-only.

        Raises
        ------
        Unusable
            If the sample had a problem.
        """
        if self.path is None:
            raise Unusable(self.problem)
        return np.load(self.path, mmap_mode="r", allow_pickle=False)


def compute_each(
    name: str,
    paths: Sequence[str | Path],
    settings: Mapping[str, object],
    function: Callable[[Path], np.ndarray],
    *,
    jobs: int = -1,
    progress: bool = True,
) -> list[Result]:
    """Compute one array for every file, in parallel, and keep each in the cache.

    Parameters
    ----------
    name : str
        The kind of result, a folder of the cache: ``"waveform"``, ``"frames"``.
    settings : mapping
        Everything besides the file that the result depends on.
    function : callable
        Takes a path, returns an array of any shape; must be importable (it runs in other
        processes) and raises ``Unusable`` with a reason for a sample that cannot be used.
    jobs : int
        Processes, as joblib counts them, where neither ``joblib.parallel_config`` nor
        ``helpers.runtime.cluster`` says where to compute.

    Returns
    -------
    list of Result
        In the order of ``paths``. Reasons are kept too, so a broken file is tried once; those of
        ``TemporarilyUnusable`` are not.
    """
    paths = [Path(path) for path in paths]
    folder = cache_root() / name / digest_of(settings, _VERSION)[:12]
    folder.mkdir(parents=True, exist_ok=True)
    names = [_content_name(path) for path in paths]
    missing = {n: p for n, p in zip(names, paths, strict=True) if n and _stored(folder, n) is None}
    not_kept = {}
    if missing:
        compute = partial(_compute_one, function, folder)
        items = [(p, n) for n, p in missing.items()]
        with extraction():
            reasons = _in_processes(compute, items, jobs, name if progress else None)
            not_kept = dict(zip(missing, (reason or _ABRUPT for reason in reasons), strict=True))
    return [
        (_stored(folder, n) or Result(None, not_kept[n]))
        if n
        else Result(None, _unreadable_reason(p))
        for n, p in zip(names, paths, strict=True)
    ]


def compute_stack(
    name: str,
    paths: Sequence[str | Path],
    settings: Mapping[str, object],
    function: Callable[[Path], np.ndarray],
    *,
    shape: tuple[int, ...],
    dtype: str,
    jobs: int = -1,
    progress: bool = True,
) -> tuple[np.ndarray, list[str]]:
    """Compute arrays of one shape for many small files and keep them as one array.

    Takes the same arguments as :func:`compute_each`, and the ``shape`` and ``dtype`` of one result.

    Returns
    -------
    values : array (n, *shape)
        Mapped from disk, read-only; the row of a sample with a problem is zero.
    problems : list of n str
        "" or the reason.
    """
    paths = [Path(path) for path in paths]
    names = [_content_name(path) for path in paths]
    key = digest_of(settings, names, list(shape), dtype, _VERSION)
    path = cache_root() / name / f"{key}.npy"
    problems_path = path.with_suffix(".json")
    if path.exists() and problems_path.exists():
        problems = json.loads(problems_path.read_text(encoding="utf-8"))
    else:
        with write_atomically(path) as temporary, extraction():
            temporary.parent.mkdir(parents=True, exist_ok=True)
            values = np.lib.format.open_memmap(temporary, "w+", dtype, (len(paths), *shape))
            items, compute = [(p,) for p in paths], partial(_try, function)
            problems, all_kept = [], True
            outcomes = _in_processes(compute, items, jobs, name if progress else None)
            for row, outcome in enumerate(outcomes):
                value, problem, kept = outcome or (None, _ABRUPT, False)
                if value is not None:
                    values[row] = value
                problems.append(problem)
                all_kept &= kept
            values.flush()
            del values
        if all_kept:  # without its problems an array is computed anew
            write_json(problems_path, problems)
        else:
            problems_path.unlink(missing_ok=True)
    return np.load(path, mmap_mode="r", allow_pickle=False), problems


def _in_processes(
    function: Callable, items: Sequence[tuple], jobs: int, bar: str | None
) -> Iterator[object]:
    """Yield what :func:`_outcomes` does; a progress bar is shown under the name ``bar``."""
    yield from tqdm(
        _outcomes(function, items, jobs), bar, len(items), disable=not bar, mininterval=2, delay=10
    )


def _outcomes(function: Callable, items: Sequence[tuple], jobs: int) -> Iterator[object]:
    """Yield ``function(*item)`` for each item, in order; None if the process was lost with it."""
    count = 0
    try:
        tasks = (joblib.delayed(function)(*item) for item in items)
        for outcome in joblib.Parallel(n_jobs=jobs, return_as="generator")(tasks):
            yield outcome
            count += 1
    except TerminatedWorkerError:
        # A decoder crashed, or the memory gave out. One by one it shows which file it was.
        for item in items[count:]:
            try:
                (outcome,) = joblib.Parallel(n_jobs=2)([joblib.delayed(function)(*item)])
            except TerminatedWorkerError:
                outcome = None
            yield outcome


def _content_name(path: Path) -> str:
    try:
        return fingerprint(path)
    except OSError:
        return ""


def _unreadable_reason(path: Path) -> str:
    if path.is_dir():
        return "a folder, not a file"
    return "the file is missing" if not path.exists() else "the file cannot be opened"


def _stored(folder: Path, name: str) -> Result | None:
    array, reason = folder / f"{name}.npy", folder / f"{name}.txt"
    if array.exists():
        return Result(array)
    return Result(None, reason.read_text(encoding="utf-8")) if reason.exists() else None


def _try(function: Callable[[Path], np.ndarray], path: Path) -> tuple[np.ndarray | None, str, bool]:
    """Return a value or None, the reason for that, and whether it is to be kept."""
    if not path.is_file():
        return None, _unreadable_reason(path), True
    try:
        return function(path), "", True
    except TemporarilyUnusable as reason:
        return None, str(reason), False
    except Unusable as reason:
        return None, str(reason), True


def _compute_one(
    function: Callable[[Path], np.ndarray], folder: Path, path: Path, name: str
) -> str:
    """Compute one result; return ``_KEPT``, or the reason why there is none to keep."""
    # A cluster that lost a worker asks again for what that one had just finished.
    if _stored(folder, name) is not None:
        return _KEPT
    value, problem, kept = _try(function, path)
    if not kept:
        return problem
    if value is None:
        write_text(folder / f"{name}.txt", problem)
    else:
        with write_atomically(folder / f"{name}.npy") as temporary, temporary.open("wb") as file:
            np.save(file, value, allow_pickle=False)
    return _KEPT
