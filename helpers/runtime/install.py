"""Installs what requirements.txt asks for and this Python lacks, with uv, else with pip.

``python -m helpers.runtime.install STATE`` is called by colab_setup.sh and needs nothing but
Python and pip. STATE is a file inside the environment: "unfinished" while packages are being
installed, then the checksum of the requirements that it was finished with.

Of the user's settings of pip and uv only those count that say where packages come from.
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zlib
from importlib import metadata
from pathlib import Path

from helpers.runtime.check import REQUIREMENTS, unmet_requirements
from helpers.runtime.colab import in_colab

_SITE = Path(sysconfig.get_path("purelib"))
_NETWORK = re.compile(
    "index|index-url|extra-index-url|default-index|find-links|no-index|index-.*-(username|password)"
    "|cert|client-cert|proxy|trusted-host|allow-insecure-host|insecure-host|keyring-provider"
    "|native-tls|system-certs|timeout|default-timeout|http-.*|retries|cache-dir"
)
_LARGE = re.compile(r"\s*Downloading (?:\S+/)?([\w.-]+?)(?:-\d\S*)? \((\d{2,}[\d.]* ?Mi?B)\)")

# Debian has versions of its own kind, at which pip and uv stop.
_VERSION = re.compile(r"[0-9.]*[0-9]((a|b|rc)[0-9]+)?(\.?(post|dev)[0-9]+)*(\+[\w.]+)?")


def main() -> int:
    """Install what is missing; the exit code is 1 if something is still missing then."""
    state = Path(sys.argv[1])
    requirements = REQUIREMENTS.read_bytes()
    wanted = f"{zlib.crc32(requirements)} {len(requirements)}"
    before = state.read_text("utf-8").strip() if state.exists() else "unfinished"
    if before == wanted and not unmet_requirements():
        _say("Everything is installed" + ("." if in_colab() else f" in {sys.prefix}."))
        return 0
    if in_colab():
        _say("Installing what Colab lacks; what is there stays as it is.")
    else:
        _say("Installing the packages of requirements.txt: about 2 GB, a minute or more.")
    _forget_half_written(state)
    state.write_text("unfinished\n", "utf-8")
    missing, log = unmet_requirements(), Path(f"{state}.log")
    log.write_bytes(b"")
    content = _content()
    if missing:
        _install(missing, log)
    if not unmet_requirements():
        state.write_text(wanted + "\n", "utf-8")
        return 0
    if _content() == content:  # without a network, say: then nothing has to be mended
        state.write_text(before + "\n", "utf-8")
    sys.stderr.writelines(log.read_text("utf-8", "replace").splitlines(keepends=True)[-12:])
    sys.stderr.write(
        f"The packages could not be installed: the reason is above, more in {log}\n"
        "Once that is mended (a network? space on the disk?), type: bash colab_setup.sh\n"
    )
    return 1


def _forget_half_written(state: Path) -> None:
    """Let the packages that an interruption left half-written count as missing.

    pip and uv write INSTALLER after everything else. Only what is not older than ``state`` may
    have been interrupted: a package of Colab's may have its own reason to lack that file.
    """
    for folder in _SITE.glob("*.dist-info"):
        newer = state.exists() and folder.stat().st_mtime_ns >= state.stat().st_mtime_ns
        if newer and not folder.is_symlink() and not (folder / "INSTALLER").exists():
            shutil.rmtree(folder)


def _install(missing: list[str], log: Path) -> None:
    pip = [sys.executable, "-m", "pip", "install", "--no-input", "--progress-bar=off"]
    settings = _pip_settings()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted = list(missing)
        if in_colab():
            (folder / "constraints.txt").write_text("".join(_installed()), "utf-8")
            wanted.append(f"--constraint={folder / 'constraints.txt'}")
        (folder / "uv.toml").write_text(_uv_settings(settings), "utf-8")
        pip_environment = _pip_environment(settings)
        uv_environment = _uv_environment(settings, folder / "uv.toml")
        uv = _find_uv()
        if not uv and _run([*pip, "--no-deps", "uv"], pip_environment, log):
            uv = _find_uv()
        content = _content()
        # As pip does, the best version is taken wherever it lies.
        options = [f"--python={sys.executable}", "--index-strategy=unsafe-best-match"]
        if uv and _run([uv, "pip", "install", *options, *wanted], uv_environment, log):
            return
        if _content() == content:  # else uv was interrupted, and pip does not mend what it left
            _say("  with pip, since uv cannot")
            _run([*pip, *wanted], pip_environment, log)


def _find_uv() -> str | None:
    """Return a uv that runs: this Python's, or one of the PATH."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    uv = shutil.which("uv", path=path)
    works = uv and subprocess.run([uv, "--version"], capture_output=True).returncode == 0
    return uv if works else None


def _run(command: list[str], environment: dict[str, str], log: Path) -> bool:
    """Run a command, its output in the log; show which large files it downloads."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    text = {"encoding": "utf-8", "errors": "replace"}
    with (
        log.open("a", encoding="utf-8") as file,
        subprocess.Popen(command, env=environment, **pipes, **text) as process,
    ):
        for line in process.stdout:
            file.write(line)
            if large := _LARGE.match(line):
                _say(f"  {large[1]} ({large[2]})")
    return process.returncode == 0


def _pip_settings() -> dict[str, str]:
    """Return what pip's files and variables say about where packages come from."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True).stdout
    lines = re.findall(r"^(global|install|:env:)\.([\w-]+)=(.+)$", listed, re.MULTILINE)
    order = ("global", "install", ":env:")  # the later counts
    lines.sort(key=lambda line: order.index(line[0]))
    return {key: ast.literal_eval(value) for _, key, value in lines if _NETWORK.fullmatch(key)}


def _pip_environment(settings: dict[str, str]) -> dict[str, str]:
    variables = {f"PIP_{key.upper().replace('-', '_')}": text for key, text in settings.items()}
    fixed = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }
    return _without("PIP_") | variables | fixed


def _uv_settings(settings: dict[str, str]) -> str:
    """Return a uv.toml with the indexes of the user's own, else with those set for pip."""
    folders = [Path("/etc"), Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")]
    paths = [folder / "uv" / "uv.toml" for folder in folders]
    own = {}
    for path in [Path(os.environ["UV_CONFIG_FILE"])] if os.getenv("UV_CONFIG_FILE") else paths:
        try:
            read = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            continue  # as if it were not there
        own |= read | read.get("pip", {})
    kept = {key: value for key, value in own.items() if _NETWORK.fullmatch(key)}
    if not any("index" in key for key in kept):
        lists = ("find-links", "trusted-host")
        known = {key: settings[key].split() for key in lists if key in settings}
        known["allow-insecure-host"] = known.pop("trusted-host", [])
        # Where two indexes have a version, pip takes the wheel that fits best and uv that of the
        # first index: so pip's own one comes first, and the last one is the default, uv's last.
        urls = [settings.get("index-url", ""), *settings.get("extra-index-url", "").split()]
        if len(urls) > 1:
            urls[0] = urls[0] or _default_index()
            known["index"] = [{"url": url} for url in urls if url]
            known["index"][-1]["default"] = True
        elif urls[0]:
            known["index-url"] = urls[0]
        if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
            known["no-index"] = True
        kept = known | kept
    indexes = kept.pop("index", [])
    # What JSON writes for texts, truth values and lists is TOML as well.
    lines = [f"{key} = {json.dumps(value)}" for key, value in kept.items()]
    for index in indexes:
        lines += ["[[index]]", *(f"{key} = {json.dumps(value)}" for key, value in index.items())]
    return "\n".join(lines) + "\n"


def _default_index() -> str:
    """Return the index that pip looks in where no other is set."""
    # Asked for what is there, pip says where it would look and does not.
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "pip"]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    found = re.search(r"^Looking in indexes: ([^,\s]+)", said, re.MULTILINE)
    return found[1] if found else ""


def _uv_environment(settings: dict[str, str], file: Path) -> dict[str, str]:
    own = {
        name: text
        for name, text in os.environ.items()
        if name.startswith("UV_") and _NETWORK.fullmatch(name[3:].lower().replace("_", "-"))
    }
    translated = {
        "SSL_CERT_FILE": settings.get("cert"),
        "SSL_CLIENT_CERT": settings.get("client-cert"),
        "ALL_PROXY": settings.get("proxy"),
        "UV_HTTP_TIMEOUT": settings.get("timeout", settings.get("default-timeout")),
        "UV_KEYRING_PROVIDER": settings.get("keyring-provider"),
    }
    defaults = {name: text for name, text in translated.items() if text}
    fixed = {"UV_CONFIG_FILE": str(file), "UV_SYSTEM_CERTS": "1", "UV_BREAK_SYSTEM_PACKAGES": "1"}
    return defaults | _without("UV_") | own | fixed


def _without(prefix: str) -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith(prefix)}


def _content() -> set[str]:
    return {path.name for path in _SITE.iterdir() if not path.name.startswith("uv")}


def _installed() -> list[str]:
    """Return name and version of every package; of two with one name, the one that is imported."""
    found = {}
    for package in metadata.distributions():
        if package.name and _VERSION.fullmatch(package.version or ""):
            name = re.sub("[-_.]+", "-", package.name).lower()
            found.setdefault(name, f"{name}=={package.version}\n")
    return list(found.values())


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit("Interrupted; the next call repairs what was begun.") from None
