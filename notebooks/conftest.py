"""How nbval compares the notebooks: ``pytest --nbval --nbval-current-env notebooks``.

With ``-n 2`` two at once, which divide the cores: a notebook waits for those that it builds on.

Decimals are compared closely, everything else exactly (``helpers.series.outputs``). The notebooks
of one call share a copy of the saved demo results to read and to write, so that those in the
checkout stay, and a notebook finds the networks that an earlier one has just trained. At the end
the claims of the notebooks that ran are shown, and one that does not hold is a failure.
"""

import copy
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell
from xdist.scheduler import LoadScopeScheduling

from helpers.paths import repository_root
from helpers.series.claims import saved_claims, show_claims
from helpers.series.console import make_console
from helpers.series.machine import thread_limits
from helpers.series.outputs import are_close
from helpers.series.sources import BUILDS_ON, find_sources, notebooks_folder

_compare = IPyNbCell.compare_outputs
_RESULTS = pytest.StashKey[Path]()


def compare_outputs(cell, new, saved, skip_compare=None):
    """Let a text that is close to the saved one pass for it; nbval does the rest."""
    new = copy.deepcopy(new)
    for one, other in zip(new, saved, strict=False):
        _relax(one, other, "text")
        for mime in one.get("data", {}):
            _relax(one["data"], other.get("data", {}), mime)
    return _compare(cell, new, saved, skip_compare)


def _relax(new, saved, key):
    one, other = new.get(key), saved.get(key)
    if isinstance(one, str) and isinstance(other, str) and are_close(one, other):
        new[key] = other


def pytest_configure(config):
    """Let all kernels write to one copy of the saved results, and divide the cores."""
    if hasattr(config, "workerinput"):  # a worker of pytest-xdist: it has the environment already
        return
    folder = tempfile.TemporaryDirectory(prefix="emotion-nbval-")
    saved = repository_root() / "results" / "demo"
    if saved.is_dir():
        ignored = shutil.ignore_patterns("*.png", "*.ipynb", "*.html", "*.keras", "model.json")
        shutil.copytree(saved, Path(folder.name) / "demo", ignore=ignored)
        for metrics in Path(folder.name).glob("demo/*/metrics.json"):
            os.utime(metrics, (0, 0))  # tells it from what a notebook writes
    patch = pytest.MonkeyPatch()
    patch.setenv("EMOTION_RESULTS_ROOT", folder.name)
    config.stash[_RESULTS] = Path(folder.name)
    workers = len(config.getoption("tx", None) or [1])
    for name, value in thread_limits(workers).items():
        patch.setenv(name, value)
    config.add_cleanup(folder.cleanup)
    config.add_cleanup(patch.undo)


def pytest_collection_modifyitems(items):
    """Put those notebooks first on which the longest chain of others builds."""
    items.sort(key=lambda item: (-chain(item.path.name[:2]), item.path.name))


def pytest_sessionfinish(session, exitstatus):
    """Show the claims of the notebooks that ran to their end; one that does not hold is a failure.

    A notebook that did not get as far has failed already.
    """
    root = session.config.stash.get(_RESULTS, None)
    if root is None:
        return
    ran = [path.parent.name for path in root.glob("demo/*/metrics.json") if path.stat().st_mtime]
    if not ran:
        return
    found = saved_claims(find_sources(notebooks_folder(), ran), str(root))
    console = make_console()
    console.print()
    if show_claims({name: {None: claim} for name, claim in found.items()}, console):
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give a worker of pytest-xdist a notebook once those that it builds on are done."""
    return InOrder(config, log)


class InOrder(LoadScopeScheduling):
    """Whole notebooks, in the order in which they were collected, as far as they are ready."""

    def _split_scope(self, nodeid):
        return Path(nodeid.partition("::")[0]).name[:2]

    def _assign_work_unit(self, node):
        ready = next((number for number in self.workqueue if self._is_ready(number, node)), None)
        if ready:
            self.workqueue.move_to_end(ready, last=False)
            super()._assign_work_unit(node)

    def _is_ready(self, number, node):
        """Whether what a notebook builds on is done, or comes before it on the same worker.

        A worker keeps back the last cell it has until it is given more, but for nothing: it only
        offers the results.
        """
        for other in BUILDS_ON.get(number, ()):
            workers = [one for one, work in self.assigned_work.items() if other in work]
            if other in self.workqueue or any(
                list(self.assigned_work[worker][other].values()).count(False) > 1
                for worker in workers
                if worker is not node
            ):
                return False
        return True

    def mark_test_complete(self, node, item_index, duration=0):
        """Note that a worker has executed a cell, and give work to those that can now go on."""
        super().mark_test_complete(node, item_index, duration)
        for other in self.nodes:
            if other is not node:
                self._reschedule(other)


def chain(number):
    """Return how many notebooks have to run one after the other, from this one on."""
    above = [other for other, below in BUILDS_ON.items() if number in below]
    return 1 + max(map(chain, above), default=0)


IPyNbCell.compare_outputs = compare_outputs
