"""Which samples are for training, for validation and for the test; no group is on two sides."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from helpers.corpora.manifest import usable

FEWEST_STILLS = 200
"""The accuracy of fewer stills has a standard error near five points or above it."""


def protocol_parts(
    manifest: pd.DataFrame,
    labels: np.ndarray,
    seed: int,
    *,
    group: str = "group",
    clip_id: str = "clip_id",
    fewest_validation: int = 0,
) -> dict[str, dict[str, np.ndarray]]:
    """Return which samples are for what under each protocol.

    ``thesis``: trained on all of ``train``; the epoch is chosen on the test samples, as published.
    ``held_out``: about a fifth of the groups in ``train`` is for validation, drawn with ``seed``.

    Parameters
    ----------
    manifest : DataFrame (n rows)
        With the splits ``train`` and ``val``; the latter is the test.
    group : str
        The column that says what must not be on both sides: film, actor, recording.
    clip_id : str
        The column with the id of a sample's clip, where there is one. Training samples of a clip id
        that is in ``val`` too are in no part of ``held_out``: nothing of a test clip may have been
        seen. ``""`` is for samples that are of no clips.
    fewest_validation : int
        An epoch is chosen by at least so many samples. Where a fifth of the groups has fewer, all
        are trained on and the last epoch counts: ``validation`` is empty.

    Returns
    -------
    dict
        By protocol, a dict of int arrays of rows: ``train``, ``validation`` and ``test``.
    """
    train, test = (usable(manifest, split) for split in ("train", "val"))
    known = train
    if clip_id in manifest:
        ids = manifest[clip_id].astype(str)
        known = train[~ids.iloc[train].isin(ids[manifest["split"] == "val"])]
    groups = manifest[group].to_numpy()[known]
    parts = min(5, len(np.unique(groups)))  # a sample may have fewer films than five
    fewer, validation = hold_out_validation(labels[known], groups, 1 / parts, seed)
    if len(validation) < fewest_validation:
        fewer, validation = np.arange(len(known)), np.array([], dtype=int)
    return {
        "thesis": {"train": train, "validation": test, "test": test},
        "held_out": {"train": known[fewer], "validation": known[validation], "test": test},
    }


def hold_out_validation(
    labels: np.ndarray, groups: np.ndarray, fraction: float = 0.2, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Divide samples in two so that no group is on both sides.

    Parameters
    ----------
    labels, groups : arrays (n,)
        A group is a person, film, actor or recording.
    fraction : float
        About how much is for validation.

    Returns
    -------
    train, validation : int arrays
        Positions from 0 to n - 1, ascending.

    Raises
    ------
    ValueError
        If there are too few groups to hold any out.
    """
    return next(group_folds(labels, groups, round(1 / fraction), seed))


def group_folds(
    labels: np.ndarray, groups: np.ndarray, folds: int, seed: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (train, held out) positions for out-of-fold predictions, classes kept in balance.

    Every position is held out once, and no group is on both sides. Arguments and errors are those
    of :func:`hold_out_validation`.
    """
    found = len(np.unique(groups))
    if found < max(folds, 2):
        raise ValueError(
            f"{folds} parts need at least {max(folds, 2)} groups (people, films); found {found}. "
            "Use fewer folds or more data."
        )
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    yield from splitter.split(np.zeros(len(labels)), labels, groups)
