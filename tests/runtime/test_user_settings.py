"""A user's settings for other work change nothing here; each process tries many of them at once."""

import json
import os
import subprocess
import sys

import pytest

from helpers.paths import repository_root
from helpers.runtime import user_settings

# What a kernel, a script, the tests or papermill do: first TensorFlow, then everything else.
CODE = """
import os
from helpers import runtime
tensorflow = runtime.import_tensorflow()
import keras
assert keras.config.backend() == "tensorflow"
assert tensorflow.keras.__version__.startswith("3."), tensorflow.keras.__version__
assert keras.config.floatx() == "float32" == keras.config.dtype_policy().name
assert keras.config.image_data_format() == "channels_last"
assert keras.config.epsilon() == 1e-7
assert keras.layers.Conv2D(2, 3)(tensorflow.zeros((1, 9, 7, 3))).shape == (1, 7, 5, 2)
network = keras.Sequential([keras.layers.Dense(1)])
network.compile("sgd", "mse")
data = tensorflow.zeros((4, 1))
assert len(network.fit(data, data, epochs=3, batch_size=1, verbose=0).epoch) == 3
assert network.optimizer.iterations == 12

from helpers.plots.style import new_figure
import matplotlib
figure, (axis,) = new_figure()
axis.set_title("one $")
assert not axis.title.get_usetex()
assert figure.get_facecolor()[:3] == (1, 1, 1)
figure.savefig(os.devnull, format="png")
print("backend", matplotlib.get_backend())
os.write(2, b"later")
"""


@pytest.fixture
def home(tmp_path):
    """Return a user's home with settings of Keras and Matplotlib."""
    (tmp_path / ".keras").mkdir()
    matplotlibrc = tmp_path / ".config" / "matplotlib" / "matplotlibrc"
    matplotlibrc.parent.mkdir(parents=True)
    matplotlibrc.write_text("text.usetex: True\nfigure.facecolor: black\nbackend: TkAgg\n")
    return tmp_path


def run_python(code, home, *arguments, **variables):
    own = ("KERAS_", "MPL", "MATPLOTLIB", "XDG_", "PYTHON", "LC_", "LANG", "TF_USE", "TF_XLA")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    fixed = {"HOME": str(home), "PYTHONPATH": str(repository_root())}
    command = [sys.executable, "-c", code, *arguments]
    environment = kept | fixed | variables
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def write_keras_json(home, **settings):
    (home / ".keras" / "keras.json").write_text(json.dumps(settings))


def test_settings_for_other_work_change_nothing_and_tensorflow_is_quiet(home):
    write_keras_json(
        home,
        backend="jax",
        floatx="float16",
        epsilon=0.01,
        image_data_format="channels_first",
    )
    done = run_python(
        CODE,
        home,
        KERAS_BACKEND="torch",
        KERAS_MAX_EPOCHS="1",
        KERAS_MAX_STEPS_PER_EPOCH="1",
        LC_ALL="C",
        MPLBACKEND="nonsense",
        PYTHONHASHSEED="7",
        PYTHONWARNINGS="ignore",
        TF_ENABLE_ONEDNN_OPTS="0",
        TF_USE_LEGACY_KERAS="1",
        TF_XLA_FLAGS="--no_such_flag=1",
    )
    assert (done.returncode, done.stdout) == (0, "backend agg\n"), done.stderr
    assert done.stderr == "later", "TensorFlow comes without a word, later messages are seen"


@pytest.mark.parametrize("settings", [{"floatx": "float8"}, {"epsilon": 1}, ["channels_first"]])
def test_a_keras_json_that_keras_cannot_read_is_said(monkeypatch, tmp_path, settings):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    with pytest.raises(ImportError, match="Move that file away") as raised:
        user_settings.set_aside()
    assert str(tmp_path / "keras.json") in str(raised.value)
    assert str(settings) in str(raised.value)


def test_another_backend_that_was_imported_before_is_said(home, tmp_path):
    """A Keras of another backend stands in: jax and torch are not installed with the series."""
    (tmp_path / "keras.py").write_text("class config:\n    backend = lambda: 'jax'\n")
    code = "import keras\nfrom helpers.runtime import user_settings\n"
    path = os.pathsep.join([str(tmp_path), str(repository_root())])
    done = run_python(code + "user_settings.restore_keras_defaults()", home, PYTHONPATH=path)
    said = done.stderr.splitlines()[-1]
    assert said.startswith("RuntimeError: Keras was imported before with the backend jax")
    assert "Restart Python" in said


def test_a_notebook_shows_its_figures_whatever_the_backend(home):
    code = """
from helpers.runtime import user_settings
user_settings.set_aside()
from helpers.plots.style import new_figure
figure, (axis,) = new_figure(width=1, height=1)
axis.text(0, 0, "one $")
figure
"""
    run = """
import sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(sys.argv[1])])
NotebookClient(notebook, kernel_name="python3").execute()
print([sorted(output["data"]) for output in notebook.cells[0].outputs])
"""
    for backend in ("agg", "TkAgg"):
        done = run_python(run, home, code, MPLBACKEND=backend)
        assert done.stdout == "[['image/png', 'text/plain']]\n", done.stderr
