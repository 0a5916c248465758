"""Why a ward is red: what changed in its open or overdue dossiers since the end of a day, in parts that add up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import Connection

from config.district import DistrictRules, district_rules
from config.settings import settings
from data_access.queries.answers import one, rows
from data_access.queries.now import FROM
from data_access.queries.stock import stock_at
from data_access.queries.units import units_of
from data_access.rules.decompose import Fresh, Left, Part, decompose
from data_access.store.moment import OVERDUE
from data_access.working_time import office_hours_before

What = Literal["overdue", "open"]

NOW = """
SELECT coalesce(sum(open), 0)::int AS open, coalesce(sum(overdue), 0)::int AS overdue
FROM open_stock WHERE unit_code = ANY (:units)
"""

# Dossiers of now that weren't in the figure then, each with the step it waits at (the longest waiting of several).
FRESH = """
SELECT d.dossier_id, d.procedure_code, coalesce(d.received_day > :day, false) AS arrived,
       d.bucket = 'suspended' AS suspended, s.step_name, s.officer_ids
FROM {dossiers} LEFT JOIN LATERAL (
  SELECT step_name, officer_ids FROM step WHERE step.dossier_id = d.dossier_id AND waiting
  ORDER BY started_at NULLS LAST, step_id LIMIT 1
) s ON true
WHERE d.unit_code = ANY (:units) AND {fresh}
"""
NOW_OPEN = "d.bucket IN ('running', 'suspended') AND d.received_day > :day"
NOW_OVERDUE = f"{OVERDUE} AND d.overdue_from > :day"

FLOWS = """
SELECT coalesce(sum(received), 0)::int AS received,
       coalesce(sum(settled), 0)::int AS settled,
       coalesce(sum(settled_late), 0)::int AS settled_late,
       coalesce(sum(became_overdue) FILTER (WHERE day <= :today), 0)::int AS became_overdue
FROM unit_day WHERE unit_code = ANY (:units) AND day > :day
"""

# Counted as overdue then, waiting for the citizen now; and the other way round.
PAUSED = """
SELECT count(*)::int AS n FROM dossier d
WHERE d.unit_code = ANY (:units) AND d.bucket = 'suspended' AND d.received_day <= :day
  AND (d.legal_due_at AT TIME ZONE :tz)::date < :day
  AND EXISTS (SELECT FROM pause p WHERE p.dossier_id = d.dossier_id AND p.from_at >= :ends AND p.to_at IS NULL)
"""
RESUMED = """
SELECT count(*)::int AS n FROM dossier d
WHERE d.unit_code = ANY (:units) AND d.bucket = 'running' AND d.overdue_from <= :day
  AND EXISTS (SELECT FROM pause p WHERE p.dossier_id = d.dossier_id AND p.from_at < :ends AND p.to_at > :ends)
"""

ABSENT = """
SELECT officer_id, display_name, last_seen_at FROM officer
WHERE officer_id = ANY (CAST(:officers AS text[])) AND last_seen_at < :seen
"""
HOLDERS = "SELECT DISTINCT officer_id FROM officer_held"
NAMES = "SELECT procedure_code, name FROM procedure WHERE procedure_code = ANY (CAST(:procedures AS text[]))"


@dataclass(frozen=True)
class Change:
    """A figure (`what`) at the end of `day` and now; parts add up to the difference.

    counted: whether `before` was counted at that day's end or is reckoned back; listed: whether the list of that day
    has as many (stock.Stock). received: dossiers received since.
    procedures, officers: what the codes in `parts` stand for (officers: display_name, last_seen_at).
    """

    what: What
    day: date
    before: int
    after: int
    counted: bool
    listed: bool
    received: int
    parts: tuple[Part, ...]
    procedures: dict[str, str]
    officers: dict[str, dict[str, Any]]


def why_changed(connection: Connection, ward: str, what: What, day: date, rules: DistrictRules | None = None) -> Change:
    """What made a ward's figure change since the end of `day`, by `rules` (None: those in force).

    Called by pages/red.py and previews/district.py. Reads the ward's open dossiers and its flows since then; the cost
    does not grow with its history.
    """
    rules = rules or district_rules()
    at = one(connection, "SELECT as_of, as_of_day AS today FROM data_version")
    units = list(units_of(connection, None, ward))
    values = {"units": units, "day": day, **at}
    after = one(connection, NOW, units=units)[what]
    earlier = stock_at(connection, units, day, at["today"], beside=True)
    opened, overdue = earlier.of(units)
    found = rows(
        connection, FRESH.format(dossiers=FROM, fresh=NOW_OVERDUE if what == "overdue" else NOW_OPEN), **values
    )
    fresh = [Fresh(r["procedure_code"], r["arrived"], r["step_name"], tuple(r["officer_ids"] or ()), r["suspended"],
                   r["dossier_id"]) for r in found]  # fmt: skip
    flows = one(connection, FLOWS, **values)
    left: dict[Left, int]
    if what == "overdue":
        # Those that became overdue and were settled since were in neither figure.
        left = {"closed": flows["became_overdue"] - len(fresh) - flows["settled_late"]}
        if earlier.counted:
            left["suspended"] = _resumed(connection, values, day)
    else:
        left = {"closed": flows["received"] - len(fresh) - flows["settled"]}
    holders = {officer for one_ in fresh for officer in one_.officers}
    officers = _absent(connection, holders, at["as_of"], rules)
    before = overdue if what == "overdue" else opened
    parts = decompose(before, after, fresh, left, officers.keys(), rules.alike)
    named = [part.procedure for part in parts if part.procedure is not None]
    names = {r["procedure_code"]: r["name"] for r in rows(connection, NAMES, procedures=named)}
    told = {part.officer: officers[part.officer] for part in parts if part.officer is not None}
    return Change(
        what, day, before, after, earlier.counted, earlier.listed[what], flows["received"], parts, names, told
    )


def _resumed(connection: Connection, values: dict[str, Any], day: date) -> int:
    """Dossiers whose pause ended since, less those in which one began; both past their due day then."""
    ends = datetime.combine(day + timedelta(days=1), time(), settings().tz)
    asked = {"units": values["units"], "day": day, "ends": ends}
    paused = one(connection, PAUSED, **asked, tz=settings().tz.key)["n"]
    return int(one(connection, RESUMED, **asked)["n"] - paused)


def absent_holders(connection: Connection, rules: DistrictRules) -> dict[str, dict[str, Any]]:
    """All officers who hold an open step and count as absent: id → display_name, last_seen_at.

    Called by previews/district.py.
    """
    as_of = one(connection, "SELECT as_of FROM data_version")["as_of"]
    holders = {row["officer_id"] for row in rows(connection, HOLDERS)}
    return _absent(connection, holders, as_of, rules)


def _absent(
    connection: Connection, holders: Collection[str], as_of: datetime, rules: DistrictRules
) -> dict[str, dict[str, Any]]:
    """Those of some officers who have not been seen for long."""
    seen = office_hours_before(as_of, rules.absent_hours)
    return {row.pop("officer_id"): row for row in rows(connection, ABSENT, officers=sorted(holders), seen=seen)}
