"""An existing Dask cluster in place of this machine's cores: an optional extra.

Its workers run in this checkout with its packages (``cd CHECKOUT && PYTHONPATH=. dask worker ...``)
and see the same cache, data and results, on a disk that all of them share. The package
``distributed`` is not among the requirements; a cluster has its own version, which must be the
same here.
"""

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import joblib

VARIABLE = "EMOTION_SCHEDULER"
"""Environment variable with a scheduler's address; ``series run --scheduler`` sets it."""

_SECONDS = 10


class ClusterError(Exception):
    """A cluster that cannot be used; the message says what is missing."""


@contextmanager
def on_cluster(address: str) -> Iterator[Any]:
    """Let joblib send what it is given to the cluster at ``tcp://host:port``; yield the client.

    Raises
    ------
    ClusterError
        If ``distributed`` is not installed, nobody answers, or there is no worker.
    """
    try:
        distributed = importlib.import_module("distributed")
    except ModuleNotFoundError:
        raise ClusterError(
            f"To use the scheduler {address} install the package distributed, which is not among "
            "the requirements, in your cluster's version: pip install distributed"
        ) from None
    try:
        client = distributed.Client(address, timeout=_SECONDS, set_as_default=True)
    except (OSError, TimeoutError, ValueError) as error:
        reason = str(error).strip().splitlines()[:1] or [type(error).__name__]
        raise ClusterError(
            f"No Dask scheduler answers at {address} ({reason[0]}). Expected an address such as "
            "tcp://192.168.1.5:8786, which `dask scheduler` shows when it starts."
        ) from None
    with client:
        if not client.scheduler_info()["workers"]:
            raise ClusterError(f"The scheduler {address} has no workers. Start some: dask worker")
        with joblib.parallel_config(backend="dask"):
            yield client


@contextmanager
def extraction() -> Iterator[None]:
    """Let joblib use the cluster that the environment names, if it names one."""
    address = os.environ.get(VARIABLE, "")
    with on_cluster(address) if address else nullcontext():
        yield
