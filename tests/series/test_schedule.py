"""Which notebooks run at once, in which order, and what a failure stops."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from helpers.series.process import Job, Outcome
from helpers.series.schedule import carry_out, foundations, longest_first
from helpers.series.sources import Source

NAMES = ["01_a", "02_b", "03_c", "04_d", "05_e", "06_f", "07_g"]


def jobs_of(*names, seed=None):
    return [
        Job(Source(Path(f"src/{name}.py")), {}, Path("results"), "demo", seed) for name in names
    ]


class Recorder:
    """Stands for notebooks: sleeps, and notes who ran beside whom."""

    def __init__(self, failing=(), seconds=0.05):
        self.began, self.beside, self.ended = [], {}, []
        self._failing, self._seconds = failing, seconds
        self._running, self._lock = set(), threading.Lock()

    def __call__(self, job):
        with self._lock:
            self.began.append(job.title)
            self._running.add(job.title)
            self.beside[job.title] = set(self._running)
        time.sleep(self._seconds)
        with self._lock:
            self._running.remove(job.title)
            self.ended.append(job.title)
        if job.title == "06_f" and "06_f" in self._failing:
            raise OSError("disk full")
        return Outcome(job, "failed" if job.title in self._failing else "done")


def run(jobs, recorder, at_once=2, **options):
    with ThreadPoolExecutor(at_once) as pool:
        outcomes = carry_out(jobs, recorder, pool, at_once=at_once, **options)
    return {title: outcome.status for title, outcome in outcomes.items()}


def test_what_builds_on_others_comes_after_them_and_the_rest_at_once():
    recorder = Recorder()
    statuses = run(jobs_of(*NAMES), recorder, at_once=4)
    assert statuses == dict.fromkeys(NAMES, "done")
    assert max(len(names) for names in recorder.beside.values()) == 4
    for above, below in [("02_b", "01_a"), ("04_d", "03_c"), ("07_g", "04_d"), ("07_g", "06_f")]:
        assert below not in recorder.beside[above]
        assert recorder.began.index(above) > recorder.ended.index(below)


def test_one_at_a_time_is_in_order():
    recorder = Recorder(seconds=0)
    run(jobs_of(*NAMES), recorder, at_once=1)
    assert recorder.began == recorder.ended == NAMES


def test_a_failure_stops_only_what_builds_on_it():
    statuses = run(jobs_of(*NAMES), Recorder(failing=["03_c"], seconds=0))
    assert [name for name, status in statuses.items() if status == "not run"] == ["04_d", "07_g"]
    statuses = run(jobs_of(*NAMES), Recorder(failing=["06_f"], seconds=0))
    assert {name for name, status in statuses.items() if status != "done"} == {"06_f", "07_g"}


def test_seeds_do_not_wait_for_each_other():
    jobs = jobs_of("01_a", "02_b", seed=0) + jobs_of("01_a", "02_b", seed=1)
    assert foundations(jobs)["02_b (seed 1)"] == ["01_a (seed 1)"]
    statuses = run(jobs, Recorder(failing=["01_a (seed 0)"]))
    assert list(statuses.values()).count("done") == 2
    assert statuses["02_b (seed 0)"] == "not run"


def test_the_longest_chain_begins():
    jobs = jobs_of(*NAMES)
    seconds = dict(zip(NAMES, [110, 90, 150, 95, 165, 155, 18], strict=True))
    begin = [job.source.name for job in longest_first(jobs, seconds)]
    assert begin == ["03_c", "01_a", "06_f", "05_e", "04_d", "02_b", "07_g"]
    assert longest_first(jobs, dict.fromkeys(NAMES, 0.0)) == jobs


def test_a_notebook_waits_until_its_memory_is_free_but_one_always_runs():
    free = {"01_a": 10, "03_c": 10, "05_e": 1}

    def fits(job, running):
        return sum(free[name] for name in [job.title, *(other.title for other in running)]) <= 12

    recorder = Recorder()
    run(jobs_of("01_a", "03_c", "05_e"), recorder, at_once=3, fits=fits)
    assert "03_c" not in recorder.beside["01_a"]
    assert "05_e" in recorder.began[:2], "a smaller one goes ahead"
    recorder = Recorder()
    run(jobs_of("01_a", "03_c"), recorder, fits=lambda *_: False)
    assert recorder.ended == ["01_a", "03_c"]


def test_each_end_is_told():
    told = []
    run(jobs_of("01_a", "02_b"), Recorder(failing=["01_a"]), report=told.append)
    assert [(one.job.title, one.status) for one in told] == [
        ("01_a", "failed"),
        ("02_b", "not run"),
    ]
