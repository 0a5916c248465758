"""The score of Decision 766 for a place and a period of whole months, and for the places within it.

Flows come from the month they happened in; what was open at the period's end is the sum of all that came and went
before, or, for a period that still runs, what is open now. No dossier is looked at, so that the cost grows with months
and places, not with dossiers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text

from config.qd766 import Level, qd766
from data_access.queries.answers import rows
from data_access.queries.units import units_of
from data_access.rules.qd766 import Counts, Outcome, Points, outcomes, points

FLOW = (
    "received", "online", "online_result", "digitised_in", "eid_verified", "fee_owed", "paid_online", "done",
    "done_result", "done_both", "done_seconds", "in_known", "eid_known", "paid_known", "result_known",
)  # fmt: skip
_SUMS = ", ".join(f"sum({m})::bigint AS {m}" for m in FLOW)
TOTAL = "*"
VALID = "(valid_from IS NULL OR valid_from <= :day) AND (valid_to IS NULL OR valid_to > :day)"
# Each question is asked once for every place within and once, as place '*', for all of them: a procedure that several
# offer or use counts once in the total. {place}: what is told apart; {where}: the units asked for.
_PLACE = f"CASE WHEN GROUPING({{place}}) = 1 THEN '{TOTAL}' ELSE {{place}} END AS place"

FLOWS = f"""
WITH by_place AS MATERIALIZED (
  SELECT {{place}} AS place, procedure_code, {_SUMS} FROM {{table}} r
   WHERE month BETWEEN :first AND :last {{where}} GROUP BY 1, 2
), flow AS (
  SELECT * FROM by_place UNION ALL SELECT '{TOTAL}', procedure_code, {_SUMS} FROM by_place GROUP BY procedure_code
), offered_by AS MATERIALIZED (
  {{offers}}
), offer AS (
  SELECT * FROM offered_by UNION ALL SELECT DISTINCT '{TOTAL}', procedure_code FROM offered_by
), listed AS (
  SELECT procedure_code, tier, coalesce(has_fee, false) AS fee FROM procedure WHERE {VALID}
), known AS (
  SELECT *, procedure_code = ANY (CAST(:unwritten AS text[])) AS unwritten,
         coalesce(l.tier = ANY (CASE WHEN place = '{TOTAL}' THEN CAST(:powers AS text[])
                                     ELSE CAST(:powers_within AS text[]) END), false) AS mine
    FROM flow FULL JOIN (SELECT *, true AS offered FROM offer) o USING (place, procedure_code)
    LEFT JOIN listed l USING (procedure_code)
), summed AS (
  SELECT place, sum(received) AS received, sum(CASE WHEN unwritten THEN online ELSE online_result END) AS online_result,
         sum(digitised_in) AS digitised_in, sum(in_known) AS in_known, sum(eid_verified) AS eid_verified,
         sum(eid_known) AS eid_known, sum(fee_owed) FILTER (WHERE fee) AS fee_owed,
         sum(paid_online) FILTER (WHERE fee) AS paid_online, sum(paid_known) AS paid_known, sum(done) AS done,
         sum(done) FILTER (WHERE NOT unwritten) AS done_written,
         sum(done_result) FILTER (WHERE NOT unwritten) AS done_result, sum(done_both) AS done_both,
         sum(done_seconds) AS done_seconds, sum(result_known) AS result_known,
         count(*) FILTER (WHERE offered AND mine) AS offered,
         count(*) FILTER (WHERE offered AND mine AND online > 0) AS offered_used,
         count(*) FILTER (WHERE fee AND mine AND paid_online > 0) AS fee_procedures_paid,
         count(*) FILTER (WHERE received > 0) AS used_procedures,
         count(*) FILTER (WHERE eid_verified > 0) AS eid_procedures
    FROM known GROUP BY place
)
SELECT * FROM summed
"""
OFFERS = {
    "unit_code": """
  SELECT DISTINCT unit_code AS place, procedure_code FROM offering r
   WHERE level >= 3 AND active_from <= :day AND (active_to IS NULL OR active_to > :day) AND unit_code = ANY (:units)
""",
    "district_code": """
  SELECT district_code AS place, procedure_code FROM offer_span r
   WHERE from_day <= :day AND (to_day IS NULL OR to_day > :day)
""",
}
TIMELY = f"""
SELECT {_PLACE},
       coalesce(sum(settled_on_time) FILTER (WHERE month >= :first), 0)::bigint AS on_time,
       coalesce(sum(settled_late) FILTER (WHERE month >= :first), 0)::bigint AS late,
       sum(received - settled_on_time - settled_late)::bigint AS open, sum(late_open)::bigint AS late_open,
       coalesce(sum(without_due) FILTER (WHERE month >= :first), 0)::bigint AS without_due
  FROM qd766_timely r WHERE month <= :last {{where}} GROUP BY GROUPING SETS (({{place}}), ())
"""
LATE_NOW = f"""
SELECT {_PLACE}, sum(late)::bigint AS late_open FROM qd766_open r
 WHERE at <= (SELECT as_of FROM data_version) {{where}} GROUP BY GROUPING SETS (({{place}}), ())
"""
PROCEDURES = f"""
SELECT tier, count(*) AS procedures, count(*) FILTER (WHERE has_fee) AS fee_procedures,
       count(has_fee) > 0 AS fees_known
  FROM procedure WHERE {VALID} GROUP BY tier
"""
POWERS: dict[Level, tuple[str, ...]] = {
    "city": ("city", "district", "commune"),
    "district": ("district", "commune"),
    "commune": ("commune",),
}
"""Tiers of the procedures within the powers of a place with all that lies in it."""


@dataclass(frozen=True)
class Standing:
    """A place within: a district or a ward; `settled` (dossiers) says whether it may be ranked, `in_time`: 2.1."""

    code: str
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


def score(
    connection: Connection, first: date, last: date, level: Level, district: str | None = None, ward: str | None = None
) -> Score:
    """The score from the month of `first` to the month of `last` (both first days). For pages/qd766.py.

    `level`: of the place asked for. `ward` or `district`: their codes; neither: all that the scope lets be seen. Within
    a district its wards are compared, within a wider scope its districts, within a ward nothing.
    """
    as_of = connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
    until = min(_month_end(last), as_of)
    units = units_of(connection, district, ward)
    by_unit = district is not None or ward is not None
    below: Level = "commune" if by_unit else "district"
    place, table = ("unit_code", "qd766_unit_month") if by_unit else ("district_code", "qd766_district_month")
    where = "AND r.unit_code = ANY (:units)" if by_unit else ""
    values = {
        "first": first, "last": last, "day": until, "units": list(units), "powers": list(POWERS[level]),
        "powers_within": list(POWERS[below]), "unwritten": list(qd766().procedures_without_written_result),
    }  # fmt: skip

    def ask(sql: str) -> dict[str, dict[str, Any]]:
        found = rows(connection, sql.format(place=place, table=table, where=where, offers=OFFERS[place]), **values)
        return {row.pop("place"): row for row in found}

    flows, timely = ask(FLOWS), ask(TIMELY)
    if last == as_of.replace(day=1):
        late = ask(LATE_NOW)
        for code, row in timely.items():
            row["late_open"] = late.get(code, {}).get("late_open") or 0
    listed = rows(connection, PROCEDURES, day=until)
    offers_known = bool(connection.execute(text("SELECT EXISTS (SELECT FROM offering)")).scalar_one())

    def counts(code: str, of: Level) -> Counts:
        powers = [row for row in listed if row["tier"] in POWERS[of]]
        return Counts(
            **{name: int(value or 0) for name, value in flows.get(code, {}).items()},
            **_under_rule_c(timely.get(code, {})),
            procedures=sum(row["procedures"] for row in powers),
            fee_procedures=sum(row["fee_procedures"] for row in powers),
            offers_known=offers_known,
            fees_known=any(row["fees_known"] for row in listed),
        )

    whole = counts(TOTAL, level)
    # '' are the city's departments; a district's own office is no ward
    within = {} if ward else {c: units.get(c) if by_unit else c for c in (flows.keys() | timely.keys()) - {TOTAL, ""}}
    return Score(
        outcomes(qd766().components, whole, level),
        whole,
        _ranked((code, counts(key, below), below) for key, code in within.items() if code),
        until,
    )


def _under_rule_c(row: dict[str, Any]) -> dict[str, int]:
    """A row of TIMELY as counts; its values are None where the place has no month at all."""
    n = {name: int(row.get(name) or 0) for name in ("on_time", "late", "open", "late_open", "without_due")}
    return {
        "settled": n["on_time"] + n["late"], "settled_late": n["late"], "open_in_time": n["open"] - n["late_open"],
        "handled": n["on_time"] + n["late"] + n["open"], "without_due": n["without_due"],
    }  # fmt: skip


def _ranked(places: Iterable[tuple[str, Counts, Level]]) -> tuple[Standing, ...]:
    """Best share of the computable points first; those too small to rank last, by their codes."""
    found = []
    for code, c, level in places:
        in_time = (c.settled - c.settled_late + c.open_in_time) / c.handled if c.handled else None
        found.append(Standing(code, points(outcomes(qd766().components, c, level)), c.settled, in_time))
    few = qd766().min_settled
    return tuple(sorted(found, key=lambda s: (s.settled < few, -(s.points.share or 0) * (s.settled >= few), s.code)))


def _month_end(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
