"""Sounds and films to play inside a notebook, small enough to be saved with it."""

import base64
from collections.abc import Sequence
from html import escape

import numpy as np
from IPython.display import HTML

from helpers.features.media import encode_mp3


def players(sounds: Sequence[np.ndarray], captions: Sequence[str], sample_rate: int) -> HTML:
    """Return an audio player for each sound, with its caption; about 4 kB for each second.

    Parameters
    ----------
    sounds : n arrays (samples,)
        -1 to 1; each is played equally loud.
    captions : n str
    sample_rate : int
    """
    cells = []
    for samples, caption in zip(sounds, captions, strict=True):
        loudest = float(np.abs(samples).max(initial=0)) or 1.0
        sound = base64.b64encode(encode_mp3(samples * (0.9 / loudest), sample_rate)).decode()
        cells.append(
            '<figure style="display:inline-block;margin:4px">'
            f"<figcaption>{escape(caption)}</figcaption>"
            f'<audio controls preload="none" style="width:200px" aria-label="{escape(caption)}" '
            f'src="data:audio/mpeg;base64,{sound}"></audio></figure>'
        )
    return HTML("".join(cells))


def film_player(film: bytes, caption: str, *, width: int = 320) -> HTML:
    """Return a player for a film (``features.media.encode_webm``), with its caption.

    ``width`` is in pixels of the screen.
    """
    data, caption = base64.b64encode(film).decode(), escape(caption)
    return HTML(
        f'<figure style="margin:4px"><figcaption>{caption}</figcaption>'
        f'<video controls preload="metadata" style="width:{width}px" aria-label="{caption}" '
        f'src="data:video/webm;base64,{data}"></video></figure>'
    )


def film_players(films: Sequence[bytes], captions: Sequence[str], *, width: int = 160) -> HTML:
    """Return a player (:func:`film_player`) for each of several films, side by side."""
    cells = [
        f'<div style="display:inline-block">{film_player(film, caption, width=width).data}</div>'
        for film, caption in zip(films, captions, strict=True)
    ]
    return HTML("".join(cells))
