"""The sync: first load, then poll after poll, saying in the store's books what it is doing."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from config.problems import Problem
from config.registry import registry
from data_access.source.check import inspect
from data_access.source.profile import Profile, load_profile
from data_access.source.reader import Source, SourceDownError
from data_access.store import books
from data_access.sync import reconcile_books
from data_access.sync.first_load import FirstLoad
from data_access.sync.reconcile import Reconciler
from data_access.sync.reconcile_books import Finding
from data_access.sync.rounds import ROWS, Memory, Poll, SyncResult
from data_access.sync.session import Session

log = structlog.get_logger("sync")

OVERLAP = timedelta(seconds=10)  # each poll reads this much again, for rows committed late
WIDE_OVERLAP = timedelta(minutes=10)  # and this much once a minute
WIDE_EVERY = 60.0
DIMENSIONS_EVERY = 180.0
REFUSED_RETRY = 3.0
BACKOFF = (1.0, 2.0, 4.0, 8.0, 15.0)
STORE_ERRORS = (SQLAlchemyError, psycopg.Error)

Progress = Callable[[float, str], None]


class Sync:
    """Brings one source into one store. One instance works at a time; see `session.Session`.

    A profile whose files change is read again. `rows` is the size of a batch; `seconds` says before each poll how
    long it waits, `wanted` which profile (name, parameters) it shall read by.
    """

    def __init__(
        self, source_engine: Engine, store_engine: Engine, profile: Profile, tz: str, *, rows: int = ROWS,
        seconds: Callable[[], float] = lambda: 1.0, reconciler: Reconciler | None = None,
        wanted: Callable[[], tuple[str, dict[str, Any]]] | None = None,
    ) -> None:  # fmt: skip
        self.source_engine = source_engine
        self.store_engine = store_engine
        self.profile = profile
        self.tz = tz
        self.rows = rows
        self.seconds = seconds
        self.wanted = wanted or (lambda: (self.profile.folder.name, self.profile.given))
        self.reconciler = reconciler or Reconciler()
        self.session = Session(store_engine)
        self.after_commit: Callable[[], None] = lambda: None
        self._source: Source | None = None
        self._stop = threading.Event()
        self._memory = Memory()
        self._dimensions_at = self._wide_at = float("-inf")

    def first_load(self, progress: Progress = lambda _share, _stage: None, wait: bool = True) -> None:
        """Load everything once; returns at once when that was done before; goes on where it stopped.

        Raises Problem when the profile doesn't fit, when another sync is at work and `wait` is False, and
        SourceDownError when the source is away. Gives the lock back at its end, so that whoever follows can.
        """
        try:
            self._open(wait)
            if not self._loaded():
                self._load(progress)
                self.once()
        finally:
            self.close()

    def _loaded(self) -> bool:
        with self.session.look() as store:
            return books.version(store) is not None

    def _load(self, progress: Progress) -> None:
        told = [0.0]

        def report(share: float, stage: str) -> None:
            if time.monotonic() - told[0] > 0.25 or share in (0.0, 1.0):
                told[0] = time.monotonic()
                books.set_status(self.store_engine, "loading", progress=share, stage=stage)
            progress(share, stage)

        books.set_status(self.store_engine, "loading", progress=0.0, stage="check")
        started = time.monotonic()
        source = self._checked()
        FirstLoad(source, self.session, registry(), self.tz, report, self.rows, self.after_commit).run()
        log.info("first_load_done", seconds=round(time.monotonic() - started, 1))

    def once(self, wait: bool = True) -> SyncResult:
        """One poll. Does the first load before it when that is still to be done. Raises as `first_load`."""
        self._open(wait)
        if not self._loaded():
            self._load(lambda _share, _stage: None)
        source = self._checked()
        now = time.monotonic()
        wide = now - self._wide_at >= WIDE_EVERY
        dimensions = now - self._dimensions_at >= DIMENSIONS_EVERY
        poll = Poll(source, self.session, registry(), self.tz, self.rows, self.after_commit, self._memory)
        result = poll.run(WIDE_OVERLAP if wide else OVERLAP, dimensions, self.reconciler)
        self._wide_at = now if wide else self._wide_at
        self._dimensions_at = now if dimensions else self._dimensions_at
        books.set_status(self.store_engine, "running", source_at=result.source_at)
        return result

    def reconcile(self, since: date | None = None, every_row: bool = False) -> list[Finding]:
        """Compare everything changed since a day (None: ever) with the source now, and repair what differs.

        `every_row`: row by row, without trusting sums. Returns what was found and repaired. Raises as `once`,
        Problem (sync_busy) at once when another process is the sync: then ask it (`reconcile_books.begin`).
        """
        self._open(wait=False)
        self.reconciler.strict = True
        try:
            if not self._loaded():
                self._load(lambda _share, _stage: None)
            with self.session.look() as store:
                asked = reconcile_books.begin(store, "asked", since, every_row)
            while True:
                self.once(wait=False)
                with self.session.look() as store:
                    if reconcile_books.rounds(store)["asked"].ended_at is not None:
                        return reconcile_books.findings(store, asked.started_at)
        finally:
            self.reconciler.strict = False

    def follow(self, stop: threading.Event, seconds: float | None = None) -> None:
        """Poll until `stop` is set, whatever fails meanwhile; each failure is told and retried.

        1. another sync at work: wait for it to end; 2. source away: say since when, retry ever slower, up
        to 15 s; 3. profile doesn't fit: say which file, look at it again every few seconds; 4. store away:
        nothing can be said there, retry.
        """
        self._stop = stop
        failures = 0
        while not stop.is_set():
            began = time.monotonic()
            try:
                self.once(wait=False)
                failures = 0
                pause = self.seconds() if seconds is None else seconds
                stop.wait(max(0.0, pause - (time.monotonic() - began)))
                continue
            except SourceDownError as error:
                self._source = None
                if failures == 0:
                    log.warning("source_down", error=str(error))
                self._tell("source_down", Problem("source_down"))
                delay = BACKOFF[min(failures, len(BACKOFF) - 1)]
            except Problem as problem:
                if problem.code == "sync_busy":
                    delay = BACKOFF[0]
                else:
                    if failures == 0:
                        log.warning("refused", code=problem.code, cause=repr(problem.__cause__), facts=problem.facts)
                    self._source = None
                    self._tell("refused", problem)
                    delay = REFUSED_RETRY
            except STORE_ERRORS as error:
                if failures == 0:
                    log.warning("store_down", error=str(error))
                self.session.close()
                delay = BACKOFF[min(failures, len(BACKOFF) - 1)]
            except Exception as error:
                log.exception("sync_failed", error=repr(error))
                self.session.close()
                self._source = None
                delay = BACKOFF[min(failures, len(BACKOFF) - 1)]
            failures += 1
            stop.wait(delay)
        self.close()

    def close(self) -> None:
        """Give the lock back."""
        self.session.close()

    def _tell(self, state: str, problem: Problem) -> None:
        """Say it in the store, if the store can be told and this process is the sync."""
        if self.session.is_open:
            books.set_status(self.store_engine, state, problem=problem)

    def _open(self, wait: bool) -> None:
        """Become the sync; with `wait`, when the other one ends."""
        while True:
            try:
                if self.session.open():
                    self._memory.forget()
            except Problem:
                if not wait or self._stop.wait(0.5):
                    raise
                continue
            return

    def _checked(self) -> Source:
        """The source, checked against the contract; again after its profile's files changed or another is wanted."""
        name, given = self.wanted()
        other = (name, given) != (self.profile.folder.name, self.profile.given)
        if self._source is not None and not other and not self._source.profile.changed():
            return self._source
        self._source = None
        self._memory.forget()
        if other or self.profile.changed():
            self.profile = load_profile(name, self.profile.folder.parent, given)
        source = Source(self.source_engine, self.profile)
        for check in inspect(source):
            if check.problem is not None:
                raise check.problem
        self._source = source
        self._dimensions_at = self._wide_at = float("-inf")
        return source


def is_loaded(store_engine: Engine) -> bool:
    """Whether the first load has ended, and so figures exist. False when the store has no schema yet."""
    with suppress(SQLAlchemyError), store_engine.connect() as connection:
        return books.version(connection) is not None
    return False


def as_of(store_engine: Engine) -> datetime | None:
    """The instant the figures describe; None before the first load."""
    with store_engine.connect() as connection:
        current = books.version(connection)
    return current.as_of if current else None
