"""Fixtures for all tests: own folders, the demo corpus, the real data where it is there."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
_FOLDERS = ("EMOTION_CACHE_ROOT", "EMOTION_RESULTS_ROOT")


def pytest_configure(config: pytest.Config) -> None:
    """Give the session its own cache and results; xdist's workers inherit the controller's."""
    if hasattr(config, "workerinput"):
        return
    os.environ.pop("EMOTION_DATA_ROOT", None)
    os.environ["MPLBACKEND"] = "Agg"
    own = [name for name in _FOLDERS if not os.environ.get(name)]
    folder = tempfile.mkdtemp(prefix="emotion-tests-")
    for name in own:
        os.environ[name] = str(Path(folder) / name.split("_")[1].lower())

    def remove() -> None:
        for name in own:
            del os.environ[name]
        shutil.rmtree(folder, ignore_errors=True)

    config.add_cleanup(remove)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests, so that at the end no worker waits for another's."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def _shared(name: str, variable: str) -> Path:
    folder = Path(os.environ.get(variable) or _ROOT.parent / "shared" / name)
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent; set {variable} to a folder that holds it")
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder with samples of the real corpora, or skip."""
    return _shared("data", "EMOTION_SHARED_DATA")


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """Return the folder with reference material (Colab's packages), or skip."""
    return _shared("reference", "EMOTION_SHARED_REFERENCE")


@pytest.fixture(scope="session")
def demo_root() -> Path:
    """Return the root of the demo corpus, written once whatever the number of workers."""
    from helpers.corpora.demo import ensure_demo

    cache = Path(os.environ["EMOTION_CACHE_ROOT"])
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return ensure_demo()


@pytest.fixture(scope="session")
def weights_of():
    """Return what gives the path of a weights file of others, or skips with the reason."""
    from helpers.features.weights import WeightsError, weights_path

    def path(name):
        try:
            return weights_path(name, progress=False)
        except WeightsError as error:
            pytest.skip(str(error).splitlines()[0])

    return path
