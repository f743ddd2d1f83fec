"""What the set-up cell of a notebook leaves to the checkout that it has found.

Needs nothing but Python: in Colab it is what installs the rest.
"""

import importlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from helpers.runtime.colab import in_colab, mount_drive
from helpers.runtime.parameters import check_parameters

_ROOT = Path(__file__).resolve().parents[2]


class SetUpError(RuntimeError):
    """The set-up cannot be done; the message says why and what to do."""

    def _render_traceback_(self) -> list[str]:
        # IPython shows this in place of the calls that led here.
        return [str(self)]


def begin_notebook(namespace: Mapping[str, object], checkout: Path) -> None:
    """Install what Colab lacks, check a notebook's parameters, mount Google Drive if it is needed.

    Parameters
    ----------
    namespace : mapping
        The notebook's ``globals()`` in its set-up cell.
    checkout : Path
        The folder of the series that the cell has found.

    Raises
    ------
    SetUpError
        If this process has loaded the series from another folder, or something cannot be installed.
    ValueError
        If a parameter is wrong, see :func:`helpers.runtime.parameters.check_parameters`.
    """
    if not _ROOT.samefile(checkout):
        raise SetUpError(
            f"Restart the kernel, then run this cell again: it has loaded the series from {_ROOT}, "
            f"and this notebook belongs to the one in {checkout}."
        )
    if in_colab():
        _install()
    check_parameters(namespace)
    mount_drive(namespace["DATA_ROOT"])


def _install() -> None:
    """Run ``colab_setup.sh notebook`` and show what it says as it says it."""
    command = ["bash", str(_ROOT / "colab_setup.sh"), "notebook"]
    environment = os.environ | {"PYTHON": sys.executable}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
    with subprocess.Popen(command, env=environment, **pipes) as process:
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
    if process.returncode:
        raise SetUpError("The set-up failed; what it says above is the reason. Run it again.")
    importlib.invalidate_caches()  # else Python does not see what has just been installed
