"""The parts of the READMEs that quote numbers or sources, written from what they quote.

Between ``<!-- begin NAME -->`` and ``<!-- end NAME -->`` nothing is written by hand. README.md
takes numbers from the saved results, drawn and real people apart; notebooks/README.md, for
teachers, takes the seconds of each section and the tasks of the lab editions. README.md and
docs/model_card.md quote published numbers.
"""

import contextlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from helpers.files import write_text
from helpers.paths import repository_root
from helpers.published import load_published
from helpers.results.claims import sentence
from helpers.results.runs import ResultsError, load_run, run_folder
from helpers.series.build import SECTIONS
from helpers.series.labs.exercises import lab_path, task_titles, tasks
from helpers.series.page import words
from helpers.series.sources import Source, find_sources, notebooks_folder, read_source, title_of

_BADGE = re.compile(r"\[!\[Open in Colab\].*\)")
_LEAST_SECONDS = 5
_NOTHING_REAL = (
    "No results on real people are saved here yet. "
    "`bash colab_setup.sh run --corpus open --data-root corpora` makes them."
)


def write_readme() -> Path:
    """Bring all pages up to what they quote and return the path of the first."""
    for path, wanted in (
        (front_page(), render),
        (teachers_page(), render_for_teachers),
        (model_card(), render_model_card),
    ):
        text = path.read_text(encoding="utf-8")
        current = wanted(text)
        if current != text:
            write_text(path, current)
    return front_page()


def front_page() -> Path:
    """Return the path of README.md."""
    return repository_root() / "README.md"


def teachers_page() -> Path:
    """Return the path of notebooks/README.md."""
    return notebooks_folder() / "README.md"


def model_card() -> Path:
    """Return the path of docs/model_card.md."""
    return repository_root() / "docs" / "model_card.md"


def render(text: str) -> str:
    """Return README.md's text with its marked parts written anew; ValueError if a mark lacks."""
    runs = _runs()
    findings = "\n".join(
        f"- **{name[:2]}**, drawn: {sentence(run['claim'])}"
        for name, run in runs.items()
        if run.get("claim")
    )
    parts = {"notebooks": _table(runs), "findings": findings, "raters": _raters()}
    return _fill(text, parts | {"real": findings_on_people(repository_root() / "results")})


def render_for_teachers(text: str) -> str:
    """Return notebooks/README.md's text with its marked parts written anew, as :func:`render`."""
    return _fill(text, {"minutes": _minutes(_runs()), "tasks": _tasks()})


def render_model_card(text: str) -> str:
    """Return docs/model_card.md's text with its marked parts written anew, as :func:`render`."""
    return _fill(text, {"raters": _raters()})


def _raters() -> str:
    rates = load_published("crema_d")
    named = (f"{rates[sense]:.0%} by {sense}" for sense in ("face", "voice", "both"))
    return ", ".join(named).replace("%", " %")


def _fill(text: str, parts: Mapping[str, str]) -> str:
    for name, content in parts.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        marked = re.compile(rf"({begin}\s*).*?(\s*{end})", re.DOTALL)
        if not marked.search(text):
            raise ValueError(f"A page lacks the marks {begin} and {end}.")
        text = marked.sub(lambda match, new=content: f"{match[1]}{new}{match[2]}", text)
    return text


def _runs() -> dict[str, dict]:
    runs = {}
    for source in find_sources(notebooks_folder()):
        with contextlib.suppress(ResultsError):
            runs[source.name] = load_run(source.name, "demo", repository_root() / "results")
    return runs


def findings_on_people(results: Path) -> str:
    """Return each notebook's headline on open corpora, from the page's summary in ``results``."""
    summary = results / "open" / "summary.json"
    if not summary.is_file():
        return _NOTHING_REAL
    notebooks = json.loads(summary.read_text(encoding="utf-8"))["notebooks"]
    lines = []
    for name, notebook in notebooks.items():
        rows = [row for row in notebook["experiments"] if not row["data"]]  # of these corpora
        held_out = [row for row in rows if row["protocol"] == "held_out"] or rows
        claimed = notebook["claim"] and notebook["claim"]["parts"][0]["name"]
        if held_out:  # the one that is marked, else that of the claim, else the first
            headline = min(held_out, key=lambda row: (not row["headline"], row["name"] != claimed))
            lines.append(f"- **{name[:2]}**, real people: {_words(headline, notebook)}")
    return "\n".join(lines) or _NOTHING_REAL


def _words(row: Mapping, notebook: Mapping) -> str:
    corpora = " and ".join(notebook["corpora"]) or "open corpora"
    spread = row["spread"]
    seeds = ""
    if spread:
        seeds = (
            f"; {spread['mean']:.1%} ± {100 * spread['sd']:.1f} over {len(spread['seeds'])} seeds"
        )
    finding = sentence(notebook["claim"]) if notebook["claim"] else notebook["finding"]
    found = f" {finding}" if finding else ""
    return (
        f"{row['name']} on {corpora}, {words(row['protocol'])}, {row['accuracy']:.1%} "
        f"({row['low']:.1%} to {row['high']:.1%}; n = {row['n']}{seeds}).{found}"
    )


def _table(runs: Mapping[str, dict]) -> str:
    lines = ["| notebook | question | minutes | | lab |", "| --- | --- | --- | --- | --- |"]
    for source in find_sources(notebooks_folder()):
        notebook = read_source(source)
        badge = _BADGE.search(notebook.cells[0].source)[0]
        question = re.search(r"^\*\*(.+)\*\*$", notebook.cells[1].source, re.MULTILINE)[1]
        run = runs.get(source.name)
        minutes = f"{run['seconds'] / 60:.1f}" if run else ""
        lab = f"[tasks](notebooks/exercises/{lab_path(source).name})" if tasks(source) else ""
        lines.append(
            f"| [{title_of(notebook)}](notebooks/{source.name}.ipynb) | {question} | {minutes} "
            f"| {badge} | {lab} |"
        )
    return "\n".join(lines)


def _minutes(runs: Mapping[str, dict]) -> str:
    lines = ["| notebook | minutes | where they go, in seconds |", "| --- | --- | --- |"]
    for source in find_sources(notebooks_folder()):
        run = runs.get(source.name)
        if run:
            minutes = run["seconds"] / 60
            link = f"[{source.name}]({source.built.name})"
            lines.append(f"| {link} | {minutes:.1f} | {_sections(source)} |")
    return "\n".join(lines)


def _sections(source: Source) -> str:
    path = run_folder(source.name, "demo", repository_root() / "results") / SECTIONS
    if not path.exists():
        return ""
    seconds = json.loads(path.read_text(encoding="utf-8"))
    return ", ".join(
        f"{heading.partition(':')[0]} {value:.0f}"
        for heading, value in seconds.items()
        if value >= _LEAST_SECONDS
    )


def _tasks() -> str:
    lines = ["| lab edition | tasks, a point each |", "| --- | --- |"]
    for source in find_sources(notebooks_folder()):
        titles = task_titles(source)
        if titles:
            lab = f"[{source.name}](exercises/{lab_path(source).name})"
            listed = " · ".join(f"{n}. {title}" for n, title in enumerate(titles, start=1))
            lines.append(f"| {lab} | {listed} |")
    return "\n".join(lines)
