"""The command line: ``python -m helpers.series.benchmark``."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from helpers.series.benchmark.measure import measure
from helpers.series.console import Console

TOPICS = ("audio", "faces", "media")
"""Modules of this package, each with a list ``ROWS``."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the rows and print a table; return 1 if a promised ratio was not reached."""
    parser = argparse.ArgumentParser(prog="python -m helpers.series.benchmark", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="topic", help=f"some of: {', '.join(TOPICS)}")
    options = parser.parse_args(arguments)
    unknown = set(options.topics) - set(TOPICS)
    if unknown:
        parser.error(f"unknown {sorted(unknown)}; expected some of {list(TOPICS)}")
    os.environ["MPLBACKEND"] = "Agg"
    console, lines, missed = Console(), [], 0
    for topic in options.topics or TOPICS:
        for row in import_module(f"helpers.series.benchmark.{topic}").ROWS:
            console.status(f"measuring: {row.name} …")
            found = measure(row)
            missed += found.ratio < row.target
            lines.append(
                [
                    row.name,
                    f"{found.plain * 1000:.1f}",
                    f"{found.ours * 1000:.1f}",
                    f"{found.ratio:.3g}",
                    f"{row.target:g}" + ("" if found.ratio >= row.target else "  missed"),
                    f"{found.peak:.0f}",
                ]
            )
    console.table(["plain / ours", "plain ms", "ours ms", "ratio", "at least", "peak MB"], lines)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
