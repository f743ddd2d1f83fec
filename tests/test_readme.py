import re

import pytest

from helpers.paths import repository_root
from helpers.published import load_published
from helpers.series.readme import front_page, model_card, render, render_model_card
from helpers.series.sources import find_sources, notebooks_folder

README = repository_root() / "README.md"


def test_the_numbers_are_those_of_the_saved_results():
    text = README.read_text(encoding="utf-8")
    assert render(text) == text, "type: python -m helpers.series build"


def test_a_number_typed_by_hand_is_overwritten():
    text = README.read_text(encoding="utf-8")
    changed = re.sub(r"\| \d+\.\d \|", "| 99.9 |", text, count=1)
    assert changed != text
    assert render(changed) == text


def test_the_raters_are_the_published_ones():
    for page, rendered in ((front_page(), render), (model_card(), render_model_card)):
        text = page.read_text(encoding="utf-8")
        for sense in ("face", "voice", "both"):
            quoted = f"{100 * load_published('crema_d')[sense]:.0f} % by {sense}"
            assert text.count(quoted) == 1
            assert quoted in rendered(text.replace(quoted, "99 %"))


def test_a_missing_mark_is_named():
    with pytest.raises(ValueError, match="begin notebooks"):
        render("# A README without marks\n")


def test_every_notebook_is_in_the_table_and_every_local_link_leads_somewhere():
    text = README.read_text(encoding="utf-8")
    for source in find_sources(notebooks_folder()):
        assert f"(notebooks/{source.name}.ipynb)" in text
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (repository_root() / target).exists(), target
