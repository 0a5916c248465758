"""The front door in a real browser: first requests of a fresh server, roles, locks, cookies, deep links."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import jwt
import pytest
from playwright.sync_api import Page, expect

from config.registry import registry
from data_access import attempts, sessions
from data_access.store.engine import owner_engine
from tests.browser.conftest import IT_SCREENS, SCREENS, Watched, current, everything, go, settled, until
from tests.support.apps import AppServer, serving
from tests.support.browser import sign_in

pytestmark = pytest.mark.browser
PATHS = ("overview", "signin", "viewer", "backlog?ward=09556")
NAMES = {"trungtam": "Trực ban Trung tâm", "hadong": "Lãnh đạo UBND quận Hà Đông", "cntt": "Quản trị CNTT"}  # fmt: skip
TITLES = {"overview": "Tổng quan", "alerts": "Cảnh báo", "district": "Quận, huyện của tôi", "ward": "Xã, phường",
          "compare": "So sánh", "process": "Quy trình", "coverage": "Độ phủ dịch vụ",
          "backlog": "Bản đồ hồ sơ tồn", "dossiers": "Hồ sơ",
          "workload": "Tải công việc cán bộ", "qd766": "Điểm Quyết định 766", "forms": "Biểu mẫu",
          "quality": "Chất lượng dữ liệu", "boundaries": "Ranh giới xã, phường", "source": "Nguồn dữ liệu",
          "settings": "Cấu hình", "working_calendar": "Lịch làm việc",
          "users": "Người dùng và thiết bị", "audit": "Nhật ký kiểm tra", "health": "Tình trạng hệ thống"}  # fmt: skip
LOCKED = re.compile("quá nhiều lần", re.IGNORECASE)


@pytest.fixture(scope="module")
def secrets_of_the_screens(app_city: Any) -> list[str]:
    """Names and words that stand on screens and nowhere before the sign-in."""
    return [
        *{w.name for w in registry().wards.values() if len(w.name) > 12},
        'class="figure',
        "page-title",
        'class="menus"',
    ]


# A server of its own: what matters is the very first request of a process.
def test_the_first_request_of_a_process_meets_the_door(
    watched: Watched, app_city: Any, secrets_of_the_screens: list[str]
) -> None:
    with serving(app_city, sync=False) as server:
        page = watched.open()
        page.goto(f"{server.url}/shell")
        expect(page.get_by_label("Tên đăng nhập")).to_be_visible(timeout=30_000)
        document = everything(page)
        assert [word for word in secrets_of_the_screens if word in document] == []
        for path in ("pages/backlog", "pages/backlog.py", "pages/shell.py"):
            page.goto(f"{server.url}/{path}")
            page.wait_for_timeout(2_000)
            document = everything(page)
            assert [word for word in ("Quá hạn", "page-sub", "stPageLink") if word in document] == [], path


def test_every_address_meets_the_door(
    watched: Watched, app_server: AppServer, secrets_of_the_screens: list[str]
) -> None:
    page = watched.open()
    for path in ("", *PATHS):
        page.goto(f"{app_server.url}/{path}")
        expect(page.get_by_label("Tên đăng nhập")).to_be_visible(timeout=30_000)
        document = everything(page)
        assert [word for word in secrets_of_the_screens if word in document] == [], path


@pytest.mark.parametrize("user", NAMES)
def test_each_role_has_its_screens(watched: Watched, app_server: AppServer, user: str) -> None:
    page = watched.sign_in(app_server, user)
    allowed = [*SCREENS, *IT_SCREENS] if user == "cntt" else list(SCREENS)
    if user == "hadong":
        allowed.sort(key=lambda s: s != "district")  # where a chair lands
    said = page.locator(".menus a[data-screen]").evaluate_all(
        "links => links.map(a => [a.dataset.screen, a.textContent])"
    )
    assert sorted(said) == sorted([s, TITLES[s]] for s in allowed)
    expect(page.get_by_role("button", name=NAMES[user])).to_be_visible()
    expect(page.locator(current(allowed[0]))).to_have_count(1)
    for screen in ("backlog", "health" if user == "cntt" else "dossiers", allowed[0]):  # all: test_languages_and_maps
        go(page, screen)
        expect(page.locator(".banner.bad")).to_have_count(0)
        expect(page.locator(".menus [aria-current]")).to_have_count(1)
    assert watched.outside() == []
    assert watched.errors == []


def test_a_walls_account_has_walls_only(watched: Watched, app_server: AppServer) -> None:
    page = watched.open()
    sign_in(page, app_server.url, "manhinh", path="/workload")
    page.locator(".st-key-wall").wait_for(state="attached", timeout=40_000)
    until(lambda: any(c["name"] == "one_stop_centre" for c in page.context.cookies()), "its cookie", page, 30)
    names = officer_names(app_server)
    assert len(names) > 50
    for path in ("workload", "overview", ""):
        page.goto(f"{app_server.url}/{path}")
        expect(page.locator(".st-key-wall")).to_be_attached()
        expect(page).to_have_url(re.compile("wall="))
        assert page.locator(".figure, .menus").count() == 0
        document = everything(page)
        assert [name for name in names if name in document] == [], path


def officer_names(server: AppServer) -> set[str]:
    import psycopg

    with psycopg.connect(server.city.server.dsn("postgres", "ops")) as conn:
        return {row[0] for row in conn.execute("SELECT display_name FROM officer WHERE length(display_name) > 9")}


def test_a_district_sees_itself_only(watched: Watched, app_server: AppServer) -> None:
    own = set(registry().districts["268"].ward_codes)
    own_names = {registry().wards[c].name for c in own}
    own_words = own_names | {registry().wards[c].short_name for c in own} | {registry().districts["268"].name}
    foreign = {w.name for w in registry().wards.values() if w.code not in own} - own_names
    foreign |= {d.name for d in registry().districts.values() if d.code != "268"} - own_names
    page = watched.sign_in(app_server, "hadong")
    for path in ("overview", "coverage?view=table", "backlog?view=tiles", "backlog"):  # the rest: tests/pages
        page.goto(f"{app_server.url}/{path}")
        settled(page)
        if page.locator(".wards").count():
            page.locator(".wards .w:not(.out)").first.wait_for(state="attached")
            drawn = page.locator(".wards .w:not(.out)").evaluate_all("all => all.map(w => w.dataset.code)")
            assert set(drawn) == own, path
        until(lambda: bool(set(page.evaluate(WORDS)) & own_words), f"a word of its own on {path}", page)
        assert sorted(set(page.evaluate(WORDS)) & foreign) == [], path


# Texts of the page outside style sheets; a name of another place is a text node of its own or starts one.
WORDS = """
() => {
  const found = [];
  const walk = (n) => {
    if (n.nodeType === 3) found.push(...n.textContent.split(/ · |[,;()“”]/).map((s) => s.trim()));
    else if (n.shadowRoot || n.childNodes) {
      if (['STYLE', 'SCRIPT'].includes(n.tagName)) return;
      if (n.shadowRoot) walk(n.shadowRoot);
      n.childNodes.forEach(walk);
    }
  };
  walk(document.body);
  return found.filter(Boolean);
}
"""


def test_another_districts_ward_in_the_address(watched: Watched, app_server: AppServer) -> None:
    theirs = registry().wards_of("005")[0]
    page = watched.sign_in(app_server, "hadong")
    page.goto(f"{app_server.url}/backlog?ward={theirs.code}")
    settled(page)
    expect(page.get_by_text("không thuộc phạm vi")).to_be_visible()
    assert theirs.name not in page.evaluate(WORDS)
    expect(page).not_to_have_url(re.compile("ward="))
    page.goto(f"{app_server.url}/backlog?ward=99999&colour=red")
    settled(page)
    expect(page.locator(".banner")).to_have_count(2)
    expect(page).not_to_have_url(re.compile("99999|colour"))


def test_wrong_parameters_are_named_and_put_aside(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "trungtam")
    wrong = {
        "backlog": "measure=bad&field=zz&channel=9&days=0&view=none&ward=<b>x</b>&zz=1",
        "workload": "tier=bad&role=bad&district=999&officer=nobody&zz=1",
    }  # those of the other screens: tests/pages
    for screen, query in wrong.items():
        page.goto(f"{app_server.url}/{screen}?{query}")
        settled(page)
        expect(page.locator(".banner")).to_have_count(len(query.split("&")))
        expect(page.locator(".figure").nth(3), "the rest keeps working").to_be_attached()
        expect(page, screen).not_to_have_url(re.compile(r"\?"))
        expect(page.locator(".banner b")).to_have_count(0)


def fill(page: Page, user: str, password: str) -> None:
    page.get_by_label("Tên đăng nhập").fill(user)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def answer(page: Page, left: int) -> str:
    """What is said after a wrong attempt with so many left."""
    sentence = page.locator(".banner.bad", has_text=LOCKED if left == 0 else re.compile(rf"Còn {left} lần"))
    expect(sentence).to_be_visible()
    return str(sentence.inner_text())


@pytest.fixture
def locked_out(app_server: AppServer) -> Iterator[AppServer]:
    """The server, whose locks are taken away again: the store counts for all tests."""
    yield app_server
    engine = owner_engine(app_server.city.urls.store_owner_url)
    for user in ("hadong", "khongco"):
        attempts.forgive(engine, user, "test")
    engine.dispose()


def test_five_wrong_passwords(watched: Watched, locked_out: AppServer) -> None:
    said: dict[str, list[str]] = {}
    for user in ("hadong", "khongco"):
        page = watched.open()
        page.goto(locked_out.url)
        said[user] = []
        for left in (4, 3, 2, 1, 0):
            fill(page, user, f"sai-{left}")
            said[user].append(answer(page, left))
    assert said["hadong"] == said["khongco"], "an unknown name is answered as a known one"
    page = watched.open()
    page.goto(locked_out.url)
    fill(page, "hadong", locked_out.passwords["hadong"])
    expect(page.get_by_text(LOCKED)).to_be_visible()
    expect(page.get_by_label("Tên đăng nhập")).to_be_visible()
    expect(page.locator(".figure")).to_have_count(0)
    watched.sign_in(locked_out, "caugiay")


def test_sign_out_forgets_the_cookie(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "cntt", path="/backlog")
    assert "/backlog" in page.url, "the deep link survives the sign-in"
    page.reload()
    settled(page)
    expect(page.get_by_role("button", name=NAMES["cntt"])).to_be_visible()
    cookies = [c["name"] for c in page.context.cookies()]
    assert "one_stop_centre" in cookies
    page.get_by_role("button", name=NAMES["cntt"]).click()
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page.get_by_label("Tên đăng nhập")).to_be_visible()
    page.wait_for_timeout(1_000)
    assert "one_stop_centre" not in [c["name"] for c in page.context.cookies()]
    page.goto(f"{app_server.url}/backlog?ward=09556")
    expect(page.get_by_label("Tên đăng nhập")).to_be_visible()
    expect(page.locator(".figure")).to_have_count(0)


def named(page: Page, name: str) -> list[Any]:
    """The browser's cookies of that name."""
    return [cookie for cookie in page.context.cookies() if cookie["name"] == name]


def test_an_ended_session_loses_its_screens_within_seconds(watched: Watched, app_server: AppServer) -> None:
    page = watched.sign_in(app_server, "caugiay")
    cookies = partial(named, page, "one_stop_centre")
    until(lambda: bool(cookies()), "the cookie", page, 60)
    (cookie,) = cookies()
    key = jwt.decode(cookie["value"], options={"verify_signature": False})["session"]
    engine = owner_engine(app_server.city.urls.store_owner_url)

    def known() -> bool:
        with engine.connect() as connection:
            return key in {session.session_id for session in sessions.open_sessions(connection)}

    until(known, "the session in the store", page, 60)
    sessions.end(engine, key, "cntt")
    engine.dispose()
    expect(page.get_by_label("Tên đăng nhập")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("đã bị bộ phận CNTT kết thúc")).to_be_visible()
    expect(page.locator(".figure")).to_have_count(0)
    again = watched.open()  # a copy of the cookie is worth nothing
    again.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": app_server.url}])
    again.goto(f"{app_server.url}/overview")
    expect(again.get_by_label("Tên đăng nhập")).to_be_visible(timeout=60_000)
    expect(again.locator(".figure")).to_have_count(0)


def test_a_forged_cookie_opens_nothing(watched: Watched, app_server: AppServer) -> None:
    page = watched.open()
    token = "eyJhbGciOiJub25lIn0.eyJ1c2VybmFtZSI6InRydW5ndGFtIiwiZXhwX2RhdGUiOjQxMDI0NDQ4MDB9."
    page.context.add_cookies([{"name": "one_stop_centre", "value": token, "url": app_server.url}])
    page.goto(f"{app_server.url}/overview")
    expect(page.get_by_label("Tên đăng nhập")).to_be_visible(timeout=30_000)
    expect(page.locator(".figure")).to_have_count(0)
