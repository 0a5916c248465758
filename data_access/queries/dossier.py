"""One dossier: what the store knows of it, its steps with their holders, its pauses. Never who applied."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import rows
from data_access.queries.deadline import Dated, dated
from data_access.queries.dossier_pages import SHOWN
from data_access.queries.now import NOW

STEPS = """
SELECT s.step_id, s.step_name, s.started_at, s.due_at, s.finished_at, cardinality(s.officer_ids) AS holders_all,
       ARRAY(SELECT display_name FROM officer o WHERE o.officer_id = ANY (s.officer_ids)
              ORDER BY officer_id) AS holders,
       s.finished_at IS NULL AND NOT s.waiting AS rests
FROM step s WHERE s.dossier_id = :id ORDER BY s.started_at NULLS LAST, s.step_id
"""

FACTS = """
SELECT dossier_id, field_code, channel, due_original, due_at, finished_at, returned_at, supplement_count, apology_count,
       late_reason, unit_received
FROM dossier WHERE dossier_code = :code ORDER BY dossier_id
"""


@dataclass(frozen=True)
class Dossier:
    """facts: a row of the list and the columns of FACTS; steps: STEPS, oldest first; dated: limit and pauses."""

    facts: dict[str, Any]
    steps: list[dict[str, Any]]
    dated: Dated


def dossier(connection: Connection, code: str) -> list[Dossier]:
    """The dossiers of that code (a source may use one twice); none when the scope holds none.

    Called by pages/dossier.py.
    """
    now = rows(connection, NOW)[0]
    found = rows(connection, FACTS, code=code)
    shown = {
        row["dossier_id"]: row
        for row in rows(connection, SHOWN, ids=[row["dossier_id"] for row in found], as_of=now["as_of"],
                        today=now["today"])
    }  # fmt: skip
    return [
        Dossier(shown[row["dossier_id"]] | row, rows(connection, STEPS, id=row["dossier_id"]), about)
        for row, about in zip(found, dated(connection, code), strict=True)
    ]
