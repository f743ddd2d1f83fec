"""The ffmpeg program: where it is, and running it.

Arguments are built with ffmpeg-python (``import ffmpeg``), never by a shell. The program writes
what has to be encoded; clips are read in process, in ``helpers.decoding``.
"""

import shutil
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ffmpeg.nodes import OutputStream

_SECONDS = 300
_ADVICE = (
    "Expected a build with the encoders mpeg4 and libmp3lame, as imageio-ffmpeg has. To use that "
    "one: `pip install imageio-ffmpeg`, and take this one off the PATH."
)


class MachineError(RuntimeError):
    """A failure of a program or of this machine, which says nothing about a file's content."""


def ffmpeg_binary() -> str:
    """Return the ffmpeg program: the system's, else the one that imageio-ffmpeg brings along.

    Raises
    ------
    FileNotFoundError
        If there is neither.
    """
    found = shutil.which("ffmpeg")
    if found:
        return found
    try:
        import imageio_ffmpeg

        return imageio_ffmpeg.get_ffmpeg_exe()
    except (ImportError, RuntimeError) as error:
        raise FileNotFoundError(
            "No ffmpeg was found on the PATH and imageio-ffmpeg brought none. Install one of "
            "them: `pip install imageio-ffmpeg` or `apt install ffmpeg`."
        ) from error


def run_ffmpeg(
    command: "OutputStream", content: bytes = b"", *, seconds: float = _SECONDS
) -> bytes:
    """Run ffmpeg and return what it writes to its standard output.

    Parameters
    ----------
    command : what ``ffmpeg.input(...).output(...)`` returns
    content : bytes
        For ffmpeg's standard input (``pipe:0``).
    seconds : float
        The time limit.

    Raises
    ------
    FileNotFoundError
        If there is no ffmpeg.
    MachineError
        If it does not start, fails, is killed, or takes too long.
    """
    program = ffmpeg_binary()
    arguments = [program, "-hide_banner", "-loglevel", "error", *command.compile(cmd=program)[1:]]
    try:
        done = subprocess.run(
            arguments, input=content, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise MachineError(f"{program} took more than {seconds:g} seconds.") from None
    except OSError as error:
        raise MachineError(f"{program} cannot be started: {error}. {_ADVICE}") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()[-500:] or "no message"
        ending = f"failed with exit status {done.returncode}"
        if done.returncode < 0:
            ending = f"was ended by {signal.Signals(-done.returncode).name}"
        raise MachineError(f"{program} {ending}: {said} {_ADVICE}")
    return done.stdout
