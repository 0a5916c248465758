"""Periods: where they begin and end, what they are called, what they compare with, and what can't be asked for."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.i18n import Texts
from config.periods import Named, load, period_rules
from config.problems import Problem
from data_access.period_words import KINDS, period_name, period_words, read_day
from data_access.rules.period import MONTHS, Period, comparable, containing, custom, parse, periods

TODAY = date(2026, 11, 20)
NAMED: list[Named] = list(period_rules().offered)
DAYS = st.dates(date(2011, 3, 1), date(2100, 1, 1))  # whose reporting year begins after the oldest day allowed


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-11-20", date(2026, 11, 20), date(2026, 11, 20)),
        ("2026-w47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("r2026-11", date(2026, 10, 15), date(2026, 11, 14)),
        ("r2026-01", date(2025, 12, 15), date(2026, 1, 14)),
        ("r2026-q1", date(2025, 12, 15), date(2026, 3, 14)),
        ("r2026", date(2025, 12, 15), date(2026, 12, 14)),
        ("2026-02-27..2026-11-03", date(2026, 2, 27), date(2026, 11, 3)),
    ],
)
def test_codes(code: str, first: date, last: date) -> None:
    period = parse(code, TODAY)
    assert (period.code, period.first, period.last) == (code, first, last)


@given(day=DAYS, kind=st.sampled_from(NAMED))
def test_periods_of_a_kind_follow_one_another_without_gap(day: date, kind: Named) -> None:
    period = containing(kind, day)
    assert period.first <= day <= period.last
    assert parse(period.code, day) == period
    after = containing(kind, period.last + timedelta(days=1))
    assert after.first == period.last + timedelta(days=1)
    assert containing(kind, period.first) == period == containing(kind, period.last)
    assert comparable(after, after.last + timedelta(days=1)) == (
        containing("day", after.first - timedelta(days=7)) if kind == "day" else period
    )


@given(day=DAYS, kind=st.sampled_from(NAMED))
def test_a_period_that_runs_compares_with_as_many_days(day: date, kind: Named) -> None:
    period = containing(kind, day)
    before = comparable(period, day)
    assert before.last < period.first
    if kind != "day" and period.last >= day:
        whole = containing(kind, period.first - timedelta(days=1))
        assert before.first == whole.first
        assert (before.last - before.first).days == min((day - period.first).days, (whole.last - whole.first).days)


def test_any_days_compare_with_as_many_before() -> None:
    assert comparable(parse("2026-11-01..2026-11-10", TODAY), TODAY).code == "2026-10-22..2026-10-31"
    assert comparable(parse("2026-11-16..2026-11-30", TODAY), TODAY).code == "2026-11-11..2026-11-15"


def test_the_newest_are_offered_first() -> None:
    for kind in NAMED:
        offered = periods(kind, TODAY)
        assert offered[0] == containing(kind, TODAY)
        assert [p.first for p in offered] == sorted((p.first for p in offered), reverse=True)
        assert len(offered) == period_rules().offered[kind]
    assert [p.code for p in periods("year", date(2012, 5, 1))] == ["2012", "2011", "2010"]


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("2026-11-20..2026-11-01", "period_backwards"),
        ("2026-12", "period_future"),
        ("2026-11-21", "period_future"),
        ("2009-12", "period_too_old"),
        ("2026-13", "period_unknown"), ("2026-w54", "period_unknown"), ("2026-02-30", "period_unknown"),
        ("2026-q5", "period_unknown"), ("0000", "period_unknown"), ("9999-12", "period_unknown"),
        ("r9999-12", "period_future"),
        ("<b>", "period_unknown"), ("２０２６", "period_unknown"), ("", "period_unknown"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for(code: str, problem: str) -> None:
    with pytest.raises(Problem) as told:
        parse(code, TODAY)
    assert told.value.code == problem


def test_the_reporting_calendar_is_configured() -> None:
    plain = period_rules().model_copy(update={"reporting_starts_on": 1})
    for reporting, kind in (("reporting_month", "month"), ("reporting_quarter", "quarter"), ("reporting_year", "year")):
        mine, calendar = containing(reporting, TODAY, plain), containing(kind, TODAY)  # type: ignore[arg-type]
        assert (mine.first, mine.last) == (calendar.first, calendar.last)
    late = period_rules().model_copy(update={"reporting_starts_on": 28})
    assert containing("reporting_month", date(2026, 2, 28), late).first == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("line", "found"),
    [("reporting_starts_on: 31", "28"), ("oldest: never", "oldest"), ("offered: {day: 1}", "day"),
     ("offered: {age: 5}", "offered")],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, line: str, found: str) -> None:
    good = ["reporting_starts_on: 15", "oldest: 2010-01-01", "offered: {day: 31}"]
    file = tmp_path / "periods.yaml"
    file.write_text("\n".join(line if g.split(":")[0] == line.split(":", 1)[0] else g for g in good))
    with pytest.raises(Problem) as told:
        load(file)
    assert told.value.code == "config_value"
    assert found in told.value.text("en")


def test_names() -> None:
    vi, en = Texts("vi"), Texts("en")
    assert period_words(parse("r2026-11", TODAY), vi) == "Kỳ báo cáo tháng 11/2026 (15/10/2026 – 14/11/2026)"
    assert period_name(parse("r2026-q4", TODAY), vi) == "Kỳ báo cáo quý IV/2026"
    assert period_name(parse("r2026", TODAY), en) == "Reporting year 2026"
    assert period_name(parse("2026-w47", TODAY), vi) == "Tuần 47/2026"
    assert period_name(custom(date(2026, 1, 2), date(2026, 3, 4), TODAY), vi) == "02/01/2026 – 04/03/2026"
    assert set(KINDS) == {*NAMED, "custom"}
    assert set(MONTHS) < set(NAMED)


def test_days_as_people_write_them() -> None:
    assert read_day(" 20/11/2026 ") == read_day("2026-11-20") == TODAY
    for wrong in ("31/02/2026", "11/20/2026", "hôm nay", ""):
        with pytest.raises(Problem, match="not a day"):
            read_day(wrong)


def test_running() -> None:
    month = Period("month", "2026-11", date(2026, 11, 1), date(2026, 11, 30))
    assert (month.until(TODAY), month.running(TODAY)) == (TODAY, True)
    assert (month.until(date(2026, 12, 5)), month.running(date(2026, 12, 1))) == (date(2026, 11, 30), False)
