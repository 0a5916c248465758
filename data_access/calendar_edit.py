"""Edits of the working calendar's text: a day in, a day out, hours, and a file of days; comments stay.

Nothing of it is in force: what comes out is a text that takes the same checks as one written by hand.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Literal

from config.edit import add_item, get_value, remove_item, set_value
from config.problems import Problem
from config.working_calendar import WorkingCalendar
from data_access.period_words import read_day

Kind = Literal["off", "work"]
LISTS: dict[Kind, str] = {"off": "days_off", "work": "working_days"}
"""Which key of the file holds days of a kind."""
KIND_WORDS: dict[str, Kind] = {
    "off": "off", "nghi": "off", "nghỉ": "off", "work": "work", "lam": "work", "làm": "work", "làm bù": "work",
    "lam bu": "work",
}  # fmt: skip
"""What a file of days may say in the column `kind`."""
MOST_LINES = 200
LONGEST_NAME = 120


@dataclass(frozen=True)
class NewDay:
    """A day with its kind and its name in both languages."""

    day: date
    kind: Kind
    vi: str
    en: str


def with_day(text: str, new: NewDay) -> str:
    """The calendar's text with one day more. Raises Problem: calendar_name, calendar_day_twice, and those of edit."""
    if not new.vi.strip():
        raise Problem("calendar_name")
    if new.day.isoformat() in {day for _, _, day in named_days(text)}:
        raise Problem("calendar_day_twice", day=f"{new.day:%d/%m/%Y}")
    entry = {"day": new.day, "name": {"vi": new.vi.strip(), "en": new.en.strip() or new.vi.strip()}}
    return add_item(_with_list(text, LISTS[new.kind]), (LISTS[new.kind],), entry)


def _with_list(text: str, key: str) -> str:
    """A file may leave a list out."""
    try:
        get_value(text, (key,))
    except Problem:
        return set_value(text, (key,), [])
    return text


def without(text: str, key: str, at: int) -> str:
    """The text without the `at`-th entry of swaps, days_off or working_days."""
    return remove_item(text, (key, at))


def named_days(text: str) -> list[tuple[str, int, str]]:
    """(key, place in its list, day as written) of every entry of the file's own; a swap by both of its days."""
    found = []
    for key, parts in (("swaps", ("off", "work")), ("days_off", ("day",)), ("working_days", ("day",))):
        try:
            entries = get_value(text, (key,)) or []
        except Problem:
            continue
        found += [(key, n, str(entry[part])) for n, entry in enumerate(entries) for part in parts if part in entry]
    return found


def with_hours(text: str, spans: list[tuple[str, str]], cutoff: str) -> str:
    """The text with other office hours ("08:00") and another limit of same-day procedures; only what differs is set."""
    for n, (opens, closes) in enumerate(spans):
        for key, said in (("from", opens), ("to", closes)):
            if str(get_value(text, ("office_hours", n, key))) != said:
                text = set_value(text, ("office_hours", n, key), said)
    if str(get_value(text, ("same_day_cutoff",))) != cutoff:
        text = set_value(text, ("same_day_cutoff",), cutoff)
    return text


def read_days(raw: bytes, calendar: WorkingCalendar) -> tuple[list[NewDay], list[Problem]]:
    """The days of a CSV file with the columns day, kind, name (and name_en), and all that is wrong with it.

    Commas or semicolons, UTF-8; days as 20/11/2026 or 2026-11-20; kinds of KIND_WORDS. calendar: days must lie in it.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Problem("calendar_file", line=1, vi="tệp không phải UTF-8", en="the file is not UTF-8")]
    head = text.split("\n", 1)[0]
    lines = csv.DictReader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ",")
    names = [str(name or "").strip().lower() for name in lines.fieldnames or ()]
    missing = [name for name in ("day", "kind", "name") if name not in names]
    if missing:
        return [], [Problem("calendar_file", line=1, vi=f"thiếu cột {missing[0]}; cần: day, kind, name",
                            en=f"the column {missing[0]} is missing; needed: day, kind, name")]  # fmt: skip
    lines.fieldnames = names
    found: list[NewDay] = []
    wrong: list[Problem] = []
    seen: set[date] = set()
    try:
        for row in lines:
            if len(found) + len(wrong) >= MOST_LINES:
                wrong.append(_wrong(lines.line_num, f"quá {MOST_LINES} dòng", f"more than {MOST_LINES} lines"))
                break
            try:
                new = _day(row, calendar, seen, lines.line_num)
            except Problem as problem:
                wrong.append(problem)
                continue
            seen.add(new.day)
            found.append(new)
    except csv.Error:
        wrong.append(_wrong(lines.line_num, "không phải CSV", "is no CSV"))
    if not found and not wrong:
        wrong.append(_wrong(1, "không có ngày nào", "there is no day in it"))
    return found, wrong


def _day(row: dict[str, str | None], calendar: WorkingCalendar, seen: set[date], line: int) -> NewDay:
    written, kind = ((row.get(key) or "").strip() for key in ("day", "kind"))
    try:
        day = read_day(written)
    except Problem:
        raise _wrong(line, f"“{written}” không phải ngày; viết như 20/11/2026",
                     f"“{written}” is no day; write 20/11/2026") from None  # fmt: skip
    if kind.lower() not in KIND_WORDS:
        raise _wrong(line, f"“{kind}” không phải loại ngày; có: off (nghỉ), work (làm bù)",
                     f"“{kind}” is no kind of day; there are: off, work")  # fmt: skip
    vi, en = ((row.get(key) or "").strip()[:LONGEST_NAME] for key in ("name", "name_en"))
    if not vi:
        raise _wrong(line, "thiếu tên ngày", "the day's name is missing")
    if not calendar.first <= day <= calendar.last:
        raise _wrong(line, "ngày nằm ngoài lịch", "the day lies outside the calendar")
    if day in seen:
        raise _wrong(line, f"ngày {written} đã có ở trên", f"{written} stands above already")
    return NewDay(day, KIND_WORDS[kind.lower()], vi, en or vi)


def _wrong(line: int, vi: str, en: str) -> Problem:
    return Problem("calendar_file", line=line, vi=vi, en=en)
