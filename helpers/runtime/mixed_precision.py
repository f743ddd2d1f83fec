"""Mixed precision: half as many bits, where a device multiplies these faster."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.runtime import import_tensorflow

if TYPE_CHECKING:
    import keras

_TENSOR_CORES = (7, 0)
"""The first compute capability of NVIDIA's GPUs with tensor cores (Volta, T4)."""

_FLAGS = {"avx512_bf16", "amx_bf16"}
"""Of processors that multiply bfloat16 themselves, as /proc/cpuinfo names them."""


@cache
def fastest_policy() -> str:
    """Return the policy of Keras under which what TensorFlow computes on trains fastest.

    ``"mixed_float16"`` on GPUs with tensor cores, ``"mixed_bfloat16"`` on processors that multiply
    such numbers, ``"float32"`` elsewhere. Under either of the mixed ones weights stay in single
    precision (Micikevicius and others, 2018).
    """
    tensorflow = import_tensorflow()
    gpus = tensorflow.config.list_physical_devices("GPU")
    if gpus:
        details = [tensorflow.config.experimental.get_device_details(gpu) for gpu in gpus]
        capable = all(one.get("compute_capability", (0, 0)) >= _TENSOR_CORES for one in details)
        return "mixed_float16" if capable else "float32"
    return "mixed_bfloat16" if _multiplies_bfloat16() else "float32"


def _multiplies_bfloat16(information: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor does, and nothing keeps oneDNN's kernels from using it."""
    kept = "ONEDNN_MAX_CPU_ISA" in os.environ or os.getenv("TF_ENABLE_ONEDNN_OPTS") == "0"
    if kept or not information.exists():  # neither on macOS nor on Windows
        return False
    return not _FLAGS.isdisjoint(information.read_text("utf-8").split())


@contextmanager
def dtype_policy(policy: "str | keras.DTypePolicy") -> Iterator[None]:
    """Build layers under a policy of Keras; those that exist keep theirs."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
