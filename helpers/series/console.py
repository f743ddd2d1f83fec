"""Progress that a person can read: one moving line on a terminal, now and then a line in a log."""

import sys
from collections.abc import Sequence
from time import monotonic
from typing import TextIO

_SECONDS_BETWEEN_LINES = 20


class Console:
    """Lines that stay, and a status that moves (on a terminal) or is repeated now and then."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._moving = self._stream.isatty()
        self._width = 0
        self._last = monotonic()

    def line(self, text: str = "") -> None:
        """Write a line that stays, in place of the status."""
        self._write(f"\r{text:<{self._width}}" if self._width else text, end="\n")
        self._width = 0
        self._last = monotonic()

    def status(self, text: str) -> None:
        """Show what goes on just now."""
        if self._moving:
            self._write(f"\r{text:<{self._width}}", end="")
            self._width = len(text)
        elif monotonic() - self._last > _SECONDS_BETWEEN_LINES:
            self.line(text)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write a table, columns as wide as they need to be."""
        lines = [list(header), *(list(row) for row in rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
        lines.insert(1, ["-" * width for width in widths])
        for line in lines:
            cells = (f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True))
            self.line("  ".join(cells).rstrip())

    def _write(self, text: str, end: str) -> None:
        self._stream.write(text + end)
        self._stream.flush()


def clock(seconds: float) -> str:
    """Return seconds as ``m:ss`` or ``h:mm:ss``."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
