"""The officers of one ward: what they hold, what they finished, when they were last seen."""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import local_day, rows
from data_access.queries.stock import stock_at
from data_access.queries.units import units_of

OFFICERS = """
SELECT o.officer_id, o.display_name, o.role, o.active, o.last_seen_at, coalesce(held.steps, 0) AS steps,
       coalesce(held.overdue, 0) AS overdue, coalesce(done.finished, 0) AS finished_28,
       coalesce(done.with_due, 0) AS with_due_28, coalesce(done.on_time, 0) AS on_time_28
FROM officer o
LEFT JOIN LATERAL (SELECT sum(steps) AS steps, sum(overdue) AS overdue FROM officer_held h
                   WHERE h.officer_id = o.officer_id) held ON true
LEFT JOIN LATERAL (SELECT sum(finished) AS finished, sum(with_due) AS with_due, sum(on_time) AS on_time
                   FROM officer_recent r WHERE r.officer_id = o.officer_id) done ON true
WHERE o.unit_code = ANY (:units) AND (o.active OR held.steps > 0)
ORDER BY steps DESC, o.officer_id
"""


def ward_officers(connection: Connection, ward: str) -> list[dict[str, Any]]:
    """Officers of a ward's unit: active ones, and others who still hold a step (split 1/n). For pages/ward.py.

    steps, overdue: now; finished_28, with_due_28, on_time_28: in the last 28 days.
    """
    return rows(connection, OFFICERS, units=list(units_of(connection, None, ward)))


def listed_then(connection: Connection, ward: str, days: tuple[date, ...]) -> dict[date, dict[str, bool]]:
    """Day → figure (open, overdue) → whether the list of that day's end has as many as that day. For pages/ward.py."""
    units, today = list(units_of(connection, None, ward)), local_day(connection)
    return {day: stock_at(connection, units, day, today, beside=True).listed for day in days}
