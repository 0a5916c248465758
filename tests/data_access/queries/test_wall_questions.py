"""What the wall's screens ask: arrivals against the usual, links, load without persons; counted again on the store."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import text

from data_access.queries.arrivals import Arrivals, arrivals, compared_days, hours_gone, working
from data_access.queries.connections import connections
from data_access.queries.wall_workload import FEWEST, wall_workload
from tests.data_access.queries.conftest import At, officer_loads

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HA_DONG = "268"
COURSE = """
SELECT extract(hour FROM received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::int AS hour, count(*),
       count(*) FILTER (WHERE channel = 2)
  FROM dossier WHERE received_day = :day GROUP BY 1
"""


def counted(at: At, day: date, districts: tuple[str, ...] | None = None) -> tuple[np.ndarray, int]:
    """Received by hour of a day, and online, from the dossiers themselves."""
    by_hour, online = np.zeros(24), 0
    with at.reading(districts) as connection:
        for hour, n, n_online in connection.execute(text(COURSE), {"day": day}):
            by_hour[hour], online = n, online + n_online
    return by_hour, online


@pytest.mark.parametrize("districts", [None, (HA_DONG,)], ids=["city", "district"])
def test_arrivals_are_those_of_the_dossiers(instant: At, districts: tuple[str, ...] | None) -> None:
    found = instant.ask(arrivals, districts)
    local = instant.as_of.astimezone(ZONE)
    assert (found.day, round(found.hours * 60)) == (local.date(), local.hour * 60 + local.minute)
    by_hour, online = counted(instant, found.day, districts)
    assert (found.received, found.online) == (by_hour.sum(), online)
    assert list(found.course) == list(np.cumsum(by_hour)[: local.hour + 1])
    if found.usual is None:
        return
    courses = np.array([np.cumsum(counted(instant, day, districts)[0]) for day in found.usual.days])
    assert found.usual.low == tuple(courses.min(axis=0))
    assert found.usual.middle == tuple(np.median(courses, axis=0))
    assert found.usual.high == tuple(courses.max(axis=0))
    low, middle, high = found.usual.by_now
    assert courses[:, local.hour - 1].min() <= low <= middle <= high <= courses[:, local.hour].max()


def test_the_usual_is_there_on_a_working_day(now: At) -> None:
    found = now.ask(arrivals)
    assert found.works
    assert found.usual is not None
    assert len(found.usual.days) == 8
    assert found.received > 0


def test_days_are_compared_with_days_alike() -> None:
    friday = date(2026, 11, 20)
    alike = compared_days(friday, *working(friday))
    assert len(alike) == 8
    assert {d.weekday() for d in alike} == {4}
    assert all(working(d) == (True, None) and d < friday for d in alike)
    sunday = date(2026, 11, 22)
    assert {d.weekday() for d in compared_days(sunday, *working(sunday))} == {6}
    holiday = date(2026, 9, 2)
    works, name = working(holiday)
    assert (works, name is not None, compared_days(holiday, works, name)) == (False, True, [])
    after = date(2026, 9, 9)  # a Wednesday: the week before was a holiday
    assert holiday not in compared_days(after, *working(after))


def test_beyond_the_calendar_the_plain_week_counts() -> None:
    assert working(date(2999, 1, 1)) == (date(2999, 1, 1).weekday() < 5, None)


def test_hours_gone() -> None:
    day = date(2026, 11, 20)
    assert hours_gone(datetime(2026, 11, 20, 15, 30, tzinfo=ZONE), day) == 15.5
    assert hours_gone(datetime(2026, 11, 21, 0, 0, tzinfo=ZONE), day) == 24.0


def test_nothing_is_divided_by_a_small_usual(now: At) -> None:
    found = now.ask(arrivals)
    assert found.usual is not None
    small = Arrivals(
        **(found.__dict__ | {"usual": type(found.usual)(**(found.usual.__dict__ | {"by_now": (0, 29, 30)}))})
    )
    assert (small.ratio, small.standing != "") == (None, True)


def test_links(now: At) -> None:
    found = now.ask(connections)
    with now.reading() as connection:
        state = {(w, s): (up, since) for w, s, up, since in connection.execute(
            text("SELECT ward_code, service, up, since FROM link_state"))}  # fmt: skip
        query = "SELECT u.ward_code, count(*) FROM open_dossier JOIN unit u USING (unit_code) GROUP BY 1"
        waiting = {ward: n for ward, n in connection.execute(text(query))}  # noqa: C416 - rows, not pairs
    for service, whole in (("wan", "wards"), ("onestop", "onestop"), ("video", "video")):
        links = [up for (_, s), (up, _) in state.items() if s == service]
        assert (found.counts[whole], found.counts[f"{service}_down"]) == (len(links), links.count(False))
    assert found.checked == {w for w, _ in state}
    down = {w for (w, _), (up, _) in state.items() if not up}
    assert {row["ward_code"] for row in found.down} == down
    assert down
    for row in found.down:
        for service in ("wan", "onestop", "video"):
            up, since = state.get((row["ward_code"], service), (True, None))
            assert row[service] == (None if up else since)
        assert row["open"] == waiting.get(row["ward_code"], 0)
    without = [row["wan"] for row in found.down if row["wan"] is not None]
    assert without == sorted(without)
    assert [row["wan"] is None for row in found.down] == sorted(row["wan"] is None for row in found.down)


def test_load_by_groups_names_nobody_and_loses_nobody(now: At) -> None:
    found, officers = now.ask(wall_workload, busy_index=4.0), now.ask(officer_loads)
    holding = [o for o in officers if o["steps"] > 0]
    assert found.whole.officers == len(holding)
    assert found.whole.steps == pytest.approx(sum(o["steps"] for o in holding))
    assert found.whole.median == float(np.median([o["steps"] for o in holding]))
    assert found.whole.busy == sum((o["load_index"] or 0) >= 4 for o in officers)
    assert len(found.index) == sum(bool(o["load_index"]) for o in officers)
    shown = repr(found)
    assert [o["officer_id"] for o in officers if repr(o["officer_id"]) in shown or o["display_name"] in shown] == []
    for load in [*found.roles, *found.districts]:
        assert load.officers >= FEWEST
    some = found.districts[0]
    mine = [o for o in holding if (o["district_code"],) == some.group]
    assert (some.officers, some.most) == (len(mine), max(o["steps"] for o in mine))
    assert found.index == sorted(o["load_index"] for o in holding)
    for load in found.roles:
        mine = [o for o in officers if (o["role"], o["tier"]) == load.group]
        assert load.steps == sum(o["steps"] for o in mine)
        assert load.median == float(np.median([o["steps"] for o in mine if o["steps"] > 0]))
    assert [load.median for load in found.roles] == sorted((load.median for load in found.roles), reverse=True)


def test_a_districts_scope_holds_for_arrivals(now: At) -> None:
    city, district = now.ask(arrivals), now.ask(arrivals, (HA_DONG,))
    assert 0 <= district.received < city.received
    assert timedelta(hours=district.hours) == timedelta(hours=city.hours)
