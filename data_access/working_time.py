"""The working time of this city: nobody counts working days otherwise."""

from datetime import date
from functools import lru_cache

from config.working_calendar import working_calendar
from data_access.rules.clock import WorkingClock
from data_access.rules.plain_clock import Calendar


@lru_cache(maxsize=1)
def city_calendar() -> Calendar:
    """The configured calendar (config/working_calendar.yaml over the package `holidays`).

    Raises Problem calendar_unreadable or calendar_invalid.
    """
    conf = working_calendar()
    hours = tuple((span.opens, span.closes) for span in conf.office_hours)
    return Calendar(conf.first, conf.last, conf.off, conf.made_up, hours, conf.same_day_cutoff)


@lru_cache(maxsize=1)
def city_clock() -> WorkingClock:
    """The clock of `city_calendar`, for arrays."""
    return WorkingClock.of(city_calendar())


def working_days_in(first: date, last: date) -> int:
    """Working days from `first` to `last`, both included; 0 when last lies before first.

    ValueError outside the calendar.
    """
    clock = city_clock()
    return max(0, int(clock.working_days_between(first, last)) + int(clock.is_working_day(first)))
