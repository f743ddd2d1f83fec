"""Training a network: the parts of a split, and one quiet, seeded fit."""

import time
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from helpers.runtime import import_tensorflow


def hold_out_validation(
    labels: np.ndarray, groups: np.ndarray, fraction: float = 0.2, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Divide training samples in two so that no group is on both sides.

    Parameters
    ----------
    labels : int array (n,)
    groups : array (n,)
        Person, film, actor or recording.
    fraction : float
        About how much goes to the second part.
    seed : int

    Returns
    -------
    fitting, validation : int arrays
        Positions from 0 to n - 1, ascending. Choices (epoch, settings) are made on the second,
        under the protocol ``held_out``.

    Raises
    ------
    ValueError
        If there are too few groups to hold any out.
    """
    parts = round(1 / fraction)
    return next(group_folds(labels, groups, parts, seed))


def group_folds(
    labels: np.ndarray, groups: np.ndarray, folds: int, seed: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (fitting, held out) positions for out-of-fold predictions, classes kept in balance.

    Every position is held out once, and no group is on both sides. Arguments and errors are those
    of :func:`hold_out_validation`.
    """
    found = len(np.unique(groups))
    if found < folds:
        raise ValueError(
            f"{folds} parts need at least {folds} groups (people, films); found {found}. "
            "Use fewer folds or more data."
        )
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    yield from splitter.split(np.zeros(len(labels)), labels, groups)


def class_weights(labels: np.ndarray, classes: int) -> dict[int, float]:
    """Return a weight for each class, inversely proportional to its count, with mean 1 a sample."""
    counts = np.bincount(labels, minlength=classes)
    present = np.count_nonzero(counts)
    return {k: len(labels) / (present * n) if n else 0.0 for k, n in enumerate(counts)}


def compile_classifier(model, optimizer: str, learning_rate: object, **optimizer_options) -> None:
    """Compile a softmax classifier for integer labels, in place.

    Parameters
    ----------
    model : keras.Model
    optimizer : str
        A name that Keras knows: ``"adam"`` (see ``models.fused_adam``), ``"sgd"``, ``"rmsprop"``.
    learning_rate : float or keras.optimizers.schedules.LearningRateSchedule
    **optimizer_options
        Such as ``momentum``.
    """
    import_tensorflow()
    import keras

    from helpers.models.fused_adam import FusedAdam

    kind = FusedAdam if optimizer == "adam" else type(keras.optimizers.get(optimizer))
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
    epochs : int
    patience : int, optional
        Stop after so many epochs without a better ``monitor``, and put the best epoch's weights
        back. Without it, or without ``validation``, the last epoch's weights stay.
    monitor : str
        A column of the history. Its data choose the epoch, so a test set must not be here except
        under the protocol ``thesis``.
    class_weight : dict, optional
    report : callable, optional
        Called with a line of text at most every ten seconds, for long runs.

    Returns
    -------
    DataFrame
        One row an epoch: epoch (from 1), loss, accuracy, val_loss, val_accuracy (with
        ``validation``), seconds;
        ``attrs["best_epoch"]`` is the epoch whose weights the model has now.

    Raises
    ------
    FloatingPointError
        If the loss is not a number: the learning rate is too high, or a feature is NaN.
    """
    import_tensorflow()
    import keras

    choose = patience is not None and validation is not None
    seconds: list[float] = []
    callbacks = [_clock(epochs, report, seconds), keras.callbacks.TerminateOnNaN()]
    if choose:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                monitor=monitor,
                mode="min" if monitor.endswith("loss") else "max",
                patience=patience,
                restore_best_weights=True,
            )
        )
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
    best = len(table)
    if choose:
        values = table[monitor]
        best = int((values.idxmin() if monitor.endswith("loss") else values.idxmax()) + 1)
    table.attrs["best_epoch"] = best
    return table


def predict(model, features: np.ndarray, rows: np.ndarray, **dataset_options) -> np.ndarray:
    """Return class probabilities for some rows of an array, float32 (rows, classes).

    ``dataset_options`` go to ``features.pictures.make_dataset`` (``preprocess``, ``batch_size``).
    """
    from helpers.features.pictures import make_dataset

    options = {"batch_size": 64, **dataset_options}
    unused_labels = np.zeros(len(features), dtype=np.int64)
    return model.predict(make_dataset(features, unused_labels, rows, **options), verbose=0)


def out_of_fold_scores(
    train: Callable,
    features: np.ndarray,
    labels: np.ndarray,
    folds: Iterable[tuple[np.ndarray, np.ndarray]],
    classes: int,
    recipe: object,
    seed: int,
    report: Callable[[str], None] | None = None,
) -> np.ndarray:
    """Score every row with a network that was trained without the fold it is in.

    Parameters
    ----------
    train : callable
        ``models.transfer.train_vgg16`` or ``models.audio_training.train_sound_network``, which
        take the rest. It gets no rows to choose an epoch by: each network is that of the last one.
    features : array (n, ...)
    labels : int array (n,)
    folds : iterable of (fitting, held out) rows
    classes : int
    recipe : object
        Of the kind that ``train`` takes.
    seed : int
    report : callable, optional
        See :func:`fit`.

    Returns
    -------
    array (n, classes), float32
        NaN in rows that no fold holds out.
    """
    scores = np.full((len(features), classes), np.nan, dtype=np.float32)
    for fitting, held_out in folds:
        model, _ = train(
            features, labels, fitting, held_out[:0], classes, recipe, seed, report=report
        )
        scores[held_out] = predict(model, features, held_out)
        discard(model)
    return scores


def discard(model) -> None:
    """Take the weights out of a trained model that is not used again, to free their memory.

    TensorFlow keeps the variables of a training function when the model itself is gone, and
    ``keras.backend.clear_session`` does not change that (seen with 2.21).
    """
    _empty(model.variables)


def _renew_optimizer(model) -> None:
    """Give a trained model a fresh optimizer, one of Keras's own, and empty the spent one.

    TensorFlow never frees the variables that a training function has used (seen with 2.21, through
    Keras's own ``fit``): with Adam three times the weights for every network of a notebook. A file
    with an optimizer of Keras's own can be loaded without this package.
    """
    import keras

    from helpers.models.fused_adam import FusedAdam

    spent = model.optimizer
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
    """Return a Keras callback that appends each epoch's seconds and reports now and then."""
    import keras

    times = {"started": time.monotonic(), "reported": time.monotonic()}

    def begin(epoch, logs=None):
        times["epoch"] = time.monotonic()

    def end(epoch, logs=None):
        now = time.monotonic()
        seconds.append(now - times["epoch"])
        if report and now - times["reported"] > 10:
            times["reported"] = now
            accuracy = (logs or {}).get("accuracy", float("nan"))
            report(
                f"epoch {epoch + 1}/{epochs}, {now - times['started']:.0f} s, "
                f"training accuracy {accuracy:.2f}"
            )

    return keras.callbacks.LambdaCallback(on_epoch_begin=begin, on_epoch_end=end)
