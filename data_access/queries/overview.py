"""The landing screen: the city's (or a district's) main figures, trend, and where to look first."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import local_day, one, rows
from data_access.queries.stock import LATE_AT
from data_access.queries.workload import HELD

TREND_DAYS = 31

OPEN_NOW = """
SELECT s.*, u.ward_code
FROM (SELECT unit_code, sum(open) AS open, sum(overdue) AS overdue, sum(due_24h) AS due_24h,
             sum(suspended) AS suspended FROM open_stock GROUP BY unit_code) s
LEFT JOIN unit u USING (unit_code)
"""

# The figures' days and the trend's, of which each is read once; overdue: became so, less those settled late.
DAYS = """
SELECT day, sum(received) AS received, sum(received_online) AS online, sum(settled) AS settled, sum(in_time) AS in_time,
       sum(rated) AS rated, sum(satisfied) AS satisfied, sum(became_overdue) - sum(settled_late) AS overdue
FROM district_day WHERE day > CAST(:today AS date) - 60 AND day <= :today GROUP BY day
"""

TOTALS = """
SELECT coalesce(sum(received) FILTER (WHERE tier = 'commune'), 0) AS received_commune,
       coalesce(sum(received), 0) AS received_all,
       (SELECT min(month) FROM procedure_month) AS first_month
FROM unit_total
"""

CLOSED = f"""
SELECT w.day, coalesce(sum(b.open), 0) AS open, coalesce(sum(b.overdue), 0) AS overdue, {LATE_AT}
FROM snapshot_day w LEFT JOIN backlog_day b USING (day)
WHERE w.day > CAST(:today AS date) - :days AND w.day < :today GROUP BY w.day
"""

LINKS = """
SELECT count(DISTINCT ward_code) AS wards,
       count(DISTINCT ward_code) FILTER (WHERE NOT up AND service = 'wan') AS wan_down,
       count(DISTINCT ward_code) FILTER (WHERE NOT up) AS any_down
FROM link_state
"""

# Names are looked up for the few that are shown.
FIRST_OFFICERS = f"""
WITH {HELD}, first AS (
  SELECT officer_id, steps, overdue, steps / nullif(median, 0) AS load_index, median, peers
    FROM holding JOIN peers USING (role, tier) WHERE steps > 0
   ORDER BY load_index DESC NULLS LAST, overdue DESC, officer_id LIMIT 10
)
SELECT o.officer_id, o.display_name, o.role, o.tier, o.unit_code, o.district_code, o.active,
       u.name AS unit_name, u.ward_code, f.steps, f.overdue, f.load_index, f.median, f.peers
FROM first f JOIN officer o USING (officer_id) LEFT JOIN unit u ON u.unit_code = o.unit_code
ORDER BY f.load_index DESC NULLS LAST, f.overdue DESC, o.officer_id
"""


@dataclass(frozen=True)
class Overview:
    """figures: open, overdue, due_24h, suspended, received_*, settled_30, … (dossiers); links: wards.

    trend: last 31 days, oldest first (day, received, settled, open, overdue, late_at): open and overdue of closed
    days as their snapshot has them, of days before the first one reckoned back from it; late_at: when a snapshot was
    counted long after its day's end, else None. officers: at most ten rows, worst first.
    ward_overdue: one row a ward with open dossiers.
    """

    figures: dict[str, Any]
    links: dict[str, int]
    trend: list[dict[str, Any]]
    officers: list[dict[str, Any]]
    ward_overdue: list[dict[str, Any]]


def overview(connection: Connection) -> Overview:
    """All of the landing screen in one look. Called by pages/overview.py."""
    today = local_day(connection)
    units = rows(connection, OPEN_NOW)
    figures: dict[str, Any] = {k: int(sum(u[k] for u in units)) for k in ("open", "overdue", "due_24h", "suspended")}
    days = rows(connection, DAYS, today=today)
    figures |= _flows(days, today) | one(connection, TOTALS)
    figures["as_of_day"] = today
    wards = [u for u in units if u["ward_code"] is not None]
    closed = {r["day"]: r for r in rows(connection, CLOSED, today=today, days=TREND_DAYS)}
    return Overview(
        figures=figures,
        links=one(connection, LINKS),
        trend=stock_by_day(days, figures["open"], figures["overdue"], today, closed),
        officers=rows(connection, FIRST_OFFICERS),
        ward_overdue=[{k: u[k] for k in ("ward_code", "open", "overdue")} for u in wards],
    )


def _flows(days: list[dict[str, Any]], today: date) -> dict[str, int]:
    """Of today, of the 30 days that end with it and of the 30 before."""
    since = today - timedelta(days=29)
    recent, before = [day for day in days if day["day"] >= since], [day for day in days if day["day"] < since]
    of_today = [day for day in recent if day["day"] == today]

    def total(of: list[dict[str, Any]], name: str) -> int:
        return sum(day[name] for day in of)

    return {
        "received_today": total(of_today, "received"), "received_today_online": total(of_today, "online"),
        "received_30": total(recent, "received"), "received_30_online": total(recent, "online"),
        **{f"{name}_30": total(recent, name) for name in ("settled", "in_time", "rated", "satisfied")},
        **{f"{name}_before": total(before, name) for name in ("settled", "in_time")},
    }  # fmt: skip


def stock_by_day(
    moves: list[dict[str, Any]], stock: int, overdue: int, today: date, closed: dict[date, dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """What was open and overdue at the end of each of the last days, going back from what is now.

    moves: day, received, settled, overdue (became overdue less settled late); days without any may be
    missing. closed: day → open, overdue, late_at as its snapshot has them; a day without one is reckoned back from the
    day after it, so that nothing jumps where the snapshots begin. Nothing before the first of these days is
    looked at: the cost does not grow with history.
    """
    by_day = {row["day"]: row for row in moves}
    trend: list[dict[str, Any]] = []
    for back in range(TREND_DAYS):
        day, late_at = today - timedelta(days=back), None
        if closed and day in closed:
            stock, overdue = int(closed[day]["open"]), int(closed[day]["overdue"])
            late_at = closed[day]["late_at"]
        row = by_day.get(day, {"received": 0, "settled": 0, "overdue": 0})
        received, settled = int(row["received"]), int(row["settled"])
        trend.append({"day": day, "received": received, "settled": settled, "open": stock, "overdue": overdue,
                      "late_at": late_at})  # fmt: skip
        stock += settled - received
        overdue -= int(row["overdue"])
    return trend[::-1]
