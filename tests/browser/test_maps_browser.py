"""Both maps in a real browser, over tests/browser/apps/map_app.py with invented figures."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, WebSocket, expect

APP = Path(__file__).parent / "apps" / "map_app.py"
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def maps_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(APP), "--server.port", str(port)]
    log = (tmp_path_factory.mktemp("maps") / "streamlit.log").open("wb")
    server = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(150):
            try:
                urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=10)
        log.close()


def _open(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator(".wards:not(.inset-wards) .w").first).to_be_attached(timeout=20_000)


def _hover(page: Page, code: str) -> None:
    path = page.locator(f'.wards:not(.inset-wards) [data-code="{code}"]')
    box = path.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)


def test_all_wards_are_drawn_and_nothing_is_asked_from_outside(page: Page, maps_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for show in ("cells", "tiles", "geo"):
        page.goto(f"{maps_url}/?show={show}")
        if show == "geo":
            expect(page.locator("canvas").first).to_be_visible(timeout=20_000)
            page.wait_for_timeout(2_000)
            continue
        expect(page.locator(".wards:not(.inset-wards) .w")).to_have_count(584, timeout=20_000)
    outside = [u for u in asked if not u.startswith((maps_url, "blob:", "data:"))]
    assert outside == []


def test_tooltip_speaks_vietnamese_and_a_click_returns_the_ward(page: Page, maps_url: str) -> None:
    _open(page, maps_url)
    _hover(page, "09619")  # Thị trấn Tây Đằng, Ba Vì: wide enough to meet at any size
    tip = page.locator(".tip")
    expect(tip).to_contain_text("Huyện Ba Vì")
    expect(tip).to_contain_text("hồ sơ đang giải quyết")
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_text("Đã chọn: 09619")).to_be_visible()
    chosen = page.locator(".wards:not(.inset-wards) .chosen").get_attribute("d")
    assert chosen == page.locator('.wards:not(.inset-wards) [data-code="09619"]').get_attribute("d")


def test_new_figures_keep_view_and_elements(page: Page, maps_url: str) -> None:
    _open(page, f"{maps_url}/?show=cells")
    _hover(page, "09619")
    page.mouse.wheel(0, -600)
    ground = page.locator(".map > g").first
    before = page.locator(".map").evaluate(
        "map => { const all = [...map.querySelectorAll('.w')]; all.forEach((w, k) => { w.mark = k; });"
        " return all.map(w => w.getAttribute('class')); }"
    )
    view = ground.get_attribute("transform")
    assert "scale" in str(view)
    page.get_by_role("button", name="Số liệu mới").click()
    expect(page.get_by_text("bước 1")).to_be_visible()
    after: dict[str, Any] = page.locator(".map").evaluate(
        "map => { const all = [...map.querySelectorAll('.w')];"
        " return { kept: all.every((w, k) => w.mark === k), k: all.map(w => w.getAttribute('class')) }; }"
    )
    assert after["kept"]
    assert after["k"] != before
    assert ground.get_attribute("transform") == view
    page.locator(".stage").hover(position={"x": 300, "y": 300})
    page.get_by_role("button", name="Về toàn cảnh").click()
    assert ground.get_attribute("transform") != view


def test_one_change_costs_little_on_the_wire(page: Page, maps_url: str) -> None:
    received: list[int] = []

    def watch(socket_: WebSocket) -> None:
        socket_.on("framereceived", lambda data: received.append(len(data)))

    page.on("websocket", watch)
    for show, limit in (("cells", 22_000), ("geo", 26_000)):
        page.goto(f"{maps_url}/?show={show}")
        ready = page.locator("canvas" if show == "geo" else ".w").first
        expect(ready).to_be_attached(timeout=20_000)
        page.wait_for_timeout(1_500)
        received.clear()
        page.get_by_role("button", name="Số liệu mới").click()
        expect(page.get_by_text("bước 1")).to_be_visible()
        page.wait_for_timeout(500)
        print(show, "bytes per change", sum(received))
        assert sum(received) < limit


def test_keyboard_moves_and_selects(page: Page, maps_url: str) -> None:
    _open(page, f"{maps_url}/?show=tiles")
    page.locator(".map").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_text("Đã chọn: –")).to_have_count(0)
    label = page.locator(".map").get_attribute("aria-label")
    assert label is not None
    assert label.startswith("Quá hạn")
    expect(page.locator(".unseen")).to_contain_text("Quận")


def test_a_district_alone_shows_its_wards_and_names(page: Page, maps_url: str) -> None:
    _open(page, f"{maps_url}/?show=cells&only=268")
    shown = page.locator(".wards .w:not(.out)")
    expect(shown).to_have_count(17)
    expect(page.locator(".names")).to_contain_text("Yên Nghĩa")
    expect(page.locator(".inset-wards")).to_have_count(0)
    _open(page, f"{maps_url}/?show=tiles&only=268")
    expect(page.locator(".wards .w")).to_have_count(17)


def test_failure_is_said_and_mended(page: Page, maps_url: str) -> None:
    page.route("**/geo/cells.json*", lambda route: route.abort())
    page.goto(maps_url)
    expect(page.get_by_text("Không tải được bản đồ.")).to_be_visible(timeout=20_000)
    page.unroute("**/geo/cells.json*")
    page.get_by_role("button", name="Thử lại").click()
    expect(page.locator(".wards:not(.inset-wards) .w")).to_have_count(584)


def test_geo_map_click_returns_the_ward_and_figures_keep_the_camera(page: Page, maps_url: str) -> None:
    page.goto(f"{maps_url}/?show=geo")
    canvas = page.locator("canvas").first
    expect(canvas).to_be_visible(timeout=20_000)
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tip = page.locator(".opsw")
    _wait_for_tip(page, x, y)
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(1_000)
    before = _wait_for_tip(page, x + 120, y + 90)
    assert "Huyện" in before or "Quận" in before
    assert "%" in before
    page.get_by_role("button", name="Số liệu mới").hover()
    page.wait_for_timeout(500)
    drawn = canvas.screenshot()
    page.get_by_role("button", name="Số liệu mới").click()
    expect(page.get_by_text("bước 1")).to_be_visible()
    page.wait_for_timeout(1_500)
    assert canvas.screenshot() != drawn  # other colours
    after = _wait_for_tip(page, x + 120, y + 90)
    assert after.splitlines()[:2] == before.splitlines()[:2]  # the same ward lies there still …
    assert after.splitlines()[2] != before.splitlines()[2]  # … with its new figure
    assert tip.count() == 1
    page.mouse.click(x + 120, y + 90)
    expect(page.get_by_text("Đã chọn: –")).to_have_count(0, timeout=10_000)


def _wait_for_tip(page: Page, x: float, y: float) -> str:
    """What the tooltip says at this place; WebGL in software takes its time to draw and to pick."""
    tip = page.locator(".opsw")
    for _ in range(40):
        page.mouse.move(x - 3, y)
        page.mouse.move(x, y, steps=2)
        page.wait_for_timeout(250)
        if tip.count() and tip.is_visible():
            return str(tip.inner_text())
    raise AssertionError("no tooltip")
