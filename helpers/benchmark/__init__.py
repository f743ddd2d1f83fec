"""The old name of the benchmark, ``python -m helpers.benchmark``; it is a command of the series."""
