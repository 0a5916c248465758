"""The pulse over a real server that is stopped and started, and what the sync's books make of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from config.problems import Problem
from data_access.demo import data_dir, server
from data_access.demo.embedded import urls_of
from data_access.queries import watch as watching
from data_access.queries.answers import Answers, NoAnswerError
from data_access.queries.watch import Pulse, Watch
from data_access.store import books
from data_access.store.engine import WHOLE_CITY, owner_engine, reader_engine
from data_access.store.migrate import migrate
from tests.support.processes import wait_for


class Store:
    """An empty store on a server of this file's own, so that it may be stopped."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.running = server.start(directory)
        urls = urls_of(self.running)
        self.owner: Engine = owner_engine(urls.store_owner_url)
        self.reader: Engine = reader_engine(urls.store_reader_url)
        migrate(self.owner, "ops_reader")

    def stop(self) -> None:
        self.running.stop()

    def start(self) -> None:
        self.running = server.start(self.directory)

    def write(self, statement: str) -> None:
        with self.owner.begin() as connection:
            connection.execute(text(statement))

    def figures(self, version: int) -> None:
        self.write(f"""
            INSERT INTO data_version VALUES (true, {version}, now(), current_date, now())
            ON CONFLICT (single) DO UPDATE SET version = {version}""")


@pytest.fixture(scope="module")
def store(worker_dir: Path) -> Iterator[Store]:
    made = Store(worker_dir / "watch")
    yield made
    made.owner.dispose()
    made.reader.dispose()
    data_dir.stop_postgres(worker_dir / "watch")


@pytest.fixture
def watch(store: Store) -> Iterator[Watch]:
    store.write("TRUNCATE data_version, sync_status")
    watch = Watch(store.reader, lambda: 0.05)
    yield watch
    watch.stop()


def count(connection: Any) -> int:
    """A question."""
    return int(connection.execute(text("SELECT count(*) FROM pg_class")).scalar_one())


def test_an_empty_store_is_loading(store: Store, watch: Watch) -> None:
    wait_for(lambda: watch.pulse().store_ok, "the store", 5)
    assert (watch.pulse().version, watch.pulse().trouble) == (0, "loading")
    books.set_status(store.owner, "loading", progress=0.4, stage="dossier")
    wait_for(lambda: watch.pulse().progress == 0.4, "progress", 5)
    assert (watch.pulse().stage, watch.pulse().trouble) == ("dossier", "loading")


def test_the_syncs_states(store: Store, watch: Watch) -> None:
    store.figures(3)
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    books.set_status(store.owner, "running", source_at=at)
    wait_for(lambda: watch.pulse().trouble is None, "a good pulse", 5)
    good = watch.pulse()
    assert (good.version, good.source_at, good.sync_state) == (3, at, "running")
    books.set_status(store.owner, "source_down", problem=Problem("source_down"))
    wait_for(lambda: watch.pulse().trouble == "source", "source_down", 5)
    assert watch.pulse().trouble_since == watch.pulse().sync_since
    facts = {"file": "onestop/dossier.sql", "column": "status"}
    problem = Problem("source_down")
    problem.facts = facts
    books.set_status(store.owner, "refused", problem=problem)
    wait_for(lambda: watch.pulse().trouble == "refused", "refused", 5)
    assert (watch.pulse().problem_code, watch.pulse().problem_facts) == ("source_down", facts)
    books.set_status(store.owner, "running", source_at=at)
    wait_for(lambda: watch.pulse().trouble is None, "a good pulse again", 5)


def test_a_silent_sync(store: Store, watch: Watch) -> None:
    store.figures(3)
    books.set_status(store.owner, "running")
    store.write("UPDATE sync_status SET heartbeat_at = now() - interval '31 seconds'")
    wait_for(lambda: watch.pulse().trouble == "sync", "silence", 5)
    assert watch.pulse().trouble_since == watch.pulse().heartbeat_at
    store.write("UPDATE sync_status SET heartbeat_at = now() - interval '25 seconds'")
    wait_for(lambda: watch.pulse().trouble is None, "a heartbeat", 5)


def test_the_store_stops_and_starts(store: Store, watch: Watch) -> None:
    store.figures(7)
    books.set_status(store.owner, "running", source_at=datetime.now(UTC))
    wait_for(lambda: watch.pulse().version == 7, "version 7", 5)
    up_since = watch.pulse().store_since
    asking = Answers(store.reader, watch)
    good = asking.ask(count, WHOLE_CITY)
    store.stop()
    try:
        wait_for(lambda: not watch.pulse().store_ok, "the store to be missed", 5)
        down = watch.pulse()
        assert (down.trouble, down.version) == ("store", 7), "what was known last is kept"
        assert down.store_since is not None
        assert up_since is not None
        assert down.store_since > up_since
        assert down.trouble_since == down.store_since
        again = asking.ask(count, WHOLE_CITY)
        assert (again.value, again.version, again.stale) == (good.value, 7, True)
        with pytest.raises(NoAnswerError):
            asking.ask(books.version, WHOLE_CITY)
    finally:
        store.start()
    wait_for(lambda: watch.pulse().store_ok, "the store to be back", 10)
    assert not asking.ask(count, WHOLE_CITY).stale
    store.figures(8)
    wait_for(lambda: watch.pulse().version == 8, "version 8", 5)
    assert asking.ask(count, WHOLE_CITY).version == 8


def test_a_store_that_hangs_counts_as_down(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    store.figures(1)
    books.set_status(store.owner, "running")
    watch = Watch(store.reader, lambda: 60)
    try:
        wait_for(lambda: watch.pulse().store_ok, "the store", 5)
        monkeypatch.setattr(watching, "SILENT_SECONDS", 0.0)
        watch.pulse()
        assert not watch.pulse().store_ok
    finally:
        watch._stop.set()
        watch.stop()


def test_a_store_that_is_down_at_the_start() -> None:
    engine = reader_engine("postgresql+psycopg://ops_reader@127.0.0.1:9/ops")
    watch = Watch(engine, lambda: 60)
    try:
        pulse = watch.pulse()
        assert (pulse.store_ok, pulse.version, pulse.trouble) == (False, 0, "store")
        assert pulse.store_since is not None
    finally:
        watch.stop()


def test_age_is_that_of_the_source_seen_last() -> None:
    now = datetime.now(UTC)
    pulse = Pulse(store_ok=True, version=1, as_of=now - timedelta(hours=2), source_at=now - timedelta(minutes=1))
    assert pulse.age_seconds == pytest.approx(60, abs=2)
    assert replace(pulse, source_at=None).age_seconds == pytest.approx(7200, abs=2)
    assert replace(pulse, source_at=now + timedelta(minutes=5)).age_seconds == 0
    assert Pulse().age_seconds is None
