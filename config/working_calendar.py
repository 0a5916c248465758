"""The city's working calendar: holidays of the package `holidays`, overridden by working_calendar.yaml."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import holidays
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from config.problems import Problem
from config.settings import CONFIG_DIR
from config.words import Words

CALENDAR_FILE = CONFIG_DIR / "working_calendar.yaml"
_DATE = re.compile(r"\d\d/\d\d/\d{4}")
# What pydantic calls a mistake → how we say it (Vietnamese, English)
_PLAIN = {
    "missing": ("thiếu mục này.", "this key is missing."),
    "extra_forbidden": ("không có mục nào tên như vậy.", "there is no such key."),
    "date": ("phải là một ngày có thật, ghi như 2026-01-31.", "must be a day that exists, written like 2026-01-31."),
    "time": ('phải là giờ trong ngoặc kép, ghi như "08:00".', 'must be a time in quotes, like "08:00".'),
    "too_short": ("phải có ít nhất một khoảng giờ.", "needs at least one span of hours."),
    "value_error": ("phải có tên bằng cả hai thứ tiếng (vi, en).", "needs a name in both languages (vi, en)."),
}
_UNFIT = ("không đúng dạng; xem phần chú giải trong tệp.", "has the wrong form; see the comments in the file.")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Strict):
    """Office hours from … to, on one day."""

    opens: time = Field(alias="from")
    closes: time = Field(alias="to")


class Swap(_Strict):
    """A day off that is worked on another day."""

    off: date
    work: date


class NamedDay(_Strict):
    """A day and what it is called."""

    day: date
    name: Words


class WorkingCalendar(_Strict):
    """The file's content. Days from `first` to `last` are known; hours are local."""

    first: date
    last: date
    office_hours: tuple[Span, ...] = Field(min_length=1)
    same_day_cutoff: time
    swaps: tuple[Swap, ...] = ()
    days_off: tuple[NamedDay, ...] = ()
    working_days: tuple[NamedDay, ...] = ()

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


class _Written(RoundTripConstructor):
    """Leaves dates as they are written: ruamel ends in a ValueError without a place for 30 February."""


_Written.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: node.value)


@lru_cache(maxsize=4)
def working_calendar(path: Path = CALENDAR_FILE) -> WorkingCalendar:
    """The calendar in force, read once a process.

    Raises Problem calendar_unreadable or calendar_invalid with the file, the line, the key and what to do.
    """
    try:
        yaml = YAML()
        yaml.Constructor = _Written
        document = yaml.load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise Problem("calendar_unreadable", path=path, line=line, reason=error.problem or "YAML") from None
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise Problem("calendar_unreadable", path=path, line="?", reason=error) from None
    try:
        calendar = WorkingCalendar.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        kind = first["type"]
        vi, en = _PLAIN.get(kind, _PLAIN.get(kind.split("_")[0], _UNFIT))
        raise _invalid(path, document, first["loc"], vi, en) from None
    for loc, vi, en in _contradictions(calendar):
        raise _invalid(path, document, loc, vi, en)
    return calendar


def _contradictions(calendar: WorkingCalendar) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """What is wrong between the keys: (place, Vietnamese, English)."""
    if calendar.first > calendar.last:
        yield ("last",), "phải sau ngày đầu (first).", "must lie after the first day (first)."
    reached = time.min
    for i, span in enumerate(calendar.office_hours):
        if not reached <= span.opens < span.closes:
            yield (
                ("office_hours", i),
                "các khoảng giờ phải nối tiếp nhau, giờ mở trước giờ đóng.",
                "spans must follow one another, each opening before it closes.",
            )
        reached = span.closes
    opens, closes = calendar.office_hours[0].opens, calendar.office_hours[-1].closes
    if not opens <= calendar.same_day_cutoff <= closes:
        yield ("same_day_cutoff",), "phải nằm trong giờ làm việc.", "must lie within office hours."
    seen: set[date] = set()
    days: list[tuple[tuple[str | int, ...], date]] = [
        (("swaps", i, key), getattr(swap, key)) for i, swap in enumerate(calendar.swaps) for key in ("off", "work")
    ]
    for name in ("days_off", "working_days"):
        days += [((name, i, "day"), entry.day) for i, entry in enumerate(getattr(calendar, name))]
    for loc, day in days:
        if not calendar.first <= day <= calendar.last:
            yield loc, "nằm ngoài khoảng từ first đến last.", "lies outside the span from first to last."
        if day in seen:
            yield (
                loc,
                "ngày này đã ghi ở trên; mỗi ngày chỉ ghi một lần.",
                "this day stands above already; write it once.",
            )
        seen.add(day)


def _invalid(path: Path, document: Any, loc: tuple[str | int, ...], vi: str, en: str) -> Problem:
    """The problem at a place of the document, with the line of the deepest part of it that the file has."""
    line, node = 1, document
    for part in loc:
        try:
            line = (node.lc.key(part) if hasattr(node, "keys") else node.lc.item(part))[0] + 1
            node = node[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    key = ".".join(str(part + 1 if isinstance(part, int) else part) for part in loc) or "–"
    return Problem("calendar_invalid", path=path, line=line, key=key, vi=vi, en=en)
