"""PostgreSQL's fast way out: COPY … TO STDOUT as CSV, read by pyarrow. Gives what `convert.py` gives.

The SELECT casts each column to the contract's kind inside the source, so that no row is touched in Python.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import sqlalchemy as sa
from pyarrow import csv
from sqlalchemy import Connection

from data_access.source.contract import Column, Entity
from data_access.source.profile import Profile

if TYPE_CHECKING:
    from data_access.source.reader import Shape

BLOCK = 4 << 20
_TEXT = {25, 1043, 1042, 19}
_TEXT_ARRAYS = {1009, 1015, 1002}
_INTS = {20, 21, 23}
_FLOATS = {700, 701}
TIMESTAMPTZ, TIMESTAMP, DATE, BOOL = 1184, 1114, 1082, 16


def expressions(entity: Entity, shape: "Shape", q: sa.Subquery, profile: Profile) -> list[sa.ColumnElement[Any]]:
    """One expression per contract column; absent ones are NULL."""
    oids = dict(shape.oids)
    return [
        _expression(column, q.c[column.name], oids.get(column.name, 0), profile).label(column.name)
        if column.name in shape.present
        else sa.null().label(column.name)
        for column in entity.columns
    ]


def _expression(column: Column, c: Any, oid: int, profile: Profile) -> sa.ColumnElement[Any]:  # noqa: PLR0911
    match column.kind:
        case "text":
            return c if oid in _TEXT else sa.cast(c, sa.Text)
        case "int":
            if column.name == "status" and profile.conf.status_map:
                return sa.cast(c, sa.Text)
            return c if oid in _INTS else sa.cast(c, sa.BigInteger)
        case "float":
            return c if oid in _FLOATS or oid in _INTS else sa.cast(c, sa.Double)
        case "bool":
            return c if oid == BOOL else sa.cast(sa.cast(c, sa.Integer), sa.Boolean)
        case "text[]":
            if oid in _TEXT_ARRAYS:
                return sa.func.array_to_string(c, ",")
            if oid in _TEXT:
                return sa.func.regexp_replace(
                    sa.func.regexp_replace(c, r"\s*,[\s,]*", ",", "g"), r"^[\s,]+|[\s,]+$", "", "g"
                )
            return sa.func.array_to_string(sa.cast(c, sa.ARRAY(sa.Text)), ",")
        case "date":
            at = sa.func.timezone(profile.conf.timezone, c) if oid == TIMESTAMPTZ else c
            return in_range(at if oid == DATE else sa.cast(at, sa.Date))
        case "timestamp":
            at = c if oid == TIMESTAMPTZ else sa.func.timezone(profile.conf.timezone, sa.cast(c, sa.TIMESTAMP))
            return in_range(at)


def in_range(c: Any) -> sa.ColumnElement[Any]:
    """'infinity' and years that no calendar here knows are no dates; comparing is cheap."""
    return sa.case((c.between(sa.text("'0001-01-02'"), sa.text("'9999-12-30'")), c))


def fetch(
    connection: Connection, statement: sa.Select[Any], entity: Entity, statuses: dict[str, int]
) -> Iterator[pa.Table]:
    """The statement's rows as tables of the entity's schema, as they come."""
    compiled = statement.compile(connection.engine, compile_kwargs={"render_postcompile": True})
    command = f"COPY ({compiled}) TO STDOUT (FORMAT csv)"
    raw: Any = connection.connection.driver_connection
    connection.execute(sa.text("SELECT 1"))  # opens SQLAlchemy's transaction at its isolation level
    with raw.cursor() as cursor, cursor.copy(command, compiled.params) as copy:
        file = _CopyFile(copy)
        if file.filled():
            for part in _parse(file, entity, bool(statuses)):
                yield finish(pa.Table.from_batches([part]), entity, statuses)


def _parse(file: "_CopyFile", entity: Entity, text_status: bool) -> Iterator[pa.RecordBatch]:
    schema = entity.schema
    types = {f.name: f.type for f in schema}
    if text_status and "status" in types:
        types["status"] = pa.string()
    reader = csv.open_csv(
        pa.PythonFile(file, mode="r"),
        read_options=csv.ReadOptions(column_names=schema.names, block_size=BLOCK),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    yield from reader


def finish(table: pa.Table, entity: Entity, statuses: dict[str, int]) -> pa.Table:
    """The source's own statuses, read as text, become the contract's."""
    if statuses and entity.name == "dossier":
        codes = [None if v is None else statuses.get(v, _int(v)) for v in table["status"].to_pylist()]
        i = table.schema.get_field_index("status")
        table = table.set_column(i, "status", pa.array(codes, pa.int64()))
    return table.combine_chunks()


def _int(text: str) -> int | None:
    return int(text) if text.lstrip("-").isdigit() else None


class _CopyFile(io.RawIOBase):
    """psycopg's COPY as a file: joins the rows it hands out one by one."""

    def __init__(self, copy: Any) -> None:
        self._copy = copy
        self._rest = b""
        self._ended = False

    def filled(self) -> bool:
        """Whether there is anything to read (an empty CSV is an error to the parser)."""
        self._rest = self._rest or self._next(1)
        return bool(self._rest)

    def _next(self, size: int) -> bytes:
        pieces: list[Any] = []
        have = 0
        while have < size and not self._ended:
            piece = self._copy.read()
            if not piece:
                self._ended = True
                break
            pieces.append(piece)
            have += len(piece)
        return b"".join(pieces)

    def read(self, size: int | None = -1) -> bytes:
        """Up to `size` bytes."""
        wanted = size if size is not None and size >= 0 else 1 << 62
        if len(self._rest) < wanted:
            self._rest += self._next(wanted - len(self._rest))
        out, self._rest = self._rest[:wanted], self._rest[wanted:]
        return out

    def readable(self) -> bool:
        """It is."""
        return True
