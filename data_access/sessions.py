"""Sessions of people: one a sign-in, named by the cookie, listed and ended by IT staff.

One thread a process, started by the first sign-in: every two seconds it reads which sessions were ended and passes on
which began and which are alive, so that nobody waits for the store. While it is silent, a good cookie is believed.
"""

import secrets
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from config.problems import Problem
from data_access import audit
from data_access.audit import Entry
from data_access.store.engine import owner_engine

log = structlog.get_logger(__name__)
SECONDS = 2.0
SEEN_SECONDS = 30.0
"""A session that is alive is noted so often."""
ALIVE_SECONDS = 120
"""One seen within so long is someone who looks now."""
KEEP_DAYS = 90
FIRST_SECONDS = 3.0

BEGIN = text("""
INSERT INTO session (session_id, username, role, method, address, began_at, seen_at, expires_at)
VALUES (:session_id, :username, :role, :method, :address, :began_at, :began_at, :expires_at)
ON CONFLICT (session_id) DO NOTHING
""")
OPEN = f"""
SELECT session_id, username, role, method, address, began_at, seen_at,
       seen_at > now() - interval '{ALIVE_SECONDS} seconds' AS alive
FROM session WHERE ended_at IS NULL AND expires_at > now() ORDER BY seen_at DESC, session_id
"""


@dataclass(frozen=True)
class Began:
    """A sign-in. method: password or oidc; address: the browser's, where it is known."""

    session_id: str
    username: str
    role: str
    method: str
    address: str
    began_at: datetime
    expires_at: datetime
    request: str = ""


@dataclass(frozen=True)
class OpenSession:
    """One that may still look; `alive`: it did within the last two minutes."""

    session_id: str
    username: str
    role: str
    method: str
    address: str
    began_at: datetime
    seen_at: datetime
    alive: bool


def new(username: str, role: str, method: str, address: str, seconds: float, session_id: str | None = None) -> Began:
    """A session that begins now and lasts so many seconds at most."""
    now = datetime.now(UTC)
    key = session_id or secrets.token_hex(16)
    request = str(structlog.contextvars.get_contextvars().get("request", ""))
    return Began(key, username, role, method, address, now, now + timedelta(seconds=seconds), request)


def open_sessions(connection: Connection) -> tuple[OpenSession, ...]:
    """All that have neither ended nor expired, those seen last first."""
    return tuple(OpenSession(**row) for row in connection.execute(text(OPEN)).mappings())


def begin(connection: Connection, session: Began) -> None:
    """Note a sign-in, in the sessions and in the audit; one that is known already is left as it is."""
    if connection.execute(BEGIN, session.__dict__).rowcount:
        facts = {"method": session.method}
        entry = Entry("signed_in", session.username, role=session.role, facts=facts, address=session.address,
                      at=session.began_at, request=session.request)  # fmt: skip
        audit.note(connection, entry)


def end(engine: Engine, session_id: str, by: str) -> None:
    """End one session; its screens go within seconds. Raises Problem (session_over) when it has ended before."""
    with engine.begin() as connection:
        ended = _end(connection, "session_id = :key", session_id, by)
        if not ended:
            raise Problem("session_over")
        audit.note(connection, Entry("session_ended", by, ended[0]))


def end_all(connection: Connection, username: str, by: str) -> int:
    """End all sessions of an account; how many there were."""
    return len(_end(connection, "username = :key", username, by))


def _end(connection: Connection, which: str, key: str, by: str) -> list[str]:
    return list(
        connection.execute(
            text(f"""UPDATE session SET ended_at = now(), ended_by = :by
                      WHERE {which} AND ended_at IS NULL AND expires_at > now() RETURNING username"""),
            {"key": key, "by": by},
        ).scalars()
    )


class SessionDesk:
    """`ended(id)` answers from memory; `begin`, `seen` and `leave` are passed on within seconds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ended: frozenset[str] = frozenset()
        self._began: dict[str, Began] = {}
        self._seen: dict[str, datetime] = {}
        self._told: dict[str, datetime] = {}
        self._left: dict[str, str] = {}
        self._guard = threading.Lock()
        self._first, self._stop = threading.Event(), threading.Event()
        self._patience = time.monotonic() + FIRST_SECONDS
        self._failing = False
        self._thread = threading.Thread(target=self._run, name="sessions", daemon=True)
        self._thread.start()

    def begin(self, session: Began) -> None:
        """Someone has signed in."""
        with self._guard:
            self._began[session.session_id] = session

    def seen(self, session_id: str) -> None:
        """Someone looks."""
        with self._guard:
            self._seen[session_id] = datetime.now(UTC)

    def leave(self, session_id: str, by: str) -> None:
        """Someone signs out; at once so for this process."""
        with self._guard:
            self._left[session_id] = by
        self._ended |= {session_id}

    def ended(self, session_id: str) -> bool:
        """Whether the session has been ended, as far as is known; a process that has just begun looks first."""
        self._first.wait(max(0.0, self._patience - time.monotonic()))
        return session_id in self._ended

    def stop(self) -> None:
        """Pass on what waits and end (shutdown, tests)."""
        self._stop.set()
        self._thread.join(timeout=5)
        self._engine.dispose()

    def _run(self) -> None:
        over = False
        while not over:
            over = self._stop.is_set()
            try:
                self._pass_on()
                self._look()
                self._first.set()
                self._failing = False
            except SQLAlchemyError as error:
                if not self._failing:
                    log.warning("sessions not read", error=str(error))
                self._failing = True
            self._stop.wait(SECONDS)

    def _look(self) -> None:
        with self._engine.connect() as connection:
            ended = connection.execute(
                text("SELECT session_id FROM session WHERE ended_at IS NOT NULL AND expires_at > now()")
            ).scalars()
            self._ended = frozenset(ended) | self._left.keys()

    def _pass_on(self) -> None:
        """1. What began, 2. who was seen, 3. who left; forgotten only when the store has it."""
        with self._guard:
            began, left = dict(self._began), dict(self._left)
            limit = datetime.now(UTC) - timedelta(seconds=SEEN_SECONDS)
            seen = {k: at for k, at in self._seen.items() if self._told.get(k, limit) <= limit}
        if not (began or left or seen):
            return
        with self._engine.begin() as connection:
            if began:
                for session in began.values():
                    begin(connection, session)
                connection.execute(
                    text("DELETE FROM session WHERE expires_at < now() - make_interval(days => :d)"), {"d": KEEP_DAYS}
                )
            if seen:
                connection.execute(
                    text("UPDATE session SET seen_at = greatest(seen_at, :at) WHERE session_id = :id"),
                    [{"id": key, "at": at} for key, at in seen.items()],
                )
            for key, by in left.items():
                _end(connection, "session_id = :key", key, by)
        with self._guard:
            self._forget(began, seen, left)

    def _forget(self, began: Collection[str], seen: dict[str, datetime], left: Collection[str]) -> None:
        for key in began:
            self._began.pop(key, None)
        for key in left:
            self._left.pop(key, None)
        self._told |= seen
        self._seen = {k: at for k, at in self._seen.items() if seen.get(k) != at}
        old = datetime.now(UTC) - timedelta(hours=1)
        self._told = {k: at for k, at in self._told.items() if at > old}


_guard = threading.Lock()
_desks: dict[str, SessionDesk] = {}


def session_desk(owner_url: str) -> SessionDesk:
    """The desk of this process for this store; made at the first call, replaced when the URL changes."""
    with _guard:
        if owner_url not in _desks:
            while _desks:
                _desks.popitem()[1].stop()
            _desks[owner_url] = SessionDesk(owner_engine(owner_url))
        return _desks[owner_url]


def close() -> None:
    """End the desk there is."""
    with _guard:
        while _desks:
            _desks.popitem()[1].stop()
