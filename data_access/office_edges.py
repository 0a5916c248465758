"""The city's clock as data for PostgreSQL, which counts office time where rows of others must not come out."""

from datetime import date
from functools import lru_cache

import numpy as np

from config.settings import settings
from data_access.rules.clock import WorkingClock
from data_access.working_time import city_clock


def office_edges(first: date, last: date) -> tuple[str, str]:
    """The clock from `first` to `last` for the function office_seconds (migration 0015), as literals of float8[].

    Openings and closings in turn, as seconds of the epoch, and the office seconds passed at each, counted from the
    first. Days outside the calendar are left out: no office time passes there.
    """
    return _edges(city_clock(), first, last)


@lru_cache(maxsize=32)
def _edges(clock: WorkingClock, first: date, last: date) -> tuple[str, str]:
    begin, end = max(np.datetime64(first, "D"), clock.first), min(np.datetime64(last, "D"), clock.last)
    days = np.arange(begin, end + 1) if begin <= end else np.array([], "M8[D]")
    days = days[clock.is_working_day(days)]
    hours = np.array(clock.hours, "m8[s]").reshape(-1)
    local = (days.astype("M8[s]")[:, None] + hours[None, :]).reshape(-1)
    worked = clock.worked(local) - clock.worked(local[:1])
    at = [int(one.replace(tzinfo=settings().tz).timestamp()) for one in local.astype("M8[us]").tolist()]
    return "{" + ",".join(map(str, at)) + "}", "{" + ",".join(map(str, worked.tolist())) + "}"
