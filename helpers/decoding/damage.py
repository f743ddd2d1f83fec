"""Can a file be read at all? The reader itself is asked, so that nobody else says otherwise."""

from pathlib import Path

from helpers.cache import Unusable
from helpers.decoding.film import extract_frames
from helpers.decoding.pictures import read_picture
from helpers.decoding.sound import read_audio_at_own_rate

_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"}


def why_unreadable(path: Path) -> str:
    """Return why neither a picture nor sound nor a frame can be read from a file, else ""."""
    try:
        if path.suffix.lower() in _PICTURES:
            read_picture(path, None, 3)
        else:
            try:
                read_audio_at_own_rate(path)
            except Unusable:
                extract_frames(path, frames_per_clip=1)
    except Unusable as reason:
        return str(reason)
    return ""
