"""What only Colab has: Google Drive, uploads, camera and microphone, and a menu for a GPU."""

import base64
import importlib.util
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NO_GPU_IN_COLAB = (
    "No GPU: in the menu choose Runtime > Change runtime type > T4 GPU, then Runtime > Run all. "
    "Without it everything still runs, only slower."
)
RECORDED_SECONDS = 3
"""How long :func:`recorded_clip` records."""

_DRIVE = "/content/drive"
_NOT_RECORDED = {  # the browser's names, https://www.w3.org/TR/mediacapture-streams/
    "declined": "You chose not to record",
    "NotAllowedError": "The browser was not allowed to use camera and microphone; allow both, "
    "beside the page's address",
    "NotFoundError": "The browser found no camera or no microphone",
    "NotReadableError": "Another program is using the camera or the microphone",
}


def in_colab() -> bool:
    """Return whether this Python is the one of a Colab runtime."""
    if "google.colab" in sys.modules:
        return True
    find = importlib.util.find_spec
    return find("google") is not None and find("google.colab") is not None


def mount_drive(data_root: str) -> None:
    """Mount Google Drive in Colab if the notebook's ``DATA_ROOT`` lies on it, else do nothing."""
    if in_colab() and data_root.startswith(_DRIVE):
        from google.colab import drive

        drive.mount(_DRIVE)


def ask_for_file() -> str:
    """Let a user of Colab choose a file on their computer, and return where the upload lies.

    Raises
    ------
    RuntimeError
        Outside Colab, or if no file was chosen.
    """
    if not in_colab():
        raise RuntimeError("Only Colab can ask for a file. Give the path of one instead.")
    from google.colab import files

    names = list(files.upload())
    if not names:
        raise RuntimeError("No file was chosen. Run the cell again, or give the path of a file.")
    return str(Path(names[0]).resolve())


@contextmanager
def recorded_clip() -> Iterator[tuple[Path, bool]]:
    """Let a user of Colab record themselves, and yield the film and whether it is kept.

    The user is asked in words first. The file, WebM or MP4 as the browser has it, is deleted
    afterwards, also after an error, unless the user has ticked that it be kept: then it lies in the
    working folder.

    Raises
    ------
    RuntimeError
        Outside Colab, or if nothing was recorded; the message says why.
    """
    if not in_colab():
        raise RuntimeError("Only Colab can record. Give the path of a film instead.")
    from google.colab import output

    script = Path(__file__).with_name("recorder.js").read_text(encoding="utf-8")
    answer = output.eval_js(f"({script})({RECORDED_SECONDS})")
    if "error" in answer:
        name = answer["error"]
        reason = _NOT_RECORDED.get(name, f"Recording failed ({name}: {answer.get('message')})")
        raise RuntimeError(f"{reason}. Run the cell again, or give the path of a film.")
    film = base64.b64decode(answer["data"])
    suffix = ".mp4" if "mp4" in answer["type"] else ".webm"
    with tempfile.TemporaryDirectory() as folder:
        place = Path.cwd() if answer["keep"] else Path(folder)
        path = place / f"recording_{time.strftime('%Y%m%d_%H%M%S')}{suffix}"
        with path.open("xb") as file:
            file.write(film)
        yield path, answer["keep"]


def download(path: Path) -> None:
    """Let the browser of a user of Colab save a file."""
    from google.colab import files

    files.download(str(path))
