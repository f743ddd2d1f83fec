"""Checks of the lab edition of notebook 07."""

from collections.abc import Callable, Mapping

import numpy as np

from helpers.series.labs.verdict import Right, expect, expect_number, given, result_of

MODALITIES = ("video", "audio, all clips")


def mean_rule(predict_by_mean: Callable) -> Right:
    """Check task 1: the rule on clips where other rules say something else."""
    video, audio = np.random.default_rng(0).dirichlet(np.full(7, 0.5), (2, 60))
    answers = np.asarray(result_of(predict_by_mean, video, audio))
    expect(
        answers.shape == (len(video),),
        f"For 60 clips an array of shape {answers.shape} comes out; one answer each was wanted.",
    )
    expect(
        np.issubdtype(answers.dtype, np.integer),
        f"The answers are of the type {answers.dtype}; positions of emotions were wanted, from 0.",
    )
    for alone, what in ((video, "video"), (audio, "audio")):
        expect(
            not np.array_equal(answers, alone.argmax(axis=1)),
            f"The answers are those of {what} alone.",
        )
    expect(
        not np.array_equal(answers, np.maximum(video, audio).argmax(axis=1)),
        "This takes the single most confident number of both, which is another rule than the mean.",
    )
    expect(
        np.array_equal(answers, (video + audio).argmax(axis=1)),
        "Some clips get another emotion than the one whose mean is largest.",
    )
    return Right("The more confident of the two has more say, and nothing had to be learned.")


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
    expect(dropout["rate"] == 0.25, "The dropout hides another fraction than a quarter.")
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
        mistakes = {
            "the sign is wrong; more on training clips is a positive number.": tested - trained,
            "that is in points; a fraction was asked for.": 100 * (trained - tested),
            "that is a ratio; the difference of the two was asked for.": trained / tested,
        }
        expect_number(too_good[name], name, trained - tested, mistakes)
    return Right("A fusion that learns from these clips is told to trust the network that cheats.")


def gain(published_gain: float, vectors: Mapping[str, Mapping]) -> Right:
    """Check task 4: the published gain over video alone."""
    n, published = (vectors["dense"][key] for key in ("n", "published_correct"))
    video = vectors["scores"]["video"]["correct"]
    more = published - video
    mistakes = {
        "that is a number of clips: of how many?": more,
        "that is in points; a fraction was asked for.": 100 * more / n,
        "that is relative to what video has right; subtract the two accuracies.": more / video,
        "the sign is wrong; better than video is a positive number.": -more / n,
        "that is the accuracy itself; how far is it above that of video?": published / n,
    }
    expect_number(published_gain, "published_gain", more / n, mistakes)
    return Right("Seen beside the width of an interval for so few clips, it is not much.")
