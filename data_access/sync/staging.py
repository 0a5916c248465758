"""Batches into the store: COPY from pyarrow tables, into temporary tables or straight into facts."""

import io
from typing import Any

import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Connection, text

FACTS = ("dossier", "step", "pause", "link_check", "observation", "unit", "procedure", "offering", "officer")


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
    buffer = io.BytesIO()
    # pyarrow 26 writes stale memory for an empty chunk, so there must be none
    csv.write_csv(table.combine_chunks(), buffer, csv.WriteOptions(include_header=False))
    raw: Any = connection.connection.driver_connection
    columns = ", ".join(f'"{n}"' for n in table.schema.names)
    with raw.cursor() as cursor, cursor.copy(f"COPY {target} ({columns}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(buffer.getbuffer())
