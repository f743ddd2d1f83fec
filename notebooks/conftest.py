"""How nbval compares the notebooks: ``pytest --nbval --nbval-current-env notebooks``.

Decimals are compared closely, everything else exactly (``helpers.series.outputs``). The notebooks
of one call share a copy of the saved demo results to read and to write, so that those in the
checkout stay, and a notebook finds the networks that an earlier one has just trained.
"""

import copy
import shutil
import tempfile
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell

from helpers.paths import repository_root
from helpers.series.outputs import are_close, tolerance_of

_compare = IPyNbCell.compare_outputs


def compare_outputs(cell, new, saved, skip_compare=None):
    """Let a text that is close to the saved one pass for it; nbval does the rest."""
    tolerance = tolerance_of(cell.cell.metadata.get("tags", []))
    new = copy.deepcopy(new)
    for one, other in zip(new, saved, strict=False):
        _relax(one, other, "text", tolerance)
        for mime in one.get("data", {}):
            _relax(one["data"], other.get("data", {}), mime, tolerance)
    return _compare(cell, new, saved, skip_compare)


def _relax(new, saved, key, tolerance):
    one, other = new.get(key), saved.get(key)
    if isinstance(one, str) and isinstance(other, str) and are_close(one, other, tolerance):
        new[key] = other


def pytest_configure(config):
    """Let all kernels write to one copy of the saved results."""
    if hasattr(config, "workerinput"):  # a worker of pytest-xdist: it has the folder already
        return
    folder = tempfile.TemporaryDirectory(prefix="emotion-nbval-")
    saved = repository_root() / "results" / "demo"
    if saved.is_dir():
        ignored = shutil.ignore_patterns("*.png", "*.ipynb", "*.html", "*.keras", "model.json")
        shutil.copytree(saved, Path(folder.name) / "demo", ignore=ignored)
    patch = pytest.MonkeyPatch()
    patch.setenv("EMOTION_RESULTS_ROOT", folder.name)
    config.add_cleanup(folder.cleanup)
    config.add_cleanup(patch.undo)


IPyNbCell.compare_outputs = compare_outputs
