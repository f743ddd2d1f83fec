"""Some files of a large zip on the network, by HTTP range, without fetching the whole.

remotezip reads the zip's index and then single members; each is checked by the CRC in the index,
appears whole or not at all, and one that is there is not fetched again.
"""

import stat
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import requests
import urllib3
from remotezip import RangeNotSupported, RemoteZip, RemoteZipError
from requests.adapters import HTTPAdapter

from helpers.corpora.fetching import byte_bar
from helpers.corpora.fetching.fetch import HEADERS, TIMEOUT, DownloadError
from helpers.corpora.fetching.signatures import mistaken_for
from helpers.corpora.manifest import CorpusError
from helpers.files import free_bytes, write_atomically

LARGEST = 256 << 20
"""Bytes of a member, at most: it is held in memory. A clip of seconds has a few megabytes."""

_RESERVE = 500 << 20  # bytes of disk left to others
_BUSY = (408, 425, 429, 500, 502, 503, 504)
_BROKEN = (EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError)
_T = TypeVar("_T")
_LOST = (OSError, RemoteZipError, urllib3.exceptions.HTTPError)  # requests' errors are OSErrors


def fetch_members(
    urls: Sequence[str],
    folder: Path,
    choose: Callable[[list[str]], Mapping[str, str]],
    *,
    progress: bool = True,
    attempts: int = 4,
    pause: float = 1.0,
) -> dict[str, str]:
    """Fetch the chosen members of the first of several sources that can be read in parts.

    Parameters
    ----------
    urls : sequence of str
        The zip and its mirrors, in order.
    folder : Path
        Where the files shall be.
    choose : callable
        Takes the names of the members that could be fetched and returns those that are wanted, to
        the file's own name in ``folder``. What a member is called does not say where it goes.
    attempts : int
        How often a member is tried without success.
    pause : float
        Seconds before the second attempt, doubled before every later one.

    Returns
    -------
    dict
        Member to reason, of those that are damaged in the zip.

    Raises
    ------
    DownloadError
        If no source could be read, or the connection broke for good; what came is kept.
    CorpusError
        If the disk is too small.
    """
    reasons = []
    for url in urls:
        with _session(pause) as session:
            try:
                return _Remote(url, session, attempts, pause).fetch(folder, choose, progress)
            except DownloadError as error:
                reasons.append(f"{url}: {error}")
    raise DownloadError(
        "Single files of the archive could not be fetched:\n  "
        + "\n  ".join(reasons)
        + "\nTry again later: what was received is kept and the download goes on from there."
    )


class _Remote:
    """One source: its archive, which is opened anew after a failure."""

    def __init__(self, url: str, session: requests.Session, attempts: int, pause: float) -> None:
        self._url, self._session = url, session
        self._attempts, self._pause = attempts, pause
        self._archive: RemoteZip | None = None

    def fetch(self, folder: Path, choose: Callable, progress: bool) -> dict[str, str]:
        members = self._read(_plain_members)
        wanted = choose(list(members))
        for name in wanted.values():
            if name in ("", ".", "..") or Path(name).name != name:
                raise ValueError(f"{name!r} is no plain file name.")
        missing = {
            member: folder / name
            for member, name in wanted.items()
            if not _is_there(folder / name, members[member].file_size)
        }
        needed = sum(members[member].file_size for member in missing)
        _check_room(folder, needed)
        damaged = {}
        with byte_bar(folder.name, needed, progress) as bar:
            for member, path in missing.items():
                try:
                    content = self._read(partial(_content, member=member))
                except _BROKEN as error:
                    damaged[member] = f"cannot be read ({error})"
                    continue
                with write_atomically(path) as temporary:
                    temporary.write_bytes(content)
                bar.update(len(content))
        return damaged

    def _read(self, read: Callable[[RemoteZip], _T]) -> _T:
        for attempt in range(1, self._attempts + 1):
            try:
                if self._archive is None:
                    self._archive = RemoteZip(
                        self._url, session=self._session, headers=HEADERS, timeout=TIMEOUT
                    )
                return read(self._archive)
            except RangeNotSupported:
                raise DownloadError("it sends the whole archive, and no part of it") from None
            except (*_BROKEN, *_LOST) as error:
                # What arrives a second time with a wrong CRC is wrong where it lies.
                if isinstance(error, _BROKEN) and self._archive is not None and attempt > 1:
                    raise
                self._archive = None
                if attempt == self._attempts:
                    raise DownloadError(f"{error} (tried {attempt} times)") from None
                time.sleep(self._pause * 2 ** (attempt - 1))
        raise AssertionError("attempts is at least 1")


def _content(archive: RemoteZip, member: str) -> bytes:
    content = archive.read(member)
    if mistaken := mistaken_for(content[:512], Path(member).suffix):
        raise zipfile.BadZipFile(mistaken)
    return content


def _plain_members(archive: RemoteZip) -> dict[str, zipfile.ZipInfo]:
    """Return the members that are files, not encrypted, no links and not too large, by name."""
    return {
        info.filename: info
        for info in archive.infolist()
        if not info.is_dir()
        and not info.flag_bits & 1
        and not stat.S_ISLNK(info.external_attr >> 16)
        and 0 < info.file_size <= LARGEST
    }


def _is_there(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _check_room(folder: Path, needed: int) -> None:
    free = free_bytes(folder) - _RESERVE
    if needed > free:
        raise CorpusError(
            f"{needed / 1e9:.2f} GB are needed under {folder}, and {max(free, 0) / 1e9:.2f} GB are "
            "to spare. Nothing was fetched: make room, ask for fewer clips or another --data-root."
        )


def _session(pause: float) -> requests.Session:
    """Return a session that asks a busy server again, after the seconds that it names."""
    session = requests.Session()
    retry = urllib3.Retry(3, backoff_factor=pause, status_forcelist=_BUSY)
    session.hooks["response"].append(_refuse)
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def _refuse(response: requests.Response, **_: object) -> None:
    """Give a source up that does not have the file: asking it again would not help."""
    if 400 <= response.status_code < 500 and response.status_code not in _BUSY:
        raise DownloadError(f"HTTP {response.status_code}")
