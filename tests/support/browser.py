"""Debian's Chromium under Playwright, and what every browser test does first."""

import os
import shutil
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.support.cities import PASSWORDS

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-dev-shm-usage",
]


def chromium() -> str:
    """Path of Chromium. Without one: a failure in CI, else a skip that says what to install."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found:
        return found
    words = "Chromium is missing: apt-get install chromium fonts-noto-core"
    if os.environ.get("CI"):
        pytest.fail(words, pytrace=False)
    pytest.skip(words)


def sign_in(page: Page, base_url: str, user: str, password: str | None = None, path: str = "/") -> None:
    """Open `path`, sign in as a test account and wait until the form is gone."""
    passwords: Mapping[str, str] = PASSWORDS
    page.goto(f"{base_url}{path}")
    page.get_by_label("Tên đăng nhập").fill(user)
    page.get_by_label("Mật khẩu", exact=True).fill(password or passwords[user])
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_label("Tên đăng nhập")).to_have_count(0, timeout=40_000)
