"""The pages of a list of dossiers (dossiers.py says which they are): sorted, with what a row shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from config.registry import registry, vi_sort_key
from data_access.queries.answers import one, rows
from data_access.queries.dossier_totals import COUNTED, capped, counted, summed, taken_off
from data_access.queries.dossiers import HELD, OPEN, STOCK, DossierFilter, Look, look_for
from data_access.queries.now import FROM
from data_access.store.moment import OVERDUE

PAGE = 100
BATCH = 500
DEEPEST = 100
"""Pages that can be turned to; who needs more narrows the filters or exports."""
SORTABLE = 20_000
"""A longer list comes in its own order only, which an index gives: sorting it otherwise would read it whole."""

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
    if what in STOCK:
        return "received"
    return "-received" if what in ("received", "any") else "-settled"


@dataclass(frozen=True)
class Dossiers:
    """One page. total: dossiers in all, exact unless `more`.

    times: what the figure counts of them, shares of steps held or handovers; None: the dossiers. off: by how many the
    total is less than the rows (taken_off); page: which one, the last when there are fewer than asked for; order: how
    it is sorted, which is its own order when it is too long for the one asked for.
    """

    total: int
    more: bool
    times: float | None
    off: int
    order: str
    page: int
    rows: list[dict[str, Any]]

    @property
    def pages(self) -> int:
        """How many can be turned to."""
        return _pages(self.total + self.off)


def _pages(listed: int) -> int:
    return min(DEEPEST, -(-listed // PAGE))


def dossiers(connection: Connection, wish: DossierFilter, order: str | None = None, page: int = 1) -> Dossiers:
    """One page (from 1) of the list. Called by pages/dossiers.py."""
    look = look_for(connection, wish)
    total, times = counted(connection, wish, look)
    own = own_order(wish.what, wish.code)
    if order is None or (order.lstrip("-") != own.lstrip("-") and _read(connection, wish, look, total) > SORTABLE):
        order = own
    off = taken_off(connection, wish, look)
    page = min(max(page, 1), max(1, _pages(total + off)))
    found = rows(
        connection, f"{_sorted(look, order)} LIMIT {PAGE} OFFSET :skip",
        **look.values, **_rank_values(connection, order), skip=(page - 1) * PAGE,
    )  # fmt: skip
    ids = [row["dossier_id"] for row in found]
    by_id = {row["dossier_id"]: row for row in rows(connection, SHOWN, ids=ids, **_now(look))}
    more = capped(wish) and total > COUNTED
    return Dossiers(min(total, COUNTED) if more else total, more, times, off, order, page, [by_id[i] for i in ids])


def all_dossiers(connection: Connection, wish: DossierFilter) -> tuple[int, Iterator[dict[str, Any]]]:
    """How many rows the list has, and all of them in its own order. For the exports.

    Read by a cursor of the server some hundred at a time, so that memory stays flat.
    """
    look = look_for(connection, wish)
    count = one(connection, f"SELECT count(*) AS n FROM {FROM} WHERE {look.where}", **look.values)["n"]
    return int(count), _all(connection, look, own_order(wish.what, wish.code))


def _all(connection: Connection, look: Look, order: str) -> Iterator[dict[str, Any]]:
    # the cursor's rows come a batch at a time; the statements between them are of this same look at the store
    cursor = connection.execute(text(_sorted(look, order)), look.values, execution_options={"yield_per": BATCH})
    for ids in cursor.scalars().partitions(BATCH):
        by_id = {row["dossier_id"]: row for row in rows(connection, SHOWN, ids=list(ids), **_now(look))}
        yield from (by_id[dossier_id] for dossier_id in ids)


def _sorted(look: Look, order: str) -> str:
    way = ORDERS[order.lstrip("-")].format(way="DESC" if order.startswith("-") else "ASC")
    return f"SELECT dossier_id FROM {FROM} {_ranks(order)} WHERE {look.where} ORDER BY {way}"


def _now(look: Look) -> dict[str, Any]:
    return {name: look.values[name] for name in ("as_of", "today")}


def _read(connection: Connection, wish: DossierFilter, look: Look, listed: int) -> int:
    """How many dossiers are read to sort the list: of settled ones all of these days, in time or not."""
    if wish.what in ("early", "on_time", "in_time", "late"):
        return summed(connection, "unit_day", "settled", look)
    return listed


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
FROM {FROM}
LEFT JOIN procedure p USING (procedure_code) LEFT JOIN unit u ON u.unit_code = d.unit_code
LEFT JOIN LATERAL (
  SELECT step_name, ARRAY(SELECT display_name FROM officer o WHERE o.officer_id = ANY (step.officer_ids)
                          ORDER BY officer_id) AS holders
  FROM step WHERE step.dossier_id = d.dossier_id AND finished_at IS NULL ORDER BY started_at, step_id LIMIT 1
) s ON true
WHERE d.dossier_id = ANY (CAST(:ids AS text[]))
"""
