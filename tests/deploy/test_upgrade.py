"""A store of an earlier version, with its figures and books in it, brought to this version by the guide's command."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Engine, text

from config.settings import ROOT
from data_access import audit, devices
from data_access.audit import Entry
from data_access.queries.overview import overview
from data_access.store.engine import WHOLE_CITY, owner_engine, reader_engine, reading
from data_access.store.migrate import MIGRATIONS
from tests.data_access.alert_rows import put
from tests.support.cities import City

OLD = "upgrade_store"
EARLIER = ("0001", pytest.param("0006", marks=pytest.mark.slow), pytest.param("0011", marks=pytest.mark.slow), "0015")
BOOKS = ("alert", "audit", "wall_device", "config_change")
"""What no source can give again."""
COLUMNS = """
SELECT table_name, array_agg(column_name::text ORDER BY column_name) FROM information_schema.columns
WHERE table_schema = 'public' AND is_generated = 'NEVER'
  AND table_name IN (SELECT relname FROM pg_class WHERE relkind = 'r') AND table_name <> 'alembic_version'
GROUP BY 1
"""


def columns(connection: psycopg.Connection) -> dict[str, list[str]]:
    """Table → its columns that hold something of their own."""
    return {name: list(found) for name, found in connection.execute(COLUMNS)}


@pytest.fixture
def old(small_city: City, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a store with the schema of an earlier version, holding what the small city's store holds of it."""
    server = small_city.server
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {OLD} OWNER ops_owner")
    url = server.url("ops_owner", OLD)
    engine = owner_engine(url)
    try:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with engine.connect() as connection:
            config.attributes |= {"connection": connection, "reader": "ops_reader"}
            command.upgrade(config, request.param)
            connection.commit()
        with (
            psycopg.connect(server.dsn("postgres", "ops")) as now,
            psycopg.connect(server.dsn("postgres", OLD)) as then,
        ):
            then.execute("SET session_replication_role = replica")
            here, there = columns(now), columns(then)
            for table in there.keys() & here.keys():
                names = sql.SQL(", ").join(sql.Identifier(n) for n in there[table] if n in here[table])
                given = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT").format(names, sql.Identifier(table))
                taken = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
                with now.cursor().copy(given) as out, then.cursor().copy(taken) as into:
                    for part in out:
                        into.write(part)
            if "rollup_definition" in there:
                then.execute("UPDATE rollup_definition SET fingerprint = 'an earlier version'")
            then.commit()
        if request.param == "0015":
            _keep_books(engine)
        yield url
    finally:
        engine.dispose()
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {OLD} WITH (FORCE)")


def _keep_books(engine: Engine) -> None:
    put(engine)
    devices.issue(engine, "Màn thử")
    with engine.begin() as connection:
        audit.note(connection, Entry("config_changed", "cntt", "walls.yaml", "thử nâng cấp"))


def kept(url: str) -> dict[str, list[str]]:
    """The rows of the books that are there, each as text."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        there, rows = columns(connection), sql.SQL("SELECT {0}::text FROM {0}")
        return {
            book: sorted(row[0] for row in connection.execute(rows.format(sql.Identifier(book))))
            for book in BOOKS
            if book in there
        }


def ours(city: City, url: str, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """One of the guide's commands on that store."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("OPS_")} | {
        "LANG": "en_US.UTF-8", "OPS_DATA_DIR": str(folder), "OPS_STORE_URL": url, "OPS_COOKIE_KEY": "k" * 40,
        "OPS_STORE_READER_URL": city.server.url("ops_reader", OLD), "OPS_SOURCE_URL": city.urls.source_url,
    }  # fmt: skip
    return subprocess.run([sys.executable, "-m", "data_access", *words], cwd=ROOT, env=env, capture_output=True,
                          text=True, timeout=300, check=False)  # fmt: skip


@pytest.mark.parametrize("old", EARLIER, indirect=True)
def test_a_store_with_figures_comes_to_this_version(small_city: City, old: str, tmp_path: Path) -> None:
    books = kept(old)
    for words in (("migrate",), ("migrate",), ("sync",), ("rebuild", "--check")):
        told = ours(small_city, old, tmp_path, *words)
        assert told.returncode == 0, (words, told.stdout + told.stderr)
        if words == ("migrate",):
            assert {book: rows for book, rows in kept(old).items() if book in books} == books
    then, now = (reader_engine(small_city.server.url("ops_reader", name)) for name in (OLD, "ops"))
    with reading(then, WHOLE_CITY) as upgraded, reading(now, WHOLE_CITY) as same:
        assert overview(upgraded).figures == overview(same).figures
        for table in ("dossier", "step"):
            count = text(f"SELECT count(*) FROM {table}")
            assert upgraded.execute(count).scalar_one() == same.execute(count).scalar_one() > 0
    for engine in (then, now):
        engine.dispose()
