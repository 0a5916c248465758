"""What a district's meeting looks at: its wards one by one, and how the last weeks went."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from config.district import district_rules
from data_access.queries.answers import local_day, rows
from data_access.queries.district import District, district_figures
from data_access.queries.form_ii06a import FormII06a, form_ii06a
from data_access.queries.form_lists import Stock, stock

WEEKS = 12
WARDS = """
WITH flow AS (
  SELECT unit_code, sum(received) AS received, sum(settled) AS settled, sum(in_time) AS in_time
    FROM unit_day WHERE district_code = :district AND day BETWEEN :first AND :until GROUP BY unit_code
), stock AS (
  SELECT unit_code, sum(open) AS open, sum(overdue) AS overdue, sum(due_24h) AS due_24h, sum(suspended) AS suspended
    FROM open_stock WHERE district_code = :district GROUP BY unit_code
)
SELECT u.unit_code, u.ward_code, u.name, coalesce(received, 0)::bigint AS received,
       coalesce(settled, 0)::bigint AS settled, coalesce(in_time, 0)::bigint AS in_time,
       coalesce(open, 0)::bigint AS open, coalesce(overdue, 0)::bigint AS overdue,
       coalesce(due_24h, 0)::bigint AS due_24h, coalesce(suspended, 0)::bigint AS suspended
  FROM unit u LEFT JOIN flow USING (unit_code) LEFT JOIN stock USING (unit_code)
 WHERE u.district_code = :district ORDER BY overdue DESC, due_24h DESC, open DESC, u.unit_code
"""
LATELY = """
SELECT day, sum(received)::bigint AS received, sum(settled)::bigint AS settled,
       sum(became_overdue - settled_late)::bigint AS overdue
  FROM district_day WHERE district_code = :district AND day > :since AND day <= :today GROUP BY day
"""


@dataclass(frozen=True)
class Week:
    """Seven days that end with `last`: dossiers received and settled; open and overdue at their end."""

    last: date
    received: int
    settled: int
    still_open: int
    overdue: int


@dataclass(frozen=True)
class Meeting:
    """form: II.06a of the period, earlier: of the one compared with; units: the wards and the district's own office
    (counts of dossiers, the period's flows and the open ones now); weeks: oldest first; places: the figures of the
    screen My district."""

    form: FormII06a
    earlier: FormII06a
    stock: Stock
    units: tuple[dict[str, Any], ...]
    weeks: tuple[Week, ...]
    places: District


def meeting(
    connection: Connection, district: str, first: date, last: date, earlier_first: date, earlier_last: date
) -> Meeting:
    """The figures of a district for a period and the one it is compared with. For pages/forms.py and the exports."""
    today = local_day(connection)
    now = stock(connection, district)
    return Meeting(
        form_ii06a(connection, first, last, district),
        form_ii06a(connection, earlier_first, earlier_last, district),
        now,
        tuple(rows(connection, WARDS, district=district, first=first, until=min(last, today))),
        _weeks(connection, district, today, now),
        district_figures(connection, district, first, min(last, today), earlier_first, earlier_last,
                         district_rules().least_settled),
    )  # fmt: skip


def _weeks(connection: Connection, district: str, today: date, now: Stock) -> tuple[Week, ...]:
    """Back from what is open now, week by week."""
    since = today - timedelta(days=7 * WEEKS)
    days = {row["day"]: row for row in rows(connection, LATELY, district=district, since=since, today=today)}
    found, still_open, overdue = [], now.open, now.overdue
    for back in range(WEEKS):
        last = today - timedelta(days=7 * back)
        week = [days[d] for d in (last - timedelta(days=n) for n in range(7)) if d in days]
        received, settled = sum(r["received"] for r in week), sum(r["settled"] for r in week)
        found.append(Week(last, received, settled, still_open, overdue))
        still_open -= received - settled
        overdue -= sum(r["overdue"] for r in week)
    return tuple(reversed(found))
