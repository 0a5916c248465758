"""The commands on a loaded city, as a launcher's environment gives it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from data_access.store.rollups import ROLLUPS
from tests.support.cities import City, small_copy
from tests.support.processes import command

pytestmark = pytest.mark.usefixtures("small_city")


def test_check_source_shows_every_entity_and_is_content(small_city: City) -> None:
    told = command("check-source", env=small_city.env)
    assert told.returncode == 0, told.stdout + told.stderr
    for entity in ("unit", "procedure", "offering", "officer", "dossier", "step", "pause", "link_check"):
        assert f"✓ {entity} " in told.stdout
    assert "dossier_code" in told.stdout
    assert "✗" not in told.stdout


def test_check_source_refuses_a_source_that_changed(small_city: City) -> None:
    with psycopg.connect(small_city.server.dsn("onestop"), autocommit=True) as source:
        source.execute("ALTER TABLE onestop.can_bo RENAME TO can_bo_cu")
        try:
            told = command("check-source", env=small_city.env)
        finally:
            source.execute("ALTER TABLE onestop.can_bo_cu RENAME TO can_bo")
    assert told.returncode == 1
    assert "✗ officer" in told.stdout
    assert "✓ dossier" in told.stdout
    assert "Traceback" not in told.stderr


def test_rebuild_mends_what_check_finds(small_city: City) -> None:
    assert command("rebuild", "--check", env=small_city.env).returncode == 0
    with psycopg.connect(small_city.server.dsn("ops_owner"), autocommit=True) as store:
        table = ROLLUPS[0].table
        store.execute(f"DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} LIMIT 1)")
    assert command("rebuild", "--check", env=small_city.env).returncode == 1
    assert command("rebuild", env=small_city.env).returncode == 0
    assert command("rebuild", "--check", env=small_city.env).returncode == 0


def test_sync_and_migrate_can_be_repeated(worker_dir: Path) -> None:
    # A city of its own: the shared one may have a server whose sync holds the lock, and this one would wait.
    city = small_copy(worker_dir / "cli-sync")
    for arguments in (("migrate",), ("sync",), ("sync",)):
        told = command(*arguments, env=city.env)
        assert told.returncode == 0, told.stderr
    told = command("reconcile", "--since", datetime.now(UTC).date().isoformat(), env=city.env)
    assert told.returncode == 0, told.stderr
    assert "The store agrees with the source." in told.stdout or "Kho khớp với nguồn." in told.stdout


def test_demo_passwords_are_new_each_time(tmp_path: Any) -> None:
    import json

    env = {"OPS_DATA_DIR": str(tmp_path)}
    first = json.loads(command("demo", "passwords", "--json", env=env).stdout)
    second = json.loads(command("demo", "passwords", "--json", env=env).stdout)
    assert sorted(first) == ["caugiay", "cntt", "hadong", "manhinh", "trungtam"]
    assert not set(first.values()) & set(second.values())
    shown = command("demo", "passwords", env=env)
    assert "trungtam" in shown.stdout
