"""What the commands write: lines and tables, and what goes on just now."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from time import monotonic
from typing import TextIO

from rich.console import Console
from rich.live import Live
from rich.table import Table

from helpers.results.runs import ResultsError, load_run, seed_spread
from helpers.series.process import LOG, Outcome

_SECONDS_BETWEEN_LINES = 20
_LOG_WIDTH = 200


def make_console(stream: TextIO | None = None) -> Console:
    """Return a console that writes text as it is, to standard output or another stream."""
    plain = partial(
        Console, file=stream, markup=False, highlight=False, emoji=False, soft_wrap=True
    )
    # The output of a notebook's cell (`!python -m helpers.series run`) cannot be written over.
    if plain().is_terminal and "JPY_PARENT_PID" not in os.environ:
        return plain()
    return plain(force_terminal=False, width=_LOG_WIDTH)


def write_table(console: Console, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Write a table, columns as wide as they need to be."""
    table = Table(*header, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


class Status(AbstractContextManager):
    """What goes on just now, a line each: moving in a terminal, in a log now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, transient=True, auto_refresh=False)
        self._last = monotonic()

    def __enter__(self) -> "Status":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, lines: Sequence[str]) -> None:
        """Show what goes on."""
        if self._console.is_terminal:
            self._live.update("\n".join(lines), refresh=True)
        elif lines and monotonic() - self._last > _SECONDS_BETWEEN_LINES:
            self._console.print("\n".join(lines))
            self._last = monotonic()


def clock(seconds: float) -> str:
    """Return seconds as ``m:ss`` or ``h:mm:ss``."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def summary(outcomes: Sequence[Outcome], console: Console) -> None:
    """Write the table at the end, and where to look when something failed."""
    rows = []
    for outcome in outcomes:
        memory = f"{outcome.peak_megabytes:.0f} MB" if outcome.peak_megabytes else ""
        took = clock(outcome.seconds) if outcome.seconds else ""
        rows.append([outcome.job.title, outcome.status, took, memory, _first_result(outcome)])
    console.print()
    write_table(console, ["notebook", "status", "time", "peak memory", "first result"], rows)
    spread = _seed_rows(outcomes)
    if spread:
        console.print()
        header = ["notebook", "experiment", "protocol", "seeds", "accuracy, mean ± sd"]
        write_table(console, header, spread)
    for outcome in outcomes:
        if outcome.status == "failed":
            console.print(f"{outcome.job.title}: see {outcome.job.folder / LOG}")


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
