"""Data quality: how many rows are doubtful, of which kind, where, and which ones for example."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from config.measures import Measure
from config.quality import QualityLimits
from data_access.queries.answers import local_day, one, rows
from data_access.rules.quality import BY_UNIT
from data_access.store.quality_rollup import BACKWARDS, NO_DUE, TESTS, TROUBLED, filled

EXAMPLES = 20
PLACES = 10
"""Examples come from so many units, those with most of the kind first."""
LIMITED = "(p.limit_value IS NOT NULL OR p.same_day)"
PERIOD = "(CAST(:since AS date) IS NULL OR month >= :since)"

DOUBTFUL_BY_UNIT = f"""
SELECT unit_code, sum(dossiers) AS dossiers, sum(troubled) AS troubled,
       {", ".join(f"sum({kind}) AS {kind}" for kind in TESTS)}
FROM quality_month WHERE {PERIOD} GROUP BY unit_code
"""

DOUBTFUL_OF_UNITS = f"SELECT unit_code, dossiers, troubled, {', '.join(TESTS)} FROM quality_unit"
"""The same of all times."""

NO_DUE_BY_UNIT = f"""
SELECT q.unit_code, sum(q.dossiers) AS no_due, sum(q.alone) AS alone
FROM quality_no_due q JOIN procedure p USING (procedure_code) WHERE {LIMITED} AND {PERIOD} GROUP BY q.unit_code
"""

DUPLICATES_BY_UNIT = f"""
SELECT c.unit_code, count(*) AS duplicate_code,
       count(*) FILTER (WHERE NOT c.troubled AND NOT (c.no_due AND coalesce({LIMITED}, false))) AS alone
FROM duplicate_code c LEFT JOIN procedure p USING (procedure_code) WHERE {PERIOD} GROUP BY c.unit_code
"""

STEPS_BY_UNIT = f"SELECT unit_code, sum(step_backwards) AS step_backwards FROM quality_step WHERE {PERIOD} GROUP BY 1"

CODES = "SELECT kind, entity, key, detail, first_seen FROM data_quality ORDER BY kind, key"

UNITS = "SELECT unit_code, name, tier, ward_code, district_code FROM unit"


@dataclass(frozen=True)
class Quality:
    """units: one row a unit with dossiers (dossiers, troubled, and a count a kind); since: first day counted.

    codes: what no list has (kind, entity, key, detail: rows that carry it, first_seen), city-wide viewers only.
    """

    units: list[dict[str, Any]]
    codes: list[dict[str, Any]]
    since: date | None

    def total(self, kind: str) -> int:
        """Rows of a kind; of kinds that have no unit, what `codes` says."""
        if kind in BY_UNIT:
            return sum(unit[kind] for unit in self.units)
        return sum(int(code["detail"] or 1) for code in self.codes if code["kind"] == kind)


def quality(connection: Connection, months: int | None = None) -> Quality:
    """Doubtful rows by unit and kind; `months`: of dossiers received in this month and months - 1 before.

    Codes that no list has are listed whatever the period. Called by pages/quality.py.
    """
    since = months_back(local_day(connection), months) if months else None
    found = _by_unit(connection, since)
    return Quality(sorted(found.values(), key=lambda u: u["unit_code"]), rows(connection, CODES), since)


def doubtful(connection: Connection, doubt: str, since: date | None, units: Collection[str] | None) -> int:
    """How many dossiers of some units (None: all in scope) have a doubt of DOUBTS, received since a month's first day.

    Called by dossiers.py.
    """
    found = _by_unit(connection, since)
    return sum(unit[doubt] for code, unit in found.items() if units is None or code in units)


def doubt_counts(connection: Connection, kinds: Sequence[str], limits: QualityLimits) -> dict[str, int]:
    """How many dossiers have each of some kinds of TESTS by `limits`, counted from the dossiers themselves.

    Read through the index of doubtful dossiers, which holds all that any allowed limits can name. Called by
    previews/quality.py.
    """
    tests = {kind: filled(TESTS[kind], limits) for kind in kinds}
    counts = ", ".join(f"count(*) FILTER (WHERE {test}) AS {kind}" for kind, test in tests.items())
    found = one(connection, f"SELECT {counts} FROM dossier WHERE {' OR '.join(tests.values())}")
    return {kind: int(found[kind]) for kind in kinds}


def _by_unit(connection: Connection, since: date | None) -> dict[str, dict[str, Any]]:
    units = {row["unit_code"]: row for row in rows(connection, UNITS)}
    found: dict[str, dict[str, Any]] = {}
    doubtful_dossiers = DOUBTFUL_BY_UNIT if since else DOUBTFUL_OF_UNITS
    for query in (doubtful_dossiers, NO_DUE_BY_UNIT, DUPLICATES_BY_UNIT, STEPS_BY_UNIT):
        for row in rows(connection, query, since=since):
            code = row.pop("unit_code")
            unit = found.setdefault(code, _empty(code, units.get(code)))
            row["troubled"] = row.get("troubled", 0) + row.pop("alone", 0)
            for kind, n in row.items():
                unit[kind] += int(n)
    return found


def troubled_share(unit: dict[str, Any], measure: Measure) -> float | None:
    """A unit's share of doubtful dossiers; None below the measure's number of dossiers."""
    return unit["troubled"] / unit["dossiers"] if unit["dossiers"] >= max(1, measure.min_n) else None


def _empty(code: str, unit: dict[str, Any] | None) -> dict[str, Any]:
    place = unit or {"unit_code": code, "name": "", "tier": "", "ward_code": None, "district_code": ""}
    return place | dict.fromkeys(("dossiers", "troubled", *BY_UNIT), 0)


def months_back(today: date, months: int) -> date:
    """First day of the month `months` - 1 before today's."""
    index = today.year * 12 + today.month - months
    return date(index // 12, index % 12 + 1, 1)


# d: dossiers found (with step_name and started_at where a step is meant); the first of each `place`, then the second
_SHOWN = f"""
SELECT d.dossier_id, d.dossier_code, d.unit_code, d.procedure_code, d.status, d.channel, d.rating,
       coalesce(p.name, d.procedure_code) AS procedure_name, d.submitted_at, d.received_at, d.due_at, d.finished_at,
       d.returned_at, d.updated_at, d.step_name, d.started_at, u.name AS unit_name, u.ward_code, u.tier
FROM found d LEFT JOIN procedure p USING (procedure_code) LEFT JOIN unit u ON u.unit_code = d.unit_code
ORDER BY row_number() OVER (PARTITION BY d.place ORDER BY d.id), d.place LIMIT {EXAMPLES}
"""
_NO_STEP = "NULL AS step_name, NULL::timestamptz AS started_at"
_HERE = "(CAST(:unit AS text) IS NULL OR unit_code = :unit)"
_THEN = "(CAST(:since AS date) IS NULL OR {day} >= :since)"


def _of_kind(counts: str, test: str) -> str:
    """Dossiers that `test` holds for, of the units that `counts` (unit_code, n) has most of."""
    return f"""
        WITH place AS (
          SELECT unit_code, row_number() OVER (ORDER BY n DESC, unit_code) AS place
          FROM ({counts}) c WHERE n > 0 AND {_HERE} ORDER BY place LIMIT {PLACES}
        ), found AS (
          SELECT d.*, {_NO_STEP}, place.place, d.dossier_id AS id FROM place CROSS JOIN LATERAL (
            SELECT * FROM dossier WHERE unit_code = place.unit_code AND {test} AND {_THEN.format(day="received_day")}
            ORDER BY dossier_id LIMIT {EXAMPLES}
          ) d
        ) {_SHOWN}
    """


_WITH_LIMIT = f"procedure_code IN (SELECT p.procedure_code FROM procedure p WHERE {LIMITED})"
DOUBTS = {
    **TESTS,
    "no_due": f"({NO_DUE} AND {_WITH_LIMIT})",
    "duplicate_code": "dossier_id IN (SELECT c.dossier_id FROM duplicate_code c)",
}
"""Kind → condition on the columns of `dossier`, limits to be filled in (`doubt`); `troubled`: any of them."""
DOUBTS["troubled"] = f"({TROUBLED} OR {DOUBTS['no_due']} OR {DOUBTS['duplicate_code']})"
_DUPLICATES = f"""
WITH found AS (
  SELECT d.*, {_NO_STEP}, 1 AS place, c.dossier_code || ' ' || c.dossier_id AS id
  FROM (SELECT * FROM duplicate_code WHERE {_HERE} AND {_THEN.format(day="month")}
        ORDER BY dossier_code, dossier_id LIMIT {EXAMPLES}) c JOIN dossier d USING (dossier_id)
) {_SHOWN}
"""
_STEPS = f"""
WITH found AS (
  SELECT d.dossier_id, d.dossier_code, d.unit_code, d.procedure_code, d.status, d.channel, d.rating, d.submitted_at,
         d.received_at, d.due_at, s.finished_at, d.returned_at, d.updated_at, s.step_name, s.started_at,
         s.unit_code AS place, s.step_id AS id
  FROM (SELECT * FROM step WHERE {BACKWARDS} AND {_HERE} AND {_THEN.format(day="finished_day")}
        ORDER BY unit_code, step_id LIMIT {EXAMPLES}) s JOIN dossier d USING (dossier_id)
) {_SHOWN}
"""


def _query(kind: str) -> str:
    if kind == "duplicate_code":
        return _DUPLICATES
    if kind == "step_backwards":
        return _STEPS
    if kind == "no_due":
        return _of_kind(NO_DUE_BY_UNIT.replace("AS no_due", "AS n"), f"{NO_DUE} AND {_WITH_LIMIT}")
    counts = f"SELECT unit_code, sum({kind}) AS n FROM quality_month WHERE {PERIOD} GROUP BY unit_code"
    return _of_kind(counts, TESTS[kind])


def examples(
    connection: Connection, kind: str, months: int | None = None, unit: str | None = None
) -> list[dict[str, Any]]:
    """The first dossiers of a kind in the viewer's scope, at most EXAMPLES; never who applied.

    Kinds that are not about dossiers or steps have none. Called by pages/quality.py.
    """
    if kind not in BY_UNIT:
        return []
    since = months_back(local_day(connection), months) if months else None
    return rows(connection, filled(_query(kind)), since=since, unit=unit)


def doubt(kind: str) -> str:
    """The condition on the columns of `dossier` of one of DOUBTS. Called by dossiers.py."""
    return filled(DOUBTS[kind])
