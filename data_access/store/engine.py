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
    gone = connect_args(url, unanswered=120)  # a COPY may wait so long for a lock while the server takes nothing in
    return create_engine(url, pool_size=3, max_overflow=2, pool_pre_ping=True, connect_args=gone)


def reader_engine(url: str) -> Engine:
    """For screens: a small pool; statements that hang are ended so that a page can fall back."""
    return create_engine(
        url,
        pool_size=4,
        max_overflow=4,
        pool_timeout=5,
        pool_pre_ping=True,
        connect_args=connect_args(url, unanswered=30)
        | {"options": "-c statement_timeout=15000 -c jit=off -c max_parallel_workers_per_gather=0"},
    )


def connect_args(url: str, unanswered: float) -> dict[str, object]:
    """What libpq is told, so that a server whose machine went down without a good-bye is noticed. {} for others.

    Who waits for an answer would wait two hours without keepalives; who sends a question then, a quarter of an hour
    without the time limit `unanswered`, in seconds: keepalives rest while something sent is on its way.
    """
    if not url.startswith("postgresql"):
        return {}
    return {
        "connect_timeout": 3, "keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3,
        "tcp_user_timeout": round(unanswered * 1_000),
    }  # fmt: skip


@contextmanager
def reading(engine: Engine, scope: Scope) -> Iterator[Connection]:
    """One consistent, read-only look at the store under `scope`: all queries inside see the same version."""
    with engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
        connection.execute(text("SELECT set_config('ops.scope', :scope, true)"), {"scope": scope.setting})
        yield connection
        connection.rollback()
