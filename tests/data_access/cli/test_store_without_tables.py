"""A store that nobody migrated yet, and one that holds no figures: every command says so, and what to do."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from typer.main import get_command

from config.problems import Problem
from config.settings import ROOT, settings
from data_access.cli.main import app
from data_access.cli.places import places
from data_access.cli.store import owner
from data_access.demo.server import Server
from data_access.store.engine import owner_engine
from data_access.store.migrate import MIGRATIONS, migrate
from tests.support.configured import configured
from tests.support.processes import clean_env, command

NEWEST = max(path.name[:4] for path in MIGRATIONS.glob("versions/0*.py"))
BARE, NO_FIGURES = "bare_store", "store_without_figures"
WHY = ("--why", "thử")
ASK_THE_STORE = [
    ("accounts", "first", "cntt"),
    ("alerts", "check"),
    ("alerts", "keep"),
    ("alerts", "list"),
    ("boundaries", "back", *WHY),
    ("boundaries", "check", "README.md"),
    ("boundaries", "list"),
    ("boundaries", "put-live", "README.md", *WHY),
    ("config", "diff", "city", "--from", "1"),
    ("config", "history"),
    ("config", "restore", "1", *WHY),
    ("explain-deadline", "H1"),
    ("note-done", "backup"),
    ("rebuild",),
    ("rebuild", "--check"),
    ("reconcile",),
    ("sync",),
    ("sync", "--follow"),
    ("wall", "issue", "màn 1"),
    ("wall", "list"),
    ("wall", "revoke", "màn 1"),
]
ASK_NO_STORE = {
    ("check-source",), ("config", "check"), ("config", "schema"), ("config", "show"), ("demo", "clean"),
    ("demo", "generate"), ("demo", "passwords"), ("demo", "simulate"), ("indicators",), ("wall", "check"),
    ("migrate",), ("run",),  # they make the tables
}  # fmt: skip


def _databases(pg: Server, name: str) -> Iterator[str]:
    with psycopg.connect(pg.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER ops_owner")
        yield pg.url("ops_owner", name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def bare(pg: Server) -> Iterator[str]:
    """URL of a database without a single table, by its owner."""
    yield from _databases(pg, BARE)


@pytest.fixture(scope="module")
def without_figures(pg: Server) -> Iterator[str]:
    """URL of a migrated store that no sync has filled."""
    for url in _databases(pg, NO_FIGURES):
        engine = owner_engine(url)
        migrate(engine, "ops_reader")
        engine.dispose()
        yield url


def env(url: str, pg: Server, folder: Path) -> dict[str, str]:
    """The environment of a real deployment on this store; its source is the server's empty first database."""
    return {
        "OPS_STORE_URL": url,
        "OPS_STORE_READER_URL": url.replace("ops_owner", "ops_reader"),
        "OPS_SOURCE_URL": pg.url("ops_owner", "postgres"),
        "OPS_COOKIE_KEY": "k" * 48,
        "OPS_DATA_DIR": str(folder),
        "OPS_ACCOUNTS_FILE": str(folder / "accounts.yaml"),
    }


def test_each_command_is_here() -> None:
    def leaves(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        for name, one in group.commands.items():
            yield from leaves(one, (*path, name)) if hasattr(one, "commands") else [(*path, name)]

    groups = {"accounts", "alerts", "boundaries", "config", "wall"}
    asking = {arguments[: 1 + (arguments[0] in groups)] for arguments in ASK_THE_STORE}
    assert asking | ASK_NO_STORE == set(leaves(get_command(app)))
    assert asking & ASK_NO_STORE == set()


@pytest.mark.parametrize("arguments", ASK_THE_STORE, ids=" ".join)
def test_a_store_without_tables(bare: str, pg: Server, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    told = command(*arguments, env=env(bare, pg, tmp_path))
    assert (told.returncode, told.stdout) == (2, "")
    said = Problem("store_not_migrated", store=BARE, found="–", needed=NEWEST)
    assert said.text("en") in told.stderr
    assert said.text("vi") in told.stderr
    assert "Traceback" not in told.stderr
    assert not (tmp_path / "accounts.yaml").exists()


def forms(folder: Path, extra: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "docs.forms.make", str(folder / "forms")],
        cwd=ROOT, env=clean_env({"LANG": "en_US.UTF-8"} | extra), capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_samples_of_forms_need_tables_and_figures(bare: str, without_figures: str, pg: Server, tmp_path: Path) -> None:
    for url, said in [(bare, "`python -m data_access migrate`"), (without_figures, "`python -m data_access sync`")]:
        told = forms(tmp_path, env(url, pg, tmp_path))
        assert (told.returncode, told.stdout) == (2, "")
        assert said in told.stderr
        assert "Traceback" not in told.stderr
        assert not (tmp_path / "forms").exists()


def test_a_store_of_a_newer_program_is_left_alone(without_figures: str, pg: Server, tmp_path: Path) -> None:
    with psycopg.connect(without_figures.replace("+psycopg", ""), autocommit=True) as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
        store.execute("ALTER TABLE wall_device RENAME TO device_of_9999")
        try:
            for arguments in (("migrate",), ("wall", "list")):
                told = command(*arguments, env=env(without_figures, pg, tmp_path))
                assert told.returncode == 2
                assert Problem("store_newer", store=NO_FIGURES, found="9999", needed=NEWEST).text("en") in told.stderr
                assert "Traceback" not in told.stderr
        finally:
            store.execute("ALTER TABLE device_of_9999 RENAME TO wall_device")
            store.execute("UPDATE alembic_version SET version_num = %s", (NEWEST,))


@pytest.mark.parametrize("arguments", [("migrate",), ("sync",), ("sync", "--follow"), ("alerts", "keep")], ids=" ".join)
def test_a_process_of_another_time_zone_is_refused(
    without_figures: str, pg: Server, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    told = command(*arguments, env=env(without_figures, pg, tmp_path) | {"OPS_TIMEZONE": "Asia/Tokyo"})
    assert (told.returncode, told.stdout) == (2, "")
    said = Problem("store_zone", store=NO_FIGURES, found="Asia/Ho_Chi_Minh")
    assert said.text("en") in told.stderr
    assert said.text("vi") in told.stderr
    assert "Traceback" not in told.stderr


def test_a_fault_of_ours_is_not_blamed_on_the_store(without_figures: str, pg: Server, tmp_path: Path) -> None:
    conf = env(without_figures, pg, tmp_path)
    with (
        configured(**conf),
        pytest.raises(ProgrammingError),
        places(settings()) as urls,
        owner(urls.store_owner_url) as engine,
        engine.connect() as connection,
    ):
        connection.execute(text("SELECT * FROM no_such_table"))
