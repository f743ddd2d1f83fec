"""Is a file shorter than its own header says? Told without decoding it."""

from typing import BinaryIO

_RIFF = (b"RIFF", b"RIFX", b"RF64", b"BW64")
# Programs that write into a pipe do not know the length yet and put a large one, or none.
_UNKNOWN_LENGTH = 0x7FFF0000
_SEGMENT = b"\x18\x53\x80\x67"  # what holds all of a Matroska or WebM file but its first bytes
_HEAD = 4096


def cut_short(file: BinaryIO) -> str:
    """Return a reason if a file ends before the length that it declares, else "".

    Known are WAV, AVI, MP4, Matroska and WebM, and MP3 with the header of its encoder. The place
    in the file is left at its beginning.
    """
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(_HEAD)
    if head[:4] in _RIFF and head[8:12] in (b"WAVE", b"AVI "):
        declared = int.from_bytes(head[4:8], "big" if head[:4] == b"RIFX" else "little") + 8
        if declared >= _UNKNOWN_LENGTH:
            declared = 0
    elif head[4:8] == b"ftyp":
        declared = _end_of_boxes(file, size)
    elif head.startswith(b"\x1a\x45\xdf\xa3"):
        declared = _end_of_segment(head)
    else:
        declared = _end_of_mp3(file, head)
    file.seek(0)
    missing = declared - size
    if missing <= 1:  # a padding byte may be missing
        return ""
    return f"cut short: {missing:,} of {declared:,} bytes are missing"


def _end_of_boxes(file: BinaryIO, size: int) -> int:
    """Return where the last of an MP4's boxes ends."""
    end = 0
    while end + 8 <= size:
        file.seek(end)
        box = file.read(16)
        length = int.from_bytes(box[:4], "big")
        if length == 1:  # a long one follows
            length = int.from_bytes(box[8:16], "big")
        if length < 8 or not box[4:8].isalnum():  # 0: to the end of the file; else no box
            return end
        end += length
    return end


def _end_of_segment(head: bytes) -> int:
    at = head.find(_SEGMENT) + len(_SEGMENT)
    if at < len(_SEGMENT) or at >= len(head) or not head[at]:
        return 0
    width = 9 - head[at].bit_length()  # the leading zeros of the first byte tell it
    length = int.from_bytes(head[at : at + width], "big") & ((1 << 7 * width) - 1)
    unknown = (1 << 7 * width) - 1  # what a browser writes
    return 0 if length == unknown else at + width + length


def _end_of_mp3(file: BinaryIO, head: bytes) -> int:
    start = 0
    if head.startswith(b"ID3") and len(head) >= 10:
        for byte in head[6:10]:  # seven bits each
            start = start << 7 | byte & 127
        start += 10
        file.seek(start)
        head = file.read(64)
    if len(head) < 64 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    at = max(head[:64].find(b"Xing"), head[:64].find(b"Info"))
    if at < 0 or not head[at + 7] & 2:  # the length in bytes is not among its fields
        return 0
    field = at + 8 + (4 if head[at + 7] & 1 else 0)
    return start + int.from_bytes(head[field : field + 4], "big")
