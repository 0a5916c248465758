"""Who carries the load: open steps of each officer, split 1/n, against peers of the same role and tier."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import local_day, rows
from data_access.working_time import per_working_day, recent_working_days

# Peers are the officers of one role and unit tier who hold a step now; the median is theirs. Within a
# district's scope it is the median of that district's peers: nothing of other districts is looked at.
HELD = """
held AS (
  SELECT officer_id, sum(steps) AS steps, sum(overdue) AS overdue FROM officer_held GROUP BY officer_id
), peers AS (
  SELECT o.role, o.tier, percentile_cont(0.5) WITHIN GROUP (ORDER BY held.steps) AS median, count(*) AS peers
  FROM held JOIN officer o USING (officer_id) GROUP BY o.role, o.tier
)
"""

OFFICER_LOAD = f"""
WITH {HELD}, done AS (
  SELECT officer_id, sum(finished) AS finished, sum(with_due) AS with_due, sum(on_time) AS on_time
  FROM officer_recent GROUP BY officer_id
)
SELECT o.officer_id, o.display_name, o.role, o.tier, o.unit_code, o.district_code, o.active,
       u.name AS unit_name, u.ward_code,
       coalesce(held.steps, 0) AS steps, coalesce(held.overdue, 0) AS overdue,
       held.steps / nullif(peers.median, 0) AS load_index, peers.median, peers.peers,
       coalesce(done.finished, 0) AS finished_28, coalesce(done.with_due, 0) AS with_due_28,
       coalesce(done.on_time, 0) AS on_time_28
FROM officer o
LEFT JOIN held USING (officer_id)
LEFT JOIN peers ON peers.role = o.role AND peers.tier = o.tier
LEFT JOIN done USING (officer_id)
LEFT JOIN unit u ON u.unit_code = o.unit_code
WHERE held.steps IS NOT NULL OR (o.active AND done.finished IS NOT NULL)
"""


@dataclass(frozen=True)
class Workload:
    """officers: one row an officer who holds or lately finished steps (steps, overdue: split 1/n).

    finished_28: steps finished in the last 28 days; per_day: the same per working day.
    """

    officers: list[dict[str, Any]]
    working_days: int | None
    """In those 28 days; None where the calendar does not reach."""


def workload(connection: Connection) -> Workload:
    """Load of all officers in scope. Called by pages/workload.py."""
    today = local_day(connection)
    working_days = recent_working_days(today)
    officers = rows(connection, OFFICER_LOAD + " ORDER BY steps DESC, o.officer_id")
    for officer in officers:
        officer["per_day"] = per_working_day(officer["finished_28"], working_days)
    return Workload(officers, working_days)


def officer_steps(connection: Connection, officer_id: str) -> list[dict[str, Any]]:
    """The open steps one officer holds, oldest deadline first. Called by pages/workload.py."""
    return rows(
        connection,
        """
        SELECT s.step_id, d.dossier_code, p.name AS procedure_name, s.step_name, s.started_at, s.due_at, s.overdue,
               cardinality(s.officer_ids) AS holders
        FROM open_step s JOIN dossier d USING (dossier_id)
        LEFT JOIN procedure p ON p.procedure_code = s.procedure_code
        WHERE s.officer_ids @> ARRAY[CAST(:officer AS text)] ORDER BY s.due_at NULLS LAST, s.step_id LIMIT 200
        """,
        officer=officer_id,
    )
