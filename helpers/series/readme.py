"""The parts of README.md that quote numbers, written from the demo corpus's saved results.

Between ``<!-- begin NAME -->`` and ``<!-- end NAME -->`` nothing is written by hand.
"""

import re
from pathlib import Path

from helpers.files import write_text
from helpers.gallery.content import gather
from helpers.paths import repository_root
from helpers.series.sources import find_sources, notebooks_folder, read_source, title_of

_BADGE = re.compile(r"\[!\[Open in Colab\].*\)")


def write_readme() -> Path:
    """Bring README.md up to the saved results and return its path."""
    path = repository_root() / "README.md"
    text = path.read_text(encoding="utf-8")
    current = render(text)
    return path if current == text else write_text(path, current)


def render(text: str) -> str:
    """Return README.md's text with its marked parts written anew.

    Raises
    ------
    ValueError
        If a mark is missing.
    """
    runs = {
        found["name"]: found for found in gather("demo", repository_root() / "results")["shown"]
    }
    findings = "\n".join(f"- **{name[:2]}** {run['finding']}" for name, run in runs.items())
    for name, content in (("notebooks", _table(runs)), ("findings", findings)):
        marked = re.compile(f"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        if not marked.search(text):
            raise ValueError(f"README.md lacks the marks <!-- begin {name} --> and its end.")
        text = marked.sub(lambda match, new=content: f"{match[1]}{new}\n{match[2]}", text)
    return text


def _table(runs: dict[str, dict]) -> str:
    lines = ["| notebook | question | minutes | |", "| --- | --- | --- | --- |"]
    for source in find_sources(notebooks_folder()):
        notebook = read_source(source)
        badge = _BADGE.search(notebook.cells[0].source)[0]
        question = re.search(r"^\*\*(.+)\*\*$", notebook.cells[1].source, re.MULTILINE)[1]
        run = runs.get(source.name)
        minutes = f"{run['run']['seconds'] / 60:.1f}" if run else ""
        title = title_of(notebook)
        lines.append(
            f"| [{title}](notebooks/{source.name}.ipynb) | {question} | {minutes} | {badge} |"
        )
    return "\n".join(lines)
