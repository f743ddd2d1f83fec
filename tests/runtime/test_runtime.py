"""A quiet TensorFlow, seeds, versions and device; each in a Python of its own where it matters."""

import json
import os
import random
import shutil
import subprocess
import sys
import types
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from helpers import runtime
from helpers.paths import repository_root


def run_python(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess:
    """Run code in another process in ``folder``, which comes first in its path."""
    path = os.pathsep.join([str(folder), environment.pop("PYTHONPATH", str(repository_root()))])
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | environment | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_importing_the_module_imports_nothing_heavy(tmp_path):
    code = """
import sys, helpers.runtime, helpers.machine
print(sorted(name for name in ("tensorflow", "keras", "numpy", "pandas") if name in sys.modules))
"""
    assert run_python(code, tmp_path).stdout == "[]\n"


def test_tensorflow_comes_without_a_word_and_later_messages_are_seen(tmp_path):
    code = """
import os
from helpers.runtime import import_tensorflow
tensorflow = import_tensorflow()
import keras
keras.Sequential([keras.layers.Dense(1)])(tensorflow.ones((1, 1)))
assert keras.backend.backend() == "tensorflow"
os.write(2, b"later")
"""
    done = run_python(code, tmp_path, KERAS_BACKEND="torch")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "later")


def test_what_a_failing_tensorflow_wrote_is_shown(tmp_path):
    (tmp_path / "tensorflow.py").write_text(
        "import os\nos.write(2, b'libcuda is broken')\nraise ImportError('no network today')\n"
    )
    done = run_python("from helpers.runtime import *\nimport_tensorflow()", tmp_path)
    assert done.returncode == 1
    assert "libcuda is broken" in done.stderr
    assert "no network today" in done.stderr


def test_the_same_seed_gives_the_same_numbers():
    import keras

    def draw():
        # NumPy's global numbers, since libraries draw from them.
        return random.random(), np.random.rand(), keras.random.normal((2,)).numpy().tolist()  # noqa: NPY002

    runtime.set_seeds(3)
    first = draw()
    runtime.set_seeds(3)
    assert draw() == first
    runtime.set_seeds(4)
    again = draw()
    assert all(one != other for one, other in zip(again, first, strict=True))


def test_environment_names_what_is_installed_and_goes_into_json():
    environment = json.loads(json.dumps(runtime.environment()))
    assert environment["versions"]["python"] == sys.version.split()[0]
    for name in ("tensorflow", "keras", "numpy", "scikit-learn"):
        assert environment["versions"][name] == metadata.version(name)
    assert environment["cores"] >= 1
    assert environment["device"].startswith(("CPU: ", "GPU: "))
    assert environment["device"] == runtime.device_name()


def commit_in(folder):
    code = "from helpers.runtime import _commit\nprint(_commit())"
    return run_python(code, folder, PYTHONPATH="").stdout.strip()


def test_commit_is_that_of_the_code_and_says_when_the_code_differs(tmp_path):
    (tmp_path / "helpers").mkdir()
    for name in ("__init__.py", "runtime.py"):
        shutil.copy(repository_root() / "helpers" / name, tmp_path / "helpers")
    # Without it the bytecode that Python leaves in helpers/ would pass for a change.
    shutil.copy(repository_root() / ".gitignore", tmp_path)
    assert commit_in(tmp_path) == "", "outside a repository"

    def git(*arguments):
        who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
        command = ["git", *who, *arguments]
        done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "-q")
    git("add", "helpers/__init__.py", "helpers/runtime.py")
    git("commit", "-q", "-m", "start")
    commit = git("rev-parse", "HEAD")[:12]
    assert commit_in(tmp_path) == commit

    for built in ("results/demo/index.html", "notebooks/01_faces.ipynb", "README.md"):
        (tmp_path / built).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / built).write_text("what a build writes changes nothing of the code")
    assert commit_in(tmp_path) == commit
    git("add", "-A")
    git("commit", "-q", "-m", "built")
    commit = git("rev-parse", "HEAD")[:12]
    (tmp_path / "results/demo/index.html").write_text("built again")
    assert commit_in(tmp_path) == commit

    for code in ("helpers/new.py", "notebooks/src/01_faces.py", "requirements.txt"):
        (tmp_path / code).parent.mkdir(exist_ok=True)
        (tmp_path / code).write_text("# changed")
        assert commit_in(tmp_path) == f"{commit}-modified", code
        (tmp_path / code).unlink()
        assert commit_in(tmp_path) == commit


@pytest.mark.parametrize("colab", [False, True])
@pytest.mark.parametrize("device", ["CPU: one, 2 cores", "GPU: Tesla T4"])
def test_only_colab_without_a_gpu_is_told_which_menu_to_click(monkeypatch, colab, device):
    monkeypatch.setattr(runtime, "in_colab", lambda: colab)
    monkeypatch.setattr(runtime, "device_name", lambda: device)
    text = runtime.describe()
    assert device in text
    assert f"NumPy {np.__version__}" in text
    assert ("Change runtime type" in text) == (colab and device.startswith("CPU"))


def test_colab_is_known_by_its_package(tmp_path):
    code = "from helpers.runtime import in_colab\nprint(in_colab())"
    assert run_python(code, tmp_path).stdout == "False\n"
    (tmp_path / "google" / "colab").mkdir(parents=True)
    (tmp_path / "google" / "colab" / "__init__.py").touch()
    assert run_python(code, tmp_path).stdout == "True\n"


@pytest.mark.parametrize(
    ("data_root", "mounted"),
    [("", []), ("/content/data", []), ("/content/drive/MyDrive/AFEW", ["/content/drive"])],
)
def test_drive_is_mounted_only_when_the_data_lie_on_it(monkeypatch, data_root, mounted):
    calls = []
    drive = types.SimpleNamespace(mount=calls.append)
    colab = types.ModuleType("google.colab")
    colab.drive = drive
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    runtime.mount_drive(data_root)
    assert calls == mounted


def test_drive_is_not_mounted_outside_colab():
    runtime.mount_drive("/content/drive/MyDrive")
