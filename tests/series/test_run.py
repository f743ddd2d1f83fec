"""``series run`` on hand-made notebooks: order, parameters, failure, resuming, interruption."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest

from helpers.series import __main__ as command, resume
from helpers.series.console import make_console, summary
from helpers.series.plan import Request, missing_foundations, plan
from helpers.series.run import run, run_one
from helpers.series.sources import SeriesError, find_sources

PARAMETERS = """\
# %% [markdown]
# # Title of {name}

# %% tags=["parameters"]
CORPUS: str = "demo"  # which corpus
DATA_ROOT: str = ""  # where it is
RESULTS_ROOT: str = ""  # where results go
SEED: int = 0  # the same again
EPOCHS: int = 3  # how long

"""

SAVE = """\
# %%
import json
import os
from pathlib import Path

folder = Path(RESULTS_ROOT or os.environ["EMOTION_RESULTS_ROOT"]) / CORPUS / "{name}"
line = {{
    "name": "net", "protocol": "held_out", "split": "val", "n": 10, "published": None,
    "metrics": {{"accuracy": 0.5, "interval": [0.2, 0.8]}},
}}
run = {{
    "schema": 1, "seconds": 2.0, "finished": "2026-01-01T00:00", "experiments": [line],
    "settings": {{"SEED": SEED, "EPOCHS": EPOCHS}}, "figures": [], "data": [], "extra": {{}},
    "environment": {{"device": "CPU", "versions": {{}}, "commit": ""}},
}}
(folder / "metrics.json").write_text(json.dumps(run))
(folder / "predictions.csv").write_text(f"seed\\n{{SEED}}\\n")
"""


@pytest.fixture
def folder(tmp_path):
    """A folder ``notebooks`` whose name papermill would take for a format string."""
    (tmp_path / "checkout {x}" / "notebooks" / "src").mkdir(parents=True)
    return tmp_path / "checkout {x}" / "notebooks"


@pytest.fixture
def results(tmp_path):
    return tmp_path / "results {y} é"


def write(folder, name, cells="", *, save=SAVE, parameters=PARAMETERS):
    text = parameters.format(name=name) + cells + "\n" + save.format(name=name)
    (folder / "src" / f"{name}.py").write_text(text)


def carry_out(folder, results, **request):
    stream = io.StringIO()
    request = Request(results=str(results), **request)
    outcomes = run(request, make_console(stream), folder)
    summary(outcomes, make_console(stream))
    return outcomes, stream.getvalue()


def statuses(outcomes):
    return {outcome.job.title: outcome.status for outcome in outcomes}


def test_notebooks_run_in_order_with_their_parameters(folder, results):
    write(folder, "05_audio", "# %%\nassert EPOCHS == 7 and isinstance(EPOCHS, int)\n")
    write(folder, "01_faces", "# %%\nimport os\nprint('here', os.getcwd())\n")
    outcomes, text = carry_out(folder, results, values=["EPOCHS=7"])
    assert statuses(outcomes) == {"01_faces": "done", "05_audio": "done"}
    run = json.loads((results / "demo" / "05_audio" / "metrics.json").read_text())
    assert run["settings"] == {"SEED": 0, "EPOCHS": 7}
    executed = nbformat.read(results / "demo" / "01_faces" / "run.ipynb", as_version=4)
    assert any(
        output.get("text") == f"here {folder}\n"
        for cell in executed.cells
        for output in cell.get("outputs", [])
    )
    assert "50.0% [20.0%, 80.0%], n = 10" in text
    assert outcomes[0].peak_megabytes > 10
    assert not list(results.rglob("*.partial.ipynb"))


def test_failures_are_told_apart_and_stop_only_what_builds_on_them(folder, results):
    write(folder, "01_faces", "# %%\nimport os\nos._exit(3)\n")
    write(folder, "02_wild")
    write(folder, "03_transfer", "# %%\nprint('so far')\n\n# %%\n1 / 0\n")
    write(folder, "04_video")
    write(folder, "05_audio")
    write(folder, "06_images", save="# %%\n1 + 1\n")
    write(folder, "07_fusion")
    outcomes, text = carry_out(folder, results, jobs=2)
    assert statuses(outcomes) == {
        "01_faces": "failed",
        "02_wild": "not run",
        "03_transfer": "failed",
        "04_video": "not run",
        "05_audio": "done",
        "06_images": "failed",
        "07_fusion": "not run",
    }
    reasons = [outcome.reason for outcome in outcomes]
    assert "DeadKernelError" in reasons[0]
    assert reasons[1] == "it builds on 01_faces: failed"
    assert "ZeroDivisionError: division by zero" in reasons[2]
    assert "saved no results" in reasons[5]
    assert reasons[6] == "it builds on 04_video: not run"
    left = results / "demo" / "03_transfer"
    assert sorted(path.name for path in left.iterdir()) == ["run.log", "run.partial.ipynb"]
    assert "so far" in (left / "run.log").read_text()
    assert str(left / "run.log") in text
    nbformat.read(left / "run.partial.ipynb", as_version=4)

    write(folder, "03_transfer")
    outcomes, _ = carry_out(folder, results, notebooks=["3", "5"])
    assert statuses(outcomes) == {"03_transfer": "done", "05_audio": "up to date"}
    names = ["metrics.json", "predictions.csv", "run.ipynb", "run.log"]
    assert sorted(path.name for path in left.iterdir()) == names


def test_fresh_runs_what_is_up_to_date(folder, results):
    write(folder, "01_faces", "# %%\nimport time\ntime.sleep(1.5)\n")
    (job,) = plan(Request(results=str(results)), folder)
    assert run_one(job).status == "done"
    assert run_one(job).status == "up to date"
    assert resume.last_megabytes(job) > 10
    assert resume.last_seconds(job) > 1.5
    outcomes, text = carry_out(folder, results, fresh=True)
    assert statuses(outcomes) == {"01_faces": "done"}
    assert "together 0:0" in text.splitlines()[0]


def test_seeds_have_folders_of_their_own(folder, results):
    write(folder, "01_faces")
    outcomes, text = carry_out(folder, results, seeds=[3, 5])
    assert statuses(outcomes) == {"01_faces (seed 3)": "done", "01_faces (seed 5)": "done"}
    for seed in (3, 5):
        path = results / "seeds" / str(seed) / "demo" / "01_faces" / "metrics.json"
        assert json.loads(path.read_text())["settings"] == {"SEED": seed, "EPOCHS": 3}
    assert "held_out  2      50.0% ± 0.0%" in text


def test_a_notebook_that_takes_too_long_is_ended(folder, results):
    write(folder, "01_faces", "# %%\nimport time\ntime.sleep(600)\n")
    (job,) = plan(Request(results=str(results)), folder)
    outcome = run_one(job, timeout=2)
    assert outcome.status == "failed"
    assert "longer than 2 s" in outcome.reason
    assert 2 < outcome.seconds < 20
    assert not _processes_in(folder)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"values": ["EPOCH=2"]}, r"(?s)No .* parameter EPOCH;.*EPOCHS: int = 3  how long"),
        ({"values": ["EPOCHS=two"]}, "EPOCHS=two: expected int"),
        ({"values": ["EPOCHS=1.5"]}, "expected int"),
        ({"values": ["EPOCHS"]}, "expected NAME=VALUE"),
        ({"values": ["CORPUS=open"]}, "use --corpus open"),
        ({"notebooks": ["02"]}, "No notebook 02.*01_faces"),
        ({"corpus": "afew"}, "expected one of demo, open, thesis"),
        ({"data": "somewhere"}, "add --corpus thesis"),
        ({"corpus": "thesis", "data": "/not/there"}, "No folder /not/there"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_starts(folder, results, request_, message):
    write(folder, "01_faces")
    with pytest.raises(SeriesError, match=message):
        carry_out(folder, results, **request_)
    assert not results.exists()


def test_values_take_the_annotated_type(folder):
    cell = 'FLAG: bool = False  # f\nRATE: float = 0.1  # r\nNAME: str = "a"  # n\n'
    write(folder, "01_faces", parameters=PARAMETERS.rstrip("\n") + "\n" + cell)
    request = Request(values=["FLAG=True", "RATE=1e-5", "NAME=3", "EPOCHS=-2"])
    (job,) = plan(request, folder)
    assert job.parameters["FLAG"] is True
    assert job.parameters["RATE"] == 1e-5
    assert job.parameters["NAME"] == "3"
    assert job.parameters["EPOCHS"] == -2
    with pytest.raises(SeriesError, match="expected true or false"):
        plan(Request(values=["FLAG=maybe"]), folder)


def test_settings_of_an_old_name_are_refused_with_the_new_one(folder):
    cell = 'SETTINGS: str = "default"  # which\n'
    write(folder, "01_faces", parameters=PARAMETERS.rstrip("\n") + "\n" + cell)
    (job,) = plan(Request(values=["SETTINGS=published"]), folder)
    assert job.parameters["SETTINGS"] == "published"
    with pytest.raises(SeriesError, match="SETTINGS=thesis: .* is now SETTINGS = .published"):
        plan(Request(values=["SETTINGS=thesis"]), folder)


def test_a_parameter_goes_only_where_it_exists(folder):
    write(folder, "01_faces")
    write(folder, "03_vgg", parameters=PARAMETERS.rstrip("\n") + "\nBLOCKS: int = 2  # b\n")
    first, second = plan(Request(values=["BLOCKS=1"]), folder)
    assert "BLOCKS" not in first.parameters
    assert second.parameters["BLOCKS"] == 1


@pytest.mark.parametrize("line", ["EPOCHS = 3", "EPOCHS: int = len('a')", "import os"])
def test_a_parameters_cell_holds_annotated_scalars_alone(folder, line):
    write(folder, "01_faces", parameters=PARAMETERS.rstrip("\n") + f"\n{line}\n")
    with pytest.raises(SeriesError, match="expected something like 'EPOCHS: int = 0"):
        plan(Request(), folder)


def test_the_command_writes_the_page_and_says_by_its_exit_code_how_it_went(
    folder, results, monkeypatch, capsys
):
    monkeypatch.setattr("helpers.series.plan.notebooks_folder", lambda: folder)
    monkeypatch.setattr("helpers.series.run.notebooks_folder", lambda: folder)
    monkeypatch.setattr("helpers.series.page.content.notebooks_folder", lambda: folder)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    write(folder, "01_faces")
    assert command.main(["run", "--results", str(results)]) == 0
    assert "50.0" in (results / "demo" / "index.html").read_text()
    write(folder, "01_faces", "# %%\n1 / 0\n")
    assert command.main(["run", "--results", str(results)]) == 1
    assert "from the run before" in (results / "demo" / "index.html").read_text()
    assert command.main(["run", "--results", str(results), "--set", "X=1"]) == 2
    assert "No chosen notebook has a parameter X" in capsys.readouterr().out


def _processes_in(folder):
    """Return the processes whose working folder is ``folder``: the kernels."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _wait_for(condition, seconds=40):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


DRIVER = """\
import sys
from pathlib import Path
from helpers.series import __main__, plan, run, sources

if __name__ == "__main__":
    for module in (plan, run, sources):
        module.notebooks_folder = lambda: Path(sys.argv[1])
    sys.exit(__main__.main(["run", "--results", *sys.argv[2:]]))
"""


in_proc = pytest.mark.skipif(
    not Path("/proc/self/cwd").exists(), reason="looks for kernels in /proc"
)


@in_proc
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGKILL])
def test_an_interruption_ends_all_kernels_and_leaves_nothing_half(
    folder, results, tmp_path, signal_
):
    for name in ("01_faces", "05_audio"):
        write(folder, name, "# %%\nimport time\ntime.sleep(600)\n")
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, driver, folder, results, "--jobs", "2"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        logs = [results / "demo" / name / "run.log" for name in ("01_faces", "05_audio")]
        assert _wait_for(
            lambda: all(log.exists() and "Executing Cell 4" in log.read_text() for log in logs)
        )
        assert len(_processes_in(folder)) >= 2
        # As a terminal does it: Ctrl-C goes to every process of the group.
        send = os.killpg if signal_ == signal.SIGINT else os.kill
        send(process.pid, signal_)
        output, _ = process.communicate(timeout=40)
        ended = _wait_for(lambda: not _processes_in(folder), seconds=20)
    finally:
        for number in [process.pid, *_processes_in(folder)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
    assert ended
    for log in logs:
        files = sorted(path.name for path in log.parent.iterdir())
        assert "run.ipynb" not in files
        if signal_ != signal.SIGKILL:
            assert files == ["run.log"]
    if signal_ != signal.SIGKILL:
        assert process.returncode == 130
        assert "the same command goes on from there" in output


@in_proc
@pytest.mark.parametrize("victim", ["helpers.series.notebook", "ipykernel_launcher"])
def test_a_process_that_is_killed_takes_the_rest_with_it(folder, results, victim):
    write(folder, "01_faces", "# %%\nimport time\ntime.sleep(600)\n")
    (job,) = plan(Request(results=str(results)), folder)
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(run_one, job, stop=stop)
        try:
            log = job.folder / "run.log"
            assert _wait_for(lambda: log.exists() and "Executing Cell 4" in log.read_text())
            time.sleep(1)
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):  # what another test left to be reaped
                    if victim in " ".join(process.cmdline()):
                        process.kill()
            outcome = future.result(timeout=30)
        finally:
            stop.set()
    assert outcome.status == "failed"
    assert ("its process was ended" in outcome.reason) == (victim == "helpers.series.notebook")
    assert _wait_for(lambda: not _processes_in(folder), seconds=10)
    nbformat.read(job.folder / "run.partial.ipynb", as_version=4)
    assert not [path for path in job.folder.iterdir() if path.name.startswith(".")]


def test_what_a_killed_process_was_writing_is_removed(folder, results):
    write(folder, "01_faces")
    (job,) = plan(Request(results=str(results)), folder)
    (job.folder / ".metrics-abcdefgh").mkdir(parents=True)
    assert run_one(job).status == "done"
    assert not (job.folder / ".metrics-abcdefgh").exists()


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "1.5"])
def test_a_number_of_jobs_that_cannot_be_is_refused(jobs, capsys):
    with pytest.raises(SystemExit) as error:
        command.main(["run", "--jobs", jobs])
    assert error.value.code == 2
    assert f"'{jobs}': expected a whole number, 1 or more" in capsys.readouterr().err


def test_a_foundation_that_is_neither_chosen_nor_there_is_told(folder, results):
    for name in ("01_faces", "02_wild", "04_video"):
        write(folder, name)
    request = Request(results=str(results), notebooks=["2", "4"])
    sources = find_sources(folder)
    (sentence,) = missing_foundations(plan(request, folder), sources)
    assert sentence.startswith("02_wild builds on 01_faces, which is not chosen and has no results")
    (results / "demo" / "01_faces").mkdir(parents=True)
    (results / "demo" / "01_faces" / "metrics.json").touch()
    assert missing_foundations(plan(request, folder), sources) == []
