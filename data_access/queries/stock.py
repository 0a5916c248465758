"""What units had open and overdue at the end of an earlier day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import one, rows

LATE_AT = "CASE WHEN w.late THEN w.as_of END AS late_at"
"""Of a closed day `w` of snapshot_day: the source's instant it was counted at when that was long after its end."""
CLOSED = "SELECT EXISTS (SELECT FROM snapshot_day WHERE day = :day) AS closed"
SNAPSHOT = """
SELECT unit_code, sum(open)::int AS open, sum(overdue)::int AS overdue FROM backlog_snapshot
WHERE day = :day AND unit_code = ANY (:units) GROUP BY unit_code
"""
NOW = """
SELECT unit_code, sum(open)::int AS open, sum(overdue)::int AS overdue FROM open_stock
WHERE unit_code = ANY (:units) GROUP BY unit_code
"""
# A receipt or end that the source dates ahead is open, or no longer open, now: so only becoming overdue has an end.
SINCE = """
SELECT unit_code, sum(received - settled)::int AS open,
       (coalesce(sum(became_overdue - settled_late) FILTER (WHERE day <= :today), 0))::int AS overdue
FROM unit_day WHERE unit_code = ANY (:units) AND day > :day GROUP BY unit_code
"""


@dataclass(frozen=True)
class Stock:
    """Unit → (open, overdue) dossiers at a day's end; units without any have (0, 0).

    counted: they were counted at that day's end; else reckoned back from now by what came and went. A list of that day
    is what is reckoned back; beside: the units as it has them, where `stock_at` was asked for both.
    """

    units: dict[str, tuple[int, int]]
    counted: bool
    beside: dict[str, tuple[int, int]] = field(default_factory=dict)

    def of(self, units: Iterable[str]) -> tuple[int, int]:
        """The sums over some units."""
        found = [self.units[unit] for unit in units]
        return sum(n for n, _ in found), sum(n for _, n in found)

    @property
    def listed(self) -> dict[str, bool]:
        """Figure (open, overdue) → whether its list has the same number in every unit."""
        return {name: all(self.units[unit][n] == of[n] for unit, of in self.beside.items())
                and self.beside.keys() == self.units.keys() for n, name in enumerate(("open", "overdue"))}  # fmt: skip


def stock_at(connection: Connection, units: Iterable[str], day: date, today: date, *, beside: bool = False) -> Stock:
    """The stock of units at the end of `day`, before the figures' own day `today`; `beside`: with what a list has.

    For district.py, red.py, compare.py and ward.py.
    """
    asked = list(units)
    nothing = {"open": 0, "overdue": 0}
    if not one(connection, CLOSED, day=day)["closed"]:
        found = _reckoned(connection, asked, day, today)
        return Stock(found, counted=False, beside=found)
    rows_of = _by_unit(rows(connection, SNAPSHOT, day=day, units=asked))
    then = {unit: rows_of.get(unit, nothing) for unit in asked}
    counted = {unit: (at["open"], at["overdue"]) for unit, at in then.items()}
    return Stock(counted, counted=True, beside=_reckoned(connection, asked, day, today) if beside else {})


def _reckoned(connection: Connection, units: list[str], day: date, today: date) -> dict[str, tuple[int, int]]:
    """What is now, less what came since, plus what went: the list of that day (dossiers.STOCK) has as many."""
    now = _by_unit(rows(connection, NOW, units=units))
    since = _by_unit(rows(connection, SINCE, units=units, day=day, today=today))
    nothing = {"open": 0, "overdue": 0}

    def then(unit: str, name: str) -> int:
        return int(now.get(unit, nothing)[name] - since.get(unit, nothing)[name])

    return {unit: (then(unit, "open"), then(unit, "overdue")) for unit in units}


def _by_unit(found: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    return {row["unit_code"]: row for row in found}
