"""How nbval compares the notebooks: ``pytest --nbval --nbval-current-env notebooks``.

Decimals are compared closely, everything else exactly (``helpers.series.outputs``). Each notebook
gets a copy of the saved demo results to read and to write, so that those in the checkout stay.
"""

import copy
import os
import shutil
import tempfile
from pathlib import Path

from nbval.plugin import IPyNbCell, IPyNbFile

from helpers.paths import repository_root
from helpers.series.outputs import are_close, tolerance_of

_compare, _setup, _teardown = IPyNbCell.compare_outputs, IPyNbFile.setup, IPyNbFile.teardown


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


def setup(notebook):
    """Start the kernel with results of its own."""
    folder = tempfile.mkdtemp(prefix="emotion-nbval-")
    saved = repository_root() / "results" / "demo"
    if saved.is_dir():
        ignored = shutil.ignore_patterns("*.png", "*.ipynb", "*.html")
        shutil.copytree(saved, Path(folder) / "demo", ignore=ignored)
    notebook.results, notebook.results_before = folder, os.environ.get("EMOTION_RESULTS_ROOT")
    os.environ["EMOTION_RESULTS_ROOT"] = folder
    _setup(notebook)


def teardown(notebook):
    """Stop the kernel and remove its results."""
    _teardown(notebook)
    if notebook.results_before is None:
        os.environ.pop("EMOTION_RESULTS_ROOT", None)
    else:
        os.environ["EMOTION_RESULTS_ROOT"] = notebook.results_before
    shutil.rmtree(notebook.results, ignore_errors=True)


IPyNbCell.compare_outputs, IPyNbFile.setup, IPyNbFile.teardown = compare_outputs, setup, teardown
