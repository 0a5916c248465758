"""What walls know of devices and of the operating stage, in memory: a store that hangs never makes a screen wait.

One thread a process, started by the first wall: every two seconds it reads the devices and the stage, and
passes on what devices showed, each at most every 30 seconds.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from data_access import devices
from data_access.devices import Device, Heartbeat
from data_access.store.engine import owner_engine

log = structlog.get_logger(__name__)
SECONDS = 2.0
BEAT_SECONDS = 30.0
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class StageNow:
    """The operating stage in force, 1 to 5; criterion and its figure are None at stage 1."""

    stage: int
    criterion: str | None
    value: float | None
    since: datetime


class WallDesk:
    """`device(id)`, `stage` answer from memory; `exchange` asks the store, for a few seconds at most."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._devices: dict[str, Device] = {}
        self._stage: StageNow | None = None
        self._guard = threading.Lock()
        self._heard: dict[str, Heartbeat] = {}
        self._told: dict[str, float] = {}
        self._first, self._stop = threading.Event(), threading.Event()
        self._failing = False
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="wall-token")
        self._thread = threading.Thread(target=self._run, name="wall-desk", daemon=True)
        self._thread.start()

    def device(self, device_id: str) -> Device | None:
        """As last read; None for one the store does not know. Waits for the first look at most four seconds."""
        self._first.wait(4.0)
        return self._devices.get(device_id)

    @property
    def known(self) -> bool:
        """Whether the store has ever told its devices to this process."""
        return self._first.is_set()

    @property
    def stage(self) -> StageNow | None:
        """The stage as last read; None while none was ever decided."""
        return self._stage

    def beat(self, device_id: str, heard: Heartbeat) -> None:
        """A device is alive and shows this; passed on within seconds, at most every BEAT_SECONDS."""
        with self._guard:
            self._heard[device_id] = heard

    def exchange(self, token: str) -> str | None:
        """The device whose token this is, now used up; None when refused. TimeoutError, SQLAlchemyError: no answer."""
        device_id = self._pool.submit(devices.exchange, self._engine, token).result(PATIENCE_SECONDS)
        if device_id is not None:
            self._pool.submit(self._look).result(PATIENCE_SECONDS)  # known before its screen asks
        return device_id

    def stop(self) -> None:
        """End the thread (tests, shutdown)."""
        self._stop.set()
        self._thread.join(timeout=5)
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._engine.dispose()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
                self._pass_on()
                self._failing = False
            except SQLAlchemyError as error:
                if not self._failing:
                    log.warning("devices not read", error=str(error))
                self._failing = True
            self._stop.wait(SECONDS)

    def _look(self) -> None:
        with self._engine.connect() as connection:
            found = {d.device_id: d for d in devices.devices(connection)}
            stage = stage_now(connection)
        self._devices, self._stage = found, stage
        self._first.set()

    def _pass_on(self) -> None:
        now = time.monotonic()
        with self._guard:
            due = {k: h for k, h in self._heard.items() if now - self._told.get(k, float("-inf")) >= BEAT_SECONDS}
            self._heard = {k: h for k, h in self._heard.items() if k not in due}
        if due:
            devices.beat(self._engine, due)
            self._told |= dict.fromkeys(due, now)


def stage_now(connection: Connection) -> StageNow | None:
    """The stage in the store; None before the first decision."""
    row = connection.execute(text("SELECT stage, criterion, value, since FROM stage_now")).one_or_none()
    return StageNow(*row) if row else None


_guard = threading.Lock()
_desks: dict[str, WallDesk] = {}


def wall_desk(owner_url: str) -> WallDesk:
    """The desk of this process for this store; made at the first call."""
    with _guard:
        if owner_url not in _desks:
            while _desks:
                _desks.popitem()[1].stop()
            _desks[owner_url] = WallDesk(owner_engine(owner_url))
        return _desks[owner_url]


def close() -> None:
    """End the desk there is."""
    with _guard:
        while _desks:
            _desks.popitem()[1].stop()
