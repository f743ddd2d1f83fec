"""Descriptions of clips in notebook 08, beside packages for the same, where they are installed.

``pip install fer`` and ``pip install opensmile`` bring two rows more.
"""

from functools import partial
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
import soundfile

from helpers.corpora.demo import instrument
from helpers.decoding.film import extract_frames
from helpers.decoding.sound import read_audio
from helpers.features.embeddings import expression_vector
from helpers.features.functionals import SAMPLE_RATE, functionals
from helpers.features.landmarks import aligned_faces
from helpers.features.lbp_top import circle, lbp_top, uniform_bins
from helpers.features.media import encode_webm
from helpers.features.weights import weights_path
from helpers.series.benchmark.measure import Row, Way

_CLIPS = 24
_FRAMES = 24


def patterns(folder: Path) -> tuple[Way, Way]:
    """Describe a face of 60 frames slice by slice, and all of it at once."""
    volume = np.random.default_rng(0).integers(0, 256, (60, 128, 128), dtype=np.uint8)
    return partial(slice_by_slice, volume, 1), partial(lbp_top, volume)


def slice_by_slice(volume: np.ndarray, radius: int, blocks: int = 4) -> np.ndarray:
    """Return LBP-TOP from one slice at a time, in each the patterns of a block at a time.

    What ours is compared with, in speed here and in its numbers in the tests.
    """
    frames, height, width = (np.arange(size) for size in volume.shape)
    block_of = [
        np.searchsorted(np.arange(1, blocks) * len(size) // blocks, size, "right")
        for size in (height[: -2 * radius], width[: -2 * radius])
    ]
    histogram = np.zeros((blocks, blocks, 3, 59))
    every = [np.zeros(len(frames) - 2 * radius, int)]
    turned = (
        (volume, [*every, *block_of]),  # slices, rows, columns; row 0 is above
        (volume.transpose(1, 0, 2)[:, ::-1], [block_of[0], *every, block_of[1]]),
        (volume.transpose(2, 1, 0), [block_of[1], block_of[0], *every]),
    )
    for plane, (slices, blocks_of) in enumerate(turned):
        for place, picture in enumerate(slices[radius : len(slices) - radius].astype(int)):
            height, width = picture.shape
            centre = picture[radius : height - radius, radius : width - radius]
            codes = np.zeros(centre.shape, int)
            for p, (right, up) in enumerate(circle(radius)):
                rows = slice(radius - up, height - radius - up)
                columns = slice(radius + right, width - radius + right)
                codes += (picture[rows, columns] >= centre).astype(int) << p
            fixed, of_rows, of_columns = blocks_of[0][place], *blocks_of[1:]
            for i in np.unique(of_rows):
                for j in np.unique(of_columns):
                    part = uniform_bins()[codes[of_rows == i][:, of_columns == j]]
                    where = {0: (i, j), 1: (fixed, j), 2: (i, fixed)}[plane]
                    histogram[where][plane] += np.bincount(part.ravel(), minlength=59)
    return (histogram / histogram.sum(axis=-1, keepdims=True)).ravel()


def expression(folder: Path) -> tuple[Way, Way]:
    """Look at the expression in a clip with fer, frame by frame, and as notebook 08 does."""
    from fer.fer import FER

    path, faces = folder / "clip.webm", np.stack([instrument.face(2, "Happy")] * _FRAMES)
    path.write_bytes(encode_webm(faces, 25, instrument.voice(2, "Happy"), instrument.SAMPLE_RATE))
    detector, yunet, network = FER(), weights_path("yunet"), weights_path("mini_xception")

    def plain() -> list:
        frames = extract_frames(path, frames_per_clip=_FRAMES)
        return [detector.detect_emotions(frame[..., ::-1]) for frame in frames]

    return plain, lambda: expression_vector(aligned_faces(path, yunet), network)


def functionals_of_sounds(folder: Path) -> tuple[Way, Way]:
    """Describe sounds with opensmile and its own workers, and with the free functionals."""
    import opensmile

    rng = np.random.default_rng(0)
    paths = [str(folder / f"{index}.wav") for index in range(_CLIPS)]
    for path in paths:
        soundfile.write(path, rng.normal(0, 0.1, 3 * SAMPLE_RATE), SAMPLE_RATE)
    smile = opensmile.Smile(opensmile.FeatureSet.IS10, num_workers=2)

    def ours() -> list[np.ndarray]:
        return [functionals(read_audio(path, SAMPLE_RATE)) for path in paths]

    return lambda: smile.process_files(paths), ours


ROWS = [Row("LBP-TOP of 60 frames: slice by slice / at once", patterns, 10)]
if find_spec("fer") and hasattr(cv2, "CascadeClassifier"):  # fer needs it, OpenCV 5 has it not
    ROWS.append(Row("expression in a clip: fer, every frame / helpers", expression, 1))
if find_spec("opensmile"):
    name = "functionals of sounds: opensmile, two workers / helpers, one"
    ROWS.append(Row(name, functionals_of_sounds, 1))
