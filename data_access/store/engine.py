"""Two doors to the store: the owner (sync, migrations) and the reader (screens, under row-level security)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, create_engine, text

CITY = "*"


@dataclass(frozen=True)
class Scope:
    """What a viewer may see: the whole city, or named districts (GSO codes). Part of every cache key."""

    districts: tuple[str, ...] | None = None

    @property
    def is_city(self) -> bool:
        """True for viewers of the whole city."""
        return self.districts is None

    @property
    def setting(self) -> str:
        """The value of `ops.scope` that the store's policies read."""
        return CITY if self.districts is None else ",".join(self.districts)

    def allows(self, district_code: str) -> bool:
        """Whether rows of this district may be shown."""
        return self.districts is None or district_code in self.districts


WHOLE_CITY = Scope()


def owner_engine(url: str) -> Engine:
    """For sync and migrations: few connections, no scope (the owner's policy lets it work on all rows)."""
    return create_engine(url, pool_size=3, max_overflow=2, pool_pre_ping=True, connect_args=_connect_args(url))


def reader_engine(url: str) -> Engine:
    """For screens: a small pool; statements that hang are ended so that a page can fall back."""
    return create_engine(
        url,
        pool_size=4,
        max_overflow=4,
        pool_timeout=5,
        pool_pre_ping=True,
        connect_args=_connect_args(url)
        | {"options": "-c statement_timeout=15000 -c jit=off -c max_parallel_workers_per_gather=0"},
    )


def _connect_args(url: str) -> dict[str, object]:
    if not url.startswith("postgresql"):
        return {}
    # A server whose machine went down says no good-bye: without these whoever waits for it would wait two hours.
    return {"connect_timeout": 3, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}


@contextmanager
def reading(engine: Engine, scope: Scope) -> Iterator[Connection]:
    """One consistent, read-only look at the store under `scope`: all queries inside see the same version."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        connection.execute(text("SELECT set_config('ops.scope', :scope, true)"), {"scope": scope.setting})
        yield connection
        connection.rollback()
