"""The sync's one session on the store: it holds the lock, and every change is made on it.

If the session dies, the lock and the transaction at work die with it; nothing half-made stays, and no
second sync can have slipped in between.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from config.problems import Problem
from data_access.store import books, quality_rollup, rollups
from data_access.sync import staging


class Session:
    """Open while this process is the sync. `lost` after the store ended the connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.connection: Connection | None = None

    @property
    def is_open(self) -> bool:
        """Whether this process holds the lock, as far as is known."""
        return self.connection is not None and not self.connection.closed and not self.connection.invalidated

    def open(self) -> bool:
        """Take the lock and make the temporary tables; True when this was needed.

        Raises Problem (sync_busy) when another process holds the lock.
        """
        if self.is_open:
            return False
        self.close()
        connection = self.engine.connect()
        try:
            taken = connection.execute(text("SELECT pg_try_advisory_lock(:k)"), {"k": books.SYNC_LOCK}).scalar_one()
            if not taken:
                raise Problem("sync_busy")
            # A session whose machine or network died unseen must not hold the lock for hours: another sync waits.
            for name, value in (("idle", 15), ("interval", 5), ("count", 3)):
                connection.execute(text(f"SET tcp_keepalives_{name} = {value}"))
            # Batches look rows up by key: the default cost would read the whole table instead.
            connection.execute(text("SET random_page_cost = 1.1"))
            staging.prepare(connection)
            rollups.prepare(connection)
            quality_rollup.adopt()
            rollups.renew(connection)  # the code may be newer than the figures
            connection.commit()
        except BaseException:
            connection.invalidate()
            connection.close()
            raise
        self.connection = connection
        return True

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One change of the store, whole or not at all, alone among writers.

        Limits of data quality edited since the last one are taken up first.
        """
        assert self.connection is not None
        with self.connection.begin():
            rollups.renew(self.connection)
            yield self.connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """A short read on the same session."""
        assert self.connection is not None
        with self.connection.begin():
            yield self.connection

    def close(self) -> None:
        """Give the lock back. The connection isn't reused, since temporary tables hang on it."""
        if self.connection is not None:
            with suppress(SQLAlchemyError):
                self.connection.rollback()
            with suppress(SQLAlchemyError):
                self.connection.invalidate()
            with suppress(SQLAlchemyError):
                self.connection.close()
            self.connection = None
