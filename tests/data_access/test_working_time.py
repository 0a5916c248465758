"""Working days of the city, against days counted by hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from data_access.working_time import (
    city_clock,
    office_hours_before,
    per_working_day,
    recent_working_days,
    working_days_in,
)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (date(2019, 3, 4), date(2019, 3, 8), 5),
        (date(2019, 3, 9), date(2019, 3, 10), 0),  # a weekend
        (date(2019, 2, 1), date(2019, 2, 11), 2),  # Tết between
        (date(2019, 1, 5), date(2019, 1, 5), 1),  # a made-up Saturday
        (date(2018, 12, 31), date(2019, 1, 6), 4),  # swapped Monday, New Year, made-up Saturday
        (date(2019, 3, 8), date(2019, 3, 4), 0),
        (date(2010, 1, 1), date(2010, 1, 4), 1),  # from the calendar's first day
    ],
)
def test_working_days_in(first: date, last: date, days: int) -> None:
    assert working_days_in(first, last) == days


def test_a_year_has_as_many_as_the_law_gives() -> None:
    found = {year: working_days_in(date(year, 1, 1), date(year, 12, 31)) for year in range(2018, 2027)}
    assert all(249 <= days <= 252 for days in found.values()), found


def test_recent_working_days() -> None:
    assert recent_working_days(date(2019, 3, 29)) == 20
    assert recent_working_days(date(2019, 2, 17)) == 15  # 21 January to 17 February, five days of Tết
    assert recent_working_days(date(2036, 1, 1)) is None
    assert recent_working_days(date(2010, 1, 20)) is None


def test_outside_the_calendar_nothing_is_counted() -> None:
    with pytest.raises(ValueError, match="calendar"):
        working_days_in(date(2035, 12, 31), date(2036, 1, 2))


def test_mean_per_working_day() -> None:
    assert per_working_day(10, 4) == 2.5
    assert [per_working_day(10, 0), per_working_day(10, None)] == [None, None]


def test_the_clock_keeps_the_citys_hours() -> None:
    assert city_clock().day_seconds == 8 * 3600
    assert city_clock().due_at("2019-02-01T15:00:00", 1, "day", True) == np.datetime64("2019-02-11T17:00:00")


@pytest.mark.parametrize(
    ("at", "before"),
    [
        ("2026-11-20T15:30", "2026-11-20T10:30"),  # 13:00 to 15:30 and 10:30 to 12:00
        ("2026-11-22T20:00", "2026-11-20T12:00"),  # a Sunday: back through Friday's afternoon
        ("2026-11-20T12:30", "2026-11-19T17:00"),  # all of a morning: the earliest such instant
        ("1990-01-01T05:00", "1990-01-01T01:00"),  # beyond the calendar any hours count
    ],
)
def test_office_hours_before(at: str, before: str) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    found = office_hours_before(datetime.fromisoformat(at).replace(tzinfo=zone), 4)
    assert found == datetime.fromisoformat(before).replace(tzinfo=zone)
