"""A Chromium without a window, driven by selenium, where both can be had."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
_SWITCHES = """headless no-sandbox disable-gpu disable-quic no-first-run hide-scrollbars
    disable-background-networking disable-component-update disable-sync disable-dev-shm-usage
    autoplay-policy=no-user-gesture-required"""


@contextmanager
def started_chromium(folder: Path, *switches: str) -> Iterator:
    """Yield a browser with its profile in a folder, or skip; it ends with the block."""
    # No requirement of the series: .ci/run installs it, and chromedriver, where they can be had.
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs pip install selenium")
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    driver = shutil.which("chromedriver")
    if not (program and driver):
        pytest.skip("no Chromium with chromedriver here; Debian: apt install chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for switch in (*_SWITCHES.split(), *switches, f"user-data-dir={folder}"):
        options.add_argument(f"--{switch}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chromium = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield chromium
    finally:
        chromium.quit()
