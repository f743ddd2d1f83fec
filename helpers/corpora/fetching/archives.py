"""Unpacking archives from anywhere: nothing leaves the target, no links, no bombs.

An archive is read through and judged before anything is written. Every file appears whole or not
at all, and one that is already there is skipped, so that an interrupted call can be repeated.
A tar inside an archive is opened as if it were a folder; a zip inside an archive stays a file.
"""

import errno
import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tqdm import tqdm

from helpers.corpora.fetching import byte_bar
from helpers.corpora.manifest import CorpusError
from helpers.files import free_bytes, write_atomically

_CHUNK = 1 << 20
_MOST_ENTRIES = 1_000_000
_LARGEST_RATIO = 100  # of unpacked to packed; films, sounds and pictures hardly shrink at all
_RATIO_MATTERS_FROM = 1 << 30
_RESERVE = 200 << 20  # bytes of disk left to others
_TAR_SUFFIXES = (".tar.gz", ".tgz")  # a bare tar does not tell when it was cut short
NAME_ERRORS = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ)
"""What a disk says of a file's name that it cannot hold."""
_BROKEN = (EOFError, OSError, zlib.error, tarfile.TarError, zipfile.BadZipFile)


class ArchiveError(CorpusError):
    """An archive that is damaged, or that must not be unpacked; the message says which and why."""


@dataclass(frozen=True)
class Entry:
    """A file in an archive."""

    name: PurePosixPath
    size: int
    open: Callable[[], BinaryIO]


def is_archive(path: Path) -> bool:
    """Say whether the name is one of an archive that can be unpacked here."""
    return path.name.lower().endswith((".zip", *_TAR_SUFFIXES))


def peek(archive: Path) -> Iterator[Entry]:
    """Yield the files of an archive as they come; a tar has no index and is read on the way.

    Raises
    ------
    ArchiveError
        If it is damaged or holds something that must not be unpacked.
    """
    with ExitStack() as stack:
        yield from _checked(_entries(archive, stack), archive)


def unpack(
    archive: Path,
    target: Path,
    place: Callable[[PurePosixPath], PurePosixPath | None],
    *,
    progress: bool = True,
) -> tuple[list[PurePosixPath], dict[str, str]]:
    """Unpack the wanted files of an archive.

    ``place`` takes a file's name in the archive and returns its place in the folder ``target``, or
    None for a file that is not wanted.

    Returns
    -------
    files : list of PurePosixPath
        What is now in place, relative to ``target``, in the archive's order.
    damaged : dict
        Name in the archive to reason, of the files that were not written.

    Raises
    ------
    ArchiveError
        If the archive is cut short, encrypted, larger unpacked than the disk has room for or than
        a corpus could be, or holds links or names that lead out of the target: nothing was
        written then.
    """
    needed = _inspect(archive, target, place, progress)
    files: dict[PurePosixPath, None] = {}
    damaged = {}
    bar = byte_bar(f"unpacking {archive.name}", needed, progress)
    with ExitStack() as stack, bar:
        for entry in _checked(_entries(archive, stack), archive):
            destination = place(entry.name)
            if destination is None or destination in files:
                continue
            path = target / _safe(str(destination), archive)
            if not (path.is_file() and path.stat().st_size == entry.size):
                try:
                    _write(entry, path)
                except (*_BROKEN, NotImplementedError) as error:
                    if isinstance(error, OSError) and error.errno not in (None, *NAME_ERRORS):
                        raise  # the disk's trouble, not the archive's
                    damaged[str(entry.name)] = f"cannot be unpacked ({error})"
                    bar.update(entry.size)
                    continue
            files[destination] = None
            bar.update(entry.size)
    return list(files), damaged


def _inspect(archive: Path, target: Path, place: Callable, progress: bool) -> int:
    """Read the archive through, refuse what must not be unpacked; return the bytes needed."""
    free, packed = free_bytes(target) - _RESERVE, archive.stat().st_size
    needed = total = 0
    with ExitStack() as stack:
        entries = _entries(archive, stack)
        for entry in tqdm(
            _checked(entries, archive),
            desc=f"checking {archive.name}",
            unit=" files",
            disable=not progress,
            mininterval=2,
        ):
            total += entry.size
            destination = place(entry.name)
            if destination is not None and not (target / destination).is_file():
                needed += entry.size
            if total > max(_RATIO_MATTERS_FROM, _LARGEST_RATIO * packed):
                raise ArchiveError(
                    f"{archive} says that it is more than {_LARGEST_RATIO} times its size when "
                    "unpacked: no corpus is. Nothing was unpacked."
                )
            if needed > free:
                raise ArchiveError(
                    f"{archive} needs more than {needed / 1e9:.2f} GB unpacked, and {target} has "
                    f"{max(free, 0) / 1e9:.2f} GB to spare. Nothing was unpacked: make room, or "
                    "choose another data folder."
                )
    return needed


def _checked(entries: Iterator[Entry], archive: Path) -> Iterator[Entry]:
    """Pass entries on; turn the damage of the archive as a whole into one kind of error."""
    count, last = 0, "none"
    try:
        for entry in entries:
            count, last = count + 1, entry.name
            if count > _MOST_ENTRIES:
                raise ArchiveError(f"{archive} holds more than {_MOST_ENTRIES:,} files.")
            yield entry
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise ArchiveError(
            f"{archive} is cut short or damaged ({error}); {count} files could be read, the last "
            f"was {last}. Copy or download it again."
        ) from None


def _entries(archive: Path, stack: ExitStack) -> Iterator[Entry]:
    if archive.name.lower().endswith(".zip"):
        opened = stack.enter_context(zipfile.ZipFile(archive))
        yield from _zip_entries(opened, archive)
    else:
        stream = stack.enter_context(archive.open("rb"))
        yield from _tar_entries(stream, archive, PurePosixPath(), depth=0)


def _zip_entries(opened: zipfile.ZipFile, archive: Path) -> Iterator[Entry]:
    for info in opened.infolist():
        if info.is_dir():
            continue
        if info.flag_bits & 1:
            raise ArchiveError(
                f"{archive} is encrypted. Unpack it with the password that came with it, and give "
                "the folder."
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise ArchiveError(f"{archive} holds a link ({info.filename}); nothing was unpacked.")
        name = _safe(info.filename, archive)
        if name.name.lower().endswith(_TAR_SUFFIXES):
            with opened.open(info) as stream:
                yield from _tar_entries(stream, archive, _as_folder(name), depth=1)
        else:
            yield Entry(name, info.file_size, lambda info=info: opened.open(info))


def _tar_entries(
    stream: BinaryIO, archive: Path, folder: PurePosixPath, depth: int
) -> Iterator[Entry]:
    plain = gzip.GzipFile(fileobj=stream)
    # As a stream ("r|"): no going back, and no list of all members is kept.
    with tarfile.open(fileobj=plain, mode="r|") as opened:
        for member in opened:
            if member.isdir():
                continue
            if not member.isfile():
                raise ArchiveError(
                    f"{archive} holds {member.name}, which is a link or a device; nothing was "
                    "unpacked."
                )
            name = folder / _safe(member.name, archive)
            if name.name.lower().endswith(_TAR_SUFFIXES) and depth == 0:
                inner = opened.extractfile(member)
                yield from _tar_entries(inner, archive, _as_folder(name), depth=1)
            else:
                yield Entry(name, member.size, lambda m=member: opened.extractfile(m))
            opened.members = []
    while plain.read(_CHUNK):  # to the end, where gzip's checksum is
        pass


def _as_folder(name: PurePosixPath) -> PurePosixPath:
    return name.with_name(name.name.split(".tar")[0].removesuffix(".tgz"))


def _safe(name: str, archive: Path) -> PurePosixPath:
    path = PurePosixPath(name.replace("\\", "/"))  # some zips made on Windows
    first = path.parts[0] if path.parts else ".."
    if path.is_absolute() or ".." in (first, *path.parts) or ":" in first or "\0" in name:
        raise ArchiveError(
            f"{archive} holds the name {name!r}, which leads out of the folder it is unpacked to. "
            "Nothing was unpacked: do not trust this archive."
        )
    return path


def _write(entry: Entry, path: Path) -> None:
    written = 0
    with write_atomically(path) as temporary, temporary.open("wb") as file, entry.open() as source:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > entry.size:
                raise EOFError(f"longer than the {entry.size} bytes it says")
            file.write(chunk)
        if written != entry.size:
            raise EOFError(f"{written} of {entry.size} bytes")
