"""Whether this machine has what the series needs, and what to type where it has not.

Needs nothing but Python, so that it can say what is missing; `python -m helpers.runtime` shows it.
"""

import importlib
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from helpers.runtime import device_name, import_tensorflow, installed_version
from helpers.runtime.colab import NO_GPU_IN_COLAB, in_colab

if TYPE_CHECKING:
    from packaging.requirements import Requirement

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.txt"
_PYTHONS = ((3, 11), (3, 13))
_FREE_GIGABYTES = 2.0
_SHADOWS = ("ffmpeg", "python-ffmpeg")
# Another package that holds the same module: installing both would mix their files.
_ALTERNATIVES = {"opencv-python-headless": "opencv-python"}


def unmet_requirements(path: str | Path = REQUIREMENTS) -> list[str]:
    """Return the lines of a requirements file that the installed packages do not meet.

    A package that holds the same module under another name will do. One whose installation was
    interrupted will not: pip and uv write their own name last.
    """
    lines = [line.split("#")[0].strip() for line in Path(path).read_text("utf-8").splitlines()]
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return [line for line in lines if line]
    return [str(line) for line in map(Requirement, filter(None, lines)) if not _is_met(line)]


def _is_met(requirement: "Requirement") -> bool:
    try:
        package = metadata.distribution(requirement.name)
    except metadata.PackageNotFoundError:
        return bool(installed_version(_ALTERNATIVES.get(requirement.name, requirement.name)))
    return bool(package.read_text("INSTALLER")) and requirement.specifier.contains(
        package.version, prereleases=True
    )


class Check(NamedTuple):
    """One line of the table: whether it is well, what, how it is, and what to do or to know."""

    ok: bool
    name: str
    detail: str
    advice: str = ""


def check() -> list[Check]:
    """Look at everything that the series needs and say what to do about what is missing."""
    checks = (_check_python, _check_tensorflow, _check_ffmpeg, _check_packages, _check_disk)
    return [line for one in checks for line in one()]


def table(lines: list[Check]) -> str:
    """Return the checks as text: a line [OK] or [FAIL] for each, its advice below it."""
    text = []
    for line in lines:
        text.append(f"{'[OK]' if line.ok else '[FAIL]':<6} {line.name:<10} {line.detail}")
        if line.advice:
            text.append(f"{'':<18}{line.advice}")
    return "\n".join(text)


def _check_python() -> Iterator[Check]:
    low, high = (".".join(map(str, version)) for version in _PYTHONS)
    if _PYTHONS[0] <= sys.version_info[:2] <= _PYTHONS[1]:
        yield Check(True, "Python", platform.python_version())
    else:
        detail = f"{platform.python_version()}; {low} to {high} are needed"
        yield Check(False, "Python", detail, "type: PYTHON=/path/to/python bash colab_setup.sh")


def _check_tensorflow() -> Iterator[Check]:
    try:
        tensorflow = import_tensorflow()
        import keras
    except Exception as error:  # whatever keeps it from being imported is what to report
        yield _failure("TensorFlow", error, "tensorflow")
        return
    yield Check(True, "TensorFlow", tensorflow.__version__)
    yield Check(True, "Keras", keras.__version__)
    device = device_name()
    advice = ""
    if device.startswith("CPU") and in_colab():
        advice = NO_GPU_IN_COLAB
    elif device.startswith("CPU") and shutil.which("nvidia-smi"):
        advice = f"to use the NVIDIA card, type: {_pip('install', 'tensorflow[and-cuda]')}"
    yield Check(True, "device", device, advice)


def _check_ffmpeg() -> Iterator[Check]:
    try:
        from helpers.runtime.ffmpeg import ffmpeg_binary

        program = ffmpeg_binary()
        command = [program, "-hide_banner", "-version"]
        first = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (ImportError, OSError, subprocess.CalledProcessError) as error:
        yield _failure("ffmpeg", error, "imageio-ffmpeg")
        return
    origin = "imageio-ffmpeg's" if "imageio_ffmpeg" in program else program
    detail = f"{' '.join(first.split()[2:3])} ({origin})"
    shadows = [name for name in _SHADOWS if installed_version(name)]
    if not shadows:
        yield Check(True, "ffmpeg", detail)
    else:
        names = " and ".join(f"`{name}`" for name in shadows)
        detail += f", but {names} hides the package `ffmpeg-python`"
        # Both write the module ffmpeg; where ffmpeg-python came last it works all the same.
        works = hasattr(importlib.import_module("ffmpeg"), "input")
        repair = _pip("install", "--force-reinstall", "--no-deps", "ffmpeg-python")
        repair = f"{_pip('uninstall', '-y', *shadows)} && {repair}"
        yield Check(works, "ffmpeg", detail, f"to mend that, type: {repair}")


def _check_packages() -> Iterator[Check]:
    unmet = unmet_requirements()
    if unmet:
        more = f" and {len(unmet) - 5} more" if len(unmet) > 5 else ""
        detail = f"missing or too old: {', '.join(unmet[:5])}{more}"
        yield Check(False, "packages", detail, "type: bash colab_setup.sh")
    else:
        yield Check(True, "packages", "all that requirements.txt asks for")


def _check_disk() -> Iterator[Check]:
    advice = "free some space, or choose another folder: export EMOTION_CACHE_ROOT=/path"
    try:
        from helpers.files import free_bytes
        from helpers.paths import cache_root

        folder = cache_root()
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            free = free_bytes(folder) / 1e9
    except ImportError as error:
        yield _failure("disk", error, "platformdirs")
    except OSError as error:
        yield Check(False, "disk", f"{type(error).__name__}: {error}", advice)
    else:
        detail = f"{free:.1f} GB free for {folder}"
        if free >= _FREE_GIGABYTES:
            yield Check(True, "disk", detail)
        else:
            detail += f"; at least {_FREE_GIGABYTES:.0f} GB are needed"
            yield Check(False, "disk", detail, advice)


def _failure(name: str, error: Exception, package: str) -> Check:
    repair = "bash colab_setup.sh"
    if installed_version(package):
        repair = _pip("install", "--force-reinstall", "--no-deps", package)
    return Check(False, name, f"{type(error).__name__}: {error}", f"type: {repair}")


def _pip(*arguments: str) -> str:
    return shlex.join([sys.executable, "-m", "pip", *arguments])
