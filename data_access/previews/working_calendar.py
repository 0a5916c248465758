"""Which open dossiers' legal deadlines an edited working calendar moves, and which days change their kind.

The deadline is the one reckoned by law: receipt, the procedure's limit, pauses (rules/deadline.py, what the dossier's
screen explains). Due dates that the one-stop system itself gives are its own and stay. Closed days are never
rewritten: their snapshots keep the figures they had.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from config.i18n import NOTHING, Texts, mark
from config.registry import registry
from config.settings import settings
from config.working_calendar import WorkingCalendar
from data_access.previews.table import MOST, Item, Preview, Table, count_left_out, shortened
from data_access.queries.answers import one, rows
from data_access.rules.clock import WorkingClock
from data_access.rules.deadline import paused_due_at
from data_access.rules.plain_clock import Calendar
from data_access.working_time import RECENT_DAYS, calendar_of

OPEN = """
SELECT o.dossier_id, o.dossier_code, o.received_at, p.limit_value::float8 AS limit_value, p.limit_unit,
       coalesce(p.same_day, false) AS same_day, o.unit_code, u.ward_code, u.name AS unit_name, o.district_code
FROM open_dossier o LEFT JOIN procedure p USING (procedure_code) LEFT JOIN unit u ON u.unit_code = o.unit_code
"""
PAUSES = "SELECT dossier_id, from_at, to_at FROM pause JOIN open_dossier o USING (dossier_id)"
KINDS = {"work": mark("working day"), "off": mark("day off"), "made_up": mark("make-up day"),
         "outside": mark("outside the calendar")}  # fmt: skip
WARDS = 50


@dataclass(frozen=True)
class Moves:
    """open: open dossiers; moved: those whose deadline differs, with `before` and `after` (UTC; NaT: not countable)."""

    open: int
    moved: pd.DataFrame


def moves(connection: Connection, before: Calendar, after: Calendar) -> Moves:
    """The open dossiers whose reckoned deadline moves. connection: sees the whole city; every open dossier is read."""
    as_of = pd.Timestamp(one(connection, "SELECT as_of FROM data_version")["as_of"])
    found = _frame(rows(connection, OPEN), ("received_at",)).set_index("dossier_id", drop=False).rename_axis(None)
    pauses = _frame(rows(connection, PAUSES), ("from_at", "to_at"))
    if found.empty:
        return Moves(0, found)
    tz = settings().timezone
    for name, calendar in (("before", before), ("after", after)):
        found[name] = paused_due_at(found, pauses, WorkingClock.of(calendar), tz, as_of)
    same = (found["before"] == found["after"]) | (found["before"].isna() & found["after"].isna())
    return Moves(len(found), found[~same].sort_values(["before", "dossier_id"]))


def _frame(given: list[dict[str, Any]], instants: tuple[str, ...]) -> pd.DataFrame:
    names = list(given[0]) if given else ["dossier_id", *instants]
    found = pd.DataFrame(given, columns=names)
    for name in instants:
        found[name] = pd.to_datetime(found[name], utc=True)
    return found


def preview(connection: Connection, before: WorkingCalendar, after: WorkingCalendar, t: Texts) -> Preview:
    """How many deadlines move and how far, the wards most touched, the dossiers, and the days that change."""
    then, now = calendar_of(before), calendar_of(after)
    today: date = one(connection, "SELECT as_of_day FROM data_version")["as_of_day"]
    found = moves(connection, then, now)
    moved = found.moved
    said = [*_counted(found, t), *_recent(then, now, today, t)]
    tables = []
    days = changed_days(then, now)
    if days:
        closed = sum(day < today for day, _, _ in days)
        if closed:
            said.append(t("{n} of the changed days are closed already: their figures stay as they were recorded.",
                          n=t.number(closed)))  # fmt: skip
        tables.append(_days(days, then, now, said, t))
    if len(moved):
        tables += [_wards(moved, t), _dossiers(moved, said, t)]
    return Preview(said, tables)


def _counted(found: Moves, t: Texts) -> list[str]:
    moved = found.moved
    if not len(moved):
        return [t("No deadline of {n} open dossiers moves.", n=t.number(found.open))]
    later = int((moved["after"] > moved["before"]).sum())
    earlier = int((moved["after"] < moved["before"]).sum())
    said = [
        t("The legal deadline of {n} of {open} open dossiers moves: {later} later, {earlier} earlier.",
          n=t.number(len(moved)), open=t.number(found.open), later=t.number(later), earlier=t.number(earlier)),
        t("Due dates that the one-stop system itself has given stay: they are its own."),
    ]  # fmt: skip
    lost, gained = int(moved["after"].isna().sum()), int(moved["before"].isna().sum())
    if lost:
        said.append(t("{n} of them would lie outside the calendar and have no reckoned deadline.", n=t.number(lost)))
    if gained:
        said.append(t("{n} of them get a reckoned deadline that they did not have.", n=t.number(gained)))
    return said


def _recent(before: Calendar, after: Calendar, today: date, t: Texts) -> list[str]:
    """The working days that means are taken over."""
    span = [today - timedelta(days=n) for n in range(RECENT_DAYS)]
    try:
        then, now = (sum(calendar.works(day) for day in span) for calendar in (before, after))
    except ValueError:
        return []
    if then == now:
        return []
    return [t("Working days of the last {days} days: {before} → {after}; means per working day follow.",
              days=RECENT_DAYS, before=t.number(then), after=t.number(now))]  # fmt: skip


def changed_days(before: Calendar, after: Calendar) -> list[tuple[date, str, str]]:
    """(day, kind before, kind after) of the days of either calendar that change; a day beyond one is `outside` there.

    Days merely outside one of them are left out but for named ones: years of plain weeks say nothing.
    """
    named = sorted({*before.off, *before.made_up, *after.off, *after.made_up})
    found = [(day, kind_of(before, day), kind_of(after, day)) for day in named]
    return [(day, then, now) for day, then, now in found if then != now]


def kind_of(calendar: Calendar, day: date) -> str:
    """work, off (a weekend too), made_up or outside."""
    if not calendar.first <= day <= calendar.last:
        return "outside"
    return "made_up" if day in calendar.made_up else "work" if calendar.works(day) else "off"


def _days(days: list[tuple[date, str, str]], before: Calendar, after: Calendar, said: list[str], t: Texts) -> Table:
    heads = [(t("Day"), True), (t("Now"), False), (t("With the edit"), False)]
    found = []
    for day, then, now in days:
        cells = []
        for kind, calendar in ((then, before), (now, after)):
            name = calendar.off.get(day) or calendar.made_up.get(day)
            cells.append(Item(t(KINDS[kind]), kind, "", name[t.lang] if name else ""))
        found.append([Item(f"{t.weekday(day)} {t.day(day)}", day.toordinal()), *cells])
    return Table(t("Days that change"), heads, shortened(found, said, t), NOTHING)


def _wards(moved: pd.DataFrame, t: Texts) -> Table:
    counted = moved.groupby("unit_code", sort=False).agg(
        n=("dossier_id", "size"), ward_code=("ward_code", "first"), name=("unit_name", "first"),
        district=("district_code", "first"),
    ).sort_values("n", ascending=False, kind="stable").head(WARDS)  # fmt: skip
    found = [
        [Item(*_place(row["ward_code"], row["name"], row["district"])), Item(t.number(row["n"]), row["n"])]
        for row in _records(counted)
    ]
    return Table(t("Units most touched"), [(t("Unit"), False), (t("Deadlines moved"), True)], found, NOTHING)


def _place(ward_code: Any, name: Any, district_code: str) -> tuple[str, None, Any, str]:
    """(name, –, –, district) as an Item takes them."""
    known = registry()
    ward = known.wards.get(ward_code) if isinstance(ward_code, str) else None
    district = known.districts.get(district_code)
    return (ward.name if ward else str(name)), None, "", district.name if district else ""


def _dossiers(moved: pd.DataFrame, said: list[str], t: Texts) -> Table:
    count_left_out(len(moved), said, t)
    heads = [(t("Dossier"), False), (t("Unit"), False), (t("Deadline now"), True), (t("With the edit"), True)]
    found = [
        [
            Item(row["dossier_code"]), Item(*_place(row["ward_code"], row["unit_name"], row["district_code"])),
            _when(row["before"], t), _when(row["after"], t, later=bool(row["after"] > row["before"])),
        ]
        for row in _records(moved.head(MOST))
    ]  # fmt: skip
    return Table(t("Dossiers whose deadline moves"), heads, found, NOTHING)


def _records(frame: pd.DataFrame) -> list[dict[Any, Any]]:
    return frame.to_dict("records")


def _when(at: Any, t: Texts, *, later: bool | None = None) -> Item:
    if pd.isna(at):
        return Item(t("not countable"), None, "quiet")
    return Item(t.moment(at.to_pydatetime()), at.timestamp(), "" if later is None else "good" if later else "bad")
