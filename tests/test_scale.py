"""At full size: rows in seconds, memory that does not grow, a cluster that loses a worker."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import joblib
import numpy as np
import pytest

from helpers.cache import compute_each
from helpers.corpora import load_manifest
from helpers.corpora.meld import CLIP_FOLDERS, TABLES
from helpers.emotions import EMOTIONS
from helpers.paths import repository_root

ROWS = 15_000


def write_afew(root):
    for number in range(ROWS):
        split = "Train_AFEW" if number % 3 else "Val_AFEW"
        folder = root / "EmotiW_2018" / split / EMOTIONS[number % 7]
        if number < 42:
            folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:09d}.avi").write_bytes(b"x")


def write_crema_d(root):
    (root / "crema_d" / "VideoFlash").mkdir(parents=True)
    labels = ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")
    for number in range(ROWS):
        take = f"1{number // 150:03d}_T{chr(65 + number // 6 % 25)}X_{labels[number % 6]}_XX"
        (root / "crema_d" / "VideoFlash" / f"{take}.flv").write_bytes(b"x")


def write_meld(root):
    for split, rows in (("train", 11_000), ("dev", 1_000), ("test", 3_000)):
        folder = root / "meld" / CLIP_FOLDERS[split]
        folder.mkdir(parents=True)
        lines = ["Utterance,Speaker,Emotion,Dialogue_ID,Utterance_ID"]
        for number in range(rows):
            lines.append(f'"So, no",Joey,joy,{number // 10},{number % 10}')
            (folder / f"dia{number // 10}_utt{number % 10}.mp4").write_bytes(b"x")
        (root / "meld" / TABLES[split]).write_text("\n".join(lines) + "\n")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["afew", "crema_d", "meld"])
def test_a_manifest_of_15000_rows_takes_at_most_10_seconds(tmp_path, name):
    {"afew": write_afew, "crema_d": write_crema_d, "meld": write_meld}[name](tmp_path)
    started = time.perf_counter()
    manifest = load_manifest(name, tmp_path)
    seconds = time.perf_counter() - started
    assert len(manifest) > 14_000
    assert seconds < 10


MEASURE = """
import resource, sys
from pathlib import Path
from joblib.externals.loky import get_reusable_executor
from helpers.cache import compute_each, compute_stack
from tests.test_scale import frames_of, picture_of

paths = sorted(Path(sys.argv[1]).iterdir())
for some in (paths[: len(paths) // 10], paths):
    results = compute_each("scale_frames", some, {}, frames_of, jobs=2, progress=False)
    assert all(result.path for result in results)
    total = sum(int(result.load()[0, 0, 0]) for result in results)
    stack, problems = compute_stack(
        "scale_pictures", some, {}, picture_of, shape=(128, 128), dtype="uint8", jobs=2,
        progress=False,
    )
    assert len(stack) == len(some) and not any(problems)
    get_reusable_executor().shutdown(wait=True)
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        print(resource.getrusage(who).ru_maxrss / 1024)
"""


def frames_of(path):
    return np.full((5, 128, 128), path.read_bytes()[0], dtype=np.uint8)


def picture_of(path):
    return np.full((128, 128), path.read_bytes()[0], dtype=np.uint8)


@pytest.mark.slow
def test_ten_times_the_files_need_no_more_memory(tmp_path):
    """All frames of 3,000 clips would be 246 MB here, all pictures 49 MB more."""
    files = tmp_path / "clips"
    files.mkdir()
    for number in range(3_000):
        (files / f"{number:05d}.bin").write_bytes(number.to_bytes(4, "little") * 16)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(files)],
        check=True,
        capture_output=True,
        text=True,
        cwd=repository_root(),
        env=os.environ | {"EMOTION_CACHE_ROOT": str(tmp_path / "cache")},
    )
    own, worker, own_of_all, worker_of_all = map(float, done.stdout.split())
    # MB: this process and the largest of its two workers
    assert own_of_all - own + 2 * (worker_of_all - worker) < 150


def recorded(path: Path, log: Path) -> np.ndarray:
    """Return a small array slowly, and note at the end of the work that it was done."""
    time.sleep(0.02)
    with log.open("a") as file:  # one short write at the end of a file is never torn
        file.write(json.dumps([path.name, os.getpid()]) + "\n")
    return np.frombuffer(path.read_bytes(), dtype=np.uint8)


@pytest.mark.slow
def test_a_dask_cluster_that_loses_a_worker_loses_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_CACHE_ROOT", str(tmp_path / "cache"))
    distributed = pytest.importorskip("distributed", reason="the optional extra for clusters")
    files = tmp_path / "clips"
    files.mkdir()
    paths = [files / f"{number:03d}.bin" for number in range(300)]
    for number, path in enumerate(paths):
        path.write_bytes(number.to_bytes(2, "little"))
    log = tmp_path / "log"
    log.touch()

    def finished():
        return [json.loads(line) for line in log.read_text().splitlines()]

    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(tmp_path / "dask"),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        first, *_ = client.run(os.getpid).values()
        killed = []

        def kill_half_way():
            while len(finished()) < len(paths) // 2:
                time.sleep(0.01)
            os.kill(first, signal.SIGKILL)
            killed.append(len(finished()))

        killer = threading.Thread(target=kill_half_way)
        killer.start()
        with joblib.parallel_config(backend="dask"):
            results = compute_each(
                "scale_dask", paths, {}, partial(recorded, log=log), progress=False
            )
        killer.join()
    values = [int.from_bytes(result.load().tobytes(), "little") for result in results]
    assert values == list(range(300))
    assert len(paths) // 2 <= killed[0] < len(paths)
    done = [name for name, _ in finished()]
    assert sorted(set(done)) == [path.name for path in paths]
    # What the killed worker was at when it died may have been noted and not yet stored.
    assert len(done) - len(set(done)) <= 1
    assert len({pid for _, pid in finished()}) > 1
