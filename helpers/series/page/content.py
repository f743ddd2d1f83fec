"""What the page of results shows, read from the results files and the notebooks' sources."""

import base64
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from nbformat import NotebookNode
from PIL import Image

from helpers.paths import results_root
from helpers.results.runs import (
    PROTOCOLS,
    ResultsError,
    experiment_key,
    load_run,
    run_folder,
    seed_spread,
)
from helpers.series.console import clock
from helpers.series.process import LOG, PARTIAL
from helpers.series.sources import Source, find_sources, notebooks_folder, read_source, title_of

PEOPLE = {
    "demo": "drawn faces and synthetic voices",
    "open": "open corpora of real people",
    "thesis": "the thesis’s corpora of real people",
}
"""What a corpus consists of: a headline says whether people are behind it."""

KINDS = {"demo": "drawn", "open": "real people", "thesis": "real people"}
"""The same in a word or two, beside every headline."""

COUNTERPARTS = {"demo": "open", "open": "demo"}
"""The corpus whose results are the other part of a page."""

_SHADES = 32
"""Of each colour in a chart: a quarter fewer bytes than with all 256."""

_WHITE = 250
"""The paper of a figure, where it may be blended with what stands beside it."""

HEADLINE_ROWS = 4
"""At most so many experiments of a notebook that names none as its headline."""


def gather(
    corpus: str, root: str | Path = "", notebooks: Path | None = None, *, figures: bool = True
) -> dict:
    """Return all that the page says, above all ``notebooks``, a dict for each of them."""
    root = results_root(root)
    seeds = sorted(
        (path for path in (root / "seeds").glob("*") if path.name.isdigit()),
        key=lambda path: int(path.name),
    )
    found = [
        _notebook(source, corpus, root, seeds, figures)
        for source in find_sources(notebooks or notebooks_folder())
    ]
    return {
        "corpus": corpus,
        "people": PEOPLE.get(corpus, corpus),
        "kind": KINDS.get(corpus, corpus),
        "notebooks": found,
        "shown": [notebook for notebook in found if notebook["run"]],
        "claims": [notebook for notebook in found if notebook["claim"]],
        "failed": [n for n in found if n["claim"] and not n["claim"]["holds"]],
        "unsure": [n for n in found if n["claim"] and not _with_every_seed(n["claim"])],
        "missing": [notebook for notebook in found if notebook["problem"]],
    }


def _with_every_seed(claim: Mapping) -> bool:
    return all(found["holds"] for found in claim["seeds"].values())


def summarise(gathered: Mapping) -> dict:
    """Return every experiment of the page as plain values, for ``summary.json``."""
    return {
        "corpus": gathered["corpus"],
        "notebooks": {
            notebook["name"]: {
                "problem": notebook["problem"],
                "corpora": notebook["corpora"],
                "finished": (notebook["run"] or {}).get("finished"),
                "claim": notebook["claim"],
                "finding": notebook["finding"],
                "experiments": notebook["rows"],
            }
            for notebook in gathered["notebooks"]
        },
    }


def _notebook(
    source: Source, corpus: str, root: Path, seeds: Sequence[Path], with_figures: bool
) -> dict:
    text = read_source(source)
    folder = run_folder(source.name, corpus, root)
    problem, command, run, by_seed = "", "", None, {}
    for seed in seeds:
        try:
            by_seed[int(seed.name)] = load_run(source.name, corpus, seed)
        except ResultsError:
            continue
    try:
        run = load_run(source.name, corpus, root)
    except ResultsError as error:
        run = next(iter(by_seed.values()), None)
        damaged = (folder / "metrics.json").exists()
        problem = str(error).replace(str(root), "results") if damaged else ""
        if not run and not damaged:
            problem = "No results yet."
            command = f"python -m helpers.series run --corpus {corpus} --notebooks {source.number}"
    if (folder / PARTIAL).exists():
        problem = "The last run did not reach its end; what is shown is from the run before."
        problem = problem if run else "The last run did not reach its end."
        problem += f" {source.name}/{LOG} says why."
        command = ""
    rows = _rows(run, seed_spread(by_seed)) if run else []
    figures = _figures(run) if run and with_figures else []
    first = _shown_first(run, figures) if figures else None
    return {
        "name": source.name,
        "number": source.number,
        "title": title_of(text).partition("·")[2].strip() or source.name,
        "question": _question(text),
        "problem": problem,
        "command": command,
        "run": run,
        "rows": rows,
        "headline": _headline(rows),
        "address": _address(text),
        "claim": run.get("claim") if run else None,
        "finding": run["extra"].get("finding", "") if run else "",
        "tables": run["extra"].get("tables", {}) if run else {},
        "first": first,
        "others": [figure for figure in figures if figure is not first],
        "clips": _clips(run) if run and with_figures else [],
        "private": run.get("private", []) if run else [],
        "corpora": list(dict.fromkeys(data["corpus"] for data in run["data"])) if run else [],
        "took": clock(run["seconds"]) if run else "",
        "seeds": sorted(by_seed),
    }


def _rows(run: Mapping, spread: Mapping[tuple, Mapping]) -> list[dict]:
    """Return the experiments, a system's protocols together and in one order."""
    rows = []
    for line in run["experiments"]:
        metrics = line["metrics"]
        low, high = metrics["interval"]
        several = spread.get(experiment_key(line))
        rows.append(
            {
                "name": line["name"],
                "protocol": line["protocol"],
                "split": line["split"],
                "n": line["n"],
                "accuracy": metrics["accuracy"],
                "low": low,
                "high": high,
                "uar": metrics.get("uar"),
                "f1_macro": metrics.get("f1_macro"),
                "published": (line.get("published") or {}).get("value"),
                "data": line.get("data", ""),
                "headline": bool(line.get("headline")),
                "spread": several if several and several["sd"] is not None else None,
            }
        )
    systems = list(dict.fromkeys(_system(row) for row in rows))
    return sorted(
        rows, key=lambda row: (systems.index(_system(row)), PROTOCOLS.index(row["protocol"]))
    )


def _system(row: Mapping) -> tuple[str, str, str]:
    return row["name"], row["split"], row["data"]


def _headline(rows: Sequence[Mapping]) -> list[dict]:
    """Return the systems at the top of the page, each with its protocols side by side.

    They are the ones marked ``headline=True``, else those with a published value, else the first.
    """
    systems: dict[tuple[str, str, str], list[Mapping]] = {}
    for row in rows:
        systems.setdefault(_system(row), []).append(row)
    found = [
        {
            "name": name,
            "split": split,
            "data": data,
            "n": sorted({row["n"] for row in lanes}),
            "lanes": lanes,
            "published": next(
                (lane["published"] for lane in lanes if lane["published"] is not None), None
            ),
            "headline": any(row["headline"] for row in lanes),
        }
        for (name, split, data), lanes in systems.items()
    ]
    return (
        [system for system in found if system["headline"]]
        or [system for system in found if system["published"] is not None]
        or found[:HEADLINE_ROWS]
    )


def _question(notebook: NotebookNode) -> str:
    """Return the paragraph under the first heading as plain text."""
    for cell in notebook.cells:
        match = re.search(r"^# .+\n+((?:.+\n?)+)", cell.source, flags=re.MULTILINE)
        if cell.cell_type == "markdown" and match:
            text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", match.group(1))
            return " ".join(re.sub(r"[*`]+", "", text).split())
    return ""


def _address(notebook: NotebookNode) -> str:
    """Return where the notebook's badge leads, "" where it has none."""
    found = re.search(r"\[!\[Open in Colab\].*?\]\((\S+)\)", notebook.cells[0].source)
    return found[1] if found else ""


def _shown_first(run: Mapping, figures: Sequence[Mapping]) -> Mapping | None:
    """Return the figure of the run's claim, else that of its accuracies, else the first."""
    by_name = {figure["name"]: figure for figure in figures}
    claimed = (run.get("claim") or {}).get("figure", "")
    return by_name.get(claimed) or by_name.get("accuracy") or next(iter(figures), None)


def _figures(run: Mapping) -> list[dict]:
    figures = []
    for figure in run["figures"]:
        try:
            with Image.open(run["folder"] / figure["file"]) as picture:
                layers = _layers(picture.convert("RGB"), figure.get("pictures"))
                figures.append(figure | layers | {"width": picture.width, "height": picture.height})
        except OSError:
            figures.append(figure | {"chart": "", "photographs": "", "width": 0, "height": 0})
    return figures


def _layers(figure: Image.Image, boxes: Sequence[Sequence[float]] | None) -> dict[str, str]:
    """Return a figure's two layers as data URIs: ``chart`` and ``photographs``, "" where empty.

    A page with a dark ground turns over the first, lines and words, and leaves the second as it
    is. Apart they are also smaller: the one has few colours, the other may lose some. Runs of
    earlier versions do not say where photographs are (None): a figure is then all one or the other.
    """
    if boxes is None:
        lines, photograph = _chart(np.asarray(figure)), _webp(figure, quality=80)
        if len(lines) < len(photograph):
            return {"chart": _picture(lines), "photographs": ""}
        return {"chart": "", "photographs": _picture(photograph)}
    pixels = np.asarray(figure)
    inside = np.zeros(pixels.shape[:2], dtype=bool)
    for box in boxes:
        inside[_painted(pixels, box)] = True
    chart = np.where(inside[..., None], np.uint8(255), pixels)
    photographs = Image.fromarray(np.dstack([pixels, np.uint8(255) * inside]))
    return {
        "chart": _picture(_chart(chart)),
        "photographs": _picture(_smallest(photographs)) if inside.any() else "",
    }


def _painted(pixels: np.ndarray, box: Sequence[float]) -> tuple[slice, slice]:
    """Return the rows and columns of a photograph, whose edges lie a pixel beside its box's."""
    (left, top, width, height), (rows, columns) = box, pixels.shape[:2]
    above, below = max(0, round(top * rows) - 1), round((top + height) * rows) + 1
    before, after = max(0, round(left * columns) - 1), round((left + width) * columns) + 1
    is_painted = (pixels[above:below, before:after] < _WHITE).any(axis=-1)
    found = []
    for first, axis in ((above, 1), (before, 0)):
        lines = np.flatnonzero(is_painted.any(axis=axis))
        found.append(slice(first + lines[0], first + lines[-1] + 1) if len(lines) else slice(0))
    return tuple(found)


def _chart(pixels: np.ndarray) -> bytes:
    # Black and white stay what they are; no other shade moves by more than eyes can tell.
    shades = np.linspace(0, 255, _SHADES).round().astype(np.uint8)
    nearest = np.round(np.arange(256) / 255 * (_SHADES - 1)).astype(int)
    return _webp(Image.fromarray(shades[nearest][pixels]), lossless=True)


def _smallest(photographs: Image.Image) -> bytes:
    # Few levels of colour, as of a spectrogram, take fewer bytes without loss.
    ways = (_webp(photographs, lossless=True), _webp(photographs, quality=80))
    return min(ways, key=len)


def _picture(content: bytes) -> str:
    return _data_uri(content, "image/webp")


def _webp(picture: Image.Image, **options) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format="WEBP", **({"quality": 90} | options))
    return buffer.getvalue()


def _clips(run: Mapping) -> list[dict]:
    clips = []
    for clip in run.get("clips", []):
        path = run["folder"] / clip["file"]
        try:
            source = _data_uri(path.read_bytes(), f"video/{path.suffix[1:]}")
        except OSError:
            source = ""
        clips.append(clip | {"source": source})
    return clips


def _data_uri(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
