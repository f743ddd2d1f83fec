"""The benchmark measures what it says: two ways that sleep for known times."""

import time

import joblib
import pytest

from helpers.series.__main__ import main
from helpers.series.benchmark import audio
from helpers.series.benchmark.measure import Row, measure


def sleepers(folder):
    (folder / "written").touch()
    return lambda: time.sleep(0.2), lambda: time.sleep(0.02)


def test_ratio_and_memory():
    found = measure(Row("sleep", sleepers, 2, repeats=2))
    # No upper limits: on a busy machine a sleep lasts longer.
    assert found.plain >= 0.2 and found.ours >= 0.02
    assert 1 < found.ratio <= found.plain / 0.02 and found.peak > 10


def parallel_sleepers(folder):
    def way():
        joblib.Parallel(n_jobs=2)(joblib.delayed(time.sleep)(0.01) for _ in range(4))

    return way, way


def test_processes_that_a_way_starts_do_not_hold_up_the_end():
    started = time.monotonic()
    measure(Row("parallel sleep", parallel_sleepers, 1, repeats=1))
    assert time.monotonic() - started < 60  # joblib's own processes idle for 300 s


@pytest.mark.parametrize(("target", "code"), [(1.5, 0), (1000, 1)])
def test_a_missed_promise_is_said(monkeypatch, capsys, target, code):
    monkeypatch.setattr(audio, "ROWS", [Row("sleeping", sleepers, target)])
    assert main(["benchmark", "audio"]) == code
    printed = capsys.readouterr().out
    assert "sleeping" in printed and ("missed" in printed) == bool(code)


def test_an_unknown_topic_is_named(capsys):
    assert main(["benchmark", "smell"]) == 2
    assert "No topic smell; there are: audio, faces, " in capsys.readouterr().out
