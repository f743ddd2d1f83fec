"""``series compare``: accuracies side by side and tests on the samples that both predicted."""

import json

import pytest
from scipy import stats

from helpers.series import __main__ as command
from helpers.series.compare import compare
from helpers.series.sources import SeriesError

HEADER = "sample_id,split,emotion,Happy,Sad\n"


def write(folder, notebook, accuracies, predictions=""):
    path = folder / notebook
    path.mkdir(parents=True)
    experiments = [
        {
            "name": name,
            "protocol": "held_out",
            "split": "val",
            "n": 10,
            "metrics": {"accuracy": accuracy, "interval": [0, 1]},
        }
        for name, accuracy in accuracies.items()
    ]
    run = {"schema": 1, "notebook": notebook, "experiments": experiments}
    (path / "metrics.json").write_text(json.dumps(run))
    if predictions:
        (path / "predictions.csv").write_text(HEADER + predictions)


def rows(right, start=0):
    """Predictions for samples that are all Happy."""
    return "".join(
        f"{start + index:03d},val,Happy,{'0.9,0.1' if hit else '0.2,0.8'}\n"
        for index, hit in enumerate(right)
    )


def test_experiments_stand_side_by_side(tmp_path):
    write(tmp_path / "a" / "demo", "01_faces", {"CNN": 0.5, "only here": 0.25})
    write(tmp_path / "b" / "demo", "01_faces", {"CNN": 0.625})
    write(tmp_path / "b" / "demo", "02_wild", {"CNN": 0.75})
    experiments, paired = compare(tmp_path / "a" / "demo", tmp_path / "b" / "demo")
    found = experiments[["notebook", "experiment", "A", "B", "B - A"]].values.tolist()
    assert sorted(found) == [
        ["01_faces", "CNN", "50.0", "62.5", "+12.5"],
        ["01_faces", "only here", "25.0", "", ""],
        ["02_wild", "CNN", "", "75.0", ""],
    ]
    assert paired.empty


def test_the_same_samples_are_tested_in_pairs(tmp_path):
    # Six samples that only B has right, one that only A has right; one that only A predicted.
    first = [False] * 6 + [True] + [True] * 3 + [True]
    second = [True] * 6 + [False] + [True] * 3
    write(tmp_path / "a" / "demo", "04_video", {}, rows(first))
    # Another order must not matter.
    shuffled = "".join(reversed(rows(second).splitlines(keepends=True)))
    write(tmp_path / "b" / "demo", "04_video", {}, shuffled)
    _, paired = compare(tmp_path / "a" / "demo", tmp_path / "b" / "demo")
    (row,) = paired.to_dict("records")
    assert (row["notebook"], row["split"], row["system"]) == ("04_video", "val", "")
    assert (row["n"], row["A"], row["B"]) == (10, "40.0", "90.0")
    assert (row["only_A"], row["only_B"]) == (1, 6)
    assert row["p_value"] == f"{stats.binomtest(1, 7).pvalue:.3f}"
    assert row["p_holm"] == row["p_value"]


def test_folders_without_results_are_named(tmp_path, capsys):
    with pytest.raises(SeriesError, match=r"No results in .*expected a folder such as"):
        compare(tmp_path, tmp_path)
    assert command.main(["compare", str(tmp_path), str(tmp_path)]) == 2
    assert "No results in" in capsys.readouterr().out


def test_the_command_writes_both_tables(tmp_path, capsys):
    for name in "ab":
        write(tmp_path / name, "01_faces", {"CNN": 0.5}, rows([True, False]))
    assert command.main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    text = capsys.readouterr().out
    assert "+0.0" in text
    assert "p_holm" in text
