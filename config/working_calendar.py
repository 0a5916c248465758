"""The city's working calendar: holidays of the package `holidays`, overridden by working_calendar.yaml."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import Any

import holidays
import numpy as np
from pydantic import Field, ValidationError, model_validator

from config.kept import Kept
from config.mistakes import MisplacedError, mistakes
from config.models import Strict, validated
from config.problems import Problem
from config.settings import CONFIG_DIR
from config.words import Words
from config.yaml_lines import Place, once, whole

CALENDAR_FILE = CONFIG_DIR / "working_calendar.yaml"
_DATE = re.compile(r"\d\d/\d\d/\d{4}")


class Span(Strict):
    """Office hours from … to, on one day."""

    opens: time = Field(alias="from")
    closes: time = Field(alias="to")


class Swap(Strict):
    """A day off that is worked on another day."""

    off: date
    work: date


class NamedDay(Strict):
    """A day and what it is called."""

    day: date
    name: Words


class WorkingCalendar(Strict):
    """The file's content. Days from `first` to `last` are known; hours are local."""

    first: date = Field(ge=date(1990, 1, 1))
    last: date = Field(le=date(2100, 12, 31))
    office_hours: tuple[Span, ...] = Field(min_length=1)
    same_day_cutoff: time
    swaps: tuple[Swap, ...] = ()
    days_off: tuple[NamedDay, ...] = ()
    working_days: tuple[NamedDay, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> "WorkingCalendar":
        for place, vi, en in _contradictions(self):
            raise MisplacedError(place, vi, en)
        return self

    @cached_property
    def off(self) -> dict[date, Words]:
        """Every day off from first to last that is not merely a weekend, with its name; weekends may be among them."""
        vi, en = self._package
        found: dict[date, Words] = {}
        for day in sorted(vi):
            swapped = _DATE.search(vi[day])
            found[day] = _off_for(swapped.group()) if swapped else {"vi": vi[day], "en": en[day]}
        found |= {s.off: _off_for(_written(s.work)) for s in self.swaps}
        found |= {d.day: d.name for d in self.days_off}
        return {day: name for day, name in sorted(found.items()) if self._known(day) and day not in self.made_up}

    @cached_property
    def made_up(self) -> dict[date, Words]:
        """Every weekend day or holiday from first to last that is worked, with its name."""
        vi, _ = self._package
        off = {d.off for d in self.swaps} | {d.day for d in self.days_off}
        found: dict[date, Words] = {}
        for day in sorted(vi):
            swapped = _DATE.search(vi[day])
            if not swapped or day in off:
                continue  # no swap, or the file says what makes up for it
            worked = datetime.strptime(swapped.group(), "%d/%m/%Y").date()  # noqa: DTZ007
            if worked not in off:
                found[worked] = _work_for(day)
        found |= {s.work: _work_for(s.off) for s in self.swaps}
        found |= {d.day: d.name for d in self.working_days}
        return {day: name for day, name in sorted(found.items()) if self._known(day)}

    @cached_property
    def _package(self) -> tuple[Any, Any]:
        # One year more: a day off in January may be worked in December.
        years = range(self.first.year, self.last.year + 2)
        return tuple(holidays.country_holidays("VN", years=years, language=lang) for lang in ("vi", "en_US"))  # type: ignore[return-value]

    def _known(self, day: date) -> bool:
        return self.first <= day <= self.last


def _written(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _off_for(worked: str) -> Words:
    return {"vi": f"Nghỉ hoán đổi (làm bù ngày {worked})", "en": f"Swapped day off (worked on {worked})"}


def _work_for(off: date) -> Words:
    return {"vi": f"Làm bù cho ngày {_written(off)}", "en": f"Made up for {_written(off)}"}


def read(
    path: Path = CALENDAR_FILE, text: str | None = None, _: object = None
) -> tuple[WorkingCalendar | None, list[Problem]]:
    """The calendar of a file (or of `text`), or None and all that is wrong."""
    try:
        entry = whole(path, text)
        once(path, entry, {})
    except Problem as problem:
        if problem.code in ("config_unreadable", "config_twice"):
            reason = (
                problem.facts.get("reason") or f"duplicate key “{problem.facts['key']}” (line {problem.facts['first']})"
            )
            return None, [Problem("calendar_unreadable", path=path, line=problem.facts["line"], reason=reason)]
        return None, [problem]
    try:
        return validated(WorkingCalendar, entry.value), []
    except ValidationError as error:
        return None, [
            Problem("calendar_invalid", path=path, line=m.line, key=_key(m.place), vi=f"{m.vi}.", en=f"{m.en}.")
            for m in mistakes(entry, error, WorkingCalendar)
        ]


def _key(place: Place) -> str:
    """The first of a list is 1 here, as people count days."""
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in place) or "–"


kept: Kept[WorkingCalendar] = Kept(CALENDAR_FILE.name, read)


def working_calendar(path: Path | None = None) -> WorkingCalendar:
    """The calendar in force, or that of a file.

    Raises Problem calendar_unreadable or calendar_invalid with the file, the line, the key and what to do.
    """
    if path is None:
        return kept.value()
    found, problems = read(path)
    if found is None:
        raise problems[0]
    return found


def _contradictions(calendar: WorkingCalendar) -> Iterator[tuple[Place, str, str]]:
    """What is wrong between the keys: (place, Vietnamese, English)"""
    if calendar.first > calendar.last:
        yield ("last",), "phải sau ngày đầu (first)", "must lie after the first day (first)"
        return
    reached = time.min
    for i, span in enumerate(calendar.office_hours):
        if not reached <= span.opens < span.closes:
            yield (
                ("office_hours", i),
                "các khoảng giờ phải nối tiếp nhau, giờ mở trước giờ đóng",
                "spans must follow one another, each opening before it closes",
            )
        reached = span.closes
    opens, closes = calendar.office_hours[0].opens, calendar.office_hours[-1].closes
    if not opens <= calendar.same_day_cutoff <= closes:
        yield ("same_day_cutoff",), "phải nằm trong giờ làm việc", "must lie within office hours"
    seen: set[date] = set()
    days: list[tuple[Place, date]] = [
        (("swaps", i, key), getattr(swap, key)) for i, swap in enumerate(calendar.swaps) for key in ("off", "work")
    ]
    for name in ("days_off", "working_days"):
        days += [((name, i, "day"), entry.day) for i, entry in enumerate(getattr(calendar, name))]
    for loc, day in days:
        if not calendar.first <= day <= calendar.last:
            yield loc, "nằm ngoài khoảng từ first đến last", "lies outside the span from first to last"
        if day in seen:
            yield (
                loc,
                "ngày này đã ghi ở trên; mỗi ngày chỉ ghi một lần",
                "this day stands above already; write it once",
            )
        seen.add(day)
    yield from _empty_years(calendar)


def _empty_years(calendar: WorkingCalendar) -> Iterator[tuple[Place, str, str]]:
    """Whole years of the calendar, and the whole of it, without a working day."""
    days = np.arange(np.datetime64(calendar.first, "D"), np.datetime64(calendar.last, "D") + 1)
    worked = np.is_busday(days) & ~np.isin(days, np.array(list(calendar.off), "M8[D]"))
    worked |= np.isin(days, np.array(list(calendar.made_up), "M8[D]"))
    years = days[worked].astype("M8[Y]").astype(int) + 1970
    whole_years = range(calendar.first.year + (calendar.first > date(calendar.first.year, 1, 1)),
                        calendar.last.year + (calendar.last == date(calendar.last.year, 12, 31)))  # fmt: skip
    for year in sorted(set(whole_years) - set(years.tolist())):
        yield ("days_off",), f"năm {year} không còn ngày làm việc nào", f"the year {year} has no working day left"
    if not worked.any():
        yield ("last",), "lịch không có ngày làm việc nào", "the calendar holds no working day"
