"""The bar in a real browser: one line at 1366 pixels in both languages, and menus that keys open, close and follow."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched, current, settled, until
from tests.support.apps import AppServer

pytestmark = pytest.mark.browser
ONE_LINE = 60
"""Pixels: two lines take about a hundred."""


def test_the_bar_is_one_line_of_menus_for_keys(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "cntt", path="/overview", viewport={"width": 1366, "height": 768})
    bar = page.locator(".st-key-topbar")

    def high() -> float:
        return (bar.bounding_box() or {"height": 1e6})["height"]

    for lang in ("vi", "en"):
        page.goto(f"{app_server.url}/ward?lang={lang}")
        settled(page)
        until(lambda: high() < ONE_LINE, f"one line in {lang}", page)
    menu, link = page.locator(".menus details").nth(2), page.locator('.menus a[data-screen="dossiers"]')
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/dossiers\?.*lang=en"))
    expect(page.locator(current("dossiers"))).to_have_count(1)
    expect(link).to_be_hidden()
