"""Support vector machines: the distance of histograms, what is chosen on what, missing features."""

import numpy as np
import pytest

from helpers.models.classical import (
    KERNELS,
    PENALTIES,
    ChiSquareKernel,
    chi_square_distances,
    fit_classifier,
)


@pytest.fixture
def samples():
    """Histograms of three classes by ten people, a bump of its own for each class."""
    rng = np.random.default_rng(0)
    labels, groups = np.tile([0, 1, 2], 40), np.repeat(np.arange(10), 12)
    counts = rng.poisson(4.0, (120, 30)).astype(float)
    for label in range(3):
        counts[labels == label, 5 * label : 5 * label + 3] += 3
    return counts / counts.sum(axis=1, keepdims=True), labels, groups


def test_distances_are_those_of_a_literal_loop():
    rng = np.random.default_rng(0)
    first, second = rng.random((4, 9)), rng.random((3, 9))
    first[0, :3] = second[:, :3] = 0  # empty bins divide by nothing
    expected = np.zeros((4, 3))
    for i, x in enumerate(first):
        for j, y in enumerate(second):
            for a, b in zip(x, y, strict=True):
                if a + b:
                    expected[i, j] += (a - b) ** 2 / (a + b)
    np.testing.assert_allclose(chi_square_distances(first, second), expected)


def test_histograms_that_share_no_bin_are_two_apart():
    first, second = np.array([[0.5, 0.5, 0, 0]]), np.array([[0, 0, 0.25, 0.75]])
    assert chi_square_distances(first, second) == pytest.approx(2)


def test_the_width_of_the_kernel_is_the_mean_distance(samples):
    histograms, _, _ = samples
    kernel = ChiSquareKernel().fit(histograms)
    between = chi_square_distances(histograms, histograms)
    mean = between[~np.eye(len(between), dtype=bool)].mean()
    new = np.roll(histograms[:2], 3, axis=1)
    expected = np.exp(-chi_square_distances(new, histograms) / mean)
    np.testing.assert_allclose(kernel.transform(new), expected)
    assert ChiSquareKernel().fit(histograms[[0, 0]]).transform(histograms[:1]) == pytest.approx(1)


@pytest.mark.parametrize("kernel", KERNELS)
def test_it_learns_what_can_be_learned_and_is_honest_about_it(samples, kernel):
    histograms, labels, groups = samples
    train = groups < 7
    given = histograms[train], labels[train], groups[train]
    classifier, out_of_fold = fit_classifier(kernel, *given, classes=4)
    found = classifier.probabilities(histograms[~train])
    accuracy = (found.argmax(axis=1) == labels[~train]).mean()
    assert accuracy > 0.7
    assert found.shape == (36, 4) and np.allclose(found.sum(axis=1), 1)
    assert (found.argmin(axis=1) == 3).all(), "a class that was never seen"
    own = (out_of_fold.argmax(axis=1) == labels[train]).mean()
    assert own == classifier.settings["accuracy"] and abs(own - accuracy) < 0.2
    assert classifier.settings["penalty"] in PENALTIES
    again, same = fit_classifier(kernel, *given, classes=4)
    assert np.array_equal(same, out_of_fold) and again.settings == classifier.settings


@pytest.mark.parametrize("kernel", KERNELS)
def test_what_only_names_the_group_is_not_learned(kernel):
    """Features tell the person, and each person has one label: no fold can use that."""
    groups = np.repeat(np.arange(12), 10)
    labels, features = groups % 2, np.eye(12)[groups]
    _, out_of_fold = fit_classifier(kernel, features, labels, groups, classes=2)
    assert (out_of_fold.argmax(axis=1) == labels).mean() <= 0.6


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_sample_without_features_gets_the_prior_and_teaches_nothing(samples, kernel):
    histograms, labels, groups = samples
    labels = np.where(np.arange(120) < 12, 2, labels)
    missing = histograms.copy()
    missing[:12] = np.nan
    classifier, out_of_fold = fit_classifier(kernel, missing, labels, groups, classes=3)
    prior = np.bincount(labels) / 120
    np.testing.assert_allclose(out_of_fold[:12], np.tile(prior, (12, 1)))
    np.testing.assert_allclose(classifier.probabilities(missing)[:12], out_of_fold[:12])
    without, _ = fit_classifier(kernel, missing[12:], labels[12:], groups[12:], classes=3)
    np.testing.assert_allclose(
        classifier.probabilities(histograms), without.probabilities(histograms)
    )


def test_what_cannot_be_learned_from_is_named(samples):
    histograms, labels, groups = samples
    with pytest.raises(ValueError, match="Unknown kernel 'cubic'"):
        fit_classifier("cubic", histograms, labels, groups, classes=3)
    with pytest.raises(ValueError, match="found 1"):
        fit_classifier("linear", histograms, labels, np.zeros(120), classes=3)
    nothing = np.full_like(histograms, np.nan)
    with pytest.raises(ValueError, match="0 of 120 training samples have features"):
        fit_classifier("linear", nothing, labels, groups, classes=3)
