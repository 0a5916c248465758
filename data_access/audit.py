"""The audit: what was done by whom, kept in a table that the application can only add to.

Exports and deeds on alerts have books of their own; the store's view `audit_log` shows all of them as one.
"""

import getpass
import json
import queue
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from data_access.store.engine import owner_engine

log = structlog.get_logger(__name__)

KINDS = (
    "signed_in", "sign_in_failed", "sign_in_refused", "sign_in_forgiven", "signed_out", "session_ended",
    "exported", "alert_acknowledged", "alert_ended", "config_changed", "boundaries_changed", "reconcile_asked",
    "device_issued", "device_revoked", "device_signed_in",
    "account_created", "account_changed", "account_disabled", "account_enabled", "password_reset",
)  # fmt: skip
RETRY_SECONDS = 2.0
WAITING = 10_000
INSERT = text("""
INSERT INTO audit (at, kind, who, role, what, detail, facts, address, request)
VALUES (coalesce(:at, clock_timestamp()), :kind, :who, :role, :what, :detail, CAST(:facts AS jsonb), :address, :request)
""")


@dataclass(frozen=True)
class Entry:
    """One deed. kind: of KINDS; who: the account; what: the account, device or file it was done to.

    detail: a person's own words; facts: codes that the screen puts into words; never a secret. at: now unless given.
    """

    kind: str
    who: str
    what: str = ""
    detail: str = ""
    role: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    address: str = ""
    at: datetime | None = None
    request: str = ""


def terminal_user() -> str:
    """Who acts in a terminal."""
    return f"terminal:{getpass.getuser()}"


def note(connection: Connection, entry: Entry) -> None:
    """Add `entry` within the transaction of what it tells of, by the store's owner: both stand or neither."""
    if entry.kind not in KINDS:
        raise ValueError(f"no kind of the audit: {entry.kind}")
    values = {**entry.__dict__, "facts": json.dumps(dict(entry.facts)), "request": entry.request or _request()}
    connection.execute(INSERT, values)


def record(owner_url: str, entry: Entry) -> None:
    """Add `entry` soon, apart from any transaction; while the store is silent it waits. Never raises."""
    log.info("audit", kind=entry.kind, who=entry.who, what=entry.what, address=entry.address)
    _writer(owner_url).put(replace(entry, at=entry.at or datetime.now(UTC), request=entry.request or _request()))


def close() -> None:
    """Write what waits, for two seconds at most, and end (shutdown, tests)."""
    with _guard:
        while _writers:
            _writers.popitem()[1].stop()


def _request() -> str:
    return str(structlog.contextvars.get_contextvars().get("request", ""))


class _Writer:
    """One thread that brings entries into the store in order."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.Queue[Entry | None] = queue.Queue(WAITING)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="audit", daemon=True)
        self._thread.start()

    def put(self, entry: Entry) -> None:
        try:
            self._waiting.put_nowait(entry)
        except queue.Full:  # the log has it
            log.error("audit is full", kind=entry.kind, who=entry.who, what=entry.what)

    def stop(self) -> None:
        self._stop.set()
        self._waiting.put(None)
        self._thread.join(timeout=2)
        self._engine.dispose()

    def _run(self) -> None:
        while (entry := self._waiting.get()) is not None:
            while not self._written(entry) and not self._stop.wait(RETRY_SECONDS):
                pass

    def _written(self, entry: Entry) -> bool:
        try:
            with self._engine.begin() as connection:
                note(connection, entry)
        except SQLAlchemyError as error:
            log.warning("audit waits for the store", error=str(error))
            return False
        return True


_guard = threading.Lock()
_writers: dict[str, _Writer] = {}


def _writer(owner_url: str) -> _Writer:
    with _guard:
        if owner_url not in _writers:
            _writers[owner_url] = _Writer(owner_engine(owner_url))
        return _writers[owner_url]
