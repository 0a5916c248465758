"""Each screen of a wall: its figures are those of the questions, in both languages, and nobody is named."""

import re
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, text

from config.i18n import Texts
from config.indicators import indicator
from config.registry import registry
from config.walls import WALL_SCREENS
from data_access.queries.answers import Answer
from data_access.queries.arrivals import Arrivals, Usual
from data_access.queries.connections import connections
from data_access.queries.first_call import first_call
from data_access.queries.overview import overview
from data_access.queries.watch import Pulse
from pages.wall import asking, screens, words
from pages.wall.asking import ask
from pages.wall.connections import down_words, state_of
from pages.wall.now import CALLS
from pages.wall.screens import SCREENS, Gallery
from tests.pages.conftest import english
from tests.pages.wall.conftest import words as words_of
from widgets.wall import Picture, parts

TITLES = {
    "now": ("Thành phố lúc này", "The city now"),
    "backlog": ("Hồ sơ tồn", "Backlog"),
    "coverage": ("Độ phủ dịch vụ", "Service coverage"),
    "workload": ("Tải công việc cán bộ", "Officer workload"),
    "connections": ("Kết nối", "Connections"),
    "arrivals": ("Tiếp nhận hôm nay", "Arrivals today"),
}

HOUR = timedelta(hours=1)
HEADS = {"backlog": ("open", "overdue", "due_24h"), "workload": ("officer_overdue",)}
"""Figures in the heads of a screen's tables."""


def test_the_configuration_knows_the_screens_there_are() -> None:
    assert tuple(SCREENS) == WALL_SCREENS


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("name", WALL_SCREENS)
def test_each_screen_in_each_language(city: Any, owner: Engine, name: str, lang: str) -> None:
    picture = SCREENS[name].draw(Texts(lang))
    said = words_of(picture.html)
    assert said[0] == TITLES[name][lang == "en"]
    if lang == "vi":
        assert english(said) == []
    heads = words_of("".join(re.findall(r'<div class="head">(.*?)</div>', picture.html)))
    for figure in map(indicator, HEADS.get(name, ())):
        assert {figure.name(lang), figure.short_name(lang)} & {*heads}, figure.code
    with owner.connect() as connection:
        officers = set(
            connection.execute(text("SELECT display_name FROM officer WHERE length(display_name) > 9")).scalars()
        )
        dossiers = set(connection.execute(text("SELECT dossier_code FROM dossier LIMIT 500")).scalars())
    assert len(officers) > 100
    assert [p for p in officers | dossiers if p in picture.html + str(picture.map)] == []
    assert (picture.map is not None) == (name not in ("workload", "arrivals"))
    if picture.map is not None:
        assert {v.code for v in picture.map["values"]} == set(registry().wards)


def test_the_figures_of_city_now(city: Any) -> None:
    t = Texts("vi")
    picture = SCREENS["now"].draw(t)
    data = ask(overview).value
    said = words_of(picture.html)
    for label, value in (("Đang giải quyết", data.figures["open"]), ("Quá hạn", data.figures["overdue"]),
                         ("Đến hạn trong 24 giờ", data.figures["due_24h"])):  # fmt: skip
        assert said[said.index(label) + 1] == t.number(value)
    calls = ask(first_call).value.top(CALLS)
    assert picture.map is not None
    assert len(calls) == CALLS
    assert picture.map["numbered"] == [call.ward.ward_code for call in calls]
    for call in calls:
        assert registry().wards[call.ward.ward_code].name in said


def day(**changed: Any) -> Arrivals:
    course = (0,) * 8 + (10, 40, 90, 130)
    usual = Usual((date(2026, 11, 13),) * 6, (0.0,) * 24, (5.0,) * 24, (9.0,) * 24, (80.0, 100.0, 120.0))
    made = {
        "day": date(2026, 11, 20), "hours": 11.5, "works": True, "day_off": None, "received": 130, "online": 40,
        "course": course, "usual": usual,
    }  # fmt: skip
    return Arrivals(**(made | changed))


def test_today_against_the_usual_in_words() -> None:
    t, en = Texts("vi"), Texts("en")
    assert words.usual_words(day(), en) == "against the last 6 working days of this weekday (Friday)"
    assert words.standing_words(day(), t) == "Cao hơn thường lệ: giờ này 100 (80 đến 120)"
    assert words.standing_words(day(received=100), t).startswith("Trong khoảng thường lệ")
    assert words.standing_words(day(received=79), t).startswith("Thấp hơn thường lệ")
    assert (day().ratio, day(usual=None).ratio) == (1.3, None)


def test_days_off_say_so() -> None:
    t, en = Texts("vi"), Texts("en")
    holiday = day(works=False, day_off={"vi": "Quốc khánh", "en": "National Day"}, usual=None)
    assert words.usual_words(holiday, t) == "Ngày nghỉ: Quốc khánh. Không có ngày để so sánh."
    assert words.usual_words(holiday, en) == "Holiday: National Day. No day to compare with."
    sunday = day(day=date(2026, 11, 22), works=False)
    assert words.usual_words(sunday, t) == "Chủ Nhật, cơ quan nghỉ; so với 6 ngày Chủ Nhật gần nhất."
    assert words.usual_words(day(day=sunday.day, works=False, usual=None), t) == "Chủ Nhật, cơ quan nghỉ."
    assert words.usual_words(day(usual=None), en) == "Too few earlier days to compare with."
    for today in (holiday, sunday, day(usual=None)):
        assert "<svg" in words.arrivals_chart(today, t, 800, 300)


def test_the_chart_reaches_from_the_first_to_the_last_hour() -> None:
    assert words.span_of(day()) == (0, 18)
    assert words.span_of(day(usual=None)) == (7, 18)
    assert words.span_of(day(usual=None, hours=21.2, course=(0,) * 5 + (3,) * 17)) == (5, 22)
    assert words.span_of(day(usual=None, hours=24.0))[1] == 24


def test_link_checks_have_an_age_of_their_own() -> None:
    t, at = Texts("vi"), datetime(2026, 11, 20, 7, tzinfo=UTC)
    fresh, late = (words.checked_words(at - timedelta(minutes=n), at, t) for n in (120, 121))
    assert (fresh.words, fresh.late) == ("kiểm tra gần nhất 12:00", False)
    assert (late.words, late.late) == ("kiểm tra gần nhất 11:59 20/11/2026", True)
    assert 'class="wall-checked late"' in parts.screen("", "", "", "", checked=late)
    assert words.checked_words(None, at, t).words == "kiểm tra gần nhất –"


@pytest.mark.parametrize("screen", ["now", "connections"])
def test_screens_with_links_say_when_these_were_checked(city: Any, screen: str) -> None:
    t = Texts("vi")
    answer = ask(connections)
    told = words.checked_words(answer.value.checked_at, answer.as_of, t)
    assert told.words in words_of(SCREENS[screen].draw(t).html)


def test_what_is_worst_at_a_ward() -> None:
    at = datetime(2026, 11, 20, 7, tzinfo=UTC)
    row = {"wan": None, "onestop": None, "video": at}
    assert state_of(row, at) == "video"
    assert state_of(row | {"onestop": at}, at) == "onestop"
    assert state_of(row | {"wan": at - timedelta(minutes=30)}, at) == "wan"
    assert state_of(row | {"wan": at - timedelta(minutes=31)}, at) == "wan_long"


def test_what_is_down_in_few_words() -> None:
    t, at = Texts("vi"), datetime(2026, 11, 20, 7, tzinfo=UTC)
    row = {"wan": None, "onestop": None, "video": at}
    assert down_words(row, t) == "Họp trực tuyến"
    assert down_words(row | {"onestop": at}, t) == "Một cửa, họp"
    assert down_words(row | {"onestop": at, "video": None}, t) == "Một cửa"
    assert down_words(row | {"onestop": at, "wan": at}, t) == "WAN"


def test_a_screen_that_fails_keeps_its_last_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def draw(_: Texts) -> Picture:
        drawn.append("")
        if len(drawn) > 1:
            raise RuntimeError("no")
        return Picture("first")

    monkeypatch.setitem(screens.SCREENS, "now", screens.WallScreen(draw, 0))
    gallery, t = Gallery(), Texts("vi")
    assert gallery.get("now", t, Pulse(version=1)).picture.html == "first"
    assert gallery.get("now", t, Pulse(version=1)).picture.html == "first"
    assert len(drawn) == 1, "one drawing a version"
    assert gallery.get("now", t, Pulse(version=2)).picture.html == "first"
    assert (len(drawn), gallery.due("now", "vi", Pulse(version=2))) == (2, True)
    with pytest.raises(RuntimeError):
        gallery.get("now", Texts("en"), Pulse(version=2))


def test_a_figure_that_takes_long_shows_its_age_and_comes_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    at, coming = datetime(2026, 7, 1, tzinfo=UTC), Future[Any]()
    pulse = Pulse(version=1, as_of=at)
    answers = {"quick": [Answer("q1", 1, at), Answer("q2", 2, at + HOUR)],
               "slow": [Answer("s1", 1, at), Answer("s1", 1, at, stale=True, coming=coming)]}  # fmt: skip
    asked = SimpleNamespace(ask=lambda question, _: answers[question][min(pulse.version, len(answers[question])) - 1])
    monkeypatch.setattr(asking, "current_desk", lambda: SimpleNamespace(answers=asked))
    both = screens.WallScreen(lambda _: Picture(asking.ask("quick").value + asking.ask("slow").value), 0)  # type: ignore[arg-type]
    monkeypatch.setitem(screens.SCREENS, "now", both)
    gallery, t = Gallery(), Texts("vi")
    first = gallery.get("now", t, pulse)
    assert (first.picture.html, first.version, first.as_of) == ("q1s1", 1, at)
    pulse = Pulse(version=2, as_of=at + HOUR)
    drawn = gallery.get("now", t, pulse)
    assert (drawn.picture.html, drawn.version, drawn.as_of) == ("q2s1", 1, at), "as old as the oldest of its figures"
    assert not gallery.due("now", "vi", pulse), "not asked again while it is at work"
    answers["slow"][1] = Answer("s2", 2, at + HOUR)
    coming.set_result(answers["slow"][1])
    assert gallery.due("now", "vi", pulse)
    drawn = gallery.get("now", t, pulse)
    assert (drawn.picture.html, drawn.version, drawn.as_of) == ("q2s2", 2, at + HOUR)
    assert not gallery.due("now", "vi", pulse)


def test_pages_have_no_colour_codes() -> None:
    for lang in ("vi", "en"):
        assert re.search(r"#[0-9a-f]{6}", words.arrivals_chart(day(), Texts(lang), 800, 300)) is None
