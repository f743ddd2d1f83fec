"""Small data, and one trained network of each kind for all tests of the room."""

from dataclasses import replace

import numpy as np
import pytest

from helpers.models.recipes import recipes_for
from helpers.models.training import train_network

LABELS = np.repeat([0, 1, 2], 8)
PARTS = {"train": np.arange(0, 24, 2), "validation": np.arange(1, 24, 2)}

SMALL = replace(
    recipes_for("faces", "default")["small CNN"], size=16, epochs=5, patience=5, batch_size=8
)
VGG16 = replace(
    recipes_for("stills", "default")["VGG16"],
    blocks=3,
    unfrozen_blocks=1,
    dense_units=8,
    batch_size=8,
    epochs=2,
    patience=None,
    learning_rate=1e-4,
    cosine_decay=False,
    augment=None,
    copies=0,
)


@pytest.fixture(scope="session")
def grey():
    """Twenty-four small grey pictures of noise, darker by class."""
    pictures = np.random.default_rng(0).integers(0, 256, (24, 16, 16, 1), dtype=np.uint8)
    pictures[8:16] //= 2
    pictures[16:] //= 8
    return pictures


@pytest.fixture(scope="session")
def colour():
    """Twenty-four pictures of noise that VGG16 can take, darker or brighter by class."""
    noise = np.random.default_rng(0).random((24, 32, 32, 3))
    return (noise * np.linspace(90, 255, 24)[:, None, None, None]).astype(np.uint8)


@pytest.fixture(scope="session")
def small(grey):
    """Return a small CNN trained with ``SMALL`` and seed 1, and its history."""
    return train_network(grey, LABELS, PARTS, 3, SMALL, 1)


@pytest.fixture(scope="session")
def vgg16(colour):
    """Return a VGG16 of three blocks trained with ``VGG16`` and seed 1, and its history."""
    return train_network(colour, LABELS, PARTS, 3, VGG16, 1)
