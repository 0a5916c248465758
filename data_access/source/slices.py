"""A slice of the source, by the day of last change: its sums for comparing with the store, its keys, its rows.

Sums are asked in plain SQL that any database answers: counts, and per column a sum (numbers), a count and the
extremes (instants). PostgreSQL, MySQL and MariaDB also add up instants to the microsecond and a 32-bit digest
of the texts, and so notice any change. The store is asked by the same expressions (`sync/reconcile.py`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from data_access.source import copy_out, mysql
from data_access.source.contract import DOSSIER, PAUSE, STEP, Entity
from data_access.source.reader import CHUNK, Source

OF_DOSSIERS: Final = (STEP, PAUSE)  # they lie in the slice of their dossier
# What a row without its watermark counts as changed at; sync/shape.py fills the store's column by the same.
INSTEAD: Final[dict[str, tuple[str, ...]]] = {"dossier": ("received_at",)}
GROUP: Final[dict[str, str]] = {"link_check": "ward_code", "observation": "indicator_code"}
CHANGED: Final[dict[str, str]] = {"dossier": "updated_at", "link_check": "checked_at", "observation": "at"}
COUNTED = ("latency_ms",)  # the store keeps fewer digits of it

Digest = dict[str, tuple[str, ...]]
"""Group (unit, ward, indicator) → count and sums, as text."""


@dataclass(frozen=True)
class Slice:
    """From an instant up to another; None: open at that end."""

    since: datetime | None
    until: datetime | None


def digest(source: Source, connection: Connection, entity: Entity, part: Slice) -> Digest:
    """Count and sums of the slice's rows by group; steps and pauses by their dossier's unit and slice.

    Raises Problem (source_select_failed) when the database doesn't understand it, SourceDownError.
    """
    owner = DOSSIER if entity in OF_DOSSIERS else entity
    q = source.query(owner, source.shapes[owner.name].present)
    condition = _within(source, owner, q, part)
    rows: Any = q
    table: Any = q
    if entity in OF_DOSSIERS:
        rows = source.query(entity, source.shapes[entity.name].present).alias("s")
        table = q.join(rows, _id(source, q) == _id(source, rows))
    columns = _columns(source, entity, rows)
    group = _group(owner, q)
    statement = (
        sa.select(group.label("g"), *aggregates(entity, columns, source.engine.dialect.name))
        .select_from(table).where(condition).group_by(group)
    )  # fmt: skip
    with source._errors(entity):
        return as_digest(connection.execute(statement).fetchall())


def dossier_ids(source: Source, connection: Connection, part: Slice, units: Sequence[str] | None) -> list[str]:
    """The ids of the slice's dossiers, of these units only unless None."""
    q = source.query(DOSSIER, source.shapes["dossier"].present)
    statement = sa.select(sa.cast(q.c.dossier_id, sa.String)).where(_within(source, DOSSIER, q, part))
    if units is not None:
        statement = statement.where(_group(DOSSIER, q).in_(units))
    with source._errors(DOSSIER):
        return [i for i in connection.execute(statement).scalars() if i is not None]


def rows_of(source: Source, connection: Connection, entity: Entity, part: Slice, groups: Sequence[str] | None
            ) -> pa.Table:  # fmt: skip
    """The slice's rows of an entity that has no dossier, of these groups only unless None."""
    statement, q = source._select(entity)
    statement = statement.where(_within(source, entity, q, part))
    if groups is not None:
        statement = statement.where(_group(entity, q).in_(groups))
    return source._fetch(connection, entity, statement)


def by_key(source: Source, connection: Connection, entity: Entity, values: Sequence[str]) -> pa.Table:
    """The rows with these keys, for an entity whose key is one column."""
    (key,) = entity.key
    numeric = key in source.shapes[entity.name].numeric
    tables = [entity.schema.empty_table()]
    for start in range(0, len(values), CHUNK):
        statement, q = source._select(entity)
        wanted: list[Any] = [int(v) if numeric else v for v in values[start : start + CHUNK]]
        tables.append(source._fetch(connection, entity, statement.where(q.c[key].in_(wanted))))
    return pa.concat_tables(tables).combine_chunks()


def oldest(source: Source, connection: Connection, entity: Entity, since: datetime | None) -> datetime | None:
    """The first instant of change at or after `since`; None when there is none."""
    assert entity.watermark is not None
    q = source.query(entity, source.shapes[entity.name].present)
    column = q.c[entity.watermark]
    statement = sa.select(sa.func.min(column))
    if since is not None:
        statement = statement.where(column >= source._bind(entity, entity.watermark, since))
    with source._errors(entity):
        at = connection.execute(statement).scalar()
    if not isinstance(at, datetime):
        return None
    return (at if at.tzinfo else at.replace(tzinfo=source.profile.zone)).astimezone(UTC)


def adds_up(dialect: str) -> bool:
    """Whether instants and texts are added up too, beyond counts and extremes."""
    return dialect == "postgresql" or dialect in mysql.DIALECTS


def aggregates(
    entity: Entity, columns: Mapping[str, sa.ColumnElement[Any]], dialect: str
) -> list[sa.ColumnElement[Any]]:
    """count(*), then what tells a column's values, in contract order; `columns` by their contract names."""
    known = adds_up(dialect)
    out: list[sa.ColumnElement[Any]] = [sa.func.count()]
    texts = []
    for column in entity.columns:
        c = columns.get(column.name)
        if c is None:
            continue
        match column.kind:
            case "timestamp":
                out.append(sa.func.count(c))
                out += [_microseconds(c, dialect)] if known else [sa.func.min(c), sa.func.max(c)]
            case "int" | "float":
                out.append(sa.func.count(c) if column.name in COUNTED else sa.func.sum(c))
            case "bool":
                out.append(sa.func.sum(sa.case((c, 1), else_=0)) if known else sa.func.count(c))
            case _:
                texts.append(sa.func.coalesce(c, "") if known else sa.func.count(c))
    out += [_of_texts(texts, dialect)] if known and texts else texts
    return out


def as_digest(rows: Sequence[Any]) -> Digest:
    """Rows of (group, count, sums …) with every number as text, alike for all drivers."""
    return {str(row[0]): tuple(_plain(v) for v in row[1:]) for row in rows}


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (float, Decimal)):
        whole = math.isfinite(value) and value == int(value)
        return str(int(value)) if whole else f"{float(value):.9g}"  # fractions are added up in any order
    return "0" if value is None else str(value)


def _microseconds(c: sa.ColumnElement[Any], dialect: str) -> sa.ColumnElement[Any]:
    if dialect == "postgresql":
        return sa.func.sum(sa.extract("epoch", c) * 1_000_000)
    return sa.func.sum(sa.func.timestampdiff(sa.literal_column("MICROSECOND"), sa.literal_column("'1970-01-01'"), c))


def _of_texts(texts: Sequence[sa.ColumnElement[Any]], dialect: str) -> sa.ColumnElement[Any]:
    """The sum over rows of 32 bits of the MD5 of a row's texts."""
    head = sa.func.substr(sa.func.md5(sa.func.concat_ws("|", *texts)), 1, 8)
    if dialect == "postgresql":
        return sa.func.sum(sa.cast(sa.cast(sa.literal_column("'x'").concat(head), postgresql.BIT(32)), sa.BigInteger))
    return sa.func.sum(sa.cast(sa.func.conv(head, 16, 10), sa.DECIMAL(20)))


def _columns(source: Source, entity: Entity, q: Any) -> dict[str, sa.ColumnElement[Any]]:
    """Contract columns as the store would have them, as far as SQL can say."""
    shape = source.shapes[entity.name]
    made = copy_out.expressions(entity, shape, q, source.profile) if source.fast else [q.c.get(n) for n in entity.names]
    columns = {n: c for n, c in zip(entity.names, made, strict=True) if n in shape.present}
    statuses = source.profile.conf.status_map
    if entity is DOSSIER:
        columns["unit_processing"] = _group(entity, q)
    if statuses and entity is DOSSIER:
        raw = sa.cast(q.c.status, sa.String)
        columns["status"] = sa.case(*((raw == key, code) for key, code in statuses.items()), else_=0)
    return {n: c.element if isinstance(c, sa.Label) else c for n, c in columns.items()}


def _group(entity: Entity, q: Any) -> sa.ColumnElement[Any]:
    if entity is DOSSIER:
        units = [sa.cast(q.c[n], sa.String) for n in ("unit_processing", "unit_received")]
        return sa.func.coalesce(*units, sa.literal_column("'?'"))
    return sa.cast(q.c[GROUP[entity.name]], sa.String)


def _id(source: Source, q: Any) -> sa.ColumnElement[Any]:
    """A dossier's id; as text when one side of a join has it as a number and the other not."""
    numeric = {"dossier_id" in source.shapes[e.name].numeric for e in (DOSSIER, *OF_DOSSIERS) if source.has(e)}
    column: sa.ColumnElement[Any] = q.c.dossier_id
    return column if len(numeric) == 1 else sa.cast(column, sa.String)


def _within(source: Source, entity: Entity, q: Any, part: Slice) -> sa.ColumnElement[bool]:
    """The slice's condition on the watermark itself, so that the index polls use answers it."""
    assert entity.watermark is not None
    names = (entity.watermark, *INSTEAD.get(entity.name, ()))
    cases = []
    for i, name in enumerate(names):
        bounds = [q.c[n].is_(None) for n in names[:i]]
        if part.since is not None:
            bounds.append(q.c[name] >= source._bind(entity, name, part.since))
        if part.until is not None:
            bounds.append(q.c[name] < source._bind(entity, name, part.until))
        cases.append(sa.and_(sa.true(), *bounds))
    if part.since is None and len(names) > 1:
        cases.append(sa.and_(*(q.c[n].is_(None) for n in names)))
    return sa.or_(*cases)
