"""Results on real people can be published: numbers and figures, and nobody's face."""

import json
import time

import numpy as np
import pytest
from PIL import Image

from helpers.decoding.pictures import read_picture
from helpers.features.face_detection import detect_faces
from helpers.features.weights import WeightsError
from helpers.paths import repository_root
from helpers.plots.faces import answers_grid, heat_grid
from helpers.plots.scores import confusion
from helpers.results import claims, runs
from helpers.series.page import write_gallery
from helpers.series.readme import findings_on_people

CLASSES = ("Happy", "Sad")


def faces_in(folder):
    """Return the pictures below a folder on which a face is found, relative to it."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".png", ".jpg", ".webp"):
            with Image.open(path) as picture:
                pixels = np.asarray(picture.convert("RGB"))
            if len(detect_faces(pixels)):
                found.append(path.relative_to(folder))
    return found


@pytest.fixture
def detector():
    try:
        detect_faces(np.zeros((64, 64), np.uint8))
    except WeightsError as error:
        pytest.skip(f"no face detector: {error}")


@pytest.fixture
def saved(shared_data, tmp_path):
    """Return the results of a notebook on real faces."""
    paths = sorted((shared_data / "fer2013/train/happy").glob("*"))[:6]
    pictures = np.stack([read_picture(path, (96, 96), channels=3) for path in paths])
    labels = np.zeros(len(pictures), int)
    heat = heat_grid(pictures, np.zeros((6, 96, 96)), ["Happy"] * 6, columns=3)
    runs.save_run(
        "02_sfew_in_the_wild",
        corpus="open",
        settings={},
        experiments=[
            runs.experiment(
                "CNN", "held_out", "val", {"n": 6, "accuracy": 0.5, "interval": [0.2, 0.8]}
            )
        ],
        started=time.time(),
        figures={
            "faces": (answers_grid(pictures, labels, labels, CLASSES, "Faces", columns=3), "Faces"),
            "heat": (heat, "Where the network looks"),
            "confusion": (confusion({"CNN": [[3, 0], [1, 2]]}, CLASSES, "Mistakes"), "Mistakes"),
        },
        root=tmp_path,
        extra={"finding": "It reads some."},
    )
    write_gallery("open", tmp_path)
    return tmp_path


def test_no_face_gets_into_what_is_published(detector, saved):
    folder = saved / "open" / "02_sfew_in_the_wild"
    assert sorted(path.name for path in folder.glob("*.png")) == ["confusion.png"]
    # The check sees faces where there are some.
    assert {path.as_posix() for path in faces_in(folder)} == {
        "private/faces.png",
        "private/heat.png",
    }
    page = (saved / "open" / "index.html").read_text(encoding="utf-8")
    assert page.count("<img") == 1
    assert "<video" not in page


def test_no_face_is_in_the_results_on_people_that_are_kept_here(detector):
    folder = repository_root() / "results" / "open"
    if not folder.is_dir():
        pytest.skip("no results on real people are kept here yet")
    assert [path for path in faces_in(folder) if runs.PRIVATE not in path.parts] == []
    for path in folder.glob("*/metrics.json"):
        run = json.loads(path.read_text(encoding="utf-8"))
        assert run["clips"] == []
        files = {figure["file"] for figure in run["figures"]}
        assert {found.name for found in path.parent.glob("*.png")} == files


def test_the_readme_has_the_headlines_on_people_apart(saved, tmp_path):
    assert findings_on_people(saved) == (
        "- **02**, real people: CNN on open corpora, held out, 50.0% (20.0% to 80.0%; n = 6). "
        "It reads some."
    )
    assert "No results on real people" in findings_on_people(tmp_path / "nothing")
    path = saved / "open" / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    notebook = summary["notebooks"]["02_sfew_in_the_wild"]
    notebook["corpora"] = ["FER2013"]
    notebook["experiments"][0]["spread"] = {"seeds": [0, 1], "mean": 0.52, "sd": 0.013}
    path.write_text(json.dumps(summary), encoding="utf-8")
    assert findings_on_people(saved) == (
        "- **02**, real people: CNN on FER2013, held out, 50.0% (20.0% to 80.0%; n = 6; "
        "52.0% ± 1.3 over 2 seeds). It reads some."
    )


def test_the_readmes_headline_is_of_the_network_that_the_claim_is_about(saved):
    path = saved / "open" / "summary.json"
    summary = json.loads(path.read_text(encoding="utf-8"))
    notebook = summary["notebooks"]["02_sfew_in_the_wild"]
    first = notebook["experiments"][0]
    notebook["experiments"].append({**first, "name": "VGG16", "accuracy": 0.7})
    right, wrong = np.ones(40, bool), np.arange(40) < 5
    answers = {"ours": (wrong, right)}
    part = {"name": "VGG16", "control": "CNN", "samples": 40, "test": "better", "p_below": 0.01}
    stated = {"02": {"sentence": "One helps.", "figure": "accuracy", "parts": {"ours": part}}}
    claim = claims.judge("02", 0, answers, stated)
    other = claims.judge("02", 1, answers, stated)
    notebook["claim"] = claims.with_seeds(claim, [other])
    path.write_text(json.dumps(summary), encoding="utf-8")
    found = findings_on_people(saved)
    assert "VGG16 on open corpora, held out, 70.0%" in found
    assert "One helps. It holds with 2 of 2 seeds" in found
    first["headline"] = True  # what a notebook marks comes before
    path.write_text(json.dumps(summary), encoding="utf-8")
    assert "CNN on open corpora, held out, 50.0%" in findings_on_people(saved)
