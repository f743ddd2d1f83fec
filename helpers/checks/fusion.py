"""Checks of the lab edition of notebook 07."""

from collections.abc import Callable, Mapping

import numpy as np

from helpers.checks.verdict import Right, expect, given, result_of

MODALITIES = ("video", "audio, all clips")


def mean_rule(name_by_mean: Callable) -> Right:
    """Check task 1: the rule on clips where other rules say something else."""
    video, audio = np.random.default_rng(0).dirichlet(np.full(7, 0.5), (2, 60))
    named = np.asarray(result_of(name_by_mean, video, audio))
    expect(
        named.shape == (len(video),),
        f"For 60 clips an array of shape {named.shape} comes out; one answer for each was wanted.",
    )
    expect(
        np.issubdtype(named.dtype, np.integer),
        f"The answers are of the type {named.dtype}; positions of emotions were wanted, from 0.",
    )
    for alone, what in ((video, "video"), (audio, "audio")):
        expect(
            not np.array_equal(named, alone.argmax(axis=1)),
            f"The answers are those of {what} alone.",
        )
    expect(
        not np.array_equal(named, np.maximum(video, audio).argmax(axis=1)),
        "This takes the single surest number of both, which is another rule than the mean.",
    )
    expect(
        np.array_equal(named, (video + audio).argmax(axis=1)),
        "Some clips get another emotion than the one whose mean is largest.",
    )
    return Right("The surer of the two has more say, and nothing had to be learned.")


def dense_network(fusion_dense: Callable) -> Right:
    """Check task 2: the combining network with its published number of parameters."""
    from helpers.models.fusion import fusion_dense as wanted_network

    published = wanted_network().count_params()
    built = result_of(fusion_dense)
    expect(hasattr(built, "layers"), "`fusion_dense` should return a keras.Model.")
    kinds = [type(layer).__name__ for layer in built.layers]
    expect("Dropout" in kinds, "There is no dropout in it.")
    expect(
        kinds == ["InputLayer", "Dense", "Dropout", "Dense"],
        f"After the input it has {', '.join(kinds[1:])}; one hidden layer and then the dropout "
        "were asked for.",
    )
    _, hidden, dropout, _ = (layer.get_config() for layer in built.layers)
    expect(hidden["activation"] == "relu", "The hidden layer has another activation than ReLU.")
    expect(dropout["rate"] == 0.25, "The dropout hides another share than a quarter.")
    found = built.count_params()
    expect(
        found == published,
        f"It has {found} parameters, {'more' if found > published else 'fewer'} than {published}.",
    )
    return Right("The number of parameters gives the width away.")


def leak(too_good: Mapping[str, float], vectors: Mapping[str, Mapping]) -> Right:
    """Check task 3: how much better each network looks on its training clips."""
    expect(
        isinstance(given(too_good, "too_good"), Mapping) and set(too_good) == set(MODALITIES),
        f"`too_good` should be a dictionary with the names {' and '.join(MODALITIES)}.",
    )
    for name in MODALITIES:
        trained, tested = (vectors[part][name]["accuracy"] for part in ("train", "scores"))
        found = float(given(too_good[name], name))
        expect(
            not np.isclose(found, tested - trained),
            f"{name}: the sign is wrong; more on training clips is a positive number.",
        )
        expect(
            not np.isclose(found, 100 * (trained - tested)),
            f"{name}: as a fraction, please: 0.01 is one point.",
        )
        expect(
            np.isclose(found, trained - tested, atol=1e-6),
            f"{name}: that is not the difference of its two accuracies.",
        )
    return Right("A fusion that learns from these clips is told to trust the network that cheats.")


def gain(published_gain: float, vectors: Mapping[str, Mapping]) -> Right:
    """Check task 4: the published gain over video alone."""
    found = float(given(published_gain, "published_gain"))
    n, published = (vectors["dense"][key] for key in ("n", "published_correct"))
    video = vectors["scores"]["video"]["correct"]
    more = published - video
    expect(not np.isclose(found, more), "That is a number of clips: of how many?")
    expect(not np.isclose(found, 100 * more / n), "That is in points; a fraction was asked for.")
    expect(
        not np.isclose(found, more / video),
        "That is relative to what video has right; the difference of the two accuracies was asked.",
    )
    expect(np.isclose(found, more / n, atol=1e-6), "That is not the difference of the accuracies.")
    return Right("Seen beside the width of an interval for so few clips, it is not much.")
