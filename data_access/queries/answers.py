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
from data_access.queries.watch import Watch
from data_access.store.engine import Scope, reading

log = structlog.get_logger(__name__)
T = TypeVar("T")
D = TypeVar("D")
Q = TypeVar("Q", bound=Callable[..., Any])
PATIENCE_SECONDS = 10.0
"""How long a viewer waits for an answer before getting the last good one."""


@dataclass(frozen=True)
class Answer(Generic[T]):
    """A value with the version and instant of the figures it was made of."""

    value: T
    version: int
    as_of: datetime
    stale: bool = False
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
    """The store does not answer and this question has no earlier answer; or it holds no figures yet."""


class _Slot:
    """One question's newest answer and the lock that lets one thread ask while the others wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: Answer[Any] | None = None
        self.alerts = 0
        self.configured = 0


class Answers:
    """The cache in front of the store. At most `size` questions are remembered, newest answer each."""

    def __init__(self, engine: Engine, watch: Watch, size: int = 512) -> None:
        self._engine = engine
        self._watch = watch
        self._slots: LRUCache[Hashable, _Slot] = LRUCache(maxsize=size)
        self._guard = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="question")
        self.asked = 0
        """How many questions reached PostgreSQL."""
        self.given = 0
        """How many answers were given, most of them from memory."""
        self.timings: dict[str, Timing] = {}
        """What each question that reached PostgreSQL took, by its name."""

    def ask(self, question: Callable[..., T], scope: Scope, **filters: Hashable) -> Answer[T]:
        """The answer of `question` under `scope` at the newest version.

        Raises NoAnswerError when there is none and the store does not answer.
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
            configured = revision()  # what an answer says may hang on targets, weights, the calendar, …
            moved = slot.alerts < pulse.alerts and getattr(question, "of_alerts", False)
            moved = moved or slot.configured != configured
            if slot.answer is None or slot.answer.version < pulse.version or moved:
                # In a thread of its own: a store that hangs mid-question must not hang the viewer.
                slot.answer = self._wait(self._pool.submit(self._fetch, question, scope, filters))
                slot.alerts, slot.configured = pulse.alerts, configured
            return slot.answer
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning("question failed", question=question.__qualname__, error=str(error))
            return _last_good(slot)
        finally:
            slot.lock.release()

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
    known = slot.answer
    if known is None:
        raise NoAnswerError
    return replace(known, stale=True)


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
