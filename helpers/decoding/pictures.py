"""A picture as a viewer shows it: upright, eight bits, on a white ground."""

import contextlib
import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from helpers.cache import TemporarilyUnusable, Unusable

_LARGEST = 1 << 28  # bytes of a file


def read_picture(
    file: str | Path | io.BytesIO, size: tuple[int, int] | None, channels: int
) -> np.ndarray:
    """Return one picture, uint8 (height, width, channels), resized without keeping its aspect.

    It is turned as its Exif data say; 16 bits, 32 bits and floats are scaled to 8 bits;
    transparent parts show a white ground; of an animation the first picture is taken.

    ``file`` is a path or an open file; a ``size`` of None keeps the picture's own, else it is
    (height, width). One channel is grey, three are RGB.

    Raises
    ------
    helpers.cache.Unusable
        If the file is no picture or is damaged.
    helpers.cache.TemporarilyUnusable
        If the drive was the reason.
    """
    content = _read(file)
    try:
        # Warnings are of Exif data, say, that a viewer passes over in silence.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content)) as picture:
            picture.load()
            # Damaged Exif data in a good picture: it is shown as it is stored.
            with contextlib.suppress(Exception):
                ImageOps.exif_transpose(picture, in_place=True)
            shown = _on_white(_eight_bits(picture))
        shown = shown.convert("L" if channels == 1 else "RGB")
        if size is None:
            size = (shown.height, shown.width)
        shown = shown.resize((size[1], size[0]), Image.Resampling.BILINEAR)
    except (Unusable, MemoryError):
        raise
    except UnidentifiedImageError:
        raise Unusable("not a picture") from None
    except Exception as error:  # a damaged file can end a decoder in any way
        raise Unusable(f"the picture is damaged ({error})") from None
    return np.asarray(shown, dtype=np.uint8).reshape(*size, channels)


def _read(file: str | Path | io.BytesIO) -> bytes:
    try:
        if hasattr(file, "read"):
            content = file.read()
        else:
            with Path(file).open("rb") as opened:
                content = opened.read(_LARGEST + 1)
    except FileNotFoundError:
        raise TemporarilyUnusable("the file is missing") from None
    except IsADirectoryError:
        raise Unusable("a folder, not a file") from None
    except OSError as error:
        raise TemporarilyUnusable(f"the file cannot be read ({error.strerror})") from None
    if len(content) > _LARGEST:
        raise Unusable(f"larger than {_LARGEST >> 20} MiB, which no picture of a corpus is")
    return content


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Scale the modes that Pillow's own conversion cuts off at 255."""
    if picture.mode != "F" and not picture.mode.startswith("I"):
        return picture
    values = np.asarray(picture, dtype=np.float64)
    return Image.fromarray(np.rint(values * (255 / _white(picture, values))).astype(np.uint8))


def _white(picture: Image.Image, values: np.ndarray) -> float:
    """Return the value that is white."""
    low, high = float(values.min()), float(values.max())
    if not 0 <= low <= high < np.inf:
        raise Unusable(f"its values go from {low:g} to {high:g}; expected none below 0")
    if picture.mode == "F":
        scales = [1.0, 255.0, 65535.0]
    elif picture.mode.startswith("I;16") or picture.format == "PPM":
        bits = getattr(picture, "tag_v2", {}).get(258, (16,))[0]
        scales = [2.0**bits - 1] if bits in (10, 12, 14) else [65535.0]
    else:
        scales = [255.0, 65535.0]
    possible = [white for white in scales if high <= white]
    if not possible:
        raise Unusable(f"its values reach {high:g}; expected at most {scales[-1]:g}")
    return possible[0]


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture
    picture = picture.convert("RGBA")
    ground = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(ground, picture)
