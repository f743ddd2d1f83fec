"""What the series asks for: bounds with reasons, all of it used, nothing of Colab's exchanged."""

import ast
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from helpers.paths import repository_root

ROOT = repository_root()
HERE = Path(__file__).resolve()
# Where the package is not called as its module is.
PACKAGES = {
    "cv2": "opencv-python-headless",
    "ffmpeg": "ffmpeg-python",
    "IPython": "ipykernel",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "xdist": "pytest-xdist",
}
EXTRAS = {"fer", "opensmile"}  # used where a user has installed them; nothing needs them
UNTOUCHABLE = ("numpy", "tensorflow", "keras", "scipy", "pandas", "ipykernel")


def requirements():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line.split("#")[0]) for line in lines if line and line[0] != "#"]


def colab_packages(reference):
    """Return name to version of what Colab has, and the file."""
    path = sorted(reference.glob("colab-freeze-*.txt"))[-1]
    pairs = [line.split("==") for line in path.read_text("utf-8").split() if "==" in line]
    return {canonicalize_name(name): version for name, version in pairs}, path


def sources():
    folders = ("helpers", "tests", "notebooks")
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def test_every_requirement_is_a_lower_bound_with_a_reason():
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            assert re.fullmatch(r"[a-z0-9-]+>=[0-9][0-9.]* +# \S.+", line), line


def test_every_package_imported_is_required():
    ours = {"helpers", "tests", "google"} | {path.stem for path in (ROOT / "tests").glob("*.py")}
    imported = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported.add(node.module.split(".")[0])
    modules = imported - set(sys.stdlib_module_names) - ours - EXTRAS
    needed = {canonicalize_name(PACKAGES.get(module, module)) for module in modules}
    assert needed - {requirement.name for requirement in requirements()} == set()


def test_every_requirement_is_used():
    modules = {package: module for module, package in PACKAGES.items()}
    others = [ROOT / "colab_setup.sh", ROOT / ".ci" / "run"]
    texts = [path.read_text("utf-8") for path in [*sources(), *others] if path != HERE]
    text = "\n".join(texts)
    tools = {"pytest-xdist": "-n 2", "ipykernel": "IPython"}
    for requirement in requirements():
        name = requirement.name
        word = tools.get(name, modules.get(name, name))
        pattern = rf"(?<![\w-]){re.sub('[-_]', '[-_]', word)}(?![\w-])"
        assert re.search(pattern, text), f"{name} is not used anywhere"


def test_colab_already_has_versions_that_will_do(shared_reference):
    colab, _ = colab_packages(shared_reference)
    for requirement in requirements():
        if requirement.name in colab:
            version = colab[requirement.name]
            assert Version(version) in requirement.specifier, f"{requirement}: Colab has {version}"
    assert set(UNTOUCHABLE) <= {requirement.name for requirement in requirements()} & set(colab)


def test_in_colab_nothing_that_is_there_is_exchanged(shared_reference):
    """The requirements are resolved for Colab's Python under what Colab has."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    uv = shutil.which("uv", path=path) or pytest.skip("no uv here; colab_setup.sh brings one")

    def resolve(*options, wanted):
        options = ["--python-version=3.13", "--only-binary=:all:", "--no-config", *options]
        return subprocess.run(
            [uv, "pip", "compile", *options, "-"],
            input="\n".join(wanted),
            env=os.environ | {"UV_SYSTEM_CERTS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    if resolve("--no-deps", wanted=["tqdm"]).returncode:
        pytest.skip("no package index can be reached")
    colab, freeze = colab_packages(shared_reference)
    wanted = [str(line) for line in requirements()]
    done = resolve(f"--constraint={freeze}", wanted=wanted)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = [line.split("==") for line in done.stdout.splitlines() if "==" in line]
    chosen = {name: version.split()[0] for name, version in lines}
    exchanged = {name: version for name, version in chosen.items() if name in colab}
    assert exchanged == {name: colab[name] for name in exchanged}
    assert set(UNTOUCHABLE) <= set(exchanged)
