"""Stills that a person has looked at and found to be no faces.

The thesis deleted such stills by hand; here a text file names them, and they stay in the manifest
with that as their reason. ``features.face_detection.pictures_without_a_face`` proposes candidates.
"""

import re
from pathlib import Path

import pandas as pd

REASON = "on the exclusion list"
FILE_NAME = "exclude_sfew.txt"
"""The list that is used when it lies beside a user's corpora, in ``DATA_ROOT``."""

_SUFFIX = re.compile(r"\.(png|jpe?g)$", re.IGNORECASE)


def find_exclusions(given: str, manifest: pd.DataFrame) -> Path | None:
    """Return the list to use: the given path, else ``FILE_NAME`` beside the corpus, else None."""
    if given:
        return Path(given)
    beside = Path(manifest.attrs.get("folder", "")).parent / FILE_NAME
    return beside if beside.is_file() else None


def read_exclusions(path: str | Path) -> list[str]:
    """Return the names in a list: one per line, with or without folder and suffix, # for comments.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a text file.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(
            f"No exclusion list at {path}; expected a text file with one name of a still a line. "
            'Make one, or leave the parameter empty ("").'
        )
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a text file in UTF-8; save it as plain text.") from None
    names = [line.split("#")[0].strip().replace("\\", "/").split("/")[-1] for line in lines]
    return [_SUFFIX.sub("", name) for name in names if name]


def exclude(manifest: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return a copy in which the samples ``names`` have the problem ``REASON``, or their own.

    The second value is those of ``names`` that no sample has, in their order: a typing error, or
    another corpus's list.
    """
    known = set(manifest["sample_id"])
    listed = manifest["sample_id"].isin(names) & (manifest["problem"] == "")
    excluded = manifest.assign(problem=manifest["problem"].mask(listed, REASON))
    return excluded, [name for name in dict.fromkeys(names) if name not in known]
