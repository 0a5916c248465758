"""Who carries the load: open steps of each officer, split 1/n, against peers of the same role and tier."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection

from data_access.queries.answers import local_day, rows
from data_access.working_time import per_working_day, recent_working_days

# Peers are the officers of one role and unit tier who hold a step now; the median is theirs. Within a
# district's scope it is the median of that district's peers: nothing of other districts is looked at.
HELD = """
held AS (
  SELECT officer_id, sum(steps) AS steps, sum(overdue) AS overdue FROM officer_held GROUP BY officer_id
), holding AS MATERIALIZED (
  SELECT officer_id, o.role, o.tier, held.steps, held.overdue FROM held JOIN officer o USING (officer_id)
), peers AS (
  SELECT role, tier, percentile_cont(0.5) WITHIN GROUP (ORDER BY steps) AS median, count(*) AS peers
  FROM holding GROUP BY role, tier
)
"""

# Held and lately finished steps are added up and joined with their officers once; names are looked up for those shown.
# {held}, {recent}: whose rows are read; peers of whoever is told must be among those of {held}.
_LOAD = """
WITH sums AS (
  SELECT officer_id, sum(steps) AS steps, sum(overdue) AS overdue, sum(finished) AS finished, sum(with_due) AS with_due,
         sum(on_time) AS on_time
  FROM (
    SELECT officer_id, steps, overdue, NULL::float8 AS finished, NULL::float8 AS with_due, NULL::float8 AS on_time
    FROM officer_held WHERE {held}
    UNION ALL SELECT officer_id, NULL, NULL, finished, with_due, on_time FROM officer_recent WHERE {recent}
  ) x GROUP BY officer_id
), known AS MATERIALIZED (
  SELECT o.officer_id, o.role, o.tier, o.unit_code, o.district_code, o.active, s.steps, s.overdue, s.finished,
         s.with_due, s.on_time
  FROM sums s JOIN officer o USING (officer_id) WHERE s.steps IS NOT NULL OR o.active
), peers AS (
  SELECT role, tier, percentile_cont(0.5) WITHIN GROUP (ORDER BY steps) AS median, count(*) AS peers
  FROM known WHERE steps IS NOT NULL GROUP BY role, tier
)
SELECT officer_id, role, tier, unit_code, district_code, active, coalesce(steps, 0) AS steps,
       coalesce(overdue, 0) AS overdue, steps / nullif(median, 0) AS load_index, median, peers,
       coalesce(finished, 0) AS finished_28, coalesce(with_due, 0) AS with_due_28, coalesce(on_time, 0) AS on_time_28
FROM known LEFT JOIN peers USING (role, tier)
"""
_NAMED = """
SELECT o.officer_id, n.display_name, o.role, o.tier, o.unit_code, o.district_code, o.active, u.name AS unit_name,
       u.ward_code, o.steps, o.overdue, o.load_index, o.median, o.peers, o.finished_28, o.with_due_28, o.on_time_28
FROM ({load}) o JOIN officer n USING (officer_id) LEFT JOIN unit u ON u.unit_code = o.unit_code
"""
LOAD = _LOAD.format(held="true", recent="true")
OFFICER_LOAD = _NAMED.format(load=LOAD)
_PEERS = """officer_id IN (SELECT officer_id FROM officer
                     WHERE (role, tier) = (SELECT role, tier FROM officer WHERE officer_id = :officer))"""
_ONE = _NAMED.format(load=_LOAD.format(held=_PEERS, recent="officer_id = :officer")) + "WHERE o.officer_id = :officer"


BUSY = "load_index >= :busy_index"
IDLE = "active AND coalesce(load_index, 0) <= :idle_index"
"""Conditions on a row of LOAD: listed as overloaded, as having room. The limits (workload.yaml) rule out both."""

# What is told of a group of officers; median and highest of those who hold a step.
SUMS = f"""
count(*) FILTER (WHERE steps > 0) AS officers, coalesce(sum(steps), 0) AS steps, coalesce(sum(overdue), 0) AS overdue,
coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY steps) FILTER (WHERE steps > 0), 0) AS median,
coalesce(max(steps), 0) AS most, count(*) FILTER (WHERE {BUSY}) AS busy,
coalesce(sum(finished_28), 0) AS finished_28, coalesce(sum(with_due_28), 0) AS with_due_28,
coalesce(sum(on_time_28), 0) AS on_time_28
"""

# All in one statement, so that each officer's load is reckoned once; the lists and sums come as JSON.
_BUSY, _IDLE = "load_index DESC, steps DESC, officer_id", "steps, finished_28 DESC, officer_id"
_SCREEN = f"""
WITH load AS MATERIALIZED (
  SELECT * FROM ({LOAD}) o
   WHERE (CAST(:tier AS text) IS NULL OR tier = :tier) AND (CAST(:role AS text) IS NULL OR role = :role)
     AND (CAST(:district AS text) IS NULL OR district_code = :district)
), busy AS (
  SELECT * FROM load WHERE {BUSY} ORDER BY {_BUSY} LIMIT {{rows}}
), idle AS (
  SELECT * FROM load WHERE {IDLE} ORDER BY {_IDLE} LIMIT {{rows}}
)
SELECT (SELECT row_to_json(w) FROM (SELECT {SUMS} FROM load) w) AS whole,
       (SELECT json_agg(b) FROM ({_NAMED.format(load="TABLE busy")} ORDER BY {_BUSY}) b) AS busy,
       (SELECT json_agg(i) FROM ({_NAMED.format(load="TABLE idle")} ORDER BY {_IDLE}) i) AS idle,
       (SELECT json_agg(g) FROM (
          SELECT {{place}}, array_agg(steps ORDER BY steps) AS steps
            FROM load {{of_place}} WHERE load_index IS NOT NULL GROUP BY {{place}}) g) AS spread
"""
_UNITS = "LEFT JOIN (SELECT unit_code, name AS unit_name, ward_code FROM unit) u USING (unit_code)"
ROWS = 200
"""Officers in a list at most."""

_LISTED = f"""
SELECT officer_id, CASE WHEN {BUSY} THEN 'busy' ELSE 'idle' END AS list FROM ({LOAD}) o WHERE {BUSY} OR {IDLE}
"""
_SOME = _NAMED.format(load=f"SELECT * FROM ({LOAD}) l WHERE officer_id = ANY (CAST(:officers AS text[]))")


@dataclass(frozen=True)
class Load:
    """A group of officers: how many hold steps, steps and overdue ones held (split 1/n), median and most of one.

    busy: officers from `busy_index` times their peers' median on; finished_28: steps finished in 28 days, of
    these with_due_28 had a deadline and on_time_28 kept it.
    """

    officers: int
    steps: float
    overdue: float
    median: float
    most: float
    busy: int
    finished_28: float
    with_due_28: float
    on_time_28: float
    group: tuple[str, ...] = ()


@dataclass(frozen=True)
class Workload:
    """whole: all of them; busy, idle: the first ROWS of either list, one row an officer (columns of OFFICER_LOAD).

    finished_28: steps finished in the last 28 days; per_day: the same per working day.
    spread: steps held by each officer (ascending), by district or by unit.
    """

    whole: Load
    busy: list[dict[str, Any]]
    idle: list[dict[str, Any]]
    spread: list[dict[str, Any]]
    working_days: int | None
    """In those 28 days; None where the calendar does not reach."""


def workload(
    connection: Connection,
    busy_index: float,
    idle_index: float,
    tier: str | None = None,
    role: str | None = None,
    district: str | None = None,
    by_unit: bool = False,
) -> Workload:
    """Officers who hold or lately finished steps: of one tier, role, district when given. For pages/workload.py.

    Their peers stay those of the whole scope. busy: load index of `busy_index` and more, highest first; idle:
    active ones of `idle_index` and less, lightest first.
    """
    working_days = recent_working_days(local_day(connection))
    place, of_place = ("unit_code, unit_name, ward_code, tier", _UNITS) if by_unit else ("district_code", "")
    (found,) = rows(
        connection, _SCREEN.format(place=place, of_place=of_place, rows=ROWS), busy_index=busy_index,
        idle_index=idle_index, tier=tier, role=role, district=district,
    )  # fmt: skip
    busy, idle, spread = (found[name] or [] for name in ("busy", "idle", "spread"))
    for officer in (*busy, *idle):
        officer["per_day"] = per_working_day(officer["finished_28"], working_days)
    return Workload(Load(**found["whole"]), busy, idle, spread, working_days)


def officer(connection: Connection, officer_id: str) -> dict[str, Any] | None:
    """One officer's load; None when there is nobody by that id in the scope. Called by pages/workload.py."""
    found = rows(connection, _ONE, officer=officer_id)
    return found[0] if found else None


def listed(connection: Connection, busy_index: float, idle_index: float) -> dict[str, Literal["busy", "idle"]]:
    """Every officer of either list, whole: id → list. Called by previews/workload.py."""
    found = rows(connection, _LISTED, busy_index=busy_index, idle_index=idle_index)
    return {row["officer_id"]: row["list"] for row in found}


def some_officers(connection: Connection, officers: Collection[str]) -> list[dict[str, Any]]:
    """The loads of officers by id, highest index first (columns of OFFICER_LOAD). Called by previews/workload.py."""
    found = rows(connection, _SOME, officers=list(officers))
    return sorted(found, key=lambda row: (-(row["load_index"] or 0.0), -row["steps"], row["officer_id"]))


def roles(connection: Connection) -> list[str]:
    """Codes of the roles that officers in scope have. Called by pages/workload.py."""
    return [row["role"] for row in rows(connection, "SELECT DISTINCT role FROM officer ORDER BY role")]


def officer_steps(connection: Connection, officer_id: str) -> list[dict[str, Any]]:
    """The open steps one officer holds, oldest deadline first. Called by pages/workload.py.

    Sought in the districts where the officer holds any: arrays are not compared before row-level security, so that no
    index by holder is used.
    """
    return rows(
        connection,
        """
        SELECT s.step_id, d.dossier_code, p.name AS procedure_name, s.step_name, s.started_at, s.due_at,
               coalesce(s.due_at < v.as_of, false) AS overdue, cardinality(s.officer_ids) AS holders
        FROM step s JOIN dossier d USING (dossier_id) CROSS JOIN data_version v
        LEFT JOIN procedure p ON p.procedure_code = d.procedure_code
        WHERE s.waiting AND s.finished_at IS NULL AND s.officer_ids @> ARRAY[CAST(:officer AS text)]
          AND s.district_code = ANY (ARRAY(SELECT district_code FROM officer_held WHERE officer_id = :officer))
        ORDER BY s.due_at NULLS LAST, s.step_id LIMIT 200
        """,
        officer=officer_id,
    )
