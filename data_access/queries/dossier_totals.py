"""How many dossiers a list has: by the rollup that made its figure where that knows the filters, else counted."""

from dataclasses import replace

from sqlalchemy import Connection

from data_access.queries.answers import one
from data_access.queries.dossiers import CLOSED, HELD, OPEN, SETS, STOCK, DossierFilter, Look, held_steps, look_for
from data_access.queries.now import FROM
from data_access.queries.quality import doubtful
from data_access.queries.scored import scored_total

COUNTED = 10_000
"""What no figure stands for (`any`, or by code) is counted up to here."""
FLOWS = {
    "received": "received", "settled": "settled_early + settled_on_time + settled_late", "early": "settled_early",
    "on_time": "settled_on_time", "in_time": "settled_early + settled_on_time", "late": "settled_late",
    "rated": "rated", "satisfied": "satisfied",
}  # fmt: skip
"""As sums of flow_day."""
BY_UNIT = {"received": "received", "settled": "settled", "in_time": "in_time", "late": "settled - in_time"}
"""As sums of unit_day and of district_day, which know neither fields nor channels."""


def total(connection: Connection, wish: DossierFilter) -> tuple[int, float | None]:
    """How many dossiers a list has, and what its figure counts of them: `Dossiers.times`."""
    return counted(connection, wish, look_for(connection, wish))


def stock(connection: Connection, wish: DossierFilter) -> tuple[DossierFilter, dict[str, int]]:
    """Open dossiers of the same place, field and channel: the filters that count, and how many by set of OPEN."""
    kept = ("district", "ward", "unit", "tier", "field", "channel", "online")
    here = DossierFilter("open", **{name: getattr(wish, name) for name in kept})
    look = look_for(connection, here)
    return here, {what: summed(connection, "open_stock", what, look) for what in OPEN}


def taken_off(connection: Connection, wish: DossierFilter, look: Look) -> int:
    """By how many a figure is less than its list: dossiers that the source dates the wrong way round.

    Of a day's end, and of what was settled since one. Looked for within a place only: of a whole city it would read all
    dossiers.
    """
    closed = wish.what == "settled" and (wish.part or "").startswith("closed ")
    if look.units is None or not (closed or wish.what in STOCK):
        return 0
    if closed:
        where = look.where.replace(CLOSED["settled"], "settled_day <= :since AND received_day > :since")
    else:
        where = look.where.replace(SETS[wish.what], f"{STOCK[wish.what]} < 0")
    return int(one(connection, f"SELECT count(*) AS n FROM {FROM} WHERE {where}", **look.values)["n"])


def counted(connection: Connection, wish: DossierFilter, look: Look) -> tuple[int, float | None]:
    """What `total` says, of a wish that is looked for already."""
    if wish.what in HELD:
        found = one(
            connection,
            f"SELECT count(DISTINCT d.dossier_id) AS n, coalesce(sum(h.share), 0)::float8 AS steps "
            f"FROM {FROM} JOIN ({held_steps(wish)}) h USING (dossier_id) WHERE {look.where}",
            **look.values,
        )
        return found["n"], found["steps"]
    if wish.read == "handed":
        found = one(
            connection,
            f"SELECT count(DISTINCT d.dossier_id) AS n, count(*) AS handed FROM {FROM} "
            f"JOIN unnest(CAST(:read AS text[])) r (dossier_id) USING (dossier_id) WHERE {look.where}",
            **look.values,
        )
        return found["n"], float(found["handed"])
    narrowed = (wish.officer, wish.role, wish.staff, wish.staff_tier, wish.step, wish.read, wish.age, wish.part)
    if any((wish.procedure, wish.code, *narrowed)):
        return _listed(connection, wish, look) - taken_off(connection, wish, look), None
    known = _known(connection, wish, look)
    return _listed(connection, wish, look) if known is None else known, None


def _known(connection: Connection, wish: DossierFilter, look: Look) -> int | None:
    """The sum of a rollup that is the list's total; None where none knows the filters."""
    if wish.what in STOCK:
        return _stock_then(connection, wish.what, look)
    if wish.score is not None and wish.first and wish.last and not (look.plain or wish.unit):
        place = {"district": wish.district, "ward": wish.ward}
        return scored_total(connection, wish.score, wish.first, wish.last, place)
    if wish.doubt is not None and not look.plain and _whole_months(wish):
        return doubtful(connection, wish.doubt, wish.first, look.units)
    source = None if wish.doubt or wish.score else _rollup(wish)
    return None if source is None else summed(connection, *source, look)


def _listed(connection: Connection, wish: DossierFilter, look: Look) -> int:
    limit = f"LIMIT {COUNTED + 1}" if capped(wish) else ""
    found = one(connection, f"SELECT count(*) AS n FROM (SELECT 1 FROM {FROM} WHERE {look.where} {limit}) x",
                **look.values)  # fmt: skip
    return int(found["n"])


def capped(wish: DossierFilter) -> bool:
    """Whether a list is counted up to COUNTED only."""
    return (wish.what == "any" and wish.doubt is None and wish.score is None) or wish.code is not None


def _whole_months(wish: DossierFilter) -> bool:
    """Whether the sums of data quality know the set: all dossiers, since a month's first day at most."""
    return wish.what == "any" and wish.last is None and (wish.first is None or wish.first.day == 1)


def _stock_then(connection: Connection, what: str, look: Look) -> int:
    """What was open at the end of the day :last by the sums the forms are made of."""
    if what == "handled":
        carried = _stock_then(
            connection, "open_at", replace(look, values=look.values | {"last": look.values["before"]})
        )
        return carried + summed(connection, "flow_day", "received", look)
    if what == "in_time_at":
        return _stock_then(connection, "open_at", look) - _stock_then(connection, "overdue_at", look)
    if what == "open_at":
        since = summed(connection, "flow_day", "received - settled_early - settled_on_time - settled_late", look,
                       "d.day > :last")  # fmt: skip
        return summed(connection, "open_stock", "open", look) - since
    since = summed(connection, "flow_day", "became_overdue - settled_late", look, "d.day > :last AND d.day <= :today")
    return summed(connection, "open_stock", "overdue", look) - since


def _rollup(wish: DossierFilter) -> tuple[str, str] | None:
    """The rollup and the sum in it that the list's total is; None where the dossiers must be counted."""
    narrow = any(value is not None for value in (wish.field, wish.channel, wish.online))
    if wish.what in OPEN:
        return None if wish.ranged else ("open_stock", wish.what)
    if wish.what not in FLOWS:
        return None
    if not wish.ranged and not narrow and wish.what in ("received", "settled"):
        return "unit_total", wish.what
    if not narrow and not wish.tier and wish.what in BY_UNIT:
        return "unit_day", BY_UNIT[wish.what]
    return "flow_day", FLOWS[wish.what]


def summed(connection: Connection, table: str, what: str, look: Look, days: str | None = None) -> int:
    """A sum of a rollup under the conditions it knows; days: a condition on its days in place of first and last."""
    if table == "unit_day" and look.units is None:
        table = "district_day"
    parts = ["d.unit_code = ANY (CAST(:units AS text[]))"] if look.units is not None else []
    both = ("field_code", "channel", "tier", "online")
    known = {"open_stock": both, "flow_day": both, "unit_total": ("tier",)}.get(table, ())
    parts += [look.plain[name] for name in known if name in look.plain]
    if days is not None:
        parts.append(days)
    elif table in ("district_day", "unit_day", "flow_day"):
        parts += [f"d.day {sign} :{n}" for n, sign in (("first", ">="), ("last", "<=")) if n in look.values]
    where = " AND ".join(parts) or "true"
    found = one(connection, f"SELECT coalesce(sum({what}), 0) AS n FROM {table} d WHERE {where}", **look.values)
    return int(found["n"])
