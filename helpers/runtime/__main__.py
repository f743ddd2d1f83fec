"""``python -m helpers.runtime``: a table of what this machine has and what it lacks."""

import sys

from helpers.runtime import check


def main() -> int:
    """Show the table of checks; the exit code is 1 if a line failed."""
    lines = check.check()
    sys.stdout.write(check.table(lines) + "\n")
    return 0 if all(line.ok for line in lines) else 1


if __name__ == "__main__":
    raise SystemExit(main())
