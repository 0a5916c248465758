"""The working time of this city: nobody counts working days otherwise."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from config.kept import follows
from config.settings import settings
from config.working_calendar import WorkingCalendar, working_calendar
from data_access.rules.clock import WorkingClock
from data_access.rules.plain_clock import Calendar

RECENT_DAYS = 28
"""Calendar days, today included, from which a mean per working day is taken."""


@follows(working_calendar)
def city_calendar() -> Calendar:
    """The configured calendar (config/working_calendar.yaml over the package `holidays`).

    Raises Problem calendar_unreadable or calendar_invalid.
    """
    return calendar_of(working_calendar())


def calendar_of(conf: WorkingCalendar) -> Calendar:
    """What a configured calendar says to the rules."""
    hours = tuple((span.opens, span.closes) for span in conf.office_hours)
    return Calendar(conf.first, conf.last, conf.off, conf.made_up, hours, conf.same_day_cutoff)


@follows(city_calendar)
def city_clock() -> WorkingClock:
    """The clock of `city_calendar`, for arrays."""
    return WorkingClock.of(city_calendar())


def working_days_in(first: date, last: date) -> int:
    """Working days from `first` to `last`, both included; 0 when last lies before first.

    ValueError outside the calendar.
    """
    clock = city_clock()
    return max(0, int(clock.working_days_between(first, last)) + int(clock.is_working_day(first)))


def recent_working_days(today: date) -> int | None:
    """Working days in the RECENT_DAYS that end with `today`; None where the calendar does not reach."""
    try:
        return working_days_in(today - timedelta(days=RECENT_DAYS - 1), today)
    except ValueError:
        return None


def per_working_day(count: float, working_days: int | None) -> float | None:
    """The mean of a count over working days; None when there are none or their number is not known."""
    return count / working_days if working_days else None


def office_hours_before(at: datetime, hours: float) -> datetime:
    """The instant (UTC) from which so many office hours have passed until `at`.

    Where the calendar does not reach, that many hours of any time.
    """
    local = np.datetime64(at.astimezone(settings().tz).replace(tzinfo=None), "s")
    try:
        back = city_clock().at(city_clock().worked(local) - round(hours * 3600))
    except (ValueError, IndexError):
        return at.astimezone(UTC) - timedelta(hours=hours)
    before: datetime = back.astype("M8[us]").item()
    return before.replace(tzinfo=settings().tz).astimezone(UTC)
