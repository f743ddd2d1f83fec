"""The sound of a film or sound file, on its own time axis, as one channel."""

import io
from pathlib import Path

import av
import numpy as np
import soundfile

from helpers.cache import TemporarilyUnusable, Unusable
from helpers.decoding.containers import LONGEST_JUMP, Clip, open_clip
from helpers.decoding.headers import cut_short

_SHORTEST_GAP = 0.1  # seconds; below that, time stamps are inexact rather than the sound silent
_LOST_GAP = 0.002  # where a packet could not be decoded
# Formats that store a time for each packet. In others it is counted from the bytes before it.
_TIMED_FORMATS = {"matroska", "webm", "mov", "mp4", "mpegts", "mpeg", "asf", "flv", "ogg"}
_RATES = (1000, 768_000)
_LAYOUTS = {3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}  # where none is said
_PADDING = 4096  # samples of a packet at most
_STEP = 2.0**-15  # of 16 bits
_CANCELLED = 0.05  # of the loudest channel is left in the mean of all
_LOUDEST = 4.0  # what a float sound may reach where 1 is full scale


def read_audio(path: str | Path, sample_rate: int) -> np.ndarray:
    """Return the sound track of a clip or sound file, mixed to mono and resampled.

    Time 0 is the clip's beginning: silence is put where the sound starts later than the film and
    where its time stamps leave a gap. Samples on the scale of 16 bits are brought to full scale;
    where the channels cancel each other, the loudest one is taken.

    Returns
    -------
    array (samples,), float32
        Full scale is -1 to 1; several channels are averaged.

    Raises
    ------
    helpers.cache.Unusable
        If the file is no sound or film file or a damaged one, has no sound track, one of zero
        length, or nothing but silence.
    helpers.cache.TemporarilyUnusable
        If the drive, the memory or the time was the reason.
    """
    samples, own_rate = read_audio_at_own_rate(path)
    if own_rate == sample_rate:
        return samples
    return _convert(samples[None], "mono", own_rate, sample_rate)


def read_audio_at_own_rate(path: str | Path) -> tuple[np.ndarray, int]:
    """Return the samples like :func:`read_audio`, not resampled, and the file's own rate."""
    try:
        channels, layout, rate = _read_wav(Path(path)) or _read_track(path)
        if not _RATES[0] <= rate <= _RATES[1]:
            raise Unusable(f"its sample rate is {rate} Hz; expected {_RATES[0]} to {_RATES[1]}")
        if not channels.size:
            raise Unusable("the sound track has zero length or cannot be decoded")
        if not np.isfinite(channels).all():
            raise Unusable("the sound track holds values that are not numbers")
        samples = _to_mono(_to_full_scale(channels), layout, rate)
        if np.ptp(samples) <= 2 * _STEP:
            raise Unusable("the sound is silent throughout")
        return samples, rate
    except MemoryError:
        raise TemporarilyUnusable("there is not enough memory for its sound") from None


def _read_wav(path: Path) -> tuple[np.ndarray, str, int] | None:
    """Return channels (channels, samples), their layout and rate; None if libav has to read it.

    The plain kinds of WAV, many times faster than through libav.
    """
    try:
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] not in (b"RIFF", b"RF64") or head[8:] != b"WAVE":
                return None
            content = io.BytesIO(head + file.read())
    except OSError:
        return None  # open_clip says what it is
    reason = cut_short(content)
    if reason:
        raise Unusable(reason)
    try:
        with soundfile.SoundFile(content) as wave:
            if wave.channels > 2 or not wave.subtype.startswith(("PCM", "FLOAT", "DOUBLE")):
                return None
            samples = wave.read(dtype="float32", always_2d=True)
            if not len(samples):  # libav knows more headers that nobody came back to fill in
                return None
            return samples.T, ("mono", "stereo")[wave.channels - 1], wave.samplerate
    except soundfile.SoundFileError:
        return None


def _read_track(path: str | Path) -> tuple[np.ndarray, str, int]:
    """Return the same from any film or sound file."""
    with open_clip(path) as clip:
        stream = clip.stream("audio")
        if stream is None:
            raise Unusable("no sound track")
        track = _Track(clip)
        for frame in clip.frames(stream):
            track.add(frame)
        if track.first is None:
            raise Unusable("the sound track has zero length or cannot be decoded")
        layout, rate = track.first.layout.name, track.first.sample_rate
        end = _declared_end(clip, stream, rate)
        length = end if end < track.length <= end + _PADDING else track.length
        return np.concatenate(track.pieces, axis=1)[:, :length], layout, rate


class _Track:
    """Puts decoded frames one behind the other, and silence where time passes without them."""

    def __init__(self, clip: Clip) -> None:
        self.pieces: list[np.ndarray] = []
        self.length = 0
        self.first: av.AudioFrame | None = None
        self._clip = clip
        self._timed = not _TIMED_FORMATS.isdisjoint(clip.container.format.name.split(","))
        self._paused = False
        self._bad_packets = 0
        self._kind: tuple | None = None

    def add(self, frame: av.AudioFrame) -> None:
        """Add a frame in the form of the first one: a few streams change while they run."""
        self.first = self.first or frame
        if frame.time is not None and (self._timed or not self.pieces):
            self._wait_for(frame)
        kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        if kind != self._kind:
            self._kind = kind
            # PyAV reads beyond the planes of eight channels; packed there is but one.
            form = "fltp" if self._channels < 8 else "flt"
            self._same = av.AudioResampler(form, self.first.layout, self.first.sample_rate)
        for part in self._same.resample(frame):
            samples = part.to_ndarray()
            packed = part.format.is_packed and self._channels > 1
            self._append(samples.reshape(-1, self._channels).T if packed else samples)

    def _wait_for(self, frame: av.AudioFrame) -> None:
        """Fill the time until a frame with silence."""
        gap = frame.time - self._clip.start - self.length / self.first.sample_rate
        if gap > LONGEST_JUMP:
            raise Unusable(f"damaged: the sound's time stamps jump by {gap:.0f} seconds")
        if self._paused and gap < -_SHORTEST_GAP:
            raise Unusable("damaged: the sound's time stamps go back behind a gap")
        lost = self._clip.bad_packets > self._bad_packets
        self._bad_packets = self._clip.bad_packets
        if gap > (_LOST_GAP if lost else _SHORTEST_GAP):
            self._paused = True
            silence = np.zeros((self._channels, round(gap * self.first.sample_rate)), np.float32)
            self._append(silence)

    @property
    def _channels(self) -> int:
        return len(self.first.layout.channels)

    def _append(self, samples: np.ndarray) -> None:
        self.pieces.append(samples)
        self.length += samples.shape[1]


def _declared_end(clip: Clip, stream: av.AudioStream, rate: int) -> int:
    """Return where an MP4's sound ends, in samples: its encoder fills the last packet up."""
    if "mp4" not in clip.container.format.name or not stream.duration:
        return 0
    end = (stream.start_time or 0) + stream.duration
    return round((float(end * stream.time_base) - clip.start) * rate)


def _to_full_scale(channels: np.ndarray) -> np.ndarray:
    """Bring float samples that were stored on the scale of 16 bits to -1 to 1."""
    loudest = max(float(channels.max()), -float(channels.min()))
    if loudest <= _LOUDEST:
        return channels
    if loudest <= 2**15 and (loudest > 2**8 or (channels == np.rint(channels)).all()):
        return channels * np.float32(_STEP)
    raise Unusable(f"its samples reach {loudest:.3g}, where 1 is full scale")


def _to_mono(channels: np.ndarray, layout: str, rate: int) -> np.ndarray:
    if len(channels) == 1:
        return np.ascontiguousarray(channels[0])
    stereo = len(channels) == 2
    mixed = channels.mean(axis=0) if stereo else _convert(channels, layout, rate, rate)
    loudness = np.sqrt(np.square(channels, dtype=np.float64).mean(axis=1))
    if np.sqrt(np.square(mixed, dtype=np.float64).mean()) < _CANCELLED * loudness.max():
        return np.ascontiguousarray(channels[loudness.argmax()])
    return mixed


def _convert(channels: np.ndarray, layout: str, rate: int, wanted_rate: int) -> np.ndarray:
    """Return channels (channels, samples) mixed and resampled by ffmpeg's swresample."""
    if layout.endswith("channels"):
        layout = _LAYOUTS.get(len(channels), f"{len(channels)}c")
    graph = av.filter.Graph()
    chain = [
        graph.add_abuffer(format="flt", sample_rate=rate, layout=layout),
        # Floats are mixed without scaling them down unless there is a maximum.
        graph.add("aresample", f"{wanted_rate}:rematrix_maxval=1"),
        graph.add("aformat", "sample_fmts=flt:channel_layouts=mono"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*chain).configure()
    packed = np.ascontiguousarray(channels.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(packed, "flt", layout)
    frame.sample_rate = rate
    graph.push(frame)
    graph.push(None)
    pieces = [np.empty((1, 0), np.float32)]
    while True:
        try:
            pieces.append(graph.pull().to_ndarray())
        except (av.error.EOFError, av.error.BlockingIOError):
            return np.concatenate(pieces, axis=1)[0]
