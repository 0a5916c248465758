"""A procedure's steps: where its dossiers wait now, how long they stood at each step, from whom to whom they went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from config.registry import vi_sort_key
from data_access.office_edges import office_edges
from data_access.queries import read_dossiers
from data_access.queries.answers import one, rows
from data_access.queries.dossiers import SETS
from data_access.queries.now import ONE_DISTRICT
from data_access.queries.read_dossiers import BY_HOLDER, BY_ROLE, HANDED, drawn_dossiers, holders
from data_access.queries.units import units_of
from data_access.rules.bottleneck import StepTime

BACK = timedelta(days=730)
"""Office time is counted from so long before the period on."""
PAIRS = 12

PROCEDURES = "SELECT procedure_code, name, field_name FROM procedure"
_FROM = "dossier d CROSS JOIN (SELECT CAST(:today AS date) AS as_of_day) v"
MOST_OVERDUE = f"""
SELECT procedure_code FROM {_FROM} WHERE {SETS["overdue"]} AND {{place}}
GROUP BY procedure_code ORDER BY count(*) DESC, procedure_code LIMIT 1
"""
STEPS = """
SELECT step_name AS name, dossiers::int, median, p90, seconds, repeated::int
FROM step_figures(CAST(:drawn AS text[]), CAST(:edges AS float8[]), CAST(:worked AS float8[]))
WHERE dossiers > 0 ORDER BY place, step_name
"""
CITY = """
SELECT step_name AS name, dossiers::int, median
FROM city_step_medians(:procedure, :first, :last, :most, :few, CAST(:edges AS float8[]), CAST(:worked AS float8[]))
"""
# Dossiers first, then the steps of each by index: the planner would rather read all steps that wait in the city.
WAITING = f"""
SELECT s.step_name AS name, count(DISTINCT d.dossier_id)::int AS waiting,
       count(DISTINCT d.dossier_id) FILTER (WHERE {SETS["overdue"]})::int AS overdue, min(s.started_at) AS since
FROM {_FROM} CROSS JOIN LATERAL (
  SELECT step_name, started_at FROM step WHERE dossier_id = d.dossier_id AND waiting OFFSET 0
) s
WHERE d.procedure_code = :procedure AND d.bucket IN ('running', 'suspended') AND {{place}} GROUP BY s.step_name
"""
OPEN = f"""
SELECT count(*)::int AS open, count(*) FILTER (WHERE {SETS["overdue"]})::int AS overdue
FROM {_FROM} WHERE d.procedure_code = :procedure AND d.bucket IN ('running', 'suspended') AND {{place}}
"""
# `by`: by their holders (few, in a ward) or by the holders' roles.
HANDOVERS = f"""
{HANDED}, pair AS (
  SELECT {{by}}, step_name, next_name, count(*)::int AS n, count(DISTINCT dossier_id)::int AS dossiers,
         count(*) FILTER (WHERE other_unit)::int AS other_unit
  FROM handed GROUP BY {{by}}, step_name, next_name
)
SELECT p.*, (sum(n) OVER ())::int AS all_n, (sum(other_unit) OVER ())::int AS all_other,
       (SELECT count(DISTINCT dossier_id) FROM handed)::int AS all_dossiers FROM pair p
ORDER BY n DESC, step_name, next_name, {{by}} LIMIT :pairs
"""
NAMES = "SELECT officer_id, display_name FROM officer WHERE officer_id = ANY (CAST(:officers AS text[]))"


@dataclass(frozen=True)
class Waiting:
    """Dossiers that wait at a step now, of these overdue, and since when the first of them stands there."""

    name: str
    waiting: int
    overdue: int
    since: datetime | None


@dataclass(frozen=True)
class Handover:
    """From a step to the next one with other holders. from_who, to_who: names in a ward, else (role, tier).

    giver, taker: the same as filters of a list (dossiers.DossierFilter).
    """

    from_step: str
    to_step: str
    from_who: tuple[str, ...]
    to_who: tuple[str, ...]
    giver: str
    taker: str
    n: int
    dossiers: int


@dataclass(frozen=True)
class Steps:
    """The settled dossiers that were read, one in `part`, and what they say: whole (all steps) and by step."""

    part: int
    read: int
    whole: StepTime | None
    steps: tuple[StepTime, ...]

    @property
    def settled(self) -> int | None:
        """How many were settled in all; None where only some were read."""
        return self.read if self.part == 1 else None

    @property
    def medians(self) -> dict[str, float]:
        """Step → median."""
        return {step.name: step.median for step in self.steps if step.name is not None}


@dataclass(frozen=True)
class Process:
    """A procedure at a place in a period. district: a ward's, to compare with; city: step (None: all) → (n, median).

    by_holder: whether handovers name officers; handed, to_others: handovers of those read, of these to another unit;
    handed_dossiers: how many dossiers they are of.
    """

    here: Steps
    district: Steps | None
    city: dict[str | None, tuple[int, float]]
    open: int
    overdue: int
    waiting: dict[str, Waiting]
    by_holder: bool
    handovers: tuple[Handover, ...]
    handed: int
    to_others: int
    handed_dossiers: int


def procedures(connection: Connection) -> dict[str, dict[str, str]]:
    """Code → name and field of every procedure, in the Vietnamese order of names. Called by pages/process.py."""
    return _in_order(tuple(tuple(row.values()) for row in rows(connection, PROCEDURES)))


@lru_cache(maxsize=4)
def _in_order(found: tuple[tuple[str, str, str], ...]) -> dict[str, dict[str, str]]:
    """Thousands of names, the same at nearly every version: sorting them takes longer than reading them."""
    ordered = sorted(found, key=lambda row: (vi_sort_key(row[1]), row[0]))
    return {code: {"procedure_code": code, "name": name, "field_name": field} for code, name, field in ordered}


def most_overdue(connection: Connection, district: str | None = None, ward: str | None = None) -> str | None:
    """The procedure with the most overdue dossiers at a place; None when none is. Called by pages/process.py."""
    place, values = _place(connection, district, ward)
    found = rows(connection, MOST_OVERDUE.format(place=place), **values)
    return found[0]["procedure_code"] if found else None


def process(
    connection: Connection, procedure: str, first: date, last: date, few: int, district: str | None = None,
    ward: str | None = None, district_of: str | None = None, beside_city: bool = True,
) -> Process:  # fmt: skip
    """A procedure's steps at a ward, a district or all of the scope, of what was settled from `first` to `last`.

    district_of: the district to compare a ward with; beside_city: compare with the city, which tells no median of fewer
    than `few` dossiers. Reads at most MOST dossiers a place, whatever the period. Called by pages/process.py.
    """
    place, values = _place(connection, district, ward)
    edges, worked = office_edges(first - BACK, values["today"])
    asked = {"procedure": procedure, "first": first, "last": last}
    clock = {"edges": edges, "worked": worked}
    drawn, here = _steps(connection, district, values["units"], asked, clock)
    compared = None
    if ward is not None and district_of is not None:
        compared = _steps(connection, district_of, None, asked, clock)[1]
    medians = rows(connection, CITY, **asked, **clock, most=read_dossiers.MOST, few=few) if beside_city else []
    city = {row["name"]: (row["dossiers"], row["median"]) for row in medians}
    stock = one(connection, OPEN.format(place=place), procedure=procedure, **values)
    found = rows(connection, WAITING.format(place=place), procedure=procedure, **values)
    waiting = {row["name"]: Waiting(**row) for row in found}
    handovers, totals = _handovers(connection, drawn, ward is not None)
    return Process(here, compared, city, stock["open"], stock["overdue"], waiting, ward is not None, handovers, *totals)


def _place(connection: Connection, district: str | None, ward: str | None) -> tuple[str, dict[str, Any]]:
    """The condition that names a place, and its values."""
    units = list(units_of(connection, None, ward)) if ward is not None else None
    now = one(connection, f"SELECT as_of_day, {ONE_DISTRICT} AS district FROM data_version")
    district = district or now["district"]  # what a scope of one district says anyway, but to an index too
    place = "true"
    if units is not None:
        place = "d.unit_code = ANY (CAST(:units AS text[]))"
    elif district is not None:
        place = "d.district_code = :district"
    return place, {"today": now["as_of_day"], "units": units, "district": district}


def _steps(
    connection: Connection, district: str | None, units: list[str] | None, asked: dict[str, Any], clock: dict[str, Any]
) -> tuple[list[str], Steps]:
    part, drawn = drawn_dossiers(connection, **asked, district=district, units=units)
    times = [StepTime(**row) for row in rows(connection, STEPS, drawn=drawn, **clock)]
    whole = next((time for time in times if time.name is None), None)
    steps = tuple(time for time in times if time.name is not None)
    return drawn, Steps(part, len(drawn), whole, steps)


def _handovers(
    connection: Connection, drawn: Sequence[str], by_holder: bool
) -> tuple[tuple[Handover, ...], tuple[int, int, int]]:
    """The most frequent pairs; handovers in all, of these to another unit, and dossiers handed over."""
    by = BY_HOLDER if by_holder else BY_ROLE
    found = rows(connection, HANDOVERS.format(by=by), drawn=list(drawn), pairs=PAIRS)
    if not found:
        return (), (0, 0, 0)
    names: dict[str, str] = {}
    if by_holder:
        ids = sorted({o for row in found for o in (*row["officer_ids"], *row["next_ids"])})
        names = {r["officer_id"]: r["display_name"] for r in rows(connection, NAMES, officers=ids)}

    def who(codes: list[str]) -> tuple[str, ...]:
        return tuple(names[code] for code in codes if code in names) if by_holder else tuple(codes)

    def pair(row: dict[str, Any]) -> Handover:
        if by_holder:
            given, taken = row["officer_ids"], row["next_ids"]
        else:
            given, taken = [row["from_role"], row["from_tier"]], [row["to_role"], row["to_tier"]]
        return Handover(row["step_name"], row["next_name"], who(given), who(taken), holders(given), holders(taken),
                        row["n"], row["dossiers"])  # fmt: skip

    first = found[0]
    return tuple(map(pair, found)), (first["all_n"], first["all_other"], first["all_dossiers"])
