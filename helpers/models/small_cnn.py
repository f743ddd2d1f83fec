"""Training the small network of notebook 01 anew (thesis, section III-A), for the later ones."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import keras
import numpy as np
import pandas as pd

from helpers import runtime
from helpers.corpora.manifest import usable
from helpers.emotions import EMOTIONS_WITHOUT_SURPRISE, class_indices
from helpers.features import pictures
from helpers.features.augmentation import published_augmentation
from helpers.features.pictures import make_dataset
from helpers.models import training
from helpers.models.static_cnn import static_cnn
from helpers.results import runs
from helpers.results.record import describe_data


@dataclass(frozen=True)
class SmallRecipe:
    """What a training of the small network depends on, besides pictures and seed."""

    optimizer: str = "adam"
    learning_rate: float = 1e-3
    batch_size: int = 16
    momentum: float = 0.9
    """Of the batch normalisation, see ``helpers.models.faces.static_cnn``."""
    size: int = 64
    epochs: int = 40
    patience: int = 12


SMALL_RECIPES = {
    "default": SmallRecipe(),
    "thesis": SmallRecipe("sgd", 1e-5, 1, 0.99, 128, 100, 40),
}
"""By ``SETTINGS``; what the thesis used, and what gets there in a fraction of the time."""

WILD_RECIPES = {
    **SMALL_RECIPES,
    "default": replace(SMALL_RECIPES["default"], batch_size=8, epochs=12, patience=5),
}
"""For film stills, which are fewer and sooner known by heart; chosen on parts of train."""


def train_small_cnn(
    pixels: np.ndarray,
    labels: np.ndarray,
    fitting: np.ndarray,
    choosing: np.ndarray,
    classes: int,
    recipe: SmallRecipe,
    seed: int,
    *,
    start: keras.Model | None = None,
    augment: bool = False,
    weigh_classes: bool = False,
    report: Callable[[str], None] | None = None,
) -> tuple[keras.Model, pd.DataFrame]:
    """Train the small network, from scratch or from another one's weights.

    Parameters
    ----------
    pixels : uint8 array (n, size, size, 1)
    labels : int array (n,)
    fitting, choosing : int arrays
        Rows to train on, and rows whose accuracy chooses the epoch. Without any to choose by, the
        last epoch is kept.
    classes : int
    recipe : SmallRecipe
    seed : int
    start : keras.Model, optional
        A network of the same shape, whose weights are where training begins; it stays as it is.
    augment : bool
        Whether the training pictures are changed (``helpers.features.augmentation``).
    weigh_classes : bool
        Whether a mistake in a rare class counts for more (``models.training.class_weights``).
    report : callable, optional
        See ``helpers.models.training.fit``.

    Returns
    -------
    model : keras.Model
    history : DataFrame
        As from ``helpers.models.training.fit``.
    """
    runtime.set_seeds(seed)
    model = static_cnn(pixels.shape[1:], classes, recipe.momentum)
    if start is not None:
        model.set_weights(start.get_weights())
    training.compile_classifier(model, recipe.optimizer, recipe.learning_rate)
    batches = make_dataset(
        pixels,
        labels,
        fitting,
        batch_size=recipe.batch_size,
        shuffle=True,
        seed=seed,
        augment=published_augmentation(seed) if augment else None,
    )
    history = training.fit(
        model,
        batches,
        make_dataset(pixels, labels, choosing, batch_size=64) if len(choosing) else None,
        epochs=recipe.epochs,
        patience=recipe.patience,
        class_weight=training.class_weights(labels[fitting], classes) if weigh_classes else None,
        report=report,
    )
    return model, history


def network_of_01(
    faces: pd.DataFrame,
    corpus: str,
    results_root: str,
    recipe: SmallRecipe,
    seed: int,
    report: Callable[[str], None] | None = None,
) -> tuple[keras.Model, str]:
    """Return the network that notebook 01 trained on posed faces, and a sentence on its origin.

    It is loaded if 01's last run was on these files with this recipe and seed; else it is trained
    now, as 01 does under the protocol ``thesis``: on the split ``train``, the epoch chosen on
    ``test``.

    Parameters
    ----------
    faces : DataFrame
        The manifest of the posed faces.
    corpus, results_root : str
        A notebook's ``CORPUS`` and ``RESULTS_ROOT``.
    """
    classes = EMOTIONS_WITHOUT_SURPRISE
    faces = faces[faces["emotion"].isin(classes)].reset_index(drop=True)
    try:
        run = runs.load_run("01_faces_baseline", corpus, results_root)
        wanted = asdict(recipe) | {"seed": seed, "data": describe_data(faces)["digest"]}
        found = run["settings"] | {"data": run["data"][0]["digest"]}
        if all(found.get(key) == value for key, value in wanted.items()):
            model = keras.models.load_model(run["folder"] / "model.keras")
            return model, "The network is the one that notebook 01 trained."
    except (runs.ResultsError, OSError, ValueError, LookupError):
        pass  # no such run, or not a whole one: train it
    pixels, faces = pictures.decode(faces, (recipe.size, recipe.size), 1)
    model, _ = train_small_cnn(
        pixels,
        class_indices(faces["emotion"], classes),
        usable(faces, "train"),
        usable(faces, "test"),
        len(classes),
        recipe,
        seed,
        report=report,
    )
    return model, "Notebook 01 has left no network made this way, so it was trained now."
