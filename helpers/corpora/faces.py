"""FACES (Ebner, Riediger and Lindenberger 2010): posed faces of 171 people, six emotions.

One flat folder of ``<person>_<y|m|o>_<f|m>_<a|d|f|h|n|s>_<a|b>.jpg``. The thesis trained on picture
set a and tested on set b, so the same people are in both (section III-A).
"""

import re
from pathlib import Path

import pandas as pd

from helpers.corpora.folders import PICTURES, files_below, find_folder
from helpers.corpora.manifest import make_manifest
from helpers.emotions import EMOTIONS_WITHOUT_SURPRISE, FACES_LABELS

NAME = re.compile(r"(\d+)_([ymo])_([fm])_([adfhns])_([ab])", re.IGNORECASE)
_AGE_GROUPS = {"y": "young", "m": "middle", "o": "older"}
_GENDERS = {"f": "female", "m": "male"}
EXPECTED = (
    "Expected FACES/ with images named person_age_gender_emotion_set.jpg, such as "
    "004_o_m_a_a.jpg. FACES is given on request by the Max Planck Institute for Human "
    "Development; put it under DATA_ROOT, or choose CORPUS = 'demo'."
)


def load(root: Path) -> pd.DataFrame:
    """Return the manifest of FACES.

    ``split`` is the thesis's: picture set a is ``train``, b is ``test``; ``group`` is the person.
    Own columns: person, age_group, gender, picture_set. Images may also lie in folders (the thesis
    sorted them by split and class): the name alone counts.
    """
    folder = find_folder(root, ["FACES"], corpus="FACES", expected=EXPECTED)
    rows, unexpected = [], []
    for path in sorted(files_below(folder, unexpected)):
        match = NAME.fullmatch(path.stem)
        if not match or path.suffix.lower() not in PICTURES:
            unexpected.append((path, "not named like a FACES image"))
            continue
        person, age, gender, emotion, picture_set = (part.lower() for part in match.groups())
        rows.append(
            {
                "path": path,
                "emotion": FACES_LABELS[emotion],
                "split": "train" if picture_set == "a" else "test",
                "group": person,
                "person": person,
                "age_group": _AGE_GROUPS[age],
                "gender": _GENDERS[gender],
                "picture_set": picture_set,
            }
        )
    return make_manifest(
        rows,
        unexpected,
        corpus="FACES",
        folder=folder,
        expected=EXPECTED,
        classes=EMOTIONS_WITHOUT_SURPRISE,
    )
