"""Where a clip's frames come from: stills, the organisers' aligned faces, a detector, whole frames.

Each source gives the same thing, :class:`ClipFrames`, so that what follows need not know it. A clip
that has no frame keeps its row and gets a reason.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.cache import Result, Unusable
from helpers.corpora.afew import ALIGNED_FACES
from helpers.corpora.clips import join_stills
from helpers.corpora.manifest import CorpusError, usable
from helpers.decoding.pictures import read_picture
from helpers.features.face_detection import MARGIN, faces_of_clip
from helpers.features.media import compute_each_row, read_frames

SOURCES = ("stills", "organisers' faces", "detected faces", "whole frames")
"""What :func:`all_sources` knows."""

_FACE_NAME = re.compile(r"(?:^|/)Faces/([^/]+)/[^/]+\.(?:jpe?g|png)$", re.IGNORECASE)
_ZIP_DAMAGE = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError)
_LARGEST = 20_000_000  # bytes of one picture in a zip, unpacked; aligned faces have a few thousand


@dataclass(frozen=True)
class ClipFrames:
    """Frames of many clips.

    ``pixels`` (frames, height, width, 3) uint8; ``clip_rows`` (frames,) int64, the position of each
    frame's clip in the manifest, ascending; ``reasons``, one per clip: "" or why it has no frame;
    ``unreadable``, (name, reason) of single pictures that were passed over.
    """

    pixels: np.ndarray
    clip_rows: np.ndarray
    reasons: list[str]
    unreadable: list[tuple[str, str]]


def stills_of_clips(pixels: np.ndarray, joined: pd.DataFrame, clips: int) -> ClipFrames:
    """Take the stills that were joined to so many clips.

    ``pixels`` (stills, height, width, 3) are from ``helpers.features.pictures.decode``, and
    ``joined``, with as many rows, is from ``helpers.corpora.clips.join_stills`` after decoding.
    """
    rows = np.flatnonzero((joined["problem"] == "").to_numpy())
    clip_rows = joined["clip_row"].to_numpy()[rows]
    order = np.argsort(clip_rows, kind="stable")
    reasons = np.full(clips, "no still", dtype=object)
    reasons[clip_rows] = ""
    broken = joined[(joined["problem"] != "") & (joined["clip_row"] >= 0)]
    for row, problem in zip(broken["clip_row"], broken["problem"], strict=True):
        if reasons[row]:
            reasons[row] = f"no usable still ({problem})"
    unreadable = list(zip(broken["sample_id"], broken["problem"], strict=True))
    if not len(rows):
        raise ValueError(
            f"None of the {len(joined)} stills can be used for a clip; compare their clip ids with "
            "the names of the clips, and see the column problem."
        )
    return ClipFrames(pixels[rows[order]], clip_rows[order], reasons.tolist(), unreadable)


def whole_frames(clips: pd.DataFrame, size: tuple[int, int], frames_per_clip: int) -> ClipFrames:
    """Take frames evenly spread over each clip, resized whole to ``size``."""
    results, _ = read_frames(clips, frames_per_clip=frames_per_clip, size=size)
    return _from_results(results, size)


def detected_faces(
    clips: pd.DataFrame, size: tuple[int, int], frames_per_clip: int, margin: float = MARGIN
) -> ClipFrames:
    """Take the largest face of each of ``frames_per_clip`` frames evenly spread over each clip.

    ``margin`` is how much is cut out beside the face, in its widths: as the stills were cut that a
    network has learned.
    """
    options = {"size": size, "frames_per_clip": frames_per_clip, "margin": margin}
    settings = {**options, "size": list(size), "detector": "yunet, box and points"}
    function = partial(faces_of_clip, **options)
    results, _ = compute_each_row("detected_faces", clips, settings, function)
    return _from_results(results, size)


def aligned_faces(clips: pd.DataFrame, size: tuple[int, int], frames_per_clip: int) -> ClipFrames:
    """Take the organisers' aligned faces, from their zip without unpacking it, or unpacked.

    ``AlignedFaces_LBPTOP_Points.zip`` lies beside the class folders of ``Train_AFEW``, and
    ``AlignedFaces_LBPTOP_Points_Val.zip`` in ``Val_AFEW``. Many of them show no face.

    Raises
    ------
    CorpusError
        If no split has them.
    """
    pixels, clip_rows, unreadable = [], [], []
    reasons = np.full(len(clips), "no aligned face", dtype=object)
    positions = np.arange(len(clips))
    for split, name in ALIGNED_FACES.items():
        of_split = positions[(clips["split"] == split).to_numpy()]
        if not len(of_split):
            continue
        split_folder = Path(clips["path"].iloc[of_split[0]]).parents[1]
        try:
            names, read = _open_faces(split_folder, name)
        except (OSError, zipfile.BadZipFile) as error:
            reasons[of_split] = f"the aligned faces cannot be opened ({error})"
            continue
        for row in of_split:
            own_names = _spread(names.get(clips["sample_id"].iloc[row], []), frames_per_clip)
            for own_name in own_names:
                try:
                    pixels.append(read_picture(read(own_name), size, 3))
                    clip_rows.append(row)
                except Unusable as reason:
                    unreadable.append((own_name, str(reason)))
            if own_names:
                reasons[row] = "" if clip_rows[-1:] == [row] else "no aligned face can be read"
    if not pixels:
        raise CorpusError(
            f"No aligned faces: {', '.join(sorted(set(reasons)))}. Expected "
            f"{' and '.join(ALIGNED_FACES.values())}, as .zip or as folders, beside AFEW's class "
            "folders. They come with EmotiW 2018; the other sources of frames work without them."
        )
    order = np.argsort(clip_rows, kind="stable")
    rows = np.array(clip_rows, dtype=np.int64)[order]
    return ClipFrames(np.stack(pixels)[order], rows, reasons.tolist(), unreadable)


def usual_frames(
    clips: pd.DataFrame,
    size: tuple[int, int],
    frames_per_clip: int,
    stills: tuple[np.ndarray, pd.DataFrame] | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the pictures by which clips are judged: their stills, or else detected faces.

    Returns
    -------
    pixels : uint8 array (n, height, width, 3)
        All stills, also those of no clip.
    rows, clip_rows : int arrays (k,)
        Which of them are of a clip, and of which.
    """
    if stills is None:
        faces = detected_faces(clips, size, frames_per_clip)
        return faces.pixels, np.arange(len(faces.pixels)), faces.clip_rows
    joined = join_stills(stills[1], clips)
    rows = usable(joined)
    return stills[0], rows, joined["clip_row"].to_numpy()[rows]


def all_sources(
    clips: pd.DataFrame,
    size: tuple[int, int],
    frames_per_clip: int,
    stills: tuple[np.ndarray, pd.DataFrame] | None = None,
    *,
    margin: float = MARGIN,
    names: Collection[str] = SOURCES,
) -> tuple[dict[str, ClipFrames], dict[str, str]]:
    """Take the frames of clips from every source that there is, of those in ``names``.

    ``stills`` are the pixels and manifest of decoded stills with ``clip_id``, where there are some,
    ``margin`` as for :func:`detected_faces`.

    Returns
    -------
    frames_of : dict
        Name to frames, in the order of ``SOURCES``.
    missing : dict
        Name to the reason why there are none.
    """
    options = (clips, size, frames_per_clip)
    sources = {
        "organisers' faces": partial(aligned_faces, *options),
        "detected faces": partial(detected_faces, *options, margin),
        "whole frames": partial(whole_frames, *options),
    }
    if stills is not None:
        joined = join_stills(stills[1], clips)
        sources = {"stills": partial(stills_of_clips, stills[0], joined, len(clips)), **sources}
    frames_of, missing = {}, {}
    for name, take in sources.items():
        if name not in names:
            continue
        try:
            frames_of[name] = take()
        except (CorpusError, ValueError) as reason:
            missing[name] = str(reason)
    return frames_of, missing


def _from_results(results: list[Result], size: tuple[int, int]) -> ClipFrames:
    arrays = [
        result.load() if result.path else np.empty((0, *size, 3), np.uint8) for result in results
    ]
    clip_rows = np.repeat(np.arange(len(arrays)), [len(array) for array in arrays])
    reasons = [result.problem for result in results]
    if not len(clip_rows):
        raise ValueError(f"None of the {len(results)} clips has a frame; the first: {reasons[0]}.")
    return ClipFrames(np.concatenate(arrays), clip_rows, reasons, [])


def _open_faces(
    split_folder: Path, name: str
) -> tuple[dict[str, list[str]], Callable[[str], io.BytesIO | Path]]:
    """Return the names of the pictures of each clip, and what opens one of them."""
    beside = {path.name.lower(): path for path in sorted(split_folder.iterdir())}
    folder, archive = beside.get(name.lower()), beside.get(f"{name}.zip".lower())
    if folder and folder.is_dir():
        found = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
        return _by_clip(found), lambda own_name: folder / own_name
    if archive:
        opened = zipfile.ZipFile(archive)
        return _by_clip(opened.namelist()), partial(_read_member, opened)
    return {}, Path


def _by_clip(names: Iterator[str] | list[str]) -> dict[str, list[str]]:
    of_clips: dict[str, list[str]] = {}
    for name in names:
        match = _FACE_NAME.search(name)
        if match:
            of_clips.setdefault(match.group(1), []).append(name)
    return {clip: sorted(own, key=_natural) for clip, own in of_clips.items()}


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key that puts frame 10 after frame 9."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", name)]


def _spread(names: list[str], count: int) -> list[str]:
    pieces = min(count, len(names))
    return [names[int((piece + 0.5) * len(names) / pieces)] for piece in range(pieces)]


def _read_member(archive: zipfile.ZipFile, name: str) -> io.BytesIO:
    size = archive.getinfo(name).file_size
    if size > _LARGEST:
        raise Unusable(f"it says it is {size:,} bytes large")
    try:
        return io.BytesIO(archive.read(name))
    except _ZIP_DAMAGE as error:
        raise Unusable(f"the zip is damaged here ({error})") from None
