"""The whole series: one notebook after the other, and at once what can be."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from helpers.corpora.demo import ensure_demo
from helpers.paths import cache_root, repository_root
from helpers.series.benchmark.measure import Row, Way


def parallel_series(folder: Path) -> tuple[Way, Way]:
    """Run all notebooks with ``--jobs 1``, and as many at once as the machine allows.

    Each way has all cores, and a cache of its own with nothing but the demo corpus in it.
    """
    ensure_demo()

    def run_with(name: str, *options: str) -> Way:
        def way() -> None:
            shutil.copytree(cache_root(), folder / name / "cache")
            subprocess.run(
                [sys.executable, "-m", "helpers.series", "run", *options]
                + ["--results", str(folder / name / "results")],
                cwd=repository_root(),
                env=os.environ | {"EMOTION_CACHE_ROOT": str(folder / name / "cache")},
                stdout=subprocess.DEVNULL,
                check=True,
            )

        return way

    return run_with("plain", "--jobs", "1"), run_with("ours")


ROWS = [Row("all notebooks: one after the other / at once", parallel_series, 1.6, repeats=1)]
