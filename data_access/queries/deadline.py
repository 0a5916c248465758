"""One dossier's deadline: what the store knows of it, for telling why it is due when it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import one, rows


@dataclass(frozen=True)
class Dated:
    """A dossier with its procedure's limit and its pauses, oldest first (reason, from_at, to_at or None).

    Instants are aware. `limit_value`, `limit_unit` and received_at may be unknown; `as_of` is the instant
    that the figures describe.
    """

    dossier_code: str
    procedure_name: str
    unit_name: str
    limit_value: float | None
    limit_unit: str | None
    same_day: bool
    received_at: datetime | None
    due_at: datetime | None
    due_original: datetime | None
    apologies: int
    pauses: list[dict[str, Any]]
    as_of: datetime


def dated(connection: Connection, dossier_code: str) -> list[Dated]:
    """The dossiers of that code (a source may use one twice); none when the scope holds none.

    Called by `python -m data_access explain-deadline`.
    """
    as_of = one(connection, "SELECT as_of FROM data_version")["as_of"]
    found = rows(
        connection,
        """
        SELECT d.dossier_id, d.dossier_code, coalesce(p.name, d.procedure_code) AS procedure_name,
               coalesce(u.name, d.unit_code) AS unit_name, p.limit_value::float8 AS limit_value, p.limit_unit,
               coalesce(p.same_day, false) AS same_day, d.received_at, d.due_at, d.due_original,
               coalesce(d.apology_count, 0) AS apologies
        FROM dossier d LEFT JOIN procedure p USING (procedure_code) LEFT JOIN unit u USING (unit_code)
        WHERE d.dossier_code = :code ORDER BY d.dossier_id
        """,
        code=dossier_code,
    )
    for row in found:
        row["pauses"] = rows(
            connection,
            "SELECT reason, from_at, to_at FROM pause WHERE dossier_id = :id ORDER BY from_at, reason",
            id=row.pop("dossier_id"),
        )
    return [Dated(**row, as_of=as_of) for row in found]
