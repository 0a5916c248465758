"""The working-day clock told step by step: one dossier, plain datetimes, and how the deadline came about.

Counts the same as `clock` in another way, day by day, so that their agreement says something (a Hypothesis
test holds it). All times are the city's wall clock, naive, to the second. Law: DOMAIN.md section G.
"""

import calendar as months
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

UNITS = ("hour", "day", "working_day", "month")
ONE_DAY = timedelta(days=1)

Name = Mapping[Any, str]
"""By language: vi, en."""
Pause = tuple[datetime, datetime | None]
"""From, to; None while it lasts."""


@dataclass(frozen=True)
class Calendar:
    """Working days are Monday–Friday not in `off`, and `made_up` ones; names in vi and en. hours: opens, closes."""

    first: date
    last: date
    off: Mapping[date, Name]
    made_up: Mapping[date, Name]
    hours: tuple[tuple[time, time], ...]
    same_day_cutoff: time

    def works(self, day: date) -> bool:
        """Whether the office works; ValueError outside first … last."""
        if not self.first <= day <= self.last:
            raise ValueError(f"day outside the working calendar {self.first} … {self.last}")
        return day in self.made_up or (day.weekday() < 5 and day not in self.off)

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The stretches of office time of a day; none on a day off."""
        if self.works(day):
            for opens, closes in self.hours:
                yield datetime.combine(day, opens), datetime.combine(day, closes)

    def closing(self, day: date) -> datetime:
        """The end of office hours on that day."""
        return datetime.combine(day, self.hours[-1][1])

    @property
    def day_seconds(self) -> int:
        """Office seconds of a working day."""
        today = date.min
        return sum(_length(datetime.combine(today, o), datetime.combine(today, c)) for o, c in self.hours)


@dataclass(frozen=True)
class Stop:
    """A pause as it counts: clipped to receipt and now, overlaps joined. `seconds` of office time."""

    start: datetime
    end: datetime
    seconds: int
    lasts: bool


@dataclass(frozen=True)
class Explanation:
    """How a deadline came about, in the order of the counting."""

    received_at: datetime
    limit_value: float
    limit_unit: str
    same_day: bool
    starts: datetime | None
    """The moment (hours) or the start of the first day (working days) counted; None for other limits."""
    ends: date | None
    """Calendar limits: the day they end on, before it is rolled forward."""
    due_unpaused: datetime
    stops: tuple[Stop, ...]
    due_at: datetime
    days_off: tuple[date, ...]
    """Days off that the counting passed over, in order: pauses included."""
    made_up: tuple[date, ...]
    """Make-up days that were counted."""

    @property
    def final(self) -> bool:
        """False while a pause lasts: the deadline would be due_at if it ended now."""
        return not any(stop.lasts for stop in self.stops)

    @property
    def paused_seconds(self) -> int:
        """Office seconds added back."""
        return sum(stop.seconds for stop in self.stops)


def explain(
    calendar: Calendar,
    received_at: datetime,
    limit_value: float,
    limit_unit: str,
    same_day: bool = False,
    pauses: Iterable[Pause] = (),
    now: datetime | None = None,
) -> Explanation:
    """The legal deadline of one dossier with its arithmetic.

    1. count the limit from receipt; 2. join the pauses between receipt and `now`; 3. count their office
    time on from the deadline. `now` is needed when there are pauses. ValueError as `WorkingClock.due_at`.
    """
    received = received_at.replace(microsecond=0)
    walk = _Walk(calendar)
    calendar.works(received.date())
    starts: datetime | None = None
    ends: date | None = None
    if same_day:
        due = walk.same_day(received)
    elif limit_unit == "hour":
        due, starts = walk.hours(received, limit_value)
    elif limit_unit == "working_day":
        due, starts = walk.working_days(received.date(), limit_value)
    elif limit_unit in ("day", "month"):
        ends = _calendar_end(received.date(), limit_value, limit_unit)
        due = calendar.closing(walk.roll_forward(ends))
    else:
        raise ValueError(f"limit_unit must be one of {', '.join(UNITS)}")
    stops = tuple(_stops(calendar, received, pauses, now))
    paused = sum(stop.seconds for stop in stops)
    return Explanation(
        received_at=received, limit_value=limit_value, limit_unit=limit_unit, same_day=same_day, starts=starts,
        ends=ends, due_unpaused=due, stops=stops, due_at=walk.on(due, paused) if paused else due,
        days_off=tuple(walk.days_off), made_up=tuple(walk.made_up),
    )  # fmt: skip


class _Walk:
    """Goes through the days and remembers what it passed."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.days_off: list[date] = []
        self.made_up: list[date] = []

    def _works(self, day: date) -> bool:
        works = self.calendar.works(day)
        kept = self.days_off if not works else self.made_up if day in self.calendar.made_up else None
        if kept is not None and day not in kept:
            kept.append(day)
        return works

    def same_day(self, received: datetime) -> datetime:
        day = received.date()
        if self.calendar.works(day) and received.time() < self.calendar.same_day_cutoff:
            return self.calendar.closing(day)
        return self.calendar.closing(self.roll_forward(day + ONE_DAY))

    def roll_forward(self, day: date) -> date:
        while not self._works(day):
            day += ONE_DAY
        return day

    def hours(self, received: datetime, value: float) -> tuple[datetime, datetime]:
        seconds = round(_limit(value) * 3600)
        if seconds < 1:
            raise ValueError("limit_value must be above 0 for hours")
        return self.on(received, seconds), self._opening(received)

    def working_days(self, received: date, value: float) -> tuple[datetime, datetime]:
        whole, part = divmod(round(_limit(value) * self.calendar.day_seconds), self.calendar.day_seconds)
        if not whole and not part:
            day = self.roll_forward(received)
            return self.calendar.closing(day), datetime.combine(day, time.min)
        day = received
        for _ in range(whole):
            day = self.roll_forward(day + ONE_DAY)
        due = self.calendar.closing(day)
        if part:
            due = self.on(due, part)
        return due, datetime.combine(_Walk(self.calendar).roll_forward(received + ONE_DAY), time.min)

    def on(self, at: datetime, seconds: int) -> datetime:
        """`at` plus office seconds (more than none)."""
        day = at.date()
        while True:
            if self._works(day):
                for opens, closes in self.calendar.spans(day):
                    start = max(opens, at)
                    room = _length(start, closes)
                    if 0 < seconds <= room:
                        return start + timedelta(seconds=seconds)
                    seconds -= max(room, 0)
            day += ONE_DAY

    def _opening(self, at: datetime) -> datetime:
        """The first moment of office time from `at` on."""
        day = at.date()
        while True:
            for opens, closes in self.calendar.spans(day):
                if at < closes:
                    return max(at, opens)
            day += ONE_DAY


def _stops(calendar: Calendar, received: datetime, pauses: Iterable[Pause], now: datetime | None) -> Iterator[Stop]:
    """The pauses as they count: clipped, joined where they overlap or touch, in order."""
    clipped = []
    for from_at, to_at in pauses:
        if now is None:
            raise ValueError("with pauses, now is needed")
        lasts = to_at is None or to_at > now
        start = max(from_at.replace(microsecond=0), received)
        end = (now if to_at is None or lasts else to_at).replace(microsecond=0)
        if start < end:
            clipped.append((start, end, lasts))
    joined: list[tuple[datetime, datetime, bool]] = []
    for start, end, lasts in sorted(clipped):
        if joined and start <= joined[-1][1]:
            before = joined.pop()
            joined.append((before[0], max(before[1], end), before[2] or lasts))
        else:
            joined.append((start, end, lasts))
    for start, end, lasts in joined:
        yield Stop(start, end, office_seconds(calendar, start, end), lasts)


def office_seconds(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Seconds of office time from start to end; 0 when end is not later."""
    total, day = 0, start.date()
    while day <= end.date():
        for opens, closes in calendar.spans(day):
            total += max(_length(max(opens, start), min(closes, end)), 0)
        day += ONE_DAY
    return total


def _calendar_end(received: date, value: float, unit: str) -> date:
    if _limit(value) != int(value):
        raise ValueError("days and months must be whole")
    if unit == "day":
        return received + timedelta(days=int(value))
    year, month = divmod(received.year * 12 + received.month - 1 + int(value), 12)
    return date(year, month + 1, min(received.day, months.monthrange(year, month + 1)[1]))


def _limit(value: float) -> float:
    if not 0 <= value < float("inf"):
        raise ValueError("limit_value must not be negative")
    return value


def _length(start: datetime, end: datetime) -> int:
    """Seconds from start to end, negative when end is earlier."""
    return round((end - start).total_seconds())
