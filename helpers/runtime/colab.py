"""What only Colab has: Google Drive, uploads, and a menu to choose a GPU from."""

import importlib.util
import sys
from pathlib import Path

NO_GPU_IN_COLAB = (
    "No GPU: in the menu choose Runtime > Change runtime type > T4 GPU, then Runtime > Run all. "
    "Without it everything still runs, only slower."
)
_DRIVE = "/content/drive"


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


def download(path: Path) -> None:
    """Let the browser of a user of Colab save a file."""
    from google.colab import files

    files.download(str(path))
