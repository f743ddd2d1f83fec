"""The page of results: ``results/<corpus>/index.html``, one file that needs nothing else."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers.evaluation.comparison import p_text
from helpers.files import write_json, write_text
from helpers.paths import results_root
from helpers.results.claims import wanted
from helpers.series.page.content import COUNTERPARTS, gather, summarise

_PROTOCOLS_IN_WORDS = {"thesis": "as in the thesis", "held_out": "held out"}


def write_gallery(corpus: str, root: str | Path = "", *, notebooks: Path | None = None) -> Path:
    """Write the page of a corpus's results and return its path.

    It is about one corpus; where there are results of people too, or of drawn ones, these are its
    second part, in short. ``summary.json`` beside it holds every experiment, for machines.

    Parameters
    ----------
    corpus : str
        The notebooks' ``CORPUS``.
    root : str or Path
        The notebooks' ``RESULTS_ROOT``.
    notebooks : Path, optional
        The folder ``notebooks``, which says what there should be; the checkout's if left out.
    """
    gathered = gather(corpus, root, notebooks)
    counterpart = None
    if corpus in COUNTERPARTS:
        found = gather(COUNTERPARTS[corpus], root, notebooks, figures=False)
        counterpart = found if found["shown"] else None
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "cell": cell,
        "effect": effect,
        "p_value": p_value,
        "percent": percent,
        "place": place,
        "points": points,
        "unit": unit,
        "verdict": verdict,
        "wanted": wanted,
        "words": words,
    }
    parts = [gathered, *([counterpart] if counterpart else [])]
    scale = scale_of([notebook["claim"] for part in parts for notebook in part["claims"]])
    page = templates.get_template("page.html.jinja").render(
        gathered, scale=scale, counterpart=counterpart
    )
    folder = results_root(root) / corpus
    write_json(folder / "summary.json", summarise(gathered))
    return write_text(folder / "index.html", page)


def percent(fraction: float | None) -> str:
    """Return a fraction as a percentage with one decimal, "–" where there is none."""
    return "–" if fraction is None else f"{100 * fraction:.1f}"


def cell(value: object, column: object = "") -> str:
    """Return a value of a table as text: three decimals, "–" for None, "< .001" for a small p."""
    if value is None:
        return "–"
    if column == "protocol":
        return words(str(value))
    if column in ("p_value", "p_holm") and isinstance(value, float):
        return p_text(value)
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def words(protocol: str) -> str:
    """Return a protocol in the page's words: "as in the thesis" for ``thesis``."""
    return _PROTOCOLS_IN_WORDS.get(protocol, protocol)


def points(fraction: float) -> str:
    """Return a difference of accuracies as percentage points with their sign: "+1.2"."""
    return f"{100 * fraction:+.1f}".replace("-", "−")


def effect(part: Mapping) -> str:
    """Return the effect of a claim's part as a number, whose unit is :func:`unit`."""
    return percent(part["effect"]) if part["test"] == "at_least" else points(part["effect"])


def unit(part: Mapping) -> str:
    """Return the unit of the effect of a claim's part."""
    return "%" if part["test"] == "at_least" else "points"


def verdict(claim: Mapping) -> str:
    """Return whether a claim holds, and with how many seeds where there are several."""
    held, count = sum(seed["holds"] for seed in claim["seeds"].values()), len(claim["seeds"])
    if claim["holds"]:
        return f"Holds, with {held} of {count} seeds" if count > 1 else "Holds"
    return f"Does not hold; with {held} of {count} seeds it does" if count > 1 else "Does not hold"


def p_value(value: float) -> str:
    """Return a p value as journals print it: "p < .001", "p = .012"."""
    text = "p < .001" if value < 0.001 else f"p = {value:.3f}".replace("0.", ".")
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def scale_of(claims: Sequence[Mapping]) -> tuple[float, float]:
    """Return the ends of one scale for all intervals of the claims, in whole tens of points."""
    parts = [part for claim in claims for part in claim["parts"] if part["low"] is not None]
    lowest = min([0.0, *(part["low"] for part in parts)])
    highest = max([0.1, *(part["high"] for part in parts)])
    return math.floor(10 * lowest - 0.2) / 10, math.ceil(10 * highest + 0.2) / 10


def place(value: float, scale: tuple[float, float]) -> float:
    """Return where a value lies between the ends of a scale, in per cent."""
    low, high = scale
    return round(100 * (value - low) / (high - low), 1)
