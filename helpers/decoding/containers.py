"""Opening films and sounds with PyAV, whose wheels bring ffmpeg's libraries along.

A file is handed over as an open file, with a list of allowed formats and no protocol but files, so
that a playlist dressed up as a clip opens nothing else. What the drive did is kept apart from what
the content is: the first is tried again another time (``TemporarilyUnusable``).
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av

from helpers.cache import TemporarilyUnusable, Unusable
from helpers.decoding.headers import cut_short

LONGEST_JUMP = 600
"""Seconds between two frames; a longer jump of the time stamps is damage, not a pause."""

_FORMATS = (
    "aac,aiff,asf,au,avi,caf,flac,flv,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpeg,mpegts,"
    "mpegvideo,m4v,h264,ogg,w64,wav,rm"
)
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
_SECONDS = 300  # a file that is read for longer is broken, or is not a clip
# One packet is allowed, since a cut out of a longer film often begins inside of a sound's packet.
_BAD_PACKETS = 0.02


class Clip:
    """An open film or sound file; ``bad_packets`` counts what could not be decoded so far."""

    def __init__(self, container: av.container.InputContainer, deadline: float) -> None:
        self.container = container
        self.start = (container.start_time or 0) / 1e6
        self.bad_packets = 0
        self._deadline = deadline

    def stream(self, kind: str) -> av.stream.Stream | None:
        """Return the stream that a player plays, of kind ``"audio"`` or ``"video"``, or None.

        That is the default one, else the first; a cover is no film.
        """
        kinds = av.stream.Disposition
        streams = [
            stream
            for stream in getattr(self.container.streams, kind)
            if not stream.disposition & (kinds.attached_pic | kinds.timed_thumbnails)
        ]
        streams.sort(key=lambda stream: not stream.disposition & kinds.default)
        if streams and streams[0].codec_context is None:
            raise Unusable(f"its {kind} stream is of no known kind")
        return streams[0] if streams else None

    def packets(self, stream: av.stream.Stream) -> Iterator[av.Packet]:
        """Yield the packets of a stream, in the order of the file; the last one is empty."""
        for packet in self.container.demux(stream):
            if time.monotonic() > self._deadline:
                raise TemporarilyUnusable(f"reading it took more than {_SECONDS} seconds")
            yield packet

    def frames(self, stream: av.stream.Stream) -> Iterator[av.VideoFrame | av.AudioFrame]:
        """Yield the decoded frames of a stream, in the order of the presentation.

        Raises
        ------
        Unusable
            At the end, if more packets were damaged than a cut leaves behind.
        """
        stream.codec_context.thread_count = 1  # several clips are read at once
        total = 0
        for packet in self.packets(stream):
            total += 1
            try:
                for frame in packet.decode():
                    self.bad_packets += frame.is_corrupt
                    yield frame
            except av.error.EOFError:
                pass
            except av.FFmpegError as error:
                if isinstance(error, MemoryError):
                    raise
                self.bad_packets += 1
        if self.bad_packets > max(1, _BAD_PACKETS * total):
            raise Unusable(f"damaged: {self.bad_packets} of its {total - 1} packets")


@contextmanager
def open_clip(path: str | Path) -> Iterator[Clip]:
    """Open a film or sound file, and say what is wrong with it.

    Raises
    ------
    Unusable
        If it is no film or sound file, or a damaged one.
    TemporarilyUnusable
        If the drive, the memory or the time was the reason.
    """
    path = Path(path)
    try:
        file = _WatchedFile(path)
    except IsADirectoryError:
        raise Unusable("not a film or sound file but a folder") from None
    except FileNotFoundError:
        raise TemporarilyUnusable("the file is missing") from None
    except OSError as error:
        raise TemporarilyUnusable(f"the file cannot be read ({error.strerror})") from None
    with file:
        try:
            yield from _opened(file)
        except MemoryError:
            raise TemporarilyUnusable("there is not enough memory to read it") from None
        except (av.FFmpegError, ValueError, ArithmeticError) as error:
            file.check()
            said = getattr(error, "strerror", None) or error or type(error).__name__
            raise Unusable(f"a damaged file ({said})") from None
        except OSError as error:
            raise TemporarilyUnusable(f"the file cannot be read ({error.strerror})") from None
        except Unusable:
            file.check()
            raise
        file.check()


def _opened(file: "_WatchedFile") -> Iterator[Clip]:
    if not file.read(1):
        raise Unusable("an empty file")
    reason = cut_short(file)
    if reason:
        raise Unusable(reason)
    deadline = time.monotonic() + _SECONDS
    try:
        container = av.open(file, options=_OPTIONS, metadata_errors="replace")
    except MemoryError:
        raise
    except (av.FFmpegError, ValueError):
        raise Unusable("not a film or sound file, or a damaged one") from None
    with container:
        yield Clip(container, deadline)


class _WatchedFile:
    """A file that remembers an error of the drive, which libav takes for the file's end."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        self._error: OSError | None = None
        self.name = "clip" + path.suffix.encode("ascii", "ignore").decode()  # helps to tell formats

    def __enter__(self) -> "_WatchedFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, count: int) -> bytes:
        try:
            return self._file.read(count)
        except OSError as error:
            self._error = error
            return b""

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def check(self) -> None:
        if self._error:
            raise TemporarilyUnusable(f"the file cannot be read ({self._error.strerror})")
