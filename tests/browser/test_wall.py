"""Walls in a browser: rotation without a blank frame, hold and keys, devices, a real restart, no jump and no fade."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Page, WebSocketRoute, expect
from sqlalchemy import Engine, create_engine
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from data_access import devices
from tests.browser.conftest import Watched, everything, store_value, until
from tests.browser.frames import COUNT_SHIFTS, HURRY, SCROLLED, frames, watch_desk, watch_wall
from tests.browser.walls import (
    CLIPPED,
    COUNT_CHANGES,
    DOSSIERS_MOVE,
    HEAD_OVERLAPS,
    LINKS_MOVE,
    SECONDS,
    TYPE,
    WALLS,
    open_wall,
    path,
    shown,
    standing,
)
from tests.support.apps import AppServer, serving
from tests.support.cities import City

pytestmark = pytest.mark.browser
# Which screen is shown and how far its line has come, ten times a second.
WATCH_LINE = """
() => {
  window.line_ = [];
  setInterval(() => {
    const done = document.querySelector('.wall-line i.now').style.getPropertyValue('--done');
    window.line_.push([document.documentElement.dataset.wallShown, Number(done)]);
  }, 100);
}
"""


@pytest.fixture(scope="module")
def wall_server(live_city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    path: Path = tmp_path_factory.mktemp("walls") / "walls.yaml"
    path.write_text(WALLS, encoding="utf-8")
    with serving(
        live_city, sync=True, env={"OPS_WALLS_FILE": str(path), "OPS_WALL_SECONDS": "0.2", "OPS_SYNC_SECONDS": "0.1"}
    ) as server:
        yield server


@pytest.fixture
def store(live_city: City) -> Iterator[Engine]:
    engine = create_engine(live_city.urls.store_owner_url)
    yield engine
    engine.dispose()


def test_it_rotates_without_a_blank_frame(watched: Watched, wall_server: AppServer, store: Engine) -> None:
    page = open_wall(watched, wall_server, store, "quick")
    watch_wall(page)
    page.evaluate(WATCH_LINE)
    until(lambda: len(frames(page)["seen"]) >= 4, "four screens", page, 40)
    seen = frames(page)
    assert seen["bad"] == []
    assert seen["count"] > 60
    order = list(SECONDS)
    first = order.index(seen["seen"][0])
    assert seen["seen"] == [order[(first + n) % 3] for n in range(len(seen["seen"]))]
    for n in (1, 2):  # those that were there from their beginning to their end
        stood = (seen["turned"][n + 1] - seen["turned"][n]) / 1000
        assert SECONDS[seen["seen"][n]] - 0.3 <= stood <= SECONDS[seen["seen"][n]] + 3
    expect(page.locator(".wall-line i")).to_have_count(3)
    expect(page.locator(".wall-line i.now")).to_have_count(1)
    line = [done for name, done in page.evaluate("window.line_") if name == seen["seen"][1]]
    assert line == sorted(line)
    assert (line[0] < 0.2, line[-1] > 0.8) == (True, True), "the line tells how much of its seconds has passed"
    assert watched.errors == []


def test_keys_and_clicks_hold_go_on_and_go_back(watched: Watched, wall_server: AppServer, store: Engine) -> None:
    page = open_wall(watched, wall_server, store, "quick")
    held = page.locator(".wall-held")
    page.keyboard.press(" ")
    expect(held).to_contain_text("Đang giữ màn hình")
    start = path(page)
    before = store_value(wall_server.city, "SELECT version FROM data_version")
    touch(wall_server.city)
    until(lambda: store_value(wall_server.city, "SELECT version FROM data_version") > before, "a new version", page)
    page.wait_for_timeout(6_000)
    assert path(page) == start, "held through its seconds and a redraw"
    page.keyboard.press("ArrowRight")
    second = path(page)
    page.keyboard.press("ArrowLeft")
    assert (path(page), second != start) == (start, True)
    page.mouse.click(960, 300)
    expect(held).to_be_empty()
    page.mouse.click(960, 300)
    expect(held).not_to_be_empty()
    page.mouse.move(900, 500)
    page.get_by_role("button", name="Màn hình sau").click()
    assert path(page) == second
    page.reload()
    standing(page)
    assert path(page) == second, "a reload keeps place and hold"
    expect(held).not_to_be_empty()
    page.goto(f"{wall_server.url}/?wall=all&screen=workload")
    standing(page)
    assert path(page) == "workload", "one screen alone, by the address"
    expect(held).not_to_be_empty()


def test_a_redraw_whose_beat_is_dropped_takes_no_screen_away(
    watched: Watched, wall_server: AppServer, store: Engine
) -> None:
    """A busy server begins a beat before the redraw before it is sent: Streamlit then drops the beat of the redraw."""
    page = watched.open(viewport={"width": 1920, "height": 1080})
    dropped: list[list[int]] = []
    open_for: list[int] = []  # redraws that still lose theirs
    whole = False

    def heard(connection: WebSocketRoute, message: str | bytes) -> None:
        nonlocal whole
        told = ForwardMsg.FromString(message if isinstance(message, bytes) else message.encode())
        if told.HasField("new_session"):
            whole = not told.metadata.run.fragment_ids
        if open_for and whole and told.delta.fragment_id:
            dropped.append(list(told.metadata.delta_path))
            return
        if open_for and dropped and told.HasField("script_finished"):
            open_for.pop()
        connection.send(message)

    def between(connection: WebSocketRoute) -> None:
        connection.connect_to_server().on_message(lambda message: heard(connection, message))

    page.route_web_socket(re.compile("/_stcore/stream"), between)
    page.goto(f"{wall_server.url}/?wall=all&token={devices.issue(store, 'Màn bận')}", timeout=60_000)
    standing(page)
    page.evaluate("""
      () => {
        const screens = () => document.querySelectorAll('[class*="st-key-wall-screen-"]').length;
        window.fewest_ = screens();
        new MutationObserver(() => (window.fewest_ = Math.min(window.fewest_, screens())))
          .observe(document.body, { childList: true, subtree: true });
      }""")
    watch_wall(page)
    open_for.append(1)
    touch(wall_server.city)
    until(lambda: bool(dropped) and not open_for, "a redraw without its beat", page)
    at = page.locator(".wall-pulse").get_attribute("data-at") if page.locator(".wall-pulse").count() else None
    expect(page.locator(f".wall-pulse:not([data-at='{at}'])")).to_have_count(1)
    page.wait_for_timeout(1_000)
    assert page.evaluate("window.fewest_") == 6
    assert frames(page)["bad"] == []
    assert watched.errors == []


def test_marks_of_runs_are_forgotten(watched: Watched, wall_server: AppServer, store: Engine) -> None:
    """Streamlit marks every run for the browser's tools, five a second here, and never forgets one."""
    wall = open_wall(watched, wall_server, store, "moving")
    desk = watched.sign_in(wall_server, "trungtam", path="/overview")
    for page in (wall, desk):
        page.evaluate("performance.mark('mine'); performance.measure('mine', 'mine')")
    for page in (wall, desk):
        page.wait_for_function("() => !performance.getEntriesByName('mine').length", timeout=30_000)


def touch(city: City) -> None:
    """Change something in the source, so that there is a new version."""
    with psycopg.connect(city.server.dsn("onestop"), autocommit=True) as conn:
        conn.execute("""
            UPDATE onestop.ho_so SET hen_tra = hen_tra + interval '1 second', cap_nhat = now()
             WHERE id_ho_so = (SELECT id_ho_so FROM onestop.ho_so WHERE trang_thai IN (2, 4) ORDER BY random()
                                LIMIT 1)""")


def test_nothing_jumps_or_fades_over_fifty_redraws_of_a_wall(
    watched: Watched, wall_server: AppServer, store: Engine
) -> None:
    wall = open_wall(watched, wall_server, store, "moving")
    watch_wall(wall)
    wall.wait_for_timeout(1_500)
    for screen in ("now", "backlog", "connections"):
        assert path(wall) == screen
        wall.evaluate(COUNT_CHANGES, screen)
        redraw(wall, wall_server.city, 17, DOSSIERS_MOVE, LINKS_MOVE, itself=5)
        wall.keyboard.press("ArrowRight")
    assert watched.errors == []


@pytest.mark.parametrize("times", [8, pytest.param(50, marks=pytest.mark.slow)])
@pytest.mark.parametrize("screen", ["overview", "backlog"])
def test_nothing_jumps_or_fades_over_redraws_of_a_desk(
    watched: Watched, wall_server: AppServer, screen: str, times: int
) -> None:
    desk = watched.sign_in(wall_server, "trungtam", path=f"/{screen}", init=HURRY)
    map_ = desk.locator(".wm .map").first
    expect(map_.locator(".w").first).to_be_attached(timeout=30_000)
    whole = map_.locator("> g").first.get_attribute("transform")
    if screen == "backlog":
        map_.scroll_into_view_if_needed()
        map_.hover()
        desk.mouse.wheel(0, -500)
    else:
        desk.mouse.move(600, 500)
        desk.mouse.wheel(0, 120)
    watch_desk(desk)
    desk.wait_for_timeout(1_500)
    view, scrolled = map_.locator("> g").first.get_attribute("transform"), desk.evaluate(SCROLLED)
    assert (view != whole) == (screen == "backlog"), "the wheel zooms there, and scrolls on the overview"
    redraw(desk, wall_server.city, times, DOSSIERS_MOVE)
    assert (map_.locator("> g").first.get_attribute("transform"), desk.evaluate(SCROLLED)) == (view, scrolled)
    assert watched.errors == []


def redraw(page: Page, city: City, times: int, *changes: str, itself: int = 0) -> None:
    """Change the source until the page's figures have changed so often; no frame may jump, fade or be empty.

    `itself`: as often must the wall's screen that is seen have changed, which COUNT_CHANGES watches.
    """
    page.evaluate(COUNT_SHIFTS)
    redraws, own, ends = 0, 0, time.monotonic() + 240
    with psycopg.connect(city.server.dsn("onestop"), autocommit=True) as conn:
        while (redraws < times or own < itself) and time.monotonic() < ends:
            for change in changes:
                conn.execute(change)
            page.wait_for_timeout(100)
            redraws, own = page.evaluate("[window.redraws_, window.changes_ ?? 0]")
    assert redraws >= times
    assert own >= itself, "the screen that is seen was drawn anew"
    assert frames(page)["bad"] == []
    assert page.evaluate("window.shifts_") == []


def test_a_device_signs_in_once_and_is_out_when_revoked(
    watched: Watched, wall_server: AppServer, store: Engine
) -> None:
    page = open_wall(watched, wall_server, store, "quick")
    assert page.url == f"{wall_server.url}/?wall=quick"
    (cookie,) = [c for c in page.context.cookies() if c["name"] == devices.COOKIE]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    size = "SELECT width || 'x' || height FROM wall_device WHERE revoked_at IS NULL AND heartbeat_at IS NOT NULL"
    until(lambda: store_value(wall_server.city, f"SELECT coalesce(({size}), '')") == "1920x1080", "its size", page, 60)
    kept = [c for c in page.context.cookies() if c["expires"] > time.time() + 365 * 86_400]
    again = watched.open(viewport={"width": 1920, "height": 1080})  # a browser that starts anew has what was kept
    again.context.add_cookies(kept)  # type: ignore[arg-type]
    again.goto(f"{wall_server.url}/?wall=quick")
    standing(again)
    again.close()
    page.goto(f"{wall_server.url}/overview")  # a device gets a wall whatever it asks for
    standing(page)
    assert page.locator(".st-key-topbar").count() == 0
    devices.revoke(store, "Màn thử")
    door = page.locator(".wall-door")
    expect(door).to_contain_text("Mã của thiết bị này đã bị thu hồi", timeout=15_000)
    expect(page.locator(".wall-figure")).to_have_count(0)
    expect(page.locator(".wall-panel")).to_have_count(0)
    page.reload()
    expect(door).to_contain_text("đã bị thu hồi", timeout=30_000)


def test_tokens_that_are_not_right(watched: Watched, wall_server: AppServer, store: Engine) -> None:
    page = watched.open(viewport={"width": 1920, "height": 1080})
    page.set_default_navigation_timeout(60_000)
    page.goto(f"{wall_server.url}/?wall=quick&token=forged")
    door = page.locator(".wall-door")
    expect(door).to_contain_text("Mã không đúng, đã dùng hoặc đã bị thu hồi", timeout=30_000)
    assert "forged" not in page.url
    expect(page.locator(".wall-figure")).to_have_count(0)
    page.context.add_cookies(
        [{"name": devices.COOKIE, "value": devices.cookie_for("nobody", "k" * 48), "url": wall_server.url}]
    )
    page.goto(f"{wall_server.url}/?wall=quick&lang=en")
    expect(door).to_contain_text("Enter the token that the IT staff issued", timeout=30_000)
    page.get_by_label("Device token").fill(devices.issue(store, "Màn thử"))
    page.get_by_role("button", name="Sign this device in").click()
    standing(page)
    expect(shown(page).locator(".wall-title")).to_have_text("The city now")


def test_a_wall_that_cannot_be_shown(watched: Watched, wall_server: AppServer, store: Engine) -> None:
    page = watched.open(viewport={"width": 1920, "height": 1080})
    page.set_default_navigation_timeout(60_000)
    page.goto(f"{wall_server.url}/?wall=broken&token={devices.issue(store, 'Màn thử')}")
    door = page.locator(".wall-door")
    expect(door).to_contain_text(
        "walls.yaml, dòng 19, mục broken.screens.0.screen: không có màn hình “moon”", timeout=30_000
    )
    page.goto(f"{wall_server.url}/?wall=nowhere&lang=en")
    expect(door).to_contain_text("There is no wall “nowhere”. Walls: quick, all, moving.", timeout=30_000)


def test_nobody_of_a_district_sees_the_city(watched: Watched, wall_server: AppServer) -> None:
    page = watched.sign_in(wall_server, "hadong")
    page.goto(f"{wall_server.url}/?wall=all")
    expect(page.locator(".wall-door")).to_contain_text("Vai trò của bạn", timeout=30_000)
    expect(page.locator(".wall-panel")).to_have_count(0)


SMALLEST = 21
"""Pixels at 1080 lines of the smallest type that is read from five metres."""
STAGE = {"vi": re.compile(r"Giai đoạn [1-5] · \w+"), "en": re.compile(r"Stage [1-5] · \w+")}
AGE = {
    "vi": re.compile(r"^Số liệu lúc \d\d:\d\d, cách đây \d+\s\S+$"),
    "en": re.compile(r"^Figures of \d\d:\d\d, \d+\s\S+ old$"),
}


@pytest.mark.parametrize(("lang", "size"), [("vi", (1920, 1080)), ("en", (3840, 2160))], ids=["vi-2k", "en-4k"])
def test_every_screen_fits(
    watched: Watched, wall_server: AppServer, store: Engine, lang: str, size: tuple[int, int]
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    page = open_wall(watched, wall_server, store, "all", f"&lang={lang}", viewport=viewport)
    page.keyboard.press(" ")
    scale = size[1] / 1080
    expect(page.locator(".wall-stage b")).to_have_text(STAGE[lang], timeout=60_000)
    for _ in range(6):
        name = path(page)
        drawn = shown(page).locator(".wm .w")
        if name not in ("workload", "arrivals"):
            drawn.first.wait_for(state="attached", timeout=30_000)
        assert page.evaluate(CLIPPED, name) == [], name
        smallest = page.evaluate(TYPE)
        assert len(smallest) > 20
        assert [found for found in smallest if found[0] < SMALLEST * scale] == [], name
        expect(page.locator(".wall-age")).to_have_text(AGE[lang])
        assert page.evaluate(HEAD_OVERLAPS, name) == [], name
        assert page.evaluate(
            "document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth"
        )
        title = shown(page).locator(".wall-title").evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        assert title == pytest.approx(42 * scale)
        for value in shown(page).locator(".wall-figure .value").all():
            assert value.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") == pytest.approx(50 * scale)
        page.keyboard.press("ArrowRight")
    names = {str(row) for row in officers(wall_server.city)}
    assert len(names) > 100
    page_text = everything(page)
    assert [name for name in names if name in page_text] == [], "no person on a wall"
    assert re.search(r"st-key-topbar|stToolbar", page_text) is None or page.locator(".st-key-topbar").count() == 0


def officers(city: City) -> list[str]:
    with psycopg.connect(city.server.dsn("postgres", "ops")) as conn:
        rows = conn.execute("SELECT display_name FROM officer WHERE length(display_name) > 9").fetchall()
    return [row[0] for row in rows]
