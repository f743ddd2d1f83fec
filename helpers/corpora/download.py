"""Fetch an open corpus: ``python -m helpers.corpora.download NAME --accept-licence``.

Names, sizes and licences: ``--list``. Nothing is fetched before the licence was accepted. The lite
size of CORPUS = "open" is CREMA-D's actors 1001 to 1024 for the posed faces (24 of 91, about 1,950
clips, 0.8 GB; 8 of them, every third, are for testing) and 600 scenes of SAMSEMO for the clips in
the wild, 200 for testing, beside a FER2013 that you bring; the full size adds all of CREMA-D,
``ravdess-video``, ``meld`` and ``urbansound8k``.
"""

import argparse
import json
import re
import sys
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import joblib
import pandas as pd
from tqdm import tqdm

from helpers.corpora import samsemo
from helpers.corpora.fetching.archives import is_archive, unpack
from helpers.corpora.fetching.copying import being_filled
from helpers.corpora.fetching.fetch import DownloadError, fetch
from helpers.corpora.fetching.members import fetch_members
from helpers.corpora.fetching.overview import overview, report
from helpers.corpora.fetching.places import DOWNLOADS, place_of
from helpers.corpora.fetching.sources import (
    SOURCES,
    RemoteFile,
    Source,
    crema_d_checksum,
    crema_d_session,
)
from helpers.corpora.folders import FOLDERS, files_below
from helpers.corpora.manifest import CorpusError
from helpers.files import free_bytes, write_json, write_text
from helpers.paths import data_root as data_root_folder

LITE = ("crema-d --actors 1001-1024", "samsemo --clips 600")
"""What to download for CORPUS = "open" in its lite size."""

_BY_HAND = (
    "FER2013 cannot be downloaded here: its licence is unclear. Fetch fer2013.csv or a copy as "
    "image folders from Kaggle by hand, then: python -m helpers.corpora.prepare FOLDER"
)
_CONNECTIONS = 8
_RESERVE = 500 << 20  # bytes of disk left to others


def download(
    name: str,
    data_root: str | Path = "",
    *,
    actors: Sequence[int] = (),
    clips: int = 0,
    accept_licence: bool = False,
    progress: bool = True,
) -> pd.DataFrame:
    """Fetch an open corpus, or some of its actors or clips, and put it in its place.

    What is there already is not fetched again, and an interrupted call can be repeated.

    Parameters
    ----------
    name : str
        One of ``SOURCES``.
    actors : sequence of int
        Of RAVDESS's video (1 to 24) and CREMA-D (1001 to 1091); empty means all.
    clips : int
        How many of SAMSEMO's, as even in their emotions as it allows; 0 means 600.
    accept_licence : bool
        That the licence, which the error says otherwise, was read and is accepted.

    Returns
    -------
    DataFrame
        What is there now (``helpers.corpora.fetching.overview``).

    Raises
    ------
    CorpusError
        If the licence was not accepted, the disk is too small or there is no such corpus.
    DownloadError
        If a file could not be had from any source; the message ends with the page to visit.
    """
    source, actors, clips = _find(name, actors, clips)
    root = data_root_folder(data_root)
    if not accept_licence:
        raise CorpusError(
            f"{describe(name, actors, clips)}\nNothing was fetched. Read the licence at "
            f"https://{source.home}, then accept it: --accept-licence (in Python: "
            "accept_licence=True)."
        )
    try:
        damaged = _download(name, source, root, actors, clips, progress)
    except DownloadError as error:
        raise DownloadError(
            f"{error}\nIf it is gone for good, https://{source.home} is the page to visit: it says "
            "where the files are now."
        ) from None
    table = overview(root, [name for name, folder in FOLDERS.items() if folder == source.folder])
    table.attrs["details"] += [f"{name}: {member}: {why}" for member, why in damaged.items()]
    return table


def _download(
    name: str, source: Source, root: Path, actors: Sequence[int], clips: int, progress: bool
) -> dict[str, str]:
    """Fetch what is missing; return the clips, with a reason, that are damaged where they lie."""
    record = root / DOWNLOADS / f"{name}.json"
    there = root / source.folder
    done = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
    done = done if there.is_dir() else {}
    files = source.files(actors, root / DOWNLOADS)
    archives, single = [], []
    for file in files:
        if is_archive(Path(file.name)):
            archives += [] if file.name in done else [file]
        elif not (there / file.name).is_file():
            single.append(file)
    _check_room(source, [*archives, *single], len(files), actors, root)
    command = f"python -m helpers.corpora.download {name} --accept-licence"
    if source.actors:
        command += f" --actors {format_actors(actors)}"
    if source.clips:
        command += f" --clips {clips}"
        with being_filled([there], command):
            _fetch_files(single, there, progress)
            return _fetch_clips(source, there, clips, progress)
    if single:
        with being_filled([there], command):
            _fetch_files(single, there, progress)
    for file in archives:
        path = root / DOWNLOADS / file.name
        fetch(file.urls, path, checksum=file.checksum, size=file.size, progress=progress)
        with being_filled([there], command):
            _, damaged = unpack(path, root, place_of, progress=progress)
        if damaged:
            raise CorpusError(f"{path} has damaged files: {damaged}. Remove it and try again.")
        done[file.name] = {"size": file.size, "checksum": file.checksum}
        write_json(record, done)
        path.unlink()
    return {}


def describe(name: str, actors: Sequence[int] = (), clips: int = 0) -> str:
    """Return name, size and licence of an open corpus, or of some of it, as text."""
    source, actors, clips = _find(name, actors, clips)
    fraction = source.fraction(actors)
    unpacked = f", {fraction * source.unpacked / 1e9:.1f} GB unpacked" if source.unpacked else ""
    part = f", {len(actors)} actors of them" if fraction < 1 else ""
    packed = fraction * source.size
    amount = f"{packed / 1e9:.2f} GB" if packed > 1e7 else f"{packed / 1e6:.2f} MB"
    size = f"about {amount}{unpacked}"
    if source.clips:
        part = f", {clips} clips of them"
        size += " as a whole, of which the clips alone are fetched: seconds of film each"
    return (
        f"{name}: {source.title}{part}\n"
        f"  size     {size}\n"
        f"  licence  {source.licence}\n"
        f"  home     {source.home}"
    )


def parse_actors(text: str) -> list[int]:
    """Return the numbers in a text such as ``1-3,7``, ascending.

    Raises
    ------
    ValueError
        If it is not such a text.
    """
    numbers: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"(\d+)(?:-(\d+))?", part.strip())
        if not match or int(match.group(2) or match.group(1)) < int(match.group(1)):
            raise ValueError(f"{part!r} is no number and no range such as 1-6.")
        numbers |= set(range(int(match.group(1)), int(match.group(2) or match.group(1)) + 1))
    return sorted(numbers)


def format_actors(actors: Sequence[int]) -> str:
    """Return ascending numbers as a text such as ``1-3,7``."""
    runs: list[list[int]] = []
    for actor in actors:
        if runs and actor == runs[-1][-1] + 1:
            runs[-1].append(actor)
        else:
            runs.append([actor])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _find(name: str, actors: Sequence[int], clips: int) -> tuple[Source, list[int], int]:
    if name == "fer2013":
        raise CorpusError(_BY_HAND)
    if name not in SOURCES:
        raise CorpusError(f"Unknown corpus {name!r}; expected one of {[*SOURCES, 'fer2013']}.")
    source = SOURCES[name]
    if clips < 0 or (clips and not source.clips):
        with_clips = [name for name, source in SOURCES.items() if source.clips]
        raise CorpusError(f"--clips {clips}: a number of clips can be had of {with_clips} alone.")
    if source.clips:
        clips = clips or source.clips[1]
    if source.actors is None:
        if actors:
            raise CorpusError(f"{name} cannot be had by actor.")
        return source, [], clips
    first, last = source.actors
    outside = [actor for actor in actors if not first <= actor <= last]
    if outside:
        raise CorpusError(f"{name} has the actors {first} to {last}; {outside} were asked for.")
    return source, sorted(set(actors)) or list(range(first, last + 1)), clips


def _check_room(
    source: Source, wanted: Sequence[RemoteFile], listed: int, actors: Sequence[int], root: Path
) -> None:
    if not wanted or source.clips:  # the size of clips is known when the zip's index is
        return
    known = [file.size for file in wanted if file.size]
    packed = sum(known) or source.size * source.fraction(actors) * len(wanted) / listed
    # Archives are removed once they are unpacked, so only one is there beside what was unpacked.
    needed = max(known, default=0) + max(packed, source.unpacked * source.fraction(actors))
    needed, free = needed + _RESERVE, free_bytes(root)
    if needed > free:
        raise CorpusError(
            f"About {needed / 1e9:.1f} GB of disk are needed under {root}, and {free / 1e9:.1f} GB "
            "are free. Nothing was fetched: make room, choose fewer actors or another --data-root."
        )


def _fetch_files(files: Sequence[RemoteFile], folder: Path, progress: bool) -> None:
    """Fetch many small files over a few connections, each checked on its own."""
    sessions = threading.local()

    def fetch_one(file: RemoteFile) -> None:
        if not hasattr(sessions, "session"):
            sessions.session = crema_d_session()
        checksum, size = file.checksum, file.size
        if folder.name == FOLDERS["crema_d"]:
            checksum, size = crema_d_checksum(file.name, sessions.session)
        options = {"checksum": checksum, "size": size, "session": sessions.session}
        fetch(file.urls, folder / file.name, progress=False, **options)

    results = joblib.Parallel(_CONNECTIONS, prefer="threads", return_as="generator_unordered")(
        joblib.delayed(fetch_one)(file) for file in files
    )
    bar = tqdm(results, total=len(files), desc=folder.name, unit=" files", disable=not progress)
    deque(bar, maxlen=0)


def _fetch_clips(source: Source, folder: Path, count: int, progress: bool) -> dict[str, str]:
    """Fetch single clips of SAMSEMO and write whose they are."""
    scenes, _ = samsemo.read_scenes(folder / samsemo.TABLE)
    chosen: list[samsemo.Scene] = []

    def choose(members: list[str]) -> dict[str, str]:
        member_of = {samsemo.id_of(PurePosixPath(member)): member for member in members}
        chosen[:] = samsemo.choose([*scenes.values()], count, member_of.keys())
        if not chosen:
            raise CorpusError(
                f"None of the {len(scenes)} scenes of {samsemo.TABLE} can be used: none with one "
                "emotion and a licence that allows it is in the archive."
            )
        return {member_of[scene.sample_id]: f"{scene.sample_id}.mp4" for scene in chosen}

    addresses, _ = source.clips
    damaged = fetch_members(addresses(), folder / "clips", choose, progress=progress)
    there = {samsemo.id_of(path) for path in files_below(folder)}
    credited = [scene for scene in scenes.values() if scene.sample_id in there]
    write_text(folder / samsemo.CREDITS, samsemo.credits_table(credited).to_csv(index=False))
    return damaged


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.corpora.download",
        description="Fetch an open corpus for CORPUS = 'open'.",
        epilog=f"Lite size: {' and '.join(LITE)}",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help=", ".join([*SOURCES, "fer2013"]))
    parser.add_argument("--actors", default="", help="such as 1-6 or 1001-1048 (default: all)")
    parser.add_argument("--clips", type=int, default=0, help="how many, of samsemo (default: 600)")
    parser.add_argument("--list", action="store_true", help="show names, sizes and licences")
    parser.add_argument("--accept-licence", action="store_true")
    parser.add_argument("--data-root", default="", help="where the corpora go (default: data/)")
    given = parser.parse_args(arguments)
    if given.list or not given.name:
        lines = [describe(name) for name in SOURCES]
        lines += [f"fer2013: {_BY_HAND}", f"Lite size of CORPUS = 'open': {' and '.join(LITE)}"]
        sys.stdout.write("\n".join(lines) + "\n")
        return 0
    try:
        actors = parse_actors(given.actors) if given.actors else []
    except ValueError:
        parser.error(f"--actors {given.actors}: expected numbers such as 1-6 or 1,3,5")
    try:
        if given.accept_licence:
            sys.stdout.write(describe(given.name, actors, given.clips) + "\n")
        table = download(
            given.name,
            given.data_root,
            actors=actors,
            clips=given.clips,
            accept_licence=given.accept_licence,
        )
    except CorpusError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(report(table, data_root_folder(given.data_root)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
