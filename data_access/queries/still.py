"""Dossiers due within 24 hours that nobody moves: the wards to call first and the alerts count the same ones."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import rows
from data_access.queries.dossiers import SETS
from data_access.queries.now import FROM

STILL = f"""
SELECT unit_code, count(*) AS still, min(legal_due_at) AS first_due FROM {FROM}
WHERE {SETS["due_24h"]} AND received_at < :still
  AND NOT EXISTS (SELECT FROM step s WHERE s.dossier_id = d.dossier_id
                     AND (s.started_at >= :still OR s.finished_at >= :still))
GROUP BY unit_code
"""


def still_dossiers(connection: Connection, as_of: datetime, today: date, since: datetime) -> list[dict[str, Any]]:
    """By unit: unit_code, still (dossiers received and last moved before `since`), first_due (the earliest due date).

    Called by first_call.py and data_access/alert_figures.py.
    """
    return rows(connection, STILL, as_of=as_of, today=today, still=since)
