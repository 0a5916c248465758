"""Where dossiers pile up: open ones by ward under filters, and one ward in detail."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from config.measures import Measure
from data_access.queries.answers import local_day, one, rows
from data_access.working_time import per_working_day, recent_working_days

COUNTED = ("open", "overdue", "due_24h", "suspended")

FILTER = """
  (CAST(:field AS text) IS NULL OR d.field_code = :field)
  AND (CAST(:channel AS int) IS NULL OR d.channel = :channel)
  AND (CAST(:days AS int) IS NULL OR d.received_day > d.as_of_day - CAST(:days AS int))
"""

COUNTS = """
  count(*) AS open, count(*) FILTER (WHERE d.overdue) AS overdue,
  count(*) FILTER (WHERE d.due_24h) AS due_24h, count(*) FILTER (WHERE d.suspended) AS suspended
"""

AGES = """
  count(*) FILTER (WHERE age <= 3) AS to_3, count(*) FILTER (WHERE age BETWEEN 4 AND 10) AS to_10,
  count(*) FILTER (WHERE age BETWEEN 11 AND 30) AS to_30, count(*) FILTER (WHERE age > 30) AS over_30
"""

# From the rollup of the moment, which knows fields and channels; the day of receipt only the dossiers know.
BY_UNIT = """
SELECT u.unit_code, u.ward_code, u.tier, u.name, u.district_code, s.open, s.overdue, s.due_24h, s.suspended
FROM (SELECT unit_code, sum(open) AS open, sum(overdue) AS overdue, sum(due_24h) AS due_24h,
             sum(suspended) AS suspended
        FROM open_stock
       WHERE (CAST(:field AS text) IS NULL OR field_code = :field)
         AND (CAST(:channel AS int) IS NULL OR channel = :channel)
       GROUP BY unit_code) s
JOIN unit u USING (unit_code)
"""

BY_UNIT_RECENT = f"""
SELECT u.unit_code, u.ward_code, u.tier, u.name, u.district_code, {COUNTS}
FROM open_dossier d JOIN unit u USING (unit_code) WHERE {FILTER}
GROUP BY u.unit_code, u.ward_code, u.tier, u.name, u.district_code
"""

SETTLED = """
SELECT unit_code, sum(settled) AS settled_28 FROM settled_recent
WHERE (CAST(:field AS text) IS NULL OR field_code = :field) AND (CAST(:channel AS int) IS NULL OR channel = :channel)
GROUP BY unit_code
"""

FIELDS = "SELECT field_code, min(field_name) AS field_name FROM procedure GROUP BY field_code ORDER BY 2"


@dataclass(frozen=True)
class Backlog:
    """units: one row a unit with open dossiers (counts of dossiers; settled_28 in the last 28 days; work_days)."""

    units: list[dict[str, Any]]
    fields: list[dict[str, Any]]
    settled_28: int
    """Of all units, those without open dossiers too."""
    working_days: int | None
    """In those 28 days; None where the calendar does not reach."""

    @property
    def total(self) -> dict[str, int]:
        """The counts of dossiers over all units: open, overdue, due_24h, suspended."""
        return {key: sum(int(unit[key]) for unit in self.units) for key in COUNTED}

    @property
    def work_days(self) -> float | None:
        """Days of work of all units together; None where nothing was settled."""
        return days_of_work(self.total["open"], self.settled_28, self.working_days)


def days_of_work(still_open: int, settled_28: int, working_days: int | None) -> float | None:
    """Open ÷ mean settled per working day; None where nothing was settled."""
    mean = per_working_day(settled_28, working_days)
    return still_open / mean if mean else None


def measured(measure: Measure, row: dict[str, Any]) -> float | None:
    """A measure's value for one unit's counts; None where it says too little."""
    if row["open"] < measure.min_n:
        return None
    if measure.code == "overdue_rate":
        return row["overdue"] / row["open"] if row["open"] else None
    value = row[measure.code]
    return None if value is None else float(value)


def backlog(
    connection: Connection, field: str | None = None, channel: int | None = None, days: int | None = None
) -> Backlog:
    """Open dossiers by unit; `days`: only those received in the last so many days. For pages/backlog.py."""
    filters = {"field": field, "channel": channel}
    today = local_day(connection)
    working_days = recent_working_days(today)
    settled = {r["unit_code"]: int(r["settled_28"]) for r in rows(connection, SETTLED, **filters)}
    if days is None:
        units = rows(connection, BY_UNIT, **filters)
    else:
        units = rows(connection, BY_UNIT_RECENT, **filters, days=days)
    for unit in units:
        unit["settled_28"] = settled.get(unit["unit_code"], 0)
        unit["work_days"] = days_of_work(unit["open"], unit["settled_28"], working_days)
    return Backlog(units, fields(connection), sum(settled.values()), working_days)


def fields(connection: Connection) -> list[dict[str, Any]]:
    """All fields of procedures by name: field_code, field_name. For filters."""
    return rows(connection, FIELDS)


@dataclass(frozen=True)
class WardDetail:
    """One unit: totals, by procedure, by age (calendar days since receipt), oldest dossiers, links."""

    totals: dict[str, Any]
    flows: dict[str, Any]
    procedures: list[dict[str, Any]]
    ages: dict[str, int]
    oldest: list[dict[str, Any]]
    links: list[dict[str, Any]]


def ward_detail(
    connection: Connection,
    ward: str,
    field: str | None = None,
    channel: int | None = None,
    days: int | None = None,
) -> WardDetail:
    """Everything the panel beside the map says about one ward. For pages/backlog.py."""
    values = {"ward": ward, "field": field, "channel": channel, "days": days}
    counts = one(
        connection,
        f"""
        SELECT {COUNTS}, {AGES}
        FROM (SELECT d.*, d.as_of_day - d.received_day AS age
                FROM open_dossier d JOIN unit u USING (unit_code) WHERE u.ward_code = :ward AND {FILTER}) d
        """,
        **values,
    )
    return WardDetail(
        totals={name: counts[name] for name in COUNTED},
        flows=one(
            connection,
            """
            SELECT coalesce(sum(received), 0) AS received_30, coalesce(sum(received_online), 0) AS online_30,
                   coalesce(sum(settled), 0) AS settled_30, coalesce(sum(in_time), 0) AS in_time_30
            FROM unit_day f JOIN unit u USING (unit_code)
            WHERE u.ward_code = :ward AND f.day > CAST(:today AS date) - 30 AND f.day <= :today
            """,
            ward=ward,
            today=local_day(connection),
        ),
        procedures=rows(
            connection,
            f"""
            SELECT d.procedure_code, coalesce(min(p.name), d.procedure_code) AS name, {COUNTS}
            FROM open_dossier d JOIN unit u USING (unit_code) LEFT JOIN procedure p USING (procedure_code)
            WHERE u.ward_code = :ward AND {FILTER}
            GROUP BY d.procedure_code ORDER BY overdue DESC, open DESC, 1
            """,
            **values,
        ),
        ages={name: counts[name] for name in ("to_3", "to_10", "to_30", "over_30")},
        oldest=rows(
            connection,
            f"""
            SELECT d.dossier_code, coalesce(p.name, d.procedure_code) AS procedure_name, d.received_at,
                   d.legal_due_at, d.overdue, d.suspended, s.step_name
            FROM open_dossier d JOIN unit u USING (unit_code) LEFT JOIN procedure p USING (procedure_code)
            LEFT JOIN LATERAL (
              SELECT step_name FROM step WHERE step.dossier_id = d.dossier_id AND finished_at IS NULL LIMIT 1
            ) s ON true
            WHERE u.ward_code = :ward AND {FILTER}
            ORDER BY d.received_at, d.dossier_id LIMIT 8
            """,
            **values,
        ),
        links=rows(
            connection,
            "SELECT service, up, since, checked_at FROM link_state WHERE ward_code = :ward ORDER BY service",
            ward=ward,
        ),
    )
