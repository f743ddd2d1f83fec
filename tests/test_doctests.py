"""The examples in docstrings are true."""

import doctest
import importlib

import pytest

from helpers.paths import repository_root

ROOT = repository_root()
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted(ROOT.glob("helpers/**/*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_every_example_gives_what_is_written_below_it(name):
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted and not results.failed


def test_the_rooms_of_evaluation_and_fusion_have_examples():
    rooms = {name.split(".")[1] for name in MODULES}
    assert {"evaluation", "fusion"} <= rooms
