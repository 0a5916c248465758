"""`make soak`: a wall and a desk drawn anew thousands of times by real changes; memory must stay flat.

    SOAK_REDRAWS=5000 (default)  redraws of the wall after the warm-up; exit code 1 when a figure is short

The source changes, a sync follows it, both pages draw the new version; the next change comes when the wall has drawn.
The first and the last fifth of the samples are compared by their medians. The desk asks four times a second instead
of every two seconds. Memory of the browser after garbage collection: JavaScript heap and nodes of both pages, and the
renderers of a kiosk, the same wall in a browser that nobody inspects: under Playwright a renderer keeps every request
for the inspector (3 MB in 1,500 empty ones of a blank page), which is no memory of ours. What the kiosk holds before
the collection is told, not judged: Chromium lets 100 MB of garbage stand or not, as it likes.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx
import psutil
import psycopg
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, expect, sync_playwright
from sqlalchemy import create_engine
from websockets.sync.client import connect

from data_access import devices
from data_access.demo import data_dir
from tests.bench.figures import Report
from tests.browser.frames import COUNT_SHIFTS, HURRY, frames, watch_wall
from tests.support import cities
from tests.support.apps import AppServer, serving
from tests.support.browser import FLAGS, chromium, sign_in

GROWTH = 10.0
SAMPLES = 40
SETTLES = 2.0  # seconds after a collection until freed pages are given back
WARM_UP = 0.1  # of the redraws, 100 at least
DOSSIERS = 4_000
SCREEN: ViewportSize = {"width": 1920, "height": 1080}
KIOSK = "Kiosk"
WITH_GARBAGE = "kiosk_with_garbage"
WALLS = """
soak:
  title: {vi: "Bền", en: "Soak"}
  screens:
    - {screen: now, seconds: 20}
    - {screen: backlog, seconds: 20}
    - {screen: coverage, seconds: 20}
    - {screen: workload, seconds: 20}
    - {screen: connections, seconds: 20}
    - {screen: arrivals, seconds: 20}
"""
# From the larger of two states to the other: the number of suspended dossiers (5), on wall and desk, always moves.
FLIP = """
WITH larger AS (
    SELECT trang_thai FROM onestop.ho_so WHERE trang_thai IN (4, 5) GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)
UPDATE onestop.ho_so SET trang_thai = 9 - trang_thai, cap_nhat = now()
 WHERE id_ho_so IN (SELECT id_ho_so FROM onestop.ho_so WHERE trang_thai = (SELECT trang_thai FROM larger)
                     ORDER BY md5(id_ho_so::text || %s) LIMIT 21)
"""
# The wall's first figures, in Vietnamese, name the suspended dossiers.
SUSPENDED = """
n => [...document.querySelectorAll('.st-key-wall-screen-now .wall-figure')]
  .some((e) => e.textContent.trim().endsWith(`tạm dừng ${n}`))
"""


@dataclass(frozen=True)
class Kiosk:
    """A browser that shows the wall, and its own folder."""

    process: psutil.Process
    profile: Path

    def renderers(self) -> list[psutil.Process]:
        """Its renderer processes."""
        return [p for p in self.process.children(recursive=True) if "--type=renderer" in p.cmdline()]

    def collect_garbage(self) -> None:
        """Let the page collect its garbage: asked for that alone, and left at once."""
        port = (self.profile / "DevToolsActivePort").read_text().split()[0]
        targets = httpx.get(f"http://127.0.0.1:{port}/json/list").raise_for_status().json()
        (address,) = (t["webSocketDebuggerUrl"] for t in targets if t["type"] == "page")
        with connect(address) as page:
            page.send(json.dumps({"id": 1, "method": "HeapProfiler.collectGarbage"}))
            answer = json.loads(page.recv(timeout=60))
            assert answer == {"id": 1, "result": {}}, answer


def main() -> int:
    """Soak and judge."""
    redraws = int(os.environ.get("SOAK_REDRAWS", "5000"))
    report = Report()
    with tempfile.TemporaryDirectory(prefix="ops-soak-") as name:
        os.environ |= {"OPS_TEST_BASE": name, "OPS_DATA_DIR": f"{name}/data", "OPS_PG_SHARED_BUFFERS": "128MB"}
        walls = Path(name) / "walls.yaml"
        walls.write_text(WALLS, encoding="utf-8")
        city = cities.make_city(Path(name) / "city", DOSSIERS)
        env = {"OPS_WALLS_FILE": str(walls), "OPS_WALL_SECONDS": "0.2", "OPS_SYNC_SECONDS": "0.1"}
        try:
            with serving(city, env=env) as server, sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
                with _kiosk(server, playwright, Path(name) / "kiosk") as kiosk:
                    _soak(report, server, browser, kiosk, redraws)
                browser.close()
        finally:
            data_dir.stop_postgres(city.data_dir)
    return 0 if report.write(Path(tempfile.gettempdir()) / "soak.json") else 1


def _soak(report: Report, server: AppServer, browser: Browser, kiosk: Kiosk, redraws: int) -> None:
    wall, desk = _wall(server, browser.new_context(viewport=SCREEN), "Soak"), _desk(server, browser)
    wall.evaluate(COUNT_SHIFTS)
    memory = _memory(server, {"wall": wall, "desk": desk}) | _kiosk_memory(kiosk)
    warm, every = max(100, round(redraws * WARM_UP)), max(1, redraws // SAMPLES)
    report.note(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start, {warm} redraws of warm-up")
    with psycopg.connect(server.city.server.dsn("onestop"), autocommit=True) as source:
        _draw(wall, source, warm)
        wall.evaluate("window.redraws_ = 0")
        desk.evaluate(COUNT_SHIFTS)
        watch_wall(wall)
        began = time.monotonic()
        samples = [{name: ask() for name, ask in memory.items()}]
        for _ in range(0, redraws, every):
            _draw(wall, source, every)
            samples.append({name: ask() for name, ask in memory.items()})
    report.add("soak_seconds", time.monotonic() - began, "s")
    report.add("soak_wall_redraws", redraws, "redraws")
    report.add("soak_wall_changes", wall.evaluate("window.redraws_"), "changes", redraws, least=True)
    report.add("soak_desk_redraws", desk.evaluate("window.redraws_"), "redraws")
    seen = frames(wall)
    report.add("soak_bad_frames", seen["wrong"], f"of {seen['count']}", 0)
    for wrong in seen["bad"]:
        report.note(f"bad frame: {wrong}")
    report.add("soak_layout_shifts", len(wall.evaluate("window.shifts_")), "shifts", 0)
    fifth = max(1, len(samples) // 5)
    for name in memory:
        first, last = (median(s[name] for s in part) for part in (samples[:fifth], samples[-fifth:]))
        report.note(f"{name}: {first:.1f} → {last:.1f}, most {max(s[name] for s in samples):.1f}")
        report.note(f"{name}, its course: {' '.join(f'{s[name]:.0f}' for s in samples)}")
        report.add(f"soak_{name}_growth", (last / first - 1) * 100, "%", None if name == WITH_GARBAGE else GROWTH)
    report.note(f"load {os.getloadavg()[0]:.1f} at the end")


def _memory(server: AppServer, pages: dict[str, Page]) -> dict[str, Callable[[], float]]:
    """What is measured by name, each in MB (nodes: in number)."""
    asks: dict[str, Callable[[], float]] = {}
    for name, child in (("server", server.web), ("sync", server.sync)):
        assert child is not None
        assert child.process is not None
        process = psutil.Process(child.process.pid)
        asks[f"{name}_uss"] = lambda p=process: p.memory_full_info().uss / 2**20
        asks[f"{name}_rss"] = lambda p=process: p.memory_info().rss / 2**20
    for name, page in pages.items():
        cdp = page.context.new_cdp_session(page)
        cdp.send("Performance.enable")
        cdp.send("HeapProfiler.enable")

        def metric(key: str, unit: float, cdp: object = cdp) -> float:
            cdp.send("HeapProfiler.collectGarbage")  # type: ignore[attr-defined]
            found = cdp.send("Performance.getMetrics")["metrics"]  # type: ignore[attr-defined]
            return next(m["value"] for m in found if m["name"] == key) / unit

        asks[f"{name}_heap"] = lambda ask=metric: ask("JSHeapUsedSize", 2**20)
        asks[f"{name}_nodes"] = lambda ask=metric: ask("Nodes", 1)
    return asks


def _kiosk_memory(kiosk: Kiosk) -> dict[str, Callable[[], float]]:
    """What the kiosk's renderers hold together, MB: all of it, then what stays without garbage."""

    def resident() -> float:
        return sum(p.memory_info().rss for p in kiosk.renderers()) / 2**20

    def own() -> float:
        kiosk.collect_garbage()
        time.sleep(SETTLES)
        return sum(p.memory_full_info().uss for p in kiosk.renderers()) / 2**20

    return {WITH_GARBAGE: resident, "kiosk_uss": own, "kiosk_rss": resident}


def _draw(wall: Page, source: psycopg.Connection[tuple[object, ...]], times: int) -> None:
    """Change the source and wait until the wall shows it, so many times.

    What it must show is asked of the source: a change of text alone may still be the redraw before.
    """
    for _ in range(times):
        source.execute(FLIP, [str(random.random())])
        row = source.execute("SELECT count(*) FROM onestop.ho_so WHERE trang_thai = 5").fetchone()
        wall.wait_for_function(SUSPENDED, arg=row and row[0], timeout=60_000, polling=50)


@contextmanager
def _kiosk(server: AppServer, playwright: Playwright, profile: Path) -> Iterator[Kiosk]:
    """The wall in a browser of its own: signed in once, then started again without anybody who inspects it."""
    first = playwright.chromium.launch_persistent_context(
        str(profile), executable_path=chromium(), args=FLAGS, viewport=SCREEN
    )
    _wall(server, first, KIOSK)
    first.close()
    own = [
        "--headless=new",
        f"--user-data-dir={profile}",
        f"--window-size={SCREEN['width']},{SCREEN['height']}",
        "--remote-debugging-port=0",
    ]
    command = [chromium(), *own, *FLAGS, f"{server.url}/?wall=soak"]
    began = datetime.now(UTC)
    browser = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_heard(server, KIOSK, began)
        yield Kiosk(psutil.Process(browser.pid), profile)
        _until_heard(server, KIOSK, datetime.now(UTC))
    finally:
        browser.terminate()
        browser.wait(30)


def _until_heard(server: AppServer, device: str, after: datetime) -> None:
    """Wait until a wall has given a sign of life later than `after`."""
    engine = create_engine(server.city.urls.store_owner_url)
    deadline = time.monotonic() + 120
    while not any(d.name == device and (d.heartbeat_at or after) > after for d in devices.all_devices(engine)):
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing was heard of {device}")
        time.sleep(1)
    engine.dispose()


def _wall(server: AppServer, context: BrowserContext, device: str) -> Page:
    page = context.new_page()
    engine = create_engine(server.city.urls.store_owner_url)
    page.goto(f"{server.url}/?wall=soak&token={devices.issue(engine, device)}", timeout=120_000)
    engine.dispose()
    expect(page.locator(".st-key-wall-screen-now .wm .w").first).to_be_attached(timeout=120_000)
    return page


def _desk(server: AppServer, browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="vi-VN").new_page()
    page.add_init_script(HURRY)
    sign_in(page, server.url, "trungtam", path="/overview")
    expect(page.locator(".wm .w").first).to_be_attached(timeout=120_000)
    return page


if __name__ == "__main__":
    sys.exit(main())
