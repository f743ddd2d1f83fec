"""Is a file what its name says? Told from its first and last bytes, without decoding it."""

from pathlib import Path

_HEAD = 512
_TAIL = 64
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_BEGINNINGS = {
    # Readers go by the content: a PNG that is called .jpg can be read.
    ".png": (_PNG, _JPEG),
    ".jpg": (_JPEG, _PNG),
    ".jpeg": (_JPEG, _PNG),
    ".wav": (b"RIFF", b"RIFX", b"RF64"),
    ".avi": (b"RIFF",),
    ".flv": (b"FLV",),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
    ".gz": (b"\x1f\x8b",),
    ".tgz": (b"\x1f\x8b",),
}
_LFS_POINTER = b"version https://git-lfs"
# Programs that stream write 0, or the most that they think of: sox 0x7FFFF000 and arecord
# 0x80000000 bytes of sound, ffmpeg 0xFFFFFFFF in all.
_LENGTH_UNKNOWN_FROM = 0x7FFFF000


def mistaken_for(head: bytes, suffix: str) -> str:
    """Return what the first bytes of a file show in place of what ``suffix`` promises, else "".

    Parameters
    ----------
    head : bytes
        The first 512 bytes or all there are.
    suffix : str
        Such as ``".wav"``; of an unknown one only web pages and pointers are recognised.
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

    Seen are: an empty or unreadable file, another kind of file under this name, a PNG or JPEG
    without its end, a WAV or AVI shorter than its own header says.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(_HEAD)
            file.seek(max(0, size - _TAIL))
            tail = file.read(_TAIL)
    except OSError:
        return "the file cannot be opened"
    if not size:
        return "the file is empty"
    suffix = path.suffix.lower()
    mistaken = mistaken_for(head, suffix)
    if mistaken:
        return mistaken
    if head.startswith((_JPEG, _PNG)):
        return "" if _has_end(path, head, tail) else "cut short"
    if suffix in (".wav", ".avi"):
        declared = _declared_length(head)
        if declared is not None and declared + 8 > size + 1:  # a missing padding byte
            return "cut short"
    return ""


def _has_end(path: Path, head: bytes, tail: bytes) -> bool:
    # Telephones write more behind a picture's end; then the whole file has to be read.
    if head.startswith(_PNG):
        return b"IEND" in tail or b"IEND" in path.read_bytes()
    if b"\xff\xd9" in tail:
        return True
    content = path.read_bytes()  # a small picture within it ends before the scan of the large one
    return content.rfind(b"\xff\xd9") > content.rfind(b"\xff\xda")


def _declared_length(head: bytes) -> int | None:
    """Return how many bytes should follow the first eight of a RIFF file, None if unknown."""
    if head.startswith(b"RF64") and head[12:16] == b"ds64":
        return int.from_bytes(head[20:28], "little")
    order = "big" if head.startswith(b"RIFX") else "little"
    declared = int.from_bytes(head[4:8], order)
    return declared if 0 < declared < _LENGTH_UNKNOWN_FROM else None
