"""The page of results as a browser shows it: a miniature, and that of the saved demo results."""

import io
import shutil
import time

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from helpers.features.media import encode_webm
from helpers.paths import repository_root
from helpers.results import runs
from helpers.series.page import write_gallery
from tests.chromium import started_chromium

pytest.importorskip("selenium.webdriver", reason="needs pip install selenium")
By = pytest.importorskip("selenium.webdriver.common.by").By
WebDriverWait = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait

WIDTHS = (400, 1400)
THEMES = ("light", "dark")
LEAST_CONTRAST = 4.5
"""WCAG 2.2, 1.4.3, for text of any size."""

# Of every visible text: its contrast with what lies behind it, by WCAG's formula.
CONTRASTS = """
const parse = colour => colour.match(/[\\d.]+/g).map(Number);
const luminance = rgb => {
  const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const [r, g, b] = rgb.map(v => linear(v / 255));
  return .2126 * r + .7152 * g + .0722 * b;
};
const ground = element => {
  for (let at = element; at; at = at.parentElement) {
    const [r, g, b, alpha = 1] = parse(getComputedStyle(at).backgroundColor);
    if (alpha === 1) return [r, g, b];
    if (alpha > 0) throw new Error("half transparent: " + at.className);
  }
  throw new Error("no ground");
};
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const found = [];
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
  if (!text || !element.checkVisibility()) continue;
  const pair = [parse(getComputedStyle(element).color).slice(0, 3), ground(element)].map(luminance);
  const [low, high] = pair.sort((a, b) => a - b);
  found.push([(high + .05) / (low + .05), text.slice(0, 40)]);
}
return found;
"""

# Words that stand in two lines though they would fit into one, where lines are short.
BROKEN_WORDS = """
const found = [], range = document.createRange();
for (const part of document.querySelectorAll("h1, h2, .legend, .card, .what, .number")) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (const word of node.data.matchAll(/[\\p{L}\\p{N}]+/gu)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (lines.size > 1) found.push(word[0]);
    }
  }
}
return found;
"""

# What is wider than the place it has: the page itself, and cards whose content sticks out.
TOO_WIDE = """
const page = document.documentElement;
const wide = [page, ...document.querySelectorAll(".card, .fold, figure")].filter(
  part => part.scrollWidth > part.clientWidth);
return wide.map(part => `${part.tagName} ${part.id}: ${part.scrollWidth} > ${part.clientWidth}`);
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Return a Chromium without a window, started once."""
    with started_chromium(tmp_path_factory.mktemp("chromium")) as chromium:
        yield chromium


def claim(sentence, figure, *parts, seeds=5):
    first = parts[0]
    short = {key: first[key] for key in ("effect", "p_value", "holds")}
    return {key: first[key] for key in ("control", "effect", "n", "p_value")} | {
        "sentence": sentence,
        "figure": figure,
        "holds": all(part["holds"] for part in parts),
        "seeds": {str(seed): short for seed in range(seeds)},
        "parts": list(parts),
    }


def part(name, control, effect, p_value=None, **others):
    tested = {"name": name, "control": control, "test": "better", "wanted": 0.01, "n": 288}
    tested |= {"value": 0.5 + effect, "control_value": 0.5, "effect": effect}
    tested |= {"low": effect - 0.06, "high": effect + 0.06, "p_value": p_value}
    return tested | {"holds": p_value is None or p_value < 0.01, "open": ""} | others


def chart():
    figure = Figure(figsize=(7, 3), layout="constrained")
    figure.subplots().plot([0, 1], color="#0072B2")
    return figure


def photographs():
    figure = Figure(figsize=(5, 2), layout="constrained")
    for axis in figure.subplots(1, 3):
        axis.imshow(np.full((9, 9, 3), (200, 120, 40), np.uint8))
        axis.set_axis_off()
    figure.suptitle("Three faces")
    return figure


@pytest.fixture(scope="module")
def miniature(tmp_path_factory):
    """Return the page of four made-up runs: claims that hold and do not, none, and a clip."""
    root = tmp_path_factory.mktemp("results")
    sources = root / "notebooks" / "src"
    sources.mkdir(parents=True)
    titles = {
        "01_faces": "Faces: a baseline",
        "04_video": "Video: from frames to clips, and late fusion",
        "05_audio": "Sound: log-mel spectrograms and what a network hears in them",
        "06_images": "Spectrograms as pictures",
    }
    for name, title in titles.items():
        badge = f"[![Open in Colab](badge.svg)](https://colab.example/{name}.ipynb)"
        text = f"# %% [markdown]\n# {badge}\n\n# %% [markdown]\n# # {name[:2]} · {title}\n#\n"
        (sources / f"{name}.py").write_text(f"{text}# **What is in it?** Extraordinarily much.\n")
    score = {"n": 288, "accuracy": 0.5, "interval": [0.44, 0.56]}
    network = runs.experiment("VGG16, two blocks", "thesis", "val", score, published=0.45)
    leak = {
        "test": "at_least",
        "wanted": 0.15,
        "value": 0.12,
        "holds": False,
        "open": "",
        "control_value": None,
        "low": None,
        "high": None,
    }
    film = np.full((12, 48, 64, 3), 90, np.uint8)
    sound = 0.1 * np.sin(np.arange(8000))
    clips = {"clip": (encode_webm(film, 12, sound, 8000), "A clip that can be heard")}
    saved = {
        "01_faces": claim(
            "A network knows people that it has met better than strangers.",
            "strangers",
            part("people it has met", "folds by person in place of folds by picture", 0.14, 1e-5),
        ),
        "04_video": claim(
            "Many frames are worth more than one, and scores of clips that were learned lie.",
            "strangers",
            part(
                "the mean over a clip's frames",
                "one frame a clip",
                -0.02,
                0.4,
                open="too few clips",
            ),
            part("accuracy in sample, less that out of fold", "", 0.12, **leak),
            part("posed only", "the commonest emotion", 0.01, test="within", wanted=0.05),
        ),
        "05_audio": None,
    }
    environment = {"device": "CPU", "versions": {"python": "3.11"}, "commit": ""}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "environment", lambda: environment)
        for name, claimed in saved.items():
            runs.save_run(
                name,
                corpus="demo",
                settings={"EPOCHS": 3},
                experiments=[network],
                started=time.time() - 61,
                figures={
                    "photographs": (photographs(), "Three faces, all of one colour"),
                    "accuracy": (chart(), "Luck"),
                    "strangers": (chart(), "How often each is right"),
                },
                clips=clips if name == "04_video" else {},
                root=root,
                claim=claimed,
                extra={"finding": "Nothing that could be told from luck."},
            )
    return write_gallery("demo", root, notebooks=root / "notebooks")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Return the page of the saved results, made anew from their files."""
    root = tmp_path_factory.mktemp("saved")
    shutil.copytree(repository_root() / "results" / "demo", root / "demo")
    return write_gallery("demo", root)


@pytest.fixture(params=["miniature", "demo"])
def page(request, browser):
    """Return the browser with a page open, as wide and as light as it may be."""
    path = request.getfixturevalue(request.param)
    show(browser, path)
    return browser


def show(browser, path, width=WIDTHS[-1], theme=THEMES[0]):
    browser.get_log("browser")
    look(browser, width, theme)
    browser.get(path.as_uri())


def look(browser, width, theme):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [
        {"name": "prefers-color-scheme", "value": theme},
        {"name": "prefers-reduced-motion", "value": "reduce"},  # a click need not wait
    ]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def unfold(browser):
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")


def colour_at(browser, element, x, y):
    """Return the colour, 0 to 255, at fractions of an element's width and height."""
    with Image.open(io.BytesIO(element.screenshot_as_png)) as picture:
        return picture.convert("RGB").getpixel((int(x * picture.width), int(y * picture.height)))


def test_nothing_is_missing_broken_or_too_wide(page):
    assert page.get_log("browser") == []
    assert page.execute_script("return performance.getEntriesByType('resource')"
                               ".filter(e => !e.name.startsWith('data:')).length") == 0  # fmt: skip
    pictures = page.find_elements(By.TAG_NAME, "img")
    assert pictures
    for picture in pictures:
        WebDriverWait(page, 10).until(lambda _, one=picture: one.get_property("complete"))
        assert picture.get_property("naturalWidth") > 0, picture.get_attribute("alt")
    for folded in (True, False):
        for width in WIDTHS:
            look(page, width, "light")
            assert page.execute_script(TOO_WIDE) == [], (width, folded)
            assert page.execute_script(BROKEN_WORDS) == [], (width, folded)
        unfold(page)


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_can_be_read(page, theme):
    look(page, WIDTHS[0], theme)
    unfold(page)
    contrasts = page.execute_script(CONTRASTS)
    assert len(contrasts) > 20
    assert [(ratio, text) for ratio, text in contrasts if ratio < LEAST_CONTRAST] == []


def test_folds_are_closed_and_open_and_close(page):
    for fold in page.find_elements(By.TAG_NAME, "details"):
        assert fold.get_property("open") is False
        heading, content = fold.find_elements(By.CSS_SELECTOR, ":scope > *")[:2]
        for is_open in (True, False):
            page.execute_script("arguments[0].scrollIntoView({block: 'center'})", heading)
            heading.click()
            assert fold.get_property("open") is is_open
            assert page.execute_script("return arguments[0].checkVisibility()", content) is is_open


def test_claims_come_first_with_number_interval_figure_and_link(browser, miniature):
    show(browser, miniature)
    first, second, third = browser.find_elements(By.CSS_SELECTOR, "article.card")
    assert "drawn faces and synthetic voices" in browser.find_element(By.TAG_NAME, "h1").text
    lead = browser.find_element(By.CSS_SELECTOR, ".lead").text
    assert lead == "2 claims, each stated with its control and its test. 1 holds; 04 does not."
    assert "+14.0 points, +8.0 to +20.0" in first.text
    assert "Holds, with 5 of 5 seeds" in first.text
    assert "n = 288, p < .001" in first.text.replace("\xa0", " ")
    assert "Does not hold; with 0 of 5 seeds it does" in second.text
    second.find_element(By.TAG_NAME, "summary").click()
    assert "Two other parts of it: one borne out, one not" in second.text
    assert "12.0 %; at least 15 % was wanted" in second.text.replace("\xa0", " ")
    assert "at most 5 points apart was wanted" in second.text
    assert "Open: too few clips" in second.text
    assert "Nothing that could be told from luck." in third.text
    assert "50.0 %, 44.0 – 56.0" in third.text
    for card, name in [(first, "01_faces"), (second, "04_video"), (third, "05_audio")]:
        (picture,) = card.find_elements(By.CSS_SELECTOR, ".chart, .photographs:only-child")
        claimed = "Luck" if name == "05_audio" else "How often each is right"
        assert picture.get_attribute("alt") == claimed
        address = card.find_element(By.CSS_SELECTOR, ".links a").get_attribute("href")
        assert address == f"https://colab.example/{name}.ipynb"
    missing = browser.find_element(By.CSS_SELECTOR, ".missing").text
    assert missing.startswith("06 Spectrograms as pictures · No results yet. Type python -m")


def test_a_link_into_a_fold_opens_it_and_no_other(browser, miniature):
    show(browser, miniature, width=400)
    browser.find_element(By.PARTIAL_LINK_TEXT, "All of 04").click()
    folds = browser.find_elements(By.CSS_SELECTOR, "details.fold")
    (is_open,) = [fold for fold in folds if fold.get_property("open")]
    heading = is_open.find_element(By.TAG_NAME, "summary")
    assert heading.text.startswith("04")
    top = browser.execute_script("return arguments[0].getBoundingClientRect().top", heading)
    assert 0 <= top < 100


def test_charts_turn_over_in_the_dark_and_photographs_do_not(browser, miniature):
    grounds, photographed = {}, {}
    for theme in THEMES:
        show(browser, miniature, theme=theme)
        unfold(browser)
        card = browser.find_element(By.CSS_SELECTOR, "#\\30 1_faces-strangers .picture")
        grounds[theme] = colour_at(browser, card, 0.02, 0.02), colour_at(browser, card, 0.5, 0.97)
        faces = browser.find_element(By.CSS_SELECTOR, "#\\30 1_faces-photographs .picture")
        photographed[theme] = colour_at(browser, faces, 0.5, 0.55)
        assert colour_at(browser, faces, 0.02, 0.02) == grounds[theme][0]
    assert grounds["light"][0] == (255, 255, 255)
    assert max(grounds["dark"][0]) < 60
    assert np.abs(np.subtract(*photographed.values())).max() <= 2
    assert np.abs(np.subtract(photographed["dark"], (200, 120, 40))).max() < 25


def test_a_figure_opens_in_full_size_and_closes(browser, miniature):
    show(browser, miniature, width=400)
    link = browser.find_element(By.CSS_SELECTOR, "#\\30 1_faces-strangers .picture")
    small = link.find_element(By.TAG_NAME, "img").size["width"]
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    link.click()
    picture = link.find_element(By.TAG_NAME, "img")
    assert picture.size["width"] == picture.get_property("naturalWidth") > small
    browser.find_element(By.CSS_SELECTOR, "#\\30 1_faces-strangers .close").click()
    assert picture.size["width"] == small


def test_a_clip_plays(browser, miniature):
    show(browser, miniature)
    unfold(browser)
    clip = browser.find_element(By.TAG_NAME, "video")
    can_play = "return arguments[0].canPlayType('video/webm; codecs=\"vp8, opus\"')"
    if not browser.execute_script(can_play, clip):
        pytest.skip("this Chromium cannot play VP8 with Opus")
    assert clip.get_property("controls") is True
    assert clip.get_property("muted") is False
    waiting = WebDriverWait(browser, 10)
    waiting.until(lambda _: clip.get_property("readyState") >= 2)  # its first frame is there
    assert clip.get_property("videoWidth") == 64
    assert clip.get_property("paused") is True
    browser.execute_script("arguments[0].play()", clip)
    waiting.until(lambda _: clip.get_property("currentTime") > 0.3)
    assert browser.get_log("browser") == []
