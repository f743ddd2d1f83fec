"""Where a file belongs whose own name or folder says which corpus it is of.

The same rule serves archives, folders that a user has, and what was downloaded. Pictures and clips
in class folders (``train/happy/1.png``) do not say it: see ``recognition``.
"""

import re
from pathlib import PurePosixPath

from helpers.corpora import afew, crema_d, faces, meld, ravdess
from helpers.corpora.folders import FOLDERS, PICTURES, is_leftover

DOWNLOADS = ".downloads"
"""The folder, beside the corpora, for what is fetched or copied before it is unpacked."""
FER2013_CSV = PurePosixPath(DOWNLOADS, "fer2013.csv")
"""Where the csv of FER2013 waits for its pictures to be written."""

_AFEW_FOLDERS = {name.lower(): name for name in afew.SPLIT_FOLDERS.values()}
_FER_TABLES = {"fer2013.csv", "icml_face_data.csv"}
_URBAN = re.compile(
    r"(?:^|/)(audio/fold\d+/\d+-\d+-\d+-\d+\.wav|metadata/UrbanSound8K\.csv)$", re.IGNORECASE
)


def place_of(path: PurePosixPath) -> PurePosixPath | None:
    """Return where a file belongs under the data root, or None if its name does not say it.

    ``path`` begins in an archive, or with the name of the folder that a user gave.
    """
    if any(is_leftover(part) for part in path.parts[1:] or path.parts):
        return None
    for number, part in enumerate(path.parts[:-1]):
        if part.lower() in _AFEW_FOLDERS:
            own = path.parts[number + 1 :]
            return PurePosixPath(FOLDERS["afew"], _AFEW_FOLDERS[part.lower()], *own)
    suffix, folder = path.suffix.lower(), path.parent.name
    if faces.NAME.fullmatch(path.stem) and suffix in PICTURES:
        return PurePosixPath(FOLDERS["faces"], path.name)
    if found := _URBAN.search(str(path)):
        return PurePosixPath(FOLDERS["urbansound8k"], found.group(1))
    if (found := ravdess.NAME.fullmatch(path.stem)) and suffix in (".wav", ".mp4"):
        if found.group(1) == "02":  # without sound: the same take as in the clip with sound
            return None
        return PurePosixPath(FOLDERS["ravdess"], f"Actor_{found.group(7)}", path.name)
    if crema_d.NAME.fullmatch(path.stem) and suffix in crema_d.MODALITIES:
        folder = "AudioWAV" if suffix == ".wav" else "VideoFlash"
        return PurePosixPath(FOLDERS["crema_d"], folder, path.name)
    if path.name in meld.TABLES.values():
        return PurePosixPath(FOLDERS["meld"], path.name)
    if folder in meld.CLIP_FOLDERS.values() and suffix == ".mp4":
        return PurePosixPath(FOLDERS["meld"], folder, path.name)
    if path.name.lower() in _FER_TABLES:
        return FER2013_CSV
    return None
