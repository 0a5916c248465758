"""Which wards to call first: every ward's figures at the data's own instant, and their order (rules/first_call.py).

All from rollups, the snapshot of yesterday's end and index ranges of what is overdue or due soon: the cost grows
with neither history nor the number of open dossiers. Alerts change without new figures, so they are no part of
the answer; `top` takes them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from config.first_call import FirstCall as Weights
from config.first_call import first_call as weights
from config.registry import registry
from data_access.queries.answers import one, rows
from data_access.queries.backlog import days_of_work
from data_access.queries.now import FROM
from data_access.queries.still import still_dossiers
from data_access.rules.first_call import Call, Ward, call, rank
from data_access.store.moment import OVERDUE
from data_access.working_time import office_hours_before, recent_working_days

LOOKED_AT = 20
"""So many of the first wards are looked at for the step where most overdue dossiers wait."""
FIGURES = (
    "open", "overdue", "before", "oldest_days", "due_24h", "still", "work_days", "wan_since", "onestop_since",
    "link_minutes",
)  # fmt: skip

# Whether yesterday's end was counted: if not, what was overdue then is what is now less what came and went today.
CLOSED = "SELECT EXISTS (SELECT FROM snapshot_day WHERE day = CAST(:today AS date) - 1) AS closed"
_BEFORE = {
    True: "SELECT unit_code, sum(overdue) AS n FROM backlog_snapshot WHERE day = CAST(:today AS date) - 1 GROUP BY 1",
    False: "SELECT unit_code, became_overdue - settled_late AS n FROM unit_day WHERE day = :today",
}
# The oldest: one look at the index dossier_overdue for each unit that has any; nothing else of the open dossiers is
# read. All in one statement, so that each ward is one row to bring over.
_OVERDUE = f"{OVERDUE} AND d.overdue_from <= CAST(:today AS date)"
_WARDS = f"""
SELECT s.*, u.ward_code, b.n AS moved, r.settled, o.overdue_from
FROM (SELECT unit_code, sum(open) AS open, sum(overdue) AS overdue, sum(due_24h) AS due_24h
        FROM open_stock GROUP BY unit_code) s
JOIN unit u USING (unit_code)
LEFT JOIN ({{before}}) b USING (unit_code)
LEFT JOIN (SELECT unit_code, sum(settled) AS settled FROM settled_recent GROUP BY unit_code) r USING (unit_code)
LEFT JOIN LATERAL (
  SELECT d.overdue_from FROM {FROM} WHERE s.overdue > 0 AND d.unit_code = s.unit_code AND {_OVERDUE}
  ORDER BY d.overdue_from LIMIT 1
) o ON true
WHERE u.ward_code IS NOT NULL AND (CAST(:district AS text) IS NULL OR u.district_code = :district)
"""

DOWN = """
SELECT ward_code, min(since) FILTER (WHERE service = 'wan') AS wan_since,
       min(since) FILTER (WHERE service = 'onestop') AS onestop_since
FROM link_state WHERE NOT up AND service IN ('wan', 'onestop')
  AND (CAST(:district AS text) IS NULL OR district_code = :district)
GROUP BY ward_code
"""

# Where most of a unit's overdue dossiers wait: by field and step. Dossiers first, then the steps of each: the
# planner can't tell how few these are.
STUCK = f"""
WITH late AS MATERIALIZED (
  SELECT dossier_id, unit_code, field_code FROM {FROM}
  WHERE {_OVERDUE} AND unit_code = ANY (CAST(:units AS text[]))
)
SELECT DISTINCT ON (unit_code) unit_code, step_name, n AS stuck
FROM (
  SELECT late.unit_code, late.field_code, s.step_name, count(*) AS n
  FROM late CROSS JOIN LATERAL (
    SELECT step_name FROM step WHERE dossier_id = late.dossier_id AND waiting AND unit_code = late.unit_code OFFSET 0
  ) s
  GROUP BY late.unit_code, late.field_code, s.step_name
) x
ORDER BY unit_code, n DESC, field_code, step_name
"""


@dataclass(frozen=True)
class FirstCall:
    """Every ward in scope with an open dossier or a link down, by code, with its points without alerts."""

    calls: dict[str, Call]
    weights: Weights
    _ranked: dict[tuple[tuple[str, int], ...], list[Call]] = field(default_factory=dict, compare=False, repr=False)

    def top(self, n: int, alerts: Mapping[str, int] | None = None, district: str | None = None) -> list[Call]:
        """The `n` wards to call first (of one district), fewer when nothing stands badly at the others.

        alerts: open alerts by ward that nobody has acknowledged; wards that the registry lacks are left out.
        Ranked once for all viewers while alerts stay as they are.
        """
        key = tuple(sorted((alerts or {}).items()))
        ranked = self._ranked.get(key)
        if ranked is None:
            ranked = self._rank(dict(key))
            self._ranked.clear()
            self._ranked[key] = ranked
        return [c for c in ranked if district is None or c.ward.district_code == district][:n]

    def _rank(self, alerts: dict[str, int]) -> list[Call]:
        conf, known, found = self.weights, registry().wards, dict(self.calls)
        for code, count in alerts.items():
            if code in known:
                ward = found[code].ward if code in found else Ward(code, known[code].district_code)
                found[code] = call(ward, count, conf)
        return rank(found.values())


def first_call(connection: Connection, conf: Weights | None = None, district: str | None = None) -> FirstCall:
    """The wards' figures and points by `conf` (None: what is in force), of one district when given.

    Called by pages/first_call.py, pages/wall/now.py and data_access/previews/first_call.py.
    """
    at = one(connection, "SELECT as_of, as_of_day FROM data_version")
    as_of, today, conf, known = at["as_of"], at["as_of_day"], conf or weights()[0], registry().wards
    units = _units(connection, as_of, today, conf, district)
    found = {row["ward_code"]: row for row in units.values()}
    for row in rows(connection, DOWN, district=district):
        if row["ward_code"] in known:
            since = [row[name] for name in ("wan_since", "onestop_since") if row[name] is not None]
            minutes = max(0.0, (as_of - min(since)).total_seconds() / 60)
            found[row["ward_code"]] = found.get(row["ward_code"], {}) | row | {"link_minutes": minutes}
    wards = {
        code: Ward(code, known[code].district_code, **{name: row[name] for name in FIGURES if name in row})
        for code, row in found.items()
    }
    calls = {code: call(ward, 0, conf) for code, ward in wards.items()}
    first = [c.ward for c in rank(calls.values())[:LOOKED_AT] if c.ward.overdue]
    units_of = [found[ward.ward_code]["unit_code"] for ward in first]
    for row in rows(connection, STUCK, units=units_of, as_of=as_of, today=today):
        there = calls[units[row["unit_code"]]["ward_code"]]
        ward = replace(there.ward, step_name=row["step_name"], stuck=row["stuck"])
        calls[ward.ward_code] = replace(there, ward=ward)
    return FirstCall(calls, conf)


def _units(
    connection: Connection, as_of: datetime, today: date, conf: Weights, district: str | None
) -> dict[str, dict[str, Any]]:
    """Units of known wards with an open dossier: what is overdue, was before, how late the longest is, what is due soon
    without moving, and the days of work."""
    closed = one(connection, CLOSED, today=today)["closed"]
    asked = rows(connection, _WARDS.format(before=_BEFORE[closed]), as_of=as_of, today=today, district=district)
    still_since = office_hours_before(as_of, conf.still_hours)
    still = {r["unit_code"]: r["still"] for r in still_dossiers(connection, as_of, today, still_since)}
    working_days, known = recent_working_days(today), registry().wards
    units = {row["unit_code"]: row for row in asked if row["ward_code"] in known}
    for unit, row in units.items():
        moved, oldest = row.pop("moved") or 0, row.pop("overdue_from")
        row["before"] = moved if closed else row["overdue"] - moved
        row["oldest_days"] = (today - oldest).days + 1 if oldest else 0
        row["still"] = still.get(unit, 0)
        row["work_days"] = days_of_work(row["open"], row.pop("settled") or 0, working_days)
    return units
