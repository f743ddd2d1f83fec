"""Random numbers that belong to an item, whoever makes it and when."""

import hashlib

import numpy as np


def random_for(seed: int, *names: object) -> np.random.Generator:
    """Return the generator of one item, named like ``random_for(seed, "film", title)``."""
    digest = hashlib.blake2b(repr(names).encode(), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "big")])
