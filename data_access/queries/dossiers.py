"""The list behind a figure: which dossiers it counts. dossier_totals.py counts them, dossier_pages.py turns its pages.

A figure and its list share the definition: open ones are told apart as the rollup of the moment tells them apart
(store/moment.py), the others by the days and the timeliness that the sync stored with each dossier.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from data_access.queries.answers import one, rows
from data_access.queries.now import NOW
from data_access.queries.quality import doubt
from data_access.queries.read_dossiers import Asked, read_dossiers
from data_access.queries.red import why_changed
from data_access.queries.scored import SCORED, scored_values
from data_access.store.moment import OVERDUE, SOON

FEW_UNITS = 60
"""So many units are named one by one, so that an index by unit is used; more are left to row-level security."""

_CLOSED = "settled_day IS NOT NULL"
_OPEN = "bucket IN ('running', 'suspended')"
_LATE = "timeliness = 'late'"

# What a dossier adds to the stock at the end of the day :last, as form_ii06a.py reckons it: what is so now, less what
# came since, plus what went since. -1 for what the source dates the wrong way round.
_OPEN_AT = (
    f"""(({_OPEN})::int - coalesce(received_day > :last, false)::int + coalesce(settled_day > :last, false)::int)"""
)
_OVERDUE_AT = f"""(({OVERDUE})::int
  - coalesce(overdue_from > :last AND overdue_from <= CAST(:today AS date), false)::int
  + coalesce({_LATE} AND settled_day > :last AND settled_day <= CAST(:today AS date), false)::int)"""
_HANDLED = f"({_OPEN_AT.replace(':last', ':before')} + coalesce(received_day BETWEEN :first AND :last, false)::int)"
STOCK = {"open_at": _OPEN_AT, "in_time_at": f"({_OPEN_AT} - {_OVERDUE_AT})", "overdue_at": _OVERDUE_AT,
         "handled": _HANDLED}  # fmt: skip
"""Sets by the sum that a day's flows make; `handled`: received in the period or carried over into it."""

SETS: dict[str, str] = {
    "open": _OPEN,
    "overdue": f"{OVERDUE} AND legal_due_at < CAST(CAST(:today AS date) + 2 AS timestamptz)",
    "due_24h": f"{SOON} AND NOT ({OVERDUE}) AND legal_due_at > CAST(:as_of AS timestamptz) - interval '2 days' "
    "AND legal_due_at <= CAST(:as_of AS timestamptz) + interval '1 day'",
    "suspended": "bucket = 'suspended'",
    "held": "bucket = 'running'",
    "held_late": "bucket = 'running'",
    "received": "received_day IS NOT NULL",
    "settled": _CLOSED,
    "early": f"{_CLOSED} AND timeliness = 'early'",
    "on_time": f"{_CLOSED} AND timeliness = 'on_time'",
    "in_time": f"{_CLOSED} AND timeliness <> 'late'",
    "late": f"{_CLOSED} AND {_LATE}",
    "rated": f"{_CLOSED} AND rating BETWEEN 1 AND 3",
    "satisfied": f"{_CLOSED} AND rating BETWEEN 2 AND 3",
    **{
        name: f"({_OPEN} OR settled_day > :{'before' if name == 'handled' else 'last'}) AND {adds} > 0"
        for name, adds in STOCK.items()
    },
    "any": "true",
}
"""Which dossiers of the table (FROM of now.py). Ranges of legal_due_at add nothing (no time zone is two days wide) but
an index: of instants, since an instant beside a day is not compared before row-level security."""
OPEN = ("open", "overdue", "due_24h", "suspended")
CLOSED = {
    "settled": "settled_day > :since AND coalesce(received_day <= :since, true)",
    "late": "settled_day > :since AND overdue_from <= :since",
}
"""Of what was open, of what was overdue at the end of the day :since, the dossiers settled since then."""
HELD = {"held": "true", "held_late": "s.due_at < CAST(:as_of AS timestamptz)"}
AGES = {"to_3": (-100_000, 3), "to_10": (4, 10), "to_30": (11, 30), "over_30": (31, 100_000)}
"""Calendar days since receipt, from and to."""


@dataclass(frozen=True)
class DossierFilter:
    """A set of SETS, narrowed. first, last: local days, of receipt for open ones and `received`, else of settling.

    Sets of STOCK are those at the end of the day `last` (none: now); `handled` is of `first` to `last`. `field` "" is
    one that no list of procedures has; `online` tells what was submitted online from all else; `officer` narrows to
    dossiers with a waiting step of that officer, `role`, `staff` and `staff_tier` to those held by officers of that
    role, of that district and of units of that tier, `step` to those waiting at that step; `read` to those that
    Process reads and one of its numbers counts (read_dossiers.Asked: `gone`, `gone_to`, `giver`, `taker`); `doubt` is
    a kind of quality.DOUBTS; `score` a count of Decision 766 (scored.SCORED) in the months from `first` to `last`;
    `part` a part of the change of the ward's figure (its kind and since which day: "step 2026-10-14"; "closed …" of
    what was settled); `code` is how a dossier's code begins.
    """

    what: str = "open"
    district: str | None = None
    ward: str | None = None
    unit: str | None = None
    tier: str | None = None
    field: str | None = None
    procedure: str | None = None
    channel: int | None = None
    online: bool | None = None
    officer: str | None = None
    role: str | None = None
    staff: str | None = None
    staff_tier: str | None = None
    step: str | None = None
    read: str | None = None
    gone: str | None = None
    gone_to: str | None = None
    giver: str | None = None
    taker: str | None = None
    age: str | None = None
    first: date | None = None
    last: date | None = None
    doubt: str | None = None
    score: str | None = None
    part: str | None = None
    code: str | None = None

    @property
    def day(self) -> str:
        """The column that first and last speak of."""
        return "settled_day" if _CLOSED in SETS[self.what] else "received_day"

    @property
    def ranged(self) -> bool:
        """Whether first or last narrows the set."""
        return self.what not in STOCK and not self.score and (self.first is not None or self.last is not None)


@dataclass(frozen=True)
class Look:
    """What a question is asked with: the conditions, those of them on columns of rollups, values, units."""

    where: str
    plain: dict[str, str]
    values: dict[str, Any]
    units: list[str] | None


def look_for(connection: Connection, wish: DossierFilter) -> Look:
    """The conditions of a wish."""
    now = one(connection, NOW)
    city = now.pop("city")
    visible = rows(
        connection,
        """SELECT unit_code FROM unit WHERE (CAST(:ward AS text) IS NULL OR ward_code = :ward)
              AND (CAST(:district AS text) IS NULL OR district_code = :district)
              AND (CAST(:unit AS text) IS NULL OR unit_code = :unit)""",
        ward=wish.ward, district=wish.district, unit=wish.unit,
    )  # fmt: skip
    units: list[str] | None = [row["unit_code"] for row in visible]
    placed = any((wish.ward, wish.district, wish.unit))
    if not placed and (city or len(visible) > FEW_UNITS):
        units = None
    asked = {"field_code": wish.field, "procedure_code": wish.procedure, "channel": wish.channel, "tier": wish.tier}
    values: dict[str, Any] = {**now, **{name: value for name, value in asked.items() if value is not None}}
    plain = {name: f"d.{name} = :{name}" for name in asked if name in values}
    parts = [SETS[wish.what], *plain.values()]
    if wish.online is not None:
        plain["online"] = "(d.channel = 2) = :online"
        parts.append(plain["online"])
        values["online"] = wish.online
    if units is not None:
        parts.append("d.unit_code = ANY (CAST(:units AS text[]))")
        values["units"] = units
    if wish.what in STOCK:
        values["last"] = min(wish.last or now["today"], now["today"])
        values["first"] = wish.first or values["last"]
        values["before"] = values["first"] - timedelta(days=1)
    for name, sign in (("first", ">="), ("last", "<=")):
        if wish.ranged and getattr(wish, name) is not None:
            parts.append(f"{wish.day} {sign} :{name}")
            values[name] = getattr(wish, name)
    for condition, bound in _narrowed(connection, wish, now["today"]):
        parts.append(condition)
        values |= bound
    return Look(" AND ".join(parts), plain, values, units)


def _narrowed(connection: Connection, wish: DossierFilter, today: date) -> Iterator[tuple[str, dict[str, Any]]]:
    """(condition, its values) of what no rollup knows."""
    if wish.age is not None:
        low, high = AGES[wish.age]
        yield "CAST(:today AS date) - received_day BETWEEN :low AND :high", {"low": low, "high": high}
    if wish.step is not None:
        waits = "EXISTS (SELECT FROM step s WHERE s.dossier_id = d.dossier_id AND s.waiting AND s.step_name = :step)"
        yield waits, {"step": wish.step}
    if wish.what in HELD or wish.officer or wish.role or wish.staff or wish.staff_tier:
        holder = {"officer": wish.officer, "role": wish.role, "staff": wish.staff, "staff_tier": wish.staff_tier}
        yield f"dossier_id IN (SELECT h.dossier_id FROM ({held_steps(wish)}) h)", holder
    if wish.read is not None:
        yield "dossier_id = ANY (CAST(:read AS text[]))", {"read": _read(connection, wish)}
    if wish.doubt is not None:
        yield doubt(wish.doubt), {}
    if wish.score is not None:
        yield f"{SCORED[wish.score]} > 0", scored_values(wish.first or today, wish.last or today, today)
    if wish.part is not None:
        yield _part(connection, wish)
    if wish.code is not None:
        # >= and <, since row-level security lets such comparisons use an index, and LIKE not
        yield "dossier_code >= :code AND dossier_code < :code_end", _code(connection, wish.code)


def _part(connection: Connection, wish: DossierFilter) -> tuple[str, dict[str, Any]]:
    """(condition, its values) of a part of "why is it red"; none without a ward, or for what has no such parts."""
    kind, _, day = (wish.part or "").partition(" ")
    since = date.fromisoformat(day)
    if wish.ward is None or wish.what not in (CLOSED if kind == "closed" else ("open", "overdue")):
        return "false", {}
    if kind == "closed":
        return CLOSED[wish.what], {"since": since}
    found = why_changed(connection, wish.ward, wish.what, since)  # type: ignore[arg-type]
    dossiers = [dossier for part in found.parts if part.kind == kind for dossier in part.dossiers]
    return "dossier_id = ANY (CAST(:part AS text[]))", {"part": dossiers}


def _read(connection: Connection, wish: DossierFilter) -> list[str]:
    """The dossiers behind a number of Process; none where the address lacks its procedure or period."""
    if wish.read is None or wish.procedure is None or wish.first is None or wish.last is None:
        return []
    asked = Asked(wish.read, wish.gone, wish.gone_to, wish.giver, wish.taker, by_holder=wish.ward is not None)
    return read_dossiers(connection, asked, wish.procedure, wish.first, wish.last, wish.district, wish.ward)


def _code(connection: Connection, typed: str) -> dict[str, str]:
    """The range of codes that begin as typed; in capitals where none does."""
    for code in (typed, typed.upper()):
        bounds = {"code": code, "code_end": code + "\U0010ffff"}
        if one(connection, "SELECT EXISTS (SELECT FROM dossier WHERE dossier_code >= :code "
                           "AND dossier_code < :code_end) AS found", **bounds)["found"]:  # fmt: skip
            break
    return bounds


def held_steps(wish: DossierFilter) -> str:
    """Waiting steps by their holders whom the viewer may know: dossier_id, share."""
    mine = "AND s.officer_ids @> ARRAY[CAST(:officer AS text)]" if wish.officer else ""
    of = (
        "WHERE (CAST(:officer AS text) IS NULL OR x.officer_id = :officer) "
        "AND (CAST(:role AS text) IS NULL OR role = :role) "
        "AND (CAST(:staff AS text) IS NULL OR district_code = :staff) "
        "AND (CAST(:staff_tier AS text) IS NULL OR tier = :staff_tier)"
    )
    return (
        "SELECT x.dossier_id, x.share FROM (SELECT s.dossier_id, unnest(s.officer_ids) AS officer_id, "
        "1.0 / cardinality(s.officer_ids) AS share FROM step s "
        f"WHERE s.waiting AND {HELD.get(wish.what, 'true')} {mine}) x JOIN officer USING (officer_id) {of}"
    )


def names(connection: Connection, procedure: str | None, officer: str | None, unit: str | None) -> dict[str, str]:
    """What the codes of a filter are called, of those the viewer may know: procedure, officer, unit.

    Called by pages/dossiers.py.
    """
    found = rows(
        connection,
        """SELECT 'procedure' AS kind, name FROM procedure WHERE procedure_code = :procedure
           UNION ALL SELECT 'officer', display_name FROM officer WHERE officer_id = :officer
           UNION ALL SELECT 'unit', name FROM unit WHERE unit_code = :unit""",
        procedure=procedure, officer=officer, unit=unit,
    )  # fmt: skip
    return {row["kind"]: row["name"] for row in found}


def in_use(connection: Connection, step: str | None, role: str | None) -> set[str]:
    """Of "step" and "role": those that dossiers wait at now, and that an officer has, where the viewer may look.

    Called by pages/dossier_mistakes.py.
    """
    found = rows(
        connection,
        """SELECT 'step' AS kind WHERE EXISTS (SELECT FROM step WHERE waiting AND step_name = :step)
           UNION ALL SELECT 'role' WHERE EXISTS (SELECT FROM officer WHERE role = :role)""",
        step=step, role=role,
    )  # fmt: skip
    return {row["kind"] for row in found}
