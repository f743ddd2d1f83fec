"""The table for a GPU, made in small without one."""

from dataclasses import replace

import keras
import pytest

from helpers.series.benchmark import gpu
from helpers.series.console import make_console


def test_the_gpu_table_has_every_way_also_without_a_gpu(capsys):
    policy = keras.config.dtype_policy().name
    scale = replace(gpu.SMALL, shapes={"static_cnn": (16, 16, 1)}, batches=(4,))
    assert gpu.report(make_console(), scale) == 0
    printed = capsys.readouterr().out
    lines = [line.split() for line in printed.splitlines() if line.startswith(tuple(scale.shapes))]
    ways = [(line[0], line[1], line[2], line[3]) for line in lines]
    assert len(ways) == len(set(ways)) == 2
    for _network, precision, compiled, batch, steps, samples, *others in lines:
        assert float(steps) > 0
        assert float(samples) == pytest.approx(float(steps) * int(batch), rel=0.1)
        # The ratio to single precision, what is left from the pipeline, the accuracy.
        assert [value.endswith("%") for value in others] == [False, True, True]
        if (precision, compiled) == ("single", "no"):
            assert others[0] == "1.00"
    assert keras.config.dtype_policy().name == policy


def test_the_gpu_table_ends_in_time(capsys):
    assert gpu.report(make_console(), gpu.SMALL, limit=-1) == 0
    printed = capsys.readouterr().out
    assert "16 measurements are left out" in printed
