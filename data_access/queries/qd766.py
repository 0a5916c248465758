"""The score of Decision 766 for a place and a period of whole months, and for the places within it.

Flows come from the month they happened in; what was open at the period's end is the sum of all that came and went
before, or, for a period that still runs, what is open now. No dossier is looked at, so that the cost grows with months
and places, not with dossiers.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from config.qd766 import Level, qd766
from data_access.queries.answers import rows
from data_access.rules.qd766 import Counts, Outcome, Points, outcomes, points

FLOW = (
    "received", "online", "online_result", "digitised_in", "eid_verified", "fee_owed", "paid_online", "done",
    "done_result", "done_both", "done_seconds", "in_known", "eid_known", "paid_known", "result_known",
)  # fmt: skip
_SUMS = ", ".join(f"sum({m})::bigint AS {m}" for m in FLOW)

# {place}: what is told apart; {table}: the rollup that has it; {where}: the places asked for.
FLOWS = f"""
SELECT {{place}} AS place, procedure_code, {_SUMS} FROM {{table}} r
 WHERE month BETWEEN :first AND :last {{where}} GROUP BY 1, 2
"""
TIMELY = """
SELECT {place} AS place,
       coalesce(sum(settled_on_time) FILTER (WHERE month >= :first), 0)::bigint AS on_time,
       coalesce(sum(settled_late) FILTER (WHERE month >= :first), 0)::bigint AS late,
       sum(received - settled_on_time - settled_late)::bigint AS open, sum(late_open)::bigint AS late_open,
       coalesce(sum(without_due) FILTER (WHERE month >= :first), 0)::bigint AS without_due
  FROM qd766_timely r WHERE month <= :last {where} GROUP BY 1
"""
LATE_NOW = """
SELECT {place} AS place, sum(late)::bigint AS late FROM qd766_open r
 WHERE at <= (SELECT as_of FROM data_version) {where} GROUP BY 1
"""
OFFERED = """
SELECT DISTINCT {place} AS place, procedure_code FROM offering r
 WHERE level >= 3 AND active_from <= :day AND (active_to IS NULL OR active_to > :day) {where}
"""
PROCEDURES = """
SELECT procedure_code, tier, has_fee FROM procedure
 WHERE (valid_from IS NULL OR valid_from <= :day) AND (valid_to IS NULL OR valid_to > :day)
"""
POWERS: dict[Level, tuple[str, ...]] = {
    "city": ("city", "district", "commune"),
    "district": ("district", "commune"),
    "commune": ("commune",),
}
"""Tiers of the procedures within the powers of a place with all that lies in it."""


@dataclass(frozen=True)
class Standing:
    """A place within: a district (code) or a ward (code); `settled` says whether it may be ranked."""

    code: str
    reached: float
    points: Points
    settled: int
    in_time: float | None


@dataclass(frozen=True)
class Score:
    """The place's outcomes and counts, those within it (best first, without rank below the minimum last)."""

    outcomes: tuple[Outcome, ...]
    counts: Counts
    within: tuple[Standing, ...]
    until: date
    """The last day that counts: the period's end, or the figures' own day when the period still runs."""


@dataclass
class _Held:
    """What the queries found of one place."""

    flows: list[dict[str, Any]] = field(default_factory=list)
    on_time: int = 0
    late: int = 0
    open: int = 0
    late_open: int = 0
    without_due: int = 0
    offered: set[str] = field(default_factory=set)

    def add(self, other: "_Held") -> None:
        """Both places as one."""
        self.flows += other.flows
        self.offered |= other.offered
        for name in ("on_time", "late", "open", "late_open", "without_due"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def score(
    connection: Connection, first: date, last: date, level: Level, district: str | None = None, ward: str | None = None
) -> Score:
    """The score from the month of `first` to the month of `last` (both first days). For pages/qd766.py.

    `level`: of the place asked for. `ward` or `district`: their codes; neither: all that the scope lets be seen. Within
    a district its wards are compared, within a wider scope its districts, within a ward nothing.
    """
    as_of = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
    until = min(_month_end(last), as_of)
    wards = _units(connection, district, ward)
    by_unit = district is not None or ward is not None
    place, table = ("unit_code", "qd766_unit_month") if by_unit else ("district_code", "qd766_district_month")
    where = "AND r.unit_code = ANY (:units)" if by_unit else ""
    values = {"first": first, "last": last, "day": until, "units": list(wards)}

    def ask(sql: str) -> list[dict[str, Any]]:
        return rows(connection, sql.format(place=place, table=table, where=where), **values)

    held: dict[str, _Held] = defaultdict(_Held)
    for row in ask(FLOWS):
        held[row["place"]].flows.append(row)
    for row in ask(TIMELY):
        for name in ("on_time", "late", "open", "late_open", "without_due"):
            setattr(held[row["place"]], name, row[name])
    if last == as_of.replace(day=1):
        for one in held.values():
            one.late_open = 0
        for row in ask(LATE_NOW):
            held[row["place"]].late_open = row["late"]
    for row in ask(OFFERED):
        held[row["place"]].offered.add(row["procedure_code"])
    catalogue = _Catalogue(rows(connection, PROCEDURES, day=until), _any_offering(connection))
    total = _Held()
    for one in held.values():
        total.add(one)
    counts = catalogue.counts(total, level)
    return Score(
        outcomes(qd766().components, counts, level),
        counts,
        () if ward else _ranked(held, wards if by_unit else None, catalogue),
        until,
    )


def _ranked(
    held: dict[str, _Held], wards: dict[str, str | None] | None, catalogue: "_Catalogue"
) -> tuple[Standing, ...]:
    """Wards of a district (`wards`: unit → ward code), else districts: best first, those too small to rank last."""
    found = []
    for place, one in held.items():
        code = wards[place] if wards is not None else place
        if not code:
            continue  # the district's own office, the city's departments
        level: Level = "commune" if wards is not None else "district"
        counts = catalogue.counts(one, level)
        reached = points(outcomes(qd766().components, counts, level))
        in_time = (
            (counts.settled - counts.settled_late + counts.open_in_time) / counts.handled if counts.handled else None
        )
        found.append(Standing(code, reached.reached, reached, counts.settled, in_time))
    few = qd766().min_settled
    return tuple(sorted(found, key=lambda s: (s.settled < few, -(s.points.share or 0), s.code)))


class _Catalogue:
    """Procedures in force on a day, by tier, and what makes counts of what was found."""

    def __init__(self, procedures: list[dict[str, Any]], offers_known: bool) -> None:
        self.tier = {p["procedure_code"]: p["tier"] for p in procedures}
        self.fee = {p["procedure_code"] for p in procedures if p["has_fee"]}
        self.fees_known = any(p["has_fee"] is not None for p in procedures)
        self.offers_known = offers_known
        self.unwritten = qd766().procedures_without_written_result

    def counts(self, held: _Held, level: Level) -> Counts:
        """The counts of a place of `level`."""
        mine = {code for code, tier in self.tier.items() if tier in POWERS[level]}
        c = Counts(offers_known=self.offers_known, fees_known=self.fees_known)
        used: dict[str, set[str]] = {name: set() for name in ("received", "online", "paid_online", "eid_verified")}
        for row in held.flows:
            code = row["procedure_code"]
            for name, codes in used.items():
                if row[name]:
                    codes.add(code)
            for name in ("received", "digitised_in", "in_known", "eid_verified", "eid_known", "paid_known", "done",
                         "done_both", "done_seconds", "result_known"):  # fmt: skip
                setattr(c, name, getattr(c, name) + row[name])
            if code in self.unwritten:
                c.online_result += row["online"]
            else:
                c.online_result += row["online_result"]
                c.done_written += row["done"]
                c.done_result += row["done_result"]
            if code in self.fee:
                c.fee_owed += row["fee_owed"]
                c.paid_online += row["paid_online"]
        c.settled, c.settled_late = held.on_time + held.late, held.late
        c.handled, c.open_in_time = c.settled + held.open, held.open - held.late_open
        c.without_due = held.without_due
        offered = held.offered & mine
        c.procedures, c.offered, c.offered_used = len(mine), len(offered), len(offered & used["online"])
        fee = self.fee & mine
        c.fee_procedures, c.fee_procedures_paid = len(fee), len(fee & used["paid_online"])
        c.used_procedures, c.eid_procedures = len(used["received"]), len(used["eid_verified"])
        return c


def _units(connection: Connection, district: str | None, ward: str | None) -> dict[str, str | None]:
    """unit_code → ward code of the units of a ward or of a district; empty when neither is asked for."""
    found = rows(
        connection,
        "SELECT unit_code, ward_code FROM unit "
        "WHERE CASE WHEN CAST(:ward AS text) IS NULL THEN district_code = :district ELSE ward_code = :ward END",
        ward=ward, district=district,
    )  # fmt: skip
    return {row["unit_code"]: row["ward_code"] for row in found}


def _any_offering(connection: Connection) -> bool:
    return bool(connection.execute(text("SELECT EXISTS (SELECT FROM offering)")).scalar_one())


def _month_end(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
