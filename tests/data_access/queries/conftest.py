"""Questions asked of the small city as of an instant of the test's choosing, beside the truth of the source.

The figures' instant is the source's clock, so what is due "today" would depend on the day of the test: here
the instant is set inside a transaction that never commits, and the question runs in it as the reader does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from data_access.queries.answers import rows
from data_access.queries.workload import OFFICER_LOAD
from data_access.store import rollups
from data_access.store.engine import Scope
from tests.data_access.queries.truth import Truth
from tests.support.cities import NOW, City

T = TypeVar("T")
INSTANTS = (NOW, NOW + timedelta(hours=17), NOW + timedelta(days=12))
"""The city's last afternoon, the next morning, and twelve days on with nothing done."""


_moved: dict["At", Connection] = {}


def _moved_to(at: "At") -> Connection:
    """The one transaction in which the store is at that instant; it is never committed and ends with the test."""
    if at not in _moved:
        _give_up()
        _moved[at] = connection = at.engine.connect()
        rollups.prepare(connection)
        rollups.publish(connection, at.as_of, "Asia/Ho_Chi_Minh")
    return _moved[at]


@pytest.fixture(autouse=True)
def _moved_back() -> Iterator[None]:
    """Nothing is left open: others write."""
    yield
    _give_up()


def _give_up() -> None:
    while _moved:
        _moved.popitem()[1].close()


@dataclass(frozen=True)
class At:
    """The store and the source as of `as_of`."""

    engine: Engine
    source: str
    as_of: datetime

    @contextmanager
    def reading(self, districts: tuple[str, ...] | None = None) -> Iterator[Connection]:
        """A connection under the reader's role and scope, at the instant."""
        connection = _moved_to(self)
        with connection.begin_nested() as savepoint:
            connection.execute(text("SET LOCAL ROLE ops_reader"))
            connection.execute(text("SELECT set_config('ops.scope', :s, true)"), {"s": Scope(districts).setting})
            yield connection
            savepoint.rollback()

    def ask(self, question: Callable[..., T], districts: tuple[str, ...] | None = None, **filters: Any) -> T:
        """A question's answer under a scope."""
        with self.reading(districts) as connection:
            return question(connection, **filters)

    def truth(self, districts: tuple[str, ...] | None = None) -> Truth:
        """What the source says about the same."""
        return Truth(self.source, self.as_of, districts)


def officer_loads(connection: Connection) -> list[dict[str, Any]]:
    """Each officer's load, of all that workload's lists and sums are made of."""
    return rows(connection, OFFICER_LOAD + " ORDER BY steps DESC, o.officer_id")


def at(city: City, as_of: datetime) -> At:
    """The city as of an instant; connections are not kept."""
    return At(create_engine(city.server.url("postgres", "ops"), poolclass=NullPool), city.server.dsn("onestop"), as_of)


@pytest.fixture(scope="session")
def now(small_city: Any) -> At:
    """The small city as of the instant up to which it was generated."""
    return at(small_city, NOW)


@pytest.fixture(params=INSTANTS, ids=lambda i: i.strftime("%d/%m %H:%M"))
def instant(small_city: Any, request: pytest.FixtureRequest) -> At:
    """The small city at several instants, one after the other."""
    return at(small_city, request.param)
