"""FER2013 (Goodfellow et al. 2013): 35,887 faces found on the web, 48x48 grey, seven emotions.

As image folders ``{train,val,test}/<class>/*.jpg``. The csv (``emotion, pixels, Usage``) is turned
into such folders once, by ``python -m helpers.corpora.prepare``.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image
from tqdm import tqdm

from helpers.cache import compute_stack
from helpers.corpora.folders import PICTURES, find_folder, read_class_folders, split_of_folder
from helpers.corpora.manifest import CorpusError, make_manifest
from helpers.corpora.tables import read_table
from helpers.decoding.pictures import read_picture
from helpers.emotions import FER2013_CSV_LABELS
from helpers.files import digest_of, write_atomically

USAGES = {"Training": "train", "PublicTest": "val", "PrivateTest": "test"}
"""The csv's column ``Usage``, which the image copies keep as the beginning of a name."""

_LATER_SPLIT_WINS = {"train": 0, "val": 1, "test": 2}
_SIDE = 48
EXPECTED = (
    "Expected fer2013/train/<class>/ and fer2013/test/<class>/ with images. FER2013 must be "
    "fetched by hand (Kaggle: fer2013.csv, or an image copy); then "
    "`python -m helpers.corpora.prepare FOLDER` puts it under DATA_ROOT. Or choose "
    "CORPUS = 'demo'."
)


def load(root: Path) -> pd.DataFrame:
    """Return the manifest of FER2013.

    ``split`` is ``train``, ``val`` (PublicTest) or ``test`` (PrivateTest); image copies whose names
    do not tell the last two apart have ``train`` and ``test``. Every picture is read once (and its
    digest kept in the cache), since hundreds are in two splits: the copy in the earlier split has
    that as its problem, so val and test stay as published. ``group`` is the digest of the pixels:
    copies have the same one, and those within a split stay together. No own columns.
    """
    folder = find_folder(root, ["fer2013", "FER2013"], corpus="FER2013", expected=EXPECTED)
    children = sorted(folder.iterdir())
    splits = [child for child in children if split_of_folder(child.name) and child.is_dir()]
    if not splits and (folder / "fer2013.csv").is_file():
        raise CorpusError(
            f"{folder} holds fer2013.csv, whose pictures must be unpacked once: "
            f"`python -m helpers.corpora.prepare {folder}`."
        )
    unexpected = [(c.name, "not train, val or test") for c in children if c not in splits]
    found = read_class_folders(folder, splits, suffixes=PICTURES, kind="picture")
    rows = []
    first_folder: dict[tuple[str, str], str] = {}
    for path, emotion, split, class_folder in found.files:
        usage = path.stem.split("_")[0]
        # Some copies number each class anew, and some have two folders of a class.
        first = first_folder.setdefault((split, emotion), class_folder) == class_folder
        own_name = f"{split}_{emotion.lower() if first else class_folder}_{path.stem}"
        rows.append(
            {
                "sample_id": path.stem if usage in USAGES else own_name,
                "path": path,
                "emotion": emotion,
                "split": USAGES.get(usage, split),
                "group": "",
            }
        )
    manifest = make_manifest(
        rows,
        unexpected + found.unexpected,
        corpus="FER2013",
        folder=folder,
        expected=EXPECTED,
        notes=found.notes,
    )
    return _leave_out_copies(manifest)


def unpack_csv(table: Path, folder: Path, progress: bool = True) -> None:
    """Write the pictures of fer2013.csv to ``folder/<split>/<class>/<Usage>_<line>.png``.

    ``folder`` appears when all are written.

    Raises
    ------
    CorpusError
        If a column is missing, or a line is not what it should be; the message names it.
    """
    bar = tqdm(desc=table.name, unit=" pictures", disable=not progress, mininterval=2)
    with write_atomically(folder) as temporary, bar:
        line = 1
        for line, row in read_table(table, ["emotion", "pixels", "Usage"], EXPECTED):
            try:
                picture = Image.fromarray(_pixels(row["pixels"]))
                names = USAGES[row["Usage"]], FER2013_CSV_LABELS[row["emotion"]].lower()
            except (KeyError, ValueError):
                raise CorpusError(
                    f"{table}, line {line}: expected an emotion from 0 to 6, {_SIDE * _SIDE} "
                    f"pixels from 0 to 255 and one of {list(USAGES)}; the file is damaged or "
                    "another one."
                ) from None
            path = temporary.joinpath(*names, f"{row['Usage']}_{line:08d}.png")
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path)
            bar.update()
        if line == 1:
            raise CorpusError(f"{table} has no line of data. {EXPECTED}")


def pixel_digest(path: Path) -> np.ndarray:
    """Return 8 bytes that name a picture's grey pixels, uint8 (8,).

    Raises
    ------
    helpers.cache.Unusable
        If the file is no picture or is damaged.
    """
    pixels = read_picture(path, None, 1)[..., 0]
    name = digest_of(list(pixels.shape), pixels.tobytes().hex())
    return np.frombuffer(bytes.fromhex(name[:16]), dtype=np.uint8)


def _pixels(text: str) -> np.ndarray:
    values = np.fromstring(text, dtype=np.int64, sep=" ")  # much faster than text.split()
    if values.size != _SIDE * _SIDE or values.min() < 0 or values.max() > 255:
        raise ValueError
    return values.astype(np.uint8).reshape(_SIDE, _SIDE)


def _leave_out_copies(manifest: pd.DataFrame) -> pd.DataFrame:
    digests, problems = compute_stack(
        "pixel_digests",
        manifest["path"].tolist(),
        {},
        pixel_digest,
        shape=(8,),
        dtype="uint8",
        progress=len(manifest) > 5000,
    )
    manifest["group"] = [bytes(digest).hex() for digest in digests]
    unreadable = pd.Series(problems, index=manifest.index, dtype=object)
    manifest["problem"] = manifest["problem"].where(manifest["problem"] != "", unreadable)
    usable = manifest[manifest["problem"] == ""]
    order = usable["split"].map(_LATER_SPLIT_WINS)
    last = order.groupby(usable["group"]).transform("max")
    split_of = {place: split for split, place in _LATER_SPLIT_WINS.items()}
    for row in usable.index[order != last]:
        manifest.loc[row, "problem"] = f"the same picture is in {split_of[last[row]]}"
    return manifest
