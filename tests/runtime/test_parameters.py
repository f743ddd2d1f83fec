"""Parameters of the wrong type are refused before anything runs."""

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers.runtime.parameters import check_parameters

CELL = """\
CORPUS: str = "demo"  # which corpus
SETTINGS: str = "default"
EPOCHS: int = 0
RATE: float = 0.1
FLAG: bool = False
"""


def check(**given):
    """Run the parameters cell and papermill's after it, as a kernel does, then check."""
    shell = InteractiveShell()
    shell.run_cell(CELL).raise_error()
    shell.run_cell("\n".join(f"{name} = {value!r}" for name, value in given.items())).raise_error()
    check_parameters(shell.user_ns)


def test_right_values_pass():
    check()
    check(CORPUS="open", SETTINGS="published", EPOCHS=3, RATE=1, FLAG=True, UNKNOWN="x")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"EPOCHS": "1"}, "EPOCHS is '1' (str), expected int."),
        ({"EPOCHS": 1.0}, "EPOCHS is 1.0 (float), expected int."),
        ({"EPOCHS": True}, "EPOCHS is True (bool), expected int."),
        ({"EPOCHS": None}, "EPOCHS is None (NoneType), expected int."),
        ({"EPOCHS": -1}, "EPOCHS is -1 (int), expected 0 or more."),
        ({"RATE": "0.1"}, "RATE is '0.1' (str), expected float."),
        ({"RATE": False}, "RATE is False (bool), expected float."),
        ({"FLAG": 0}, "FLAG is 0 (int), expected bool."),
        ({"FLAG": "True"}, "FLAG is 'True' (str), expected bool."),
        ({"CORPUS": 7}, "CORPUS is 7 (int), expected str."),
        ({"CORPUS": "afew"}, "CORPUS is 'afew' (str), expected one of 'demo', 'open', 'thesis'."),
        ({"SETTINGS": "slow"}, "expected one of 'default', 'published'."),
        ({"SETTINGS": "thesis"}, """'published'; as published is now SETTINGS = "published"."""),
    ],
)
def test_wrong_ones_are_named_with_what_is_wanted(given, message):
    with pytest.raises(ValueError) as error:
        check(**given)
    assert message in str(error.value)
    assert "-p NAME VALUE" in str(error.value)


def test_all_that_is_wrong_is_named_at_once():
    with pytest.raises(ValueError, match=r"(?s)CORPUS.*EPOCHS"):
        check(EPOCHS="1", CORPUS="x")


def test_other_annotated_names_are_left_alone():
    names = {"table": "DataFrame", "EPOCHS": int, "LATER": int, "width": int}
    check_parameters({"__annotations__": names, "table": 1, "EPOCHS": 1, "width": np.int64(3)})
    check_parameters({})
    with pytest.raises(ValueError, match="EPOCHS"):
        check_parameters({"__annotations__": {"EPOCHS": "int"}, "EPOCHS": "1"})
