"""The alerts' screen over a store that holds some: who sees which, what a person does, what the address may say."""

import html
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import Engine, text

from config.i18n import Texts
from config.problems import Problem
from config.registry import registry
from config.settings import settings
from data_access import acting, alert_desk
from data_access.alert_desk import LONGEST_NOTE
from data_access.notifications import Notifying, Target
from data_access.queries.alerts import OpenAlerts
from pages.alert_words import quiet_words, sending_words
from tests.data_access.alert_rows import HA_DONG, HOAN_KIEM, put, undisturbed
from tests.pages.conftest import Run, Screen, english
from tests.pages.linked import linked, number

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
T = Texts("vi")
MINE, THEIRS = "Phường Mộ Lao: mất kết nối WAN", "Phường Hàng Bạc: 12 hồ sơ quá hạn"


@pytest.fixture
def store(owner: Engine) -> Iterator[Engine]:
    with undisturbed(owner):
        yield owner


@pytest.fixture
def two(store: Engine) -> tuple[int, int]:
    """An alert in Hà Đông and a graver one in Hoàn Kiếm."""
    mine = put(store, MINE, HA_DONG, ward_code=registry().wards_of(HA_DONG)[0].code, rule="link-down")
    return mine, put(store, THEIRS, HOAN_KIEM, severity="urgent", kind="ward", since=AT.replace(hour=0))


def row(store: Engine, alert_id: int) -> dict[str, Any]:
    with store.connect() as connection:
        found = connection.execute(text("SELECT * FROM alert WHERE alert_id = :id"), {"id": alert_id}).mappings().one()
        return dict(found)


def test_the_open_ones_gravest_first(run: Run, two: tuple[int, int]) -> None:
    shown = run("alerts")
    at = [shown.texts.index(words) for words in (THEIRS, MINE)]
    assert at == sorted(at)
    assert shown.figures["Cảnh báo đang mở"] == ("2", "1 Khẩn, 1 Cần xử lý")
    assert shown.figures["Chưa có người nhận"] == ("2", f"lâu nhất từ {T.moment(AT)}")
    assert shown.figures["Xã, phường có cảnh báo"] == ("1", "trong 584 đơn vị")
    assert "Chưa cấu hình nơi nhận thông báo" in shown.words
    assert english(shown.texts) == []


@pytest.mark.parametrize(
    ("query", "left_out"),
    [({"severity": "urgent"}, MINE), ({"rule": "link-down"}, THEIRS), ({"district": HOAN_KIEM}, MINE),
     ({"q": "mat ket noi"}, None)],
)  # fmt: skip
def test_filters_of_the_address(run: Run, two: tuple[int, int], query: dict[str, str], left_out: str | None) -> None:
    shown = run("alerts", **query)
    assert shown.banners == []
    mine, theirs = (shown.texts.count(words) for words in (MINE, THEIRS))
    if left_out is None:
        assert mine == 2 * theirs > 0, "the search holds for the history, not for the open ones"
    else:
        assert (mine > 0, theirs > 0) == (left_out != MINE, left_out != THEIRS)


def test_a_district_sees_its_own_only(run: Run, two: tuple[int, int]) -> None:
    mine, theirs = two
    assert THEIRS in run("alerts").words, "there is something that could leak"
    for query in ({}, {"alert": str(theirs)}, {"q": "qua han"}, {"district": HOAN_KIEM}):
        shown = run("alerts", "district", **query)
        assert THEIRS not in shown.words
        assert shown.figures["Cảnh báo đang mở"][0] == "1"
    assert run("alerts", "district", alert=str(mine)).words.count(MINE) > run("alerts", "district").words.count(MINE)


def test_each_number_of_alerts_is_the_count_of_its_list(run: Run, store: Engine, two: tuple[int, int]) -> None:
    put(store, MINE, HA_DONG, acknowledged_at=AT, acknowledged_by="Chị Lan", opened_at=AT.replace(day=18))
    now = AT.replace(hour=2)
    put(
        store,
        MINE,
        HA_DONG,
        acknowledged_at=AT,
        acknowledged_by="Chị Lan",
        resolved_at=now,
        resolution="cleared",
        opened_at=now,
    )
    for role, expected in (("operations", [3, 2]), ("district", [2, 1])):
        shown = run("alerts", role)
        links = [(one.href, number(one.said)) for one in linked(shown)]
        assert [n for _, n in links][:2] == expected
        assert len(links) == 3
        for href, n in links:
            query = dict(parse_qsl(urlsplit(html.unescape(href)).query))
            assert f"{T.number(n)} cảnh báo" in run("alerts", role, **query).texts, href


@pytest.mark.parametrize("number", ["theirs", "999999", "-4", "1e9", "9" * 40])
def test_an_alert_that_is_not_there_gets_a_sentence(run: Run, two: tuple[int, int], number: str) -> None:
    number = str(two[1]) if number == "theirs" else number
    shown = run("alerts", "district", alert=number)
    assert len(shown.banners) == 1
    assert number[:40] in shown.banners[0]
    assert "alert" not in shown.app.query_params
    assert THEIRS not in shown.words


def test_acknowledged_and_ended_by_name_with_a_note(run: Run, store: Engine, two: tuple[int, int]) -> None:
    mine, _ = two
    app = run("alerts", "district", alert=str(mine)).app
    app.button(key="alert-acknowledge").click().run()
    assert row(store, mine)["acknowledged_at"] is None, "a note is needed"
    assert Screen(app).banners == [Problem("alert_note", most=LONGEST_NOTE).text("vi")]
    app.text_area[0].set_value("Đã gọi bà Hoa")
    app.button(key="alert-acknowledge").click().run()
    found = row(store, mine)
    assert (found["acknowledged_by"], found["acknowledged_note"]) == ("Người thử", "Đã gọi bà Hoa")
    assert app.button(key="alert-acknowledge").disabled
    assert app.text_area[0].value == ""
    app.text_area[0].set_value("Đã nối lại")
    app.button(key="alert-end").click().run()
    found = row(store, mine)
    assert (found["resolution"], found["resolved_by"]) == ("hand", "Người thử")
    again = run("alerts", "district", q="noi lai")
    assert again.figures["Cảnh báo đang mở"][0] == "0"
    assert "Người thử kết thúc: Đã nối lại" in again.texts


def test_what_another_person_did_meanwhile_is_told(
    run: Run, store: Engine, two: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, _ = two
    real = alert_desk.acknowledge

    def late(engine: Engine, *arguments: Any) -> None:
        real(engine, mine, "Chị Lan", "Đang gọi", None)
        real(engine, *arguments)

    monkeypatch.setattr(alert_desk, "acknowledge", late)
    app = run("alerts", alert=str(mine)).app
    app.text_area[0].set_value("Tôi xử lý")
    app.button(key="alert-acknowledge").click().run()
    (told,) = Screen(app).banners
    assert "Chị Lan" in told
    assert row(store, mine)["acknowledged_by"] == "Chị Lan"


def test_a_store_that_does_not_answer_is_said(
    run: Run, store: Engine, two: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(alert_desk, "resolve", lambda *_: time.sleep(1))
    app = run("alerts", alert=str(two[0])).app
    app.text_area[0].set_value("Xong")
    app.button(key="alert-end").click().run()
    assert Screen(app).banners == [Problem("act_no_answer").text("vi")]
    assert app.text_area[0].value == "Xong", "what was typed stays"


def test_rules_that_are_refused_are_told_to_it(
    run: Run, store: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "alerts.yaml"
    path.write_text("severities: {a: {word: {vi: A, en: A}, tone: urgent}}\nlink-down: {kind: moon, severity: a}\n")
    monkeypatch.setenv("OPS_ALERTS_FILE", str(path))
    settings.cache_clear()
    try:
        assert any("moon" in b for b in run("alerts", "it").banners)
        assert not any("moon" in b for b in run("alerts").banners)
    finally:
        settings.cache_clear()


def test_what_is_said_of_messages_and_of_no_alerts() -> None:
    target = Target("t", frozenset(), "Mail", "mailto://")
    assert "không gửi đi đâu" in sending_words(Notifying((), (), ()), T)
    assert "không gửi đi đâu" in sending_words(Notifying((target,), (), ()), T)
    assert sending_words(Notifying((target,), (), ("urgent",)), T) == (
        "Thông báo về cảnh báo mức Khẩn được gửi tới 1 nơi nhận (Mail)."
    )
    assert quiet_words(OpenAlerts([], AT), T) == (
        "Không có cảnh báo nào đang mở. Các quy tắc được xét lần cuối lúc 08:00 20/11/2026."
    )
    assert "chưa được xét" in quiet_words(OpenAlerts([], None), T)
