"""Periods that figures are asked for: what they are called, where they begin and end, what they compare with.

A period is known by its code, which stands in addresses:

    2026-11-20               a day
    2026-w47                 a week, Monday to Sunday (ISO)
    2026-11  2026-q4  2026   a month, quarter, year of the calendar
    r2026-11 r2026-q4 r2026  of the administration's reporting calendar: month 11 runs from 15/10 to 14/11
    2026-11-01..2026-11-20   any days
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from config.periods import Kind, Named, PeriodRules, period_rules
from config.problems import Problem

MONTHS = {
    "month": 1, "quarter": 3, "year": 12, "reporting_month": 1, "reporting_quarter": 3, "reporting_year": 12
}  # fmt: skip
CALENDAR: tuple[Named, ...] = ("month", "quarter", "year")
"""Kinds that are whole months of the calendar."""
_DAY = r"(\d{4})-(\d{2})-(\d{2})"


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included; `code` names it."""

    kind: Kind
    code: str
    first: date
    last: date

    def until(self, today: date) -> date:
        """The last day that counts: the period's end, or `today` (the figures' own day) while it still runs."""
        return min(self.last, today)

    def running(self, today: date) -> bool:
        """Whether it is not over yet on the figures' own day."""
        return self.last >= today


def periods(kind: Named, today: date, rules: PeriodRules | None = None) -> list[Period]:
    """Those of a kind that may be chosen, from the one that `today` lies in back, none before the oldest day."""
    rules = rules or period_rules()
    found, day = [], today
    for _ in range(rules.offered[kind]):
        if day < rules.oldest:
            break
        period = containing(kind, day, rules)
        found.append(period)
        day = period.first - timedelta(days=1)
    return found


def usual(offered: Sequence[Period], today: date) -> Period:
    """Of periods from the newest back, the one shown without a wish: the newest that is over, or the only one."""
    return next((period for period in offered if not period.running(today)), offered[0])


def containing(kind: Named, day: date, rules: PeriodRules | None = None) -> Period:
    """The period of a kind that `day` lies in."""
    rules = rules or period_rules()
    if kind == "day":
        return Period(kind, day.isoformat(), day, day)
    if kind == "week":
        year, week, weekday = day.isocalendar()
        monday = day - timedelta(days=weekday - 1)
        return Period(kind, f"{year}-w{week:02}", monday, monday + timedelta(days=6))
    starts_on = rules.reporting_starts_on if kind.startswith("reporting") else 1
    # a reporting month bears the name of the month it ends in
    month = day.year * 12 + day.month - 1 + (1 < starts_on <= day.day)
    length = MONTHS[kind]
    begins = month // length * length
    shift = int(starts_on > 1)
    first = _on(begins - shift, starts_on)
    last = _on(begins + length - shift, starts_on) - timedelta(days=1)
    prefix = "r" if kind.startswith("reporting") else ""
    year, number = begins // 12, begins % 12 // length + 1
    tail = {1: f"-{number:02}", 3: f"-q{number}", 12: ""}[length]
    return Period(kind, f"{prefix}{year:04}{tail}", first, last)


def parse(code: str, today: date, rules: PeriodRules | None = None) -> Period:
    """The period of a code. Raises Problem: period_unknown, period_backwards, period_future, period_too_old.

    `today`: the figures' own day; a period that has begun by then may be asked for.
    """
    rules = rules or period_rules()
    period = _read(code, rules)
    if period is None:
        raise Problem("period_unknown", written=code[:40])
    return _sensible(period, today, rules)


def custom(first: date, last: date, today: date, rules: PeriodRules | None = None) -> Period:
    """Any days, both included. Raises Problem: period_backwards, period_future, period_too_old."""
    return _sensible(_custom(first, last), today, rules or period_rules())


def comparable(period: Period, today: date) -> Period:
    """The last comparable period: the one before of the same kind, up to as many days as have run of this one.

    A day is compared with the same weekday a week before, any days with as many days just before them.
    """
    days = (period.until(today) - period.first).days
    if period.kind == "day":
        return containing("day", period.first - timedelta(days=7))
    if period.kind == "custom":
        return _custom(period.first - timedelta(days=days + 1), period.first - timedelta(days=1))
    before = containing(period.kind, period.first - timedelta(days=1))
    if not period.running(today):
        return before
    return _custom(before.first, min(before.last, before.first + timedelta(days=days)))


def _sensible(period: Period, today: date, rules: PeriodRules) -> Period:
    written = {"first": f"{period.first:%d/%m/%Y}", "last": f"{period.last:%d/%m/%Y}"}
    if period.last < period.first:
        raise Problem("period_backwards", **written)
    if period.first > today:
        raise Problem("period_future", **written, today=f"{today:%d/%m/%Y}")
    if period.first < rules.oldest:
        raise Problem("period_too_old", **written, oldest=f"{rules.oldest:%d/%m/%Y}")
    return period


def _read(code: str, rules: PeriodRules) -> Period | None:
    readers: dict[str, Callable[..., Period]] = {
        rf"{_DAY}\.\.{_DAY}": lambda *n: _custom(date(*n[:3]), date(*n[3:])),
        _DAY: lambda *n: containing("day", date(*n), rules),
        r"(\d{4})-w(\d{2})": lambda year, week: containing("week", date.fromisocalendar(year, week, 1), rules),
        r"(\d{4})-(\d{2})": lambda year, month: containing("month", date(year, month, 1), rules),
        r"(\d{4})-q([1-4])": lambda year, n: containing("quarter", date(year, n * 3, 1), rules),
        r"(\d{4})": lambda year: containing("year", date(year, 1, 1), rules),
        r"r(\d{4})-(\d{2})": lambda year, month: containing("reporting_month", date(year, month, 1), rules),
        r"r(\d{4})-q([1-4])": lambda year, n: containing("reporting_quarter", date(year, n * 3, 1), rules),
        r"r(\d{4})": lambda year: containing("reporting_year", date(year, 1, 1), rules),
    }
    for pattern, make in readers.items():
        found = re.fullmatch(pattern, code, re.ASCII)
        if found:
            try:
                return make(*map(int, found.groups()))
            except (ValueError, OverflowError):  # no such day, month or week
                return None
    return None


def _custom(first: date, last: date) -> Period:
    return Period("custom", f"{first.isoformat()}..{last.isoformat()}", first, last)


def _on(month: int, day: int) -> date:
    """A day of a month counted from year 0."""
    return date(month // 12, month % 12 + 1, day)
