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

from config.qd766 import Level, Qd766, qd766
from data_access.queries.answers import one, rows
from data_access.queries.now import SCOPE
from data_access.queries.units import units_of
from data_access.rules.qd766 import Counts, Outcome, Points, outcomes, points
from data_access.store.engine import CITY

FLOW = (
    "received", "online", "online_result", "digitised_in", "eid_verified", "fee_owed", "paid_online", "done",
    "done_result", "done_both", "done_seconds", "in_known", "eid_known", "paid_known", "result_known",
)  # fmt: skip
_FLOW, _LESS = ", ".join(FLOW), ", ".join(f"-{m}" for m in FLOW)
_SUMS = ", ".join(f"sum({m})::bigint AS {m}" for m in FLOW)
TOTAL = "*"
VALID = "(valid_from IS NULL OR valid_from <= :day) AND (valid_to IS NULL OR valid_to > :day)"
# {place}: what is told apart; {where}: the units asked for. The total of all places, '*', is their sum, but for what
# counts procedures: one that several offer or use counts once there. Measures are summed by place and procedure once;
# what follows reads those few thousand rows and never joins them whole with all that is offered.
FLOWS = f"""
WITH by_place AS MATERIALIZED (
  SELECT {{place}} AS place, procedure_code, {_SUMS} FROM ({{months}}) r
   GROUP BY 1, 2 HAVING sum(received) <> 0 OR sum(done) <> 0
), used AS (
  SELECT place, procedure_code, received, online, eid_verified, paid_online FROM by_place
  UNION ALL
  SELECT '{TOTAL}', procedure_code, sum(received), sum(online), sum(eid_verified), sum(paid_online)
    FROM by_place GROUP BY procedure_code
), listed AS MATERIALIZED (
  SELECT procedure_code, coalesce(has_fee, false) AS fee, tier = ANY (CAST(:powers AS text[])) AS mine,
         tier = ANY (CAST(:powers_within AS text[])) AS mine_within
    FROM procedure WHERE {VALID}
), offered_by AS MATERIALIZED (
  SELECT place, procedure_code, mine, mine_within FROM ({{offers}}) o LEFT JOIN listed USING (procedure_code)
), offer AS (
  SELECT place, procedure_code, mine_within AS mine FROM offered_by
  UNION ALL SELECT DISTINCT '{TOTAL}', procedure_code, mine FROM offered_by
), offers AS (
  SELECT place, count(*) FILTER (WHERE mine) AS offered,
         count(*) FILTER (WHERE mine AND online > 0) AS offered_used
    FROM offer LEFT JOIN (SELECT place, procedure_code, online FROM used WHERE online > 0) u
         USING (place, procedure_code)
   GROUP BY place
), uses AS (
  SELECT place, count(*) FILTER (WHERE received > 0) AS used_procedures,
         count(*) FILTER (WHERE eid_verified > 0) AS eid_procedures,
         count(*) FILTER (WHERE paid_online > 0 AND fee AND CASE WHEN place = '{TOTAL}' THEN mine ELSE mine_within END)
           AS fee_procedures_paid
    FROM used LEFT JOIN listed USING (procedure_code) GROUP BY place
), summed AS (
  SELECT place, sum(received) AS received, sum(CASE WHEN unwritten THEN online ELSE online_result END) AS online_result,
         sum(digitised_in) AS digitised_in, sum(in_known) AS in_known, sum(eid_verified) AS eid_verified,
         sum(eid_known) AS eid_known, sum(fee_owed) FILTER (WHERE fee) AS fee_owed,
         sum(paid_online) FILTER (WHERE fee) AS paid_online, sum(paid_known) AS paid_known, sum(done) AS done,
         sum(done) FILTER (WHERE NOT unwritten) AS done_written,
         sum(done_result) FILTER (WHERE NOT unwritten) AS done_result, sum(done_both) AS done_both,
         sum(done_seconds) AS done_seconds, sum(result_known) AS result_known
    FROM (SELECT *, procedure_code = ANY (CAST(:unwritten AS text[])) AS unwritten
            FROM by_place LEFT JOIN listed USING (procedure_code)) b
   GROUP BY place
)
SELECT * FROM summed FULL JOIN uses USING (place) FULL JOIN offers USING (place)
"""
MONTHS = {
    "unit_code": """
  SELECT * FROM qd766_unit_month r WHERE month BETWEEN :first AND :last AND unit_code = ANY (:units)
""",
    # Of years asked for by the greater part: the year's sum less the months that were not asked for.
    "district_code": f"""
  SELECT district_code, procedure_code, {_FLOW} FROM qd766_district_year r WHERE year = ANY (:years) {{where}}
  UNION ALL
  SELECT district_code, procedure_code, {_LESS} FROM qd766_district_month r WHERE month = ANY (:less) {{where}}
  UNION ALL
  SELECT district_code, procedure_code, {_FLOW} FROM qd766_district_month r WHERE month = ANY (:more) {{where}}
""",
}
OFFERS = {
    "unit_code": """
  SELECT DISTINCT unit_code AS place, procedure_code FROM offering r
   WHERE level IN (3, 4) AND active_from <= :day AND (active_to IS NULL OR active_to > :day)
     AND unit_code = ANY (:units)
""",
    "district_code": """
  SELECT district_code AS place, procedure_code FROM offer_span r
   WHERE from_day <= :day AND (to_day IS NULL OR to_day > :day) {where}
""",
}
TIMELY = """
SELECT {place} AS place,
       coalesce(sum(settled_on_time) FILTER (WHERE month >= :first), 0)::bigint AS on_time,
       coalesce(sum(settled_late) FILTER (WHERE month >= :first), 0)::bigint AS late,
       sum(received - settled_on_time - settled_late)::bigint AS open, sum(late_open)::bigint AS late_open,
       coalesce(sum(without_due) FILTER (WHERE month >= :first), 0)::bigint AS without_due
  FROM qd766_timely r WHERE month <= :last {where} GROUP BY 1
"""
LATE_NOW = """
SELECT {place} AS place, sum(late)::bigint AS late_open FROM qd766_open r
 WHERE at <= (SELECT as_of FROM data_version) {where} GROUP BY 1
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
    connection: Connection, first: date, last: date, level: Level, district: str | None = None,
    ward: str | None = None, conf: Qd766 | None = None,
) -> Score:  # fmt: skip
    """The score from the month of `first` to the month of `last` (both first days), by `conf` (None: in force).

    For pages/qd766.py and previews/qd766.py. `level`: of the place asked for. `ward` or `district`: their codes;
    neither: all that the scope lets be seen. Within a district its wards are compared, within a wider scope its
    districts, within a ward nothing.
    """
    conf = conf or qd766()
    now = one(connection, f"SELECT as_of_day, {SCOPE} AS districts FROM data_version")
    as_of: date = now["as_of_day"]
    until = min(_month_end(last), as_of)
    last = min(last, as_of.replace(day=1))  # what falls due later in a running year is not late yet
    units = units_of(connection, district, ward)
    by_unit = district is not None or ward is not None
    below: Level = "commune" if by_unit else "district"
    place = "unit_code" if by_unit else "district_code"
    # row-level security alone would read all districts' rows and leave most
    in_scope = "" if now["districts"] == [CITY] else "AND r.district_code = ANY (:districts)"
    where = "AND r.unit_code = ANY (:units)" if by_unit else in_scope
    years, less, more = _by_year(first, last)
    values = {
        "first": first, "last": last, "day": until, "units": list(units), "powers": list(POWERS[level]),
        "powers_within": list(POWERS[below]), "unwritten": list(conf.procedures_without_written_result),
        "years": years, "less": less, "more": more, "districts": now["districts"],
    }  # fmt: skip

    def ask(sql: str) -> dict[str, dict[str, Any]]:
        parts = {"months": MONTHS[place].format(where=where), "offers": OFFERS[place].format(where=where)}
        found = rows(connection, sql.format(place=place, where=where, **parts), **values)
        by_place = {row.pop("place"): row for row in found}
        once = by_place.pop(TOTAL, {})
        return by_place | {TOTAL: _sum(by_place.values()) | {name: n for name, n in once.items() if n is not None}}

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
        outcomes(conf.components, whole, level),
        whole,
        _ranked(((code, counts(key, below), below) for key, code in within.items() if code), conf),
        until,
    )


def _sum(places: Iterable[dict[str, Any]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for row in places:
        for name, n in row.items():
            total[name] = total.get(name, 0) + int(n or 0)
    return total


def _by_year(first: date, last: date) -> tuple[list[date], list[date], list[date]]:
    """(years, months to take off them, single months) that together are the months from `first` to `last`."""
    years: list[date] = []
    less: list[date] = []
    more: list[date] = []
    for year in range(first.year, last.year + 1):
        months = [date(year, month, 1) for month in range(1, 13)]
        asked = [month for month in months if first <= month <= last]
        if len(asked) > len(months) / 2:
            years.append(months[0])
            less += [month for month in months if month not in asked]
        else:
            more += asked
    return years, less, more


def _under_rule_c(row: dict[str, Any]) -> dict[str, int]:
    """A row of TIMELY as counts; its values are None where the place has no month at all."""
    n = {name: int(row.get(name) or 0) for name in ("on_time", "late", "open", "late_open", "without_due")}
    return {
        "settled": n["on_time"] + n["late"], "settled_late": n["late"], "open_in_time": n["open"] - n["late_open"],
        "handled": n["on_time"] + n["late"] + n["open"], "without_due": n["without_due"],
    }  # fmt: skip


def _ranked(places: Iterable[tuple[str, Counts, Level]], conf: Qd766) -> tuple[Standing, ...]:
    """Best share of the computable points first; those too small to rank last, by their codes."""
    found = []
    for code, c, level in places:
        in_time = (c.settled - c.settled_late + c.open_in_time) / c.handled if c.handled else None
        found.append(Standing(code, points(outcomes(conf.components, c, level)), c.settled, in_time))
    few = conf.min_settled
    return tuple(sorted(found, key=lambda s: (s.settled < few, -(s.points.share or 0) * (s.settled >= few), s.code)))


def _month_end(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
