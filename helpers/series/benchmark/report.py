"""Topics of rows, measured and shown as a table."""

import os
from collections.abc import Sequence
from importlib import import_module

from rich.console import Console

from helpers.series.benchmark.measure import measure
from helpers.series.console import Status, write_table
from helpers.series.sources import SeriesError

TOPICS = ("audio", "faces", "media")
"""Modules of this package, each with a list ``ROWS``."""

LONG_TOPICS = ("series", "setup")
"""Those that are measured only when they are named."""

_HEADER = ["plain / ours", "plain ms", "ours ms", "ratio", "at least", "peak MB"]


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
        for row in import_module(f"helpers.series.benchmark.{topic}").ROWS:
            with Status(console) as status:
                status.show([f"measuring: {row.name} …"])
                found = measure(row)
            short = found.ratio < row.target
            missed |= short
            numbers = [f"{found.plain * 1000:.1f}", f"{found.ours * 1000:.1f}"]
            target = f"{row.target:g}{'  missed' if short else ''}"
            lines.append([row.name, *numbers, f"{found.ratio:.3g}", target, f"{found.peak:.0f}"])
    write_table(console, _HEADER, lines)
    return int(missed)
