"""A district's wards and its own office: what is open now, what a period brought, beside medians of the city."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import local_day, rows
from data_access.queries.coverage import BY_WARD, TOTAL, offers
from data_access.queries.overview import TREND_DAYS, stock_by_day
from data_access.queries.stock import LATE_AT, stock_at

UNITS = "SELECT unit_code, ward_code, tier, name FROM unit WHERE district_code = :district ORDER BY unit_code"
OF_WARDS = """
SELECT unit_code, ward_code, tier, name FROM unit WHERE ward_code = ANY (CAST(:wards AS text[])) ORDER BY unit_code
"""

STOCK = """
SELECT unit_code, sum(open)::int AS open, sum(overdue)::int AS overdue, sum(due_24h)::int AS due_24h,
       sum(suspended)::int AS suspended
FROM open_stock WHERE unit_code = ANY (:units) GROUP BY unit_code
"""

# One unit's days lie together in the key, whatever the number of units and years.
FLOWS = """
SELECT unit_code, sum(received)::int AS received, sum(received_online)::int AS received_online,
       sum(settled)::int AS settled, sum(in_time)::int AS in_time, sum(rated)::int AS rated,
       sum(satisfied)::int AS satisfied
FROM unit_day WHERE unit_code = ANY (:units) AND day BETWEEN :first AND :last GROUP BY unit_code
"""

DAYS = """
SELECT unit_code, day, received, settled, became_overdue - settled_late AS overdue
FROM unit_day WHERE unit_code = ANY (:units) AND day > CAST(:today AS date) - :days AND day <= :today
"""

CLOSED = f"""
SELECT w.day, u.unit_code, coalesce(sum(b.open), 0)::int AS open, coalesce(sum(b.overdue), 0)::int AS overdue, {LATE_AT}
FROM snapshot_day w CROSS JOIN unnest(CAST(:units AS text[])) AS u(unit_code)
LEFT JOIN backlog_snapshot b ON b.day = w.day AND b.unit_code = u.unit_code
WHERE w.day > CAST(:today AS date) - :days AND w.day < :today GROUP BY w.day, u.unit_code
"""

MEDIANS = "SELECT * FROM city_medians(:first, :last, :few)"

SHARES = {"form_on_time": ("in_time", "settled"), "online_period": ("received_online", "received"),
          "satisfied_period": ("satisfied", "rated")}  # fmt: skip
"""Indicators that are shares of a period's flows: (part, whole)."""
MEDIAN_OF = {"form_on_time": "on_time", "online_period": "online", "satisfied_period": "satisfied"}
"""Share → its name in `District.medians`."""
FLOWING = ("received", "received_online", "settled", "in_time", "rated", "satisfied")
STANDING = ("open", "overdue", "due_24h", "suspended")


@dataclass(frozen=True)
class Place:
    """A ward or (ward_code None) another unit of the district; numbers of dossiers.

    now: open, overdue, due_24h, suspended; flows, before: of the period and of the one it is compared with (received,
    received_online, settled, in_time, rated, satisfied); earlier: (open, overdue) at the end of the latter; offered:
    commune-level procedures at level 3 and 4 now; trend: the last 31 days (overview.stock_by_day).
    """

    unit_code: str
    ward_code: str | None
    name: str
    now: dict[str, int]
    flows: dict[str, int]
    before: dict[str, int]
    earlier: tuple[int, int]
    offered: int
    trend: list[dict[str, Any]]


@dataclass(frozen=True)
class District:
    """places: every ward, then the other units; procedures: commune-level ones in force.

    medians: level ("ward", "district") → of all wards or districts of the city: open, overdue, due_24h, on_time,
    online, satisfied (shares), offered; None where too few places have enough to say. counted: whether `earlier` was
    counted at that day's end or is reckoned back.
    """

    places: list[Place]
    procedures: int
    medians: dict[str, dict[str, float | None]]
    counted: bool

    @property
    def whole(self) -> Place:
        """The sums over all places, without a trend."""

        def total(part: str, names: tuple[str, ...]) -> dict[str, int]:
            return {name: sum(getattr(place, part)[name] for place in self.places) for name in names}

        earlier = sum(p.earlier[0] for p in self.places), sum(p.earlier[1] for p in self.places)
        offered = sum(place.offered for place in self.places)
        return Place("", None, "", total("now", STANDING), total("flows", FLOWING), total("before", FLOWING), earlier,
                     offered, [])  # fmt: skip

    @property
    def wards(self) -> list[Place]:
        """The wards among the places."""
        return [place for place in self.places if place.ward_code is not None]


def district_figures(
    connection: Connection, district: str, first: date, last: date, before_first: date, before_last: date, few: int
) -> District:
    """One district from `first` to `last` (at most up to the figures' own day) beside an earlier period.

    few: below so many dossiers a place's share counts for no median. Called by pages/district.py and pages/ward.py.
    """
    units = rows(connection, UNITS, district=district)
    return _figures(connection, units, (first, last), (before_first, before_last), few)


def ward_figures(
    connection: Connection, wards: tuple[str, ...], first: date, last: date, before_first: date, before_last: date,
    few: int,
) -> District:  # fmt: skip
    """The same of some wards, of any districts in scope; those without a unit are left out. For pages/compare.py."""
    units = rows(connection, OF_WARDS, wards=list(wards))
    return _figures(connection, units, (first, last), (before_first, before_last), few)


def _figures(
    connection: Connection, units: list[dict[str, Any]], period: tuple[date, date], earlier_period: tuple[date, date],
    few: int,
) -> District:  # fmt: skip
    (first, last), (before_first, before_last) = period, earlier_period
    today = local_day(connection)
    codes = [unit["unit_code"] for unit in units]
    stock = {r["unit_code"]: r for r in rows(connection, STOCK, units=codes)}
    flows = _flows(connection, codes, first, last)
    before = _flows(connection, codes, before_first, before_last)
    earlier = stock_at(connection, codes, before_last, today)
    offered = {r["ward_code"]: offers(r) for r in rows(connection, f"{BY_WARD} AND u.unit_code = ANY (:units)",
                                                       units=codes, on=today)}  # fmt: skip
    days, closed = _days(connection, codes, today)
    places = []
    for unit in sorted(units, key=lambda u: u["ward_code"] is None):
        code = unit["unit_code"]
        now = {name: int(stock.get(code, {}).get(name, 0)) for name in STANDING}
        trend = stock_by_day(days.get(code, []), now["open"], now["overdue"], today, closed.get(code))
        places.append(
            Place(code, unit["ward_code"], unit["name"], now, flows[code], before[code], earlier.units[code],
                  offered.get(unit["ward_code"], 0), trend)
        )  # fmt: skip
    medians = {row.pop("level"): row for row in rows(connection, MEDIANS, first=first, last=last, few=few)}
    procedures = int(rows(connection, TOTAL, on=today)[0]["n"])
    return District(places, procedures, medians, earlier.counted)


def _flows(connection: Connection, units: list[str], first: date, last: date) -> dict[str, dict[str, int]]:
    found = {r["unit_code"]: r for r in rows(connection, FLOWS, units=units, first=first, last=last)}
    return {unit: {name: int(found.get(unit, {}).get(name) or 0) for name in FLOWING} for unit in units}


def _days(
    connection: Connection, units: list[str], today: date
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, dict[date, dict[str, Any]]]]:
    """Unit → what came and went by day, and its stock at the end of days that were counted."""
    days: dict[str, list[dict[str, Any]]] = {}
    closed: dict[str, dict[date, dict[str, Any]]] = {}
    for row in rows(connection, DAYS, units=units, today=today, days=TREND_DAYS):
        days.setdefault(row["unit_code"], []).append(row)
    for row in rows(connection, CLOSED, units=units, today=today, days=TREND_DAYS):
        closed.setdefault(row["unit_code"], {})[row["day"]] = row
    return days, closed
