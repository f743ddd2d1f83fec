"""LBP-TOP against a literal loop, on volumes whose patterns are known, and against the clock."""

import time
import timeit
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from helpers.cache import Unusable
from helpers.features.lbp_top import PLANES, lbp_top, pattern_codes, uniform_bins
from helpers.series.benchmark.then_and_now import slice_by_slice


def by_hand(volume, radius):
    """Return the codes of every point, one neighbour after the other, as the MATLAB code does."""
    frames, height, width = volume.shape
    inner = [range(radius, size - radius) for size in volume.shape]
    codes = {plane: np.zeros([len(part) for part in inner], int) for plane in PLANES}
    for t in inner[0]:
        for y in inner[1]:
            for x in inner[2]:
                for p in range(8):
                    cosine = radius * np.cos(2 * np.pi * p / 8)
                    sine = radius * np.sin(2 * np.pi * p / 8)
                    right, up = int(np.floor(x + cosine + 0.5)), int(np.floor(y - sine + 0.5))
                    neighbours = {
                        "XY": volume[t, up, right],
                        "XT": volume[int(np.floor(t + sine + 0.5)), y, right],
                        "YT": volume[int(np.floor(t + cosine + 0.5)), up, x],
                    }
                    for plane, value in neighbours.items():
                        bit = int(value >= volume[t, y, x])
                        codes[plane][t - radius, y - radius, x - radius] += bit << p
    return codes


@pytest.mark.parametrize("radius", [1, 3])
def test_codes_are_those_of_a_literal_loop(radius):
    volume = np.random.default_rng(radius).integers(0, 8, (9, 11, 10), dtype=np.uint8)
    found, expected = pattern_codes(volume, radius), by_hand(volume, radius)
    for plane in PLANES:
        np.testing.assert_array_equal(found[plane], expected[plane], err_msg=plane)


@pytest.mark.parametrize(
    ("axis", "codes"),
    [(None, (255, 255, 255)), (0, (255, 31, 199)), (2, (199, 199, 255)), (1, (241, 255, 241))],
)
def test_constant_volumes_and_ramps_have_one_pattern_each(axis, codes):
    volume = np.full((9, 12, 10), 7, np.uint8)
    if axis is not None:
        volume = np.moveaxis(
            np.moveaxis(volume, axis, -1) + np.arange(volume.shape[axis]), -1, axis
        )
    found = pattern_codes(volume.astype(np.uint8), 3)
    assert tuple(set(found[plane].ravel().tolist()) for plane in PLANES) == tuple(
        {code} for code in codes
    )
    histograms = lbp_top(volume.astype(np.uint8), 3).reshape(16, 3, 59)
    for plane, code in enumerate(codes):
        assert (histograms[:, plane, uniform_bins()[code]] == 1).all()


@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 3]))
@settings(max_examples=20, deadline=None)
def test_codes_stay_when_greys_are_mapped_without_changing_their_order(seed, radius):
    rng = np.random.default_rng(seed)
    volume = rng.integers(0, 40, (8, 9, 9), dtype=np.uint8)
    mapped = np.sort(rng.choice(256, 40, replace=False)).astype(np.uint8)[volume]
    assert np.array_equal(lbp_top(volume, radius, blocks=2), lbp_top(mapped, radius, blocks=2))


def test_there_are_58_uniform_patterns_and_one_bin_for_the_rest():
    bins = uniform_bins()
    assert np.bincount(bins).tolist() == [1] * 58 + [198]
    assert bins[0b01010101] == 58 and bins[0] == 0 and bins[255] == 57
    assert bins[0b10000001] < 58 and bins[0b10000101] == 58


def test_blocks_are_parts_of_the_face_in_their_order():
    rng = np.random.default_rng(0)
    volume = rng.integers(0, 256, (5, 34, 42), dtype=np.uint8)
    histograms = lbp_top(volume).reshape(4, 4, 3, 59)
    assert lbp_top(volume).shape == (2832,)
    np.testing.assert_allclose(histograms.sum(axis=-1), 1)
    codes = pattern_codes(volume)["XT"]  # 32 rows, 40 columns: blocks of 8x10
    part = np.bincount(uniform_bins()[codes[:, 8:16, 30:40]].ravel(), minlength=59)
    np.testing.assert_allclose(histograms[1, 3, 1], part / part.sum())


def test_what_is_too_small_has_a_reason():
    volume = np.zeros((9, 20, 20), np.uint8)
    assert lbp_top(volume[:7], 3).shape == (2832,)
    with pytest.raises(Unusable, match=r"6 frames of 20x20 .*radius 3 needs at least 7"):
        lbp_top(volume[:6], 3)
    with pytest.raises(Unusable, match="at least 3"):
        lbp_top(volume[:2])
    with pytest.raises(Unusable, match="cannot be cut into 4x4"):
        lbp_top(volume[:, :5])
    for wrong in (volume.astype(float), volume[0]):
        with pytest.raises(ValueError, match="uint8"):
            lbp_top(wrong)


def test_it_is_ten_times_as_fast_as_slice_by_slice():
    volume = np.random.default_rng(0).integers(0, 256, (60, 128, 128), dtype=np.uint8)
    np.testing.assert_allclose(lbp_top(volume), slice_by_slice(volume, 1))
    clock = {"timer": time.process_time, "number": 1, "repeat": 3}
    fast = min(timeit.repeat(partial(lbp_top, volume), **clock))
    slow = min(timeit.repeat(partial(slice_by_slice, volume, 1), **clock))
    assert fast < 0.1
    assert fast < slow / 10
