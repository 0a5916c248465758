"""Language and theme on every screen, and one click from the map to the ward."""

import re

import pytest
from playwright.sync_api import Page, expect

from config.registry import registry
from tests.browser.conftest import IT_SCREENS, SCREENS, Watched, figure, go, settled, store_value, texts, until
from tests.pages.conftest import english
from tests.support.apps import AppServer
from tests.support.browser import sign_in

pytestmark = pytest.mark.browser
STREAMLIT = re.compile(
    r"\b(Choose|Select|Press Enter|Page not found|Deploy|Running|Stop|Rerun|Settings|Print|Record|Clear cache|"
    r"Show password|Hide password|Skip to|Loading|Please wait|Connection|Error|No options|No results|Options|"
    r"Fullscreen|Close fullscreen|Download|Search|Sort|Made with|View|Copy|open|Clear)\b"
)


def left_in_english(page: Page) -> list[str]:
    """Texts of a Vietnamese screen that are ours untranslated or Streamlit's own."""
    seen = texts(page)
    return sorted({*english(seen), *(t for t in seen if STREAMLIT.search(t))})


def test_no_english_on_vietnamese_screens(watched: Watched, app_server: AppServer) -> None:
    page = watched.open()
    page.goto(app_server.url)
    expect(page.get_by_label("Tên đăng nhập")).to_be_visible(timeout=30_000)
    page.wait_for_function("() => window.opsPageLanguage !== undefined")
    found = {"signin": left_in_english(page)}
    sign_in(page, app_server.url, "cntt")  # who has every screen
    settled(page)
    ward = store_value(app_server.city, "SELECT min(ward_code) FROM unit WHERE ward_code IS NOT NULL")
    for screen in (*SCREENS, *IT_SCREENS):  # by clicks, as people go: each address by itself would load Streamlit anew
        go(page, screen)
        expect(page.locator(".banner.bad")).to_have_count(0)
        expect(page.locator(".menus [aria-current]")).to_have_count(1)
        if screen not in IT_SCREENS:
            expect(page.locator(".figure").nth(3)).to_be_attached()
        found[screen] = left_in_english(page)
    assert watched.outside() == []
    assert watched.errors == []
    for path in ("backlog?view=table", "backlog?view=tiles", f"coverage?ward={ward}", "nowhere"):
        page.goto(f"{app_server.url}/{path}")
        settled(page)
        found[path] = left_in_english(page)
    page.goto(f"{app_server.url}/backlog")
    settled(page)
    page.get_by_role("combobox").nth(1).click()
    page.wait_for_timeout(500)
    found["an open select box"] = left_in_english(page)
    assert {path: words for path, words in found.items() if words} == {}
    assert page.evaluate("document.documentElement.lang") == "vi"


def test_the_language_switch(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "trungtam")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="The city now")).to_be_visible()
    expect(page).to_have_url(re.compile("lang=en"))
    expect(page.locator(".menus summary")).to_have_text(["Today", "Places", "Dossiers", "Reports"])
    go(page, "coverage")
    expect(page.get_by_role("heading", name="Service coverage", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("lang=en"))
    received = store_value(app_server.city, "SELECT sum(received) FROM flow_day WHERE tier = 'commune'")
    go(page, "overview")
    expect(page.get_by_role("heading", name="The city now", level=1)).to_be_visible()
    until(lambda: f"{received:,}" in page.locator(".figure .value").all_inner_texts(), "figures in English", page)
    page.get_by_role("button", name="Tiếng Việt").click()
    expect(page.get_by_role("heading", name="Thành phố lúc này")).to_be_visible()
    until(
        lambda: f"{received:,}".replace(",", ".") in page.locator(".figure .value").all_inner_texts(), "figures", page
    )


def test_the_dark_theme_stays_from_screen_to_screen(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "trungtam")

    def ground() -> str:
        return str(page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"))

    assert ground() == "rgb(246, 248, 251)"
    page.get_by_role("button", name="Tối", exact=True).click()
    page.wait_for_load_state("load")
    settled(page)
    until(lambda: ground() == "rgb(11, 18, 32)", "the dark ground", page)
    for screen in ("backlog", "workload", "overview"):
        page.goto(f"{app_server.url}/{screen}")
        settled(page)
        assert ground() == "rgb(11, 18, 32)", screen
        assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ground')") == "#0b1220"
    page.get_by_role("button", name="Sáng", exact=True).click()
    page.wait_for_load_state("load")
    settled(page)
    until(lambda: ground() == "rgb(246, 248, 251)", "the light ground", page)


@pytest.mark.parametrize("view", ["cells", "tiles"])
def test_one_click_from_the_map_to_the_ward(watched: Watched, app_server: AppServer, view: str) -> None:
    page = watched.sign_in(app_server, "trungtam", path=f"/backlog?view={view}")
    settled(page)
    ward = "09619"  # Thị trấn Tây Đằng: wide enough to meet at any size
    box = page.locator(f'.wards:not(.inset-wards) [data-code="{ward}"]').bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile(rf"ward={ward}"))
    panel = page.locator(".st-key-panel-ward")
    name = registry().wards[ward].name
    expect(panel.get_by_role("heading", name=name)).to_be_visible()
    query = "SELECT count(*) FROM open_dossier JOIN unit USING (unit_code) WHERE ward_code = %s"
    count = store_value(app_server.city, query, ward)
    expect(panel.locator(".facts .v").first).to_have_text(str(count))
    shown = panel.locator(".facts").inner_text()
    other = watched.sign_in(app_server, "cntt", path=page.url.removeprefix(app_server.url))
    expect(other.locator(".st-key-panel-ward .facts")).to_have_text(re.compile(".+"))
    until(lambda: other.locator(".st-key-panel-ward .facts").inner_text() == shown, "the same facts", other)
    assert f"ward={ward}" in other.url
    panel.get_by_role("button", name="Đóng").click()
    expect(panel.get_by_role("heading", name=name)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("ward="))


def test_from_the_landing_map_to_the_ward(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "trungtam")
    box = page.locator('.wards:not(.inset-wards) [data-code="09619"]').bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile(r"/ward\?.*ward=09619"))
    expect(page.locator("h1.page-title")).to_have_text("Thị trấn Tây Đằng")


def test_a_filter_goes_into_the_address_and_comes_back_from_it(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "trungtam", path="/backlog?channel=2&days=90&view=table")
    settled(page)
    query = "SELECT count(*) FROM open_dossier WHERE channel = 2 AND received_day > as_of_day - 90"
    count = store_value(app_server.city, query)
    until(lambda: figure(page, "Đang giải quyết") == str(count), f"{count} open", page)
    page.reload()
    settled(page)
    until(lambda: figure(page, "Đang giải quyết") == str(count), f"{count} open again", page)
    assert "channel=2" in page.url


def test_584_wards_on_the_map(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "trungtam", path="/backlog")
    settled(page)
    expect(page.locator(".wards:not(.inset-wards) .w:not(.out)")).to_have_count(584)
    page.goto(f"{app_server.url}/backlog?view=geo")
    expect(page.locator("canvas").first).to_be_visible(timeout=30_000)
    page.wait_for_timeout(2_000)
    assert watched.outside() == []
    assert watched.errors == []
