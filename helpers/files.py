"""Writing files so that none is ever half there, locks, and naming contents by digest."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

_CHUNK = 1 << 16
_WHOLE = 1 << 20


@contextmanager
def write_atomically(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` that takes its name when the block succeeds.

    The temporary path has the same suffix, does not exist yet, and may become a file or a folder.
    After an error or an interruption nothing is left behind and an older ``path`` is untouched.
    A folder never replaces another one that is already there: the first complete one stays.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Short, since the name itself may be as long as the disk allows.
    with tempfile.TemporaryDirectory(prefix=f".{path.stem[:20]}-", dir=path.parent) as folder:
        temporary = Path(folder) / path.name
        yield temporary
        if temporary.is_dir() and path.is_dir():
            return
        os.replace(temporary, path)


@contextmanager
def locked(folder: str | Path, between: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Wait until no other process or thread holds this lock, and hold it for the block.

    The lock is of an existing folder, into which nothing is written, and ends with the process that
    holds it. ``between`` is called ten times a second while waiting; what it raises ends the wait.
    A disk that knows no locks is not waited for.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                between()
                time.sleep(0.1)
            except OSError:
                break
        yield
    finally:
        os.close(descriptor)


def write_text(path: str | Path, text: str) -> Path:
    """Write ``text`` as UTF-8 to ``path`` atomically and return the path."""
    with write_atomically(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return Path(path)


def write_json(path: str | Path, value: object) -> Path:
    """Write ``value`` as indented JSON to ``path`` atomically and return the path.

    A number that is NaN or infinite raises ValueError: JSON cannot hold it.
    """
    return write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def fingerprint(path: str | Path) -> str:
    """Return 32 hexadecimal digits that name the content of a file.

    Files up to 1 MiB are read whole. Of larger ones the size, the time of the last change and
    three pieces (start, middle, end) are taken, so that a corpus of films is not read twice.
    """
    path = Path(path)
    status = path.stat()
    digest = hashlib.blake2b(str(status.st_size).encode(), digest_size=16)
    with path.open("rb") as file:
        if status.st_size <= _WHOLE:
            digest.update(file.read())
        else:
            digest.update(str(status.st_mtime_ns).encode())
            for start in (0, status.st_size // 2, status.st_size - _CHUNK):
                file.seek(start)
                digest.update(file.read(_CHUNK))
    return digest.hexdigest()


def digest_of(*values: object) -> str:
    """Return 32 hexadecimal digits that name JSON-like values (settings, names, fingerprints)."""
    text = json.dumps(values, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def digest_of_arrays(*values: object) -> str:
    """Return 32 hexadecimal digits that name NumPy arrays (by content) and JSON-like values."""
    digest = hashlib.blake2b(digest_size=16)
    for value in values:
        array = isinstance(value, np.ndarray)
        digest.update(digest_of([value.dtype.str, value.shape] if array else value).encode())
        if array:
            digest.update(np.ascontiguousarray(value).data)
    return digest.hexdigest()


def free_bytes(path: str | Path) -> int:
    """Return the bytes free on the disk that holds ``path`` or its nearest existing parent."""
    path = Path(path).resolve()
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free
