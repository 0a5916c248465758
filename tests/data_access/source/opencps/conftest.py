"""A MariaDB of the worker's own with the hand-written example, and a store beside it in the embedded PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, text

from data_access.demo.server import Server
from data_access.source.profile import load_profile
from data_access.source.reader import source_engine
from data_access.store import rollups
from data_access.store.engine import owner_engine
from data_access.store.migrate import migrate
from data_access.sync import Sync
from tests.data_access.source.opencps import example
from tests.data_access.sync.tiny import TABLES
from tests.support import mariadb, opencps

DATABASE, STORE, TZ = "lportal", "opencps_store", "Asia/Ho_Chi_Minh"


@dataclass
class Place:
    """The example in MariaDB, read by the account of for_the_dba.sql, and an empty store."""

    server: mariadb.MariaDB
    owner: Engine
    admin: Any = field(init=False)
    source: Engine = field(init=False)
    syncs: list[Sync] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.admin = self.server.connect(DATABASE)
        self.source = source_engine(self.server.url(DATABASE, opencps.READER))

    def run(self, statement: str, *values: Any) -> None:
        """One statement in OpenCPS, as OpenCPS."""
        with self.admin.cursor() as cursor:
            cursor.execute(statement, values)

    def sync(self, rows: int = 20_000) -> Sync:
        """A sync between the two, closed at the test's end."""
        job = Sync(self.source, self.owner, load_profile("opencps"), TZ, rows=rows)
        self.syncs.append(job)
        return job

    def store(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of the store."""
        with self.owner.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def differences(self) -> list[rollups.Difference]:
        """What `rebuild --check` finds."""
        with self.owner.connect() as connection:
            return rollups.check(connection)

    def forget(self) -> None:
        """Empty the store, so that the next sync loads everything anew."""
        with self.owner.begin() as connection:
            tables = connection.execute(text(TABLES)).scalars()
            connection.execute(text("TRUNCATE " + ", ".join(t for t in tables if t != "alembic_version")))

    def close(self) -> None:
        """Give everything back."""
        for job in self.syncs:
            job.close()
        self.admin.close()
        self.source.dispose()


@pytest.fixture(scope="session")
def maria(worker_dir: Path) -> Iterator[mariadb.MariaDB]:
    """The server, with OpenCPS's tables."""
    with mariadb.running(worker_dir / "maria") as server:
        opencps.make_database(server, DATABASE)
        yield server


@pytest.fixture(scope="session")
def opencps_store(pg: Server) -> Iterator[Engine]:
    """A store's schema."""
    with psycopg.connect(pg.dsn("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {STORE} WITH (FORCE)")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {STORE} OWNER ops_owner")  # type: ignore[arg-type]
    engine = owner_engine(pg.url("ops_owner", STORE))
    migrate(engine, "ops_reader")
    yield engine
    engine.dispose()


@pytest.fixture
def place(maria: mariadb.MariaDB, opencps_store: Engine) -> Iterator[Place]:
    """The example as written, and an empty store."""
    with maria.connect(DATABASE) as connection, connection.cursor() as cursor:
        opencps.empty(cursor)
        example.fill(cursor)
    made = Place(maria, opencps_store)
    made.forget()
    yield made
    made.close()
