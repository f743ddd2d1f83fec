"""A quiet TensorFlow, seeds, versions and device; each in a Python of its own where it matters."""

import importlib.util
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


def run_python(code: str, folder: Path, *options: str, **environment: str):
    """Run code in another process in ``folder``, which comes first in its path."""
    path = os.pathsep.join([str(folder), environment.pop("PYTHONPATH", str(repository_root()))])
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=folder,
        env=os.environ | environment | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_importing_the_room_imports_nothing_that_has_to_be_installed(tmp_path):
    code = """
import sys
from helpers.runtime import check, colab, install, user_settings
found = {name.split(".")[0] for name in sys.modules} - sys.stdlib_module_names
print(sorted(name for name in found if name[0] != "_"))
"""
    # Without site-packages: what a .pth file imports at the start of Python is not ours.
    assert run_python(code, tmp_path, "-S").stdout == "['helpers']\n"


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


def test_commit_is_that_of_the_code_and_says_when_the_code_differs(tmp_path):
    copied = tmp_path / "helpers" / "runtime" / "__init__.py"
    copied.parent.mkdir(parents=True)
    shutil.copy(runtime.__file__, copied)
    # Without it the bytecode that Python leaves in helpers/ would pass for a change.
    shutil.copy(repository_root() / ".gitignore", tmp_path)
    spec = importlib.util.spec_from_file_location("copied", copied)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.commit() == "", "outside a repository"

    def git(*arguments):
        who = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
        command = ["git", *who, *arguments]
        done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    git("init", "-q")
    git("add", "helpers")
    git("commit", "-q", "-m", "start")
    commit = git("rev-parse", "HEAD")[:12]
    assert module.commit() == commit

    for built in ("results/demo/index.html", "notebooks/01_faces.ipynb", "README.md"):
        (tmp_path / built).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / built).write_text("what a build writes changes nothing of the code")
    assert module.commit() == commit
    git("add", "-A")
    git("commit", "-q", "-m", "built")
    commit = git("rev-parse", "HEAD")[:12]
    (tmp_path / "results/demo/index.html").write_text("built again")
    assert module.commit() == commit

    for code in ("helpers/new.py", "notebooks/src/01_faces.py", "requirements.txt"):
        (tmp_path / code).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / code).write_text("# changed")
        assert module.commit() == f"{commit}-modified", code
        (tmp_path / code).unlink()
        assert module.commit() == commit


@pytest.mark.parametrize("colab", [False, True])
@pytest.mark.parametrize("device", ["CPU: one, 2 cores", "GPU: Tesla T4"])
def test_only_colab_without_a_gpu_is_told_which_menu_to_click(monkeypatch, colab, device):
    if colab:
        monkeypatch.setitem(sys.modules, "google.colab", types.ModuleType("google.colab"))
    monkeypatch.setattr(runtime, "device_name", lambda: device)
    text = runtime.describe()
    assert device in text
    assert f"NumPy {np.__version__}" in text
    assert ("Change runtime type" in text) == (colab and device.startswith("CPU"))
