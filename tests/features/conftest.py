"""Weights of others, where a package index or a filled cache has them."""

import pytest

from helpers.features.weights import WeightsError, weights_path


@pytest.fixture(scope="session")
def weights_of():
    """Return what gives the path of a weights file, or skips with the reason."""

    def path(name):
        try:
            return weights_path(name, progress=False)
        except WeightsError as error:
            pytest.skip(str(error).splitlines()[0])

    return path
