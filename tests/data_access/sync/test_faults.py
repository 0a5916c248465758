"""Faults by name: sessions ended at each statement of a poll, kill -9, two processes at once, clocks set back."""

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from data_access.source.reader import Source, SourceDownError
from data_access.sync import is_loaded
from data_access.sync.sync import STORE_ERRORS
from tests.data_access.sync import plain
from tests.data_access.sync.child import work
from tests.data_access.sync.test_first_load import fill
from tests.data_access.sync.tiny import SOURCE, STORE, Tiny
from tests.support.processes import FORKED, forking


@contextmanager
def ended_at(tiny: Tiny, engine: Engine, statement: int) -> Iterator[list[str]]:
    """The server ends the session on which statement number `statement` is about to run; yields those that ran."""
    ran: list[str] = []
    with psycopg.connect(tiny.pg.dsn("postgres"), autocommit=True) as admin:

        def before(connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
            if len(ran) == statement:
                pid = connection.connection.driver_connection.info.backend_pid
                admin.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])
            ran.append(sql)

        sa.event.listen(engine, "before_cursor_execute", before)
        try:
            yield ran
        finally:
            sa.event.remove(engine, "before_cursor_execute", before)


def happen(tiny: Tiny, n: int) -> None:
    """One of everything that a poll can bring, different each time."""
    at = tiny.tick(minutes=20)
    tiny.change(1, status=(4, 5, 10)[n % 3], finished_at=at if n % 3 == 2 else None)
    tiny.put("pause", dossier_id="hs1", from_at=at, reason="fee")
    tiny.change(2, unit_processing=f"p{1 + n % 3}")
    tiny.change(3, deleted=n % 2 == 0)
    tiny.dossier(100 + n % 2, due_original=at)
    tiny.step(5, 2, ("cb1", "cb2")[: 1 + n % 2], finished_at=at if n % 2 else None)
    tiny.step(6, 100 + n % 2, due_at=at, finished_at=at)
    tiny.put("link_check", ward_code="00001", service="wan", checked_at=at, up=n % 2 == 0)
    tiny.put("observation", indicator_code="x", scope_kind="unit", scope_code="p1", at=at, value=n)


EVERY = [12, pytest.param(1, marks=pytest.mark.slow)]
"""At each statement in `make test-slow` and `make soak-sync`; else at every twelfth, beginning at another each time."""


@pytest.mark.parametrize("stride", EVERY)
def test_the_store_ends_the_session_at_each_statement_of_a_poll(tiny: Tiny, record_property: Any, stride: int) -> None:
    """Facts, rollups, watermarks and the version change together or not at all, wherever it breaks."""
    fill(tiny, 6)
    job = tiny.sync()
    job.once()
    stride = 1 if "OPS_HISTORIES" in os.environ else stride
    n, tried = random.randrange(stride), 0
    while True:
        happen(tiny, n)
        version = tiny.version
        with ended_at(tiny, tiny.owner, n) as ran:
            try:
                job.once()
            except STORE_ERRORS:
                job.close()
        assert tiny.differences() == [], ran[-2:]
        if len(ran) <= n:
            break
        job.once()
        plain.check(tiny)
        assert tiny.version > version
        n += stride
        tried += 1
    assert tried * stride > 48
    record_property("told", f"the store's session ended at {tried} of the {len(ran)} statements of a poll")


@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_the_source_ends_the_session_at_each_statement_of_a_poll(tiny: Tiny, stride: int) -> None:
    tiny.rows = 3
    fill(tiny, 6)
    job = tiny.sync()
    job.once()
    n = random.randrange(stride)
    while True:
        happen(tiny, n)
        with ended_at(tiny, tiny.source_engine, n) as ran:
            try:
                job.once()
            except SourceDownError:
                job._source = None
        if len(ran) <= n:
            break
        assert tiny.differences() == [], ran[-2:]
        n += stride
    plain.check(tiny)
    assert tiny.differences() == []
    assert n > 10


@pytest.fixture
def start(tiny: Tiny) -> Iterator[Callable[[], BaseProcess]]:
    """Starts real processes that sync; whichever are left are ended."""
    children: list[BaseProcess] = []

    def one() -> BaseProcess:
        urls = tiny.pg.url("onestop_reader", SOURCE), tiny.pg.url("ops_owner", STORE)
        with forking():
            child = FORKED.Process(target=work, args=(*urls, str(tiny.folder), tiny.rows))
            child.start()
        children.append(child)
        return child

    yield one
    for child in children:
        child.kill()
        child.join()


def until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.005)


def test_kill_9_at_random_moments(tiny: Tiny, start: Callable[[], BaseProcess], record_property: Any) -> None:
    """During the first load and between polls, real processes and real signals."""
    tiny.rows = 5
    fill(tiny, 40)
    moments = random.Random()
    read = "SELECT coalesce(sum(rows_read), 0) FROM sync_watermark"
    during_load = 0
    for _ in range(4):
        child = start()
        enough = tiny.one(read) + moments.randrange(1, 60)
        until(lambda enough=enough: tiny.one(read) >= enough or is_loaded(tiny.owner))  # type: ignore[misc]
        time.sleep(moments.random() * 0.05)
        child.kill()
        child.join()
        during_load += not is_loaded(tiny.owner)
        assert tiny.differences() == []
    child = start()
    until(lambda: is_loaded(tiny.owner))
    assert during_load >= 1
    for n in range(6):
        for k in range(moments.randrange(1, 4)):
            happen(tiny, 3 * n + k)
            time.sleep(moments.random() * 0.3)
        child.kill()
        child.join()
        assert tiny.differences() == []
        child = start()
    child.kill()
    child.join()
    job = tiny.sync()
    job.once()
    plain.check(tiny)
    assert tiny.differences() == []
    assert job.reconcile() == []
    record_property("told", f"kill -9: {during_load} times during a first load, 7 times between and within polls")


def test_two_processes_started_at_once(tiny: Tiny, start: Callable[[], BaseProcess]) -> None:
    """One works, the other waits; when the first is killed, the second takes over."""
    tiny.rows = 5
    fill(tiny, 20)
    first, second = start(), start()
    until(lambda: is_loaded(tiny.owner))
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7200585 AND granted"
    assert tiny.one(held) == 1
    first.kill()
    first.join()
    happen(tiny, 1)
    until(lambda: tiny.one("SELECT count(*) FROM dossier WHERE dossier_id = 'hs101'") == 1)
    assert second.is_alive()
    assert tiny.differences() == []


def test_a_clock_set_back(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows bear times before the watermark then; they are seen at once, and the figures' instant follows."""
    skew = [timedelta()]
    monkeypatch.setattr(Source, "now", lambda *_: tiny.clock + skew[0])
    skew[0] = timedelta(hours=1)
    tiny.dossier(1, updated_at=tiny.clock + skew[0])
    job = tiny.sync()
    job.once()
    skew[0] = timedelta()
    for n in range(2, 6):
        tiny.dossier(n)
        tiny.step(n, n)
        result = job.once()
        assert (result.changes.dossiers, result.changes.steps) == (1, 1)
        assert result.as_of == tiny.clock
    assert tiny.differences() == []


def test_a_clock_set_back_and_a_poll_cut_short(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """The watermark is put back only as far as rows have been read."""
    skew = [timedelta(hours=1)]
    monkeypatch.setattr(Source, "now", lambda *_: tiny.clock + skew[0])
    tiny.rows = 2
    tiny.dossier(0, updated_at=tiny.clock + skew[0])
    job = tiny.sync()
    job.once()
    skew[0] = timedelta()
    for n in range(1, 8):
        tiny.dossier(n)

    def stop() -> None:
        if tiny.one("SELECT count(*) FROM dossier") > 3:
            raise KeyboardInterrupt

    job.after_commit = stop
    with pytest.raises(KeyboardInterrupt):
        job.once()
    job.close()
    tiny.sync().once()
    assert tiny.one("SELECT count(*) FROM dossier") == 8
    assert tiny.differences() == []


def test_a_step_handed_to_a_deleted_dossier_goes_with_it(tiny: Tiny) -> None:
    tiny.dossier(1)
    tiny.dossier(2, deleted=True)
    tiny.step(1, 1, finished_at=tiny.clock)
    job = tiny.sync()
    job.once()
    tiny.step(1, 2, finished_at=tiny.clock)
    job.once()
    assert tiny.store("SELECT * FROM step") == []
    version = tiny.version
    assert not job.once().changes
    assert tiny.version == version
    assert tiny.differences() == []
