import numpy as np
import pytest
from matplotlib import pyplot as plt

from helpers.emotions import EMOTIONS
from helpers.plots import faces
from helpers.plots.style import WRONG_COLOUR


@pytest.fixture(autouse=True)
def nothing_stays_open():
    yield
    assert not plt.get_fignums()


def test_an_answer_is_written_below_its_picture_and_what_is_true_if_it_is_wrong():
    pictures = np.zeros((3, 4, 4, 1), np.uint8)
    figure = faces.answers_grid(pictures, [0, 3, 5], np.array([0, 1, 5]), EMOTIONS, "one is wrong")
    labels = [axis.xaxis.label for axis in figure.axes[:3]]
    assert [label.get_text() for label in labels] == ["Angry", "Disgust\nis Happy", "Sad"]
    assert [label.get_color() for label in labels] == ["black", WRONG_COLOUR, "black"]


def test_beside_the_published_confusion_stands_what_each_says_when_wrong():
    here, published = [[1, 3], [1, 5]], [[4, 0], [0, 2]]
    figure = faces.confusion_beside_published(here, published, ["Happy", "Sad"], "c")
    title = " ".join(figure.get_suptitle().split())
    assert title == "When wrong, c most often predicts Sad (75%), in the thesis nothing (0%)"
    assert [axis.get_title() for axis in figure.axes] == ["c, here", "c, published"]


def test_predicted_fractions_are_the_fractions():
    true = np.array([0, 1, 1, 3])
    predicted = {"one": np.array([3, 3, 3, 0]), "other": np.array([6, 6, 6, 6])}
    figure = faces.predicted_fractions(true, predicted, EMOTIONS, "nearly all Happy")
    widths = [[bar.get_width() for bar in axis.patches] for axis in figure.axes]
    assert widths == [[0.25, 0, 0, 0.75, 0, 0, 0], [0, 0, 0, 0, 0, 0, 1]]
    assert figure.axes[0].lines[0].get_xdata().tolist() == [0.25, 0.5, 0, 0.25, 0, 0, 0]


@pytest.mark.parametrize("count", [1, 8, 11])
def test_heat_lies_over_its_own_picture(count):
    pictures = np.zeros((count, 6, 5, 3), np.uint8)
    pictures[:] = np.arange(count)[:, None, None, None]
    heat = np.zeros((count, 6, 5)) + np.arange(count)[:, None, None] / count
    captions = [f"picture {k}" for k in range(count)]
    figure = faces.heat_grid(pictures, heat, captions, columns=8)
    drawn = {axis.get_xlabel(): axis.images for axis in figure.axes if axis.get_xlabel()}
    for k in range(count):
        grey, over = drawn[f"picture {k}"]
        assert (grey.get_array() == k).all() and np.allclose(over.get_array(), k / count)


@pytest.mark.parametrize("shape", [(8, 8, 3), (8, 8)])
def test_a_clip_is_its_frames_and_their_mean(shape):
    scores = np.eye(7)[[3, 3, 4]]
    frames = np.zeros((3, *shape), np.uint8)
    figure = faces.clip_strip(frames, scores, scores.mean(axis=0), EMOTIONS, "a clip")
    assert len(figure.axes) == 8
    values = [[bar.get_width() for bar in axis.patches] for axis in figure.axes[4:]]
    np.testing.assert_allclose(values, [*scores, scores.mean(axis=0)])


def test_a_picture_stands_beside_the_probability_of_every_class():
    probabilities = {"Happy": 0.7, "Sad": 0.3}
    figure = faces.answers_beside(np.zeros((8, 6, 3), np.uint8), probabilities)
    picture, bars = figure.axes
    assert picture.images[0].get_array().shape == (8, 6, 3)
    assert [bar.get_width() for bar in bars.patches] == [0.7, 0.3]
    assert figure._suptitle.get_text() == "Predicted: Happy"
