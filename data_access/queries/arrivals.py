"""Arrivals today by hour, against the usual course of the same weekday."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import Connection, text

from config.settings import settings
from data_access.queries.answers import rows
from data_access.working_time import city_calendar

WEEKS = 8
"""How many earlier days of the same weekday make the usual course."""
FEWEST_DAYS = 4
"""With fewer of them nothing is called usual."""
FEWEST_DOSSIERS = 30
"""A usual count below this is too small to divide by."""
LOOK_BACK = 26
"""How many weeks are looked through for such days, since holidays are left out."""

BY_HOUR = """
SELECT day, hour, sum(received) AS received, sum(received_online) AS online
FROM arrival_hour WHERE day = ANY (:days) GROUP BY day, hour
"""

BY_DISTRICT = """
SELECT district_code, day, hour, sum(received) AS received
FROM arrival_hour WHERE day = ANY (:days) AND district_code <> '' GROUP BY district_code, day, hour
"""


@dataclass(frozen=True)
class Usual:
    """The cumulative course of the compared days at the end of each hour, 24 values each (dossiers).

    low, middle, high: least, median and most; by_now: the same three at this time of day.
    """

    days: tuple[date, ...]
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]
    by_now: tuple[float, float, float]


@dataclass(frozen=True)
class Arrivals:
    """course: dossiers received today up to the end of each hour, up to and with the present one.

    works: whether offices work today; day_off: the holiday's name by language; hours: part of the day gone (h).
    """

    day: date
    hours: float
    works: bool
    day_off: Mapping[str, str] | None
    received: int
    online: int
    course: tuple[int, ...]
    usual: Usual | None

    @property
    def ratio(self) -> float | None:
        """Received so far ÷ usual by now; None where nothing is usual or it is too small to divide by."""
        if self.usual is None or self.usual.by_now[1] < FEWEST_DOSSIERS:
            return None
        return self.received / self.usual.by_now[1]

    @property
    def standing(self) -> str:
        """above, below or within the usual range by now; "" where nothing is usual."""
        if self.usual is None:
            return ""
        low, _, high = self.usual.by_now
        return "above" if self.received > high else "below" if self.received < low else "within"


def arrivals(connection: Connection) -> Arrivals:
    """Today's arrivals up to the instant of the figures. Called by the wall's screens and the stage's keeper."""
    at, day = connection.execute(text("SELECT as_of, as_of_day FROM data_version")).one()
    works, day_off = working(day)
    alike = compared_days(day, works, day_off)
    found = rows(connection, BY_HOUR, days=[day, *alike])
    by_day = {d: np.zeros(24) for d in (day, *alike)}
    online = 0
    for row in found:
        by_day[row["day"]][row["hour"]] = row["received"]
        online += int(row["online"]) if row["day"] == day else 0
    hours = hours_gone(at, day)
    now = min(int(hours), 23)
    course = np.cumsum(by_day[day])
    return Arrivals(
        day=day, hours=hours, works=works, day_off=day_off, received=int(course[-1]), online=online,
        course=tuple(int(n) for n in course[: now + 1]),
        usual=_usual(alike, np.array([np.cumsum(by_day[d]) for d in alike]), hours),
    )  # fmt: skip


def district_arrivals(connection: Connection) -> dict[str, tuple[int, float]]:
    """Received today so far and usual by now, of each district where that is enough to divide by. For alerts."""
    at, day = connection.execute(text("SELECT as_of, as_of_day FROM data_version")).one()
    alike = compared_days(day, *working(day))
    days = {d: n for n, d in enumerate((day, *alike))}
    counts: dict[str, np.ndarray] = defaultdict(lambda: np.zeros((len(days), 24)))
    for row in rows(connection, BY_DISTRICT, days=list(days)):
        counts[row["district_code"]][days[row["day"]], row["hour"]] = row["received"]
    found = {}
    for district, by_hour in counts.items():
        courses = np.cumsum(by_hour, axis=1)
        usual = _usual(alike, courses[1:], hours_gone(at, day))
        if usual is not None and usual.by_now[1] >= FEWEST_DOSSIERS:
            found[district] = int(courses[0, -1]), usual.by_now[1]
    return found


def working(day: date) -> tuple[bool, Mapping[str, str] | None]:
    """Whether offices work that day, and the name of the holiday when it is one."""
    calendar = city_calendar()
    try:
        return calendar.works(day), calendar.off.get(day)
    except ValueError:  # beyond the calendar that is configured: the plain week
        return day.weekday() < 5, None


def compared_days(day: date, works: bool, day_off: Mapping[str, str] | None) -> list[date]:
    """The last days of the same weekday on which offices worked (or rested) as today; none for a holiday."""
    if day_off is not None:
        return []
    earlier = [day - timedelta(weeks=n) for n in range(1, LOOK_BACK + 1)]
    alike = [d for d in earlier if working(d) == (works, None)][:WEEKS]
    return alike if len(alike) >= FEWEST_DAYS else []


def hours_gone(at: datetime, day: date) -> float:
    """Hours of the local day gone at that instant; 24 when it lies after its end."""
    local = at.astimezone(settings().tz)
    if local.date() != day:
        return 24.0
    return local.hour + local.minute / 60 + local.second / 3600


def _usual(days: list[date], courses: np.ndarray, hours: float) -> Usual | None:
    if not days or not courses.any():
        return None
    ends = np.arange(25)
    by_now = [float(np.interp(hours, ends, np.concatenate(([0.0], course)))) for course in courses]
    return Usual(
        days=tuple(sorted(days)),
        low=tuple(courses.min(axis=0).tolist()),
        middle=tuple(np.median(courses, axis=0).tolist()),
        high=tuple(courses.max(axis=0).tolist()),
        by_now=(min(by_now), float(np.median(by_now)), max(by_now)),
    )
