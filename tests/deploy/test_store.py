"""From an empty PostgreSQL to figures, a backup and its restoring, by the files of deploy/."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from data_access import audit, devices
from data_access.audit import Entry
from data_access.store.engine import owner_engine
from tests.data_access.alert_rows import put
from tests.support.cities import City

ROOT = Path(__file__).parents[2]
NAMES = {"ops_owner": "deploy_owner", "ops_reader": "deploy_reader", "DATABASE ops": "DATABASE deploy"}
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
KEPT_ONLY_HERE = ("alert", "audit", "wall_device")


@dataclass(frozen=True)
class Place:
    """A store on the small city's server, as an administrator makes one beside it."""

    city: City
    folder: Path
    database: str = "deploy"

    def url(self, user: str) -> str:
        return (
            make_url(self.city.urls.store_owner_url).set(username=user, database=self.database).render_as_string(False)
        )

    @property
    def admin(self) -> str:
        return self.city.server.dsn("postgres")

    @property
    def env(self) -> dict[str, str]:
        programs = self.city.server.handle.bin_path
        plain = {k: v for k, v in os.environ.items() if not k.startswith("OPS_")}
        return plain | {
            "PATH": f"{programs}:{os.environ['PATH']}", "LANG": "en_US.UTF-8",
            "OPS_DATA_DIR": str(self.folder / "data"),
            "OPS_STORE_URL": self.url("deploy_owner"), "OPS_STORE_READER_URL": self.url("deploy_reader"),
            "OPS_SOURCE_URL": self.city.urls.source_url, "OPS_COOKIE_KEY": "k" * 40,
            "OPS_CONFIG_DIR": str(self.folder / "config"),
        }  # fmt: skip

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=300, check=False)

    def ours(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return self.run(sys.executable, "-m", "data_access", *words)

    def counts(self) -> dict[str, int]:
        with psycopg.connect(self.url("deploy_owner").replace("+psycopg", "")) as conn:
            names = [row[0] for row in conn.execute(TABLES)]
            found = {n: conn.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(n))) for n in names}
            return {name: cursor.fetchone()[0] for name, cursor in found.items()}  # type: ignore[index]


@pytest.fixture(scope="module")
def place(small_city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """What roles.sql makes, under other names: the test server has the usual ones already."""
    made = Place(small_city, tmp_path_factory.mktemp("deploy"))
    text = (ROOT / "deploy/postgresql/roles.sql").read_text(encoding="utf-8")
    for name, ours in NAMES.items():
        text = text.replace(name, ours)
    (made.folder / "roles.sql").write_text(text, encoding="utf-8")
    told = made.run(
        "psql",
        made.admin,
        "-v",
        "owner_password=a'b",
        "-v",
        'reader_password=c"d',
        "-f",
        str(made.folder / "roles.sql"),
    )
    assert told.returncode == 0, told.stderr
    yield made
    with psycopg.connect(made.admin, autocommit=True) as conn:
        for database in ("deploy", "deploy_again"):
            conn.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        for role in ("deploy_reader", "deploy_owner"):
            conn.execute(f"DROP ROLE {role}")


@pytest.fixture(scope="module")
def loaded(place: Place) -> Place:
    """Migrated and loaded by the commands of the guide."""
    for words in (("migrate",), ("check-source",), ("sync",)):
        told = place.ours(*words)
        assert told.returncode == 0, told.stdout + told.stderr
    return place


def test_the_roles_may_do_what_they_must_and_no_more(loaded: Place) -> None:
    reader = loaded.url("deploy_reader").replace("+psycopg", "")
    with psycopg.connect(reader, autocommit=True) as conn:
        assert conn.execute("SELECT count(*) FROM dossier").fetchone() == (0,), "without a scope nothing is seen"
        conn.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("DELETE FROM dossier")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("CREATE TABLE own (n int)")
    with psycopg.connect(loaded.admin) as conn:
        rights = conn.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles"
            " WHERE rolname LIKE 'deploy%' ORDER BY 1"
        ).fetchall()
    assert rights == [("deploy_owner", False, False, False), ("deploy_reader", False, False, False)]


def test_a_backup_brings_all_of_it_back(loaded: Place) -> None:
    engine = owner_engine(loaded.url("deploy_owner"))
    put(engine)
    devices.issue(engine, "Màn thử")
    with engine.begin() as connection:
        audit.note(connection, Entry("config_changed", "cntt", "walls.yaml", "thử sao lưu"))
    engine.dispose()
    (loaded.folder / "config").mkdir(exist_ok=True)
    (loaded.folder / "config" / "walls.yaml").write_text("# của thành phố\n", encoding="utf-8")

    told = loaded.run("deploy/backup.sh", str(loaded.folder / "backups"))
    assert told.returncode == 0, told.stderr
    file = Path(told.stdout.strip().splitlines()[-1])
    assert file.stat().st_mode & 0o077 == 0, "nobody else may read it"
    (archive,) = file.parent.glob("files-*.tar.gz")
    own = loaded.folder / "config/walls.yaml"
    own.unlink()
    (line,) = re.findall(r"^sudo (tar --extract .*)$", (ROOT / "docs/deploying.md").read_text(encoding="utf-8"), re.M)
    told = loaded.run(*line.replace("/var/backups/ops/files-STAMP.tar.gz", str(archive)).split())
    assert (told.returncode, told.stderr) == (0, "")
    assert own.read_text(encoding="utf-8") == "# của thành phố\n"
    before = loaded.counts()
    assert all(before[table] > 0 for table in KEPT_ONLY_HERE)

    again = replace(loaded, database="deploy_again")
    with psycopg.connect(loaded.admin, autocommit=True) as conn:
        conn.execute("CREATE DATABASE deploy_again OWNER deploy_owner TEMPLATE template0")
    told = again.run("deploy/restore.sh", str(file))
    assert told.returncode == 0, told.stderr
    after = again.counts()
    assert {n: after[n] for n in before if n != "operation_done"} == {
        n: before[n] for n in before if n != "operation_done"
    }
    for words in (("sync",), ("rebuild", "--check")):
        told = again.ours(*words)
        assert told.returncode == 0, told.stdout + told.stderr

    told = again.run("deploy/restore.sh", str(file))
    assert told.returncode == 1
    assert "holds" in told.stderr, "a database with tables is refused"
    assert again.counts()["dossier"] == before["dossier"]


def test_a_backup_that_fails_leaves_nothing_half_and_says_so(loaded: Place) -> None:
    folder = loaded.folder / "failed"
    env: dict[str, Any] = loaded.env | {"OPS_STORE_URL": loaded.url("deploy_owner").replace("/deploy?", "/nowhere?")}
    told = subprocess.run(
        ["deploy/backup.sh", str(folder)], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert told.returncode != 0
    assert "nowhere" in told.stderr
    assert list(folder.iterdir()) == []
