"""A real MariaDB server of the tests' own: data directory, socket and accounts under the test's directory."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

START_SECONDS = 60
PASSWORD = "chi-doc-2026"
# As many cities run it: not PyMySQL's own collation, so that comparing texts of both kinds is tried too.
COLLATION = "utf8mb4_unicode_ci"
SMALL = ("--innodb-buffer-pool-size=64M", "--innodb-log-file-size=16M", "--performance-schema=OFF", "--skip-log-bin")


@dataclass(frozen=True)
class MariaDB:
    """A running server without a network port; `admin` may do anything, others by their accounts."""

    socket: Path

    def connect(self, database: str | None = None, user: str = "root", password: str = "", **more: Any) -> Any:
        """A PyMySQL connection that commits each statement."""
        return pymysql.connect(
            unix_socket=str(self.socket), user=user, password=password, database=database, autocommit=True, **more
        )

    def url(self, database: str, user: str, password: str = PASSWORD) -> str:
        """The same as OPS_SOURCE_URL has it."""
        return f"mysql+pymysql://{user}:{password}@localhost/{database}?unix_socket={self.socket}"


def programs() -> tuple[str, str]:
    """Paths of mariadb-install-db and mariadbd. Without them: a failure in CI, else a skip that says what to do."""
    install = shutil.which("mariadb-install-db")
    daemon = shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")
    if install and daemon:
        return install, daemon
    words = "MariaDB is missing: apt-get install mariadb-server-core mariadb-client-core"
    if os.environ.get("CI"):
        pytest.fail(words, pytrace=False)
    pytest.skip(words)


@contextmanager
def running(directory: Path) -> Iterator[MariaDB]:
    """A fresh server in `directory`, ended by its own process id; it ends too when the tests are killed."""
    install, daemon = programs()
    data = directory / "data"
    data.mkdir(parents=True)
    account = _account()
    group = pwd.getpwnam(account).pw_gid if account else None
    if account:  # MariaDB won't run as root; whoever it runs as must reach its folder
        shutil.chown(directory, account)
        shutil.chown(data, account)
        for folder in directory.parents:
            if folder.owner() == "root" and not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o011)
    log = directory / "log"
    make = [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
            "--skip-test-db", "--skip-name-resolve", *([f"--user={account}"] if account else [])]  # fmt: skip
    server = MariaDB(directory / "s")
    serve = [daemon, "--no-defaults", f"--datadir={data}", f"--socket={server.socket}", "--skip-networking",
             f"--pid-file={directory / 'pid'}", "--character-set-server=utf8mb4", f"--collation-server={COLLATION}",
             "--innodb-flush-log-at-trx-commit=0", *SMALL]  # fmt: skip
    with log.open("wb") as out:
        quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": subprocess.STDOUT}
        subprocess.run(make, timeout=120, check=True, **quiet)
        process = subprocess.Popen(
            serve, user=account, group=group, extra_groups=[] if account else None,
            preexec_fn=_die_with_parent, **quiet,  # noqa: PLW1509
        )  # fmt: skip
    try:
        _wait(server, process, log)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _account() -> str | None:
    """Whom the server runs as: when we are root the package's user or nobody, else ourselves."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return "mysql" if "mysql" in known else "nobody"


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _wait(server: MariaDB, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with suppress(pymysql.OperationalError):
            server.connect().close()
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"MariaDB did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.1)
