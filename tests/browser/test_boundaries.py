"""Boundaries in a real browser: a file is chosen, read and shown, put live, and taken back; every map follows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from config import shapes
from data_access.store.engine import owner_engine
from tests.browser.conftest import Watched, go, settled
from tests.data_access.geo.boundaries.files import wards, write
from tests.support.apps import AppServer
from tests.support.cities import City

pytestmark = pytest.mark.browser
LONG = 180_000
"""Milliseconds that reading a small file may take on a busy machine."""


@pytest.fixture
def clean(app_city: City) -> Iterator[None]:
    """No imports before and after: the application is the whole session's."""
    yield
    engine = owner_engine(app_city.urls.store_owner_url)
    with engine.begin() as connection:
        connection.execute(text("TRUNCATE boundary_live, boundary_import"))
    engine.dispose()
    shapes.use(None)


def decide(page: Page, button: str, why: str) -> None:
    """A decision with its reason; the box gives its words to the server when it is left."""
    box = page.get_by_label("Lý do thay đổi")
    expect(box).to_have_value("")
    box.fill(why)
    box.press("Tab")
    page.locator(f".st-key-{button} button").click()
    expect(page.locator(".banner", has_text="mọi bản đồ")).to_be_visible(timeout=60_000)


def test_a_file_from_the_chooser_to_the_maps_and_back(
    watched: Watched, app_server: AppServer, clean: None, tmp_path: Path
) -> None:
    file = write(tmp_path / "ranh giới.zip", dict(wards()), epsg=3405)
    page = watched.sign_in(app_server, "cntt", path="/boundaries", viewport={"width": 1440, "height": 900})
    expect(page.get_by_text("chưa nhập ranh giới nào").first).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.locator(".upload .pick").click()
    chooser.value.set_files(file)

    expect(page.get_by_text("584 / 584").first).to_be_visible(timeout=LONG)
    expect(page.get_by_text("EPSG:3405 VN-2000 / UTM zone 48N").first).to_be_visible()
    expect(page.locator('.st-key-panel-boundary-shown .w[data-code="00001"]').first).to_be_visible()
    settled(page)
    decide(page, "boundary-go", "ranh giới chính thức")
    expect(page.get_by_text("ranh giới.zip").first).to_be_visible()

    go(page, "backlog")
    expect(page.get_by_text("Ranh giới do bộ phận CNTT nhập")).to_be_visible()
    expect(page.locator('.wm .w[data-code="00001"]').first).to_be_visible()
    go(page, "boundaries")
    decide(page, "boundary-back", "sai lớp")
    expect(page.get_by_text("sai lớp").first).to_be_visible()
    go(page, "backlog")
    expect(page.get_by_text("Ranh giới do bộ phận CNTT nhập")).to_have_count(0)
    assert watched.errors == []
