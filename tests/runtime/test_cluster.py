"""``series run --scheduler``: seeds and extraction on a cluster, also when it loses a worker."""

import io
import json
import os
import signal
import sys
import threading
import time

import pytest

from helpers.cache import compute_each, compute_stack
from helpers.paths import repository_root
from helpers.runtime import cluster
from helpers.series.console import make_console
from helpers.series.plan import Request
from helpers.series.run import run
from helpers.series.sources import SeriesError
from tests.series.test_run import write
from tests.test_scale import frames_of, picture_of

NOTE = """\
# %%
import json
import time

began = time.time()
time.sleep(2)
with open({log!r}, "a") as file:
    file.write(json.dumps(["{name}", SEED, began, time.time()]) + chr(10))
"""


@pytest.fixture
def workers(tmp_path, monkeypatch):
    """Start two workers with a process each and return the cluster."""
    distributed = pytest.importorskip("distributed", reason="the optional extra for clusters")
    monkeypatch.setenv("PYTHONPATH", str(repository_root()))
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        local_directory=str(tmp_path / "dask"),
    ) as local:
        yield local


def carry_out(folder, results, **options):
    stream = io.StringIO()
    request = Request(results=str(results), **options)
    return run(request, make_console(stream), folder), stream.getvalue()


def noted(log):
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.mark.slow
def test_seeds_on_a_cluster_that_loses_a_worker_are_all_done_and_none_twice(tmp_path, workers):
    folder, results, log = tmp_path / "notebooks", tmp_path / "results", tmp_path / "log"
    (folder / "src").mkdir(parents=True)
    names = ["01_faces", "05_audio"]
    for name in names:
        write(folder, name, NOTE.format(name=name, log=str(log)))
    seeds = [0, 1, 2, 3]
    victim, _ = workers.get_client().run(os.getpid).values()
    killed = []

    def kill_half_way():
        while len(noted(log)) < len(seeds) * len(names) // 2:
            time.sleep(0.05)
        os.kill(victim, signal.SIGKILL)
        killed.append(len(noted(log)))

    killer = threading.Thread(target=kill_half_way)
    killer.start()
    options = {"seeds": seeds, "scheduler": workers.scheduler_address}
    # Fresh: what a lost worker had finished counts all the same.
    outcomes, text = carry_out(folder, results, fresh=True, **options)
    killer.join()
    titles = [f"{name} (seed {seed})" for seed in seeds for name in names]
    assert [outcome.job.title for outcome in outcomes] == titles
    assert {outcome.status for outcome in outcomes} <= {"done", "up to date"}
    assert "[8/8]" in text
    for seed in seeds:
        for name in names:
            run = json.loads(
                (results / "seeds" / str(seed) / "demo" / name / "metrics.json").read_text()
            )
            assert run["settings"]["SEED"] == seed
    notes = noted(log)
    done = [(name, seed) for name, seed, *_ in notes]
    assert sorted(set(done)) == sorted((name, seed) for name in names for seed in seeds)
    assert 0 < killed[0] < len(done)
    # What the killed worker was at may have written its note and not yet its digest.
    assert len(done) - len(set(done)) <= 1
    # A worker does one thing at a time, so two at a time are two workers.
    assert any(
        one[1] != other[1] and one[2] < other[2] < one[3] for one in notes for other in notes
    )
    assert not list(results.rglob("*.partial.ipynb"))

    again, _ = carry_out(folder, results, **options)
    assert {outcome.status for outcome in again} == {"up to date"}


@pytest.mark.slow
def test_a_failed_notebook_is_told_and_the_rest_goes_on(tmp_path, workers):
    folder, results = tmp_path / "notebooks", tmp_path / "results"
    (folder / "src").mkdir(parents=True)
    write(folder, "03_transfer", "# %%\n1 / SEED\n")
    write(folder, "04_video")
    outcomes, _ = carry_out(folder, results, seeds=[0, 1], scheduler=workers.scheduler_address)
    statuses = [outcome.status for outcome in outcomes]
    assert statuses == ["failed", "not run", "done", "done"]
    assert "ZeroDivisionError" in outcomes[0].reason
    assert "builds on 03_transfer" in outcomes[1].reason


@pytest.mark.slow
def test_notebooks_extract_on_the_cluster_that_they_are_given(tmp_path, workers, monkeypatch):
    """One notebook, run here; what it computes for its files is computed by the workers."""
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    folder, results, files = tmp_path / "notebooks", tmp_path / "results", tmp_path / "files"
    (folder / "src").mkdir(parents=True)
    files.mkdir()
    for number in range(20):
        (files / f"{number}.bin").write_bytes(bytes([number]))
    cells = f"""\
# %%
from pathlib import Path

from helpers.cache import compute_each
from tests.runtime.test_cluster import processes_of

paths = sorted(Path({str(files)!r}).iterdir())
found = compute_each("cluster_test", paths, {{}}, processes_of, progress=False)
Path({str(tmp_path / "found")!r}).write_text(" ".join(str(int(r.load()[0])) for r in found))
"""
    write(folder, "05_audio", cells)
    pids = set(workers.get_client().run(os.getpid).values())
    outcomes, _ = carry_out(folder, results, scheduler=workers.scheduler_address)
    assert [outcome.status for outcome in outcomes] == ["done"], outcomes
    found = [int(text) for text in (tmp_path / "found").read_text().split()]
    assert len(found) == 20
    assert set(found) <= pids
    assert cluster.VARIABLE not in os.environ


def processes_of(path):
    import numpy as np

    return np.array([os.getpid()])


@pytest.mark.slow
def test_what_the_cluster_computes_is_what_this_machine_computes(tmp_path, workers, monkeypatch):
    paths = []
    for number in range(10):
        paths.append(tmp_path / f"{number}.bin")
        paths[-1].write_bytes(bytes([number]))
    computed = {}
    for place in ("", workers.scheduler_address):
        monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / f"cache{bool(place)}"))
        monkeypatch.setenv(cluster.VARIABLE, place)
        each = compute_each("each", paths, {}, frames_of, progress=False)
        stack, problems = compute_stack(
            "stack", paths, {}, picture_of, shape=(48, 48), dtype="uint8", progress=False
        )
        assert problems == [""] * 10
        computed[place] = [result.load().tolist() for result in each], stack.tolist()
    assert computed[""] == computed[workers.scheduler_address]


def test_without_distributed_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(cluster.ClusterError, match="pip install distributed"),
        cluster.on_cluster("tcp://127.0.0.1:1"),
    ):
        pass
    (tmp_path / "src").mkdir()
    write(tmp_path, "01_faces")
    for seeds in ([], [0, 1]):
        with pytest.raises(SeriesError, match="not among the requirements"):
            carry_out(tmp_path, tmp_path, seeds=seeds, scheduler="tcp://127.0.0.1:1")
    assert not (tmp_path / "demo").exists()


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch):
    pytest.importorskip("distributed", reason="the optional extra for clusters")
    monkeypatch.setattr(cluster, "_SECONDS", 0.5)
    for address in ("tcp://127.0.0.1:1", "nonsense://"):
        with (
            pytest.raises(cluster.ClusterError, match=f"No Dask scheduler answers at {address}"),
            cluster.on_cluster(address),
        ):
            pass
