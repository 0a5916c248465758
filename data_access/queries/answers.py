"""Every screen's question, asked once per data version, configuration and scope however many people look.

A question is a function `(connection, **filters) -> value` whose SELECTs run inside one consistent,
scoped, read-only transaction. The answer keeps the version that transaction really saw. When the store
does not answer, the last good answer is given again, marked stale.
"""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import structlog
from cachetools import LRUCache
from sqlalchemy import Connection, Engine, QueuePool, text
from sqlalchemy.exc import SQLAlchemyError

from config.kept import revision
from data_access.queries.watch import Pulse, Watch
from data_access.store.engine import Scope, reading

log = structlog.get_logger(__name__)
T = TypeVar("T")
D = TypeVar("D")
Q = TypeVar("Q", bound=Callable[..., Any])
PATIENCE_SECONDS = 10.0
"""How long a viewer waits for an answer before getting the last good one."""
LATE_SECONDS = 30.0
"""A question at work for longer than any statement may take has lost its store: it is asked again."""


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A value with the version and instant of the figures it was made of."""

    value: T
    version: int
    as_of: datetime
    stale: bool = False
    coming: "Future[Any] | None" = field(default=None, compare=False, repr=False)
    """Of a stale one, the question that is still at work: done when there is a newer answer."""
    made: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    """What screens made of the value, kept as long as it is."""

    def once(self, make: Callable[[], D], *by: Hashable) -> D:
        """What `make` makes of the value, once for all viewers of this answer, who all have its scope.

        `by`: a name, and all else that it depends on (language, choices).
        """
        if by not in self.made:
            self.made[by] = make()
        made: D = self.made[by]
        return made


@dataclass(frozen=True)
class Timing:
    """How often a question was asked of PostgreSQL since the start, and the seconds it took in all and at most."""

    times: int = 0
    seconds: float = 0.0
    slowest: float = 0.0


class NoAnswerError(Exception):
    """The store does not answer and this question has no earlier answer; or it holds no figures yet.

    coming: the question that is still at work, when it only takes long; done when there is an answer.
    """

    def __init__(self, coming: "Future[Any] | None" = None) -> None:
        super().__init__()
        self.coming = coming


@dataclass(frozen=True)
class _Work:
    """A question at work, by its name, and what was known of alerts and configuration when it was asked."""

    name: str
    future: "Future[Answer[Any]]"
    alerts: int
    configured: int
    since: float = field(default_factory=time.monotonic)


class _Slot:
    """One question's newest answer and the lock that lets one thread ask while the others wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: Answer[Any] | None = None
        self.alerts = 0
        self.configured = 0
        self.work: _Work | None = None

    def take(self) -> bool:
        """Keep what the question at work has found; whether there was something."""
        work = self.work
        if work is None or not work.future.done():
            return False
        self.work = None
        error = work.future.exception()
        if error is not None:
            log.warning("question failed", question=work.name, error=str(error))
            return False
        self.answer, self.alerts, self.configured = work.future.result(), work.alerts, work.configured
        return True

    def behind(self, question: Callable[..., Any], pulse: Pulse, configured: int) -> bool:
        """Whether there is more to know than the answer says, which may hang on targets, weights, the calendar, …"""
        if self.answer is None or self.answer.version < pulse.version or self.configured != configured:
            return True
        return self.alerts < pulse.alerts and getattr(question, "of_alerts", False)


class Answers:
    """The cache in front of the store. At most `size` questions are remembered, newest answer each."""

    def __init__(self, engine: Engine, watch: Watch, size: int = 512) -> None:
        self._engine = engine
        self._watch = watch
        self._slots: LRUCache[Hashable, _Slot] = LRUCache(maxsize=size)
        self._guard = threading.Lock()
        # One connection less than there are is the watch's: without it, slow questions look like a store that is away.
        self._pool = ThreadPoolExecutor(max_workers=self.pool[1] - 1, thread_name_prefix="question")
        self.asked = 0
        """How many questions reached PostgreSQL."""
        self.given = 0
        """How many answers were given, most of them from memory."""
        self.timings: dict[str, Timing] = {}
        """What each question that reached PostgreSQL took, by its name."""

    def ask(self, question: Callable[..., T], scope: Scope, **filters: Hashable) -> Answer[T]:
        """The answer of `question` under `scope` at the newest version; the last good one when it takes too long.

        Raises NoAnswerError when there is none and the store does not answer, or not soon enough.
        """
        key = (question.__module__, question.__qualname__, scope, tuple(sorted(filters.items())))
        with self._guard:
            slot = self._slots.get(key)
            if slot is None:
                slot = self._slots[key] = _Slot()
        pulse = self._watch.pulse()
        self.given += 1
        if not pulse.store_ok:
            return _last_good(slot)
        if not slot.lock.acquire(timeout=PATIENCE_SECONDS):
            return _last_good(slot)
        try:
            return self._newest(slot, pulse, question, scope, filters)
        except TimeoutError:
            log.warning("question takes long", question=question.__qualname__)
            return _last_good(slot)
        except SQLAlchemyError:
            return _last_good(slot)
        finally:
            slot.lock.release()

    def _newest(
        self, slot: _Slot, pulse: Pulse, question: Callable[..., T], scope: Scope, filters: dict[str, Hashable]
    ) -> Answer[T]:
        """The slot's answer, asked anew when it is behind.

        1. What somebody's patience did not last for is kept when it comes, and not asked a second time meanwhile.
        2. If that was asked before what is to be known now, the next one is asked, and not waited for.
        """
        configured = revision()

        def begin() -> _Work:
            # In a thread of its own: a store that hangs mid-question must not hang the viewer.
            asked = self._pool.submit(self._fetch, question, scope, filters)
            return _Work(question.__qualname__, asked, pulse.alerts, configured)

        late = slot.take()
        if not late and slot.behind(question, pulse, configured):
            late = slot.work is not None and time.monotonic() - slot.work.since < LATE_SECONDS
            if not late:
                slot.work = begin()
            assert slot.work is not None
            try:
                self._wait(slot.work.future)
            finally:
                slot.take()
        if late and slot.behind(question, pulse, configured):
            slot.work = begin()
            return _last_good(slot)
        assert slot.answer is not None
        return slot.answer

    def _wait(self, asked: "Future[Answer[Any]]") -> Answer[Any]:
        """The answer; TimeoutError after PATIENCE_SECONDS, or as soon as the watch knows that the store hangs."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not wait([asked], timeout=min(0.5, PATIENCE_SECONDS)).done:
            if time.monotonic() >= deadline or not self._watch.pulse().store_ok:
                raise TimeoutError("the store does not answer")
        return asked.result()

    def _fetch(self, question: Callable[..., T], scope: Scope, filters: dict[str, Hashable]) -> Answer[T]:
        with reading(self._engine, scope) as connection:
            row = connection.execute(text("SELECT version, as_of FROM data_version")).first()
            if row is None:
                raise NoAnswerError
            self.asked += 1
            began = time.perf_counter()
            value = question(connection, **filters)
            self._took(question, time.perf_counter() - began)
            return Answer(value, row.version, row.as_of)

    def _took(self, question: Callable[..., Any], seconds: float) -> None:
        name = f"{question.__module__.rsplit('.', 1)[-1]}.{question.__name__}"
        with self._guard:
            before = self.timings.get(name, Timing())
            slowest = max(before.slowest, seconds)
            self.timings[name] = Timing(before.times + 1, before.seconds + seconds, slowest)

    @property
    def pool(self) -> tuple[int, int]:
        """(connections in use, connections there may be)."""
        pool = self._engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout(), pool.size() + pool._max_overflow


def of_alerts(question: Q) -> Q:
    """Marks a question about alerts, which is asked again when they change and the figures don't."""
    question.of_alerts = True  # type: ignore[attr-defined]
    return question


def _last_good(slot: _Slot) -> Answer[Any]:
    known, work = slot.answer, slot.work
    coming = None if work is None else work.future
    if known is None:
        raise NoAnswerError(coming)
    return replace(known, stale=True, coming=coming)


def rows(connection: Connection, sql: str, **values: object) -> list[dict[str, Any]]:
    """All rows of a SELECT as plain dicts; values are always bound."""
    result = connection.execute(text(sql), values)
    keys = tuple(result.keys())
    return [dict(zip(keys, row, strict=True)) for row in result.all()]  # half of what mappings() cost


def one(connection: Connection, sql: str, **values: object) -> dict[str, Any]:
    """The single row of a SELECT."""
    return dict(connection.execute(text(sql), values).mappings().one())


def local_day(connection: Connection) -> date:
    """The day that the figures of this look describe. Bound as a value, so that indexes by day are used."""
    return connection.execute(text("SELECT as_of_day FROM data_version")).scalar_one()
