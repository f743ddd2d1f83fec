"""The plain way and the helpers' way of the same thing, timed by turns and shown as a table."""

import contextlib
import io
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from joblib.externals.loky import get_reusable_executor
from rich.console import Console

from helpers.paths import cache_root
from helpers.series.console import Status, write_table
from helpers.series.sources import SeriesError

Way = Callable[[], object]

TOPICS = ("audio", "faces", "media", "then_and_now")
"""Modules of this package, each with a list ``ROWS``."""

LONG_TOPICS = ("series", "setup", "gpu")
"""Those that are measured only when they are named; gpu has a table of its own."""

_HEADER = ["plain / ours", "plain ms", "ours ms", "ratio", "at least", "peak MB"]


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


def benchmark(topics: Sequence[str], console: Console) -> int:
    """Measure the rows of some topics and write a table.

    Returns 1 if a promised ratio was not reached, else 0.

    Raises
    ------
    SeriesError
        If there is no such topic.
    """
    unknown = sorted(set(topics) - {*TOPICS, *LONG_TOPICS})
    if unknown:
        known = ", ".join([*TOPICS, *LONG_TOPICS])
        raise SeriesError(f"No topic {', '.join(unknown)}; there are: {known}.")
    os.environ["MPLBACKEND"] = "Agg"
    lines, missed = [], False
    for topic in topics or TOPICS:
        module = import_module(f"helpers.series.benchmark.{topic}")
        if topic == "gpu":
            missed |= bool(module.report(console))
            continue
        for row in module.ROWS:
            with Status(console) as status:
                status.show([f"measuring: {row.name} …"])
                found = measure(row)
            short = found.ratio < row.target
            missed |= short
            numbers = [f"{found.plain * 1000:.1f}", f"{found.ours * 1000:.1f}"]
            target = f"{row.target:g}{'  missed' if short else ''}"
            lines.append([row.name, *numbers, f"{found.ratio:.3g}", target, f"{found.peak:.0f}"])
    if lines:
        write_table(console, _HEADER, lines)
    return int(missed)


def measure(row: Row) -> Measurement:
    """Measure a row in a process of its own, with an empty cache."""
    # Not multiprocessing's own pool: its processes may not start others, and reading clips does.
    context = multiprocessing.get_context("spawn")
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        ProcessPoolExecutor(1, mp_context=context) as pool,
    ):
        return pool.submit(_measure_here, row, Path(folder)).result()


def for_each(items: Sequence, plain: Callable, ours: Callable) -> tuple[Way, Way]:
    """Return two ways to go through some items."""
    return lambda: [plain(item) for item in items], lambda: [ours(item) for item in items]


def first_and_again(read: Way) -> tuple[Way, Way]:
    """Return reading with an empty cache, and reading with what that has left there."""

    def first() -> object:
        shutil.rmtree(cache_root(), ignore_errors=True)
        return read()

    return first, read


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
