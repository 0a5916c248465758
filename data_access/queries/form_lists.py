"""Lists that offices work through: overdue dossiers, apology letters due, dossiers due within 24 hours.

All are of the figures' own instant and hold exactly the dossiers that the counts of the screens hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Connection, text

from config.kept import revision
from config.settings import settings
from data_access.queries.answers import one, rows
from data_access.queries.units import units_of
from data_access.working_time import working_days_in

Tier = Literal["city", "district", "commune"]
ListKind = Literal["overdue", "apology", "due_24h"]
WHERE: dict[ListKind, str] = {"overdue": "d.overdue", "apology": "d.overdue", "due_24h": "d.due_24h"}
ORDER: dict[ListKind, str] = {
    "overdue": "d.legal_due_at, d.dossier_id",
    "apology": "coalesce(f.apology_count, 0) > 0, d.legal_due_at, d.dossier_id",
    "due_24h": "d.legal_due_at, d.dossier_id",
}
# waits: the open step and who holds it; was_late: finished steps that were late, each with its own holder
LISTED = """
SELECT d.dossier_code, coalesce(p.name, d.procedure_code) AS procedure_name, coalesce(u.name, d.unit_code) AS unit_name,
       u.ward_code, d.district_code, d.tier, d.received_day, d.legal_due_at, d.as_of_day, f.due_at, f.late_reason,
       coalesce(f.apology_count, 0) AS apologies, coalesce(f.supplement_count, 0) AS supplements,
       waits.step_name, waits.holders, waits.due_at AS step_due_at, was_late.steps AS late_steps
  FROM open_dossier d JOIN dossier f USING (dossier_id) LEFT JOIN unit u ON u.unit_code = d.unit_code
  LEFT JOIN procedure p ON p.procedure_code = d.procedure_code
  LEFT JOIN LATERAL (
    SELECT s.step_name, s.due_at,
           (SELECT string_agg(coalesce(o.display_name, i.id), ', ' ORDER BY i.n)
              FROM unnest(s.officer_ids) WITH ORDINALITY AS i(id, n)
              LEFT JOIN officer o ON o.officer_id = i.id) AS holders
      FROM step s WHERE s.dossier_id = d.dossier_id AND s.finished_at IS NULL
     ORDER BY s.started_at DESC NULLS LAST, s.step_id LIMIT 1
  ) waits ON true
  LEFT JOIN LATERAL (
    SELECT string_agg(s.step_name || coalesce(' (' || (
             SELECT string_agg(coalesce(o.display_name, i.id), ', ' ORDER BY i.n)
               FROM unnest(s.officer_ids) WITH ORDINALITY AS i(id, n) LEFT JOIN officer o ON o.officer_id = i.id
           ) || ')', ''), '; ' ORDER BY s.finished_at, s.step_id) AS steps
      FROM step s WHERE s.dossier_id = d.dossier_id AND s.finished_at > s.due_at
  ) was_late ON true
 WHERE {which} {where} ORDER BY {order}
"""
COUNTS = """
SELECT coalesce(sum(open), 0)::bigint AS open, coalesce(sum(overdue), 0)::bigint AS overdue,
       coalesce(sum(due_24h), 0)::bigint AS due_24h, coalesce(sum(suspended), 0)::bigint AS suspended
  FROM open_stock WHERE true {where}
"""
LENGTHS = """
SELECT CASE GROUPING(u.district_code, u.ward_code) WHEN 3 THEN 'city' WHEN 1 THEN 'district' ELSE 'commune' END AS tier,
       coalesce(sum(s.open), 0)::bigint AS open, coalesce(sum(s.overdue), 0)::bigint AS overdue,
       coalesce(sum(s.due_24h), 0)::bigint AS due_24h, coalesce(sum(s.suspended), 0)::bigint AS suspended
  FROM open_stock s LEFT JOIN unit u USING (unit_code)
 GROUP BY GROUPING SETS ((), (u.district_code), (u.ward_code))
HAVING GROUPING(u.district_code, u.ward_code) = 3 OR coalesce(u.district_code, u.ward_code, '') <> ''
"""
BATCH = 500


@dataclass(frozen=True)
class Stock:
    """Open dossiers of a place now; overdue, due_24h and suspended among them."""

    open: int
    overdue: int
    due_24h: int
    suspended: int

    def of(self, kind: ListKind) -> int:
        """How many rows a list of this place has."""
        return self.due_24h if kind == "due_24h" else self.overdue


@dataclass(frozen=True)
class Listed:
    """The first rows of a list, and the counts of its place."""

    rows: tuple[dict[str, Any], ...]
    stock: Stock


def first_rows(
    connection: Connection, kind: ListKind, most: int, district: str | None = None, ward: str | None = None
) -> Listed:
    """The first `most` rows. For pages/forms.py; a row as `all_rows` gives it."""
    where, values = _place(connection, district, ward)
    sql = LISTED.format(which=WHERE[kind], where=where.format("d.unit_code"), order=ORDER[kind])
    found = rows(connection, f"{sql} LIMIT :most", most=most, **values)
    return Listed(tuple(_with_days(row) for row in found), stock(connection, district, ward))


def all_rows(
    connection: Connection, kind: ListKind, district: str | None = None, ward: str | None = None
) -> Iterator[dict[str, Any]]:
    """Row by row through a cursor of the server, so that memory stays flat. For the exports.

    days_late: working days since the due day, None where the calendar does not reach or it is not late.
    """
    where, values = _place(connection, district, ward)
    sql = LISTED.format(which=WHERE[kind], where=where.format("d.unit_code"), order=ORDER[kind])
    found = connection.execution_options(yield_per=BATCH).execute(text(sql), values)
    for row in found.mappings():
        yield _with_days(dict(row))


def stock(connection: Connection, district: str | None = None, ward: str | None = None) -> Stock:
    """How many dossiers are open, overdue, due within 24 hours, suspended now."""
    where, values = _place(connection, district, ward)
    return Stock(**one(connection, COUNTS.format(where=where.format("unit_code")), **values))


def stocks(connection: Connection) -> dict[Tier, list[Stock]]:
    """The stock of the city, of every district and of every ward that has any. Called by previews/forms.py."""
    found: dict[Tier, list[Stock]] = {"city": [], "district": [], "commune": []}
    for row in rows(connection, LENGTHS):
        found[row.pop("tier")].append(Stock(**row))
    return found


def _place(connection: Connection, district: str | None, ward: str | None) -> tuple[str, dict[str, Any]]:
    if district is None and ward is None:
        return "", {}
    return "AND {} = ANY (:units)", {"units": list(units_of(connection, district, ward))}


def _with_days(row: dict[str, Any]) -> dict[str, Any]:
    due = row["legal_due_at"]
    row["days_late"] = (
        None if due is None else _days_late(due.astimezone(settings().tz).date(), row["as_of_day"], revision())
    )
    return row


@lru_cache(maxsize=4_096)
def _days_late(due: date, today: date, _calendar: int) -> int | None:
    try:
        return working_days_in(due + timedelta(days=1), today) if due < today else None
    except ValueError:
        return None
