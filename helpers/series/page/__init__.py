"""The page of results: ``results/<corpus>/index.html``, one file that needs nothing else."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers.files import write_json, write_text
from helpers.paths import results_root
from helpers.series.page.content import gather, summarise

_PROTOCOLS_IN_WORDS = {"thesis": "as in the thesis", "held_out": "held out"}


def write_gallery(corpus: str, root: str | Path = "", *, notebooks: Path | None = None) -> Path:
    """Write the page of a corpus's results and return its path.

    ``summary.json`` beside it holds every experiment of the page, for machines.

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
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {"percent": percent, "cell": cell, "words": words}
    page = templates.get_template("page.html.jinja").render(gathered)
    folder = results_root(root) / corpus
    write_json(folder / "summary.json", summarise(gathered))
    return write_text(folder / "index.html", page)


def percent(fraction: float | None) -> str:
    """Return a fraction as a percentage with one decimal, "–" where there is none."""
    return "–" if fraction is None else f"{100 * fraction:.1f}"


def cell(value: object) -> str:
    """Return a value of a table as text: three decimals, "–" for None."""
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def words(protocol: str) -> str:
    """Return a protocol in the page's words: "as in the thesis" for ``thesis``."""
    return _PROTOCOLS_IN_WORDS.get(protocol, protocol)
