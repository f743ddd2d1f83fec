"""``series run`` on hand-made notebooks: order, parameters, failure, resuming, interruption."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from helpers.series import __main__ as command
from helpers.series import resume
from helpers.series.console import clock, make_console
from helpers.series.plan import Request, plan
from helpers.series.run import run
from helpers.series.sources import SeriesError
from helpers.series.summary import summary

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


@pytest.fixture
def unchanged_helpers(monkeypatch):
    """Someone may be editing the helpers while the tests run."""
    monkeypatch.setattr(resume, "_helpers", lambda: [])


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


def test_a_failure_stops_only_what_builds_on_it(folder, results, unchanged_helpers):
    write(folder, "03_transfer", "# %%\nprint('so far')\n\n# %%\n1 / 0\n")
    write(folder, "04_video")
    write(folder, "05_audio")
    write(folder, "07_fusion")
    outcomes, text = carry_out(folder, results)
    assert statuses(outcomes) == {
        "03_transfer": "failed",
        "04_video": "not run",
        "05_audio": "done",
        "07_fusion": "not run",
    }
    assert "ZeroDivisionError: division by zero" in outcomes[0].reason
    assert "it builds on 03_transfer" in outcomes[1].reason
    left = results / "demo" / "03_transfer"
    assert sorted(path.name for path in left.iterdir()) == ["run.log", "run.partial.ipynb"]
    assert "so far" in (left / "run.log").read_text()
    assert str(left / "run.log") in text
    nbformat.read(left / "run.partial.ipynb", as_version=4)

    write(folder, "03_transfer")
    outcomes, _ = carry_out(folder, results)
    assert statuses(outcomes) == {
        "03_transfer": "done",
        "04_video": "done",
        "05_audio": "up to date",
        "07_fusion": "done",
    }
    assert sorted(path.name for path in left.iterdir()) == [
        "metrics.json",
        "predictions.csv",
        "run.ipynb",
        "run.log",
    ]


def test_what_is_unchanged_is_not_run_again(folder, results, unchanged_helpers):
    write(folder, "03_transfer")
    write(folder, "04_video")

    def again(**request):
        outcomes, _ = carry_out(folder, results, **request)
        return [outcome.status for outcome in outcomes]

    assert again() == ["done", "done"]
    assert again() == ["up to date", "up to date"]
    assert again(fresh=True, notebooks=["4"]) == ["done"]
    assert again(fresh=True) == ["done", "done"]
    assert again(values=["EPOCHS=4"]) == ["done", "done"]
    # Another's scores are an input, one's own results must be the ones that the run left.
    (results / "demo" / "03_transfer" / "predictions.csv").write_text("other")
    assert again(values=["EPOCHS=4"], notebooks=["04"]) == ["done"]
    assert again(values=["EPOCHS=4"]) == ["done", "done"]
    assert again(values=["EPOCHS=4"]) == ["up to date", "up to date"]
    write(folder, "03_transfer", "# one more comment\n")
    assert again(values=["EPOCHS=4"]) == ["done", "up to date"]


def test_changed_helpers_and_parameters_are_another_run(folder, tmp_path, monkeypatch):
    write(folder, "01_faces")
    helpers = tmp_path / "helpers"
    for name in ("media.py", "published.json", "series/run.py", "__pycache__/media.pyc"):
        (helpers / name).parent.mkdir(parents=True, exist_ok=True)
        (helpers / name).write_text("1")
    monkeypatch.setattr(resume, "repository_root", lambda: tmp_path)

    def digest(*values):
        (job,) = plan(Request(values=values), folder)
        return resume.digest(job)

    first = digest()
    for name, matters in [
        ("media.py", True),
        ("published.json", True),
        ("series/run.py", False),
        ("__pycache__/media.pyc", False),
    ]:
        (helpers / name).write_text("2")
        assert (digest() != first) == matters, name
        (helpers / name).write_text("1")
    assert digest() == first != digest("EPOCHS=1")


def test_the_time_to_expect_is_that_of_the_last_run(folder, results):
    write(folder, "01_faces", "# %%\nimport time\ntime.sleep(1.5)\n")
    request = Request(results=str(results))
    (job,) = plan(request, folder)
    assert resume.last_seconds(job) == 0
    outcomes, text = carry_out(folder, results)
    assert "the last time" not in text
    assert 1.5 < resume.last_seconds(job) < outcomes[0].seconds
    assert "together 0:0" in carry_out(folder, results, fresh=True)[1].splitlines()[0]
    (job.folder / "run.ipynb").unlink()
    assert resume.last_seconds(job) == 2.0


def test_other_data_is_another_run(folder, results, tmp_path, unchanged_helpers):
    write(folder, "01_faces")
    data = tmp_path / "data"
    data.mkdir()
    request = {"corpus": "thesis", "data": str(data)}
    assert statuses(carry_out(folder, results, **request)[0]) == {"01_faces": "done"}
    assert statuses(carry_out(folder, results, **request)[0]) == {"01_faces": "up to date"}
    (data / "new.png").write_text("a picture")
    assert statuses(carry_out(folder, results, **request)[0]) == {"01_faces": "done"}


def test_seeds_have_folders_of_their_own(folder, results):
    write(folder, "01_faces")
    outcomes, text = carry_out(folder, results, seeds=[3, 5])
    assert statuses(outcomes) == {"01_faces (seed 3)": "done", "01_faces (seed 5)": "done"}
    for seed in (3, 5):
        path = results / "seeds" / str(seed) / "demo" / "01_faces" / "metrics.json"
        assert json.loads(path.read_text())["settings"] == {"SEED": seed, "EPOCHS": 3}
    assert "held_out  2      50.0% ± 0.0%" in text


def test_a_notebook_that_saves_nothing_has_failed(folder, results):
    write(folder, "01_faces", save="# %%\n1 + 1\n")
    outcomes, _ = carry_out(folder, results)
    assert outcomes[0].status == "failed"
    assert "saved no results" in outcomes[0].reason


def test_a_notebook_that_takes_too_long_is_ended(folder, results):
    write(folder, "01_faces", "# %%\nimport time\ntime.sleep(600)\n")
    outcomes, _ = carry_out(folder, results, timeout=4)
    assert outcomes[0].status == "failed"
    assert "longer than 4 s" in outcomes[0].reason
    assert 4 < outcomes[0].seconds < 30


def test_a_kernel_that_dies_is_a_failure(folder, results):
    write(folder, "01_faces", "# %%\nimport os\nos._exit(3)\n")
    outcomes, _ = carry_out(folder, results)
    assert outcomes[0].status == "failed"
    assert "DeadKernelError" in outcomes[0].reason


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
    sources.notebooks_folder = plan.notebooks_folder = run.notebooks_folder = lambda: Path(sys.argv[1])
    sys.exit(__main__.main(["run", "--results", *sys.argv[2:]]))
"""


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks for kernels in /proc")
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interruption_ends_the_kernel_and_leaves_nothing_half(
    folder, results, tmp_path, signal_
):
    write(folder, "01_faces")
    write(folder, "05_audio", "# %%\nimport time\ntime.sleep(600)\n")
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, driver, folder, results],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        log = results / "demo" / "05_audio" / "run.log"
        assert _wait_for(lambda: log.exists() and "Executing Cell 4" in log.read_text())
        assert _processes_in(folder)
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
    files = sorted(path.name for path in (results / "demo" / "05_audio").iterdir())
    if signal_ == signal.SIGKILL:
        assert "run.ipynb" not in files
    else:
        assert process.returncode == 130
        assert "the same command goes on from there" in output
        assert files == ["run.log"]
    assert (results / "demo" / "01_faces" / "run.ipynb").exists()


def test_a_log_gets_a_line_now_and_then_and_a_terminal_a_moving_one(monkeypatch):
    times = iter([0, 5, 25, 26, 30])
    monkeypatch.setattr("helpers.series.console.monotonic", lambda: next(times))
    stream = io.StringIO()
    console = Console(stream)
    console.status("cell 1")
    console.status("cell 2")
    console.status("cell 3")
    assert stream.getvalue() == "cell 2\n"

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.undo()
    terminal = Terminal()
    console = Console(terminal)
    console.status("a long status")
    console.status("short")
    console.line("done")
    assert terminal.getvalue() == "\ra long status\rshort        \rdone \n"


def test_clock():
    assert [clock(value) for value in (0, 59.6, 61, 3725)] == ["0:00", "1:00", "1:01", "1:02:05"]
