"""Where a file of a known corpus belongs, told from its path alone.

The same rule serves archives, folders that a user has, and what was downloaded.
"""

import re
from pathlib import PurePosixPath

from helpers.corpora import crema_d, faces, meld, ravdess
from helpers.emotions import EMOTIONS, FER2013_FOLDER_LABELS

DOWNLOADS = ".downloads"
"""The folder, beside the corpora, for what is fetched or copied before it is unpacked."""
FER2013_CSV = PurePosixPath(DOWNLOADS, "fer2013.csv")
"""Where the csv of FER2013 waits for its pictures to be written."""

_CLASS = "|".join(EMOTIONS)
_FER_CLASS = "|".join(FER2013_FOLDER_LABELS)
_AFEW_FOLDER = re.compile(r"(?:^|/)((?:Train|Val)_AFEW)/(.+)$", re.IGNORECASE)
_AFEW_CLIP = re.compile(rf"(?:^|/)(Train|Val)/({_CLASS})/([^/]+\.(?:avi|mp4|mkv))$", re.IGNORECASE)
_SFEW = re.compile(
    rf"(?:^|/)(Train|Val)/({_CLASS})/([^/]+_[^/_]+_\d+\.(?:png|jpe?g))$", re.IGNORECASE
)
_FER = re.compile(
    rf"(?:^|/)(train|val|validation|test)/({_FER_CLASS})/([^/]+\.(?:png|jpe?g))$", re.IGNORECASE
)
_FER_TABLES = {"fer2013.csv", "icml_face_data.csv"}
_URBAN = re.compile(r"(?:^|/)(audio/fold\d+/[^/]+\.wav|metadata/UrbanSound8K\.csv)$", re.IGNORECASE)
_MELD_CLIP = re.compile(rf"(?:^|/)({'|'.join(meld.CLIP_FOLDERS.values())})/([^/]+\.mp4)$")
_PICTURES = (".jpg", ".jpeg", ".png")
# What Macs and Windows leave in archives.
_LEFTOVERS = re.compile(r"(?:^|/)(?:__MACOSX/|\.|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)

FOLDERS = {
    "afew": "EmotiW_2018",
    "sfew": "SFEW",
    "faces": "FACES",
    "urbansound8k": "UrbanSound8K",
    "ravdess": "ravdess",
    "crema_d": "crema_d",
    "meld": "meld",
    "fer2013": "fer2013",
}
"""The folder of each corpus under the data root."""


def place_of(path: PurePosixPath) -> PurePosixPath | None:
    """Return where a file belongs under the data root, or None if it is of no known corpus.

    Parameters
    ----------
    path : PurePosixPath
        In an archive, or from the folder that a user gave (with that folder's own name).
    """
    text = str(path)
    if _LEFTOVERS.search(text):
        return None
    return _licensed_place(path, text) or _open_place(path, text)


def _licensed_place(path: PurePosixPath, text: str) -> PurePosixPath | None:
    if found := _AFEW_FOLDER.search(text):
        split = "Train_AFEW" if found.group(1).lower().startswith("train") else "Val_AFEW"
        return PurePosixPath(FOLDERS["afew"], split, found.group(2))
    if found := _AFEW_CLIP.search(text):
        split, emotion, name = found.groups()
        folder = f"{split.capitalize()}_AFEW"
        return PurePosixPath(FOLDERS["afew"], folder, emotion.capitalize(), name)
    if found := _SFEW.search(text):
        split, emotion, name = found.groups()
        return PurePosixPath(FOLDERS["sfew"], split.capitalize(), emotion.capitalize(), name)
    if faces.NAME.fullmatch(path.stem) and path.suffix.lower() in _PICTURES:
        return PurePosixPath(FOLDERS["faces"], path.name)
    if found := _URBAN.search(text):
        return PurePosixPath(FOLDERS["urbansound8k"], found.group(1))
    return None


def _open_place(path: PurePosixPath, text: str) -> PurePosixPath | None:
    suffix = path.suffix.lower()
    if (found := ravdess.NAME.fullmatch(path.stem)) and suffix in (".wav", ".mp4"):
        if found.group(1) == "02":  # without sound: the same take as in the clip with sound
            return None
        return PurePosixPath(FOLDERS["ravdess"], f"Actor_{found.group(7)}", path.name)
    if crema_d.NAME.fullmatch(path.stem) and suffix in crema_d.MODALITIES:
        folder = "AudioWAV" if suffix == ".wav" else "VideoFlash"
        return PurePosixPath(FOLDERS["crema_d"], folder, path.name)
    if path.name in meld.TABLES.values():
        return PurePosixPath(FOLDERS["meld"], path.name)
    if found := _MELD_CLIP.search(text):
        return PurePosixPath(FOLDERS["meld"], *found.groups())
    if path.name.lower() in _FER_TABLES:
        return FER2013_CSV
    if found := _FER.search(text):
        split, name, file = found.groups()
        return PurePosixPath(FOLDERS["fer2013"], split.lower(), name.lower(), file)
    return None
