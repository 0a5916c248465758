"""One dossier's process control sheet: its steps with who held them, when, and how each ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import one, rows

DOSSIER = """
SELECT d.dossier_id, d.dossier_code, coalesce(p.name, d.procedure_code) AS procedure_name, p.field_name,
       coalesce(u.name, d.unit_code) AS unit_name, u.ward_code, d.district_code, d.status, d.bucket, d.timeliness,
       d.received_at, d.legal_due_at, d.due_original, d.due_at, d.finished_at, d.returned_at, d.late_reason,
       coalesce(d.supplement_count, 0) AS supplements, coalesce(d.apology_count, 0) AS apologies
  FROM dossier d LEFT JOIN unit u ON u.unit_code = d.unit_code
  LEFT JOIN procedure p ON p.procedure_code = d.procedure_code
 WHERE d.dossier_code = :code ORDER BY d.dossier_id
"""
STEPS = """
SELECT s.step_name, s.started_at, s.due_at, s.finished_at,
       (SELECT string_agg(coalesce(o.display_name, i.id), ', ' ORDER BY i.n)
          FROM unnest(s.officer_ids) WITH ORDINALITY AS i(id, n) LEFT JOIN officer o ON o.officer_id = i.id) AS holders
  FROM step s WHERE s.dossier_id = :id ORDER BY s.started_at NULLS LAST, s.step_id
"""
PAUSES = "SELECT reason, from_at, to_at FROM pause WHERE dossier_id = :id ORDER BY from_at, reason"


@dataclass(frozen=True)
class ProcessSheet:
    """A dossier (columns of DOSSIER), its steps and pauses in order of time; instants are aware."""

    dossier: dict[str, Any]
    steps: tuple[dict[str, Any], ...]
    pauses: tuple[dict[str, Any], ...]
    as_of: datetime


def process_sheets(connection: Connection, code: str) -> tuple[ProcessSheet, ...]:
    """The sheets of the dossiers of that code (a source may use one twice); () when the scope holds none.

    For pages/forms.py and the exports.
    """
    as_of = one(connection, "SELECT as_of FROM data_version")["as_of"]
    found = []
    for dossier in rows(connection, DOSSIER, code=code):
        key = dossier["dossier_id"]
        steps, pauses = rows(connection, STEPS, id=key), rows(connection, PAUSES, id=key)
        found.append(ProcessSheet(dossier, tuple(steps), tuple(pauses), as_of))
    return tuple(found)
