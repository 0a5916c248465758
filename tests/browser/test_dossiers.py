"""From a figure to its list to one dossier by clicks, and the search box, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, figure, settled
from tests.support.apps import AppServer

pytestmark = pytest.mark.browser
FIND = "Xã phường, cán bộ, thủ tục hoặc mã hồ sơ"


def rows(page: Page) -> int:
    return page.locator(".st-key-panel-dossiers tbody tr").count()


def test_from_a_figure_to_one_dossier(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "trungtam", path="/overview")
    counted = figure(page, "Quá hạn")
    page.evaluate("window.sameDocument = true")
    page.locator('.figure a.go[href*="what=overdue"]').first.click()
    expect(page).to_have_url(re.compile(r"/dossiers\?what=overdue$"))
    settled(page)
    expect(page.locator(".st-key-panel-dossiers .panel-title")).to_contain_text(f"Quá hạn: {counted} hồ sơ")
    first = page.locator(".st-key-panel-dossiers tbody tr").first
    expect(first).to_be_visible()
    assert rows(page) == int(counted)
    code = first.locator("td").first.inner_text()
    first.locator("td").nth(1).click()
    expect(page.locator("h1.page-title")).to_contain_text(code)
    expect(page).to_have_url(re.compile(r"what=overdue.*dossier=|dossier=.*what=overdue"))
    expect(page.locator(".st-key-panel-steps-0 tbody tr").first).to_be_visible()
    page.get_by_role("button", name="Về danh sách").click()
    expect(page.locator(".st-key-panel-dossiers tbody tr")).to_have_count(int(counted))
    assert page.evaluate("window.sameDocument"), "no click loaded the page anew"
    assert watched.errors == []


def test_heads_sort_all_pages_by_the_server(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "trungtam", path="/dossiers")
    head = page.locator(".st-key-panel-dossiers th", has_text="Đơn vị")
    head.locator("button").click()
    expect(page).to_have_url(re.compile("order=unit"))
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.locator("button").click()
    expect(page).to_have_url(re.compile("order=-unit"))
    expect(head).to_have_attribute("aria-sort", "descending")


def test_the_search_box_finds_what_lies_in_scope(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "hadong", path="/backlog")
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.get_by_label(FIND).fill("cau giay")
    expect(page.get_by_text("khớp với “cau giay”")).to_be_visible()
    expect(page.locator(".hits")).to_have_count(0)
    page.get_by_label(FIND).fill("mo lao")
    page.locator(".hits a.go", has_text="Mộ Lao").click()
    expect(page).to_have_url(re.compile(r"/ward\?.*ward=\d{5}"))
    expect(page.locator("h1.page-title")).to_contain_text("Mộ Lao")
