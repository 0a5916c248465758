"""The landing screen: the city's (or a district's) main figures, trend, and where to look first."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import one, rows
from data_access.queries.workload import OFFICER_LOAD

OPEN_NOW = """
SELECT count(*) AS open, count(*) FILTER (WHERE overdue) AS overdue,
       count(*) FILTER (WHERE due_24h) AS due_24h, count(*) FILTER (WHERE suspended) AS suspended
FROM open_dossier
"""

FLOWS = """
SELECT coalesce(sum(received) FILTER (WHERE tier = 'commune'), 0) AS received_commune,
       coalesce(sum(received), 0) AS received_all,
       coalesce(sum(received) FILTER (WHERE day = v.as_of_day), 0) AS received_today,
       coalesce(sum(received) FILTER (WHERE day = v.as_of_day AND channel = 2), 0) AS received_today_online,
       coalesce(sum(received) FILTER (WHERE day > v.as_of_day - 30), 0) AS received_30,
       coalesce(sum(received) FILTER (WHERE day > v.as_of_day - 30 AND channel = 2), 0) AS received_30_online,
       coalesce(sum(settled_early + settled_on_time + settled_late)
                FILTER (WHERE day > v.as_of_day - 30 AND day <= v.as_of_day), 0) AS settled_30,
       coalesce(sum(settled_early + settled_on_time)
                FILTER (WHERE day > v.as_of_day - 30 AND day <= v.as_of_day), 0) AS in_time_30,
       coalesce(sum(settled_early + settled_on_time + settled_late)
                FILTER (WHERE day > v.as_of_day - 60 AND day <= v.as_of_day - 30), 0) AS settled_before,
       coalesce(sum(settled_early + settled_on_time)
                FILTER (WHERE day > v.as_of_day - 60 AND day <= v.as_of_day - 30), 0) AS in_time_before,
       coalesce(sum(rated) FILTER (WHERE day > v.as_of_day - 30), 0) AS rated_30,
       coalesce(sum(satisfied) FILTER (WHERE day > v.as_of_day - 30), 0) AS satisfied_30,
       min(day) FILTER (WHERE received > 0) AS first_day, max(v.as_of_day) AS as_of_day
FROM flow_day CROSS JOIN data_version v
"""

TREND = """
SELECT day, received, settled,
       sum(received - settled) OVER (ORDER BY day) AS open,
       sum(became_overdue - settled_late) OVER (ORDER BY day) AS overdue
FROM (
  SELECT f.day, sum(f.received) AS received, sum(f.became_overdue) AS became_overdue,
         sum(f.settled_early + f.settled_on_time + f.settled_late) AS settled,
         sum(f.settled_late) AS settled_late
  FROM flow_day f CROSS JOIN data_version v WHERE f.day <= v.as_of_day GROUP BY f.day
) d ORDER BY day
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
    figures = one(connection, OPEN_NOW) | one(connection, FLOWS)
    trend = rows(connection, TREND)
    return Overview(
        figures=figures,
        links=one(connection, LINKS),
        trend=fill_days(trend, figures["as_of_day"], 31),
        wards=rows(connection, FIRST_WARDS),
        officers=rows(connection, FIRST_OFFICERS),
        ward_overdue=rows(connection, WARD_OVERDUE),
    )


def fill_days(trend: list[dict[str, Any]], until: date | None, days: int) -> list[dict[str, Any]]:
    """The last `days` days with no gap: a day without movement keeps the stock of the day before it."""
    if until is None or not trend:
        return []
    by_day = {row["day"]: row for row in trend}
    before = [row for row in trend if row["day"] <= date.fromordinal(until.toordinal() - days)]
    stock = before[-1] if before else {"open": 0, "overdue": 0}
    filled = []
    for ordinal in range(until.toordinal() - days + 1, until.toordinal() + 1):
        day = date.fromordinal(ordinal)
        stock = by_day.get(day, {**stock, "day": day, "received": 0, "settled": 0})
        filled.append({key: int(value) if key != "day" else value for key, value in stock.items()})
    return filled
