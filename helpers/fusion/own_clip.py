"""A clip of one's own, answered by networks that have seen people: its face, its voice, both."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.cache import Unusable
from helpers.decoding.sound import read_audio
from helpers.features.embeddings import expression_probabilities, some_faces, speech_vector
from helpers.features.functionals import SAMPLE_RATE
from helpers.features.landmarks import aligned_faces
from helpers.features.weights import WeightsError, weights_path
from helpers.fusion.then_and_now import System
from helpers.runtime.colab import ask_for_file, recorded_clip

FACE, VOICE = "expression network", "speech encoder"
"""Who answers: names of ``features.clip_features.WAYS``."""


@dataclass(frozen=True)
class ScoredClip:
    """What networks that have seen people make of one clip.

    Attributes
    ----------
    faces : uint8 array (f, 128, 128)
        Aligned faces, grey, evenly spread over the clip.
    frame_scores : array (f, classes)
    scores : dict of name to array (classes,)
        ``face`` (the mean of its frames) and ``voice``, as far as there are any, and their mean,
        ``both``.
    reasons : dict of name to str
        Why there is no ``face`` or no ``voice``.
    """

    faces: np.ndarray
    frame_scores: np.ndarray
    scores: dict[str, np.ndarray]
    reasons: dict[str, str]


@contextmanager
def find_clip(own_clip: str, clips: pd.DataFrame) -> Iterator[tuple[Path, str]]:
    """Yield the file that ``OWN_CLIP`` means, and a sentence about it.

    It is a path; in Colab ``record`` for camera and microphone, whose film is deleted afterwards
    unless it was to be kept, or ``upload`` to be asked for a file; "" for the first usable of the
    corpus's test clips.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    RuntimeError
        Outside Colab, or if nothing was recorded or uploaded.
    """
    if not own_clip:
        usable = clips[(clips["split"] == "val") & (clips["problem"] == "")]
        first = usable.iloc[0]
        yield (
            Path(first["path"]),
            (
                f"Test clip {first['sample_id']} of the corpus, labelled {first['emotion']}. For a "
                'clip of yours give its path as OWN_CLIP, or in Colab "record" or "upload".'
            ),
        )
        return
    nothing_kept = "nothing of it goes into the cache or the results"
    if own_clip == "record":
        with recorded_clip() as (path, kept):
            where = f"is kept as {path}" if kept else "is deleted now"
            yield path, f"Your recording {where}; {nothing_kept}."
        return
    path = Path(ask_for_file() if own_clip == "upload" else own_clip).expanduser()
    if not path.is_file():
        raise FileNotFoundError(
            f"OWN_CLIP is {own_clip!r}, and {path} is no file. Give the path of a film, or "
            '"record" or "upload" in Colab.'
        )
    yield path, f"Your clip {path.name}. It stays where it is; {nothing_kept}."


def label_of(path: Path, clips: pd.DataFrame) -> str:
    """Return the emotion that a clip of the corpus is labelled with, "" for any other film."""
    labels = clips.loc[clips["path"] == str(path), "emotion"]
    return labels.iloc[0] if len(labels) else ""


def score_clip(path: Path, systems: Mapping[str, System]) -> ScoredClip:
    """Score a film by the expression network, as it comes, and by a classifier of voices.

    The expression network has learned from photographs of people with these seven words. The speech
    encoder has heard people; which emotion its numbers mean, the classifier among ``systems``
    (``fusion.then_and_now.fit_system``) has learned from its corpus. A film without a face, or
    without sound, and a network that is not among ``systems``, has a reason instead. Nothing of the
    film is kept in the cache: it may show a person who is in no corpus.
    """
    faces, frame_scores = np.empty((0, 128, 128), np.uint8), np.empty((0, 0))
    scores, reasons = {}, {}
    try:
        weights = _weights_of(FACE, systems, "mini_xception")
        faces = some_faces(aligned_faces(path, weights_path("yunet")))
        frame_scores = expression_probabilities(faces, weights)
        scores["face"] = frame_scores.mean(axis=0)
    except (Unusable, WeightsError) as reason:
        reasons["face"] = str(reason)
    try:
        weights = _weights_of(VOICE, systems, "speech_encoder")
        vector = speech_vector(read_audio(path, SAMPLE_RATE), weights)
        scores["voice"] = systems[VOICE].classifier.probabilities(vector[None])[0]
    except (Unusable, WeightsError) as reason:
        reasons["voice"] = str(reason)
    if len(scores) == 2:
        scores["both"] = (scores["face"] + scores["voice"]) / 2
    return ScoredClip(faces, frame_scores, scores, reasons)


def _weights_of(way: str, systems: Mapping[str, System], name: str) -> Path:
    if way not in systems:
        raise WeightsError(f"the {way} is left out here; it needs EMBEDDINGS = 'bundled'")
    return weights_path(name)


def describe_clip(scored: ScoredClip, classes: Sequence[str], label: str = "") -> str:
    """Return what is predicted, a line each for face, voice and both, and what is missing.

    ``label`` is the clip's emotion, if it is known; then a line says if the last one is right.
    """
    lines = [
        f"{name}: {classes[int(values.argmax())]} ({values.max():.0%})"
        for name, values in scored.scores.items()
    ]
    lines += [f"no {name}: {reason}" for name, reason in scored.reasons.items()]
    if label and scored.scores:
        values = list(scored.scores.values())[-1]
        right = classes[int(values.argmax())] == label
        sure = "not unsure" if values.max() > 0.5 else "unsure"
        lines.append(f"labelled {label}: {'right' if right else 'wrong'}, and {sure}")
    return "\n".join(lines)
