"""What this machine has, cores, free memory and a GPU, and how notebooks divide it."""

import os
import shutil
import subprocess
from pathlib import Path

import joblib
import psutil

USUAL_MEGABYTES = 2500.0
"""What a notebook needs at most, as far as is known of one that has not run here."""

_LIMITS = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "LOKY_MAX_CPU_COUNT",  # joblib's processes
)
_GROUP = Path("/sys/fs/cgroup")


def default_jobs(at_most: int) -> int:
    """Return how many notebooks to run at once: as many as cores, and as free memory allows.

    One where there is a GPU, since TensorFlow keeps the memory of a GPU that it has used.
    """
    if has_gpu():
        return 1
    by_memory = int(free_megabytes() // USUAL_MEGABYTES)
    return max(1, min(at_most, joblib.cpu_count(), by_memory))


def thread_limits(jobs: int) -> dict[str, str]:
    """Return environment variables with which each of some notebooks takes its part of the cores.

    A variable that is set already stays as it is.
    """
    part = str(max(1, joblib.cpu_count() // jobs))
    return {name: os.environ.get(name, part) for name in _LIMITS}


def free_megabytes() -> float:
    """Return the memory that programs can still have, also in a container with a limit."""
    free = psutil.virtual_memory().available
    try:
        limit = int((_GROUP / "memory.max").read_text())
        used = int((_GROUP / "memory.current").read_text())
        rows = (line.split() for line in (_GROUP / "memory.stat").read_text().splitlines())
        reclaimable = int(dict(rows)["inactive_file"])
        free = min(free, limit - used + reclaimable)
    except (OSError, ValueError, KeyError):
        pass  # no container, or one without a limit
    return free / 1e6


def has_gpu() -> bool:
    """Return whether there is a GPU of NVIDIA's that may be used; TensorFlow is not asked."""
    if os.environ.get("CUDA_VISIBLE_DEVICES", "0").strip() in ("", "-1"):
        return False
    if any(Path("/dev").glob("nvidia[0-9]*")):
        return True
    program = shutil.which("nvidia-smi")
    if program is None:
        return False
    try:
        listed = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return listed.returncode == 0 and "GPU" in listed.stdout
