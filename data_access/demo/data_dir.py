"""The data directory: who owns it now, is there room, what a crash left behind, and its removal.

What lies in it: postgres/ (the embedded server), accounts.yaml, config/, logs/, runtime.json (while running),
stack.lock (the owner's pid and address, under flock) and MARKER, which says that the directory is ours.
"""

import fcntl
import json
import os
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from config.problems import Problem

MARKER = ".one-stop-centre"
KNOWN = {"postgres", "accounts.yaml", "config", "logs", "runtime.json", "stack.lock", "city", MARKER}
GIB = 1024**3
# Measured at the first start of the full city: 2.4 GB at the peak, half of it write-ahead log.
BASE_BYTES = int(0.5 * GIB)
BYTES_PER_DOSSIER = int(2.0 * GIB / 311_000)
ENOUGH_ONCE_MADE = int(0.1 * GIB)


@dataclass(frozen=True)
class Owner:
    """The process that holds the data directory, and where it serves."""

    pid: int
    address: str | None


class Lock:
    """One supervisor a data directory. The kernel frees it when the owner dies, however it dies."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.path = data_dir / "stack.lock"
        self._handle: int | None = None

    def take(self, address: str | None = None) -> None:
        """Own the directory from now on; Problem("already_running") when another process does."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise running_problem(self.data_dir) from None
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps({"pid": os.getpid(), "address": address}).encode())
        self._handle = handle

    def release(self) -> None:
        """Give it up. The file stays: removing it would let two processes lock two files of one name."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None


def owner(data_dir: Path) -> Owner | None:
    """Who holds the lock, read from the file; None when nobody does."""
    path = data_dir / "stack.lock"
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        facts: dict[str, Any] = {}
        with suppress(ValueError):
            facts = json.loads(os.read(handle, 4096) or b"{}")
        return Owner(int(facts.get("pid", 0)), facts.get("address"))
    else:
        return None
    finally:
        os.close(handle)


def running_problem(data_dir: Path) -> Problem:
    """The sentence for a directory that another process holds."""
    holder = owner(data_dir)
    pid = holder.pid if holder else "?"
    address = (holder and holder.address) or "-"
    return Problem("already_running", path=str(data_dir), pid=pid, address=address)


def prepare(data_dir: Path) -> None:
    """Make the directory when absent and try to write in it. Raises Problem("data_dir_not_writable")."""
    try:
        fresh = not data_dir.exists() or not any(data_dir.iterdir())
        data_dir.mkdir(parents=True, exist_ok=True)
        probe = data_dir / f".write-test-{os.getpid()}"
        probe.write_bytes(b"x")
        probe.unlink()
        (data_dir / "logs").mkdir(exist_ok=True)
        if fresh:
            (data_dir / MARKER).write_text("made by the one-stop operations centre\n", encoding="utf-8")
    except OSError as error:
        full = as_disk_full(error, data_dir)
        if full is not None:
            raise full from error
        reason = error.strerror or str(error)
        raise Problem("data_dir_not_writable", path=str(data_dir), reason=reason) from error


def check_room(data_dir: Path, dossiers: int, made: bool) -> None:
    """Problem("disk_full") when the city would not fit; a finished city needs room to move only."""
    needed = ENOUGH_ONCE_MADE if made else BASE_BYTES + BYTES_PER_DOSSIER * dossiers
    free = shutil.disk_usage(data_dir).free
    if free < needed:
        raise Problem("disk_full", path=str(data_dir), free=_size(free), needed=_size(needed), dossiers=f"{dossiers:,}")


def as_disk_full(error: BaseException, data_dir: Path) -> Problem | None:
    """The plain problem when `error`, or what caused it, is a full disk; else None."""
    seen: BaseException | None = error
    while seen is not None:
        full = getattr(seen, "errno", None) == 28 or getattr(seen, "sqlstate", None) == "53100"
        if full or "No space left on device" in str(seen):
            break
        seen = seen.__cause__ or seen.__context__
    free = _free(data_dir)
    # A server that hit the end of the disk may just be gone: then the disk itself tells.
    if seen is None and free > 32 * 1024**2:
        return None
    return Problem("disk_full_midway", path=str(data_dir), free=_size(free))


def _free(path: Path) -> int:
    with suppress(OSError):
        return shutil.disk_usage(path).free
    return GIB


def _size(number: int) -> str:
    return f"{number / GIB:.1f} GB" if number >= GIB else f"{number / 1024**2:.0f} MB"


def mend(data_dir: Path) -> None:
    """Clear what a crash left so that PostgreSQL can start; call it while holding the lock.

    1. An initdb that never finished (no PG_VERSION, or no `postgres` database) is removed.
    2. A postmaster.pid whose process is gone, or is someone else's by now, is removed.
    3. The package's list of handles is removed when it can't be read.
    """
    pgdata = (data_dir / "postgres").resolve()
    if not pgdata.is_dir() or not any(pgdata.iterdir()):
        return
    if postmaster(data_dir) is None:
        if half_made(pgdata):
            shutil.rmtree(pgdata)
            return
        (pgdata / "postmaster.pid").unlink(missing_ok=True)
    handles = pgdata / ".handle_pids.json"
    if handles.exists():
        try:
            json.loads(handles.read_text() or "[]")
        except ValueError:
            handles.unlink()


def half_made(pgdata: Path) -> bool:
    """True for what an interrupted initdb leaves, and for nothing else.

    initdb writes PG_VERSION early and creates the database `postgres` (OID 5 since PostgreSQL 15) last.
    Without PG_VERSION, only names that initdb makes may be there.
    """
    if (pgdata / "PG_VERSION").exists():
        version = (pgdata / "PG_VERSION").read_text().strip()
        return version.isdigit() and int(version) >= 15 and not (pgdata / "base" / "5").exists()
    names = {entry.name for entry in pgdata.iterdir()}
    return all(
        n in ("base", "global", "log", ".handle_pids.json", "postmaster.opts", "postmaster.pid")
        or n.startswith(("pg_", "postgresql.", ".s.PGSQL"))
        for n in names
    )


def postmaster(data_dir: Path) -> psutil.Process | None:
    """The PostgreSQL that runs on this directory, by its own pid file; None when there is none."""
    pgdata = (data_dir / "postgres").resolve()
    try:
        pid = int((pgdata / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        mine = process.name() == "postgres" and str(pgdata) in process.cmdline()
    except (OSError, ValueError, psutil.Error):
        return None
    return process if mine and process.status() != psutil.STATUS_ZOMBIE else None


def stop_postgres(data_dir: Path, timeout: float = 20) -> None:
    """Fast shutdown (SIGINT ends sessions, keeps data), by the pid in the server's own file."""
    process = postmaster(data_dir)
    if process is None:
        return
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGINT)
    if not wait_gone(process, timeout):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGQUIT)  # immediate: recovers at the next start
        wait_gone(process, 5)


def wait_gone(process: psutil.Process, timeout: float) -> bool:
    """Whether the process ended within `timeout` seconds (also when it isn't our child)."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def clean(data_dir: Path) -> bool:
    """Stop what runs on the directory and remove it; True when there was something to remove.

    1. Refuse a directory that holds anything but ours (a mistyped OPS_DATA_DIR must cost nothing).
    2. End the owner of the lock, whose children end with it, then a PostgreSQL it left behind.
    3. Remove everything.
    """
    if not data_dir.exists():
        return False
    names = {entry.name for entry in data_dir.iterdir()}
    strangers = sorted(names - KNOWN)
    if strangers and MARKER not in names:
        raise Problem("not_our_data", path=str(data_dir), found=", ".join(strangers[:5]))
    holder = owner(data_dir)
    if holder is not None and holder.pid and holder.pid != os.getpid():
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(holder.pid)
            process.terminate()
            if not wait_gone(process, 40):
                raise Problem("still_running", pid=holder.pid, path=str(data_dir))
    stop_postgres(data_dir)
    shutil.rmtree(data_dir)
    return True
