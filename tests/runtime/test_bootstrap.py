"""What the set-up cell calls in the checkout; tests/test_setup.py runs the cell itself."""

import pytest

from helpers.paths import repository_root
from helpers.runtime.bootstrap import SetUpError, begin_notebook

ROOT = repository_root()


def test_parameters_are_checked(capfd):
    begin_notebook({"__annotations__": {"EPOCHS": int}, "EPOCHS": 3, "DATA_ROOT": ""}, ROOT)
    assert capfd.readouterr() == ("", ""), "nothing to install or to say outside Colab"
    with pytest.raises(ValueError, match="EPOCHS is '3'"):
        begin_notebook({"__annotations__": {"EPOCHS": int}, "EPOCHS": "3", "DATA_ROOT": ""}, ROOT)


def test_helpers_of_another_folder_ask_for_a_restart(tmp_path):
    """As when a second clone is opened in a kernel that has loaded the first one."""
    with pytest.raises(SetUpError, match=rf"Restart the kernel.* from {ROOT},.* in {tmp_path}"):
        begin_notebook({}, tmp_path)
