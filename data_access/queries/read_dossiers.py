"""The settled dossiers of a procedure that Process reads, and those of them behind one of its numbers."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from data_access.queries.answers import one, rows
from data_access.queries.now import ONE_DISTRICT
from data_access.queries.units import units_of

MOST = 600
"""So many settled dossiers are read whole; of more, one in 10, 100 or 1,000 by a draw that stays the same."""
# A scope of one district is told, so that the index is searched by it: else all districts' dossiers are gone through.
DRAWN = f"""
SELECT part, drawn FROM drawn_dossiers(
  :procedure, coalesce(CAST(:district AS text), {ONE_DISTRICT}), CAST(:units AS text[]), :first, :last, :most)
"""

# From one step to the next of the same dossier, where others hold that one.
HANDED = """
WITH s AS (
  SELECT dossier_id, step_name, officer_ids, lead(step_name) OVER w AS next_name, lead(officer_ids) OVER w AS next_ids
  FROM step WHERE dossier_id = ANY (CAST(:drawn AS text[]))
  WINDOW w AS (PARTITION BY dossier_id ORDER BY started_at NULLS LAST, step_id)
), handed AS (
  SELECT s.*, coalesce(a.role, '') AS from_role, coalesce(a.tier, '') AS from_tier, coalesce(b.role, '') AS to_role,
         coalesce(b.tier, '') AS to_tier, a.unit_code IS DISTINCT FROM b.unit_code AS other_unit
  FROM s LEFT JOIN officer a ON a.officer_id = s.officer_ids[1] LEFT JOIN officer b ON b.officer_id = s.next_ids[1]
  WHERE cardinality(officer_ids) > 0 AND cardinality(next_ids) > 0
    AND NOT (officer_ids <@ next_ids AND next_ids <@ officer_ids)
)
"""
BY_ROLE = "from_role, from_tier, to_role, to_tier"
BY_HOLDER = "officer_ids, next_ids"
_BETWEEN = """
SELECT dossier_id FROM handed
WHERE (CAST(:gone AS text) IS NULL OR step_name = :gone) AND (CAST(:gone_to AS text) IS NULL OR next_name = :gone_to)
  AND (CAST(:giver AS text[]) IS NULL OR {giver} = CAST(:giver AS text[]))
  AND (CAST(:taker AS text[]) IS NULL OR {taker} = CAST(:taker AS text[]))
"""
_HOLDERS = {"giver": "officer_ids", "taker": "next_ids"}
_ROLES = {"giver": "ARRAY[from_role, from_tier]", "taker": "ARRAY[to_role, to_tier]"}
# Steps that ended before they began are not read (store's step_figures).
_THROUGH = """
SELECT dossier_id FROM step
WHERE dossier_id = ANY (CAST(:drawn AS text[])) AND started_at <= finished_at
  AND (CAST(:gone AS text) IS NULL OR step_name = :gone)
GROUP BY dossier_id, step_name HAVING count(*) >= :times
"""
READ = ("through", "again", "handed")
"""Dossiers that went through a step, did so twice or more, went on to other holders."""


@dataclass(frozen=True)
class Asked:
    """Which of those read: one of READ; the step (None: any), the next one, and who held them.

    giver, taker: officers, or role and tier, as `holders` writes them; `by_holder` says which.
    """

    kind: str
    gone: str | None
    gone_to: str | None
    giver: str | None
    taker: str | None
    by_holder: bool


def drawn_dossiers(
    connection: Connection, procedure: str, first: date, last: date, district: str | None, units: list[str] | None
) -> tuple[int, list[str]]:
    """(one in how many is read, their ids) of what was settled in the period: at most MOST, save of a thousandth."""
    found = one(connection, DRAWN, procedure=procedure, first=first, last=last, district=district, units=units,
                most=MOST)  # fmt: skip
    return found["part"], found["drawn"]


def holders(names: list[str]) -> str:
    """Officers, or role and tier, as an address writes them."""
    return ",".join(names)


def read_dossiers(
    connection: Connection, asked: Asked, procedure: str, first: date, last: date, district: str | None,
    ward: str | None,
) -> list[str]:  # fmt: skip
    """Ids of those asked for, of handed ones once for each handover. For the lists behind Process (dossiers.py)."""
    units = list(units_of(connection, None, ward)) if ward is not None else None
    _, drawn = drawn_dossiers(connection, procedure, first, last, None if ward else district, units)
    if asked.kind == "handed":
        given, taken = (None if side is None else side.split(",") for side in (asked.giver, asked.taker))
        between = _BETWEEN.format(**_HOLDERS if asked.by_holder else _ROLES)
        found = rows(connection, HANDED + between, drawn=drawn, gone=asked.gone, gone_to=asked.gone_to,
                     giver=given, taker=taken)  # fmt: skip
        return [row["dossier_id"] for row in found]
    found = rows(connection, _THROUGH, drawn=drawn, gone=asked.gone, times=2 if asked.kind == "again" else 1)
    return sorted({row["dossier_id"] for row in found})
