"""Reads the one-stop database through a profile, in batches of the contract's shape. Never writes.

Any engine SQLAlchemy knows will do; PostgreSQL is read by COPY (`copy_out.py`), which gives equal tables
several times faster. Columns are named one by one, so nothing beyond the contract leaves the source.
"""

import json
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Self

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from config.problems import Problem
from data_access.source import arrow_out, copy_out, mysql
from data_access.source.contract import ENTITIES, Entity
from data_access.source.convert import to_table
from data_access.source.profile import TABLE, CodeTable, Profile
from data_access.store.engine import connect_args

CHUNK = 500  # ids in one IN list
SNAPSHOTS = ("postgresql", *mysql.DIALECTS)
_CLOCKS = {"mysql": "UTC_TIMESTAMP(6)", "mariadb": "UTC_TIMESTAMP(6)", "mssql": "SYSUTCDATETIME()"}


class SourceDownError(Exception):
    """The source doesn't answer; it may come back by itself."""


@dataclass(frozen=True)
class Position:
    """Where a reading stands: the last row's instant and the rest of its key, in reading order."""

    at: datetime | None
    key: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The key as the books keep it."""
        return json.dumps(self.key, ensure_ascii=False)

    @classmethod
    def of(cls, at: datetime | None, text: str | None) -> Self:
        """From the books."""
        return cls(at, tuple(json.loads(text)) if text else ())


@dataclass(frozen=True)
class Shape:
    """What the source's own columns are: present ones, those without a zone, those that are numbers."""

    present: tuple[str, ...]
    naive: frozenset[str] = frozenset()
    numeric: frozenset[str] = frozenset()
    oids: tuple[tuple[str, int], ...] = ()


def source_engine(url: str) -> Engine:
    """A small pool; hangs are ended by time limits so that the sync can say that the source is away."""
    parsed = sa.make_url(url)
    args: dict[str, Any] = {}
    if parsed.get_backend_name() == "postgresql":
        args = connect_args(url, unanswered=30) | {
            "connect_timeout": 5, "options": "-c timezone=UTC -c datestyle=ISO",
        }  # fmt: skip
    elif parsed.get_backend_name() in mysql.DIALECTS:
        args = dict(mysql.CONNECT)
    engine = sa.create_engine(parsed, pool_size=2, max_overflow=1, pool_pre_ping=True, connect_args=args)
    if engine.dialect.name in mysql.DIALECTS:
        mysql.prepare(engine)
    return engine


class Source:
    """One source seen through one profile. `shapes` is filled by `check_source`; reading needs it."""

    def __init__(self, engine: Engine, profile: Profile) -> None:
        self.engine = engine
        self.profile = profile
        self.shapes: dict[str, Shape] = {}
        self._expanded: dict[str, str] = {}
        self.fast = engine.dialect.name == "postgresql" and engine.dialect.driver == "psycopg"

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection on which all reading sees one state, where the database can do that."""
        with self._errors(None):
            connection = self.engine.connect()
        try:
            with self._errors(None):
                if self.engine.dialect.name in SNAPSHOTS:
                    connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection
        finally:
            try:
                connection.rollback()
                connection.close()
            except (SQLAlchemyError, psycopg.Error):
                connection.invalidate()
                connection.close()

    def now(self, connection: Connection) -> datetime:
        """The source's own clock."""
        clock = _CLOCKS.get(self.engine.dialect.name)
        with self._errors(None):
            value = connection.execute(sa.text(f"SELECT {clock or 'CURRENT_TIMESTAMP'}")).scalar_one()
        if value.tzinfo is None:
            value = value.replace(tzinfo=UTC if clock else self.profile.zone)
        return value.astimezone(UTC)

    def has(self, entity: Entity) -> bool:
        """Whether the profile brings this entity."""
        return entity.name in self.shapes

    def whole(self, connection: Connection, entity: Entity) -> pa.Table:
        """All rows: for the dimensions, which fit in memory."""
        return self._fetch(connection, entity, self._select(entity)[0])

    def page(self, connection: Connection, entity: Entity, since: datetime | None, after: Position | None,
             limit: int) -> pa.Table:  # fmt: skip
        """Up to `limit` rows changed at or after `since` and beyond `after`, in reading order."""
        statement, q = self._select(entity)
        if since is not None and entity.watermark:
            statement = statement.where(q.c[entity.watermark] >= self._bind(entity, entity.watermark, since))
        if after is not None:
            statement = statement.where(self._beyond(entity, q, after))
        statement = statement.order_by(*(q.c[c] for c in entity.order)).limit(limit)
        return self._fetch(connection, entity, statement)

    def stream(
        self, connection: Connection, entity: Entity, after: Position | None, rows: int
    ) -> Generator[pa.Table, None, None]:
        """Everything beyond `after` in reading order, in batches of about `rows`; memory stays bounded."""
        statement, q = self._select(entity)
        if after is not None:
            statement = statement.where(self._beyond(entity, q, after))
        statement = statement.order_by(*(q.c[c] for c in entity.order))
        with self._errors(entity):
            if self.fast:
                yield from arrow_out.batches(connection, statement, entity, self.profile.conf.status_map, rows)
                return
            result = connection.execution_options(stream_results=True, max_row_buffer=rows).execute(statement)
            for part in result.partitions(rows):
                yield self._table(entity, list(result.keys()), part)

    def first(self, connection: Connection, entity: Entity, rows: int) -> pa.Table:
        """Some rows, in no order: for a look."""
        statement, _ = self._select(entity)
        return self._fetch(connection, entity, statement.limit(rows))

    def of_dossiers(self, connection: Connection, entity: Entity, ids: Sequence[str]) -> pa.Table:
        """All rows of `entity` that belong to these dossiers (in chunks of an IN list)."""
        tables = [entity.schema.empty_table()]
        numeric = "dossier_id" in self.shapes[entity.name].numeric
        for start in range(0, len(ids), CHUNK):
            statement, q = self._select(entity)
            chunk: list[Any] = list(ids[start : start + CHUNK])
            wanted = [int(i) for i in chunk] if numeric else chunk
            tables.append(self._fetch(connection, entity, statement.where(q.c.dossier_id.in_(wanted))))
        return pa.concat_tables(tables).combine_chunks()

    def last(self, entity: Entity, table: pa.Table) -> Position | None:
        """The position after the last row of a batch; None when the batch gives none (no instant)."""
        at = None
        if entity.watermark:
            stamps = table[entity.watermark].drop_null()
            if not len(stamps):
                return None
            at = pc.max(stamps).as_py()
            table = table.filter(pc.equal(table[entity.watermark], pa.scalar(at, table[entity.watermark].type)))
        row = table.slice(len(table) - 1, 1)
        rest = [k for k in entity.order if k != entity.watermark]
        values = (row[k][0].as_py() for k in rest)
        return Position(at, tuple(v.isoformat() if isinstance(v, date) else str(v) for v in values))

    def _select(self, entity: Entity) -> tuple[sa.Select[Any], sa.Subquery]:
        shape = self.shapes[entity.name]
        q = self.query(entity, shape.present)
        if self.fast:
            expressions = copy_out.expressions(entity, shape, q, self.profile)
            return sa.select(*expressions).select_from(q), q
        return sa.select(*(q.c[name] for name in shape.present)), q

    def query(self, entity: Entity, names: Sequence[str]) -> sa.Subquery:
        """The profile's SELECT as a table expression with these columns, its tables and parameters put in."""
        select = self._expanded.get(entity.name)
        if select is None:
            backslash = self.engine.dialect.name in mysql.DIALECTS
            select = _expand(self.profile.sql[entity.name], self.profile.tables, backslash)
            self._expanded[entity.name] = select
        statement = sa.text(select)
        wanted: list[sa.BindParameter[Any]] = [
            sa.bindparam(name, value, expanding=isinstance(value, list))
            for name, value in self.profile.conf.parameters.items()
            if name in statement._bindparams
        ]
        return statement.bindparams(*wanted).columns(*(sa.column(n) for n in names)).subquery("q")

    def _beyond(self, entity: Entity, q: sa.Subquery, after: Position) -> sa.ColumnElement[bool]:
        """(a, b, …) > (x, y, …), spelt out since not every database compares rows."""
        values: list[Any] = [after.at] if entity.watermark else []
        columns = list(entity.order)
        values += after.key
        condition: sa.ColumnElement[bool] = sa.false()
        for name, value in reversed(list(zip(columns, values, strict=True))):
            column, bound = q.c[name], self._bind(entity, name, value)
            condition = sa.or_(column > bound, sa.and_(column == bound, condition))
        first = q.c[columns[0]]  # says it once more, plainly, so that an index on it is used
        return sa.and_(first >= self._bind(entity, columns[0], values[0]), condition)

    def _bind(self, entity: Entity, name: str, value: Any) -> Any:
        """A value as the source's own column has it."""
        shape = self.shapes[entity.name]
        if entity.column(name).kind == "timestamp":
            at = datetime.fromisoformat(value) if isinstance(value, str) else value
            return at.astimezone(self.profile.zone).replace(tzinfo=None) if name in shape.naive else at
        return int(value) if name in shape.numeric else value

    def _fetch(self, connection: Connection, entity: Entity, statement: sa.Select[Any]) -> pa.Table:
        with self._errors(entity):
            if self.fast:
                parts = copy_out.fetch(connection, statement, entity, self.profile.conf.status_map)
                return pa.concat_tables([entity.schema.empty_table(), *parts]).combine_chunks()
            result = connection.execute(statement)
            return self._table(entity, list(result.keys()), result.fetchall())

    def _table(self, entity: Entity, names: list[str], rows: Sequence[Any]) -> pa.Table:
        statuses = self.profile.conf.status_map
        if statuses and entity.name == "dossier" and "status" in names:
            i = names.index("status")
            rows = [(*r[:i], statuses.get(str(r[i]), r[i]), *r[i + 1 :]) for r in rows]
        return to_table(entity, names, rows, self.profile.zone)

    @contextmanager
    def _errors(self, entity: Entity | None) -> Iterator[None]:
        """Tell "the source is away" (retry) from "this SELECT doesn't work" (a person must mend it)."""
        try:
            yield
        except (DBAPIError, psycopg.Error) as error:
            if entity is None or self._is_away(error):
                raise SourceDownError(str(error)) from error
            raise Problem("source_select_failed", file=self.profile.file(entity.name), entity=entity.name) from error
        except SQLAlchemyError as error:
            raise SourceDownError(str(error)) from error

    def _is_away(self, error: DBAPIError | psycopg.Error) -> bool:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return True
        if self.engine.dialect.name in mysql.DIALECTS:
            return not mysql.is_of_select(getattr(error, "orig", None))
        return isinstance(error, (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError))


def _expand(select: str, tables: dict[str, CodeTable | str], backslash: bool) -> str:
    """The SELECT with each {{name}} as a derived table, as every SQL dialect knows.

    Cells are written out as literals: a city has thousands, and binding each takes a second.
    """

    def derived(match: re.Match[str]) -> str:
        table = tables[match[1]]
        if isinstance(table, str):
            return f"({_expand(table, tables, backslash)})"
        rows = (zip(table.columns, row, strict=True) for row in table.rows)
        selects = ("SELECT " + ", ".join(f"{_literal(cell, backslash)} AS {c}" for c, cell in row) for row in rows)
        return "(" + " UNION ALL ".join(selects) + ")"

    return TABLE.sub(derived, select)


def _literal(cell: str | None, backslash: bool) -> str:
    """A cell as SQL. `backslash`: the database reads backslashes in texts as escapes."""
    if cell is None:
        return "NULL"
    text = cell.replace("'", "''")
    text = text.replace("\\", "\\\\") if backslash else text
    return "'" + text.replace(":", "\\:") + "'"  # as text() wants a colon that binds nothing


def entities_of(source: Source) -> list[Entity]:
    """The entities this profile brings, in contract order."""
    return [e for e in ENTITIES.values() if source.has(e)]
