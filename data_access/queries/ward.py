"""One ward: what its officers hold and finished, and at which step of which procedure its dossiers wait now."""

from datetime import date
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import local_day, one, rows
from data_access.queries.now import FROM, NOW
from data_access.queries.stock import stock_at
from data_access.queries.units import units_of
from data_access.store.moment import OVERDUE

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

# Dossiers first, then the steps of each by index, as in process.py.
STUCK = f"""
WITH waits AS MATERIALIZED (
  SELECT d.dossier_id, d.procedure_code, s.step_name, s.started_at, s.officer_ids, {OVERDUE} AS overdue
    FROM {FROM} CROSS JOIN LATERAL (
      SELECT step_name, started_at, officer_ids FROM step WHERE step.dossier_id = d.dossier_id AND waiting OFFSET 0
    ) s
   WHERE d.bucket IN ('running', 'suspended') AND d.unit_code = ANY (CAST(:units AS text[]))
)
SELECT w.procedure_code, coalesce(min(p.name), w.procedure_code) AS procedure_name, w.step_name,
       count(DISTINCT w.dossier_id)::int AS waiting,
       count(DISTINCT w.dossier_id) FILTER (WHERE w.overdue)::int AS overdue, min(w.started_at) AS since,
       coalesce(array_agg(DISTINCT o.display_name) FILTER (WHERE o.display_name IS NOT NULL), '{{}}') AS holders
  FROM waits w LEFT JOIN procedure p USING (procedure_code) LEFT JOIN officer o ON o.officer_id = ANY (w.officer_ids)
 GROUP BY w.procedure_code, w.step_name
 ORDER BY overdue DESC, since NULLS LAST, waiting DESC, w.procedure_code, w.step_name
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


def stuck_steps(connection: Connection, ward: str) -> list[dict[str, Any]]:
    """Where a ward's dossiers wait now: by procedure and step, most overdue first, then longest. For pages/stuck.py.

    procedure_code, procedure_name, step_name; waiting, overdue (dossiers; one with two open steps counts at both);
    since (when the first of them came there); holders (names in scope).
    """
    now = one(connection, NOW)
    units = list(units_of(connection, None, ward))
    return rows(connection, STUCK, units=units, as_of=now["as_of"], today=now["today"])
