"""Form II.06a: every cell against the dossiers themselves, by the brief's own definitions (DOMAIN C1, R-A)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from config.registry import registry
from data_access.queries.form_ii06a import Cells, form_ii06a
from data_access.rules.period import parse
from tests.data_access.queries.conftest import At
from tests.support.cities import NOW

HA_DONG, CAU_GIAY = "268", "005"
TODAY = NOW.date()
# DOMAIN C1 word by word, on the stored facts: received, carried over, settled, open at the period's end.
PLAIN = """
SELECT d.tier, d.field_code,
       count(*) FILTER (WHERE received_day BETWEEN :a AND :b AND channel = 2) AS online,
       count(*) FILTER (WHERE received_day BETWEEN :a AND :b AND channel <> 2) AS in_person,
       count(*) FILTER (WHERE received_day < :a AND (settled_day IS NULL OR settled_day >= :a)) AS carried,
       count(*) FILTER (WHERE settled_day BETWEEN :a AND :b AND timeliness = 'early') AS early,
       count(*) FILTER (WHERE settled_day BETWEEN :a AND :b AND timeliness = 'on_time') AS on_time,
       count(*) FILTER (WHERE settled_day BETWEEN :a AND :b AND timeliness = 'late') AS late,
       count(*) FILTER (WHERE received_day <= :b AND (settled_day IS NULL OR settled_day > :b)) AS still_open,
       count(*) FILTER (WHERE received_day <= :b AND (settled_day IS NULL OR settled_day > :b) AND overdue_from <= :b)
         AS overdue
  FROM dossier d JOIN unit u USING (unit_code)
 WHERE received_day IS NOT NULL AND (CAST(:district AS text) IS NULL OR u.district_code = :district)
   AND (CAST(:ward AS text) IS NULL OR u.ward_code = :ward)
 GROUP BY d.tier, d.field_code
"""
WARD = registry().wards_of(HA_DONG)[0].code
PLACES: list[dict[str, str | None]] = [
    {"district": None, "ward": None},
    {"district": HA_DONG, "ward": None},
    {"district": HA_DONG, "ward": WARD},
]


def plain(connection: Connection, first: date, last: date, place: dict[str, str | None]) -> dict[Any, Cells]:
    values = {"a": first, "b": last, **place}
    found = {}
    for row in connection.execute(text(PLAIN), values).mappings():
        cells = {k: row[k] for k in ("online", "in_person", "carried", "early", "on_time", "late", "overdue")}
        made = Cells(**cells, in_time=row["still_open"] - row["overdue"])
        if any(made.columns):
            found[row["tier"], row["field_code"]] = made
    return found


def check(connection: Connection, first: date, last: date, place: dict[str, str | None]) -> None:
    form = form_ii06a(connection, first, last, **place)
    until = min(last, TODAY)
    assert form.until == until
    assert {(line.tier, line.field_code): line.cells for line in form.lines} == plain(connection, first, until, place)
    for cells in (*(line.cells for line in form.lines), form.total):
        assert cells.received == cells.new + cells.carried == cells.settled + cells.still_open
        assert cells.settled == cells.early + cells.on_time + cells.late
        assert cells.still_open == cells.in_time + cells.overdue
        assert min(cells.columns) >= 0


@pytest.mark.parametrize("place", PLACES, ids=["city", "district", "ward"])
def test_every_cell_in_several_periods(now: At, place: dict[str, str | None]) -> None:
    codes = ("2026-11-20", "2026-w46", "2026-11", "2026-q3", "2026", "r2026-11", "r2026", "2025-07-03..2026-02-11")
    with now.reading(None if place["district"] is None else (HA_DONG,)) as connection:
        for code in codes:
            period = parse(code, TODAY)
            check(connection, period.first, period.last, place)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(back=st.integers(0, 900), days=st.integers(0, 500), place=st.sampled_from(PLACES))
def test_every_cell_in_any_period(now: At, back: int, days: int, place: dict[str, str | None]) -> None:
    first = TODAY - timedelta(days=back)
    with now.reading() as connection:
        check(connection, first, first + timedelta(days=days), place)


def test_the_present_day_is_that_of_the_other_screens(now: At) -> None:
    with now.reading() as connection:
        form = form_ii06a(connection, TODAY.replace(day=1), TODAY)
        stock = connection.execute(text("SELECT sum(open), sum(overdue), sum(suspended) FROM open_stock")).one()
    assert (form.total.still_open, form.total.overdue, form.suspended) == tuple(stock)
    assert form.suspended
    assert form.rule == "R-A"
    with now.reading() as connection:
        assert form_ii06a(connection, date(2026, 9, 1), date(2026, 9, 30)).suspended is None


def test_twelve_days_on_with_nothing_done(instant: At) -> None:
    today = instant.as_of.date()
    with instant.reading() as connection:
        form = form_ii06a(connection, date(2026, 10, 15), date(2099, 1, 1))
        assert form.until == today
        expected = plain(connection, date(2026, 10, 15), today, PLACES[0])
    assert {(line.tier, line.field_code): line.cells for line in form.lines} == expected
    assert form.total.overdue > 0


def test_a_district_asked_for_from_another_gives_nothing(now: At) -> None:
    asked = {"first": date(2026, 1, 1), "last": TODAY}
    assert now.ask(form_ii06a, district=CAU_GIAY, **asked).total.received > 0
    assert now.ask(form_ii06a, (HA_DONG,), district=CAU_GIAY, **asked).lines == ()
    theirs = registry().wards_of(CAU_GIAY)[0].code
    assert now.ask(form_ii06a, (HA_DONG,), district=HA_DONG, ward=theirs, **asked).lines == ()
    mine = now.ask(form_ii06a, (HA_DONG,), **asked)
    assert mine == now.ask(form_ii06a, district=HA_DONG, **asked)
    assert 0 < mine.total.received < now.ask(form_ii06a, **asked).total.received


def test_the_whole_citys_rows_are_for_its_viewers(now: At) -> None:
    for districts in ((HA_DONG,), (HA_DONG, CAU_GIAY)):
        with now.reading(districts) as connection:
            seen = connection.execute(text("SELECT DISTINCT district_code FROM field_day")).scalars()
            assert set(seen) == set(districts)
            check(connection, date(2026, 9, 15), TODAY, PLACES[0])
    with now.reading() as connection:
        whole, places = connection.execute(
            text("SELECT sum(received) FILTER (WHERE district_code = '*'), "
                 "sum(received) FILTER (WHERE district_code <> '*') FROM field_day")
        ).one()  # fmt: skip
    assert whole == places > 0
