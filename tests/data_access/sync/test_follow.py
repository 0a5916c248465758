"""Whatever fails, the sync says so in the store and comes back by itself."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from config.problems import Problem
from data_access.sync import Sync, sync
from tests.data_access.sync.tiny import SOURCE, STORE, Tiny


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync, "BACKOFF", (0.1,))
    monkeypatch.setattr(sync, "REFUSED_RETRY", 0.1)


@contextmanager
def following(job: Sync) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=job.follow, args=(stop, 0.05))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "did not happen in time"
        time.sleep(0.05)


def state(tiny: Tiny) -> str | None:
    rows = tiny.store("SELECT state FROM sync_status")
    return rows[0][0] if rows else None


def admin(tiny: Tiny, command: str) -> None:
    with psycopg.connect(tiny.pg.dsn("postgres"), autocommit=True) as conn:
        conn.execute(command)


def end_sessions(tiny: Tiny, database: str, user: str) -> None:
    admin(
        tiny,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}' AND usename = '{user}'",
    )


def test_source_vanishes_and_returns(tiny: Tiny) -> None:
    tiny.dossier(1)
    with following(tiny.sync()):
        until(lambda: state(tiny) == "running")
        admin(tiny, "ALTER ROLE onestop_reader NOLOGIN")
        try:
            end_sessions(tiny, SOURCE, "onestop_reader")
            until(lambda: state(tiny) == "source_down")
            since, code, facts = tiny.one("SELECT since, problem_code, problem_facts FROM sync_status")
            assert (code, facts) == ("source_down", {})
            beat = tiny.one("SELECT heartbeat_at FROM sync_status")
            until(lambda: tiny.one("SELECT heartbeat_at FROM sync_status") > beat)
            assert tiny.one("SELECT since FROM sync_status") == since
        finally:
            admin(tiny, "ALTER ROLE onestop_reader LOGIN")
        tiny.dossier(2)
        until(lambda: tiny.one("SELECT count(*) FROM dossier") == 2)
        until(lambda: tiny.one("SELECT state, problem_code FROM sync_status") == ("running", None))


def test_a_broken_mapping_is_refused_by_name_and_heals(tiny: Tiny) -> None:
    tiny.dossier(1)
    with following(tiny.sync()):
        until(lambda: state(tiny) == "running")
        tiny.write_profile(step="SELECT step_id, dossier_id FROM step")
        until(lambda: state(tiny) == "refused")
        code, facts = tiny.one("SELECT problem_code, problem_facts FROM sync_status")
        assert code == "source_column_missing"
        assert facts["file"] == "tiny/step.sql"
        assert "officer_ids" in facts["columns"]
        assert "tiny/step.sql" in Problem(code, **facts).text("vi")
        tiny.write_profile()
        until(lambda: state(tiny) == "running")
        tiny.dossier(2)
        until(lambda: tiny.one("SELECT count(*) FROM dossier") == 2)


def test_the_store_ends_its_connections(tiny: Tiny) -> None:
    tiny.dossier(1)
    with following(tiny.sync()):
        until(lambda: state(tiny) == "running")
        for n in range(2, 5):
            end_sessions(tiny, STORE, "ops_owner")
            tiny.owner.dispose()
            tiny.dossier(n)
            until(lambda n=n: tiny.one("SELECT count(*) FROM dossier") == n)  # type: ignore[misc]
    assert tiny.differences() == []


def test_two_at_once_one_works(tiny: Tiny) -> None:
    tiny.dossier(1)
    first, second = tiny.sync(), tiny.sync()
    first.once()
    with pytest.raises(Problem) as refused:
        second.once(wait=False)
    assert refused.value.code == "sync_busy"
    with following(second):
        tiny.dossier(2)
        time.sleep(0.5)
        assert tiny.one("SELECT count(*) FROM dossier") == 1
        first.close()
        until(lambda: tiny.one("SELECT count(*) FROM dossier") == 2)
