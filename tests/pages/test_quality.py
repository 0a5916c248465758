"""The data-quality screen over known answers, and a ward's silence in words."""

from datetime import UTC, date, datetime
from math import sqrt
from typing import Any

import pytest

import pages.quality as screen
from config.i18n import Texts
from config.quality import quality_limits
from data_access.queries.answers import Answer
from data_access.queries.quality import Quality, examples, quality
from data_access.queries.silence import Silence
from data_access.rules.quality import BY_CODE, BY_UNIT
from data_access.rules.silence import REASONS
from data_access.silence_words import PAPER, evidence, reason, silence_line
from data_access.silence_words import REASONS as WORDS
from pages import quality_examples
from pages.quality import Found, small_share
from tests.pages.conftest import HA_DONG, Run, english

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LIMITS = quality_limits().silence
WARD: dict[str, Any] = {
    "unit_code": "u1", "ward_code": "09556", "district_code": HA_DONG, "silent": True, "reason": "not_syncing",
    "paper": "", "last_received": date(2026, 11, 12), "silent_days": 5, "usual": 4.25, "usual_paper": 3.5,
    "expected": 21.25, "offered": 1.0, "down_since": None, "links_up": True, "last_seen": NOW, "moved": 0, "open": 7,
    "others": 88, "paper_recent": 0, "other_recent": 12,
}  # fmt: skip


def unit(code: str, ward: str | None, **counts: int) -> dict[str, Any]:
    place = {"unit_code": code, "name": "UBND", "tier": "commune", "ward_code": ward, "district_code": HA_DONG}
    return place | dict.fromkeys(BY_UNIT, 0) | {"dossiers": 0, "troubled": 0} | counts


UNITS = [
    unit("u1", "09556", dossiers=1_000, troubled=61, no_due=60, unknown_status=1),
    unit("u2", "09551", dossiers=500, troubled=0, step_backwards=4),
    unit("p9", None, dossiers=3, troubled=3, unknown_unit=3),
]
CODES = [{"kind": "unknown_unit", "entity": "dossier", "key": "p9", "detail": "3", "first_seen": NOW},
         {"kind": "unknown_officer", "entity": "step", "key": "CB-77", "detail": None, "first_seen": NOW}]  # fmt: skip
EXAMPLE = {
    "dossier_id": "1", "dossier_code": "H26-1", "unit_code": "u1", "procedure_code": "2.000815", "ward_code": "09556",
    "procedure_name": "Chứng thực bản sao", "status": 10, "channel": 7, "rating": 9,
    "submitted_at": None, "received_at": NOW, "due_at": None,
    "finished_at": NOW, "returned_at": None, "updated_at": NOW, "step_name": None, "started_at": None,
    "unit_name": "UBND", "tier": "commune",
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The screen's questions get known answers; what was asked is noted."""
    seen: list[tuple[str, dict[str, Any]]] = []

    def ask(question: Any, viewer: Any, **filters: Any) -> Answer[Any]:
        seen.append((question.__name__, filters))
        if question is quality:
            return Answer(Quality(UNITS, CODES if viewer.scope.is_city else [], None), 1, NOW)
        if question is examples:
            return Answer([EXAMPLE] if filters["kind"] == "no_due" else [], 1, NOW)
        return Answer(
            Silence([WARD, WARD | {"silent": False, "paper": "never"}], 17, date(2026, 11, 17), LIMITS), 1, NOW
        )

    for module in (screen, quality_examples):
        monkeypatch.setattr(module, "ask", ask)
    return seen


def test_kinds_by_number_and_those_not_found(run: Run, asked: list[Any]) -> None:
    shown = run("quality")
    assert shown.figures["Hồ sơ có dữ liệu đáng ngờ"] == ("64", "4,26\xa0% trong 1.503 hồ sơ")
    assert shown.figures["Mã ngoài danh mục"][0] == "4"
    assert shown.figures["Thứ tự thời gian không thể có"][0] == "4"
    assert shown.figures["Xã, phường im lặng"][0] == "1"
    named = [BY_CODE[c].names["vi"] for c in ("no_due", "step_backwards", "unknown_unit", "unknown_status")]
    at = [shown.texts.index(name) for name in named]
    assert at == sorted(at)
    (rest,) = [text for text in shown.texts if text.startswith("Đã tìm mà không thấy")]
    assert BY_CODE["no_end"].names["vi"] in rest
    assert not any(name in rest for name in named)
    assert english(shown.texts) == []
    assert "examples" not in [name for name, _ in asked]


def test_examples_on_demand(run: Run, asked: list[Any]) -> None:
    shown = run("quality", "district", kind="no_due", months="12", ward="09556")
    assert "H26-1" in shown.texts
    assert any("trạng thái 10 · kênh tiếp nhận 7 · đánh giá 9 · " in text for text in shown.texts)
    assert ("examples", {"kind": "no_due", "months": 12, "unit": "u1"}) in asked
    assert "Không có dữ liệu đáng ngờ loại này ở đây." in run("quality", kind="no_end").texts
    assert "CB-77" in run("quality", kind="unknown_officer").texts


def test_a_district_is_not_shown_codes_of_no_district(run: Run, asked: list[Any]) -> None:
    city, mine = run("quality").words, run("quality", "district").words
    name = BY_CODE["unknown_officer"].names["vi"]
    assert name in city
    assert name not in mine


def test_an_arrow_needs_more_than_chance() -> None:
    kind = BY_CODE["no_due"]
    usual = 100 / 10_000 * 2_500
    assert Found(kind, 100, 25, 10_000, 2_500).trend == ""
    assert Found(kind, 100, int(usual + 2 * sqrt(usual)), 10_000, 2_500).trend == ""
    assert Found(kind, 100, int(usual + 2 * sqrt(usual)) + 1, 10_000, 2_500).trend == " ▲"
    assert Found(kind, 100, int(usual - 2 * sqrt(usual)) - 1, 10_000, 2_500).trend == " ▼"


def test_few_of_very_many_are_not_nothing() -> None:
    t = Texts("vi")
    assert [small_share(n, 314_000, t) for n in (0, 14, 32, 31_400)] == [
        "0,00\xa0%", "< 0,01\xa0%", "0,01\xa0%", "10,00\xa0%",
    ]  # fmt: skip
    assert small_share(0, 0, t) == "không phát sinh"


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_reason_has_words_and_evidence(lang: str) -> None:
    t = Texts(lang)
    assert set(WORDS) == set(REASONS)
    lines = [silence_line(WARD | {"reason": r}, t, LIMITS) for r in REASONS]
    lines += [silence_line(WARD | {"silent": False, "paper": p}, t, LIMITS) for p in PAPER]
    assert len(set(lines)) == len(lines)
    assert lang == "en" or english(lines) == []
    assert reason(WARD, t, LIMITS) in lines[REASONS.index("not_syncing")]


def test_what_is_not_known_is_said() -> None:
    t = Texts("en")
    dark = WARD | {"last_seen": None, "links_up": None, "expected": None, "others": 0, "last_received": None}
    assert evidence(dark, t, LIMITS) == (
        "links not checked lately · when its officers were last signed in is not known · nothing finished, 7 dossiers "
        "open · the whole district received nothing"
    )
    assert silence_line(dark, t, LIMITS).startswith("This ward has never logged a dossier.")
    down = evidence(WARD | {"down_since": NOW, "links_up": False, "offered": 0.0, "moved": 2.5}, t, LIMITS)
    assert down.startswith(
        "no active offering · 21.2 dossiers would be usual in this time · a link down since 10:00 20/"
    )
    assert "2.5 steps and dossiers finished" in down
