"""The seven emotion labels, in AFEW's order, and the maps from every corpus's own labels.

Labels are always read by name: no two corpora number them alike.
"""

from collections.abc import Iterable, Sequence

import numpy as np

EMOTIONS: tuple[str, ...] = ("Angry", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
"""AFEW's seven classes (thesis, section I-B); index 0 to 6 everywhere in the series."""

EMOTIONS_WITHOUT_SURPRISE: tuple[str, ...] = EMOTIONS[:6]
"""The six classes of FACES and CREMA-D."""

FACES_LABELS = {
    "a": "Angry",
    "d": "Disgust",
    "f": "Fear",
    "h": "Happy",
    "n": "Neutral",
    "s": "Sad",
}
"""Fourth field of a FACES file name."""

RAVDESS_LABELS = {
    "01": "Neutral",
    "03": "Happy",
    "04": "Sad",
    "05": "Angry",
    "06": "Fear",
    "07": "Disgust",
    "08": "Surprise",
}
"""Third field of a RAVDESS file name; 02, calm, has no counterpart and is left out."""

CREMA_D_LABELS = {
    "ANG": "Angry",
    "DIS": "Disgust",
    "FEA": "Fear",
    "HAP": "Happy",
    "NEU": "Neutral",
    "SAD": "Sad",
}
"""Third field of a CREMA-D file name."""

MELD_LABELS = {
    "anger": "Angry",
    "disgust": "Disgust",
    "fear": "Fear",
    "joy": "Happy",
    "neutral": "Neutral",
    "sadness": "Sad",
    "surprise": "Surprise",
}
"""Column ``Emotion`` of MELD's csv files."""

FER2013_CSV_LABELS = {
    "0": "Angry",
    "1": "Disgust",
    "2": "Fear",
    "3": "Happy",
    "4": "Sad",
    "5": "Surprise",
    "6": "Neutral",
}
"""Column ``emotion`` of fer2013.csv: Sad, Surprise and Neutral stand elsewhere than in AFEW."""

FER2013_FOLDER_LABELS = {
    "angry": "Angry",
    "disgust": "Disgust",
    "fear": "Fear",
    "happy": "Happy",
    "neutral": "Neutral",
    "sad": "Sad",
    "surprise": "Surprise",
}
"""Class folders of the image copies of FER2013."""


def class_indices(names: Iterable[str], classes: Sequence[str] = EMOTIONS) -> np.ndarray:
    """Return the index of each name in ``classes``, shape (n,), int64.

    Raises
    ------
    ValueError
        If a name is not one of ``classes``.
    """
    names = list(names)
    index = {name: position for position, name in enumerate(classes)}
    unknown = sorted({str(name) for name in names if name not in index})
    if unknown:
        raise ValueError(
            f"Unknown class names {unknown}; expected one of {list(classes)}. "
            "Map a corpus's own labels to these names first."
        )
    return np.array([index[name] for name in names], dtype=np.int64)
