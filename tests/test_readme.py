import json
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


@pytest.mark.parametrize("corpus", ["demo", "open"])
def test_a_saved_claim_of_several_seeds_has_its_spread_on_the_page(corpus):
    """A page that is written without the runs of the seeds has none, and nobody would see it."""
    folder = README.parent / "results" / corpus
    shown = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["notebooks"]
    several = {}
    for path in folder.glob("*/metrics.json"):
        claim = json.loads(path.read_text(encoding="utf-8"))["claim"] or {}
        if len(claim.get("seeds", ())) > 1:
            several[path.parent.name] = [int(seed) for seed in claim["seeds"]]
    assert several
    for name, seeds in several.items():
        spreads = [row["spread"] for row in shown[name]["experiments"] if row["spread"]]
        assert spreads, f"{corpus}, {name}"
        assert all(spread["seeds"] == sorted(seeds) for spread in spreads), name


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
