"""Who knows whether the store answers, and which version of the figures is the newest.

One thread a process asks once a second, whatever the number of viewers; screens read what it last saw,
so that a store that hangs never makes a viewer wait.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import Engine, text

from config import kept
from data_access.geo.boundaries import live

log = structlog.get_logger(__name__)

ASK = text("""
SELECT v.version, v.as_of, s.state, s.since, s.heartbeat_at, s.source_at, s.problem_code, s.problem_facts,
       s.progress, s.stage, coalesce(a.revision, 0) AS alerts, now() AS store_at,
       coalesce((SELECT max(live_id) FROM boundary_live), 0) AS boundaries
FROM sync_status s LEFT JOIN data_version v ON true LEFT JOIN alert_state a ON true
""")
SILENT_SECONDS = 6.0
"""A store that has not answered for so long counts as not answering."""
SYNC_SILENT_SECONDS = 30.0
"""A sync whose heartbeat is older counts as stopped."""


@dataclass(frozen=True)
class Pulse:
    """What was last heard. `version` 0: the store holds no figures yet. Times are instants (UTC).

    alerts: moves whenever an alert opens, changes or ends; boundaries: whenever other ones go live.
    """

    version: int = 0
    alerts: int = 0
    boundaries: int = 0
    as_of: datetime | None = None
    source_at: datetime | None = None
    heartbeat_at: datetime | None = None
    sync_state: str = "loading"
    sync_since: datetime | None = None
    progress: float | None = None
    stage: str | None = None
    problem_code: str | None = None
    problem_facts: dict[str, object] | None = None
    store_ok: bool = False
    store_since: datetime | None = None
    """Since when the store answers (store_ok) or does not."""

    @property
    def trouble(self) -> str | None:
        """What keeps the figures from being fresh: store, loading, refused, source, sync; else None."""
        if not self.store_ok:
            return "store"
        if self.version == 0 or self.sync_state == "loading":
            return "loading"
        if self.sync_state in ("refused", "source_down"):
            return {"refused": "refused", "source_down": "source"}[self.sync_state]
        return "sync" if self.sync_silent else None

    @property
    def sync_silent(self) -> bool:
        """Whether the sync has not been heard for too long."""
        heard = self.heartbeat_at
        return heard is None or (datetime.now(UTC) - heard).total_seconds() > SYNC_SILENT_SECONDS

    @property
    def trouble_since(self) -> datetime | None:
        """Since when, for the banner."""
        if not self.store_ok:
            return self.store_since
        return self.heartbeat_at if self.trouble == "sync" else self.sync_since

    @property
    def age_seconds(self) -> float | None:
        """Seconds since the source was last seen to agree with the figures."""
        at = self.source_at or self.as_of
        return None if at is None else max(0.0, (datetime.now(UTC) - at).total_seconds())


class Watch:
    """Asks the store for its pulse once a second in a thread of its own."""

    def __init__(self, engine: Engine, seconds: Callable[[], float] = lambda: 1.0) -> None:
        self._engine = engine
        self._seconds = seconds
        self._pulse = Pulse(store_since=datetime.now(UTC))
        self._boundaries: int | None = None
        self._heard = 0.0
        self._started = time.monotonic()
        self._stop = threading.Event()
        self._first = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store-watch", daemon=True)
        self._thread.start()

    def pulse(self) -> Pulse:
        """The last pulse; marked as not answering when the store has been silent too long."""
        self._first.wait(timeout=4.0)
        pulse = self._pulse
        silent = time.monotonic() - (self._heard or self._started)
        if pulse.store_ok and silent > SILENT_SECONDS:
            self._pulse = pulse = replace_store(pulse, ok=False)
        return pulse

    def stop(self) -> None:
        """End the thread (tests, shutdown)."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._pulse = self._ask()
            self._first.set()
            kept.look()  # here rather than in somebody's question: a file that changed takes a while to read
            self._stop.wait(self._seconds())

    def _ask(self) -> Pulse:
        try:
            with self._engine.connect() as connection:
                row = connection.execute(ASK).mappings().first()
                if row is not None and row["boundaries"] != self._boundaries:
                    live.take(connection)
                    self._boundaries = row["boundaries"]
        except Exception as error:  # noqa: BLE001 - whatever the reason, the store does not answer
            if self._pulse.store_ok or not self._first.is_set():
                log.warning("store does not answer", error=str(error))
            return replace_store(self._pulse, ok=False)
        self._heard = time.monotonic()
        known = self._pulse
        since = known.store_since if known.store_ok else datetime.now(UTC)
        if row is None:
            return Pulse(store_ok=True, store_since=since)
        return Pulse(
            version=row["version"] or 0,
            alerts=row["alerts"],
            boundaries=row["boundaries"],
            as_of=row["as_of"],
            source_at=row["source_at"],
            heartbeat_at=row["heartbeat_at"],
            sync_state=row["state"],
            sync_since=row["since"],
            progress=row["progress"],
            stage=row["stage"],
            problem_code=row["problem_code"],
            problem_facts=row["problem_facts"],
            store_ok=True,
            store_since=since,
        )


def replace_store(pulse: Pulse, *, ok: bool) -> Pulse:
    """The same pulse with the store's state changed; `store_since` moves only when the state does."""
    if pulse.store_ok == ok and pulse.store_since is not None:
        return pulse
    fields = {**pulse.__dict__, "store_ok": ok, "store_since": datetime.now(UTC)}
    return Pulse(**fields)
