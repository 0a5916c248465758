"""A progress bar shows how much is still to do, on the ground it stands on, in both themes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from config.settings import ROOT
from data_access.demo.run import answers
from tests.support.apps import free_port
from tests.support.processes import wait_for

pytestmark = pytest.mark.browser
APP = Path(__file__).parent / "apps" / "progress_page.py"
COLOURS = """
() => [".st-key-panel-progress", "[data-testid=stProgressBarTrack]", "[data-testid=stProgressBarTrack] > div"]
  .map(place => getComputedStyle(document.querySelector(place)).backgroundColor)
"""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
        try:
            wait_for(lambda: answers(port), "the page is served", 60)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=10)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_what_is_left_is_seen(browser: Browser, url: str) -> None:
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(url)
        page.locator("[data-testid=stProgressBarTrack]").wait_for(timeout=60_000)
        panel, track, done = page.evaluate(COLOURS)
        context.close()
        assert _contrast(track, panel) > 1.2, (scheme, track, panel)
        assert _contrast(done, track) > 3, (scheme, done, track)
