"""Fixtures for a clip of one's own: a clip with a face, and who answers about its voice."""

import numpy as np
import pytest

from helpers.corpora import load_manifest
from helpers.emotions import EMOTIONS
from helpers.fusion import own_clip
from helpers.fusion.then_and_now import System
from helpers.models.classical import fit_classifier


@pytest.fixture(scope="session")
def clips(demo_root):
    """Return the manifest of the demo corpus's clips."""
    return load_manifest("afew", demo_root)


@pytest.fixture(scope="session")
def clip_with_face(clips):
    """Return the path of a clip in which a face and a voice can be found."""
    with own_clip.find_clip("", clips) as (path, _):
        return path


@pytest.fixture(scope="session")
def systems(weights_of):
    """Return the two systems that are asked, the voice's trained on made-up vectors."""
    for name in ("yunet", "mini_xception", "speech_encoder"):
        weights_of(name)  # or skips
    rng, labels = np.random.default_rng(0), np.repeat(np.arange(len(EMOTIONS)), 6)
    vectors = rng.normal(0, 1, (len(labels), 768)) + labels[:, None]
    groups = np.tile(np.arange(6), len(EMOTIONS))
    voice, _ = fit_classifier("linear", vectors, labels, groups, classes=len(EMOTIONS))
    nothing = np.empty((0, len(EMOTIONS)))

    def system(classifier):
        return System(2022, 768, "voices", nothing, nothing, 0, {}, classifier=classifier)

    return {own_clip.FACE: system(None), own_clip.VOICE: system(voice)}
