"""What units had open and overdue at the end of an earlier day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import one, rows

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
SELECT unit_code, sum(received - settled_early - settled_on_time - settled_late)::int AS open,
       (coalesce(sum(became_overdue - settled_late) FILTER (WHERE day <= :today), 0))::int AS overdue
FROM flow_day WHERE unit_code = ANY (:units) AND day > :day GROUP BY unit_code
"""


@dataclass(frozen=True)
class Stock:
    """Unit → (open, overdue) dossiers at a day's end; units without any have (0, 0).

    counted: they were counted at that day's end; else reckoned back from now by what came and went.
    """

    units: dict[str, tuple[int, int]]
    counted: bool

    def of(self, units: Iterable[str]) -> tuple[int, int]:
        """The sums over some units."""
        found = [self.units[unit] for unit in units]
        return sum(n for n, _ in found), sum(n for _, n in found)


def stock_at(connection: Connection, units: Iterable[str], day: date, today: date) -> Stock:
    """The stock of units at the end of `day`, before the figures' own day `today`. For district.py and red.py."""
    asked = list(units)
    counted = bool(one(connection, CLOSED, day=day)["closed"])
    moved: dict[str, dict[str, int]] = {}
    if counted:
        found = _by_unit(rows(connection, SNAPSHOT, day=day, units=asked))
    else:
        found = _by_unit(rows(connection, NOW, units=asked))
        moved = _by_unit(rows(connection, SINCE, units=asked, day=day, today=today))
    nothing = {"open": 0, "overdue": 0}

    def then(unit: str) -> tuple[int, int]:
        at, since = found.get(unit, nothing), moved.get(unit, nothing)
        return at["open"] - since["open"], at["overdue"] - since["overdue"]

    return Stock({unit: then(unit) for unit in asked}, counted)


def _by_unit(found: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    return {row["unit_code"]: row for row in found}
