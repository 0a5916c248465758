"""Batches into the store: COPY in binary from pyarrow tables, into temporary tables or straight into facts."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pgpq import ArrowToPostgresBinaryEncoder
from sqlalchemy import Connection, text

FACTS = ("dossier", "step", "pause", "link_check", "observation", "unit", "procedure", "offering", "officer")

# A store's column type → the Arrow type whose binary form is that of the column. Amounts have up to six decimals.
_NUMERIC = pa.decimal128(38, 6)
_LARGEST = 1e30  # beyond it a float doesn't fit into _NUMERIC
_ARROW = {
    "text": pa.string(),
    "text[]": pa.list_(pa.string()),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "double precision": pa.float64(),
    "numeric": _NUMERIC,
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp with time zone": pa.timestamp("us", tz="UTC"),
}


def prepare(connection: Connection) -> None:
    """The session's staging tables: like the facts, without keys, emptied at every commit."""
    for table in FACTS:
        extra = ", deleted boolean" if table == "dossier" else ""
        connection.execute(
            text(f"CREATE TEMP TABLE IF NOT EXISTS s_{table} (LIKE {table} INCLUDING DEFAULTS{extra}) "
                 "ON COMMIT DELETE ROWS")
        )  # fmt: skip


def copy_in(connection: Connection, target: str, table: pa.Table) -> None:
    """COPY a table's columns into `target` by their names. Returns when the rows are in."""
    if not len(table):
        return
    types = _types(connection, target)
    fitted = pa.table({name: _fit(table[name], types[name]) for name in table.schema.names}).combine_chunks()
    encoder = ArrowToPostgresBinaryEncoder(fitted.schema)
    raw: Any = connection.connection.driver_connection
    columns = ", ".join(f'"{n}"' for n in fitted.schema.names)
    with raw.cursor() as cursor, cursor.copy(f"COPY {target} ({columns}) FROM STDIN (FORMAT binary)") as copy:
        copy.write(encoder.write_header())
        for batch in fitted.to_batches():
            copy.write(encoder.write_batch(batch))
        copy.write(encoder.finish())


def _types(connection: Connection, target: str) -> dict[str, pa.DataType]:
    """Arrow types of the target's columns, asked once a session; KeyError for a type nobody has thought of."""
    known: dict[str, dict[str, pa.DataType]] = connection.info.setdefault("copy_in", {})
    if target not in known:
        rows = connection.execute(
            text("SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
                 "WHERE attrelid = CAST(:t AS regclass) AND attnum > 0 AND NOT attisdropped"),
            {"t": target},
        )  # fmt: skip
        known[target] = {name: _ARROW[kind] for name, kind in rows}
    return known[target]


def _fit(values: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    if kind == _NUMERIC:
        floats = values.cast(pa.float64())
        fits = pc.fill_null(pc.less(pc.abs(floats), _LARGEST), False)  # NaN and infinity don't
        return pc.if_else(fits, floats, None).cast(kind)
    return values.cast(kind)
