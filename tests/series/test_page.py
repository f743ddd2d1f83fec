"""The page of results: complete, self-contained, readable by machines too."""

import base64
import io
import json
import re
import time
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from helpers.results import runs
from helpers.series.page import p_value, percent, place, points, scale_of, write_gallery
from helpers.series.page.content import gather, seed_spread

VOID = {"meta", "img", "br", "link", "input", "hr"}


@pytest.fixture(autouse=True)
def fixed_environment(monkeypatch):
    environment = {
        "device": "CPU: <fast>",
        "versions": {"python": "3.11"},
        "commit": "",
    }
    monkeypatch.setattr(runs, "environment", lambda: environment)


@pytest.fixture
def notebooks(tmp_path):
    folder = tmp_path / "notebooks"
    (folder / "src").mkdir(parents=True)
    for name, title in [("01_faces", "Faces & more"), ("04_video", "Video"), ("05_audio", "Sound")]:
        badge = f"[![Open in Colab](badge.svg)](https://colab.example/{name}.ipynb)"
        text = f"# %% [markdown]\n# {badge}\n\n# %% [markdown]\n# # {name[:2]} · {title}\n#\n"
        text += f"# **What of `{name}`?**\n# Really?\n"
        (folder / "src" / f"{name}.py").write_text(text)
    return folder


def line(name="CNN", protocol="held_out", accuracy=0.5, published=None, **extra):
    score = {"n": 20, "accuracy": accuracy, "interval": [accuracy - 0.1, accuracy + 0.1]}
    return runs.experiment(name, protocol, "val", score, published, **extra)


def save(root, notebook="01_faces", experiments=None, corpus="demo", settings=None, **others):
    runs.save_run(
        notebook,
        corpus=corpus,
        settings={"EPOCHS": 3} if settings is None else settings,
        experiments=[line()] if experiments is None else experiments,
        started=time.time() - 61,
        root=root,
        **others,
    )


class Page(HTMLParser):
    """The page's tags, with a complaint where they do not nest."""

    def __init__(self, text):
        super().__init__()
        self.text, self.open, self.found = "", [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data

    def tags(self, name):
        return [attributes for tag, attributes in self.found if tag == name]


def shown(picture):
    """Return the pixels of a picture of the page, or of a file, as RGBA."""
    if isinstance(picture, dict):
        picture = io.BytesIO(base64.b64decode(picture["src"].partition(",")[2]))
    return np.asarray(Image.open(picture).convert("RGBA"))


def difference(one, other):
    return np.abs(one.astype(int) - other).max()


def page_of(root, notebooks, corpus="demo"):
    return Page(write_gallery(corpus, root, notebooks=notebooks).read_text(encoding="utf-8"))


def figure():
    picture = Figure(figsize=(4, 1))
    picture.subplots().plot([0, 1])
    return picture


def test_the_page_shows_what_ran_and_what_is_missing(tmp_path, notebooks):
    save(
        tmp_path,
        experiments=[line("CNN <i>", "thesis", 0.625, 0.7), line("CNN <i>", accuracy=0.375)],
        figures={
            "curves": (figure(), "Loss & gain", 'A "line"'),
            "more": (figure(), "Loss & gain", 'Another "line"'),
        },
    )
    page = page_of(tmp_path, notebooks)
    text = " ".join(page.text.split())
    assert "Faces & more" in text
    assert "What of 01_faces? Really?" in text
    assert "CNN <i>" in text
    assert "62.5 %" in text.replace("\xa0", " ")
    assert "published 70.0 %" in text.replace("\xa0", " ")
    assert "52.5 – 72.5" in text
    assert "CPU: <fast>" in text
    picture, another = page.tags("img")
    assert (picture["alt"], another["alt"]) == ('A "line"', 'Another "line"')
    assert picture["src"].startswith("data:image/webp;base64,")
    assert "Loss & gain" in text
    assert "04 Video · No results yet. Type python -m helpers.series run --corpus demo" in text
    labels = [attributes.get("aria-label", "") for attributes in page.tags("div")]
    assert "62.5 %, 95 % interval 52.5 to 72.5 %; published 70.0 %" in labels


def test_lines_stay_sharp_and_photographs_have_a_layer_of_their_own(tmp_path, notebooks):
    random = np.random.default_rng(0)
    mixed = Figure(figsize=(4, 2), layout="constrained")
    left, middle, right = mixed.subplots(1, 3)
    left.imshow(random.integers(0, 256, (40, 40, 3), dtype=np.uint8))
    middle.imshow(random.random((4, 4)), cmap="Blues")  # a table of numbers: part of the chart
    right.plot([0, 1])
    save(tmp_path, figures={"curves": (figure(), "Loss"), "mixed": (mixed, "Faces")})
    lines, photographs, chart = page_of(tmp_path, notebooks).tags("img")
    saved = tmp_path / "demo" / "01_faces"
    assert difference(shown(lines), shown(saved / "curves.png")) <= 4
    whole = shown(saved / "mixed.png")
    is_photograph = shown(photographs)[..., 3] == 255
    assert 0.1 < is_photograph.mean() < 0.3
    rows, columns = np.nonzero(is_photograph)
    assert columns.max() < whole.shape[1] / 3
    assert difference(shown(chart)[~is_photograph], whole[~is_photograph]) <= 4
    assert (shown(chart) == 255).all(axis=-1)[0, 0], "the paper stays white"
    assert (shown(chart)[is_photograph] == 255).all(), "the photograph is seen through it"
    inside = shown(photographs)[is_photograph].astype(int), whole[is_photograph].astype(int)
    assert np.abs(np.subtract(*inside)).mean() < 20
    assert len(photographs["src"]) < whole.nbytes / 8
    assert (photographs["alt"], chart["alt"]) == ("", "Faces")


def test_figures_of_earlier_versions_are_all_lines_or_all_photograph(tmp_path, notebooks):
    noise = Figure(figsize=(4, 2))
    pixels = np.random.default_rng(0).integers(0, 256, (200, 400, 3), dtype=np.uint8)
    noise.figimage(pixels)
    save(tmp_path, figures={"curves": (figure(), "Loss"), "face": (noise, "Face")})
    path = tmp_path / "demo" / "01_faces" / "metrics.json"
    run = json.loads(path.read_text())
    del run["clips"], run["claim"]
    for one in run["figures"]:
        del one["pictures"]
    path.write_text(json.dumps(run))
    pictures = page_of(tmp_path, notebooks).tags("img")
    found = [(picture["class"], picture["alt"]) for picture in pictures]
    assert found == [("chart", "Loss"), ("photographs", "Face")]
    assert (shown(pictures[1])[..., 3] == 255).all()


def test_clips_are_part_of_the_page(tmp_path, notebooks):
    content = b"\x00\x00\x00\x18ftypmp42 and more"
    save(tmp_path, clips={"angry": (content, "An <angry> face"), "lost": (content, "Lost")})
    (tmp_path / "demo" / "01_faces" / "lost.mp4").unlink()
    page = page_of(tmp_path, notebooks)
    (clip,) = page.tags("video")
    assert base64.b64decode(clip["src"].removeprefix("data:video/mp4;base64,")) == content
    assert clip["aria-label"] == "An <angry> face"
    assert "controls" in clip
    assert "muted" not in clip
    assert "The clip lost.mp4 is missing." in page.text


def test_the_page_needs_nothing_else(tmp_path, notebooks):
    save(tmp_path, figures={"curves": (figure(), "Loss")})
    page = page_of(tmp_path, notebooks)
    assert not page.tags("script")
    assert not page.tags("link")
    for tag, attributes in page.found:
        for name in ("src", "href", "srcset", "action"):
            value = attributes.get(name, "")
            if tag == "a" and value == "https://colab.example/01_faces.ipynb":
                continue  # a reader may go there
            assert value.startswith(("data:", "#")) or not value, (tag, value)
    source = (tmp_path / "demo" / "index.html").read_text()
    assert not re.search(r"url\(|@import", source)
    assert "prefers-color-scheme: dark" in source
    assert page.tags("meta")[1]["content"] == "width=device-width, initial-scale=1"
    links = [attributes["href"] for attributes in page.tags("a")]
    anchors = {link[1:] for link in links if link.startswith("#")}
    assert len(anchors) == len(set(links)) - 1, "one leads to the notebook"
    assert anchors <= {attributes.get("id") for _, attributes in page.found}


def test_only_the_demo_says_that_it_proves_nothing(tmp_path, notebooks):
    save(tmp_path)
    save(tmp_path, corpus="thesis")
    assert "prove nothing about people" in page_of(tmp_path, notebooks).text
    assert "prove nothing" not in page_of(tmp_path, notebooks, "thesis").text


def test_a_page_has_two_parts_and_every_headline_says_whether_people_are_behind_it(
    tmp_path, notebooks
):
    (tmp_path / "a.wav").write_text("a")
    manifest = pd.DataFrame({"path": [str(tmp_path / "a.wav")], "split": "val", "problem": ""})
    manifest.attrs.update(corpus="RAVDESS", folder=str(tmp_path))
    save(tmp_path, figures={"curves": (figure(), "Loss")})
    alone = page_of(tmp_path, notebooks)
    assert "The other part" not in alone.text
    real = {"experiments": [line(accuracy=0.41)], "manifests": [manifest], "corpus": "open"}
    save(tmp_path, "05_audio", figures={"curves": (figure(), "Loss")}, **real)
    for corpus, number, own, other, said in (
        ("demo", "01", "drawn", "real people", "What shows people is not published."),
        ("open", "05", "real people", "drawn", "No person is behind these numbers."),
    ):
        page = page_of(tmp_path, notebooks, corpus)
        heads = re.findall(r'<p class="kicker"><b>(\d\d)</b> .+ <span class="kind">([^<]+)<',
                           (tmp_path / corpus / "index.html").read_text())  # fmt: skip
        assert heads == [(number, own), ({"01": "05", "05": "01"}[number], other)]
        text = " ".join(page.text.split())
        assert said in text.partition("The other part: results on")[2]
        assert len(page.tags("img")) == 1, "the other part has numbers alone"
        assert "CNN, RAVDESS, held out, n = 20" in text.replace("\xa0", " ")
    summary = json.loads((tmp_path / "open" / "summary.json").read_text())
    assert summary["notebooks"]["05_audio"]["corpora"] == ["RAVDESS"]


def test_a_figure_with_people_is_named_and_not_shown(tmp_path, notebooks):
    photograph = Figure(figsize=(2, 1))
    photograph.subplots().imshow(np.zeros((8, 8, 3), np.uint8))
    figures = {"curves": (figure(), "Loss"), "faces": (photograph, "Four faces")}
    save(tmp_path, figures=figures, corpus="open")
    page = page_of(tmp_path, notebooks, "open")
    assert len(page.tags("img")) == 1
    assert "since people are shown: Four faces (01_faces/private/faces.png)." in page.text


def test_a_page_of_nothing_says_what_to_type(tmp_path, notebooks):
    text = page_of(tmp_path, notebooks, "open").text
    assert "python -m helpers.series run --corpus open" in text


def test_protocols_stand_side_by_side_and_marked_systems_come_first(tmp_path, notebooks):
    both = [line("A", "held_out", 0.4), line("A", "thesis", 0.6, 0.7)]
    save(tmp_path, experiments=[*both, line("B", published=0.3), line("C")])
    save(tmp_path, "04_video", [line("A", published=0.3), line("B", headline=True)])
    save(tmp_path, "05_audio", [line(f"net {number}") for number in range(9)])
    first, second, third = gather("demo", tmp_path, notebooks)["notebooks"]
    assert [system["name"] for system in first["headline"]] == ["A", "B"]
    assert [lane["protocol"] for lane in first["headline"][0]["lanes"]] == ["thesis", "held_out"]
    assert first["headline"][0]["published"] == 0.7
    assert [system["name"] for system in second["headline"]] == ["B"]
    assert len(third["headline"]) == 4
    assert len(third["rows"]) == 9


def test_one_name_on_two_corpora_is_two_systems(tmp_path, notebooks):
    others = line("A", accuracy=0.7, data="the thesis's own vectors")
    for seed, accuracy in enumerate((0.4, 0.5)):
        save(tmp_path / "seeds" / str(seed), experiments=[line("A", accuracy=accuracy), others])
    notebook = gather("demo", tmp_path, notebooks)["notebooks"][0]
    assert [system["data"] for system in notebook["headline"]] == ["", others["data"]]
    spread = [row["spread"]["mean"] for row in notebook["rows"]]
    assert spread == [pytest.approx(0.45), pytest.approx(0.7)]


def test_a_systems_protocols_are_neighbours_in_one_order_and_one_wording(tmp_path, notebooks):
    lines = [line("A"), line("B", "thesis"), line("A", "thesis"), line("C"), line("B")]
    table = pd.DataFrame({"settings": ["thesis", "own"], "protocol": ["thesis", "held_out"]})
    save(tmp_path, experiments=lines, extra={"tables": {"Two": table}})
    rows = gather("demo", tmp_path, notebooks)["notebooks"][0]["rows"]
    found = [(row["name"], row["protocol"]) for row in rows]
    pairs = [(name, protocol) for name in "AB" for protocol in ("thesis", "held_out")]
    assert found == [*pairs, ("C", "held_out")]
    page = page_of(tmp_path, notebooks)
    text = " ".join(page.text.split())
    assert "as in the thesis (thesis): " in text, "the word of notebooks and files can be found"
    assert "held out (held_out): " in text
    cells = "settings protocol thesis as in the thesis own held out"
    assert cells.replace(" ", "") in text.replace(" ", ""), "only where it is a protocol"


def test_a_figure_is_shown_smaller_never_larger_and_in_full_size_by_a_link(tmp_path, notebooks):
    save(tmp_path, figures={"curves": (figure(), "Loss"), "wide": (figure(), "Gain")})
    page = page_of(tmp_path, notebooks)
    for name, attributes in zip(("curves", "wide"), page.tags("img"), strict=True):
        with Image.open(tmp_path / "demo" / "01_faces" / f"{name}.png") as picture:
            assert 0.6 < int(attributes["width"]) / picture.width < 0.8
            assert 0.6 < int(attributes["height"]) / picture.height < 0.8
    links = {link["href"]: link.get("class") for link in page.tags("a")}
    for name in ("curves", "wide"):
        assert links[f"#01_faces-{name}-large"] == "picture"
        assert links[f"#01_faces-{name}"] == "close"


def test_tables_that_a_phone_cuts_say_that_they_scroll(tmp_path, notebooks):
    tables = {f"{n} columns": pd.DataFrame([range(n)], columns=list("abcdef")[:n]) for n in (2, 6)}
    save(tmp_path, extra={"tables": tables})
    regions = {
        found["aria-label"]: found["class"].split()
        for found in page_of(tmp_path, notebooks).tags("div")
        if found.get("role") == "region"
    }
    assert regions == {
        "Experiments of notebook 01": ["scroll", "many"],
        "2 columns": ["scroll"],
        "6 columns": ["scroll", "many"],
    }


def test_seeds_give_mean_and_spread(tmp_path, notebooks):
    for seed, accuracy in [(0, 0.4), (1, 0.5), (10, 0.6)]:
        save(tmp_path / "seeds" / str(seed), experiments=[line(accuracy=accuracy)])
    (tmp_path / "seeds" / "notes").mkdir()
    notebook = gather("demo", tmp_path, notebooks)["notebooks"][0]
    assert notebook["seeds"] == [0, 1, 10]
    assert notebook["problem"] == ""
    spread = notebook["rows"][0]["spread"]
    assert spread["values"] == [0.4, 0.5, 0.6]
    assert spread["mean"] == pytest.approx(0.5)
    assert spread["sd"] == pytest.approx(0.1)
    assert "50.0 ± 10.0" in page_of(tmp_path, notebooks).text
    assert seed_spread({4: {"experiments": [line()]}})[("CNN", "held_out", "val")]["sd"] is None


def test_a_failed_last_run_is_said(tmp_path, notebooks):
    save(tmp_path)
    for name in ("01_faces", "04_video"):
        (tmp_path / "demo" / name).mkdir(exist_ok=True)
        (tmp_path / "demo" / name / "run.partial.ipynb").write_text("{}")
    first, second, _ = gather("demo", tmp_path, notebooks)["notebooks"]
    assert "from the run before" in first["problem"]
    assert second["problem"].startswith("The last run did not reach its end. 04_video/run.log")


def test_a_lost_picture_and_a_damaged_file_do_not_stop_the_page(tmp_path, notebooks):
    save(tmp_path, figures={"curves": (figure(), "Loss")})
    (tmp_path / "demo" / "01_faces" / "curves.png").write_bytes(b"no picture")
    save(tmp_path, "04_video")
    (tmp_path / "demo" / "04_video" / "metrics.json").write_text("{")
    page = page_of(tmp_path, notebooks)
    assert "The picture curves.png is missing." in page.text
    assert "is damaged" in page.text


def test_the_data_are_shown_with_what_was_left_out_and_why(tmp_path, notebooks):
    (tmp_path / "a.avi").write_text("a")
    manifest = pd.DataFrame(
        {
            "path": [str(tmp_path / "a.avi")] * 3,
            "split": ["train", "val", "val"],
            "problem": ["", "", "no sound"],
        }
    )
    unexpected = [("x.db", "no clip"), ("y.db", "no clip")]
    manifest.attrs.update(corpus="AFEW", folder=str(tmp_path), unexpected_files=unexpected)
    save(tmp_path, manifests=[manifest])
    text = " ".join(page_of(tmp_path, notebooks).text.split())
    assert "AFEW: 2 of 3 samples used: train 1, val 1; left out: 1 (no sound)" in text
    assert "; other files passed over: 2 (no clip); files " in text


def test_settings_of_several_networks_are_listed_network_by_network(tmp_path, notebooks):
    recipes = {"CNN": {"epochs": 3, "size": 32}, "SVM": {"C": 0.5}}
    save(tmp_path, settings={"seed": 0, "recipes": recipes, "folds": 3})
    text = " ".join(page_of(tmp_path, notebooks).text.replace("\xa0", " ").split())
    for listed in ("seed = 0, folds = 3", "CNN: epochs = 3, size = 32 SVM: C = 0.5"):
        assert listed in text


def test_a_finding_and_tables_are_shown(tmp_path, notebooks):
    table = pd.DataFrame({"system": ["mean <1>", "SVM"], "gain": [0.0161, None], "n": [188, 188]})
    save(tmp_path, extra={"finding": "No gain > 0.", "tables": {"Table II": table}})
    text = page_of(tmp_path, notebooks).text
    for expected in ("No gain > 0.", "Table II", "mean <1>", "0.016", "–", "188"):
        assert expected in text
    summary = json.loads((tmp_path / "demo" / "summary.json").read_text())
    assert summary["notebooks"]["01_faces"]["finding"] == "No gain > 0."


def test_a_claim_that_some_seed_does_not_bear_out_is_named(tmp_path, notebooks):
    part = {
        "name": "ours", "control": "theirs", "test": "better", "wanted": 0.01, "value": 0.75,
        "control_value": 0.25, "effect": 0.5, "low": 0.3, "high": 0.6, "n": 20, "p_value": 1e-5,
        "holds": True, "open": "",
    }  # fmt: skip
    claim = {"sentence": "It is better.", "figure": "a", "holds": True, "parts": [part], "seed": 0}
    for notebook, others in (("01_faces", [True]), ("04_video", [True, False])):
        seeds = {str(seed): {"holds": holds} for seed, holds in enumerate([True, *others])}
        save(tmp_path, notebook, claim=claim | {"seeds": seeds})
    text = page_of(tmp_path, notebooks).text
    assert "All hold in the saved run; 04 not with every seed." in text
    assert "Holds, with 2 of 2 seeds" in text and "Holds, with 2 of 3 seeds" in text


def test_the_summary_holds_the_same_numbers(tmp_path, notebooks):
    save(tmp_path, experiments=[line(accuracy=0.123, published=0.5)])
    write_gallery("demo", tmp_path, notebooks=notebooks)
    summary = json.loads((tmp_path / "demo" / "summary.json").read_text())
    (row,) = summary["notebooks"]["01_faces"]["experiments"]
    assert (row["accuracy"], row["published"], row["n"]) == (0.123, 0.5, 20)
    assert summary["notebooks"]["04_video"] == {
        "problem": "No results yet.",
        "corpora": [],
        "finished": None,
        "claim": None,
        "finding": "",
        "experiments": [],
    }


def test_two_pages_of_the_same_results_are_the_same(tmp_path, notebooks):
    save(tmp_path, figures={"curves": (figure(), "Loss")})
    first = write_gallery("demo", tmp_path, notebooks=notebooks).read_bytes()
    assert write_gallery("demo", tmp_path, notebooks=notebooks).read_bytes() == first


def test_numbers_in_words():
    assert [points(value) for value in (0.1234, -0.02, 0)] == ["+12.3", "−2.0", "+0.0"]
    found = [p_value(value).replace("\xa0", " ") for value in (1e-7, 0.0123, 1.0)]
    assert found == ["p < .001", "p = .012", "p = 1.000"]
    claims = [{"parts": [{"low": -0.05, "high": 0.31}, {"low": None, "high": None}]}]
    assert scale_of(claims) == (-0.1, 0.4)
    assert [place(value, (-0.1, 0.4)) for value in (-0.1, 0, 0.4)] == [0, 20, 100]


def test_percent():
    assert [percent(value) for value in (0.12345, 1.0, 0, None)] == ["12.3", "100.0", "0.0", "–"]
