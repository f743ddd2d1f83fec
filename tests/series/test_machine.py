"""How many notebooks run at once, and what each of them gets."""

import joblib
import psutil
import pytest

from helpers.series import machine


@pytest.fixture
def computer(tmp_path, monkeypatch):
    """Set up a machine of some cores, free gigabytes and perhaps a GPU; no limits are set."""
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)

    def make(cores, gigabytes, gpu=""):
        monkeypatch.setenv("LOKY_MAX_CPU_COUNT", str(cores))
        memory = psutil.virtual_memory()._replace(available=int(gigabytes * 1e9))
        monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
        program = tmp_path / "nvidia-smi"
        program.write_text(f"#!/bin/sh\necho '{gpu}'\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    return make


@pytest.mark.skipif(machine.has_gpu(), reason="this machine has a GPU")
def test_as_many_as_cores_memory_and_notebooks_allow(computer):
    most = joblib.cpu_count()
    computer(most, 100)
    assert machine.default_jobs(50) == min(most, 40)
    assert machine.default_jobs(1) == 1
    computer(most, 3)
    assert machine.default_jobs(4) == 1
    computer(most, 0.5)
    assert machine.default_jobs(4) == 1, "one always runs"


def test_one_where_there_is_a_gpu(computer, monkeypatch):
    computer(2, 100, "GPU 0: Tesla T4 (UUID: GPU-1)")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert machine.has_gpu() and machine.default_jobs(4) == 1
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    assert not machine.has_gpu()


def test_the_cores_are_divided_and_what_the_user_sets_stays(computer, monkeypatch):
    cores = joblib.cpu_count()
    computer(cores, 100)
    monkeypatch.delenv("LOKY_MAX_CPU_COUNT")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    limits = machine.thread_limits(cores)
    assert limits.pop("OMP_NUM_THREADS") == "7"
    assert set(limits.values()) == {"1"}
    assert machine.thread_limits(1)["TF_NUM_INTRAOP_THREADS"] == str(cores)


def test_a_container_has_what_its_limit_leaves(computer, tmp_path, monkeypatch):
    computer(2, 100)
    assert machine.free_megabytes() <= 100_000
    for name, text in [
        ("memory.max", "4000000000"),
        ("memory.current", "3000000000"),
        ("memory.stat", "anon 1\ninactive_file 500000000\n"),
    ]:
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(machine, "_GROUP", tmp_path)
    assert machine.free_megabytes() == 1500
    (tmp_path / "memory.max").write_text("max")
    assert machine.free_megabytes() == 100_000
