"""The set-up: packages installed by pip, and by uv."""

import subprocess
import sys
from pathlib import Path

from helpers.paths import repository_root
from helpers.series.benchmark.measure import Row, Way


def packages(folder: Path) -> tuple[Way, Way]:
    """Install the requirements into new environments with pip, and with a uv that pip brings."""
    requirements = ["-r", str(repository_root() / "requirements.txt")]

    def environment(name: str) -> str:
        subprocess.run([sys.executable, "-m", "venv", folder / name], check=True)
        return str(folder / name / "bin" / "python")

    def install(*command: str) -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def plain() -> None:
        python = environment("pip")
        install(python, "-m", "pip", "install", "--no-cache-dir", "--quiet", *requirements)

    def ours() -> None:
        python = environment("uv")
        install(python, "-m", "pip", "install", "--no-cache-dir", "--quiet", "uv")
        uv = [python, "-m", "uv", "pip", "install", "--python", python]
        install(*uv, "--no-cache", "--quiet", *requirements)

    return plain, ours


ROWS = [Row("packages of the series, empty caches: pip / uv", packages, 2, repeats=1)]
