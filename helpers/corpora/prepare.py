"""Bring your own corpora: ``python -m helpers.corpora.prepare FOLDER``, or :func:`prepare`.

FOLDER holds what you have, as you got it: archives (EmotiW_2018.zip, UrbanSound8K.tar.gz, a zip of
SFEW), unpacked folders, FACES's images flat or sorted, fer2013.csv. It is only read. Everything of
a known corpus goes to its place under the data root, whatever the folders around it were called.
"""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import joblib
import pandas as pd
from tqdm import tqdm

from helpers.corpora.fer2013 import unpack_csv
from helpers.corpora.fetching.archives import ArchiveError, is_archive, peek, unpack
from helpers.corpora.fetching.overview import overview, report
from helpers.corpora.fetching.places import DOWNLOADS, FER2013_CSV, FOLDERS, place_of
from helpers.corpora.manifest import CorpusError, unfinished_marker
from helpers.files import free_bytes, write_atomically, write_text
from helpers.paths import data_root as data_root_folder

_CHUNK = 8 << 20
_RESERVE = 200 << 20  # bytes of disk left to others


def prepare(source: str | Path, data_root: str | Path = "", progress: bool = True) -> pd.DataFrame:
    """Put the corpora that a folder or archive holds in their places.

    An interrupted call can be repeated: it goes on where it was.

    Parameters
    ----------
    source : str or Path
        A folder with what the user has, or one archive; never written to.
    data_root : str or Path
        Where the corpora go; "" means as in a notebook (``helpers.paths.data_root``).

    Returns
    -------
    DataFrame
        What is there now beside what was published (``helpers.corpora.fetching.overview``);
        ``attrs["failures"]`` says which archives could not be unpacked and why.

    Raises
    ------
    CorpusError
        If nothing of a known corpus could be put in place, or the disk is too small.
    """
    source = Path(source).expanduser().resolve()
    root = data_root_folder(data_root)
    if not source.exists():
        raise CorpusError(f"There is no {source}. Give the folder or archive that you have.")
    files, archives, places, failures = _survey(source, root)
    corpora = [name for name in FOLDERS if _touched(name, places)]
    if not corpora:
        raise CorpusError(
            f"Nothing of a known corpus could be used in {source}. Expected one of "
            f"{sorted(FOLDERS)}: EmotiW_2018.zip or Train_AFEW/<Emotion>/*.avi, SFEW's "
            "Train/<Emotion>/*.png, FACES's 004_o_m_a_a.jpg, UrbanSound8K.tar.gz, fer2013.csv, … "
            + " ".join(failures)
        )
    broken: list[PurePosixPath | None] = []
    command = f"python -m helpers.corpora.prepare {source}"
    copies = _missing_copies(files, root)
    with being_filled([root / FOLDERS[name] for name in corpora], command):
        _copy_files(copies, progress)
        for archive in archives:
            try:
                local = _local(archive, root, progress)
                _, damaged = unpack(local, root, place_of, progress=progress)
                broken += [place_of(PurePosixPath(name)) for name in damaged]
            except CorpusError as error:  # nothing of this one was unpacked
                failures.append(str(error))
            _remove_copy(archive, root)
        write_fer2013(root, progress)
    counts = {name: sum(_touched(name, {place}) for place in broken) for name in corpora}
    table = overview(root, corpora, counts)
    table.attrs["failures"] = failures
    return table


@contextmanager
def being_filled(folders: list[Path], command: str) -> Iterator[None]:
    """Mark corpora as unfinished until the block succeeds; ``command`` is what goes on with it.

    What another command left unfinished stays marked.
    """
    own, new = [], []
    for folder in folders:
        marker = unfinished_marker(folder)
        if not (folder.exists() and marker.is_file()):
            write_text(marker, command + "\n")
            new.append(marker)
        if marker.read_text(encoding="utf-8").strip() == command:
            own.append(marker)
    try:
        yield
    except ArchiveError:  # nothing was unpacked
        own = new
        raise
    except BaseException:
        own = []
        raise
    finally:
        for marker in own:
            marker.unlink(missing_ok=True)


def write_fer2013(root: Path, progress: bool) -> None:
    """Write the pictures of a fer2013.csv that waits under ``root``, and remove it."""
    table = root / FER2013_CSV
    if table.is_file():
        if not (root / FOLDERS["fer2013"]).is_dir():
            unpack_csv(table, root / FOLDERS["fer2013"], progress)
        table.unlink()


def _survey(
    source: Path, root: Path
) -> tuple[dict[PurePosixPath, Path], list[Path], set[PurePosixPath | None], list[str]]:
    """Return files to copy by their place, archives to unpack, all places seen, and failures."""
    files: dict[PurePosixPath, Path] = {}
    archives, places, failures = [], set(), []
    for path in [source] if source.is_file() else _walk(source, root):
        place = place_of(PurePosixPath(path.relative_to(source.parent).as_posix()))
        if place is not None:
            places.add(place)
            if not _lies_in_place(path, root):
                files.setdefault(place, path)
        elif is_archive(path):
            try:
                inside = {place_of(name) for name in peek(path)} - {None}
            except ArchiveError as error:
                failures.append(str(error))
                continue
            places |= inside
            archives += [path] if inside else []
    return files, archives, places, failures


def _walk(source: Path, root: Path) -> Iterator[Path]:
    for folder, children, names in os.walk(source):
        children[:] = sorted(
            child for child in children if child != DOWNLOADS and Path(folder, child) != root
        )
        yield from (Path(folder, name) for name in sorted(names))


def _lies_in_place(path: Path, root: Path) -> bool:
    return root in path.parents and path.relative_to(root).parts[0] in FOLDERS.values()


def _touched(name: str, places: set[PurePosixPath | None]) -> bool:
    if name == "fer2013" and FER2013_CSV in places:
        return True
    return any(place is not None and place.parts[0] == FOLDERS[name] for place in places)


def _missing_copies(files: dict[PurePosixPath, Path], root: Path) -> list[tuple[Path, Path]]:
    """Return (file, copy) of what is not there yet, if there is room for it."""
    missing = [
        (path, root / place)
        for place, path in files.items()
        if not ((root / place).is_file() and (root / place).stat().st_size == path.stat().st_size)
    ]
    _check_room(root, sum(path.stat().st_size for path, _ in missing))
    return missing


def _copy_files(copies: list[tuple[Path, Path]], progress: bool) -> None:
    # Threads: a mounted Drive answers slowly, but several questions at once.
    done = joblib.Parallel(n_jobs=8, prefer="threads", return_as="generator_unordered")(
        joblib.delayed(_copy_file)(path, target) for path, target in copies
    )
    bar = tqdm(done, total=len(copies), desc="copying files", disable=not progress, mininterval=2)
    for _ in bar:
        pass


def _copy_file(path: Path, target: Path) -> None:
    with write_atomically(target) as temporary:
        shutil.copyfile(path, temporary)


def _copy_of(archive: Path, root: Path) -> Path:
    return root / DOWNLOADS / archive.name


def _local(archive: Path, root: Path, progress: bool) -> Path:
    """Return the archive, or a whole copy of it beside the corpora if it is on another disk."""
    root.mkdir(parents=True, exist_ok=True)
    if _same_disk(archive, root):
        return archive
    copy, size = _copy_of(archive, root), archive.stat().st_size
    part = copy.with_name(copy.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    start = part.stat().st_size if part.exists() else 0
    start = start if start <= size else 0
    _check_room(root, size - start)
    with archive.open("rb") as source, part.open("ab" if start else "wb") as target:
        source.seek(start)
        with tqdm(
            desc=f"copying {archive.name}",
            total=size,
            initial=start,
            unit="B",
            unit_scale=True,
            disable=not progress,
            mininterval=2,
        ) as bar:
            while chunk := source.read(_CHUNK):
                target.write(chunk)
                bar.update(len(chunk))
    part.replace(copy)
    return copy


def _same_disk(first: Path, second: Path) -> bool:
    return first.stat().st_dev == second.stat().st_dev


def _remove_copy(archive: Path, root: Path) -> None:
    copy = _copy_of(archive, root)
    if copy != archive:
        copy.unlink(missing_ok=True)


def _check_room(root: Path, needed: int) -> None:
    free = free_bytes(root) - _RESERVE
    if needed > free:
        raise CorpusError(
            f"{needed / 1e9:.2f} GB are needed and {root} has {max(free, 0) / 1e9:.2f} GB to "
            "spare. Make room, or choose another data folder."
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.corpora.prepare",
        description="Put the corpora that you have in their places; your folder is only read.",
    )
    parser.add_argument("source", metavar="FOLDER", help="a folder or an archive")
    parser.add_argument("--data-root", default="", help="where the corpora go (default: data/)")
    given = parser.parse_args(arguments)
    try:
        table = prepare(given.source, given.data_root)
    except CorpusError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(report(table, data_root_folder(given.data_root)))
    return 1 if table.attrs["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
