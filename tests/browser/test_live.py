"""Screens that live: figures change by themselves, refusals are said and heal, over a real sync (and test_faults)."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from config.registry import REGISTRY_FILE, registry
from tests.browser.conftest import Watched, figure, health, source, store_value, texts, until
from tests.support.apps import AppServer, serving
from tests.support.cities import City

pytestmark = pytest.mark.browser
TRACES = ("Traceback", "psycopg", "sqlalchemy", "OperationalError", "RuntimeError", "/work/", "site-packages")
OVERDUE = "SELECT count(*) FROM open_dossier WHERE overdue"


@pytest.fixture(scope="module")
def live_server(live_city: City) -> Iterator[AppServer]:
    with serving(live_city, sync=True) as server:
        yield server


def no_trace(page: Page) -> None:
    words = "\n".join(texts(page))
    assert [trace for trace in TRACES if trace in words] == []
    expect(page.get_by_test_id("stException")).to_have_count(0)


def busiest_ward(city: City) -> str:
    return str(store_value(city, """
        SELECT u.ward_code FROM open_dossier d JOIN unit u USING (unit_code) WHERE u.ward_code IS NOT NULL
         GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"""))  # fmt: skip


def test_a_change_in_the_source_reaches_the_open_screen(watched: Watched, live_server: AppServer) -> None:
    city = live_server.city
    ward = busiest_ward(city)
    page = watched.sign_in(live_server, "trungtam", path=f"/backlog?ward={ward}&channel=1")
    until(lambda: health(live_server.url)[1]["status"] == "ok", "a sync at work", page, 30)
    before = store_value(city, OVERDUE + " AND channel = 1")
    until(lambda: figure(page, "Quá hạn") == str(before), "the figure of the store", page)
    ground = page.locator(".wm .map").first
    box = ground.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -500)
    page.wait_for_timeout(800)
    view = page.locator(".wm .map > g").first.get_attribute("transform")
    scroller = page.locator('[data-testid="stMain"]')
    scroller.evaluate("e => { e.scrollTop = 150; }")
    scrolled = scroller.evaluate("e => e.scrollTop")
    address = page.url
    with source(city) as conn:
        changed = conn.execute("""
            UPDATE onestop.ho_so SET hen_tra = now() - interval '3 days', hen_tra_goc = now() - interval '3 days',
                   cap_nhat = now()
             WHERE id_ho_so IN (SELECT id_ho_so FROM onestop.ho_so
                                 WHERE trang_thai IN (2, 4) AND kenh = 1 AND hen_tra > now() - interval '1 day' LIMIT 3)
        """).rowcount
        if changed < 3:
            changed = conn.execute("""
                UPDATE onestop.ho_so SET trang_thai = 10, ngay_ket_thuc = now(), ngay_tra = now(), cap_nhat = now()
                 WHERE id_ho_so IN (SELECT id_ho_so FROM onestop.ho_so
                                     WHERE trang_thai IN (2, 4) AND kenh = 1 AND hen_tra < now() - interval '2 days'
                                     LIMIT 2)
            """).rowcount
    assert changed > 0
    until(lambda: store_value(city, OVERDUE + " AND channel = 1") != before, "the sync", page, 20)
    after = store_value(city, OVERDUE + " AND channel = 1")
    until(lambda: figure(page, "Quá hạn") == str(after), f"the figure {after}", page, 20)
    assert page.url == address
    assert page.locator(".wm .map > g").first.get_attribute("transform") == view
    assert scroller.evaluate("e => e.scrollTop") == scrolled
    expect(page.get_by_text(registry().wards[ward].name).first).to_be_attached()
    expect(page.get_by_role("combobox", name="Kênh")).to_have_count(1)
    assert "Tại quầy" in "\n".join(texts(page)) or "channel=1" in page.url
    assert watched.errors == []


def test_a_new_dossier_counts_on_the_landing_screen(watched: Watched, live_server: AppServer) -> None:
    city = live_server.city
    page = watched.sign_in(live_server, "trungtam")
    label = "Hồ sơ cấp xã đã tiếp nhận"
    labels = page.locator(".figure .label").all_inner_texts()
    label = next(words for words in labels if "cấp xã" in words).rsplit("?", 1)[0].strip()
    before = store_value(city, "SELECT sum(received) FROM flow_day WHERE tier = 'commune'")
    with source(city) as conn:
        columns = [r[0] for r in conn.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'onestop.ho_so'::regclass AND attnum > 0 "
            "AND NOT attisdropped ORDER BY attnum")]  # fmt: skip
        fresh = {"id_ho_so": "'thu-' || id_ho_so", "ma_ho_so": "'THU-' || ma_ho_so", "ngay_tiep_nhan": "now()",
                 "cap_nhat": "now()", "trang_thai": "2", "ngay_ket_thuc": "NULL", "ngay_tra": "NULL"}  # fmt: skip
        conn.execute(
            f"INSERT INTO onestop.ho_so SELECT {', '.join(fresh.get(c, c) for c in columns)} FROM onestop.ho_so "
            "WHERE NOT da_xoa AND don_vi_xu_ly IN (SELECT ma_don_vi FROM onestop.don_vi WHERE cap = 'XA') LIMIT 7"
        )
    shown = f"{before + 7:,}".replace(",", ".")
    until(lambda: figure(page, label) == shown, f"{label} = {shown}", page, 20)


def test_a_source_that_lost_a_column(watched: Watched, live_server: AppServer) -> None:
    city = live_server.city
    page = watched.sign_in(live_server, "cntt", path="/backlog")
    plain = watched.sign_in(live_server, "trungtam", path="/backlog")
    with servers_postgres(city, "onestop") as conn:
        conn.execute("ALTER TABLE onestop.ho_so RENAME COLUMN hen_tra TO hen_tra_moi")
    try:
        expect(page.locator(".banner.bad").first).to_contain_text("từ chối", timeout=40_000)
        expect(page.locator(".banner.bad")).to_have_count(2)
        expect(page.locator(".banner.bad").last).to_contain_text("dossier.sql")
        expect(plain.locator(".banner.bad")).to_have_count(1)
        assert "dossier.sql" not in "\n".join(texts(plain))
        for shown in (page, plain):
            no_trace(shown)
            expect(shown.locator(".figure .value")).to_have_count(5)
        status, document = health(live_server.url)
        assert (status, document["source"]) == (200, "refused")
    finally:
        with servers_postgres(city, "onestop") as conn:
            conn.execute("ALTER TABLE onestop.ho_so RENAME COLUMN hen_tra_moi TO hen_tra")
    expect(page.locator(".banner.bad")).to_have_count(0, timeout=60_000)


def servers_postgres(city: City, database: str = "postgres") -> psycopg.Connection[Any]:
    return psycopg.connect(city.server.dsn("postgres", database), autocommit=True)


def test_a_registry_with_a_code_twice(watched: Watched, live_city: City, tmp_path: Path) -> None:
    path = tmp_path / "xa_phuong.csv"
    with REGISTRY_FILE.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*lines[:6], lines[2], *lines[6:]])
    with serving(live_city, sync=False, env={"OPS_WARD_REGISTRY": str(path)}) as server:
        page = watched.open()
        page.goto(server.url)
        sentence = page.locator(".banner.bad")
        expect(sentence).to_contain_text(f"dòng 7: ward_code {lines[2][0]} đã có ở dòng 3", timeout=30_000)
        no_trace(page)
        page.goto(f"{server.url}/?lang=en")
        expect(sentence).to_contain_text("already stands in line 3", timeout=30_000)
        status, document = health(server.url)
        assert (status, document["wards"], document["store"]) == (200, None, "up")
        assert "xa_phuong" not in str(document)
