"""One vector a clip, by the ways of 2013, 2018 and today: a face's movement, a voice's course.

Faces are found and aligned once for all ways; every vector is kept in the cache. A clip that gives
none keeps its row, of nan, and its reason.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.decoding.sound import read_audio
from helpers.features.downloaded_embeddings import emotieffnet_vector, trillsson_vector
from helpers.features.embeddings import expression_vector, mesh_vector, speech_vector
from helpers.features.functionals import SAMPLE_RATE, functionals, is10_functionals
from helpers.features.landmarks import aligned_faces
from helpers.features.lbp_top import lbp_top
from helpers.features.media import compute_each_row
from helpers.features.weights import BUNDLED, WEIGHTS, weights_path

OPENSMILE = "openSMILE's IS10"

EMBEDDINGS = ("bundled", "downloaded", "none")
"""Which frozen networks: small ones out of packages, larger ones from their addresses too, none."""


@dataclass(frozen=True)
class Way:
    """One way to describe a clip.

    ``function`` takes aligned faces (n, 128, 128) or samples at 16 kHz, and the file of ``weights``
    (a key of ``WEIGHTS``) where there is one. ``kernel`` is what the classifier on top is to use
    (``helpers.models.classical``). ``in_processes``: False where the network is TensorFlow's, which
    has threads of its own and takes seconds to begin. ``protocol`` is the only one for which the
    way may be used: ``thesis`` where its weights were chosen by the test clips.
    """

    year: int
    modality: str
    kernel: str
    function: Callable[..., np.ndarray]
    weights: str = ""
    in_processes: bool = True
    protocol: str = "held_out"

    @property
    def has_seen(self) -> str:
        """What its weights were trained on."""
        return WEIGHTS[self.weights].trained_on if self.weights else "nothing"


WAYS = {
    "LBP-TOP, R = 1": Way(2013, "face", "chi_square", partial(lbp_top, radius=1)),
    "LBP-TOP, R = 3": Way(2013, "face", "chi_square", partial(lbp_top, radius=3)),
    "sound functionals": Way(2013, "sound", "linear", functionals),
    "face mesh": Way(2019, "face", "linear", mesh_vector, "face_mesh"),
    "expression network": Way(
        2017, "face", "linear", expression_vector, "mini_xception", in_processes=False
    ),
    "speech encoder": Way(2022, "sound", "linear", speech_vector, "speech_encoder"),
    OPENSMILE: Way(2013, "sound", "linear", is10_functionals),
    "EmotiEffNet": Way(2022, "face", "linear", emotieffnet_vector, "emotieffnet_va_mtl"),
    "EmotiEffNet, best_afew": Way(
        2022, "face", "linear", emotieffnet_vector, "emotieffnet_best_afew", protocol="thesis"
    ),
    "TRILLsson": Way(2022, "sound", "linear", trillsson_vector, "trillsson1", in_processes=False),
}
"""Name to way; the year is that of the method's publication, or of its use as EmotiW's baseline."""


def ways_of(embeddings: str, *, opensmile: bool = False) -> list[str]:
    """Return the names of the ways with these networks, one of ``EMBEDDINGS``.

    ``opensmile``: that it is installed, and its licence accepted.

    Raises
    ------
    ValueError
        If there are no such networks.
    """
    if embeddings not in EMBEDDINGS:
        raise ValueError(f"Unknown networks {embeddings!r}; expected one of {EMBEDDINGS}.")
    allowed = {"none": [""], "bundled": ["", *BUNDLED], "downloaded": ["", *WEIGHTS]}[embeddings]
    return [
        name
        for name, way in WAYS.items()
        if way.weights in allowed and (name != OPENSMILE or opensmile)
    ]


def aligned_face_clips(clips: pd.DataFrame, *, progress: bool = True) -> pd.DataFrame:
    """Return a manifest with ``path`` the aligned faces of each clip, as a ``.npy`` file.

    ``problem`` says why a clip has none.

    Raises
    ------
    helpers.features.weights.WeightsError
        If the face detector cannot be had.
    """
    weights = weights_path("yunet", progress=progress)
    settings = {"detector": WEIGHTS["yunet"].sha256}
    function = partial(aligned_faces, weights=weights)
    results, clips = compute_each_row("aligned_faces", clips, settings, function)
    return clips.assign(path=[str(result.path or "") for result in results])


def clip_vectors(
    name: str, clips: pd.DataFrame, faces: pd.DataFrame, *, progress: bool = True
) -> tuple[np.ndarray, list[str]]:
    """Describe every clip by one of ``WAYS``.

    Parameters
    ----------
    clips : DataFrame (n rows)
        The manifest, for what is heard.
    faces : DataFrame (n rows)
        From :func:`aligned_face_clips`, for what is seen.

    Returns
    -------
    vectors : float32 array (n, numbers)
        nan where a clip gives none.
    reasons : list of n str
        "" or why.

    Raises
    ------
    helpers.features.weights.WeightsError
        If the network cannot be had or used.
    ValueError
        If no clip gives a vector.
    """
    way = WAYS[name]
    function = _ready(way, progress)
    settings = {"way": name, "weights": WEIGHTS[way.weights].hash if way.weights else ""}
    manifest = faces if way.modality == "face" else clips
    jobs = -1 if way.in_processes else 1
    results, described = compute_each_row("clip_vectors", manifest, settings, function, jobs=jobs)
    reasons = described["problem"].tolist()
    found = [result.load() for result in results if not result.problem]
    if not found:
        raise ValueError(f"{name}: none of the {len(clips)} clips can be used; {reasons[0]}.")
    vectors = np.full((len(clips), len(found[0])), np.nan, np.float32)
    vectors[[not reason for reason in reasons]] = found
    return vectors, reasons


def seconds_per_clip(
    name: str, clips: pd.DataFrame, faces: pd.DataFrame, *, sample: int = 5
) -> float:
    """Return how long one process takes for a clip, decoding included: the median of ``sample``.

    For what is seen, finding and aligning the faces is counted too.
    """
    way = WAYS[name]
    function = _ready(way, progress=False)
    manifest = faces if way.modality == "face" else clips
    rows = np.flatnonzero((manifest["problem"] == "").to_numpy())[: sample + 1]
    taken = []
    for row in rows:
        before = time.perf_counter()
        if way.modality == "face":
            aligned_faces(clips["path"].iloc[row], weights_path("yunet"))
        function(Path(manifest["path"].iloc[row]))
        taken.append(time.perf_counter() - before)
    return float(np.median(taken[1:] or taken))  # at the first one networks are loaded


def _ready(way: Way, progress: bool) -> Callable[[Path], np.ndarray]:
    """Return what describes a file, its weights in place and tried."""
    function = way.function
    if way.weights:
        function = partial(function, weights=weights_path(way.weights, progress=progress))
    tried = function
    function = partial(_of_faces if way.modality == "face" else _of_sound, function=function)
    if way.modality == "sound":  # what is missing is better known here than in every process
        tried(np.sin(np.arange(SAMPLE_RATE)))
    return function


def _of_faces(path: Path, function: Callable[..., np.ndarray]) -> np.ndarray:
    return function(np.load(path, allow_pickle=False)).astype(np.float32)


def _of_sound(path: Path, function: Callable[..., np.ndarray]) -> np.ndarray:
    return function(read_audio(path, SAMPLE_RATE))
