"""The notebooks' sources: which there are, what each builds on, and their text as a notebook."""

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jupytext
from nbformat import NotebookNode

from helpers.paths import repository_root

BUILDS_ON = {"02": ("01",), "04": ("03",), "07": ("04", "06"), "08": ("04", "06")}
"""Notebooks by number, and those whose results they take up; all others stand alone."""

LAB, FULL = "lab", "full"
"""Tags of cells that only the lab edition has, and of cells that it has not."""

SOLUTION_MARK = re.compile(r" *### (BEGIN|END) SOLUTION(: (?P<hint>.+))?$")
"""A line before or after what a student writes, as nbgrader has it; the hint stays in its place."""

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class SeriesError(Exception):
    """A command that cannot be carried out; the message says what to type instead."""


@dataclass(frozen=True)
class Source:
    """One ``notebooks/src/NN_topic.py``."""

    path: Path

    @property
    def name(self) -> str:
        """``NN_topic``."""
        return self.path.stem

    @property
    def number(self) -> str:
        """``NN``."""
        return self.name[:2]

    @property
    def built(self) -> Path:
        """The executed notebook made from it."""
        return self.path.parents[1] / f"{self.name}.ipynb"


@dataclass(frozen=True)
class Parameter:
    """A name in the cell tagged ``parameters``: its annotated type, default and comment."""

    name: str
    type: str
    default: object
    comment: str


def notebooks_folder() -> Path:
    """Return the checkout's ``notebooks/``."""
    return repository_root() / "notebooks"


def find_sources(folder: Path, numbers: Sequence[str] = ()) -> list[Source]:
    """Return the sources in ``folder/src`` in order, or those chosen.

    Parameters
    ----------
    folder : Path
        The folder ``notebooks``.
    numbers : sequence of str
        Numbers (``7``, ``07``) or names (``07_fusion``); none means all.

    Raises
    ------
    SeriesError
        If one of them does not exist.
    """
    sources = [Source(path) for path in sorted((folder / "src").glob("[0-9][0-9]_*.py"))]
    by_key = {key: source for source in sources for key in (source.number, source.name)}
    wanted = [number.zfill(2) for number in numbers]
    unknown = [number for number in wanted if number not in by_key]
    if unknown or not sources:
        raise SeriesError(
            f"No notebook {', '.join(unknown) or 'at all'} in {folder / 'src'}; there are: "
            f"{', '.join(source.name for source in sources) or 'none'}."
        )
    chosen = {by_key[number] for number in wanted}
    return [source for source in sources if source in chosen or not chosen]


def read_source(source: Source) -> NotebookNode:
    """Return a source as a notebook without outputs: the edition that is executed and shown.

    What only the lab edition has (cells tagged ``lab``, the marks around a solution) is left out.
    """
    notebook = read_as_written(source)
    notebook.cells = [cell for cell in notebook.cells if LAB not in tags(cell)]
    for cell in notebook.cells:
        untag(cell, FULL)
        if cell.cell_type == "code":
            lines = cell.source.split("\n")
            kept = [line for line in lines if not SOLUTION_MARK.match(line)]
            cell.source = "\n".join(kept)
    return with_ids(notebook)


def read_as_written(source: Source) -> NotebookNode:
    """Return a source as a notebook with the cells and marks of both editions."""
    notebook = jupytext.read(source.path, fmt="py:percent")
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(KERNEL), language_info=NotebookNode(name="python")
    )
    for cell in notebook.cells:
        cell.metadata.pop("lines_to_next_cell", None)  # blank lines of the source
    return notebook


def with_ids(notebook: NotebookNode) -> NotebookNode:
    """Give every cell an id that follows from the notebook's text, in place.

    It is a hash of the cell's text (and of how often the text came before), so that an edit of one
    cell changes one id.
    """
    seen: Counter = Counter()
    for cell in notebook.cells:
        text = f"{cell.cell_type}\n{cell.source}"
        seen[text] += 1
        cell.id = hashlib.blake2b(f"{text}\n{seen[text]}".encode(), digest_size=4).hexdigest()
    return notebook


def untag(cell: NotebookNode, tag: str) -> None:
    """Take a tag from a cell, in place."""
    left = [name for name in tags(cell) if name != tag]
    cell.metadata.pop("tags", None)
    if left:
        cell.metadata["tags"] = left


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags."""
    return list(cell.metadata.get("tags", []))


def tagged(notebook: NotebookNode, tag: str) -> list[NotebookNode]:
    """Return the cells that have a tag."""
    return [cell for cell in notebook.cells if tag in tags(cell)]


def read_parameters(source: Source) -> dict[str, Parameter]:
    """Return the parameters of a notebook by name, in order.

    Raises
    ------
    SeriesError
        If there is not exactly one cell tagged ``parameters``, or it holds anything else than
        lines like ``EPOCHS: int = 0  # what it means``.
    """
    cells = tagged(read_source(source), "parameters")
    if len(cells) != 1:
        raise SeriesError(f"{source.path}: {len(cells)} cells tagged 'parameters', expected 1.")
    lines = cells[0].source.splitlines()
    parameters = {}
    for statement in ast.parse(cells[0].source).body:
        try:
            name, kind = statement.target.id, statement.annotation.id
            default = ast.literal_eval(statement.value)
        except (AttributeError, ValueError, TypeError):
            raise SeriesError(
                f"{source.path}: parameter line {lines[statement.lineno - 1]!r}; expected "
                "something like 'EPOCHS: int = 0  # what it means'."
            ) from None
        comment = lines[statement.end_lineno - 1].partition("  # ")[2].strip()
        parameters[name] = Parameter(name, kind, default, comment)
    return parameters


def parse_value(parameter: Parameter, text: str) -> object:
    """Return the text of ``--set NAME=VALUE`` as the parameter's annotated type.

    Raises
    ------
    SeriesError
        If the text is not of that type.
    """
    try:
        if parameter.type == "bool":
            return {"true": True, "false": False}[text.lower()]
        return {"str": str, "int": int, "float": float}[parameter.type](text)
    except (KeyError, ValueError):
        kind = "true or false" if parameter.type == "bool" else parameter.type
        raise SeriesError(
            f"{parameter.name}={text}: expected {kind}, such as "
            f"{parameter.name}={parameter.default} ({parameter.comment})."
        ) from None


def title_of(notebook: NotebookNode) -> str:
    """Return the text of the first heading, without its mark; "" where there is none."""
    for cell in notebook.cells:
        match = re.search(r"^# (.+)$", cell.source, flags=re.MULTILINE)
        if cell.cell_type == "markdown" and match:
            return match.group(1).strip()
    return ""
