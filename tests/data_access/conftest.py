"""The tiny source and store of tests/data_access/sync/tiny.py."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from data_access.demo.server import Server
from data_access.store.engine import owner_engine, reader_engine
from tests.data_access import alert_rows
from tests.data_access.sync import tiny as tinies


@pytest.fixture(scope="session")
def tiny_databases(pg: Server) -> Server:
    """Both databases, made once."""
    tinies.make_databases(pg)
    return pg


@pytest.fixture
def tiny(tiny_databases: Server, tmp_path: Path) -> Iterator[tinies.Tiny]:
    """Both databases, empty but for units, procedures and officers."""
    with tinies.tiny_city(tiny_databases, tmp_path) as city:
        yield city


@pytest.fixture
def alert_store(tiny_databases: Server) -> Iterator[alert_rows.AlertStore]:
    """The tiny store with a version of figures and without alerts; no sync and no keeper works on it."""
    url = tiny_databases.url("ops_owner", tinies.STORE)
    owner = owner_engine(url)
    reader = reader_engine(tiny_databases.url("ops_reader", tinies.STORE))
    alert_rows.clear(owner)
    with owner.begin() as connection:
        connection.execute(text("TRUNCATE data_version, sync_status"))
        connection.execute(text("INSERT INTO data_version VALUES (true, 1, now(), current_date, now())"))
        connection.execute(text("INSERT INTO sync_status VALUES (true, 'running', now(), now())"))
    yield alert_rows.AlertStore(owner, reader, url)
    for engine in (owner, reader):
        engine.dispose()
