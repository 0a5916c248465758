"""Load on a wall: by role and by district, no person named and none to be guessed from a group of few."""

from dataclasses import dataclass

from sqlalchemy import Connection

from data_access.queries.answers import local_day, rows
from data_access.queries.workload import LOAD, SUMS, Load
from data_access.working_time import recent_working_days

FEWEST = 5
"""A group of fewer officers is not told apart from the rest."""

_GROUPS = f"""
WITH load AS MATERIALIZED ({LOAD})
SELECT (SELECT json_agg(g) FROM (
          SELECT CASE GROUPING(role, tier, district_code) WHEN 7 THEN 'whole' WHEN 1 THEN 'role' ELSE 'district' END
                   AS kind, role, tier, district_code, {SUMS}
            FROM load GROUP BY GROUPING SETS ((), (role, tier), (district_code))) g) AS groups,
       (SELECT array_agg(load_index ORDER BY load_index) FROM load WHERE load_index > 0) AS index
"""


@dataclass(frozen=True)
class WallWorkload:
    """whole: all; roles: by (role, tier); districts: by (district_code,), '' being the city's own units."""

    whole: Load
    working_days: int | None
    """In the 28 days behind finished_28; None where the calendar does not reach."""
    roles: list[Load]
    districts: list[Load]
    index: list[float]
    """Load index of every officer who holds a step: for the spread, without names."""


def wall_workload(connection: Connection, busy_index: float) -> WallWorkload:
    """Load by groups. Called by pages/wall/workload.py."""
    (found,) = rows(connection, _GROUPS, busy_index=busy_index)
    groups: dict[str, list[Load]] = {"whole": [], "role": [], "district": []}
    for row in found["groups"]:
        kind, role, tier, district = (row.pop(name) for name in ("kind", "role", "tier", "district_code"))
        key = {"whole": (), "role": (role, tier), "district": (district,)}[kind]
        groups[kind].append(Load(**row, group=key))
    return WallWorkload(
        whole=groups["whole"][0],
        working_days=recent_working_days(local_day(connection)),
        roles=_told(groups["role"]),
        districts=_told(groups["district"]),
        index=found["index"] or [],
    )


def _told(loads: list[Load]) -> list[Load]:
    return sorted((load for load in loads if load.officers >= FEWEST), key=lambda load: (-load.median, load.group))
