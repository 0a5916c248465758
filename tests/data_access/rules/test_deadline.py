"""Deadlines by the legal limit of rows as they come: known ones are the clock's, unknown ones stay unknown."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.rules.clock import WorkingClock
from data_access.rules.deadline import limit_due_at
from data_access.rules.plain_clock import explain
from data_access.rules.standing import rule_c
from data_access.working_time import city_calendar, city_clock

TZ = "Asia/Ho_Chi_Minh"
CALENDAR = city_calendar()


def limits(rows: list[tuple[Any, ...]], clock: WorkingClock | None = None) -> list[Any]:
    made = pd.DataFrame(rows, columns=["received_at", "limit_value", "limit_unit", "same_day"])
    made["received_at"] = pd.to_datetime(made["received_at"], utc=True)
    made["limit_value"] = made["limit_value"].astype("float64")
    found = limit_due_at(made, clock or city_clock(), TZ)
    return [None if pd.isna(due) else due.tz_convert(TZ).strftime("%Y-%m-%d %H:%M") for due in found]


def test_known_limits_are_counted_in_the_citys_time() -> None:
    monday = "2026-03-02T02:00:00Z"  # 9:00 in the city
    assert limits([
        (monday, 2, "working_day", False), (monday, 8, "hour", False), (monday, 5, "day", False),
        (monday, 1, "month", False), (monday, None, None, True), (monday, 0.5, "working_day", None),
        ("2026-03-01T18:00:00Z", 1, "working_day", False),  # already Monday in the city
    ]) == [
        "2026-03-04 17:00", "2026-03-03 09:00", "2026-03-09 17:00", "2026-04-02 17:00", "2026-03-02 17:00",
        "2026-03-03 12:00", "2026-03-03 17:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        (None, 2, "working_day", False),
        ("2026-03-02T02:00:00Z", None, "working_day", False),
        ("2026-03-02T02:00:00Z", 2, None, False),
        ("2026-03-02T02:00:00Z", 2, "week", False),
        ("2026-03-02T02:00:00Z", -1, "day", False),
        ("2026-03-02T02:00:00Z", 0, "hour", False),
        ("2026-03-02T02:00:00Z", 1.5, "day", False),
        ("2026-03-02T02:00:00Z", float("inf"), "hour", False),
        ("2026-03-02T02:00:00Z", 9e5, "working_day", False),
        ("1999-03-02T02:00:00Z", 2, "working_day", False),
        ("2035-12-31T02:00:00Z", 2, "working_day", False),
        ("2035-12-31T10:00:00Z", None, None, True),
        ("2199-03-02T02:00:00Z", 2, "working_day", False),
    ],
)
def test_what_is_not_known_stays_unknown_beside_what_is(row: tuple[Any, ...]) -> None:
    good = ("2026-03-02T02:00:00Z", 2, "working_day", False)
    assert limits([good, row, good]) == ["2026-03-04 17:00", None, "2026-03-04 17:00"]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(2009, 12, 1), datetime(2036, 1, 31), timezones=st.just(UTC)),  # noqa: DTZ001
            st.none() | st.integers(-1, 60) | st.floats(0, 50),
            st.sampled_from(["hour", "day", "working_day", "month", "week", None]),
            st.booleans(),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_as_the_plain_clock_counts(rows: list[tuple[Any, ...]]) -> None:
    for row, due in zip(rows, limits(rows), strict=True):
        if due is not None:
            at, value, unit, same_day = row
            local = pd.Timestamp(at).tz_convert(TZ).tz_localize(None).to_pydatetime()
            assert explain(CALENDAR, local, value or 0.0, unit or "", same_day).due_at.strftime("%Y-%m-%d %H:%M") == due


def test_rule_c_measures_by_it() -> None:
    none = pd.Series(pd.NaT, [0, 1], dtype="datetime64[us, UTC]")
    monday = pd.Timestamp("2026-03-02T02:00:00Z")
    rows = pd.DataFrame({"status": [10, 10], "received_at": [monday] * 2, "limit_value": [2.0, 3.0],
                         "limit_unit": "working_day", "same_day": False, "supplement_count": 0, "supplement_pauses": 0,
                         "finished_at": [monday + pd.Timedelta(days=3)] * 2, "updated_at": monday}).assign(
        due_at=none, due_original=none, returned_at=none, waiting_since=none,
        supplement_time=pd.Timedelta(0), paused_time=pd.Timedelta(0))  # fmt: skip
    rows["limit_due_at"] = limit_due_at(rows, city_clock(), TZ)
    assert rule_c(rows, monday + pd.Timedelta(days=30)).tolist() == ["late", "on_time"]
