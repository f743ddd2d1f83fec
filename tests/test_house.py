"""The order of the house: who may import whom, no circles, and what ``helpers/`` shows."""

import ast
from functools import cache
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from helpers.paths import repository_root

ROOT = repository_root()
GROUND = ("cache", "emotions", "files", "paths", "published")
OLD_COMMANDS = ("benchmark",)  # quoted in public documents; it only says where the new one is

ORDER = (
    ("ground", "runtime"),
    ("decoding",),
    ("corpora",),
    ("features",),
    ("models",),
    ("evaluation",),
    ("results",),
    ("fusion",),
    ("plots",),
    ("series",),
)
"""A room imports from itself and from those before it."""

NOT_NEEDED = {
    "evaluation": ("decoding", "corpora", "features", "models"),
    "results": ("decoding", "corpora", "features", "models"),
}
"""Of those before it, what a room does without: scores are read where no network can be built."""

HIDDEN = {
    "helpers.corpora": "a corpus that lies there is read without what draws the demo corpus",
    "helpers.corpora.demo": "as above: a demo corpus that is drawn already is read without OpenCV",
    "helpers.runtime.check": "it starts where the packages that it checks for are missing",
    "helpers.series.__main__": "a command loads what it needs; --help answers at once",
    "helpers.series.benchmark.audio": "what is timed is loaded when it is timed",
    "helpers.series.benchmark.faces": "as above",
    "helpers.series.benchmark.gpu": "as above",
}
"""Modules with imports inside functions for another reason than TensorFlow's weight."""


class Import(NamedTuple):
    source: str
    target: str
    hidden: bool


def _room(module):
    first = module.split(".")[1] if "." in module else ""
    return "ground" if first in GROUND else first


def _trees():
    """Return the syntax tree of every module of the package, by dotted name."""
    trees = {}
    for path in sorted(ROOT.glob("helpers/**/*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        trees[name] = ast.parse(path.read_text(encoding="utf-8"))
    return trees


def _imported(node):
    """Return the dotted names that a statement imports: modules, or what is in them."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def _read(tree):
    """Return (imported name, whether inside a function) for all imports of a module."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    inside = {
        id(node) for top in ast.walk(tree) if isinstance(top, functions) for node in ast.walk(top)
    }
    return {(name, id(node) in inside) for node in ast.walk(tree) for name in _imported(node)}


MODULES = {name: _read(tree) for name, tree in _trees().items()}
IMPORTS = sorted(
    Import(source, name if name in MODULES else name.rpartition(".")[0], hidden)
    for source, found in MODULES.items()
    for name, hidden in found
    if name.startswith("helpers.")
)


@cache
def _needs_tensorflow(module):
    """Whether importing a module imports Keras or TensorFlow."""
    reached, left = {module}, [module]
    while left:
        source = left.pop()
        new = {found.target for found in IMPORTS if found[::2] == (source, False)} - reached
        reached |= new
        left += new
    heavy = ("keras", "tensorflow")
    return any(
        name.split(".")[0] in heavy and not hidden for m in reached for name, hidden in MODULES[m]
    )


def test_the_reader_sees_imports_at_the_top_and_inside_functions():
    tree = ast.parse("import a.b\ndef f():\n    def g():\n        from c import d")
    assert sorted(_read(tree)) == [("a.b", False), ("c.d", True)]
    assert Import("helpers.series.compare", "helpers.evaluation.comparison", False) in IMPORTS
    assert _needs_tensorflow("helpers.models.static_cnn")
    assert not _needs_tensorflow("helpers.evaluation.comparison")


def test_helpers_shows_at_most_ten_rooms_and_six_ground_files():
    found = {
        path.stem
        for path in (ROOT / "helpers").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    } - {"__init__", *OLD_COMMANDS}
    rooms = {room for level in ORDER for room in level} - {"ground"}
    assert found - set(GROUND) <= rooms, "a room without a place in the order"
    assert len(rooms) <= 10
    files = [path for path in (ROOT / "helpers").glob("*.*") if path.name != "__init__.py"]
    assert sorted(path.name for path in files) == sorted(
        ["published.json", *(f"{name}.py" for name in GROUND)]
    )


def test_imports_run_one_way():
    place = {room: level for level, rooms in enumerate(ORDER) for room in rooms}
    wrong = []
    for source, target, _ in IMPORTS:
        rooms = _room(source), _room(target)
        if rooms[0] in OLD_COMMANDS or rooms[0] == rooms[1]:
            continue
        if place[rooms[1]] > place[rooms[0]] or rooms[1] in NOT_NEEDED.get(rooms[0], ()):
            wrong.append(f"{source} imports {target}")
    assert not wrong, "\n".join(wrong)


def test_no_modules_import_each_other():
    graph = {name: {i.target for i in IMPORTS if i.source == name} - {name} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " <- ".join(error.args[1])
    else:
        circle = ""
    assert not circle, circle


def test_imports_inside_functions_are_for_tensorflows_weight_or_have_a_reason():
    hidden = [found for found in IMPORTS if found.hidden and found.source not in HIDDEN]
    wrong = [
        f"{source} imports {target} inside a function"
        for source, target, _ in hidden
        if not _needs_tensorflow(target)
    ]
    assert not wrong, "\n".join(wrong)
    unused = set(HIDDEN) - {found.source for found in IMPORTS if found.hidden}
    assert not unused, f"a reason is given that is needed no more: {unused}"
