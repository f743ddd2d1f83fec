"""Is a file what its name says? Told from its first and last bytes, without decoding it."""

from pathlib import Path

from helpers.decoding.damage import why_unreadable
from helpers.decoding.headers import cut_short

_HEAD = 512
_TAIL = 64
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_BEGINNINGS = {
    # Readers go by the content: a PNG that is called .jpg can be read.
    ".png": (_PNG, _JPEG),
    ".jpg": (_JPEG, _PNG),
    ".jpeg": (_JPEG, _PNG),
    ".wav": (b"RIFF", b"RIFX", b"RF64", b"BW64"),
    ".avi": (b"RIFF",),
    ".flv": (b"FLV",),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
    ".gz": (b"\x1f\x8b",),
    ".tgz": (b"\x1f\x8b",),
}
_LFS_POINTER = b"version https://git-lfs"


def mistaken_for(head: bytes, suffix: str) -> str:
    """Return what the first 512 bytes show in place of what ``suffix`` (".wav") promises, else "".

    With an unknown suffix only web pages and pointers are recognised.
    """
    suffix = suffix.lower()
    if head.startswith(_LFS_POINTER):
        return "a Git LFS pointer in place of the file"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html")):
        return "an HTML page in place of the file"
    if suffix == ".mp4":
        return "" if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"wide") else "no MP4 file"
    if suffix in _BEGINNINGS and not head.startswith(_BEGINNINGS[suffix]):
        return f"no {suffix[1:].upper()} file"
    return ""


def damage_of(path: Path) -> str:
    """Return why a file cannot be whole, as far as its first and last bytes tell, else "".

    What looks like another kind of file, lacks its end or is shorter than its header says, and can
    be read all the same, is not damaged.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, size - _TAIL))
            tail = file.read(_TAIL)
            shorter = cut_short(file)
    except OSError:
        return "the file cannot be opened"
    if not size:
        return "the file is empty"
    ends = {_JPEG: b"\xff\xd9", _PNG: b"IEND"}
    if any(head.startswith(kind) and end not in tail for kind, end in ends.items()):
        shorter = "cut short"
    suspicion = mistaken_for(head, path.suffix) or shorter
    return suspicion if suspicion and why_unreadable(path) else ""
