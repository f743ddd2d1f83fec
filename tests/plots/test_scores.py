import io

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from helpers.emotions import EMOTIONS
from helpers.evaluation.comparison import wrong_and_right
from helpers.evaluation.scores import score
from helpers.plots import scores, style
from helpers.results.runs import experiment


@pytest.fixture
def manifest():
    names = [*EMOTIONS, "Happy", "Happy"]
    return pd.DataFrame({"emotion": names, "split": ["train"] * 5 + ["val"] * 4})


def draws(figure):
    """Render, and say whether something other than background is there."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    pixels = np.asarray(Image.open(buffer).convert("RGB"))
    return (pixels != pixels[0, 0]).any() and not plt.get_fignums()


def test_every_emotion_has_its_own_colour():
    assert list(style.EMOTION_COLOURS) == list(EMOTIONS)
    assert len(set(style.EMOTION_COLOURS.values())) == 7


def test_learning_curves_mark_the_epoch_that_was_kept():
    history = pd.DataFrame({"epoch": [1, 2, 3], "accuracy": [0.2, 0.5, 0.9]})
    history["val_accuracy"] = [0.2, 0.4, 0.3]
    history.attrs["best_epoch"] = 2
    figure = scores.learning_curves({"run": history}, "It overfits", chance=0.2)
    assert draws(figure)
    marks = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in marks] == [(2, 0.4)]
    words = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert words == ["training", "validation", "majority class"]


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (3, 3), (4, 2), (5, 2)])
def test_many_learning_curves_stand_in_pairs(count, columns):
    history = pd.DataFrame({"epoch": [1, 2], "accuracy": 0.5, "val_accuracy": 0.4})
    figure = scores.learning_curves({f"run {k}": history for k in range(count)}, "flat")
    assert draws(figure)
    shown = [axis for axis in figure.axes if axis.axison]
    assert len(shown) == count
    assert shown[0].get_subplotspec().get_gridspec().ncols == columns


@pytest.mark.parametrize("epochs", [1, 2, 5, 40])
def test_learning_curves_count_in_whole_epochs(epochs):
    history = pd.DataFrame({"epoch": range(1, epochs + 1), "accuracy": 0.5, "val_accuracy": 0.4})
    figure = scores.learning_curves({"run": history}, "flat")
    figure.canvas.draw()
    ticks = [text.get_text() for text in figure.axes[0].get_xticklabels()]
    assert ticks and all(tick.lstrip("−").isdigit() for tick in ticks), ticks


def test_a_title_is_broken_into_lines_and_stands_over_the_whole_figure():
    lines = [experiment("CNN", "held_out", "val", score(["Sad"], ["Sad"]))]
    figure = scores.accuracy_intervals(lines, "one line\n" + 30 * "word ")
    title = figure.get_suptitle().splitlines()
    assert title[0] == "one line" and len(title) == 4 and max(map(len, title)) <= 60
    assert not figure.axes[0].get_title()


def test_confusion_shows_the_counts_of_both():
    figure = scores.confusion({"ours": [[3, 1], [0, 2]], "published": [[4, 0], [1, 1]]}, "ab", "t")
    assert draws(figure)
    shown = [[text.get_text() for text in axis.texts] for axis in figure.axes]
    assert shown == [["3", "1", "0", "2"], ["4", "0", "1", "1"]]


def test_accuracy_intervals_marks_the_published_value():
    names = ["Happy", "Sad", "Happy", "Fear"]
    lines = [
        experiment("CNN", "held_out", "val", score(names, ["Happy"] * 4), published=0.25),
        experiment("SVM", "thesis", "val", score(names, names)),
    ]
    figure = scores.accuracy_intervals(lines, "Few clips, wide intervals", chance=0.5)
    assert draws(figure)
    marks = [line.get_xdata()[0] for line in figure.axes[0].lines if line.get_marker() == "|"]
    assert marks == [0.25]
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == [
        "CNN (held_out)",
        "SVM (thesis)",
    ]
    said = figure.axes[0].get_xlabel()
    assert said == "accuracy (n = 4), 95 % interval; vertical mark: published"


def test_accuracy_intervals_shows_what_other_seeds_gave():
    of_cnn = score(["Sad", "Sad"], ["Sad", "Happy"])
    lines = [experiment("CNN", protocol, "val", of_cnn) for protocol in ("held_out", "thesis")]
    axis = scores.accuracy_intervals(lines, "Luck", others={"CNN": [0.4, 0.7]}).axes[0]
    small = [line for line in axis.lines if line.get_marker() == "o" and len(line.get_xdata()) == 2]
    assert [list(line.get_xdata()) for line in small] == [[0.4, 0.7]]  # of held_out alone
    assert list(small[0].get_ydata()) == [0, 0]


def test_accuracy_intervals_says_of_how_many_each_is_where_they_differ():
    lines = [
        experiment("CNN", "held_out", "val", score(["Sad"] * count, ["Sad"] * count))
        for count in (2, 3)
    ]
    axis = scores.accuracy_intervals(lines, "Few clips").axes[0]
    labels = [text.get_text() for text in axis.get_yticklabels()]
    assert labels == ["CNN (held_out, n=2)", "CNN (held_out, n=3)"]
    assert axis.get_xlabel() == "accuracy, 95 % interval"


def test_per_class_recall_has_a_bar_for_each_class_and_score():
    names = list(EMOTIONS)
    figure = scores.per_class_recall(
        {"a": score(names, names), "b": score(names, ["Sad"] * 7)}, "recall"
    )
    assert draws(figure)
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert heights == [1] * 7 + [0, 0, 0, 0, 0, 1, 0]
    assert [text.get_text() for text in figure.axes[0].texts] == ["0"] * 6


def test_a_class_that_does_not_occur_has_no_recall_to_draw():
    figure = scores.per_class_recall({"a": score(["Sad", "Fear"], ["Sad", "Sad"])}, "recall")
    heights = [bar.get_height() for bar in figure.axes[0].patches]
    assert np.isnan(heights).tolist() == [name not in ("Fear", "Sad") for name in EMOTIONS]
    assert len(figure.axes[0].texts) == 1


def test_picture_grid_takes_grey_and_colour():
    pictures = [np.zeros((8, 6, 1), np.uint8), np.ones((8, 6, 3)), np.zeros((8, 6))]
    figure = scores.picture_grid(pictures, ["a", "b", "c"], columns=2, title="three")
    assert draws(figure)
    assert [axis.get_xlabel() for axis in figure.axes] == ["a", "b", "c", ""]


def test_a_long_caption_is_broken_so_that_it_stays_below_its_picture():
    pictures = [np.zeros((4, 4))] * 2
    figure = scores.picture_grid(pictures, ["Surprise, 40 bands", "Sad\nclip: Happy"], columns=2)
    captions = [axis.get_xlabel() for axis in figure.axes]
    assert captions == ["Surprise, 40\nbands", "Sad\nclip: Happy"]


def test_captions_say_what_was_predicted_and_what_a_wrong_one_is():
    true, predicted = np.array([0, 1, 2, 0, 1]), np.array([0, 2, 2, 1, 1])
    order = wrong_and_right(true == predicted, 2)
    assert order.tolist() == [1, 3, 0, 4]
    captions, colours = scores.answer_captions(true[order], predicted[order], "abc", between=", ")
    assert captions == ["c, is b", "b, is a", "a", "b"]
    assert colours == [style.WRONG_COLOUR] * 2 + ["black"] * 2


def test_mistakes_come_from_many_classes():
    true = np.repeat(np.arange(4), 10)  # in the order of the classes, as a corpus is
    order = wrong_and_right(np.zeros(40, dtype=bool), 4)
    captions, _ = scores.answer_captions(true[order], (true[order] + 1) % 4, "abcd")
    assert captions == ["b\nis a", "c\nis b", "d\nis c", "a\nis d"]


@pytest.mark.parametrize("names", [["Happy", "Sad"], ["posed faces only", "trained in the wild"]])
def test_response_curves_are_named_at_their_ends_in_order_and_apart(names):
    responses = {names[0]: [0.1, 0.5, 0.995], names[1]: [0.1, 0.4, 0.99]}
    figure = scores.response_curves([0, 0.5, 1], responses, "Rises", xlabel="x", chance=0.2)
    (axis,) = figure.axes
    heights = {text.get_text(): text.xy[1] for text in axis.texts}
    assert list(heights) == names
    assert 0 < heights[names[1]] < heights[names[0]] - 0.05 <= 0.951
    colours = [line.get_color() for line in axis.lines[:2]]
    assert colours[0] != colours[1] and len(axis.lines) == 3
