"""What IT staff do with the source: check it, count it, ask the sync to reconcile. Checks run in the background."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, text

from config.problems import Problem
from config.settings import settings
from data_access import audit
from data_access.source.check import EntityCheck, check_entity
from data_access.source.contract import ENTITIES
from data_access.source.profile import load_profile
from data_access.source.reader import Source, source_engine
from data_access.source.trial import limited, words_of
from data_access.store.engine import WHOLE_CITY, reader_engine, reading
from data_access.sync import compare, reconcile_books
from data_access.sync.reconcile_books import Finding, Round

log = structlog.get_logger(__name__)
STORED = {"unit": "unit", "procedure": "procedure", "offering": "offering", "officer": "officer", "dossier": "dossier",
          "step": "step", "pause": "pause", "observation": "observation"}  # fmt: skip
"""Entities whose rows the store keeps one by one, and the table; of line checks it keeps states."""
LONGEST_REASON = 500


@dataclass
class Checked:
    """A check of the source at work or done: per entity its check, rows in source and store, the database's words."""

    began: datetime
    profile: str
    entities: dict[str, EntityCheck] = field(default_factory=dict)
    stored: dict[str, int] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    problem: Problem | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return len(self.entities) / len(ENTITIES)


_guard = threading.Lock()
_checks: list[Checked] = []
_pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="check-source")


def newest() -> Checked | None:
    """The check at work in this process, or the last one."""
    return _checks[-1] if _checks else None


def check(source_url: str, reader_url: str, profile: str, parameters: dict[str, Any] | None = None) -> Checked:
    """Check all entities in the background; the one at work when there is one. parameters: as `load_profile`."""
    with _guard:
        if _checks and not _checks[-1].ended.is_set():
            return _checks[-1]
        started = Checked(datetime.now(UTC), profile)
        _checks[:] = [started]
    _pool.submit(_check, source_url, reader_url, profile, parameters, started)
    return started


def checked(source_url: str, reader_url: str, profile: str, parameters: dict[str, Any]) -> Checked:
    """The same at once, for whoever waits for it (previews)."""
    found = Checked(datetime.now(UTC), profile)
    _check(source_url, reader_url, profile, parameters, found)
    return found


def _check(source_url: str, reader_url: str, profile: str, parameters: dict[str, Any] | None, into: Checked) -> None:
    """Each entity by itself, so that a slow or broken one leaves the others told."""
    try:
        read = load_profile(profile, parameters=parameters)
        reader = reader_engine(reader_url)
        try:
            with reading(reader, WHOLE_CITY) as store:
                into.stored |= stored_rows(store)
        finally:
            reader.dispose()
        engine = source_engine(source_url)
        try:
            source = Source(engine, read)
            for name, entity in ENTITIES.items():
                if name not in read.sql:
                    into.entities[name] = EntityCheck(name, read.file(name), provided=False)
                    continue
                try:
                    with limited(engine) as connection:
                        into.entities[name] = check_entity(source, connection, entity)
                except Problem as problem:
                    into.entities[name] = EntityCheck(name, read.file(name), error=problem)
                    into.said[name] = words_of(problem) if problem.code == "source_select_failed" else ""
        finally:
            engine.dispose()
    except Problem as problem:
        into.problem = problem
    except Exception:
        log.exception("check failed", profile=profile)
        into.problem = Problem("act_no_answer")
    finally:
        into.ended.set()


def stored_rows(connection: Connection) -> dict[str, int]:
    """Entity → rows in the store, as PostgreSQL estimates large tables and counts small ones."""
    found = {}
    for entity, table in STORED.items():
        about = connection.execute(
            text("SELECT reltuples::bigint FROM pg_class WHERE oid = CAST(:t AS regclass)"), {"t": table}
        ).scalar_one()
        exact = about < 200_000
        count = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() if exact else about
        found[entity] = int(count)
    return found


@dataclass(frozen=True)
class Reconciled:
    """The round that somebody asked for, the rounds that run by themselves, and what was lately found.

    begins: where the round at work that was asked for begins; of one over all days the store's oldest change.
    """

    rounds: dict[str, Round]
    findings: list[Finding]
    begins: date | None = None


def reconciled(connection: Connection, since: datetime) -> Reconciled:
    """How reconciling stands; findings since an instant. Called by pages/source.py."""
    rounds, begins = reconcile_books.rounds(connection), None
    asked = rounds.get("asked")
    if asked is not None and asked.ended_at is None:
        begins = asked.since
        if begins is None and (oldest := compare.oldest(connection, ENTITIES["dossier"], None)) is not None:
            begins = oldest.astimezone(settings().tz).date()
    return Reconciled(rounds, reconcile_books.findings(connection, since), begins)


def ask_reconcile(engine: Engine, who: str, reason: str, since: date | None, every_row: bool) -> None:
    """Ask the sync, whichever process it is, to compare (`every_row`: read again) what changed since a day.

    engine: the store's owner. The request is a row of reconcile_round, which the sync looks at after each poll.
    Raises Problem: source_reason, reconcile_asked (one is at work).
    """
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Problem("source_reason", most=LONGEST_REASON)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE reconcile_round IN SHARE ROW EXCLUSIVE MODE"))
        asked = reconcile_books.rounds(connection).get("asked")
        if asked is not None and asked.ended_at is None:
            raise Problem("reconcile_asked")
        reconcile_books.begin(connection, "asked", since, every_row)
        how = "every row" if every_row else "sums"
        audit.note(connection, audit.Entry("reconcile_asked", who, f"{since or 'all days'}, {how}", reason))
