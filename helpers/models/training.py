"""Training: one way for every network, from a recipe and the parts of a protocol."""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping

import keras
import numpy as np
import pandas as pd

from helpers.features.augmentation import AUGMENTATIONS
from helpers.features.pictures import make_dataset
from helpers.models.audio import fayek_cnn, urbansound_cnn
from helpers.models.fused_adam import FusedAdam, adam
from helpers.models.recipes import Recipe
from helpers.models.static_cnn import static_cnn
from helpers.models.transfer import Joined, from_frozen
from helpers.models.vgg16 import freeze_blocks, vgg16_classifier
from helpers.runtime import import_tensorflow, set_seeds
from helpers.runtime.mixed_precision import dtype_policy, fastest_policy

_NETWORKS = {
    build.__name__: build for build in (static_cnn, vgg16_classifier, urbansound_cnn, fayek_cnn)
}
_ARGUMENTS = {  # of the builders, and the recipe's name for each
    "momentum": "batch_norm_momentum",
    **{
        name: name
        for name in (
            "l2", "weights", "preprocessing", "blocks", "unfrozen_blocks", "dense_units", "dropout"
        )
    },
}  # fmt: skip


def train_network(
    features: np.ndarray,
    labels: np.ndarray,
    parts: Mapping[str, np.ndarray],
    classes: int,
    recipe: Recipe,
    seed: int,
    *,
    start: keras.Model | None = None,
    report: Callable[[str], None] | None = None,
) -> tuple[keras.Model, pd.DataFrame]:
    """Build and train one network.

    Parameters
    ----------
    features : array (n, height, width, channels)
        Pictures as uint8, or normalised spectrograms as floats; ``labels`` (n,) are integers.
    parts : mapping
        Rows by their use, of one protocol (``corpora.splits.protocol_parts``): those in ``train``
        are trained on, those in ``validation`` choose the epoch. Without any of these the last
        epoch is kept.
    start : keras.Model, optional
        A network of the same shape, whose weights are where training begins; it stays as it is.
    report : callable, optional
        See :func:`fit`.

    Returns
    -------
    model : keras.Model
        From pictures in 0..1, or spectrograms, to probabilities.
    history : DataFrame
        As from :func:`fit`; ``stage`` is ``head`` or ``network`` (see ``Recipe.head_epochs``).
    """
    set_seeds(seed)
    model = build_network(features.shape[1:], classes, recipe)
    if start is not None:
        model.set_weights(start.get_weights())
    train, validation = parts["train"], parts["validation"]
    weights = class_weights(labels[train], classes) if recipe.weigh_classes else None
    stages = [("network", recipe.unfrozen_blocks, recipe.epochs)]
    if recipe.head_epochs and recipe.unfrozen_blocks:
        stages.insert(0, ("head", 0, recipe.head_epochs))
    augment = recipe.augment and AUGMENTATIONS[recipe.augment]
    histories = []
    for stage, unfrozen_blocks, epochs in stages:
        if len(stages) > 1:
            freeze_blocks(model, unfrozen_blocks)
        # Pictures that are changed anew in every epoch have no kept outputs.
        ask = _as_they_are if augment and not recipe.copies else from_frozen
        trained, inputs = ask(model, features)
        changed = _changed_copies(features, recipe, augment)
        learned = Joined(inputs, *(ask(model, copy)[1] for copy in changed))
        repeats = len(learned) // len(labels)
        of_learned = np.tile(labels, repeats)
        rows = np.concatenate([train + len(labels) * copy for copy in range(repeats)])
        batches = make_dataset(
            learned, of_learned, rows, batch_size=recipe.batch_size, shuffle=True, seed=seed,
            augment=augment(seed) if augment and not recipe.copies else None,
        )  # fmt: skip
        rate = recipe.learning_rate
        if recipe.cosine_decay:
            rate = keras.optimizers.schedules.CosineDecay(rate, epochs * len(batches))
        options = {"momentum": recipe.momentum} if recipe.momentum else {}
        compile_classifier(trained, recipe.optimizer, rate, **options)
        history = fit(
            trained,
            batches,
            make_dataset(inputs, labels, validation, batch_size=64) if len(validation) else None,
            epochs=epochs,
            patience=recipe.patience if stage == "network" else None,
            monitor=recipe.monitor,
            class_weight=weights,
            report=report,
        )
        histories.append(history.assign(stage=stage))
    table = pd.concat(histories, ignore_index=True)
    before = len(table) - len(histories[-1])
    table["epoch"] = np.arange(1, len(table) + 1)
    table.attrs["best_epoch"] = before + histories[-1].attrs["best_epoch"]
    return model, table


def _changed_copies(
    features: np.ndarray, recipe: Recipe, augment: Callable[[int], Callable] | None
) -> Iterator[np.ndarray]:
    """Yield the copies of all pictures that are learned from as often as they themselves.

    They are the same for every seed and every part of a protocol, so that what frozen blocks make
    of them is computed once.
    """
    are_pictures = features.dtype == np.uint8
    for copy in range(recipe.copies):
        batches = make_dataset(
            features, None, np.arange(len(features)), batch_size=64, augment=augment(copy)
        )
        changed, done = np.empty(features.shape, features.dtype), 0
        for (batch,) in batches:
            values = np.rint(batch * 255) if are_pictures else batch
            changed[done : done + len(batch)] = values
            done += len(batch)
        yield changed


def _as_they_are(model: keras.Model, features: np.ndarray) -> tuple[keras.Model, np.ndarray]:
    return model, features


def build_network(shape: tuple[int, ...], classes: int, recipe: Recipe) -> keras.Model:
    """Return the network that a recipe names, untrained, for features of one shape."""
    chosen = recipe.settings()
    options = {argument: chosen[field] for argument, field in _ARGUMENTS.items() if field in chosen}
    with dtype_policy(fastest_policy() if recipe.mixed_precision else "float32"):
        return _NETWORKS[recipe.network](shape, classes, **options)


def class_weights(labels: np.ndarray, classes: int) -> dict[int, float]:
    """Return a weight per class, inversely proportional to its count, with mean 1 over samples."""
    counts = np.bincount(labels, minlength=classes)
    present = np.count_nonzero(counts)
    return {k: len(labels) / (present * n) if n else 0.0 for k, n in enumerate(counts)}


def compile_classifier(model, optimizer: str, learning_rate: object, **optimizer_options) -> None:
    """Compile a softmax classifier for integer labels, in place.

    ``optimizer`` is a name that Keras knows: ``"adam"`` (see ``models.fused_adam``), ``"sgd"``,
    ``"rmsprop"``; ``learning_rate`` a number or a schedule of Keras's.
    """
    kind = adam if optimizer == "adam" else type(keras.optimizers.get(optimizer))
    model.compile(
        optimizer=kind(learning_rate, **optimizer_options),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )


def fit(
    model,
    train,
    validation=None,
    *,
    epochs: int,
    patience: int | None = None,
    monitor: str = "val_accuracy",
    class_weight: dict[int, float] | None = None,
    report: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Train a compiled Keras model and return its history.

    Parameters
    ----------
    model : keras.Model
        Compiled with the metric ``accuracy``.
    train, validation : tf.data.Dataset
        Batches of (features, labels).
    patience : int, optional
        Stop after so many epochs without a better ``monitor``, and put the best epoch's weights
        back. Without it, or without ``validation``, the last epoch's weights stay.
    monitor : str
        A column of the history. Its data choose the epoch, so a test set must not be here except
        under the protocol ``thesis``.
    report : callable, optional
        Called with a line of text after the first epoch of a long run, with an estimate of what is
        left of it, and at most every ten seconds from there on.

    Returns
    -------
    DataFrame
        One row per epoch: epoch (from 1), loss, accuracy, val_loss, val_accuracy (with
        ``validation``), seconds; ``attrs["best_epoch"]`` is the one whose weights the model has.

    Raises
    ------
    FloatingPointError
        If the loss is not a number: the learning rate is too high, or a feature is NaN.
    """
    choose = patience is not None and validation is not None
    best = "min" if monitor.endswith("loss") else "max"
    seconds: list[float] = []
    callbacks = [_clock(epochs, report, seconds), keras.callbacks.TerminateOnNaN()]
    if choose:
        callbacks += [
            keras.callbacks.EarlyStopping(
                monitor, mode=best, patience=patience, restore_best_weights=True
            )
        ]
    history = model.fit(
        train,
        validation_data=validation,
        epochs=epochs,
        callbacks=callbacks,
        class_weight=class_weight,
        shuffle=False,  # the dataset does it
        verbose=0,
    )
    _renew_optimizer(model)
    table = pd.DataFrame(history.history)
    if table["loss"].isna().any():
        raise FloatingPointError(
            f"The loss became NaN in epoch {len(table)}. Lower the learning rate, or look for NaN "
            "in the features."
        )
    table.insert(0, "epoch", np.arange(1, len(table) + 1))
    table["seconds"] = seconds[: len(table)]
    chosen = table[monitor].agg(f"idx{best}") + 1 if choose else len(table)
    table.attrs["best_epoch"] = int(chosen)
    return table


def predict(
    model: keras.Model, features: np.ndarray, rows: np.ndarray, *, keep_frozen: bool = False
) -> np.ndarray:
    """Return class probabilities for some rows of an array, float32 (rows, classes).

    With ``keep_frozen`` what frozen layers make of *all* rows is taken from the cache, or computed
    and kept there (``models.transfer``): for pictures that are asked for again. Where convolutions
    are trained too nothing is kept: what the first block makes of a picture is 21 times its size.
    """
    if keep_frozen and not _trains_convolutions(model):
        model, features = from_frozen(model, features)
    return model.predict(make_dataset(features, None, rows, batch_size=64), verbose=0)


def _trains_convolutions(model: keras.Model) -> bool:
    convolutions = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
    return any(layer.trainable_weights for layer in convolutions)


def out_of_fold_scores(
    features: np.ndarray | Callable[[np.ndarray], np.ndarray],
    labels: np.ndarray,
    folds: Iterable[tuple[np.ndarray, np.ndarray]],
    classes: int,
    recipe: Recipe,
    seed: int,
    report: Callable[[str], None] | None = None,
) -> np.ndarray:
    """Score every row with a network that was trained without the fold it is in.

    No epoch is chosen: each network is that of the last one.

    Parameters
    ----------
    features : array (n, ...), or a function from the rows to train on to one
        A function where preparing them is part of the training, such as normalisation.
    folds : iterable of (train, held out) rows
    report : callable, optional
        See :func:`fit`.

    Returns
    -------
    array (n, classes), float32
        NaN in rows that no fold holds out.
    """
    scores = np.full((len(labels), classes), np.nan, dtype=np.float32)
    for train, held_out in folds:
        prepared = features(train) if callable(features) else features
        parts = {"train": train, "validation": held_out[:0]}
        model, _ = train_network(prepared, labels, parts, classes, recipe, seed, report=report)
        scores[held_out] = predict(model, prepared, held_out, keep_frozen=True)
        discard(model)
    return scores


def discard(model) -> None:
    """Take the weights out of a trained model that is not used again, to free their memory.

    TensorFlow keeps the variables of a training function when the model itself is gone, and
    ``keras.backend.clear_session`` does not change that (seen with 2.21). The rest of a model is a
    circle of references: of those that nothing leads to any more, all are freed here, since Python
    itself looks for them too seldom for things of this size.
    """
    _empty(model.variables)
    gc.collect()


def _renew_optimizer(model) -> None:
    """Give a trained model a fresh optimizer, one of Keras's own, and empty the spent one.

    TensorFlow never frees the variables that a training function has used (seen with 2.21, through
    Keras's own ``fit``): with Adam three times the weights for every network of a notebook. A file
    with an optimizer of Keras's own can be loaded without this package.
    """
    spent = getattr(model.optimizer, "inner_optimizer", model.optimizer)  # of one that scales
    kind = keras.optimizers.Adam if isinstance(spent, FusedAdam) else type(spent)
    fresh = keras.optimizers.serialize(kind.from_config(spent.get_config()))
    model.compile_from_config({**model.get_compile_config(), "optimizer": fresh})
    _empty(spent.variables)


def _empty(variables: Iterable) -> None:
    tf = import_tensorflow()
    copies_of = tf.distribute.get_strategy().experimental_local_results  # one a GPU
    for variable in variables:
        for copy in copies_of(variable.value):
            tf.raw_ops.AssignVariableOp(
                resource=copy.handle, value=tf.zeros([0], copy.dtype), validate_shape=False
            )


def _clock(epochs: int, report: Callable[[str], None] | None, seconds: list[float]):
    """Return a Keras callback that appends each epoch's seconds, and reports on long trainings.

    The first epoch is told of if much is left; then one every ten seconds, or every tenth of what
    the whole may take, whichever is longer.
    """
    times = {"started": time.monotonic(), "reported": -np.inf}

    def begin(epoch, logs=None):
        times["epoch"] = time.monotonic()

    def end(epoch, logs=None):
        now = time.monotonic()
        seconds.append(now - times["epoch"])
        # The first epoch of a network builds its functions too: the later ones say more.
        left = (epochs - epoch - 1) * float(np.median(seconds[1:] or seconds))
        pause = max(10.0, (now - times["started"] + left) / 10)
        if report and left > 10 and now - times["reported"] > pause:
            times["reported"] = now
            accuracy = (logs or {}).get("accuracy", float("nan"))
            report(
                f"epoch {epoch + 1}/{epochs}, {now - times['started']:.0f} s, "
                f"at most {_duration(left)} to go, training accuracy {accuracy:.2f}"
            )

    return keras.callbacks.LambdaCallback(on_epoch_begin=begin, on_epoch_end=end)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
