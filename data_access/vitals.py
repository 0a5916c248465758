"""How the application is, in numbers: for the screen of health and for /metrics. Names no host and no SQL."""

import platform
import shutil
import threading
import time
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.metadata import version

import psutil
from sqlalchemy import Connection, text

from config.problems import Problem
from config.settings import ROOT, settings
from data_access.acting import look
from data_access.demo.stack import Runtime, runtime
from data_access.operations_done import Done, last_done
from data_access.queries.answers import Timing
from data_access.queries.desk import desk
from data_access.queries.watch import Pulse
from data_access.sessions import ALIVE_SECONDS
from data_access.store.engine import WHOLE_CITY
from data_access.sync.reconcile_books import Finding, Round, findings, rounds

FINDINGS_DAYS = 7
KEPT_SECONDS = 5.0
"""So long the store's own numbers are given again: monitoring must not become a load."""

STORE = f"""
SELECT current_setting('server_version') AS postgres, pg_database_size(current_database()) AS bytes,
       (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections,
       current_setting('max_connections')::int AS most_connections,
       (SELECT version_num FROM alembic_version) AS schema,
       (SELECT count(*) FROM session WHERE ended_at IS NULL AND expires_at > now()) AS sessions,
       (SELECT count(*) FROM session WHERE ended_at IS NULL
         AND seen_at > now() - interval '{ALIVE_SECONDS} seconds') AS looking
"""


@dataclass(frozen=True)
class StoreVitals:
    """The store's own: bytes of the database, connections in use and allowed, sessions, works done, the comparison."""

    postgres: str
    schema: str
    bytes: int
    connections: int
    most_connections: int
    sessions: int
    looking: int
    done: Mapping[str, Done]
    rounds: Mapping[str, Round]
    findings: tuple[Finding, ...]

    @property
    def repaired(self) -> dict[tuple[str, str], int]:
        """(entity, kind) → rows that were wrong within the last days and were repaired."""
        found: Counter[tuple[str, str]] = Counter()
        for one in self.findings:
            found[one.entity, one.kind] += one.rows
        return dict(found)


@dataclass(frozen=True)
class Vitals:
    """Of this process: its pulse of store and sync, pool, answers, memory, disk, versions; `store` None: no answer."""

    pulse: Pulse
    pool: tuple[int, int]
    given: int
    asked: int
    timings: Mapping[str, Timing]
    memory: int
    disk_free: int
    disk_total: int
    up_seconds: float
    store: StoreVitals | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    @property
    def hits(self) -> float | None:
        """Share of answers that came from memory; None while none was given."""
        return max(0.0, 1 - self.asked / self.given) if self.given else None


def vitals() -> Vitals | None:
    """All of it as of now; None while the application is starting. Waits for the store for some seconds at most."""
    known = runtime()
    if known is None or not known.ready:
        return None
    here = desk(known.store_reader_url)
    process, disk = psutil.Process(), shutil.disk_usage(_existing())
    pulse = here.watch.pulse()
    return Vitals(
        pulse, here.answers.pool, here.answers.given, here.answers.asked, dict(here.answers.timings),
        process.memory_info().rss, disk.free, disk.total, time.time() - process.create_time(),
        _kept(known) if pulse.store_ok else None,
        versions(),
    )  # fmt: skip


@cache
def versions() -> dict[str, str]:
    """Of this process: the application's own (pyproject.toml), Python's, and those of the libraries it stands on."""
    own = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    libraries = {name: version(name) for name in ("streamlit", "sqlalchemy")}
    return {"application": own, "python": platform.python_version(), **libraries}


def store_vitals(connection: Connection) -> StoreVitals:
    """The store's numbers under the whole city's scope."""
    row = connection.execute(text(STORE)).mappings().one()
    since = datetime.now(UTC) - timedelta(days=FINDINGS_DAYS)
    return StoreVitals(
        **row, done=last_done(connection), rounds=rounds(connection), findings=tuple(findings(connection, since))
    )


def _existing() -> str:
    """The disk of the data directory, or the one it will lie on."""
    path = settings().data_dir.resolve()
    return str(next(p for p in (path, *path.parents) if p.exists()))


_guard = threading.Lock()
_last: list[tuple[float, str, StoreVitals]] = []


def _kept(known: Runtime) -> StoreVitals | None:
    with _guard:
        if _last and _last[0][1] == known.store_reader_url and time.monotonic() - _last[0][0] < KEPT_SECONDS:
            return _last[0][2]
        try:
            found = look(known.store_reader_url, WHOLE_CITY, store_vitals)
        except Problem:
            return None
        _last[:] = [(time.monotonic(), known.store_reader_url, found)]
        return found
