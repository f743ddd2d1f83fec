"""What a run holds as plain values: numbers for JSON, data as a digest, figures as png."""

import io
import math
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure

from helpers.files import digest_of, fingerprint
from helpers.results.clip_scores import ResultsError

CHART_COLOURS = "Blues"
"""A colour map from the paper's white to ink: what it colours is part of a chart, no picture."""

_WITHOUT_PEOPLE = "without people"
_DPI = 120

LARGEST_CLIP = 200_000
"""Bytes of a clip: the page of results holds those of all notebooks, and goes by mail."""


def describe_data(manifest: pd.DataFrame) -> dict:
    """Return what a run keeps about its data: counts and a digest, no folder.

    Returns
    -------
    dict
        ``corpus``, ``digest`` of all files (names and content), ``samples``, ``used``, ``splits``
        (name to samples used), ``left_out`` (reason to samples) and ``unexpected_files`` (reason to
        files that are no samples).
    """
    folder = manifest.attrs.get("folder") or os.path.commonpath([*manifest["path"]])
    usable = manifest["problem"] == ""
    unexpected = manifest.attrs.get("unexpected_files", ())
    files = [(os.path.relpath(path, folder), _content(path)) for path in set(manifest["path"])]
    return {
        "corpus": manifest.attrs.get("corpus", ""),
        "digest": digest_of(sorted(files)),
        "samples": len(manifest),
        "used": int(usable.sum()),
        "splits": manifest.loc[usable, "split"].value_counts(sort=False).to_dict(),
        "left_out": manifest.loc[~usable, "problem"].value_counts().to_dict(),
        "unexpected_files": dict(Counter(reason for _, reason in unexpected)),
    }


def png_bytes(figure: Figure) -> bytes:
    """Return a figure as a png; the same figure gives the same bytes."""
    buffer = io.BytesIO()
    # Matplotlib would write its version into it.
    metadata = {"Software": None}
    figure.savefig(buffer, format="png", dpi=_DPI, bbox_inches="tight", metadata=metadata)
    return buffer.getvalue()


def picture_boxes(figure: Figure) -> list[list[float]]:
    """Return where the png of a figure shows pictures: photographs, spectrograms, colour bars.

    A page with a dark ground turns over the colours of a chart, not those of a picture.

    Returns
    -------
    list
        Left, top, width and height of each, as fractions of the png's width and height.
    """
    axes = [axis for axis in figure.axes if axis.get_visible() and _shows_picture(axis)]
    if not axes:
        return []
    shown_with, figure.dpi = figure.dpi, _DPI  # which letters' widths depend on
    figure.draw_without_rendering()  # places the axes
    # As savefig cuts the png: around all that is drawn, in inches.
    whole = figure.get_tightbbox().padded(rcParams["savefig.pad_inches"])
    boxes = []
    for axis in axes:
        box = axis.bbox.transformed(figure.dpi_scale_trans.inverted())
        sides = (
            (box.x0 - whole.x0) / whole.width,
            (whole.y1 - box.y1) / whole.height,
            box.width / whole.width,
            box.height / whole.height,
        )
        boxes.append([round(float(side), 5) for side in sides])
    figure.dpi = shown_with
    return boxes


def mark_without_people(figure: Figure) -> Figure:
    """Let a figure say that its pictures show no people, as spectrograms do not; return it."""
    figure.set_gid(_WITHOUT_PEOPLE)
    return figure


def shows_people(figure: Figure) -> bool:
    """Say whether a figure may show people: it holds a picture, and does not say that they are not.

    See Also
    --------
    mark_without_people : for a figure whose pictures are of something else.
    """
    if figure.get_gid() == _WITHOUT_PEOPLE:
        return False
    pictures = [*figure.images, *(image for axis in figure.axes for image in axis.images)]
    return any(_is_picture(image) for image in pictures)


def _shows_picture(axis: Axes) -> bool:
    meshes = [artist for artist in axis.collections if isinstance(artist, QuadMesh)]
    return any(_is_picture(artist) for artist in [*axis.images, *meshes])


def _is_picture(artist: ScalarMappable) -> bool:
    return np.ndim(artist.get_array()) == 3 or artist.get_cmap().name != CHART_COLOURS


def clip_suffix(content: bytes, name: str) -> str:
    """Return the suffix of a clip's file, ``.mp4`` or ``.webm``, by its first bytes.

    Raises
    ------
    ResultsError
        If it is neither, or larger than ``LARGEST_CLIP``.
    """
    if len(content) > LARGEST_CLIP:
        raise ResultsError(
            f"Clip {name!r} has {len(content):,} bytes, at most {LARGEST_CLIP:,} are kept: "
            "make it shorter or its frames smaller."
        )
    if content[4:8] == b"ftyp":
        return ".mp4"
    if content[:4] == b"\x1aE\xdf\xa3":
        return ".webm"
    raise ResultsError(f"Clip {name!r} begins with {content[:8]!r}: neither MP4 nor WebM.")


def alt_text(figure: Figure, caption: str) -> str:
    """Return the title over a figure, or of its first plot, and the caption, if that is another.

    The title tells what was found, the caption what kind of figure it is.
    """
    titles = [figure.get_suptitle(), *(axis.get_title() for axis in figure.axes[:1])]
    title = " ".join(next((title for title in titles if title), "").split())
    return ". ".join(dict.fromkeys(filter(None, (title, caption))))


def plain_values(value: Any, where: str) -> Any:
    """Return a value, however nested, as what JSON can hold.

    Parameters
    ----------
    value : object
        Mappings, sequences, NumPy arrays and scalars, paths, numbers, text; a DataFrame becomes
        ``columns`` and ``rows`` (its index left out, None where a value is missing).
    where : str
        What it is, for the message.

    Raises
    ------
    ResultsError
        If a number is NaN or infinite, or something is of another type; with where it stands.
    """
    if isinstance(value, pd.DataFrame):
        rows = value.astype(object).where(value.notna(), None).to_numpy().tolist()
        value = {"columns": list(value.columns), "rows": rows}
    if isinstance(value, Mapping):
        return {str(key): plain_values(item, f"{where}, {key}") for key, item in value.items()}
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain_values(item, f"{where}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        raise ResultsError(f"{where} is {value}: a result must be a finite number, or None.")
    if isinstance(value, Path):
        return str(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise ResultsError(f"{where} is a {type(value).__name__}, which JSON cannot hold.")


def _content(file: str) -> str:
    try:
        return fingerprint(file)
    except OSError:
        return "unreadable"
