"""Sessions: known to the store within seconds, ended for every process, believed while the store is silent."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from config.problems import Problem
from data_access import attempts, sessions
from data_access.audit import Entry
from data_access.sessions import SessionDesk, new, open_sessions
from data_access.store.engine import owner_engine
from tests.data_access.sync.tiny import STORE, Tiny
from tests.support.processes import wait_for


@pytest.fixture
def desks(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SessionDesk, SessionDesk]]:
    """The desks of two processes before one store."""
    monkeypatch.setattr(sessions, "SECONDS", 0.1)
    monkeypatch.setattr(sessions, "SEEN_SECONDS", 0.0)
    url = tiny.pg.url("ops_owner", STORE)
    made = SessionDesk(owner_engine(url)), SessionDesk(owner_engine(url))
    yield made
    for desk in made:
        desk.stop()


def listed(tiny: Tiny) -> dict[str, Any]:
    with tiny.owner.connect() as connection:
        return {session.session_id: session for session in open_sessions(connection)}


def test_what_one_process_begins_another_ends(tiny: Tiny, desks: tuple[SessionDesk, SessionDesk]) -> None:
    here, there = desks
    mine, other = new("cntt", "it", "password", "10.0.0.7", 600), new("hadong", "district", "oidc", "", 600)
    for session in (mine, other):
        here.begin(session)
    wait_for(lambda: {mine.session_id, other.session_id} <= listed(tiny).keys(), "both sessions", 30)
    assert not here.ended(mine.session_id)
    sessions.end(tiny.owner, mine.session_id, "cntt")
    for desk in (here, there):
        wait_for(lambda desk=desk: desk.ended(mine.session_id), "the end", 30)
        assert not desk.ended(other.session_id)
    with pytest.raises(Problem) as problem:
        sessions.end(tiny.owner, mine.session_id, "cntt")
    assert problem.value.code == "session_over"
    told = tiny.store("SELECT kind, who, what, address FROM audit WHERE who = 'cntt' ORDER BY audit_id DESC LIMIT 2")
    assert told == [("session_ended", "cntt", "cntt", ""), ("signed_in", "cntt", "", "10.0.0.7")]


def test_one_sign_in_is_noted_once_by_however_many_tabs(tiny: Tiny, desks: tuple[SessionDesk, SessionDesk]) -> None:
    session = new("oidc:an", "it", "oidc", "", 600)
    for desk in desks:
        desk.begin(session)
    wait_for(lambda: session.session_id in listed(tiny), "the session", 30)
    for desk in desks:
        desk.stop()  # passes on what waits
    assert tiny.one("SELECT count(*) FROM audit WHERE who = 'oidc:an' AND at = :at", at=session.began_at) == 1


def test_seen_and_left(tiny: Tiny, desks: tuple[SessionDesk, SessionDesk]) -> None:
    here, there = desks
    session = new("hadong", "district", "password", "", 600)
    here.begin(session)
    wait_for(lambda: session.session_id in listed(tiny), "the session", 30)
    tiny_before = listed(tiny)[session.session_id].seen_at
    there.seen(session.session_id)
    wait_for(lambda: listed(tiny)[session.session_id].seen_at > tiny_before, "the look", 30)
    here.leave(session.session_id, "hadong")
    assert here.ended(session.session_id), "at once in this process"
    wait_for(lambda: there.ended(session.session_id), "the other process", 30)


def test_an_expired_session_is_not_listed(tiny: Tiny) -> None:
    with tiny.owner.begin() as connection:
        sessions.begin(connection, new("cu", "it", "password", "", -1))
    assert "cu" not in {session.username for session in listed(tiny).values()}


def test_wrong_attempts_count_for_all_processes(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    url = tiny.pg.url("ops_owner", STORE)
    name = f"khach{tiny.one('SELECT count(*) FROM audit')}"
    left = [attempts.failed(url, Entry("sign_in_failed", name)) for _ in range(3)]
    with tiny.owner.begin() as connection:  # another process
        attempts.audit.note(connection, Entry("sign_in_failed", name))
    assert (left, attempts.left(url, name)) == ([4, 3, 2], 1)
    assert attempts.failed(url, Entry("sign_in_failed", name)) == 0
    assert attempts.left(url, name + "2") == attempts.MOST
    attempts.forgive(tiny.owner, name, "cntt")
    assert attempts.left(url, name) == attempts.MOST


def test_of_many_guesses_at_once_five_are_answered(tiny: Tiny) -> None:
    name = f"khach{tiny.one('SELECT count(*) FROM audit')}"
    engines = [create_engine(tiny.pg.url("ops_owner", STORE)) for _ in range(2)]  # two processes
    together = threading.Barrier(8)

    def guess(n: int) -> int | None:
        together.wait()
        return attempts._failed(engines[n % 2], Entry("sign_in_failed", name))

    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(guess, range(8)))
    finally:
        for engine in engines:
            engine.dispose()
    assert sorted(a for a in answers if a is not None) == [0, 1, 2, 3, 4]
    assert tiny.one(f"SELECT count(*) FROM audit WHERE who = '{name}'") == attempts.MOST


def test_a_right_password_waits_for_the_fifth_wrong_one_and_is_refused(tiny: Tiny) -> None:
    url, name = tiny.pg.url("ops_owner", STORE), f"khach{tiny.one('SELECT count(*) FROM audit')}"
    for _ in range(attempts.MOST - 1):
        attempts.failed(url, Entry("sign_in_failed", name))
    assert attempts.passed(url, name)
    with ThreadPoolExecutor(1) as pool:
        with tiny.owner.begin() as other:
            attempts._in_turn(other, name)
            answer = pool.submit(attempts._passed, tiny.owner, name)
            waits = f"SELECT count(*) FROM pg_locks WHERE classid = {attempts.LOCK} AND NOT granted"
            wait_for(lambda: tiny.one(waits) == 1, "the right password to wait its turn")
            attempts.audit.note(other, Entry("sign_in_failed", name))
        assert not answer.result(60)
    assert (attempts.passed(url, name), attempts.failed(url, Entry("sign_in_failed", name))) == (False, None)


def test_without_a_store_each_process_counts_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "postgresql+psycopg://u@127.0.0.1:9/x"
    monkeypatch.setattr(attempts.audit, "record", lambda *_: None)
    left = [attempts.failed(nowhere, Entry("sign_in_failed", "khong-co-kho")) for _ in range(attempts.MOST)]
    assert left == [4, 3, 2, 1, 0]
    assert attempts.left(nowhere, "khong-co-kho") == 0
    assert attempts.failed(nowhere, Entry("sign_in_failed", "khong-co-kho")) is None
    assert (attempts.passed(nowhere, "khong-co-kho"), attempts.passed(nowhere, "nguoi-khac")) == (False, True)


def test_screens_end_no_session_by_their_own_role(tiny: Tiny) -> None:
    with tiny.reader.connect() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(text("UPDATE session SET ended_at = NULL"))
