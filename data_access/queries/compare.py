"""What comparing needs besides a district's figures: demand of wards, and one place in two periods."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from data_access.queries.answers import local_day, rows
from data_access.queries.district import FLOWING, FLOWS, MEDIANS
from data_access.queries.stock import NOW, stock_at
from data_access.queries.units import units_of

DEMAND = """
SELECT u.ward_code, coalesce(sum(t.received), 0)::int AS received
FROM unit u LEFT JOIN unit_total t USING (unit_code) WHERE u.ward_code IS NOT NULL GROUP BY u.ward_code
"""


@dataclass(frozen=True)
class InPeriod:
    """A place in a period: flows as of District; open, overdue at its end (now, while it runs), and whether counted.

    listed: figure (open, overdue) → whether its list has as many (stock.Stock).
    """

    flows: dict[str, int]
    open: int
    overdue: int
    counted: bool
    listed: dict[str, bool]


def demand(connection: Connection) -> dict[str, int]:
    """Ward → dossiers received since the system began, of the wards in scope. Called by pages/compare.py."""
    return {row["ward_code"]: row["received"] for row in rows(connection, DEMAND)}


def two_periods(
    connection: Connection, district: str | None, ward: str | None, spans: tuple[tuple[date, date], ...], few: int
) -> tuple[list[InPeriod], float | None]:
    """A ward (or a district) in each of some periods, first to last day. Called by pages/compare_periods.py.

    With them the city's median share settled on time of wards (districts) in the first of the periods.
    """
    today = local_day(connection)
    units = list(units_of(connection, district, ward))
    medians = rows(connection, MEDIANS, first=spans[0][0], last=spans[0][1], few=few)
    on_time = next((row["on_time"] for row in medians if row["level"] == ("ward" if ward else "district")), None)
    return [_in_period(connection, units, span, today) for span in spans], on_time


def _in_period(connection: Connection, units: list[str], span: tuple[date, date], today: date) -> InPeriod:
    first, last = span
    found = rows(connection, FLOWS, units=units, first=first, last=last)
    flows = {name: sum(int(row[name] or 0) for row in found) for name in FLOWING}
    if last >= today:
        stock = rows(connection, NOW, units=units)
        opened, overdue = sum(r["open"] for r in stock), sum(r["overdue"] for r in stock)
        return InPeriod(flows, opened, overdue, True, {"open": True, "overdue": True})
    earlier = stock_at(connection, units, last, today, beside=True)
    return InPeriod(flows, *earlier.of(units), earlier.counted, earlier.listed)
