"""Form II.06a/VPCP/KSTT: dossiers received, settled and open in a period, by field, under rule R-A (DOMAIN C1, D).

From daily flows, without a look at dossiers: by district and field, a ward's by its units. What was open at a day's
end is what is open now, less what came since, plus what went since: so a recent period reads few days, however many
years lie before it.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection

from config.registry import fold
from data_access.queries.answers import local_day, rows
from data_access.queries.now import SCOPE
from data_access.queries.units import units_of
from data_access.rules.timeliness import RULE

# {flows}: those of the place since the first day; {where}: its units; net: received less settled
FLOWS = """
WITH flow AS (
  SELECT tier, field_code,
         sum(received_online) FILTER (WHERE day <= :until) AS online,
         sum(received - received_online) FILTER (WHERE day <= :until) AS in_person,
         sum(settled_early) FILTER (WHERE day <= :until) AS early,
         sum(settled_on_time) FILTER (WHERE day <= :until) AS on_time,
         sum(settled_late) FILTER (WHERE day <= :until) AS late,
         sum(received - settled_early - settled_on_time - settled_late) AS net,
         sum(received - settled_early - settled_on_time - settled_late) FILTER (WHERE day > :until) AS net_after,
         sum(became_overdue - settled_late) FILTER (WHERE day > :until AND day <= :today) AS overdue_after
    FROM ({flows}) f GROUP BY tier, field_code
), stock AS (
  SELECT tier, field_code, sum(open) AS open, sum(overdue) AS overdue, sum(suspended) AS suspended
    FROM open_stock WHERE true {where} GROUP BY tier, field_code
), summed AS (
  SELECT tier, field_code, coalesce(online, 0)::bigint AS online, coalesce(in_person, 0)::bigint AS in_person,
         (coalesce(open, 0) - coalesce(net, 0))::bigint AS carried, coalesce(early, 0)::bigint AS early,
         coalesce(on_time, 0)::bigint AS on_time, coalesce(late, 0)::bigint AS late,
         (coalesce(open, 0) - coalesce(net_after, 0))::bigint AS still_open,
         (coalesce(overdue, 0) - coalesce(overdue_after, 0))::bigint AS overdue,
         coalesce(suspended, 0)::bigint AS suspended
    FROM flow FULL JOIN stock USING (tier, field_code)
), field AS (SELECT field_code, min(field_name) AS field_name FROM procedure GROUP BY field_code)
SELECT summed.*, coalesce(field_name, '') AS field_name FROM summed LEFT JOIN field USING (field_code)
"""
OF_UNITS = """
SELECT *, CASE WHEN channel = 2 THEN received ELSE 0 END AS received_online
  FROM flow_day WHERE day >= :first AND unit_code = ANY (:units)
"""
OF_DISTRICT = "SELECT * FROM field_day WHERE day >= :first AND district_code = :district"
# All that the scope names: the whole city, '*', has rows of its own as districts have.
OF_SCOPE = f"SELECT * FROM field_day WHERE day >= :first AND district_code = ANY ({SCOPE})"
TIERS = ("city", "district", "commune", "")
"""The order of the sections; '': units that the source does not place."""


@dataclass(frozen=True)
class Cells:
    """One row of the form: numbers of dossiers. Columns 3 to 13 in the form's own order."""

    online: int = 0
    in_person: int = 0
    carried: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    in_time: int = 0
    overdue: int = 0

    @property
    def new(self) -> int:
        """Received in the period."""
        return self.online + self.in_person

    @property
    def received(self) -> int:
        """Column 3: new and carried over."""
        return self.new + self.carried

    @property
    def settled(self) -> int:
        """Column 7."""
        return self.early + self.on_time + self.late

    @property
    def still_open(self) -> int:
        """Column 11."""
        return self.in_time + self.overdue

    @property
    def on_time_share(self) -> float | None:
        """Settled early or on time of all settled; None when nothing was."""
        return (self.early + self.on_time) / self.settled if self.settled else None

    @property
    def columns(self) -> tuple[int, ...]:
        """The numbers of columns 3 to 13."""
        return (self.received, self.online, self.in_person, self.carried, self.settled, self.early, self.on_time,
                self.late, self.still_open, self.in_time, self.overdue)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A field with its cells; field_code '' is one that the source does not know."""

    tier: str
    field_code: str
    field_name: str
    cells: Cells


@dataclass(frozen=True)
class FormII06a:
    """lines: fields with anything to tell, by tier and name. until: the last day counted.

    suspended: of those in time in column 12, how many wait for the citizen; known for the present day only.
    """

    lines: tuple[Line, ...]
    until: date
    suspended: int | None
    rule: str = RULE

    @property
    def total(self) -> Cells:
        """The sum of all lines."""
        return summed(line.cells for line in self.lines)

    def section(self, tier: str) -> tuple[Line, ...]:
        """The lines of one tier."""
        return tuple(line for line in self.lines if line.tier == tier)

    @property
    def tiers(self) -> tuple[str, ...]:
        """Tiers that have lines, in the form's order."""
        return tuple(tier for tier in TIERS if self.section(tier))


def summed(cells: Iterable[Cells]) -> Cells:
    """Cell by cell."""
    found = list(cells)
    return Cells(*(sum(column) for column in zip(*map(astuple, found), strict=True))) if found else Cells()


def form_ii06a(
    connection: Connection, first: date, last: date, district: str | None = None, ward: str | None = None
) -> FormII06a:
    """The form from `first` to `last` (days, both included), at most up to the figures' own day.

    For pages/forms.py and the exports. `ward`, or `district` with all that lies in it; neither: all that the scope
    lets be seen. received = new + carried = settled + open holds in every cell, by construction: a dossier settled
    before it was received (a mistake of the source) is taken off `carried` until it is received, and one that is open
    without a day of receipt is carried.
    """
    today = local_day(connection)
    until = min(last, today)
    values: dict[str, Any] = {"first": first, "until": until, "today": today}
    where, flows = "", OF_SCOPE
    if ward is not None:
        where, flows = "AND unit_code = ANY (:units)", OF_UNITS
        values["units"] = list(units_of(connection, None, ward))
    elif district is not None:
        where, flows = "AND district_code = :district", OF_DISTRICT
        values["district"] = district
    lines = []
    suspended = 0
    for row in rows(connection, FLOWS.format(where=where, flows=flows), **values):
        suspended += row["suspended"]
        cells = Cells(
            **{f.name: row[f.name] for f in fields(Cells) if f.name != "in_time"},
            in_time=row["still_open"] - row["overdue"],
        )
        if any(cells.columns):
            lines.append(Line(row["tier"], row["field_code"], row["field_name"], cells))
    lines.sort(key=lambda line: (TIERS.index(line.tier), line.field_name == "", fold(line.field_name)))
    return FormII06a(tuple(lines), until, suspended if until == today else None)
