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


def test_from_a_red_ward_to_the_stuck_step_its_dossiers_and_the_form(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "hadong")
    settled(page)
    page.evaluate("window.sameDocument = true")
    page.locator(".st-key-district-wards tbody tr").first.locator("td").first.click()
    page.wait_for_url(re.compile(r"/ward\?.*ward=\d+"))
    settled(page)
    ward, name = page.url, page.locator("h1.page-title").inner_text()
    step = page.locator(".st-key-ward-stuck tbody tr").first.locator("td")
    words, waiting = step.first.inner_text().splitlines()[0], step.nth(3).inner_text()
    step.nth(3).locator("a").click()
    page.wait_for_url(re.compile(r"/dossiers\?what=open.*step="))
    settled(page)
    expect(page.locator(".st-key-panel-dossiers .panel-title")).to_contain_text(f": {waiting} hồ sơ")
    expect(page.locator(".st-key-panel-dossiers tbody tr")).to_have_count(int(waiting))
    expect(page.locator(".st-key-panel-dossiers tbody tr").first).to_contain_text(words)
    page.locator(".st-key-panel-dossiers tbody tr").first.locator("td").nth(1).click()
    expect(page.locator(".timeline .name", has_text=words).first).to_be_visible()
    assert page.evaluate("window.sameDocument"), "no click loaded the page anew"
    page.goto(ward)
    page.locator(".ways a", has_text="Biểu II.06a").click()
    page.wait_for_url(re.compile(r"/forms\?form=ii06a.*ward=\d+"))
    settled(page)
    expect(page.locator(".page-sub")).to_contain_text(name)
    page.get_by_role("button", name="PDF").click()
    expect(page.get_by_text(re.compile(r"Tải về ii06a_\d{5}_r\d{4}-\d\d\.pdf"))).to_be_visible(timeout=60_000)
    assert watched.errors == []
