"""Training the networks for sound (thesis, section IV-B), and what is done with them.

Used by the notebook on log-mel spectrograms and by the one on spectrograms as pictures.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import product

import keras
import numpy as np
import pandas as pd

from helpers import runtime
from helpers.corpora import load_role
from helpers.corpora.clips import leave_out_shared_ids
from helpers.corpora.manifest import CorpusError, usable
from helpers.emotions import class_indices
from helpers.evaluation import scores
from helpers.evaluation.comparison import wrong_and_right
from helpers.evaluation.statistics import holm, mcnemar_exact
from helpers.features.media import read_waveforms
from helpers.features.pictures import make_dataset
from helpers.features.spectrograms import (
    NORMALISATIONS,
    THESIS_SAMPLE_RATE,
    fit_normaliser,
    log_mel_spectrograms,
)
from helpers.models import audio, training
from helpers.models.recipes import GRIDS, SoundRecipe

Rows = np.ndarray


def train_sound_network(
    features: np.ndarray,
    labels: np.ndarray,
    fitting: Rows,
    choosing: Rows,
    classes: int,
    recipe: SoundRecipe,
    seed: int,
    *,
    augment: Callable | None = None,
    report: Callable[[str], None] | None = None,
) -> tuple[keras.Model, pd.DataFrame]:
    """Build and train one network.

    Parameters
    ----------
    features : array (n, height, width, channels)
        Normalised spectrograms as floats, or pictures as uint8.
    labels : int array (n,)
    fitting, choosing : int arrays
        Rows to train on, and rows whose loss chooses the epoch. Without any to choose by, the
        last epoch is kept.
    classes : int
    recipe : SoundRecipe
    seed : int
    augment, report
        See ``helpers.features.pictures.make_dataset`` and ``helpers.models.training.fit``.

    Returns
    -------
    model, history
        As from ``helpers.models.training.fit``.
    """
    runtime.set_seeds(seed)
    build = getattr(audio, recipe.network)
    model = build(features.shape[1:], classes, **dict(recipe.options))
    training.compile_classifier(model, recipe.optimizer, recipe.learning_rate)
    size = recipe.batch_size
    history = training.fit(
        model,
        make_dataset(
            features, labels, fitting, batch_size=size, shuffle=True, seed=seed, augment=augment
        ),
        make_dataset(features, labels, choosing, batch_size=64) if len(choosing) else None,
        epochs=recipe.epochs,
        patience=recipe.patience,
        monitor=recipe.monitor,
        report=report,
    )
    return model, history


def clip_protocols(
    clips: pd.DataFrame, labels: np.ndarray, groups: np.ndarray, seed: int
) -> dict[str, tuple[Rows, Rows]]:
    """Return the rows to train on and to choose the epoch on, by protocol.

    ``thesis``: all of train, and the test clips. ``held_out``: four fifths and one fifth of train,
    no group on both sides, without the clips whose id is in ``val`` too.
    """
    train = usable(leave_out_shared_ids(clips), "train")
    share = 1 / min(5, len(np.unique(groups[train])))  # a sample may have fewer actors than five
    fitting, choosing = training.hold_out_validation(labels[train], groups[train], share, seed)
    return {
        "thesis": (usable(clips, "train"), usable(clips, "val")),
        "held_out": (train[fitting], train[choosing]),
    }


def check_on_city_sounds(
    corpus: str,
    data_root: str,
    recipe: SoundRecipe,
    seed: int,
    report: Callable[[str], None],
) -> tuple[dict | None, pd.DataFrame | None]:
    """Cross-validate a network on UrbanSound8K by the corpus's own folds.

    Spectrograms are made and normalised as those of the clips; no epoch is chosen.

    Parameters
    ----------
    corpus, data_root : str
        A notebook's ``CORPUS`` and ``DATA_ROOT``.
    report : callable
        Called with a line of text a fold.

    Returns
    -------
    score : dict or None
        From ``evaluation.scores.score``, over all folds together; None where the corpus is not
        there, and ``report`` has said what is missing.
    sounds : DataFrame or None
        The manifest with problems filled in.
    """
    try:
        sounds = load_role("city_sounds", corpus, data_root)
    except CorpusError as missing:
        report(f"Left out: {missing}")
        return None, None
    waveforms, sounds = read_waveforms(sounds, THESIS_SAMPLE_RATE)
    rows = usable(sounds)
    length = max(len(waveforms[row].load()) for row in rows)
    values = log_mel_spectrograms(waveforms, length=length)
    classes = sorted(sounds["sound_class"].unique())
    labels = class_indices(sounds["sound_class"], classes)
    fold_of = sounds["fold"].to_numpy()
    predicted = np.full(len(sounds), -1)
    for fold in sorted(set(fold_of[rows])):
        fitting, held_out = rows[fold_of[rows] != fold], rows[fold_of[rows] == fold]
        features = fit_normaliser("global", values, fitting)(values)[..., None]
        model, _ = train_sound_network(
            features, labels, fitting, held_out[:0], len(classes), recipe, seed
        )
        predicted[held_out] = training.predict(model, features, held_out).argmax(axis=1)
        training.discard(model)
        right = np.mean(predicted[held_out] == labels[held_out])
        report(f"fold {fold}: {right:.0%} of {len(held_out)} sounds, {len(classes)} classes")
    return scores.score(labels[rows], predicted[rows], classes), sounds


def verdict_on_check(name: str, score: Mapping, published: float) -> str:
    """Return a sentence on whether a network has passed :func:`check_on_city_sounds`.

    It has where the whole interval of its accuracy lies above that of a guess, and it reaches the
    published accuracy where that lies within the interval or below.
    """
    low, high = score["interval"]
    guess = 1 / len(score["classes"])
    return (
        f"{name} names {score['accuracy']:.0%} of {score['n']} city sounds rightly ({low:.0%} to "
        f"{high:.0%}), a guess {guess:.0%}: the check is {'passed' if low > guess else 'failed'}. "
        f"The published number, about {published:.0%}, is "
        f"{'reached' if high >= published else 'not reached'}."
    )


def compare_preparations(
    spectrograms: Mapping[str, np.ndarray],
    labels: np.ndarray,
    fitting: Rows,
    choosing: Rows,
    classes: int,
    recipes: Mapping[str, SoundRecipe],
    seed: int,
    *,
    grid: str = "small",
    report: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Train a network for every preparation of the spectrograms and every setting of a grid.

    Parameters
    ----------
    spectrograms : mapping of name to array (n, bands, frames)
        With and without pre-emphasis.
    fitting, choosing : int arrays
        Both from train: a table for choosing must not look at the test clips.
    recipes : mapping of name to SoundRecipe
        The networks; those that the grid does not name are left out.
    grid : str
        A key of ``helpers.models.recipes.GRIDS``.

    Returns
    -------
    DataFrame
        One row a training: network, pre-emphasis, normalisation, learning_rate, batch_size, the
        ``accuracy`` on ``choosing`` at the best epoch, and ``p``: McNemar's exact test against the
        best row, on the same clips, adjusted for the number of comparisons (Holm).
    """
    tried = GRIDS[grid]
    rows, right = [], []
    for (emphasis, values), kind in product(spectrograms.items(), NORMALISATIONS):
        features = fit_normaliser(kind, values, fitting)(values)[..., None]
        for name, rate, size in product(
            tried["networks"], tried["learning_rates"], tried["batch_sizes"]
        ):
            recipe = recipes[name]
            rate, size = rate or recipe.learning_rate, size or recipe.batch_size
            epochs = min(recipe.epochs, tried["most_epochs"] or recipe.epochs)
            recipe = replace(recipe, learning_rate=rate, batch_size=size, epochs=epochs)
            model, _ = train_sound_network(
                features, labels, fitting, choosing, classes, recipe, seed
            )
            named = training.predict(model, features, choosing).argmax(axis=1)
            training.discard(model)
            right.append(named == labels[choosing])
            rows.append((name, emphasis, kind, rate, size, right[-1].mean()))
            if report:
                report(f"{name}, {emphasis}, {kind}, {rate:g}, {size}: {rows[-1][-1]:.0%}")
    columns = ["network", "pre-emphasis", "normalisation", "learning_rate", "batch_size"]
    table = pd.DataFrame(rows, columns=[*columns, "accuracy"])
    best = int(table["accuracy"].idxmax())
    p_values = [mcnemar_exact(right[best], one)["p_value"] for one in right]
    others = table.index != best
    table["p"] = 1.0
    table.loc[others, "p"] = holm(np.array(p_values)[others])
    return table


def right_and_wrong(
    true: np.ndarray, predicted: np.ndarray, classes: Sequence[str], each: int = 4
) -> tuple[np.ndarray, list[str]]:
    """Return the positions of wrong and of right samples, ``each`` of both, and their captions.

    They are spread over the samples: ``helpers.evaluation.comparison.wrong_and_right``.
    """
    wrong = predicted != true
    order = wrong_and_right(~wrong, each)
    captions = [
        f"{classes[predicted[i]]}, is {classes[true[i]]}" if wrong[i] else classes[predicted[i]]
        for i in order
    ]
    return order, captions
