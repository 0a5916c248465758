"""The list behind a figure: the dossiers it counts, page by page, and how many there are in all.

A figure and its list share the definition: open ones are told apart as the rollup of the moment tells them apart
(store/moment.py), the others by the days and the timeliness that the sync stored with each dossier. The total comes
from the rollup that made the figure where the rollup knows the filters, else the dossiers are counted.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from config.registry import registry, vi_sort_key
from data_access.queries.answers import one, rows
from data_access.store.moment import OVERDUE, SOON

PAGE = 100
DEEPEST = 100
"""Pages that can be turned to; who needs more narrows the filters or exports."""
SORTABLE = 20_000
"""A longer list comes in its own order only, which an index gives: sorting it otherwise would read it whole."""
FEW_UNITS = 60
"""So many units are named one by one, so that an index by unit is used; more are left to row-level security."""
COUNTED = 10_000
"""What no figure stands for (`any`, or by code) is counted up to here."""

_FROM = "dossier d CROSS JOIN (SELECT CAST(:as_of AS timestamptz) AS as_of, CAST(:today AS date) AS as_of_day) v"
_CLOSED = "settled_day IS NOT NULL"
NOW = """SELECT as_of, as_of_day AS today, coalesce(current_setting('ops.scope', true) = '*', false) AS city
FROM data_version"""
SETS: dict[str, str] = {
    "open": "bucket IN ('running', 'suspended')",
    "overdue": f"{OVERDUE} AND legal_due_at < CAST(:today AS date) + 2",
    "due_24h": f"{SOON} AND NOT ({OVERDUE}) AND legal_due_at >= CAST(:today AS date) - 2",
    "suspended": "bucket = 'suspended'",
    "held": "bucket = 'running'",
    "held_late": "bucket = 'running'",
    "received": "received_day IS NOT NULL",
    "settled": _CLOSED,
    "early": f"{_CLOSED} AND timeliness = 'early'",
    "on_time": f"{_CLOSED} AND timeliness = 'on_time'",
    "in_time": f"{_CLOSED} AND timeliness <> 'late'",
    "late": f"{_CLOSED} AND timeliness = 'late'",
    "any": "true",
}
"""Which dossiers of the table. The ranges of legal_due_at add nothing (no time zone is two days wide) but an index."""
OPEN = ("open", "overdue", "due_24h", "suspended")
HELD = {"held": "true", "held_late": "s.due_at < CAST(:as_of AS timestamptz)"}
FLOWS = {
    "received": "received", "settled": "settled_early + settled_on_time + settled_late", "early": "settled_early",
    "on_time": "settled_on_time", "in_time": "settled_early + settled_on_time", "late": "settled_late",
}  # fmt: skip
"""As sums of flow_day."""
BY_UNIT = {"received": "received", "settled": "settled", "in_time": "in_time", "late": "settled - in_time"}
"""As sums of unit_day and of district_day, which know neither fields nor channels."""
AGES = {"to_3": (-100_000, 3), "to_10": (4, 10), "to_30": (11, 30), "over_30": (31, 100_000)}
"""Calendar days since receipt, from and to."""

ORDERS = {
    "received": "received_day {way}, received_at {way}, dossier_id",
    "settled": "settled_day {way}, dossier_id",
    "due": "legal_due_at {way} NULLS LAST, dossier_id",
    "late": "coalesce(settled_day, CAST(:today AS date)) - overdue_from {way} NULLS LAST, dossier_id",
    "unit": "u.rank {way} NULLS LAST, d.unit_code, received_at, dossier_id",
    "procedure": "p.rank {way} NULLS LAST, d.procedure_code, received_at, dossier_id",
    "code": "dossier_code {way}, dossier_id",
}


def own_order(what: str, code: str | None = None) -> str:
    """The order that an index gives; "-": from the largest on."""
    if what == "any" and code:
        return "code"
    if what in (*OPEN, *HELD):
        return "received" if what in ("open", "suspended") else "due"
    return "-received" if what in ("received", "any") else "-settled"


@dataclass(frozen=True)
class DossierFilter:
    """A set of SETS, narrowed. first, last: local days, of receipt for open ones and `received`, else of settling.

    `officer` narrows to dossiers with a waiting step of that officer, `step` to those waiting at that step; `code` is
    how a dossier's code begins.
    """

    what: str = "open"
    district: str | None = None
    ward: str | None = None
    unit: str | None = None
    tier: str | None = None
    field: str | None = None
    procedure: str | None = None
    channel: int | None = None
    officer: str | None = None
    step: str | None = None
    age: str | None = None
    first: date | None = None
    last: date | None = None
    code: str | None = None

    @property
    def day(self) -> str:
        """The column that first and last speak of."""
        return "settled_day" if self.what in FLOWS and self.what != "received" else "received_day"


@dataclass(frozen=True)
class Dossiers:
    """One page. total: dossiers in all, exact unless `more`; steps: shares of steps held, for `held` ones.

    page: which one, the last when there are fewer than asked for; order: how it is sorted, which is its own order when
    it is too long for the one asked for.
    """

    total: int
    more: bool
    steps: float | None
    order: str
    page: int
    rows: list[dict[str, Any]]

    @property
    def pages(self) -> int:
        """How many can be turned to."""
        return min(DEEPEST, -(-self.total // PAGE))


@dataclass(frozen=True)
class _Look:
    """What a question is asked with: the conditions and their values."""

    where: str
    values: dict[str, Any]
    units: list[str] | None


def dossiers(connection: Connection, wish: DossierFilter, order: str | None = None, page: int = 1) -> Dossiers:
    """One page (from 1) of the list. Called by pages/dossiers.py."""
    look = _look(connection, wish)
    total, steps = _total(connection, wish, look)
    own = own_order(wish.what, wish.code)
    if order is None or (order.lstrip("-") != own.lstrip("-") and _read(connection, wish, look, total) > SORTABLE):
        order = own
    page = min(max(page, 1), DEEPEST, max(1, -(-total // PAGE)))
    found = rows(
        connection,
        f"SELECT dossier_id FROM {_FROM} {_ranks(order)} WHERE {look.where} "
        f"ORDER BY {ORDERS[order.lstrip('-')].format(way='DESC' if order.startswith('-') else 'ASC')} "
        f"LIMIT {PAGE} OFFSET :skip",
        **look.values, **_rank_values(connection, order), skip=(page - 1) * PAGE,
    )  # fmt: skip
    ids = [row["dossier_id"] for row in found]
    by_id = {row["dossier_id"]: row for row in rows(connection, SHOWN, ids=ids, **_now(look))}
    more = _capped(wish) and total > COUNTED
    return Dossiers(min(total, COUNTED) if more else total, more, steps, order, page, [by_id[i] for i in ids])


def total(connection: Connection, wish: DossierFilter) -> tuple[int, float | None]:
    """How many dossiers a list has, and the shares of steps of a `held` one."""
    return _total(connection, wish, _look(connection, wish))


def stock(connection: Connection, wish: DossierFilter) -> tuple[DossierFilter, dict[str, int]]:
    """Open dossiers of the same place, field and channel: the filters that count, and how many by set of OPEN."""
    kept = {name: getattr(wish, name) for name in ("district", "ward", "unit", "tier", "field", "channel")}
    here = DossierFilter("open", **kept)
    look = _look(connection, here)
    return here, {what: _sum(connection, "open_stock", what, look) for what in OPEN}


def _now(look: _Look) -> dict[str, Any]:
    return {name: look.values[name] for name in ("as_of", "today")}


def _look(connection: Connection, wish: DossierFilter) -> _Look:
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
    plain = {"field_code": wish.field, "procedure_code": wish.procedure, "channel": wish.channel, "tier": wish.tier}
    narrowed = {name: value for name, value in plain.items() if value is not None}
    parts = [SETS[wish.what], *(f"d.{name} = :{name}" for name in narrowed)]
    values: dict[str, Any] = {**now, **narrowed}
    if units is not None:
        parts.append("d.unit_code = ANY (CAST(:units AS text[]))")
        values["units"] = units
    for name, sign in (("first", ">="), ("last", "<=")):
        if getattr(wish, name) is not None:
            parts.append(f"{wish.day} {sign} :{name}")
            values[name] = getattr(wish, name)
    if wish.age is not None:
        low, high = AGES[wish.age]
        parts.append("CAST(:today AS date) - received_day BETWEEN :low AND :high")
        values |= {"low": low, "high": high}
    if wish.step is not None:
        parts.append("EXISTS (SELECT FROM step s WHERE s.dossier_id = d.dossier_id AND s.waiting "
                     "AND s.step_name = :step)")  # fmt: skip
        values["step"] = wish.step
    if wish.what in HELD or wish.officer is not None:
        parts.append(f"dossier_id IN (SELECT h.dossier_id FROM ({_held(wish)}) h)")
        values["officer"] = wish.officer
    if wish.code is not None:
        # >= and <, since row-level security lets such comparisons use an index, and LIKE not
        parts.append("dossier_code >= :code AND dossier_code < :code_end")
        values |= _code(connection, wish.code)
    return _Look(" AND ".join(parts), values, units)


def _code(connection: Connection, typed: str) -> dict[str, str]:
    """The range of codes that begin as typed; in capitals where none does."""
    for code in (typed, typed.upper()):
        bounds = {"code": code, "code_end": code + "\U0010ffff"}
        if one(connection, "SELECT EXISTS (SELECT FROM dossier WHERE dossier_code >= :code "
                           "AND dossier_code < :code_end) AS found", **bounds)["found"]:  # fmt: skip
            break
    return bounds


def _held(wish: DossierFilter) -> str:
    """Waiting steps by their holders whom the viewer may know: dossier_id, share."""
    mine = "AND s.officer_ids @> ARRAY[CAST(:officer AS text)]" if wish.officer else ""
    of = "WHERE x.officer_id = :officer" if wish.officer else "WHERE CAST(:officer AS text) IS NULL"
    return (
        "SELECT x.dossier_id, x.share FROM (SELECT s.dossier_id, unnest(s.officer_ids) AS officer_id, "
        "1.0 / cardinality(s.officer_ids) AS share FROM step s "
        f"WHERE s.waiting AND {HELD.get(wish.what, 'true')} {mine}) x JOIN officer USING (officer_id) {of}"
    )


def _total(connection: Connection, wish: DossierFilter, look: _Look) -> tuple[int, float | None]:
    if wish.what in HELD:
        found = one(
            connection,
            f"SELECT count(DISTINCT d.dossier_id) AS n, coalesce(sum(h.share), 0)::float8 AS steps "
            f"FROM {_FROM} JOIN ({_held(wish)}) h USING (dossier_id) WHERE {look.where}",
            **look.values,
        )
        return found["n"], found["steps"]
    source = _rollup(wish)
    if source is not None:
        return _sum(connection, *source, look), None
    limit = f"LIMIT {COUNTED + 1}" if _capped(wish) else ""
    counted = f"SELECT 1 FROM {_FROM} WHERE {look.where} {limit}"
    return one(connection, f"SELECT count(*) AS n FROM ({counted}) x", **look.values)["n"], None


def _capped(wish: DossierFilter) -> bool:
    return wish.what == "any" or wish.code is not None


def _read(connection: Connection, wish: DossierFilter, look: _Look, listed: int) -> int:
    """How many dossiers are read to sort the list: of settled ones all of these days, in time or not."""
    if wish.what in ("early", "on_time", "in_time", "late"):
        return _sum(connection, "unit_day", "settled", look)
    return listed


def _rollup(wish: DossierFilter) -> tuple[str, str] | None:
    """The rollup and the sum in it that the list's total is; None where the dossiers must be counted."""
    if any((wish.procedure, wish.officer, wish.step, wish.age, wish.code)):
        return None
    narrow, ranged = bool(wish.field or wish.channel is not None), bool(wish.first or wish.last)
    if wish.what in OPEN:
        return None if ranged else ("open_stock", wish.what)
    if wish.what not in FLOWS:
        return None
    if not ranged and not narrow and wish.what in ("received", "settled"):
        return "unit_total", wish.what
    if not narrow and not wish.tier and wish.what in BY_UNIT:
        return "unit_day", BY_UNIT[wish.what]
    return "flow_day", FLOWS[wish.what]


def _sum(connection: Connection, table: str, what: str, look: _Look) -> int:
    if table == "unit_day" and look.units is None:
        table = "district_day"
    parts = ["d.unit_code = ANY (CAST(:units AS text[]))"] if look.units is not None else []
    known = {"open_stock": ("field_code", "channel", "tier"), "flow_day": ("field_code", "channel", "tier"),
             "unit_total": ("tier",)}.get(table, ())  # fmt: skip
    parts += [f"d.{name} = :{name}" for name in known if name in look.values]
    if table in ("district_day", "unit_day", "flow_day"):
        parts += [f"d.day {sign} :{n}" for n, sign in (("first", ">="), ("last", "<=")) if n in look.values]
    where = " AND ".join(parts) or "true"
    found = one(connection, f"SELECT coalesce(sum({what}), 0) AS n FROM {table} d WHERE {where}", **look.values)
    return int(found["n"])


_RANKED = "LEFT JOIN unnest(CAST(:ranked AS text[])) WITH ORDINALITY AS {name} (code, rank) ON {name}.code = d.{column}"


def _ranks(order: str) -> str:
    column = {"unit": "unit_code", "procedure": "procedure_code"}.get(order.lstrip("-"))
    return _RANKED.format(name=order.lstrip("-")[0], column=column) if column else ""


def _rank_values(connection: Connection, order: str) -> dict[str, Any]:
    """Codes in the Vietnamese order of their names, which no collation of PostgreSQL knows."""
    if order.lstrip("-") == "procedure":
        found = rows(connection, "SELECT procedure_code AS code, name FROM procedure")
        return {"ranked": [row["code"] for row in sorted(found, key=lambda row: vi_sort_key(row["name"]))]}
    if order.lstrip("-") == "unit":
        wards = registry().wards
        found = rows(connection, "SELECT unit_code AS code, ward_code, name FROM unit")

        def place(row: dict[str, Any]) -> tuple[int, Any]:
            ward = wards.get(row["ward_code"] or "")
            return (ward.rank, ()) if ward else (len(wards) + 1, vi_sort_key(row["name"]))

        return {"ranked": [row["code"] for row in sorted(found, key=place)]}
    return {}


SHOWN = f"""
SELECT d.dossier_id, d.dossier_code, d.procedure_code, coalesce(p.name, d.procedure_code) AS procedure_name,
       d.unit_code, u.name AS unit_name, u.ward_code, d.tier, d.status, d.bucket, d.received_at, d.legal_due_at,
       d.settled_day, d.timeliness, {OVERDUE} AS overdue,
       CASE WHEN {OVERDUE} THEN as_of_day - overdue_from + 1
            WHEN timeliness = 'late' THEN settled_day - overdue_from + 1 END AS days_late, s.step_name, s.holders
FROM {_FROM}
LEFT JOIN procedure p USING (procedure_code) LEFT JOIN unit u ON u.unit_code = d.unit_code
LEFT JOIN LATERAL (
  SELECT step_name, ARRAY(SELECT display_name FROM officer o WHERE o.officer_id = ANY (step.officer_ids)
                          ORDER BY officer_id) AS holders
  FROM step WHERE step.dossier_id = d.dossier_id AND finished_at IS NULL ORDER BY started_at, step_id LIMIT 1
) s ON true
WHERE d.dossier_id = ANY (CAST(:ids AS text[]))
"""


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
