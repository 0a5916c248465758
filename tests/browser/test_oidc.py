"""Signing in through a real OpenID Connect provider: roles and districts from groups, nothing for others, put out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from data_access import sessions
from data_access.store.engine import owner_engine
from tests.browser.conftest import Watched, everything, settled, until
from tests.support import identity
from tests.support.apps import AppServer, serving

pytestmark = pytest.mark.browser
PEOPLE = {
    "an": {"name": "Nguyễn Văn An", "preferred_username": "an", "groups": ["khac", "trung-tam"]},
    "binh": {"name": "Trần Thị Bình", "preferred_username": "binh", "groups": ["ubnd-ha-dong"]},
    "chi": {"name": "Lê Chi", "preferred_username": "chi", "groups": ["khac"]},
}
GROUPS = """
claims: {person: preferred_username, groups: groups}
groups:
  - {group: trung-tam, role: operations}
  - {group: ubnd-ha-dong, role: district, districts: ["268"]}
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The city's own sign_in.yaml."""
    made: Path = tmp_path_factory.mktemp("config") / "sign_in.yaml"
    made.write_text(GROUPS, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def with_provider(app_city: Any, file: Path) -> Iterator[AppServer]:
    """The application with a provider that has three people."""
    with identity.provider(PEOPLE) as provider:
        env = {
            "OPS_OIDC_METADATA_URL": f"{provider.url}/.well-known/openid-configuration",
            "OPS_OIDC_CLIENT_ID": identity.CLIENT,
            "OPS_OIDC_CLIENT_SECRET": identity.SECRET,
            "OPS_OIDC_REDIRECT_URI": "http://127.0.0.1:{port}/oauth2callback",
            "OPS_CONFIG_DIR": str(file.parent),
        }
        with serving(app_city, sync=False, env=env) as server:
            yield server


def enter(watched: Watched, server: AppServer, who: str) -> Page:
    """Through the provider's page and back."""
    page = watched.open()
    page.goto(f"{server.url}/overview")
    page.get_by_role("button", name="Đăng nhập bằng tài khoản thành phố").click()
    page.get_by_role("link", name=who, exact=True).click()
    return page


def test_groups_become_roles_and_districts(watched: Watched, with_provider: AppServer) -> None:
    page = enter(watched, with_provider, "an")
    settled(page)
    expect(page.get_by_role("button", name="Nguyễn Văn An")).to_be_visible()
    expect(page.get_by_role("heading", name="Thành phố lúc này")).to_be_visible()
    chair = enter(watched, with_provider, "binh")
    settled(chair)
    expect(chair.get_by_role("button", name="Trần Thị Bình")).to_be_visible()
    expect(chair.get_by_role("heading", name="Quận Hà Đông", level=1)).to_be_visible()
    assert "Quận Cầu Giấy" in everything(page)
    assert "Quận Cầu Giấy" not in everything(chair)


def test_someone_without_a_role_sees_a_sentence(watched: Watched, with_provider: AppServer) -> None:
    page = enter(watched, with_provider, "chi")
    expect(page.get_by_text("chưa được gán vai trò")).to_be_visible(timeout=60_000)
    expect(page.locator(".figure, .menus")).to_have_count(0)
    expect(page.get_by_label("Tên đăng nhập")).to_have_count(0)
    assert "Quận" not in page.locator("[data-testid=stApp]").inner_text()


def test_an_ended_session_is_out_until_the_provider_lets_in_again(watched: Watched, with_provider: AppServer) -> None:
    engine = owner_engine(with_provider.city.urls.store_owner_url)

    def mine() -> set[str]:
        with engine.connect() as connection:
            return {s.session_id for s in sessions.open_sessions(connection) if s.username == "oidc:an"}

    before = mine()  # of a test before this one; this page's own is in the store seconds after its sign-in
    page = enter(watched, with_provider, "an")
    settled(page)
    until(lambda: bool(mine() - before), "the session", page, 60)
    for key in mine():
        sessions.end(engine, key, "cntt")
    engine.dispose()
    expect(page.get_by_label("Tên đăng nhập")).to_be_visible(timeout=60_000)
    expect(page.locator(".figure")).to_have_count(0)
    page.get_by_role("button", name="Đăng nhập bằng tài khoản thành phố").click()
    page.get_by_role("link", name="an", exact=True).click()
    settled(page)
    expect(page.get_by_role("button", name="Nguyễn Văn An")).to_be_visible()


def test_an_open_screen_follows_the_groups_of_the_file(watched: Watched, with_provider: AppServer, file: Path) -> None:
    page = enter(watched, with_provider, "an")
    settled(page)
    expect(page.get_by_role("heading", name="Thành phố lúc này")).to_be_visible()
    try:
        edited = GROUPS.replace("trung-tam, role: operations", 'trung-tam, role: district, districts: ["268"]')
        file.write_text(edited, encoding="utf-8")
        expect(page.locator("[data-testid=stApp]")).not_to_contain_text("Quận Cầu Giấy", timeout=60_000)
        file.write_text(GROUPS.replace("group: trung-tam", "group: trung-tam-moi"), encoding="utf-8")
        expect(page.get_by_text("chưa được gán vai trò")).to_be_visible(timeout=60_000)
        expect(page.locator(".figure")).to_have_count(0)
    finally:
        file.write_text(GROUPS, encoding="utf-8")
