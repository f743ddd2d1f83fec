"""Is a file shorter than its own header says? Told from its first bytes, without decoding it."""

_FORMS = (b"RIFF", b"RIFX", b"RF64", b"BW64")
# Programs that write into a pipe do not know the length yet and put a large one, or none.
_UNKNOWN_LENGTH = 0x7FFF0000


def cut_short(head: bytes, size: int) -> str:
    """Return a reason if a WAV or AVI file ends before the length in its header, else "".

    Parameters
    ----------
    head : bytes
        The first 12 bytes.
    size : int
        The file's size in bytes.
    """
    if len(head) < 12 or head[:4] not in _FORMS or head[8:12] not in (b"WAVE", b"AVI "):
        return ""
    declared = int.from_bytes(head[4:8], "big" if head[:4] == b"RIFX" else "little")
    missing = declared + 8 - size
    if declared >= _UNKNOWN_LENGTH or missing <= 1:  # a padding byte may be missing
        return ""
    return f"cut short: {missing:,} of {declared + 8:,} bytes are missing"
