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
