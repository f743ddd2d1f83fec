"""One file from the network: resumed, checked, from a mirror if need be, never half there.

The file grows beside its place as ``<name>.part`` and takes its name when its size and its hash are
right; pooch compares the hash, requests speaks HTTP.
"""

import itertools
import logging
import re
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import requests

from helpers.corpora.fetching import byte_bar
from helpers.corpora.fetching.signatures import mistaken_for
from helpers.corpora.manifest import CorpusError

with warnings.catch_warnings():  # in a notebook, tqdm warns of widgets that are not installed
    warnings.simplefilter("ignore")
    import pooch

_CHUNK = 1 << 14  # what a broken connection costs at most
TIMEOUT = (15, 60)  # seconds to connect, seconds without a byte
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_LONGEST_PAUSE = 60
HEADERS = {"Accept-Encoding": "identity", "User-Agent": "emotion-notebooks"}


class DownloadError(CorpusError):
    """A file that could not be fetched; the message has every source with its reason."""


class _SourceError(Exception):
    """A source that does not have the file; asking it again would not help."""


class _TryAgain(Exception):
    """A failure that may pass, perhaps after so many seconds."""

    def __init__(self, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.seconds = seconds


def fetch(
    urls: Sequence[str],
    path: Path,
    *,
    checksum: str | None = None,
    size: int | None = None,
    session: requests.Session | None = None,
    progress: bool = True,
    attempts: int = 6,
    pause: float = 1.0,
) -> Path:
    """Fetch a file from the first of several sources that has it whole.

    Parameters
    ----------
    urls : sequence of str
        The source and its mirrors, in order.
    path : Path
        Where the file shall be; one that is there already with the right hash is kept.
    checksum, size : optional
        ``"md5:<digits>"`` or ``"sha256:<digits>"``, and bytes. Without them the length that the
        source announces is what counts.
    attempts : int
        How often a source is tried without a byte of progress in between.
    pause : float
        Seconds before the second attempt, doubled before every later one.

    Raises
    ------
    DownloadError
        If no source had it. What was received stays as ``.part`` for the next call, unless it was
        wrong.
    """
    # pooch says at level INFO what it fetches and what its hash is: thousands of lines here.
    pooch.get_logger().setLevel(logging.WARNING)
    part = path.with_name(f"{path.name}.part")
    downloader = _Downloader(part, size, session or requests.Session(), progress, attempts, pause)
    reasons = []
    for url in urls:
        resumed = part.exists()
        # What was begun earlier may be of another file: then this source gets a second chance.
        for _ in range(1 + resumed):
            try:
                pooch.retrieve(url, checksum, path.name, path.parent, downloader=downloader)
                return path
            except _SourceError as error:
                reasons.append(f"{url}: {error}")
                break
            except ValueError as error:  # pooch has removed the file
                if "hash" not in str(error):
                    raise
                reasons.append(f"{url}: what it sent is not the published file (its hash differs)")
    raise DownloadError(
        f"{path.name} could not be fetched:\n  "
        + "\n  ".join(reasons)
        + "\nTry again later: what was received is kept and the download goes on from there."
    )


@dataclass
class _Downloader:
    """What pooch calls to fetch a file: (url, temporary file, pooch)."""

    _part: Path
    _size: int | None
    _session: requests.Session
    _progress: bool
    _attempts: int
    _pause: float

    def __call__(self, url: str, output_file: str, _pooch: object) -> None:
        failures = 0
        while True:
            before = self._received()
            try:
                self._receive(url)
                self._part.replace(output_file)
                return
            except (requests.RequestException, _TryAgain) as error:
                failures = 1 if self._received() > before else failures + 1
                if failures >= self._attempts:
                    raise _SourceError(f"{error} (tried {failures} times)") from None
                pause = max(self._pause * 2 ** (failures - 1), getattr(error, "seconds", 0.0))
                time.sleep(min(pause, _LONGEST_PAUSE))

    def _received(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _receive(self, url: str) -> None:
        start = self._received()
        if self._size is not None and start == self._size:
            return
        headers = HEADERS | ({"Range": f"bytes={start}-"} if start else {})
        with self._session.get(url, headers=headers, stream=True, timeout=TIMEOUT) as response:
            self._check_status(response, start)
            start = start if response.status_code == 206 else 0
            chunks = response.iter_content(_CHUNK)
            first = next(chunks, b"")
            suffix = Path(self._part.stem).suffix
            if not start and (mistaken := mistaken_for(first[:512], suffix)):
                raise _SourceError(f"it sent {mistaken}")
            length = response.headers.get("Content-Length")
            total = start + int(length) if length else self._size
            if self._size is not None and total != self._size:
                raise _SourceError(f"it has {total:,} bytes where {self._size:,} were published")
            self._write(first, chunks, start, total)

    def _check_status(self, response: requests.Response, start: int) -> None:
        status = response.status_code
        if status in _BUSY:
            wait = response.headers.get("Retry-After", "")
            raise _TryAgain(f"HTTP {status}", float(wait) if wait.isdigit() else 0.0)
        if status == 206:
            found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
            if found and int(found.group(1)) == start:
                return
        if status in (206, 416):  # what is here is not the beginning of the file that it has
            self._part.unlink(missing_ok=True)
            raise _TryAgain(f"HTTP {status}, it does not go on where we were")
        if status != 200:
            raise _SourceError(f"HTTP {status}")

    def _write(self, first: bytes, rest: Iterator[bytes], start: int, total: int | None) -> None:
        self._part.parent.mkdir(parents=True, exist_ok=True)
        bar = byte_bar(self._part.stem, total, self._progress, initial=start)
        received = start
        with closing(bar), self._part.open("ab" if start else "wb") as file:
            for chunk in itertools.chain([first], rest):
                received += len(chunk)
                if total is not None and received > total:
                    raise _SourceError(f"it sends more than the {total:,} bytes that it said")
                file.write(chunk)
                bar.update(len(chunk))
        if total is not None and received < total:
            raise _TryAgain(f"the connection ended after {received:,} of {total:,} bytes")
