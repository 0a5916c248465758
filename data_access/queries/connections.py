"""The links of all wards: how many are up by service, who is down since when and what waits there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import one, rows

LINKS = """
SELECT count(*) FILTER (WHERE service = 'wan') AS wards,
       count(*) FILTER (WHERE service = 'wan' AND NOT up) AS wan_down,
       count(*) FILTER (WHERE service = 'onestop') AS onestop, count(*) FILTER (WHERE service = 'onestop' AND NOT up)
         AS onestop_down,
       count(*) FILTER (WHERE service = 'video') AS video, count(*) FILTER (WHERE service = 'video' AND NOT up)
         AS video_down,
       max(checked_at) AS checked_at
FROM link_state
"""

DOWN = """
SELECT ward_code, min(since) AS since, max(since) FILTER (WHERE service = 'wan') AS wan,
       max(since) FILTER (WHERE service = 'onestop') AS onestop, max(since) FILTER (WHERE service = 'video') AS video
FROM link_state WHERE NOT up GROUP BY ward_code
ORDER BY max(since) FILTER (WHERE service = 'wan') NULLS LAST, max(since) FILTER (WHERE service = 'onestop') NULLS LAST,
         min(since), ward_code
"""

WAITING = """
SELECT u.ward_code, count(*) AS open, count(*) FILTER (WHERE d.overdue) AS overdue
FROM open_dossier d JOIN unit u USING (unit_code)
WHERE d.unit_code = ANY (SELECT unit_code FROM unit WHERE ward_code = ANY (:wards)) GROUP BY u.ward_code
"""


@dataclass(frozen=True)
class Connections:
    """counts: wards (with a WAN check), wan_down, onestop, onestop_down, video, video_down (links).

    down: a row a ward with something down, longest without WAN first: ward_code, since, wan, onestop, video
    (instants since when, None: up or unknown), open, overdue (dossiers waiting there). Wards not in `down`
    whose links were checked are all up; `checked` names them.
    """

    counts: dict[str, int]
    checked_at: datetime | None
    down: list[dict[str, Any]]
    checked: frozenset[str]


def connections(connection: Connection) -> Connections:
    """State of all links. Called by the wall's screens."""
    counts = one(connection, LINKS)
    checked_at = counts.pop("checked_at")
    down = rows(connection, DOWN)
    waiting = {r["ward_code"]: r for r in rows(connection, WAITING, wards=[r["ward_code"] for r in down])}
    for row in down:
        there = waiting.get(row["ward_code"], {})
        row |= {"open": int(there.get("open", 0)), "overdue": int(there.get("overdue", 0))}
    checked = frozenset(r["ward_code"] for r in rows(connection, "SELECT DISTINCT ward_code FROM link_state"))
    return Connections({k: int(v) for k, v in counts.items()}, checked_at, down, checked)
