"""A desk that draws newer figures all the time still does what a person clicks."""

import time
from contextlib import suppress

import pytest
from playwright.sync_api import Route, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import Watched, current
from tests.support.apps import AppServer
from tests.support.browser import sign_in

pytestmark = pytest.mark.browser


def newer(route: Route) -> None:
    """The answer to a look where there always is something newer."""
    at = round(time.time() * 1_000)
    route.fulfill(json={"draw": True, "every": 100, "at": at, "words": "0 s", "title": "", "old": False})


def test_no_click_is_lost_to_newer_figures(watched: Watched, app_server: AppServer) -> None:
    """A run asked for between a click and the run that does it would end that one, and the click with it."""
    page = watched.open()
    sign_in(page, app_server.url, "trungtam", path="/overview")
    expect(page.locator(current("overview"))).to_have_count(1, timeout=60_000)
    page.route("**/look*", newer)
    page.wait_for_timeout(2_000)
    for screen in ("coverage", "backlog", "coverage", "backlog"):
        link = page.locator(f'.menus a[data-screen="{screen}"]')
        for _ in range(40):  # a bar that is drawn anew closes its menu
            if not link.is_visible():
                link.locator("xpath=ancestor::details").locator("summary").click()
            with suppress(PlaywrightTimeout):
                link.click(timeout=2_000)
                break
        expect(page.locator(current(screen))).to_have_count(1, timeout=60_000)
