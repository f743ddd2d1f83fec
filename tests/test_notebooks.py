"""The shape of every notebook: what a reader can rely on, whichever one is opened."""

import ast
import re
from itertools import pairwise

import pytest

from helpers.paths import repository_root
from helpers.series.check import check
from helpers.series.sources import (
    BUILDS_ON,
    find_sources,
    notebooks_folder,
    read_parameters,
    read_source,
    tagged,
    tags,
    title_of,
)

SOURCES = find_sources(notebooks_folder())
COMMON = {
    "CORPUS": ("str", "demo"),
    "DATA_ROOT": ("str", ""),
    "RESULTS_ROOT": ("str", ""),
    "SEED": ("int", 0),
    "SETTINGS": ("str", "default"),
    "EPOCHS": ("int", 0),
}
MOST_PARAMETERS = 8
SECTIONS = ("Set-up", "Data", "Idea", "Train", "Evaluate", "Look", "Exercises", "Summary")
KNOWN_TAGS = {"parameters", "setup", "results", "nbval-ignore-output", "raises-exception"}
BADGE = re.compile(
    r"\[!\[Open in Colab\]\(https://colab\.research\.google\.com/assets/colab-badge\.svg\)\]"
    r"\(https://colab\.research\.google\.com/github/([\w.-]+/[\w.-]+)/blob/main/(\S+)\)"
)

every_notebook = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def syntax(cell):
    # Lines for the shell or IPython, as %%time, are no Python.
    lines = ["" if line.lstrip().startswith(("!", "%")) else line for line in cell.splitlines()]
    return ast.parse("\n".join(lines))


@every_notebook
def test_it_is_built_from_its_source_executed_in_order_without_error(source):
    assert check(source) == []


@every_notebook
def test_it_opens_with_a_badge_to_itself_a_title_and_its_parameters(source):
    notebook = read_source(source)
    badge = BADGE.fullmatch(notebook.cells[0].source.strip())
    assert badge, "the first cell should be the Colab badge and nothing else"
    assert badge.group(2) == f"notebooks/{source.name}.ipynb"
    assert notebook.cells[1].source.startswith(f"# {source.number} · ")
    assert title_of(notebook)
    assert tags(notebook.cells[2]) == ["parameters"]


@every_notebook
def test_its_parameters_are_the_common_ones_and_a_few_of_its_own(source):
    parameters = read_parameters(source)
    found = {name: (item.type, item.default) for name, item in parameters.items()}
    assert dict(list(found.items())[: len(COMMON)]) == COMMON
    assert len(found) <= MOST_PARAMETERS
    for item in parameters.values():
        assert item.name.isupper()
        assert item.comment, f"{item.name} needs a comment"
        assert item.type == type(item.default).__name__, item.name


@every_notebook
def test_it_sets_up_then_imports_and_saves_results_before_the_summary(source):
    notebook = read_source(source)
    (setup,) = tagged(notebook, "setup")
    (saving,) = tagged(notebook, "results")
    assert "save_run(" in saving.source
    code = code_cells(notebook)
    assert code.index(setup) == 1
    importing = [cell for cell in code if cell is not setup and _imports(cell.source)]
    assert importing == [code[2]], "imports belong in the cell after set-up, all of them"
    summary = next(cell for cell in notebook.cells if cell.source.startswith("## Summary"))
    assert notebook.cells.index(saving) < notebook.cells.index(summary)


def _imports(text):
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(syntax(text)))


@every_notebook
def test_its_sections_are_those_of_the_series_in_order(source):
    headings = re.findall(r"^# ## (.+)$", source.path.read_text("utf-8"), flags=re.MULTILINE)
    seen = [name for heading in headings for name in SECTIONS if heading.startswith(name)]
    assert sorted(set(seen), key=seen.index) == list(SECTIONS)


@every_notebook
def test_it_defines_only_what_it_teaches(source):
    """What is defined in a notebook is held equal to the helpers' version in test_taught."""
    taught = (repository_root() / "tests" / "test_taught.py").read_text(encoding="utf-8")
    for cell in code_cells(read_source(source)):
        if "setup" in tags(cell):
            continue
        for node in ast.walk(syntax(cell.source)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
                assert f'defined_in("{source.name}", "{node.name}")' in taught, (
                    f"{node.name} belongs in helpers, or in test_taught if this notebook teaches it"
                )


@every_notebook
def test_its_tags_are_known(source):
    for cell in read_source(source).cells:
        unknown = [tag for tag in tags(cell) if tag not in KNOWN_TAGS]
        assert not unknown, cell.source


@every_notebook
def test_no_line_ends_in_a_semicolon(source):
    """Nbval shows what the semicolon hides; a figure is the value of an ignored cell."""
    for cell in code_cells(read_source(source)):
        assert not re.search(r";\s*$", cell.source), cell.source


@every_notebook
def test_its_finding_is_not_compared_word_by_word(source):
    """A sentence about trained networks has other numbers on another machine."""
    for cell in code_cells(read_source(source)):
        if "print(finding)" in cell.source:
            assert tags(cell) == ["nbval-ignore-output"], cell.source


def test_set_up_and_repository_are_the_same_in_all():
    notebooks = [read_source(source) for source in SOURCES]
    cells = [tagged(notebook, "setup")[0] for notebook in notebooks]
    assert len({cell.source for cell in cells}) == 1
    for cell in cells:
        assert cell.source.startswith("# @title Set-up (run me)\n")
        assert cell.metadata.cellView == "form", "folded in Colab"
        assert cell.metadata.jupyter.source_hidden, "folded in JupyterLab"
    assert len({BADGE.match(notebook.cells[0].source).group(1) for notebook in notebooks}) == 1


def test_each_ends_with_its_results_to_download_and_a_link_to_the_next():
    repository = BADGE.match(read_source(SOURCES[0]).cells[0].source).group(1)
    colab = f"https://colab.research.google.com/github/{repository}/blob/main/notebooks"
    for source, following in pairwise([*SOURCES, None]):
        *_, download, link = read_source(source).cells
        assert download.metadata.cellView == "form"
        assert "DOWNLOAD = False  # @param" in download.source, "nothing happens unasked"
        assert download.source.endswith("runs.offer_download(folder, wanted=DOWNLOAD)")
        if following:
            name, title = following.built.name, title_of(read_source(following))
            assert link.source == f"**Next:** [{title}]({name}), or [in Colab]({colab}/{name})."


def test_every_built_notebook_has_a_source():
    built = {path.stem for path in notebooks_folder().glob("*.ipynb")}
    assert built <= {source.name for source in SOURCES}


def test_notebooks_are_numbered_once_and_build_on_earlier_ones():
    numbers = [source.number for source in SOURCES]
    assert len(set(numbers)) == len(numbers)
    assert all(other < number for number, others in BUILDS_ON.items() for other in others)
