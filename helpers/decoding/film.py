"""The frames of a film as a player shows them."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from helpers.cache import Unusable
from helpers.decoding.containers import LONGEST_JUMP, Clip, open_clip

_MOST_PIXELS = 1 << 26  # of a frame; 8K has half as many
_WIDEST_PIXEL = 8  # a pixel's aspect ratio beyond that is damage


def extract_frames(
    path: str | Path,
    *,
    frames_per_clip: int | None = None,
    frames_per_second: float | None = None,
    size: tuple[int, int] | None = None,
) -> np.ndarray:
    """Return frames of a clip, evenly spread over its time.

    They are turned as the film says, and without ``size`` pixels are square.

    Parameters
    ----------
    frames_per_clip, frames_per_second : number
        Exactly one of them. A clip with fewer frames than ``frames_per_clip`` gives all it has;
        every clip gives at least one.
    size : (height, width)
        None keeps the clip's own size.

    Returns
    -------
    array (frames, height, width, 3), uint8, RGB

    Raises
    ------
    helpers.cache.Unusable
        If the file is no film file or a damaged one, has no video stream or no frame.
    helpers.cache.TemporarilyUnusable
        If the drive, the memory or the time was the reason.
    """
    if (frames_per_clip is None) == (frames_per_second is None):
        raise ValueError(
            f"frames_per_clip={frames_per_clip} and frames_per_second={frames_per_second} were "
            "given; expected exactly one of them."
        )
    with open_clip(path) as clip:
        stamps, length = _time_axis(clip)
        seconds = float(length * _video(clip).time_base)
    pieces = frames_per_clip or round(seconds * frames_per_second)
    pieces = min(max(pieces, 1), len(stamps))
    # The middle of each piece of the clip's time.
    wanted = [stamps[0] + Fraction((2 * piece + 1) * length, 2 * pieces) for piece in range(pieces)]
    with open_clip(path) as clip:
        frames = clip.frames(_video(clip)) if pieces == len(stamps) else _shown_at(clip, wanted)
        pixels: list[np.ndarray] = []
        graphs: dict[tuple, av.filter.Graph] = {}
        for frame in frames:
            pixels.append(_pixels(frame, _video(clip), size, graphs))
            if pixels[-1].shape != pixels[0].shape:  # the film changes its size
                pixels[-1] = _pixels(frame, _video(clip), pixels[0].shape[:2], graphs)
    if not pixels:
        raise Unusable("no frame can be decoded")
    return np.stack(pixels)


def _video(clip: Clip) -> av.VideoStream:
    stream = clip.stream("video")
    if stream is None:
        raise Unusable("no video stream")
    if stream.width * stream.height > _MOST_PIXELS:
        raise Unusable(f"its frames are said to have {stream.width} x {stream.height} pixels")
    return stream


def _time_axis(clip: Clip) -> tuple[list[int], int]:
    """Return each packet's time, ascending, and how long they are shown, in the stream's unit.

    Nothing is decoded for it. No header tells number and length reliably.
    """
    stream = _video(clip)
    packets = [
        (packet.pts if packet.pts is not None else packet.dts, packet.duration or 0)
        for packet in clip.packets(stream)
        if packet.size and not packet.is_discard
    ]
    if not packets:
        raise Unusable("no frame can be decoded")
    if any(stamp is None for stamp, _ in packets):  # then they are counted
        packets = [(index, 1) for index in range(len(packets))]
    packets.sort()
    stamps = [stamp for stamp, _ in packets]
    jump = float(max(np.diff(stamps), default=0) * stream.time_base)
    if jump > LONGEST_JUMP:
        raise Unusable(f"damaged: the film's time stamps jump by {jump:.0f} seconds")
    shown = stamps[-1] - stamps[0]
    last = packets[-1][1] or round(shown / max(1, len(stamps) - 1)) or 1
    return stamps, shown + last


def _shown_at(clip: Clip, wanted: list[Fraction]) -> Iterator[av.VideoFrame]:
    """Yield the frame that is shown at each of the times, which ascend; decode no further."""
    stream = _video(clip)
    # Matroska rounds to milliseconds: a frame may begin that much after its true time.
    rounding = 1 if stream.time_base == Fraction(1, 1000) else 0
    waiting = iter(wanted)
    time, shown, stamp = next(waiting), None, 0
    for frame in clip.frames(stream):
        known = frame.pts if frame.pts is not None else frame.dts
        stamp = stamp + 1 if known is None else known
        while shown is not None and stamp - rounding > time:
            yield shown
            time = next(waiting, None)
            if time is None:
                return
        shown = frame
    if shown is not None:
        yield from [shown] * (1 + len(list(waiting)))


def _pixels(
    frame: av.VideoFrame,
    stream: av.VideoStream,
    size: tuple[int, int] | None,
    graphs: dict[tuple, av.filter.Graph],
) -> np.ndarray:
    """Return a frame as it is shown: pixels square or of the wanted size, then turned.

    ``graphs`` are those of the film's frames before it; what is missing is added.
    """
    matrix = _display_matrix(frame)
    turned = abs(matrix[0, 0]) + abs(matrix[1, 1]) < abs(matrix[0, 1]) + abs(matrix[1, 0])
    if size is None:
        width, height = _square(frame, stream.sample_aspect_ratio)
    else:
        height, width = size[::-1] if turned else size
    filters = f"{width}:{height}" + (":flags=area" if size else "")
    # To make a graph takes longer than to convert a small frame with it.
    colours = frame.format.name, frame.colorspace, frame.color_range
    kind = (frame.width, frame.height, *colours, filters)
    if kind not in graphs:
        graphs[kind] = _graph_of(frame, filters)
    graphs[kind].push(frame)
    picture = graphs[kind].pull().to_ndarray()
    # Rows of the matrix say where a step to the right and a step down lead on the screen.
    if turned:
        picture = picture.transpose(1, 0, 2)
        matrix = matrix[::-1]
    if matrix[0, 0] < 0:
        picture = picture[:, ::-1]
    if matrix[1, 1] < 0:
        picture = picture[::-1]
    return picture


def _graph_of(frame: av.VideoFrame, filters: str) -> av.filter.Graph:
    """Return what converts frames of this kind to RGB of the size that ``filters`` say."""
    graph = av.filter.Graph()
    chain = [
        graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=Fraction(1, 25)
        ),
        graph.add("scale", filters),
        graph.add("format", "rgb24"),
        graph.add("buffersink"),
    ]
    graph.link_nodes(*chain).configure()
    return graph


def _display_matrix(frame: av.VideoFrame) -> np.ndarray:
    for data in frame.side_data:
        if data.type.name == "DISPLAYMATRIX":
            return np.frombuffer(bytes(data), "<i4").reshape(3, 3)[:2, :2].astype(np.int64)
    return np.eye(2, dtype=np.int64)


def _square(frame: av.VideoFrame, aspect: Fraction | None) -> tuple[int, int]:
    """Return (width, height) with square pixels; none is thrown away."""
    if not aspect or not Fraction(1, _WIDEST_PIXEL) <= aspect <= _WIDEST_PIXEL:
        return frame.width, frame.height
    if aspect > 1:
        return round(frame.width * aspect), frame.height
    return frame.width, round(frame.height / aspect)
