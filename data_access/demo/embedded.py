"""The embedded half of the stack: lock, PostgreSQL, generated city. Runs only without OPS_STORE_URL."""

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from config.problems import Problem
from config.settings import Settings
from data_access.demo import data_dir as directory
from data_access.demo import server as servers
from data_access.demo.progress import Board, StoppedError
from data_access.demo.runtime import Urls

RECOVERY_SECONDS = 120


def _made(data_dir: Path) -> bool:
    """Whether initdb finished once; then the room is checked again before a city is generated."""
    return (data_dir / "postgres" / "base" / "5").exists()


def urls_of(server: servers.Server) -> Urls:
    """How owner, reader and source account are reached."""
    return Urls(server.url("ops_owner"), server.url("ops_reader"), server.url("onestop_reader"))


class Embedded:
    """PostgreSQL and the city of one data directory, held under its lock."""

    def __init__(self, conf: Settings, board: Board) -> None:
        self.conf = conf
        self.board = board
        self.lock = directory.Lock(conf.data_dir)
        self.server: servers.Server | None = None
        self._held = False

    def take(self, address: str | None) -> None:
        """Own the data directory: writable, not another's, room left, traces of a crash cleared."""
        data_dir = self.conf.data_dir
        directory.prepare(data_dir)
        self.lock.take(address)
        self._held = True
        try:
            directory.check_room(data_dir, self.conf.demo_dossiers, made=_made(data_dir))
            directory.mend(data_dir)
        except BaseException:
            self._held = False
            self.lock.release()
            raise

    def start_postgres(self) -> Urls:
        """Start the server, or adopt the one a killed supervisor left; waits out a crash recovery."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while True:
            try:
                self.server = servers.start(self.conf.data_dir)
                if not self._held:  # told to end while it was starting
                    directory.stop_postgres(self.conf.data_dir)
                    raise StoppedError
                return urls_of(self.server)
            except (Problem, AssertionError, psycopg.OperationalError) as error:
                # Replaying a long log takes longer than the package waits; the server is then alive.
                recovering = directory.postmaster(self.conf.data_dir) is not None
                if isinstance(error, Problem) and error.code != "pg_start_failed":
                    raise
                if not recovering or time.monotonic() > deadline:
                    raise
                time.sleep(1)
                self.board.at("postgres")

    def ensure_city(self, progress: Callable[..., None]) -> bool:
        """Generate the city when it isn't complete; True when it was generated now.

        1. A half-finished city is started over.
        2. A store that was loaded from another city is dropped with it.
        """
        from data_access.demo.city import is_complete

        assert self.server is not None
        if is_complete(self.server.dsn("onestop")):
            return False
        self.generate(progress)
        return True

    def generate(
        self,
        progress: Callable[..., None],
        dossiers: int | None = None,
        seed: int | None = None,
        now: datetime | None = None,
    ) -> None:
        """A new city, whatever was there; the store is emptied first, its figures being the old one's."""
        from data_access.demo.city import generate

        assert self.server is not None
        conf = self.conf
        dossiers = dossiers or conf.demo_dossiers
        directory.check_room(conf.data_dir, dossiers, made=False)
        self._drop_store()
        generate(
            self.server.dsn("onestop"),
            dossiers=dossiers,
            seed=conf.demo_seed if seed is None else seed,
            now=now or conf.demo_now or datetime.now(conf.tz),
            progress=progress,
        )

    def _drop_store(self) -> None:
        assert self.server is not None
        with psycopg.connect(self.server.dsn("postgres"), autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier("ops")))
        self.server = servers.start(self.conf.data_dir)  # makes the database anew

    def tend(self) -> None:
        """Start PostgreSQL again when it died while we ran (the kernel's memory killer, a mistaken kill)."""
        if self.server is not None and directory.postmaster(self.conf.data_dir) is None:
            directory.mend(self.conf.data_dir)
            self.server.handle.ensure_postgres_running()

    def release(self, runtime_file: Path, keep_server: bool = False) -> None:
        """Stop PostgreSQL, forget the runtime file, give up the lock; only what `take` took."""
        if not self._held:
            return
        if not keep_server:
            directory.stop_postgres(self.conf.data_dir)
        if self.server is not None:
            type(self.server.handle)._instances.pop(self.server.pgdata, None)
            self.server = None
        runtime_file.unlink(missing_ok=True)
        self.lock.release()
        self._held = False
