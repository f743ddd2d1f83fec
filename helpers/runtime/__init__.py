"""What the code runs on: a quiet TensorFlow, seeds, versions and the device."""

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType

from helpers.runtime import user_settings
from helpers.runtime.bootstrap import begin_notebook as begin_notebook
from helpers.runtime.colab import NO_GPU_IN_COLAB, in_colab

_ROOT = Path(__file__).resolve().parents[2]
_RECORDED = ("tensorflow", "keras", "numpy", "pandas", "scipy", "scikit-learn", "librosa")
# Not what a build writes: notebooks, lab editions, results, the READMEs.
_CODE = ("helpers", "notebooks/src", "colab_setup.sh", "requirements.txt")


@cache
def import_tensorflow() -> ModuleType:
    """Import TensorFlow without its start-up messages and return it; GPU memory grows as needed.

    Several GPUs share every batch, see :func:`share_batches`. What a user has set for other work
    is set aside, see :mod:`helpers.runtime.user_settings`; so call it before anything else imports
    keras or matplotlib. What TensorFlow wrote is shown if the import fails.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    # Else only processors with AVX-512 get oneDNN's kernels: VGG16 takes a third longer without.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    user_settings.set_aside()
    # The messages come from C++ and go to the file descriptor, not to sys.stderr.
    with _quiet_standard_error():
        import tensorflow

        user_settings.restore_keras_defaults()
        for gpu in tensorflow.config.list_physical_devices("GPU"):
            try:
                tensorflow.config.experimental.set_memory_growth(gpu, True)
            except RuntimeError:
                break  # a network was already built: too late, and not needed
        gpus = tensorflow.config.list_logical_devices("GPU")
        if len(gpus) > 1 and not tensorflow.distribute.has_strategy():
            share_batches([gpu.name for gpu in gpus])
    # A notebook trains several networks; TensorFlow warns when it traces each of them.
    tensorflow.get_logger().setLevel("ERROR")
    return tensorflow


def share_batches(devices: Sequence[str]) -> None:
    """Keep a copy of every network built from now on on each device, and divide batches among them.

    ``tf.distribute``'s mirrored strategy: gradients are added up, so the copies stay equal, and
    the batch size stays what the recipe says. Devices are named as TensorFlow does (``"GPU:0"``).
    """
    import tensorflow

    strategy = tensorflow.distribute.MirroredStrategy(list(devices))
    tensorflow.distribute.experimental_set_strategy(strategy)


def set_seeds(seed: int) -> None:
    """Seed Python's, NumPy's and TensorFlow's random numbers."""
    import_tensorflow()
    import keras

    keras.utils.set_random_seed(seed)


def device_name() -> str:
    """Return what TensorFlow computes on: the first GPU, else the processor and its cores."""
    tensorflow = import_tensorflow()
    gpus = tensorflow.config.list_physical_devices("GPU")
    if gpus:
        details = tensorflow.config.experimental.get_device_details(gpus[0])
        return f"GPU: {details.get('device_name', gpus[0].name)}"
    return f"CPU: {_processor()}, {_cores()} cores"


def environment() -> dict:
    """Return what a result depends on, for its metrics.json.

    ``versions`` (of a package that is not installed: ""), ``device``, ``cores`` that this process
    may use, ``system``, ``commit``.
    """
    versions = {name: installed_version(name) for name in _RECORDED}
    return {
        "versions": {"python": platform.python_version()} | versions,
        "device": device_name(),
        "cores": _cores(),
        "system": platform.platform(terse=True),
        "commit": commit(),
    }


def commit() -> str:
    """Return the commit of the code, "" outside a git checkout.

    With ``-modified`` where the code differs from that commit; what a build writes does not count.
    """
    try:
        name = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--", *_CODE)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return f"{name}-modified" if changed else name


def describe() -> str:
    """Return versions and device in a line or two, to be printed in a notebook."""
    versions = [
        f"{name} {installed_version(name.lower())}" for name in ("TensorFlow", "Keras", "NumPy")
    ]
    device = device_name()
    line = " · ".join([f"Python {platform.python_version()}", *versions, device])
    return f"{line}\n{NO_GPU_IN_COLAB}" if in_colab() and device.startswith("CPU") else line


@contextmanager
def _quiet_standard_error() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as written:
        os.dup2(written.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(kept, 2)
            written.seek(0)
            sys.stderr.write(written.read().decode("utf-8", "replace"))
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def installed_version(name: str) -> str:
    """Return the version of a package, "" where it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(_ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
