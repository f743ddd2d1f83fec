"""Beat the machine: ten clips that a reader labels by eye, by ear, and by both."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.emotions import EMOTIONS
from helpers.evaluation.statistics import wilson_interval
from helpers.features import media
from helpers.fusion.alignment import ClipPairs
from helpers.published import load_published

LETTERS = dict(zip("ADFHNSU", range(len(EMOTIONS)), strict=True))
"""Letter to position of an emotion: its first one, and U for sUrprise, since S is Sad."""

SENSES = ("face", "voice", "both")
"""What a clip is judged by."""

SAMPLE_RATE = 16000
_FRAMES_PER_SECOND = 10
_WIDTH = 112


def choose_clips(test: ClipPairs, number: int = 10, seed: int = 0) -> ClipPairs:
    """Draw test clips that have both modalities by lot, without a look at labels or scores."""
    rows = np.flatnonzero(test.complete)
    drawn = np.random.default_rng(seed).permutation(rows)[:number]
    return test.where(np.isin(np.arange(len(test)), drawn))


def small_film(path: str | Path, *, sound: bool) -> bytes:
    """Return a clip as a small WebM, about 10 kB a second, with or without its sound."""
    height, width = media.extract_frames(path, frames_per_clip=1).shape[1:3]
    size = (2 * round(height * _WIDTH / width / 2), _WIDTH)  # encoders want even numbers
    frames = media.extract_frames(path, frames_per_second=_FRAMES_PER_SECOND, size=size)
    samples = sound_of(path) if sound else np.empty(0, np.float32)
    return media.encode_webm(frames, _FRAMES_PER_SECOND, samples, SAMPLE_RATE)


def sound_of(path: str | Path) -> np.ndarray:
    """Return a clip's sound, mono, (samples,), at ``SAMPLE_RATE``."""
    return media.read_audio(path, SAMPLE_RATE)


def read_answers(text: str, number: int = 10) -> np.ndarray | None:
    """Return letters as positions of emotions, int (number,), -1 for no idea; None for no answer.

    Parameters
    ----------
    text : str
        A letter of ``LETTERS`` for each clip, or ``-``; capitals, blanks and commas do not matter.

    Raises
    ------
    ValueError
        If these are not so many letters, or another one is among them.

    Examples
    --------
    >>> read_answers("h, a, -", 3).tolist()
    [3, 0, -1]
    """
    letters = text.upper().replace(" ", "").replace(",", "")
    if not letters:
        return None
    wrong = sorted(set(letters) - set(LETTERS) - {"-"})
    if wrong or len(letters) != number:
        among = f", {', '.join(wrong)} among them" if wrong else ""
        raise ValueError(
            f"{text!r} has {len(letters)} letters{among}; expected {number} of "
            f"{' '.join(LETTERS)}, or - for no idea."
        )
    return np.array([LETTERS.get(letter, -1) for letter in letters])


def people_and_machine(
    answers: Mapping[str, np.ndarray | None],
    predicted: Mapping[str, np.ndarray],
    test: ClipPairs,
    asked: ClipPairs,
) -> pd.DataFrame:
    """Return how often you, the networks and CREMA-D's raters are right, by face, voice and both.

    Parameters
    ----------
    answers : mapping of ``face``, ``voice``, ``both`` to what :func:`read_answers` returned
        For the clips ``asked``; those without an answer are left out.
    predicted : mapping of the same names to int arrays (n,)
        What networks predict for the n clips of ``test``, among which are those of ``asked``.

    Returns
    -------
    DataFrame
        One row per ``who`` and ``sense``: ``correct``, ``n``, ``accuracy``, ``low`` and ``high``
        (95 %, Wilson). Of the raters, who judged other clips and of six emotions, only the
        published accuracy is known.
    """
    among = test.clips["sample_id"].isin(asked.clips["sample_id"]).to_numpy()
    rows = []
    for sense in SENSES:
        right = predicted[sense] == test.labels
        counts = {"networks, all test clips": right, "networks, the ten": right[among]}
        if answers.get(sense) is not None:
            counts["you, the ten"] = answers[sense] == asked.labels
        for who, values in counts.items():
            low, high = wilson_interval(int(values.sum()), len(values))
            rows.append((who, sense, values.sum(), len(values), values.mean(), low, high))
        rater = load_published("crema_d")[sense]
        rows.append(("CREMA-D's raters", sense, None, None, rater, rater, rater))
    columns = ["who", "sense", "correct", "n", "accuracy", "low", "high"]
    return pd.DataFrame(rows, columns=columns)
