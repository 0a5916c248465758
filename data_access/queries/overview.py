"""The landing screen: the city's (or a district's) main figures, trend, and where to look first."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import local_day, one, rows
from data_access.queries.workload import OFFICER_LOAD

TREND_DAYS = 31

OPEN_NOW = """
SELECT count(*) AS open, count(*) FILTER (WHERE overdue) AS overdue,
       count(*) FILTER (WHERE due_24h) AS due_24h, count(*) FILTER (WHERE suspended) AS suspended
FROM open_dossier
"""

FLOWS = """
SELECT coalesce(sum(received) FILTER (WHERE day = :today), 0) AS received_today,
       coalesce(sum(received) FILTER (WHERE day = :today AND channel = 2), 0) AS received_today_online,
       coalesce(sum(received) FILTER (WHERE recent), 0) AS received_30,
       coalesce(sum(received) FILTER (WHERE recent AND channel = 2), 0) AS received_30_online,
       coalesce(sum(settled_early + settled_on_time + settled_late) FILTER (WHERE recent), 0) AS settled_30,
       coalesce(sum(settled_early + settled_on_time) FILTER (WHERE recent), 0) AS in_time_30,
       coalesce(sum(settled_early + settled_on_time + settled_late) FILTER (WHERE NOT recent), 0) AS settled_before,
       coalesce(sum(settled_early + settled_on_time) FILTER (WHERE NOT recent), 0) AS in_time_before,
       coalesce(sum(rated) FILTER (WHERE recent), 0) AS rated_30,
       coalesce(sum(satisfied) FILTER (WHERE recent), 0) AS satisfied_30
FROM (SELECT *, day > CAST(:today AS date) - 30 AS recent FROM flow_day
      WHERE day > CAST(:today AS date) - 60 AND day <= :today) f
"""

TOTALS = """
SELECT coalesce(sum(received) FILTER (WHERE tier = 'commune'), 0) AS received_commune,
       coalesce(sum(received), 0) AS received_all,
       (SELECT min(month) FROM procedure_month) AS first_month
FROM unit_total
"""

MOVES = """
SELECT day, sum(received) AS received, sum(settled_early + settled_on_time + settled_late) AS settled,
       sum(became_overdue) - sum(settled_late) AS overdue
FROM flow_day WHERE day > CAST(:today AS date) - :days AND day <= :today GROUP BY day
"""

LINKS = """
SELECT count(DISTINCT ward_code) AS wards,
       count(DISTINCT ward_code) FILTER (WHERE NOT up AND service = 'wan') AS wan_down,
       count(DISTINCT ward_code) FILTER (WHERE NOT up) AS any_down
FROM link_state
"""

FIRST_WARDS = """
WITH ward AS (
  SELECT u.ward_code, d.unit_code, count(*) AS open, count(*) FILTER (WHERE d.overdue) AS overdue,
         count(*) FILTER (WHERE d.due_24h) AS due_24h
  FROM open_dossier d JOIN unit u ON u.unit_code = d.unit_code AND u.ward_code IS NOT NULL
  GROUP BY u.ward_code, d.unit_code
), down AS (
  SELECT ward_code, min(since) AS down_since FROM link_state WHERE NOT up AND service = 'wan' GROUP BY ward_code
), top AS (
  SELECT ward.*, down.down_since FROM ward LEFT JOIN down USING (ward_code)
  ORDER BY ward.overdue DESC, ward.due_24h DESC, ward.open DESC, ward.ward_code LIMIT 10
)
SELECT top.*, stuck.field_code, stuck.step_name, stuck.n AS stuck
FROM top LEFT JOIN LATERAL (
  SELECT s.field_code, s.step_name, count(*) AS n
  FROM open_step s JOIN open_dossier d USING (dossier_id)
  WHERE s.unit_code = top.unit_code AND d.overdue
  GROUP BY s.field_code, s.step_name ORDER BY n DESC, s.field_code, s.step_name LIMIT 1
) stuck ON true
ORDER BY top.overdue DESC, top.due_24h DESC, top.open DESC, top.ward_code
"""

FIRST_OFFICERS = f"""
SELECT * FROM ({OFFICER_LOAD}) o
WHERE steps > 0 ORDER BY load_index DESC NULLS LAST, overdue DESC, officer_id LIMIT 10
"""

WARD_OVERDUE = """
SELECT u.ward_code, count(*) AS open, count(*) FILTER (WHERE d.overdue) AS overdue
FROM open_dossier d JOIN unit u ON u.unit_code = d.unit_code AND u.ward_code IS NOT NULL
GROUP BY u.ward_code
"""


@dataclass(frozen=True)
class Overview:
    """figures: open, overdue, due_24h, suspended, received_*, settled_30, … (dossiers); links: wards.

    trend: last 31 days, oldest first (day, received, settled, open, overdue). wards, officers: at most ten
    rows, worst first. ward_overdue: one row a ward with open dossiers.
    """

    figures: dict[str, Any]
    links: dict[str, int]
    trend: list[dict[str, Any]]
    wards: list[dict[str, Any]]
    officers: list[dict[str, Any]]
    ward_overdue: list[dict[str, Any]]


def overview(connection: Connection) -> Overview:
    """All of the landing screen in one look. Called by pages/overview.py."""
    today = local_day(connection)
    figures = one(connection, OPEN_NOW) | one(connection, FLOWS, today=today) | one(connection, TOTALS)
    figures["as_of_day"] = today
    moves = rows(connection, MOVES, today=today, days=TREND_DAYS)
    return Overview(
        figures=figures,
        links=one(connection, LINKS),
        trend=stock_by_day(moves, figures["open"], figures["overdue"], today),
        wards=rows(connection, FIRST_WARDS),
        officers=rows(connection, FIRST_OFFICERS, today=today),
        ward_overdue=rows(connection, WARD_OVERDUE),
    )


def stock_by_day(moves: list[dict[str, Any]], stock: int, overdue: int, today: date) -> list[dict[str, Any]]:
    """What was open and overdue at the end of each of the last days, reckoned back from what is now.

    moves: day, received, settled, overdue (became overdue less settled late); days without any may be
    missing. Nothing before the first of these days is looked at, so the cost does not grow with history.
    """
    by_day = {row["day"]: row for row in moves}
    trend: list[dict[str, Any]] = []
    for back in range(TREND_DAYS):
        day = today - timedelta(days=back)
        row = by_day.get(day, {"received": 0, "settled": 0, "overdue": 0})
        received, settled = int(row["received"]), int(row["settled"])
        trend.append({"day": day, "received": received, "settled": settled, "open": stock, "overdue": overdue})
        stock += settled - received
        overdue -= int(row["overdue"])
    return trend[::-1]
