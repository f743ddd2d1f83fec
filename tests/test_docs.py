"""What the documents say of the repository is so: links, badges, commands, generated parts."""

import re
import subprocess
import sys

import nbformat
import pytest

from helpers.paths import repository_root
from helpers.series import __main__ as command
from helpers.series.labs.exercises import lab_path, task_titles, tasks
from helpers.series.readme import render_for_teachers, teachers_page
from helpers.series.sources import find_sources, notebooks_folder

ROOT = repository_root()
SOURCES = find_sources(notebooks_folder())
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("notebooks/*.md")])
COLAB = "https://colab.research.google.com/github/emotion-notebooks/emotion-notebooks/blob/main/"

every_document = pytest.mark.parametrize(
    "path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix()
)


def links(text):
    """Return the targets of a Markdown text's links and pictures, also of pictures in links."""
    return re.findall(r"\]\(\s*<?([^)\s>]+)", text)


@every_document
def test_every_local_link_leads_somewhere(path):
    for target in links(path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            assert target.startswith("https://"), target
            continue
        name, _, anchor = target.partition("#")
        found = path.parent / name if name else path
        assert found.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            known = [re.sub(r"[^\w -]", "", heading).strip().lower() for heading in headings]
            assert anchor in [heading.replace(" ", "-") for heading in known], target


@every_document
def test_every_badge_opens_a_notebook_that_is_there(path):
    for target in links(path.read_text(encoding="utf-8")):
        if target.startswith("https://colab.research.google.com/github"):
            assert target.startswith(COLAB), target
            assert (ROOT / target.removeprefix(COLAB)).exists(), target


def test_every_notebook_and_lab_opens_itself():
    for source in SOURCES:
        for path in (source.built, lab_path(source)):
            if path.exists():
                first = nbformat.read(path, as_version=4).cells[0].source
                assert links(first)[-1] == COLAB + path.relative_to(ROOT).as_posix()


@every_document
def test_every_command_that_is_quoted_exists(path):
    text = path.read_text(encoding="utf-8")
    listed = command._parser().format_help()
    for name in re.findall(r"python -m helpers\.series ([a-z]+)", text):
        assert re.search(rf"^    {name}\s", listed, re.MULTILINE), name
    for module in set(re.findall(r"python -m (helpers[\w.]*)", text)):
        parts = module.split(".")
        assert (ROOT.joinpath(*parts).with_suffix(".py")).exists() or (
            ROOT.joinpath(*parts, "__main__.py")
        ).exists(), module


def test_the_help_of_every_command_is_written():
    done = subprocess.run(
        [sys.executable, "-m", "helpers.series", "--help"], cwd=ROOT, capture_output=True, text=True
    )
    for name in ("run", "build", "check", "page", "compare", "exercises", "grade"):
        assert re.search(rf"^    {name}\s+[A-Z]", done.stdout, re.MULTILINE)


def test_the_page_for_teachers_has_every_notebook_and_what_it_quotes_is_so():
    text = teachers_page().read_text(encoding="utf-8")
    assert render_for_teachers(text) == text, "type: python -m helpers.series build"
    for source in SOURCES:
        assert f"### {source.number} · " in text
        if tasks(source):
            assert len(task_titles(source)) == len(tasks(source))
            assert f"(exercises/{source.name}.ipynb)" in text
    changed = re.sub(r"\| \d+\.\d \|", "| 99.9 |", text, count=1)
    assert changed != text
    assert render_for_teachers(changed) == text
    with pytest.raises(ValueError, match="begin minutes"):
        render_for_teachers("# For teachers\n")


def test_the_glossary_is_sorted_and_each_term_leads_to_a_notebook():
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line.startswith("**")]
    terms = [re.match(r"\*\*(.+?)\*\* – \S", entry)[1] for entry in entries]
    assert terms == sorted(set(terms), key=str.casefold)
    names = {source.number: f"../notebooks/{source.name}.ipynb" for source in SOURCES}
    for entry in entries:
        number, target = re.search(r"\[(\d\d)\]\((.+)\)$", entry).groups()
        assert names[number] == target
    defined = "\n".join(source.path.read_text(encoding="utf-8") for source in SOURCES).casefold()
    for term in ("in sample", "out of fold", "UAR", "late fusion", "log-mel", "domain shift"):
        assert term in [*terms, "log-mel"]
        assert term.casefold() in defined


def test_the_citation_has_what_the_format_asks_for():
    yaml = pytest.importorskip("yaml", reason="comes with jupytext")
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert "&" not in re.sub(r'"[^"]*"', "", text), "GitHub reads no aliases"
    citation = yaml.safe_load(text)
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert all(citation[key] for key in ("message", "title", "authors", "license"))
    for entry in [citation, *citation["references"]]:
        assert entry["title"] and entry["type"]
        for author in entry["authors"]:
            assert set(author) in ({"family-names", "given-names"}, {"name"})
    for entry in citation["references"]:
        assert isinstance(entry["year"], int) and 2000 < entry["year"] <= 2026
        assert re.fullmatch(r"10\.\d{4,}/\S+", entry.get("doi", "10.0000/none"))
    thesis = citation["references"][0]
    assert thesis["type"] == "thesis" and thesis["institution"]["name"]
    corpora = " ".join(entry.get("notes", "") for entry in citation["references"])
    for name in ("FACES", "SFEW", "AFEW", "UrbanSound8K", "RAVDESS", "CREMA-D", "MELD", "FER2013"):
        assert name in corpora


@every_document
def test_no_document_names_a_folder_of_a_machine(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(work|tmp|home|root|Users)/", text)
