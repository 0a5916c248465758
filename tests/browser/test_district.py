"""A chair in a browser: lands on the own district, one click to a ward, a link that another chair can't open."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched, settled
from tests.support.apps import AppServer

pytestmark = pytest.mark.browser


def test_from_the_district_to_a_ward_and_its_link(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "hadong")
    settled(page)
    expect(page.get_by_role("heading", name="Quận Hà Đông", level=1)).to_be_visible()
    first = page.locator(".st-key-district-wards tbody tr").first.locator("td").first
    name = first.inner_text()
    first.click()
    page.wait_for_url(re.compile(r"/ward\?.*ward=\d+"))
    settled(page)
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(page.locator(".why-sentence")).to_be_visible()
    link = page.url.removeprefix(app_server.url)
    other = watched.sign_in(app_server, "caugiay", path=link)
    settled(other)
    expect(other.locator(".banner")).to_have_text(re.compile("không thuộc phạm vi"))
    expect(other.get_by_text(name)).to_have_count(0)
    assert watched.errors == []
