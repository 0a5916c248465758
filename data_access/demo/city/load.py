"""Arrow tables → PostgreSQL by COPY."""

import io
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv as pacsv
from psycopg import sql

from data_access.demo.city.settings import OFFSET

CHUNK = 50_000
NO_HEADER = pacsv.WriteOptions(include_header=False)


def instants(local: np.ndarray) -> pa.Array:
    """Local times (NaT allowed) → timestamptz column."""
    return pa.array((local.astype("M8[s]") - OFFSET), pa.timestamp("s")).cast(pa.timestamp("s", tz="UTC"))


def dates(days: np.ndarray) -> pa.Array:
    """Days (NaT allowed) → date column."""
    return pa.array(days.astype("M8[D]"), pa.date32())


def texts(values: np.ndarray, index: np.ndarray) -> pa.Array:
    """values[index] as a text column, without making a Python object per row."""
    return pa.array(values, pa.string()).take(pa.array(index))


def copy_table(dsn: str, table: str, columns: Mapping[str, Any]) -> int:
    """COPY the columns into onestop.`table` in one transaction; returns the number of rows."""
    data = pa.table(dict(columns))
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier("onestop", table), sql.SQL(", ").join(sql.Identifier(c) for c in data.column_names)
    )
    with psycopg.connect(dsn) as conn, conn.cursor().copy(command) as copy:
        for start in range(0, data.num_rows, CHUNK):
            buffer = io.BytesIO()
            pacsv.write_csv(data.slice(start, CHUNK), buffer, NO_HEADER)
            copy.write(buffer.getbuffer())
    return int(data.num_rows)


def run_script(dsn: str, name: str) -> None:
    """Run an SQL file of this folder in one transaction."""
    script = files("data_access.demo.city").joinpath(name).read_text(encoding="utf-8")
    with psycopg.connect(dsn) as conn:
        conn.execute(script)
