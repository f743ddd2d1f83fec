"""Putting files and archives of a user's beside the corpora, so that a call can be repeated."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

import joblib
from tqdm import tqdm

from helpers.corpora.fetching import byte_bar
from helpers.corpora.fetching.archives import NAME_ERRORS, ArchiveError
from helpers.corpora.fetching.places import DOWNLOADS
from helpers.corpora.folders import unfinished_marker
from helpers.corpora.manifest import CorpusError, shown
from helpers.files import free_bytes, write_atomically, write_text

_CHUNK = 8 << 20
_RESERVE = 200 << 20  # bytes of disk left to others


@contextmanager
def being_filled(folders: list[Path], command: str) -> Iterator[None]:
    """Mark corpora as unfinished until the block succeeds; ``command`` continues it.

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


def missing_copies(
    files: Mapping[PurePosixPath, Path], root: Path
) -> tuple[list[tuple[Path, Path]], list[tuple[str, str]]]:
    """Return (file, copy) of what is not there yet, and (file, reason) of what cannot be read.

    Raises
    ------
    CorpusError
        If the disk is too small.
    """
    missing, unreadable, needed = [], [], 0
    for place, path in files.items():
        target = root / place
        try:
            size = path.stat().st_size
            if not (target.is_file() and target.stat().st_size == size):
                missing.append((path, target))
                needed += size
        except OSError as error:
            unreadable.append((shown(path), f"cannot be read ({error.strerror})"))
    _check_room(root, needed)
    return missing, unreadable


def copy_files(copies: Sequence[tuple[Path, Path]], progress: bool) -> list[tuple[str, str]]:
    """Copy files; return (file, reason) of those that cannot be copied."""
    # Threads: a mounted Drive answers slowly, but several questions at once.
    done = joblib.Parallel(n_jobs=8, prefer="threads", return_as="generator_unordered")(
        joblib.delayed(copy_file)(path, target) for path, target in copies
    )
    bar = tqdm(done, total=len(copies), desc="copying files", disable=not progress, mininterval=2)
    return [reason for reason in bar if reason]


def copy_file(path: Path, target: Path) -> tuple[str, str] | None:
    """Copy a file, or return it with the reason why it cannot be."""
    try:
        source = path.open("rb")
    except OSError as error:
        return shown(path), f"cannot be read ({error.strerror})"
    try:
        with source, write_atomically(target) as temporary, temporary.open("wb") as copy:
            shutil.copyfileobj(source, copy, _CHUNK)
    except OSError as error:
        if error.errno not in NAME_ERRORS:
            raise
        return shown(path), f"the disk does not take its name ({error.strerror})"
    return None


@contextmanager
def local_copy(archive: Path, root: Path, progress: bool) -> Iterator[Path]:
    """Yield the archive, or for a while a whole copy beside the corpora if its disk is another.

    An interrupted copy goes on where it was.
    """
    root.mkdir(parents=True, exist_ok=True)
    if _same_disk(archive, root):
        yield archive
        return
    copy, size = root / DOWNLOADS / archive.name, archive.stat().st_size
    part = copy.with_name(copy.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    start = part.stat().st_size if part.exists() else 0
    start = start if start <= size else 0
    _check_room(root, size - start)
    with archive.open("rb") as source, part.open("ab" if start else "wb") as target:
        source.seek(start)
        with byte_bar(f"copying {archive.name}", size, progress, initial=start) as bar:
            while chunk := source.read(_CHUNK):
                target.write(chunk)
                bar.update(len(chunk))
    part.replace(copy)
    try:
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _same_disk(first: Path, second: Path) -> bool:
    return first.stat().st_dev == second.stat().st_dev


def _check_room(root: Path, needed: int) -> None:
    free = free_bytes(root) - _RESERVE
    if needed > free:
        raise CorpusError(
            f"{needed / 1e9:.2f} GB are needed and {root} has {max(free, 0) / 1e9:.2f} GB to "
            "spare. Make room, or choose another data folder."
        )
