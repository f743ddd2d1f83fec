"""What a notebook leaves behind: ``results/<corpus>/NN_topic/`` with numbers, scores and figures.

``metrics.json`` holds settings, versions, data and every experiment with its n, interval and
published value; ``predictions.csv`` one row of class probabilities per sample; figures are png,
clips mp4 or webm.
"""

import json
import os
import re
import statistics
import time
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from IPython.display import FileLink

from helpers.files import write_atomically, write_json, write_text
from helpers.paths import DRAWN, results_root
from helpers.results.clip_scores import (
    ResultsError,
    ResultsMissing,
    predictions_text,
    read_predictions,
)
from helpers.results.record import (
    alt_text,
    clip_suffix,
    describe_data,
    picture_boxes,
    plain_values,
    png_bytes,
    shows_people,
)
from helpers.runtime import environment
from helpers.runtime.colab import download, in_colab

SCHEMA = 1
"""Version of the layout of metrics.json."""

PRIVATE = "private"
"""Of a run's folder, the one for what shows people: not published, not committed, not packed."""

PROTOCOLS = ("thesis", "held_out")
"""As published (choices made on the test set), and choices on a held-out part of train."""

_NOTEBOOK_NAME = re.compile(r"\d\d_[a-z0-9_]+")


def experiment(
    name: str,
    protocol: str,
    split: str,
    score: Mapping[str, Any],
    published: float | Mapping[str, Any] | None = None,
    **extra: Any,
) -> dict:
    """Return one line of a results table: a score under a protocol, beside the published value.

    Parameters
    ----------
    name : str
        The system, in words (``"VGG16, two blocks"``).
    protocol : str
        ``"thesis"`` or ``"held_out"``.
    split : str
        The split that was scored, by its official name.
    score : mapping
        From ``helpers.evaluation.scores.score``: at least ``n``, ``accuracy`` and ``interval``.
    published : float or mapping, optional
        The published accuracy as a fraction, or a mapping with ``value`` and what is known of it.
    **extra
        Anything else to keep with it. The page of results knows ``headline=True`` (show it at the
        top) and ``data="the thesis's own vectors"`` (data other than the run's corpus).

    Raises
    ------
    ResultsError
        If the protocol is unknown, the score lacks a key, or a number is NaN or infinite.
    """
    if protocol not in PROTOCOLS:
        raise ResultsError(f"Experiment {name!r}: protocol {protocol!r}; use one of {PROTOCOLS}.")
    missing = [key for key in ("n", "accuracy", "interval") if key not in score]
    if missing:
        raise ResultsError(
            f"Experiment {name!r}: the score has no {missing}; pass what "
            "helpers.evaluation.scores.score returned."
        )
    if published is not None and not isinstance(published, Mapping):
        published = {"value": published}
    line = {"name": name, "protocol": protocol, "split": split, "n": score["n"]}
    line |= {"metrics": {key: score[key] for key in score if key != "n"}, "published": published}
    return plain_values(line | extra, f"experiment {name!r}")


def save_run(
    notebook: str,
    *,
    corpus: str,
    settings: Mapping[str, Any],
    experiments: Sequence[Mapping[str, Any]],
    started: float,
    predictions: pd.DataFrame | None = None,
    figures: Mapping[str, tuple] | None = None,
    clips: Mapping[str, tuple[bytes, str]] | None = None,
    manifests: Sequence[pd.DataFrame] = (),
    root: str | Path = "",
    claim: Mapping[str, Any] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Path:
    """Write a run to ``<root>/<corpus>/<notebook>/`` and return that folder.

    Every file appears whole or not at all, metrics.json last; figures, clips and scores of an
    earlier run that this one no longer has are removed. What shows people, clips and such figures
    (``record.shows_people``) of any corpus but the drawn one, goes to the folder ``PRIVATE``.

    Parameters
    ----------
    notebook : str
        ``NN_topic``, the notebook's file name without suffix.
    corpus : str
        The notebook's ``CORPUS``.
    settings : mapping
        What was chosen: the notebook's parameters and everything that they led to.
    experiments : sequence
        What ``experiment`` returned.
    started : float
        ``time.time()`` of the notebook's first cell, in seconds.
    predictions : DataFrame, optional
        ``sample_id, split, emotion``, then one probability column per class in AFEW's order, and
        perhaps ``protocol`` and ``system``.
    figures : mapping, optional
        ``{name: (figure, caption)}`` or ``{name: (figure, caption, alt text)}``; without an alt
        text, the figure's title and the caption stand for it.
    clips : mapping, optional
        ``{name: (content of an MP4 or WebM file, caption)}``, to be played on the page of results;
        at most ``record.LARGEST_CLIP`` bytes each.
    manifests : sequence of DataFrame
        The data used; recorded as a digest of the files and counts of what was left out and why.
    root : str or Path
        The notebook's ``RESULTS_ROOT``.
    claim : mapping, optional
        What ``helpers.results.claims.judge`` returned.
    extra : mapping, optional
        Anything else worth keeping. The page of results shows ``finding`` (a sentence made from
        the numbers) and ``tables`` (title to DataFrame).

    Raises
    ------
    ResultsError
        If a name, a protocol, a number or a row of the scores is not what it should be.
    """
    folder = run_folder(notebook, corpus, root)
    finished = time.time()
    if not 1.5e9 < started <= finished + 1:
        raise ResultsError(
            f"started={started!r}: pass time.time() from the first cell, in seconds."
        )
    for line in experiments:
        if line.get("protocol") not in PROTOCOLS:
            raise ResultsError(
                f"{line.get('name')!r}: make it with helpers.results.runs.experiment()."
            )
    figures, clips = figures or {}, clips or {}
    is_real = corpus != DRAWN
    private = {name for name, value in figures.items() if is_real and shows_people(value[0])}
    figure_files = {name: _file(name, ".png", private=name in private) for name in figures}
    clip_files = {
        name: _file(name, clip_suffix(value[0], name), private=is_real)
        for name, value in clips.items()
    }
    pictures = {figure_files[name]: png_bytes(value[0]) for name, value in figures.items()}
    scores = None if predictions is None else predictions_text(predictions, notebook)
    metrics = plain_values(
        {
            "schema": SCHEMA,
            "notebook": notebook,
            "corpus": corpus,
            "data": [describe_data(manifest) for manifest in manifests],
            "settings": settings,
            "environment": environment(),
            "started": _timestamp(started),
            "finished": _timestamp(finished),
            "seconds": round(finished - started, 1),
            "claim": claim,
            "experiments": experiments,
            "predictions": 0 if predictions is None else len(predictions),
            "figures": [
                {
                    "name": name,
                    "file": figure_files[name],
                    "caption": value[1],
                    "alt": value[2] if len(value) > 2 else alt_text(*value),
                    "pictures": picture_boxes(value[0]),
                }
                for name, value in figures.items()
                if name not in private
            ],
            "clips": [
                {"name": name, "file": clip_files[name], "caption": value[1]}
                for name, value in clips.items()
                if not is_real
            ],
            "private": [
                {"file": file, "caption": caption}
                for file, caption in [
                    *((figure_files[n], v[1]) for n, v in figures.items() if n in private),
                    *((clip_files[n], v[1]) for n, v in clips.items() if is_real),
                ]
            ],
            "extra": extra or {},
        },
        notebook,
    )
    folder.mkdir(parents=True, exist_ok=True)
    films = {clip_files[name]: value[0] for name, value in clips.items()}
    for file, content in (pictures | films).items():
        with write_atomically(folder / file) as temporary:
            temporary.write_bytes(content)
    if scores is not None:
        write_text(folder / "predictions.csv", scores)
    write_json(folder / "metrics.json", metrics)
    _remove_leftovers(folder, keep={*pictures, *films, *(["predictions.csv"] if scores else [])})
    return folder


def offer_download(folder: Path, *, wanted: bool) -> FileLink | None:
    """Pack a run's numbers, predictions and figures into a zip for the browser to save.

    Without ``wanted`` nothing happens, so also when a notebook is run from start to end. In Colab
    the download begins; elsewhere a link is returned for the notebook to show. Trained networks
    are left out.

    Parameters
    ----------
    folder : Path
        What :func:`save_run` returned; the zip is written beside it.
    wanted : bool
        The notebook's ``DOWNLOAD``.
    """
    if not wanted:
        return None
    packed = folder.with_suffix(".zip")
    with (
        write_atomically(packed) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for path in sorted(folder.iterdir()):
            if path.is_file():
                archive.write(path, f"{folder.name}/{path.name}")
    if in_colab():
        return download(packed)
    return FileLink(os.path.relpath(packed), result_html_prefix="Save: ")


def run_folder(notebook: str, corpus: str, root: str | Path = "") -> Path:
    """Return the folder of a notebook's results; nothing is created.

    Raises
    ------
    ResultsError
        If ``notebook`` is not ``NN_topic`` or ``corpus`` is not a plain word.
    """
    if not _NOTEBOOK_NAME.fullmatch(notebook):
        raise ResultsError(f"Notebook {notebook!r}: expected a name like '01_faces_baseline'.")
    if not re.fullmatch(r"[a-z0-9_-]+", corpus):
        raise ResultsError(f"Corpus {corpus!r}: expected a word like 'demo', 'open' or 'thesis'.")
    return results_root(root) / corpus / notebook


def load_run(notebook: str, corpus: str, root: str | Path = "") -> dict:
    """Return what metrics.json of a notebook's last run holds, and ``folder``, a Path.

    Raises
    ------
    ResultsError
        ``ResultsMissing``, one of its kind, if there is no such run; else if the file is damaged or
        of another version of the series.
    """
    folder = run_folder(notebook, corpus, root)
    path = folder / "metrics.json"
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ResultsMissing(
            f"No results of {notebook} on {corpus} in {path.parent}. Run the notebook first: "
            f"python -m helpers.series run --corpus {corpus} --notebooks {notebook[:2]}"
        ) from None
    except ValueError as error:
        raise ResultsError(f"{path} is damaged ({error}). Run notebook {notebook} again.") from None
    if not isinstance(run, dict) or run.get("schema") != SCHEMA:
        found = run.get("schema") if isinstance(run, dict) else type(run).__name__
        raise ResultsError(
            f"{path} has schema {found!r}, expected {SCHEMA}. Run notebook {notebook} again."
        )
    return run | {"folder": folder}


def load_predictions(notebook: str, corpus: str, root: str | Path = "") -> pd.DataFrame:
    """Return the clip scores that a notebook wrote, checked, one column per emotion.

    Raises
    ------
    ResultsError
        ``ResultsMissing``, one of its kind, if there is no such file; else as
        ``helpers.results.clip_scores.read_predictions``.
    """
    path = run_folder(notebook, corpus, root) / "predictions.csv"
    if not path.is_file():
        load_run(notebook, corpus, root)  # says how to make it when nothing was run at all
        raise ResultsMissing(f"{path} is missing. Run notebook {notebook} again.")
    return read_predictions(path)


def experiments_table(run: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return experiments as a table: ours with interval and n, the published value beside it.

    Parameters
    ----------
    run : mapping or sequence
        What ``load_run`` returned, or a list of what ``experiment`` returned.

    Returns
    -------
    DataFrame
        One row per experiment, fractions as floats: ``protocol, split, n, accuracy, low, high, uar,
        f1_macro, published``; NaN where there is none.
    """
    lines = run["experiments"] if isinstance(run, Mapping) else run
    rows = [
        {
            "experiment": line["name"],
            "protocol": line["protocol"],
            "split": line["split"],
            "n": line["n"],
            "accuracy": line["metrics"]["accuracy"],
            "low": line["metrics"]["interval"][0],
            "high": line["metrics"]["interval"][1],
            "uar": line["metrics"].get("uar", np.nan),
            "f1_macro": line["metrics"].get("f1_macro", np.nan),
            "published": (line.get("published") or {}).get("value"),
        }
        for line in lines
    ]
    if not rows:
        return pd.DataFrame()
    return pd.DataFrame(rows).set_index("experiment").astype({"published": float})


def seed_spread(runs: Mapping[int, Mapping]) -> dict[tuple, dict]:
    """Return the spread of every experiment's accuracy over seeds.

    From what ``load_run`` returned for each seed to a dict, (name, protocol, split) to ``seeds``,
    ``values``, ``mean`` and ``sd`` (of the sample, None for a single seed).
    """
    values: dict[tuple, dict[int, float]] = {}
    for seed, run in runs.items():
        for line in run["experiments"]:
            values.setdefault(experiment_key(line), {})[seed] = line["metrics"]["accuracy"]
    return {
        key: {
            "seeds": list(found),
            "values": list(found.values()),
            "mean": statistics.fmean(found.values()),
            "sd": statistics.stdev(found.values()) if len(found) > 1 else None,
        }
        for key, found in values.items()
    }


def experiment_key(line: Mapping) -> tuple[str, str, str]:
    """Return what an experiment is known by: name (and data of its own), protocol and split."""
    name = ", ".join(filter(None, [line["name"], line.get("data", "")]))
    return name, line["protocol"], line["split"]


def _file(name: str, suffix: str, *, private: bool) -> str:
    if not re.fullmatch(r"[a-z0-9_-]+", name):
        raise ResultsError(f"Name {name!r}: expected one of a-z, 0-9, _ and -, no suffix.")
    return f"{PRIVATE}/{name}{suffix}" if private else name + suffix


def _remove_leftovers(folder: Path, keep: Iterable[str]) -> None:
    patterns = [
        f"{place}*.{suffix}" for place in ("", f"{PRIVATE}/") for suffix in ("png", "mp4", "webm")
    ]
    written = [path for pattern in patterns for path in folder.glob(pattern)]
    for path in [*written, folder / "predictions.csv"]:
        if path.relative_to(folder).as_posix() not in keep:
            path.unlink(missing_ok=True)


def _timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
