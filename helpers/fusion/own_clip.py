"""A clip of one's own through the whole series: its faces, its sound, and both together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from helpers.cache import Unusable
from helpers.corpora.clips import load_own_clips
from helpers.corpora.splits import FEWEST_STILLS, protocol_parts
from helpers.emotions import EMOTIONS, class_indices
from helpers.features.face_detection import faces_of_clip
from helpers.features.pictures import load_stills, picture_size
from helpers.features.spectrogram_images import sound_to_image, spectrogram_images
from helpers.fusion.own_scores import AUDIO
from helpers.models.recipes import FUSED, recipes_for
from helpers.models.saved import load_or_train
from helpers.models.training import predict
from helpers.models.vgg16 import blocks_for
from helpers.results.runs import ResultsError, load_run, run_folder
from helpers.runtime.colab import ask_for_file

FACES = "03_vgg16_transfer"
"""The notebook whose network scores faces; notebook 06 has the one for sound."""

FRAMES = 8
"""So many frames, evenly spread, are searched for a face."""


@dataclass(frozen=True)
class ScoredClip:
    """What two networks predict for one clip.

    Attributes
    ----------
    faces : uint8 array (f, height, width, 3)
        The largest face of each frame that shows one.
    frame_scores : array (f, classes)
    scores : dict of name to array (classes,)
        ``video`` (the mean of its frames) and ``audio``, as far as there are faces and sound, and
        ``mean``, the fusion of both, if there are both.
    reasons : dict of name to str
        Why there is no ``video`` or no ``audio``.
    """

    faces: np.ndarray
    frame_scores: np.ndarray
    scores: dict[str, np.ndarray]
    reasons: dict[str, str]


def find_clip(own_clip: str, clips: pd.DataFrame) -> tuple[Path, str]:
    """Return the file that a notebook's ``OWN_CLIP`` means, and a sentence about it.

    It is a path; ``upload`` to be asked for a file in Colab; "" for the first usable of the
    corpus's test clips. Raises FileNotFoundError if there is no such file.
    """
    if not own_clip:
        usable = clips[(clips["split"] == "val") & (clips["problem"] == "")]
        first = usable.iloc[0]
        return Path(first["path"]), (
            f"Test clip {first['sample_id']} of the corpus, labelled {first['emotion']}. For a "
            'clip of yours give its path as OWN_CLIP, or in Colab "upload".'
        )
    path = Path(ask_for_file() if own_clip == "upload" else own_clip).expanduser()
    if not path.is_file():
        raise FileNotFoundError(
            f"OWN_CLIP is {own_clip!r}, and {path} is no file. Give the path of a film, or "
            '"upload" in Colab.'
        )
    kept = "It stays where it is; nothing of it goes into the cache or the results."
    return path, f"Your clip {path.name}. {kept}"


def label_of(path: Path, clips: pd.DataFrame) -> str:
    """Return the emotion that a clip of the corpus is labelled with, "" for any other film."""
    labels = clips.loc[clips["path"] == str(path), "emotion"]
    return labels.iloc[0] if len(labels) else ""


def load_networks(
    corpus: str, data_root: str, results_root: str, settings: str, epochs: int, seed: int
) -> tuple[keras.Model, keras.Model, str]:
    """Return the networks of notebooks 03 and 06 (``held_out``), and a sentence on their origin.

    Takes a notebook's parameters. A network that its notebook has left is loaded, if it was made
    with these from the same data; else it is trained now, and kept where that notebook keeps it.
    """
    options = (data_root, results_root, settings, epochs, seed)
    video, video_loaded = _video_network(corpus, *options)
    audio, audio_loaded = _audio_network(corpus, *options)
    words = {True: "left by notebook {}", False: "trained now, as in notebook {}"}
    origin = (
        f"The network for faces was {words[video_loaded].format(FACES[:2])}, the one for sound was "
        f"{words[audio_loaded].format(AUDIO[:2])}; both learned from the corpus {corpus}."
    )
    return video, audio, origin


def _video_network(corpus, data_root, results_root, settings, epochs, seed):
    size = picture_size(corpus, epochs)
    stills = load_stills(corpus, data_root, size)
    protocols = protocol_parts(
        stills.manifest, stills.labels, seed, clip_id="clip_id", fewest_validation=FEWEST_STILLS
    )
    weights = _weights_of(FACES, corpus, results_root)
    options = {"weights": weights, "blocks": blocks_for(size)}
    recipe = recipes_for("stills", settings, epochs, corpus=corpus, **options)["VGG16"]
    made_from = (stills.pixels, stills.labels, protocols["held_out"], EMOTIONS, recipe, seed)
    return load_or_train(run_folder(FACES, corpus, results_root) / "held_out", *made_from)


def _audio_network(corpus, data_root, results_root, settings, epochs, seed):
    pictures, clips = spectrogram_images(load_own_clips(corpus, data_root))
    labels = class_indices(clips["emotion"])
    protocols = protocol_parts(
        clips, labels, seed, group="film", clip_id="sample_id", fewest_validation=FEWEST_STILLS
    )
    weights = _weights_of(AUDIO, corpus, results_root)
    recipes = recipes_for("spectrogram images", settings, epochs, corpus=corpus, weights=weights)
    recipe = recipes[FUSED]
    made_from = (pictures, labels, protocols["held_out"], EMOTIONS, recipe, seed)
    return load_or_train(run_folder(AUDIO, corpus, results_root) / "held_out", *made_from)


def _weights_of(notebook: str, corpus: str, results_root: str) -> str:
    """Return the name of the weights that a notebook's last run started from."""
    try:
        return load_run(notebook, corpus, results_root)["settings"]["weights"]
    except (ResultsError, KeyError):
        return "hed"


def score_clip(
    path: Path, video_network: keras.Model, audio_network: keras.Model, classes: Sequence[str]
) -> ScoredClip:
    """Score a film with the networks of notebooks 03 (faces) and 06 (spectrograms).

    A film without a face or without sound has a reason instead. Nothing of it is kept in the
    cache: it may show a person who is in no corpus.
    """
    height, width = video_network.input_shape[1:3]
    faces, frame_scores = np.empty((0, height, width, 3), np.uint8), np.empty((0, len(classes)))
    scores, reasons = {}, {}
    try:
        faces = faces_of_clip(path, (height, width), FRAMES)
        frame_scores = predict(video_network, faces, np.arange(len(faces)))
        scores["video"] = frame_scores.mean(axis=0)
    except Unusable as reason:
        reasons["video"] = str(reason)
    try:
        size = audio_network.input_shape[1:3]
        spectrogram = sound_to_image(path, kind="librosa_defaults", size=size)
        scores["audio"] = predict(audio_network, spectrogram[None], np.arange(1))[0]
    except Unusable as reason:
        reasons["audio"] = str(reason)
    if len(scores) == 2:
        scores["mean"] = (scores["video"] + scores["audio"]) / 2
    return ScoredClip(faces, frame_scores, scores, reasons)


def describe_clip(scored: ScoredClip, classes: Sequence[str], label: str = "") -> str:
    """Return what is predicted, a line per modality, what is missing, and if the last is right.

    ``label`` is the clip's emotion, if it is known.
    """
    lines = [
        f"{name}: {classes[int(values.argmax())]} ({values.max():.0%})"
        for name, values in scored.scores.items()
    ]
    lines += [f"no {name}: {reason}" for name, reason in scored.reasons.items()]
    if "video" in scored.scores:
        lines.insert(0, f"a face in {len(scored.faces)} of {FRAMES} frames")
    if label and scored.scores:
        values = list(scored.scores.values())[-1]
        right = classes[int(values.argmax())] == label
        sure = "not unsure" if values.max() > 0.5 else "unsure"
        lines.append(f"labelled {label}: {'right' if right else 'wrong'}, and {sure}")
    return "\n".join(lines)
