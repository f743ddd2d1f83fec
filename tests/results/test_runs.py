"""Runs and clip scores: what is written comes back, and what is wrong is named."""

import json
import os
import subprocess
import sys
import time
import types
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from matplotlib.figure import Figure
from PIL import Image

from helpers.emotions import EMOTIONS
from helpers.results import clip_scores, runs
from helpers.results.record import CHART_COLOURS, mark_without_people
from helpers.results.runs import ResultsError

MP4, WEBM = b"\x00\x00\x00\x18ftypmp42", b"\x1aE\xdf\xa3 matroska"
SCORE = {"n": 4, "correct": 3, "accuracy": 0.75, "interval": (0.3, 0.95), "uar": 0.7}


@pytest.fixture(autouse=True)
def fixed_environment(monkeypatch):
    """Asking for the device imports TensorFlow, which no test here needs."""
    environment = {"device": "CPU", "versions": {"python": "3.11"}}
    monkeypatch.setattr(runs, "environment", lambda: environment)


def scores(rows=3, classes=EMOTIONS):
    generator = np.random.default_rng(0)
    probabilities = generator.dirichlet(np.ones(len(classes)), size=rows)
    table = pd.DataFrame(
        {
            "sample_id": [f"{index:09d}" for index in range(rows)],
            "split": "val",
            "emotion": [classes[index % len(classes)] for index in range(rows)],
        }
    )
    return table.join(pd.DataFrame(probabilities, columns=list(classes)))


def figure():
    picture = Figure(figsize=(2, 1))
    picture.subplots().plot([0, 1])
    return picture


def save(root, **changes):
    arguments = {
        "corpus": "demo",
        "settings": {"seed": 0, "learning_rate": np.float32(0.5)},
        "experiments": [runs.experiment("CNN", "held_out", "test", SCORE, published=0.7)],
        "started": time.time() - 2,
        "root": root,
    }
    return runs.save_run("01_faces_baseline", **(arguments | changes))


def manifest(folder, texts=("a", "b", "c")):
    paths = [folder / f"{index}.txt" for index in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    table = pd.DataFrame(
        {
            "sample_id": [path.stem for path in paths],
            "path": [str(path) for path in paths],
            "emotion": "Happy",
            "split": ["train", "val", "val"],
            "group": "",
            "problem": ["", "", "truncated"],
        }
    )
    unexpected = [("x.db", "no clip"), (".y", "hidden"), ("z.txt", "no clip")]
    table.attrs.update(corpus="afew", folder=str(folder), unexpected_files=unexpected)
    return table


def titled(over_all="", over_plot=""):
    picture = figure()
    picture.suptitle(over_all)
    picture.axes[0].set_title(over_plot)
    return picture


def test_the_text_for_those_who_cannot_see_a_figure_is_its_title_and_caption(tmp_path):
    figures = {
        "given": (titled("Gain"), "Curves", "A falling line"),
        "over_all": (titled("9 of 10\nare right", "left"), "Curves"),
        "over_plot": (titled(over_plot="9 of 10"), "Curves"),
        "same": (titled("Curves"), "Curves"),
        "none": (figure(), "Curves"),
        "empty": (Figure(figsize=(2, 1)), "Curves"),
    }
    save(tmp_path, figures=figures)
    run = runs.load_run("01_faces_baseline", "demo", tmp_path)
    assert {found["name"]: found["alt"] for found in run["figures"]} == {
        "given": "A falling line",
        "over_all": "9 of 10 are right. Curves",
        "over_plot": "9 of 10. Curves",
        "same": "Curves",
        "none": "Curves",
        "empty": "Curves",
    }


def test_results_are_packed_for_download_when_asked_and_not_before(tmp_path, monkeypatch):
    folder = save(tmp_path, figures={"curves": (figure(), "Curves")}, predictions=scores())
    (folder / "held_out").mkdir()
    (folder / "held_out" / "model.keras").touch()
    monkeypatch.chdir(tmp_path)
    assert runs.offer_download(folder, wanted=False) is None
    assert not [*tmp_path.rglob("*.zip")]

    link = runs.offer_download(folder, wanted=True)
    assert "href='demo/01_faces_baseline.zip'" in link._repr_html_()
    with zipfile.ZipFile("demo/01_faces_baseline.zip") as archive:
        names = [f"01_faces_baseline/{name}" for name in ("curves.png", "metrics.json")]
        assert archive.namelist() == [*names, "01_faces_baseline/predictions.csv"]

    saved = []
    files = types.SimpleNamespace(download=saved.append)
    monkeypatch.setitem(sys.modules, "google.colab", types.SimpleNamespace(files=files))
    assert runs.offer_download(folder, wanted=True) is None
    assert saved == [f"{folder}.zip"]


def test_a_run_comes_back_as_it_was_saved(tmp_path):
    table = scores()
    folder = save(
        tmp_path,
        predictions=table,
        figures={"curves": (figure(), "Loss falls", "A falling line")},
        manifests=[manifest(tmp_path)],
        extra={"classes": EMOTIONS},
    )
    assert folder == tmp_path / "demo" / "01_faces_baseline"
    assert sorted(path.name for path in folder.iterdir()) == [
        "curves.png",
        "metrics.json",
        "predictions.csv",
    ]
    run = runs.load_run("01_faces_baseline", "demo", tmp_path)
    (line,) = run["experiments"]
    assert (line["n"], line["metrics"]["accuracy"], line["protocol"]) == (4, 0.75, "held_out")
    assert line["published"] == {"value": 0.7}
    assert run["settings"] == {"seed": 0, "learning_rate": 0.5}
    assert run["figures"] == [
        {
            "name": "curves",
            "file": "curves.png",
            "caption": "Loss falls",
            "alt": "A falling line",
            "pictures": [],
        }
    ]
    assert run["data"][0] | {"digest": ""} == {
        "corpus": "afew",
        "digest": "",
        "samples": 3,
        "used": 2,
        "splits": {"train": 1, "val": 1},
        "left_out": {"truncated": 1},
        "unexpected_files": {"no clip": 2, "hidden": 1},
    }
    assert 2 <= run["seconds"] < 30
    assert run["environment"]["device"] == "CPU"
    back = runs.load_predictions("01_faces_baseline", "demo", tmp_path)
    pd.testing.assert_frame_equal(back, table, atol=5e-7, check_dtype=False)
    assert str(tmp_path) not in (folder / "metrics.json").read_text()


def test_the_data_digest_follows_content_not_place(tmp_path):
    digests = []
    for name, texts in [("one", "abc"), ("two", "abc"), ("three", "abd")]:
        (tmp_path / name).mkdir()
        save(tmp_path, manifests=[manifest(tmp_path / name, texts)])
        digests.append(runs.load_run("01_faces_baseline", "demo", tmp_path)["data"][0]["digest"])
    assert digests[0] == digests[1] != digests[2]


def test_a_second_run_leaves_nothing_of_the_first(tmp_path):
    clips = {"old": (MP4, "old"), "older": (WEBM, "older")}
    first = {"predictions": scores(), "figures": {"old": (figure(), "old")}, "clips": clips}
    folder = save(tmp_path, **first)
    assert len(list(folder.glob("old*"))) == 3
    (folder / "run.ipynb").write_text("kept: not ours to remove")
    save(tmp_path, figures={"new": (figure(), "new")})
    assert sorted(path.name for path in folder.iterdir()) == [
        "metrics.json",
        "new.png",
        "run.ipynb",
    ]
    with pytest.raises(ResultsError, match="predictions.csv is missing"):
        runs.load_predictions("01_faces_baseline", "demo", tmp_path)


def test_clips_keep_their_bytes_and_are_named_for_what_they_are(tmp_path):
    clips = {"angry": (MP4, "An angry face"), "sad": (WEBM, "A sad one")}
    folder = save(tmp_path, clips=clips)
    assert runs.load_run("01_faces_baseline", "demo", tmp_path)["clips"] == [
        {"name": "angry", "file": "angry.mp4", "caption": "An angry face"},
        {"name": "sad", "file": "sad.webm", "caption": "A sad one"},
    ]
    assert (folder / "angry.mp4").read_bytes() == MP4
    assert (folder / "sad.webm").read_bytes() == WEBM


def test_it_is_kept_where_a_figure_shows_photographs(tmp_path):
    """Their edges, in the png, lie where its colours change."""
    faces = Figure(figsize=(4, 2), layout="constrained")
    above, below, chart = faces.subplots(1, 3)
    above.imshow(np.full((5, 5, 3), (255, 0, 0), np.uint8))
    below.imshow(np.full((5, 5, 3), (0, 255, 0), np.uint8))
    chart.imshow(np.ones((5, 5)), cmap="Blues", vmin=0, vmax=2)
    for axis in faces.axes:
        axis.set_axis_off()
    faces.suptitle("A title of some length, which the picture has to hold")
    folder = save(tmp_path, figures={"faces": (faces, "Faces")})
    (kept,) = runs.load_run("01_faces_baseline", "demo", tmp_path)["figures"]
    with Image.open(folder / "faces.png") as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    is_red = (pixels == (255, 0, 0)).all(axis=-1)
    is_green = (pixels == (0, 255, 0)).all(axis=-1)
    sides = np.array([*pixels.shape[1::-1], *pixels.shape[1::-1]])
    for place, (left, top, width, height) in zip((is_red, is_green), kept["pictures"], strict=True):
        rows, columns = np.nonzero(place)
        edges = np.array([left, top, left + width, top + height]) * sides
        found = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        assert np.abs(edges - found).max() < 2


def pictured(cmap=None, *, on_figure=False):
    picture = Figure(figsize=(2, 1))
    values = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    if on_figure:
        picture.figimage(values)
    else:
        picture.subplots().imshow(values[..., 0] if cmap else values, cmap=cmap)
    return picture


WITH_PEOPLE = {
    "colour": pictured(),
    "grey": pictured("gray"),
    "all_over": pictured(on_figure=True),
}
WITHOUT_PEOPLE = {
    "curves": figure(),
    "counts": pictured(CHART_COLOURS),
    "spectrogram": mark_without_people(pictured("magma")),
}


def captioned(figures):
    return {name: (value, f"Caption of {name}") for name, value in figures.items()}


def test_what_shows_people_is_kept_apart_from_what_may_be_published(tmp_path):
    figures, film = captioned(WITH_PEOPLE | WITHOUT_PEOPLE), {"film": (MP4, "A film")}
    folder = save(tmp_path, corpus="open", figures=figures, clips=film)
    private = {f"{name}.png" for name in WITH_PEOPLE} | {"film.mp4"}
    public = {f"{name}.png" for name in WITHOUT_PEOPLE}
    assert {path.name for path in folder.iterdir()} == public | {"private", "metrics.json"}
    assert {path.name for path in (folder / "private").iterdir()} == private
    run = runs.load_run("01_faces_baseline", "open", tmp_path)
    assert {found["file"] for found in run["figures"]} == public
    assert run["clips"] == []
    assert {found["file"] for found in run["private"]} == {f"private/{name}" for name in private}
    # A packed run goes to others.
    runs.offer_download(folder, wanted=True)
    with zipfile.ZipFile(f"{folder}.zip") as archive:
        assert not [name for name in archive.namelist() if "private" in name or "film" in name]
    # Nothing is left of what a later run no longer has.
    save(tmp_path, corpus="open")
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["metrics.json"]


def test_of_drawn_people_everything_may_be_published(tmp_path):
    folder = save(tmp_path, figures=captioned(WITH_PEOPLE), clips={"film": (MP4, "A film")})
    assert not (folder / "private").exists()
    assert len(list(folder.glob("*.png"))) == len(WITH_PEOPLE)
    assert runs.load_run("01_faces_baseline", "demo", tmp_path)["private"] == []


def test_figures_are_the_same_bytes_each_time(tmp_path):
    pictures = []
    for _ in range(2):
        folder = save(tmp_path, figures={"curves": (figure(), "c")})
        pictures.append((folder / "curves.png").read_bytes())
    assert pictures[0] == pictures[1]


def test_a_run_that_fails_to_save_leaves_the_old_one_whole(tmp_path, monkeypatch):
    folder = save(tmp_path, predictions=scores())
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ResultsError, match="extra, loss is nan"):
        save(tmp_path, predictions=scores(2), extra={"loss": float("nan")})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before

    def full_disk(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(OSError, match="No space"):
        save(tmp_path, predictions=scores(2))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("CNN", "published", "test", SCORE), "protocol 'published'"),
        (("CNN", "thesis", "test", {"accuracy": 0.5}), r"no \['n', 'interval'\]"),
        (("CNN", "thesis", "test", SCORE | {"uar": np.nan}), "metrics, uar is nan"),
        (("CNN", "thesis", "test", SCORE | {"uar": np.array([0.1, np.inf])}), r"uar\[1\] is inf"),
    ],
)
def test_an_experiment_says_what_is_wrong_with_it(arguments, message):
    with pytest.raises(ResultsError, match=message):
        runs.experiment(*arguments)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"corpus": "../demo"}, "Corpus '../demo'"),
        ({"started": time.perf_counter()}, "pass time.time"),
        ({"experiments": [{"name": "CNN", "protocol": "both"}]}, "experiment()"),
        ({"figures": {"a/b": (None, "x")}}, "Name 'a/b'"),
        ({"clips": {"talk": (b"RIFF....AVI", "x")}}, "neither MP4 nor WebM"),
        ({"clips": {"talk": (WEBM + bytes(200_000), "x")}}, "at most 200,000"),
        ({"settings": {"model": object()}}, "settings, model is a object"),
    ],
)
def test_a_run_that_cannot_be_written_says_why(tmp_path, changes, message):
    with pytest.raises(ResultsError, match=message):
        save(tmp_path, **changes)
    assert not list(tmp_path.iterdir())


def test_a_table_is_kept_as_columns_and_rows(tmp_path):
    table = pd.DataFrame({"system": ["mean", "SVM"], "gain": [0.5, np.nan]}, index=[7, 9])
    save(tmp_path, extra={"tables": {"II": table}})
    run = runs.load_run("01_faces_baseline", "demo", tmp_path)
    assert run["extra"]["tables"]["II"] == {
        "columns": ["system", "gain"],
        "rows": [["mean", 0.5], ["SVM", None]],
    }


def test_missing_damaged_and_foreign_runs_are_named(tmp_path):
    with pytest.raises(ResultsError, match="series run --corpus demo --notebooks 01"):
        runs.load_run("01_faces_baseline", "demo", tmp_path)
    with pytest.raises(ResultsError, match="01_faces_baseline"):
        runs.load_run("faces", "demo", tmp_path)
    path = save(tmp_path) / "metrics.json"
    path.write_text(path.read_text()[:-30])
    with pytest.raises(ResultsError, match="damaged"):
        runs.load_run("01_faces_baseline", "demo", tmp_path)
    path.write_text(json.dumps({"schema": 99}))
    with pytest.raises(ResultsError, match="schema 99, expected 1"):
        runs.load_run("01_faces_baseline", "demo", tmp_path)


def test_the_table_puts_the_published_value_beside_ours():
    lines = [
        runs.experiment("CNN", "thesis", "test", SCORE, published={"value": 0.7, "n": 9}),
        runs.experiment("CNN", "held_out", "test", SCORE),
        runs.experiment("tuned", "thesis", "test", SCORE, published={"value": None}),
    ]
    table = runs.experiments_table({"experiments": lines})
    assert list(table.published.fillna(-1)) == [0.7, -1, -1]
    assert list(table.low) == [0.3] * 3
    pd.testing.assert_frame_equal(table, runs.experiments_table(lines))
    assert runs.experiments_table([]).empty


def damaged(table, row, column, value):
    table = table.astype(object)
    table.loc[row, column] = value
    return table


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda table: damaged(table, 1, "Fear", ""), "line 3, column Fear: ''"),
        (lambda table: damaged(table, 1, "Fear", "nan"), "line 3, column Fear: 'nan'"),
        (lambda table: damaged(table, 0, "Sad", "inf"), "line 2, column Sad: 'inf'"),
        (lambda table: damaged(table, 0, "Sad", "-0.1"), "line 2, column Sad: '-0.1'"),
        (lambda table: damaged(table, 2, "Sad", 1), "line 4, column Angry to Surprise: they sum"),
        (lambda table: damaged(table, 2, "emotion", "Bored"), "line 4, column emotion: 'Bored'"),
        (lambda table: damaged(table, 2, "sample_id", "000000000"), "already in line 2"),
        (lambda table: table.assign(protocol="in-sample"), "line 2, column protocol"),
        (lambda table: table.rename(columns={"Fear": "Sad", "Sad": "Fear"}), "line 1: columns"),
        (lambda table: table.drop(columns="Fear"), "line 1: columns"),
        (lambda table: table.drop(columns="split"), "line 1: columns"),
    ],
)
def test_bad_scores_are_named_by_file_line_and_column(tmp_path, damage, message):
    table = scores()
    path = tmp_path / "predictions.csv"
    damage(table).to_csv(path, index=False)
    with pytest.raises(ResultsError, match=message) as caught:
        clip_scores.read_predictions(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2,3\n1,2,3,4\n"])
def test_files_that_are_no_tables_are_refused(tmp_path, content):
    path = tmp_path / "predictions.csv"
    path.write_bytes(content)
    with pytest.raises(ResultsError, match="predictions.csv"):
        clip_scores.read_predictions(path)


def test_scores_in_and_out_of_sample_may_share_an_id():
    table = scores()
    both = pd.concat([table.assign(protocol=name) for name in ("in_sample", "out_of_fold")])
    text = clip_scores.predictions_text(both, "here")
    assert len(clip_scores.check_predictions(text, "here", classes=EMOTIONS)) == 6


def test_saving_checks_scores_as_reading_does(tmp_path):
    with pytest.raises(ResultsError, match="line 3, column Fear"):
        save(tmp_path, predictions=damaged(scores(), 1, "Fear", np.nan))
    reversed_classes = scores()[["sample_id", "split", "emotion", *EMOTIONS[::-1]]]
    with pytest.raises(ResultsError, match="line 1"):
        save(tmp_path, predictions=reversed_classes)
    save(tmp_path, predictions=scores(classes=("siren", "drilling")))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1),
            st.lists(st.floats(0.001, 1), min_size=7, max_size=7),
        ),
        min_size=1,
        unique_by=lambda pair: pair[0],
    )
)
def test_any_scores_survive_the_round_trip(pairs):
    table = pd.DataFrame([weights for _, weights in pairs], columns=list(EMOTIONS))
    table = table.div(table.sum(axis=1), axis=0)
    table.insert(0, "sample_id", [name for name, _ in pairs])
    table.insert(1, "split", "train")
    table.insert(2, "emotion", "Sad")
    back = clip_scores.check_predictions(
        clip_scores.predictions_text(table, "here"), "here", classes=EMOTIONS
    )
    assert list(back.sample_id) == list(table.sample_id)
    assert np.abs(back[list(EMOTIONS)] - table[list(EMOTIONS)]).to_numpy().max() < 1e-6


def test_reading_results_needs_no_tensorflow():
    code = (
        "import sys, helpers.results.runs, helpers.results.clip_scores; "
        "assert 'tensorflow' not in sys.modules"
    )
    root = Path(runs.__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)
