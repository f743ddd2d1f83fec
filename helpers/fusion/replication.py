"""The thesis's fusion table, recomputed from the thesis's own prediction vectors.

What comes out is sums and scores; the vectors themselves are stored nowhere.
"""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS
from helpers.evaluation.scores import score
from helpers.evaluation.statistics import mcnemar_exact
from helpers.fusion.alignment import count_modalities, pair_clip_scores
from helpers.fusion.combiners import svm_search, temperature, video_weight
from helpers.fusion.comparison import SINGLE, fuse_all
from helpers.paths import repository_root
from helpers.published import VectorsUnavailable, find_vectors, load_published, load_vectors
from helpers.results.runs import ResultsError, load_run

NOTEBOOK = "07_fusion"
SAVED_AS = "published_vectors"
"""Where a run's ``extra`` holds what :func:`replicate` returned."""


def replicate(vectors: dict[str, pd.DataFrame], *, runs: int = 100, epochs: int = 50) -> dict:
    """Recompute chapter V from the vectors (``helpers.published.load_vectors``), as published.

    The dense network has the seeds 0 to ``runs - 1``.

    Returns
    -------
    dict
        JSON-able. ``clips`` (how many have what), ``in_both_splits`` (ids), ``scores`` (name to
        score, on the clips with stills unless the name tells otherwise; the dense network is the
        median run at its last epoch), ``train`` (scores on the training clips), ``temperatures``,
        ``video_weight`` (of the weighted mean, as training and as test clips would have it),
        ``svm`` (what the grid search chose) and ``dense`` (correct clips of each run, at the last
        and at the best epoch; p-values of the last epoch against video).
    """
    pairs = pair_clip_scores(vectors["video"], vectors["audio"])
    splits = pairs.clips["split"].to_numpy()
    train, everything = (pairs.where(splits == split) for split in ("train", "val"))
    train_both, test = (part.where(part.complete) for part in (train, everything))
    fused = fuse_all(train_both, test, range(runs), epochs=epochs)
    predicted = fused.predicted(test.complete)
    search = svm_search(train_both)
    scores = {name: score(test.labels, values) for name, values in predicted.items()}
    scores["audio, all clips"] = score(everything.labels, everything.audio.argmax(axis=1))
    frames = vectors["face_frames"]
    found = frames[list(EMOTIONS)].to_numpy().argmax(axis=1)
    scores["face frames"] = score(frames["emotion"].to_numpy(), found)
    ids = [set(pairs.clips["sample_id"][splits == split]) for split in ("train", "val")]
    return {
        "computed": datetime.now(UTC).date().isoformat(),
        "runs": runs,
        "epochs": epochs,
        "clips": count_modalities(pairs).to_dict("index"),
        "in_both_splits": sorted(ids[0] & ids[1]),
        "scores": scores,
        "train": {
            "video": score(train_both.labels, train_both.video.argmax(axis=1)),
            "audio": score(train_both.labels, train_both.audio.argmax(axis=1)),
            "audio, all clips": score(train.labels, train.audio.argmax(axis=1)),
        },
        "temperatures": {
            part: {name: temperature(getattr(rows, name), rows.labels) for name in SINGLE}
            for part, rows in (("train", train_both), ("val", test))
        },
        "video_weight": {"train": video_weight(train_both), "val": video_weight(test)},
        "svm": {
            "best": {key.removeprefix("svc__"): v for key, v in search.best_params_.items()},
            "cross_validation_accuracy": float(search.best_score_),
        },
        "dense": _describe_runs(fused.dense, predicted["video"], test.labels),
    }


def replicate_or_recall(
    given: str | Path = "", *, corpus: str = "demo", root: str | Path = "", **options: int
) -> tuple[dict, str]:
    """Return :func:`replicate` of the thesis's vectors, or of its last run if they cannot be had.

    The second value, a sentence, says whether it was computed now, or when it was and why not now.

    Parameters
    ----------
    given : str or Path
        The vectors' file; see ``helpers.published.find_vectors``.
    corpus, root : str
        Where this notebook keeps its results; the checkout's demo results come after them.
    **options
        ``runs`` and ``epochs``.

    Raises
    ------
    VectorsError
        If a file was given and is not the published one.
    ResultsError
        If there is neither a file nor a network nor an earlier result.
    """
    try:
        path = find_vectors(given)
    except VectorsUnavailable as error:
        reason = str(error)
    else:
        return replicate(load_vectors(path), **options), f"Computed now, from {path.name}."
    for place in ((corpus, root), ("demo", repository_root() / "results")):
        try:
            saved = load_run(NOTEBOOK, *place)["extra"][SAVED_AS]
        except (ResultsError, KeyError):
            continue
        return saved, f"Not computed now but on {saved['computed']}, and saved then. {reason}"
    raise ResultsError(f"{reason} Nor is there an earlier result of notebook {NOTEBOOK}.")


def _describe_runs(dense: np.ndarray, video: np.ndarray, labels: np.ndarray) -> dict:
    correct = (dense == labels).sum(axis=-1)  # (epochs, runs)
    return {
        "n": len(labels),
        "last": correct[-1].tolist(),
        "best": correct.max(axis=0).tolist(),
        "published_correct": load_published(NOTEBOOK)["dense"]["correct"],
        "p_values_against_video": [
            mcnemar_exact(video == labels, run == labels)["p_value"] for run in dense[-1]
        ],
    }
