"""The audit as a screen and a file want it: newest first, page by page from a place, however many rows there are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

from config.registry import fold
from config.settings import settings
from data_access.queries.answers import rows

PAGE = 50
BATCH = 500
COLUMNS = "at, source, id, kind, who, role, what, detail, facts, address, request"
COUNTED = 10_000
"""Beyond so many rows that fit, "more than" is said: counting millions would make a reader wait."""


@dataclass(frozen=True)
class AuditFilter:
    """What is looked for; None: anything. people: names one person goes by; days are the city's, both included."""

    kinds: tuple[str, ...] | None = None
    people: tuple[str, ...] | None = None
    first: date | None = None
    last: date | None = None
    search: str = ""


@dataclass(frozen=True)
class Place:
    """Between two rows: that of one row, which the next page begins after."""

    at: datetime
    source: int
    id: int


@dataclass(frozen=True)
class AuditPage:
    """Rows (dicts of COLUMNS), newest first; whether older and newer ones fit; how many fit, at most COUNTED + 1."""

    rows: tuple[dict[str, Any], ...]
    older: bool
    newer: bool
    total: int


def audit_page(
    connection: Connection, wish: AuditFilter, after: Place | None = None, before: Place | None = None
) -> AuditPage:
    """A page of what fits: from the newest, older than the place `after`, or the ones just newer than `before`.

    For pages/audit.py. Costs a look into an index for each book, whatever the number of rows; a search reads on until
    the page is full.
    """
    where, values = _where(wish)
    if before is not None:
        found = _select(connection, where, values, "at >= :at AND (at, -source, id) > (:at, -:source, :id)",
                        "at, source DESC, id", before)  # fmt: skip
        newer = len(found) > PAGE
        page = found[:PAGE][::-1]
        return AuditPage(tuple(page), True, newer, _count(connection, where, values))
    place = "at <= :at AND (at, -source, id) < (:at, -:source, :id)" if after else "true"
    found = _select(connection, where, values, place, "at DESC, source, id DESC", after)
    return AuditPage(tuple(found[:PAGE]), len(found) > PAGE, after is not None, _count(connection, where, values))


def audit_rows(connection: Connection, wish: AuditFilter) -> Iterator[dict[str, Any]]:
    """All rows that fit, newest first, through a cursor of the server. For the exports."""
    where, values = _where(wish)
    sql = f"SELECT {COLUMNS} FROM audit_log WHERE {where} ORDER BY at DESC, source, id DESC"
    found = connection.execution_options(yield_per=BATCH).execute(text(sql), values)
    for row in found.mappings():
        yield dict(row)


def audit_count(connection: Connection, wish: AuditFilter) -> int:
    """How many rows fit. For the exports."""
    where, values = _where(wish)
    return int(connection.execute(text(f"SELECT count(*) FROM audit_log WHERE {where}"), values).scalar_one())


def audit_people(connection: Connection) -> tuple[str, ...]:
    """All who ever did something, for the filter: each found by one look into the index, not by reading all."""
    people = connection.execute(
        text("""
        WITH RECURSIVE p AS (
          (SELECT who FROM audit ORDER BY who LIMIT 1)
          UNION ALL
          SELECT (SELECT a.who FROM audit a WHERE a.who > p.who ORDER BY a.who LIMIT 1) FROM p WHERE p.who IS NOT NULL
        )
        SELECT who FROM p WHERE who IS NOT NULL
        UNION SELECT username FROM export_log UNION SELECT who FROM alert_event WHERE who IS NOT NULL
        ORDER BY 1""")
    ).scalars()
    return tuple(people)


def _select(
    connection: Connection, where: str, values: dict[str, Any], place: str, order: str, at: Place | None
) -> list[dict[str, Any]]:
    bound = values | ({"at": at.at, "source": at.source, "id": at.id} if at else {})
    return rows(
        connection,
        f"SELECT {COLUMNS} FROM audit_log WHERE {where} AND {place} ORDER BY {order} LIMIT {PAGE + 1}",
        **bound,
    )


def _count(connection: Connection, where: str, values: dict[str, Any]) -> int:
    counted = f"SELECT count(*) FROM (SELECT FROM audit_log WHERE {where} LIMIT {COUNTED + 1}) AS found"
    return int(connection.execute(text(counted), values).scalar_one())


def _where(wish: AuditFilter) -> tuple[str, dict[str, Any]]:
    """Conditions over audit_log with their values. Days begin at the city's midnight."""
    parts, values = ["true"], dict[str, Any]()
    if wish.kinds is not None:
        parts.append("kind = ANY (:kinds)")
        values["kinds"] = list(wish.kinds)
    if wish.people is not None:
        parts.append("who = ANY (:people)")
        values["people"] = list(wish.people)
    if wish.first is not None:
        parts.append("at >= CAST(:first AS timestamp) AT TIME ZONE :zone")
        values |= {"first": wish.first, "zone": settings().timezone}
    if wish.last is not None:
        parts.append("at < (CAST(:last AS timestamp) + interval '1 day') AT TIME ZONE :zone")
        values |= {"last": wish.last, "zone": settings().timezone}
    for n, word in enumerate(fold(wish.search).split()):
        parts.append(f"strpos(folded, :word{n}) > 0")
        values[f"word{n}"] = word
    return " AND ".join(parts), values
