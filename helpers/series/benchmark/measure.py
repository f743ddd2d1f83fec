"""One row: the plain way and the helpers' way of the same thing, timed by turns."""

import contextlib
import io
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from joblib.externals.loky import get_reusable_executor

Way = Callable[[], object]


@dataclass(frozen=True)
class Row:
    """A comparison; ``prepare`` must be importable, since it runs in another process.

    ``prepare`` takes an empty folder and returns the plain way and ours, two callables without
    arguments that do the same work. ``target`` is the ratio of their times that is promised. With
    one of ``repeats`` each way is carried out once, the first time it is.
    """

    name: str
    prepare: Callable[[Path], tuple[Way, Way]]
    target: float
    repeats: int = 5


@dataclass(frozen=True)
class Measurement:
    """What a row came to: best times in seconds, and the peak of our way's memory in MB."""

    plain: float
    ours: float
    peak: float

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.plain / self.ours


def measure(row: Row) -> Measurement:
    """Measure a row in a process of its own, with an empty cache."""
    # Not multiprocessing's own pool: its processes may not start others, and reading clips does.
    context = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        ProcessPoolExecutor(1, mp_context=context) as pool,
    ):
        return pool.submit(_measure_here, row, Path(folder)).result()


def _measure_here(row: Row, folder: Path) -> Measurement:
    os.environ["EMOTION_CACHE_ROOT"] = str(folder / "cache")
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # progress bars
            return _by_turns(*row.prepare(folder), row.repeats)
    finally:  # this process waits at its end for joblib's, which idle for minutes before they go
        get_reusable_executor().shutdown()


def _by_turns(plain: Way, ours: Way, repeats: int) -> Measurement:
    if repeats > 1:
        ours()  # imports, first pages of memory; the same for plain
    peak = _peak_memory()
    if repeats > 1:
        plain()
    times: dict[Way, list[float]] = {plain: [], ours: []}
    for _ in range(repeats):
        for way in (plain, ours):
            started = time.perf_counter()
            way()
            times[way].append(time.perf_counter() - started)
    return Measurement(min(times[plain]), min(times[ours]), peak)


def _peak_memory() -> float:
    """Return the largest memory this process has had, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
