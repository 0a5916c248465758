"""Faults done for real before a wall and two desks: the last good picture stays in every frame, a sentence says what
is old since when, in the page's language, and all comes back by itself.

The pages live through one fault after the other, as they would in a year.
"""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine

from data_access import devices
from data_access.demo import data_dir
from data_access.demo import server as servers
from tests.browser.conftest import Watched, health, settled, store_value, texts, until
from tests.browser.frames import frames, watch_desk, watch_wall
from tests.browser.walls import HIDDEN
from tests.support.apps import AppServer, serving
from tests.support.cities import City
from tests.support.wire import Wire, wire

pytestmark = pytest.mark.browser
WALLS = """
room:
  title: {vi: "Phòng", en: "Room"}
  screens: [{screen: now, seconds: 600}, {screen: backlog, seconds: 600}]
"""
LOST = {"vi": "Mất kết nối với máy chủ từ", "en": "No connection to the server since"}
TRACES = ("Traceback", "psycopg", "sqlalchemy", "OperationalError", "RuntimeError", "/work/", "site-packages")


@dataclass
class Seat:
    """A page that somebody looks at: `trouble` and `lost` are where it says what is wrong."""

    page: Page
    lang: str = "vi"
    trouble: str = ".banner.bad"
    lost: str = ".connection-lost"
    values: str = ".figure .value"
    kept: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Look at every frame from now on, and remember the figures."""
        (watch_wall if self.trouble == ".wall-banner" else watch_desk)(self.page)
        self.kept = self.page.locator(self.values).all_inner_texts()
        assert len(self.kept) >= 4

    def says(self, words: str, where: str = "") -> None:
        """Something is wrong: these words with an instant, over the figures that were there."""
        said = self.page.locator(where or self.trouble).first
        expect(said).to_contain_text(re.compile(rf"{re.escape(words)}.*\d\d:\d\d"), timeout=30_000)
        assert self.page.locator(self.values).all_inner_texts() == self.kept
        seen = "\n".join(texts(self.page))
        assert [trace for trace in TRACES if trace in seen] == []

    def calm(self) -> None:
        """Nothing is wrong any more, and no frame was blank, dim, covered or half drawn."""
        expect(self.page.locator(self.lost).first).to_be_empty(timeout=60_000)
        expect(self.page.locator(f"{self.trouble}:not(:empty)")).to_have_count(0, timeout=60_000)
        seen = frames(self.page)
        assert seen["bad"] == []
        assert seen["count"] > 20


@dataclass
class Room:
    """A wall, a district's desk in Vietnamese, the centre's desk in English; the first two behind a wire."""

    server: AppServer
    wire: Wire
    wall: Seat
    district: Seat
    centre: Seat
    deaf: tuple[Page, Page]
    """A wall and a desk whose own connections died unheard while the server was well."""

    @property
    def seats(self) -> tuple[Seat, Seat, Seat]:
        return self.wall, self.district, self.centre

    @contextmanager
    def calm_again(self) -> Iterator[None]:
        """A fault that ends with the block."""
        for seat in self.seats:
            seat.watch()
        yield
        for seat in self.seats:
            seat.calm()

    def all_say(self, vi: str, en: str) -> None:
        """Each in its own language."""
        for seat in self.seats:
            seat.says({"vi": vi, "en": en}[seat.lang])
        assert self.wall.page.evaluate(HIDDEN) == [], "the banner leaves the picture whole"
        expect(self.wall.page.locator(".wall-age.old")).to_have_count(1)
        expect(self.wall.page.locator(".wall-age.old")).to_have_text(re.compile(r"lúc \d\d:\d\d, cách đây \d"))
        expect(self.centre.page.locator(".fresh.old")).to_have_count(1)


@pytest.fixture(scope="module")
def room(
    browser: Browser, browser_context_args: dict[str, Any], live_city: City, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Room]:
    walls: Path = tmp_path_factory.mktemp("walls") / "walls.yaml"
    walls.write_text(WALLS, encoding="utf-8")
    env = {"OPS_WALLS_FILE": str(walls), "OPS_WALL_SECONDS": "1"}
    watched = Watched(browser, browser_context_args)
    with serving(live_city, env=env) as server:
        port = int(server.url.rsplit(":", 1)[1])
        with wire(port) as shared, wire(port) as own:
            deaf = (
                wall_page(watched, live_city, own.url),
                watched.sign_in(server, "caugiay", path="/overview", url=own.url),
            )
            for page in deaf:
                page.evaluate("window.before_ = true")
            own.cut()
            own.renew()
            wall = Seat(wall_page(watched, live_city, shared.url), "vi", ".wall-banner", ".wall-banner",
                        ".wall-figure .value")  # fmt: skip
            district = Seat(watched.sign_in(server, "hadong", path="/backlog", url=shared.url))
            centre = Seat(watched.sign_in(server, "trungtam"), "en")
            centre.page.goto(f"{server.url}/overview?lang=en")
            expect(centre.page.get_by_role("heading", name="The city now")).to_be_visible(timeout=60_000)
            settled(centre.page)
            yield Room(server, shared, wall, district, centre, deaf)
        for context in watched.contexts:
            context.close()


def wall_page(watched: Watched, city: City, url: str) -> Page:
    """A device of its own before the wall, its map drawn."""
    page = watched.open(viewport={"width": 1920, "height": 1080})
    engine = create_engine(city.urls.store_owner_url)
    page.goto(f"{url}/?wall=room&token={devices.issue(engine, f'Phòng {url}')}", timeout=60_000)
    engine.dispose()
    expect(page.locator(".st-key-wall-screen-now .wm .w").first).to_be_attached(timeout=60_000)
    expect(page.locator(".wall-banner")).to_be_empty()
    return page


def superuser(city: City) -> psycopg.Connection[Any]:
    return psycopg.connect(city.server.dsn("postgres"), autocommit=True)


def test_the_network_of_a_browser_goes_and_comes_back(room: Room) -> None:
    with room.calm_again():
        room.wire.cut()
        for seat in (room.wall, room.district):
            seat.says(LOST["vi"], seat.lost)
        assert not room.district.page.locator(".fresh").is_visible(), "no age that nobody tells"
        expect(room.centre.page.locator(room.centre.lost)).to_be_empty()
        room.wire.mend()


def test_the_sync_hangs_and_goes_on(room: Room) -> None:
    assert room.server.sync is not None
    assert room.server.sync.process is not None
    sync = psutil.Process(room.server.sync.process.pid)
    with room.calm_again():
        sync.suspend()
        try:
            with psycopg.connect(room.server.city.server.dsn("postgres", "ops"), autocommit=True) as conn:
                # As if it hung for 25 of the 30 seconds already.
                conn.execute("UPDATE sync_status SET heartbeat_at = heartbeat_at - interval '25 seconds'")
            room.all_say("Tiến trình đồng bộ không phản hồi từ", "The synchronisation has been silent since")
            assert health(room.server.url)[1]["sync"] == "silent"
        finally:
            sync.resume()


def test_the_source_goes_and_comes_back(room: Room) -> None:
    city = room.server.city
    with room.calm_again():
        with superuser(city) as conn:
            conn.execute("ALTER ROLE onestop_reader NOLOGIN")
            conn.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'onestop_reader'")
        try:
            room.all_say("Cơ sở dữ liệu một cửa không trả lời từ", "The one-stop database has not answered since")
            status, document = health(room.server.url)
            assert (status, document["store"], document["source"]) == (200, "up", "down")
        finally:
            with superuser(city) as conn:
                conn.execute("ALTER ROLE onestop_reader LOGIN")


def test_the_store_stops_and_starts(room: Room) -> None:
    city = room.server.city
    with room.calm_again():
        city.server.stop()
        try:
            room.all_say("Kho dữ liệu điều hành không trả lời từ", "The operations store has not answered since")
            status, document = health(room.server.url)
            assert (status, document["store"], document["status"]) == (503, "down", "store")
        finally:
            servers.start(city.data_dir)
    until(lambda: health(room.server.url)[0] == 200, "health", room.wall.page, 30)


def test_the_store_hangs_and_goes_on(room: Room) -> None:
    postmaster = data_dir.postmaster(room.server.city.data_dir)
    assert postmaster is not None
    with room.calm_again():
        hung = [postmaster, *postmaster.children()]
        for process in hung:
            process.send_signal(signal.SIGSTOP)
        try:
            room.all_say("Kho dữ liệu điều hành không trả lời từ", "The operations store has not answered since")
            assert health(room.server.url)[1]["store"] == "down"
            second = room.centre.page.context.new_page()
            second.goto(f"{room.server.url}/overview?lang=en")
            expect(second.locator(".banner.bad")).to_contain_text("has not answered since", timeout=15_000)
            assert second.locator(".figure .value").all_inner_texts() == room.centre.kept, "who comes now sees it too"
            second.close()
        finally:
            for process in hung:
                process.send_signal(signal.SIGCONT)


def test_a_page_whose_connection_died_loads_itself_anew(room: Room) -> None:
    """After a minute with a well server it begins again; most of that has passed by now.

    The desk's looks are answered all the while: what it asks to be drawn is not, for thirty seconds more.
    """
    wall, desk = room.deaf
    wall.wait_for_function("window.before_ === undefined", timeout=120_000)
    expect(wall.locator(".st-key-wall-screen-now .wm .w").first).to_be_attached(timeout=60_000)
    expect(wall.locator(".wall-banner")).to_be_empty()
    desk.wait_for_function("window.before_ === undefined", timeout=180_000)
    expect(desk.locator(".wm .w").first).to_be_attached(timeout=60_000)
    expect(desk.locator(".connection-lost")).to_be_empty()


def test_the_server_is_killed_and_comes_back(room: Room) -> None:
    server = room.server
    with room.calm_again():
        assert server.web.process is not None
        server.web.process.kill()
        server.web.wait(10)
        try:
            for seat in room.seats:
                seat.says(LOST[seat.lang], seat.lost)
            room.wall.page.keyboard.press("ArrowRight")
            expect(room.wall.page.locator(".st-key-wall-screen-backlog .wall-title")).to_be_visible()
        finally:
            server.start()
    assert room.wall.page.evaluate("document.documentElement.dataset.wallShown") == "backlog"
    beats = "SELECT count(*) FROM wall_device WHERE heartbeat_at > %s"
    now = store_value(server.city, "SELECT now()")
    until(lambda: store_value(server.city, beats, now) >= 1, "a heartbeat", room.wall.page, 45)
