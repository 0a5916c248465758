"""Cities for tests: an embedded server of their own, generated, migrated and loaded."""

import fcntl
import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from config.settings import Settings
from data_access.demo import accounts as demo_accounts
from data_access.demo import runtime as runtimes
from data_access.demo import server
from data_access.demo.embedded import urls_of
from data_access.demo.progress import Progress
from data_access.demo.runtime import Runtime, Urls
from data_access.demo.server import Server
from data_access.store.engine import owner_engine
from data_access.store.migrate import migrate

if TYPE_CHECKING:
    from data_access.sync import Sync

NOW = datetime.fromisoformat("2026-11-20T15:30:00+07:00")  # a Friday afternoon
SMALL = 4_000
FULL = 311_000
SEED = 2018
PASSWORDS = {name: f"thu-{name}-2026" for name in demo_accounts.DEMO}


@dataclass(frozen=True)
class City:
    """A generated city in its data directory, loaded into the store as of `now`."""

    data_dir: Path
    server: Server
    urls: Urls
    dossiers: int
    now: datetime = NOW

    @property
    def env(self) -> dict[str, str]:
        """Environment for processes that work on this city, as a launcher would give it."""
        return {
            "OPS_DATA_DIR": str(self.data_dir),
            "OPS_DEMO_SIMULATOR": "false",
            "OPS_STACK": "external",
            "OPS_RUNTIME_FILE": str(self.data_dir / "runtime.json"),
        }

    @property
    def settings(self) -> Settings:
        """The settings such a process has."""
        return Settings(data_dir=self.data_dir, demo_dossiers=self.dossiers, demo_simulator=False, demo_now=self.now)

    def sync_once(self) -> None:
        """Bring over what changed in the source."""
        from data_access.sync import open_sync

        _done(open_sync(self.settings, self.urls.source_url, self.urls.store_owner_url), "once")


def _done(sync: "Sync", job: str) -> None:
    """Run one job of the sync and give everything back, so that another process can."""
    try:
        getattr(sync, job)()
    finally:
        sync.close()
        sync.source_engine.dispose()
        sync.store_engine.dispose()


def base() -> Path:
    """The session's directory, shared by all workers; the controller removes it at the end."""
    return Path(os.environ["OPS_TEST_BASE"])


@contextmanager
def locked(name: str) -> Iterator[None]:
    """One worker at a time."""
    with (base() / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_city(directory: Path, dossiers: int) -> City:
    """Generate, migrate and load; a finished one (made by another worker) is joined."""
    from data_access.demo.city import generate, is_complete
    from data_access.sync import SourceDownError, is_loaded, open_sync

    directory.mkdir(parents=True, exist_ok=True)
    with locked(directory.name):
        running = server.start(directory)
        urls = urls_of(running)
        city = City(directory, running, urls, dossiers)
        if (directory / "made.json").exists():
            return city
        if not is_complete(running.dsn("onestop")):
            generate(running.dsn("onestop"), dossiers=dossiers, seed=SEED, now=NOW, progress=lambda *_: None)
        engine = owner_engine(urls.store_owner_url)
        migrate(engine, reader="ops_reader")
        for left in (2, 1, 0):  # on a busy machine a connection may not come in time: then as `follow` does, again
            try:
                if not is_loaded(engine):
                    _done(open_sync(city.settings, urls.source_url, urls.store_owner_url), "first_load")
                break
            except (SourceDownError, OperationalError):
                if not left:
                    raise
        engine.dispose()
        demo_accounts.make(directory / "accounts.yaml", PASSWORDS, rounds=4)
        _tell(city)
        (directory / "made.json").write_text(json.dumps({"dossiers": dossiers}))
        return city


def small_copy(directory: Path) -> City:
    """The city of SMALL dossiers in a directory of the caller's own: made once a session, copied from then on."""
    template = base() / "template"
    with locked("copies"):
        if not (template / "made.json").exists():
            make_city(template, SMALL).server.stop()  # what is copied lies still
    if not (directory / "made.json").exists():
        subprocess.run(["cp", "-aT", "--reflink=auto", template, directory], check=True)
        (directory / "postgres" / ".handle_pids.json").unlink(missing_ok=True)
    running = server.start(directory)
    city = City(directory, running, urls_of(running), SMALL)
    _tell(city)
    return city


def _tell(city: City) -> None:
    """Processes on the city find its server by this file."""
    runtimes.write(city.data_dir / "runtime.json", Runtime("ready", Progress("ready"), city.urls))
