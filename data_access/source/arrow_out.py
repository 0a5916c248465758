"""PostgreSQL's fastest way out, for a whole entity: COPY in binary, made into Arrow by Apache Arrow's own driver.

It needs a connection of its own. Gives what `copy_out.py` gives, which serves the small reads of a poll.
"""

from collections.abc import Iterator
from typing import Any

import psycopg
import pyarrow as pa
import sqlalchemy as sa
from adbc_driver_manager._reader import AdbcRecordBatchReader
from adbc_driver_manager.dbapi import Error
from adbc_driver_postgresql import StatementOptions, dbapi
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection

from data_access.source.contract import Entity
from data_access.source.copy_out import finish

BYTES = str(8 << 20)  # of a batch as the driver hands it out: about 30,000 dossiers


def batches(
    connection: Connection, statement: sa.Select[Any], entity: Entity, statuses: dict[str, int], rows: int
) -> Iterator[pa.Table]:
    """The statement's rows as tables of the entity's schema, up to `rows` each; memory stays bounded.

    `connection` only says where the source is, and writes values into the statement: COPY takes no parameters.
    Raises what psycopg raises for the same error of the database.
    """
    types = pa.schema([f.with_type(pa.string()) if f.name == "status" and statuses else f for f in entity.schema])
    command = _literal(connection, statement)
    connection.rollback()  # a snapshot kept for the hours of a first load would hold up the source's vacuum
    try:
        with dbapi.connect(_address(connection)) as own, own.cursor() as cursor:
            cursor.adbc_statement.set_options(**{StatementOptions.BATCH_SIZE_HINT_BYTES.value: BYTES})
            cursor.execute(command)
            stream = cursor.fetch_arrow()
            # this reader, unlike fetch_record_batch()'s, tells the database's error code
            for part in AdbcRecordBatchReader._import_from_c(stream.address):
                for start in range(0, len(part), rows):
                    yield finish(pa.Table.from_batches([part.slice(start, rows)]).cast(types), entity, statuses)
    except Error as error:
        kind = psycopg.errors.lookup(error.sqlstate) if error.sqlstate else psycopg.OperationalError
        raise kind(str(error)) from error


def _address(connection: Connection) -> str:
    """How libpq reaches what `connection` reaches, with its settings."""
    info = _raw(connection).info
    return make_conninfo(**info.get_parameters(), password=info.password or None)


def _literal(connection: Connection, statement: sa.Select[Any]) -> str:
    compiled = statement.compile(connection.engine, compile_kwargs={"render_postcompile": True})
    return psycopg.ClientCursor(_raw(connection)).mogrify(str(compiled), compiled.params)


def _raw(connection: Connection) -> psycopg.Connection[Any]:
    raw: Any = connection.connection.driver_connection
    return raw
