"""``series compare``: two folders of results side by side, with tests on the same samples."""

from pathlib import Path

import numpy as np
import pandas as pd

from helpers.evaluation.comparison import paired_table, readable
from helpers.results.clip_scores import KEY_COLUMNS, class_columns, read_predictions
from helpers.results.runs import ResultsError, experiment_key, load_run
from helpers.series.sources import SeriesError

_EXPERIMENT = ["notebook", "experiment", "protocol", "split"]
_GROUP = ["split", "protocol", "system"]


def compare(first: str | Path, second: str | Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare two folders ``<results>/<corpus>``.

    Returns
    -------
    experiments : DataFrame
        ``notebook, experiment, protocol, split, n A, n B, A, B, B - A``, accuracies in per cent,
        "" where one side has no such experiment.
    paired : DataFrame
        One row for every set of predictions in both: ``notebook, split, protocol, system``, then
        the columns of ``helpers.evaluation.comparison.paired_table`` for the samples in both,
        accuracies ``A`` and ``B`` in per cent.

    Raises
    ------
    SeriesError
        If one of the folders holds no results.
    """
    first, second = _folder(first), _folder(second)
    experiments = pd.merge(
        _experiments(first),
        _experiments(second),
        how="outer",
        left_index=True,
        right_index=True,
        suffixes=(" A", " B"),
    )
    experiments = experiments.reset_index().rename(columns={"% A": "A", "% B": "B"})
    experiments["B - A"] = experiments["B"] - experiments["A"]
    experiments[["A", "B", "B - A"]] *= 100
    formats = {"n A": ".0f", "n B": ".0f", "A": ".1f", "B": ".1f", "B - A": "+.1f"}
    for name, wanted in formats.items():
        values = experiments[name]
        experiments[name] = ["" if pd.isna(value) else f"{value:{wanted}}" for value in values]
    return experiments[[*_EXPERIMENT, *formats]], _paired(first, second)


def _folder(given: str | Path) -> Path:
    folder = Path(given).expanduser().resolve()
    if not list(folder.glob("*/metrics.json")):
        raise SeriesError(
            f"No results in {folder}; expected a folder such as results/demo or "
            "results/seeds/0/demo, with NN_topic/metrics.json in it."
        )
    return folder


def _experiments(folder: Path) -> pd.DataFrame:
    rows = []
    for path in sorted(folder.glob("*/metrics.json")):
        run = load_run(path.parent.name, folder.name, folder.parent)
        rows += [
            (run["notebook"], *experiment_key(line), line["n"], line["metrics"]["accuracy"])
            for line in run["experiments"]
        ]
    return pd.DataFrame(rows, columns=[*_EXPERIMENT, "n", "%"]).set_index(_EXPERIMENT)


def _paired(first: Path, second: Path) -> pd.DataFrame:
    pairs = {}
    for path in sorted(first.glob("*/predictions.csv")):
        other = second / path.parent.name / path.name
        if not other.is_file():
            continue
        one, two = _right(path), _right(other)
        both = one.merge(two, on=["sample_id", "emotion", *_GROUP], suffixes=(" A", " B"))
        for key, group in both.groupby(_GROUP, sort=False):
            right = group["right A"].to_numpy(), group["right B"].to_numpy()
            pairs[(path.parent.name, *key)] = right
    table = paired_table(pairs, ("A", "B"))
    accuracies = {name: (100 * table[name]).map("{:.1f}".format) for name in ("A", "B")}
    what = pd.DataFrame([*pairs], columns=["notebook", *_GROUP])
    return what.join(readable(table.drop(columns="question")).assign(**accuracies))


def _right(path: Path) -> pd.DataFrame:
    """Return which predictions of a file are right, one row per sample."""
    try:
        table = read_predictions(path, classes=None)
    except ResultsError as error:
        raise SeriesError(str(error)) from None
    classes = class_columns(table.columns)
    predicted = np.array(classes)[table[classes].to_numpy().argmax(axis=1)]
    kept = table.reindex(columns=[*KEY_COLUMNS, "protocol", "system"], fill_value="")
    return kept.assign(right=predicted == table["emotion"].to_numpy())
