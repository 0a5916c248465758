"""Starts that can't work: each a plain sentence, exit code 2, and the next start works."""

import os
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from config.problems import Problem
from config.settings import Settings
from data_access import sync
from data_access.demo import city, stack
from data_access.demo import data_dir as directory
from data_access.demo.stack import Stack
from tests.support.processes import command

NOW = "2026-11-20T15:30:00+07:00"


def conf(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir, demo_dossiers=1000, demo_now=NOW, demo_simulator=False)


def starts(data_dir: Path) -> None:
    """The next start works, through all its stages, and leaves nothing behind."""
    up = Stack(conf(data_dir), with_children=False)
    up.up()
    assert up.runtime.ready
    up.stop()
    assert directory.postmaster(data_dir) is None
    assert directory.owner(data_dir) is None


def refused(data_dir: Path) -> Problem:
    """The Problem of a start that can't work; nothing is left running or locked."""
    up = Stack(conf(data_dir), with_children=False)
    with pytest.raises(Problem) as problem:
        up.up()
    assert up.runtime.state == "failed"
    assert up.runtime.problem is problem.value
    assert directory.postmaster(data_dir) is None
    assert directory.owner(data_dir) is None
    return problem.value


@pytest.fixture
def no_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty city, for starts whose question is another one; the real one takes its time."""
    monkeypatch.setattr(city, "generate", lambda *_, **__: None)
    monkeypatch.setattr(city, "is_complete", lambda _: False)
    monkeypatch.setattr(sync, "is_loaded", lambda _: True)


@pytest.fixture
def data_dir(worker_dir: Path, request: pytest.FixtureRequest) -> Any:
    """A fresh data directory with a short path (a socket's name may have 107 bytes)."""
    path = worker_dir / f"bad-{abs(hash(request.node.name)) % 10_000}"
    yield path
    directory.stop_postgres(path)
    shutil.rmtree(path, ignore_errors=True)


def test_another_postgresql_version(data_dir: Path) -> None:
    (data_dir / "postgres/base/5").mkdir(parents=True)
    (data_dir / "postgres/PG_VERSION").write_text("16\n")
    told = command("migrate", env={"OPS_DATA_DIR": str(data_dir)})
    assert told.returncode == 2
    assert "was made by PostgreSQL 16; this program runs PostgreSQL 18" in told.stderr
    assert "make clean-data" in told.stderr
    assert "Thư mục dữ liệu" in told.stderr
    assert "Traceback" not in told.stderr
    assert refused(data_dir).code == "pg_version"
    assert command("demo", "clean", env={"OPS_DATA_DIR": str(data_dir)}).returncode == 0
    assert not data_dir.exists()


@pytest.mark.usefixtures("no_city")
def test_half_made_server_is_repaired(data_dir: Path) -> None:
    (data_dir / "postgres/base/1").mkdir(parents=True)
    (data_dir / "postgres/PG_VERSION").write_text("18\n")
    starts(data_dir)


@pytest.mark.usefixtures("no_city")
def test_something_else_in_its_place(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir(parents=True)
    (data_dir / "postgres/letters.txt").write_text("dear")
    assert refused(data_dir).code == "pg_half_made"
    (data_dir / "postgres/letters.txt").unlink()
    starts(data_dir)


def test_half_finished_generation_is_started_over(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = city.generate

    def interrupted(dsn: str, *, progress: Any, **facts: Any) -> None:
        def stop_in_the_middle(share: float, stage: str) -> None:
            if share > 0.2:
                raise RuntimeError("the power went")

        real(dsn, progress=stop_in_the_middle, **facts)

    monkeypatch.setattr(city, "generate", interrupted)
    problem = refused(data_dir)
    assert problem.code == "startup_failed"
    assert "the power went" not in problem.text("vi") + problem.text("en")
    assert "the power went" in (data_dir / "logs/stack.log").read_text()
    monkeypatch.setattr(city, "generate", real)
    monkeypatch.setattr(sync, "is_loaded", lambda _: True)
    starts(data_dir)


@pytest.mark.usefixtures("no_city")
def test_a_step_that_hangs_does_not_keep_the_process(data_dir: Path) -> None:
    hangs = threading.Event()
    up = Stack(conf(data_dir), with_children=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(city, "generate", lambda *_, **__: hangs.wait())
        finished = up.start()
        while up.urls is None:
            assert not finished.wait(0.05)
        up.shutdown()
    assert not finished.is_set()
    assert directory.postmaster(data_dir) is None
    assert directory.owner(data_dir) is None
    hangs.set()
    assert finished.wait(30)
    starts(data_dir)


@pytest.mark.usefixtures("no_city")
def test_disk_too_small(data_dir: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=200 * 1024**2))
        problem = refused(data_dir)
    assert problem.code == "disk_full"
    assert "only 200 MB free" in problem.text("en")
    starts(data_dir)


@pytest.mark.usefixtures("no_city")
def test_disk_full_midway(data_dir: Path) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise psycopg.errors.DiskFull("could not extend file")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(city, "generate", full)
        assert refused(data_dir).code == "disk_full_midway"
    starts(data_dir)


@pytest.mark.usefixtures("no_city")
@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_data_directory_without_leave_to_write(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o500)
    assert refused(data_dir).code == "data_dir_not_writable"
    data_dir.chmod(0o700)
    starts(data_dir)


def test_stopped_while_generating(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`streamlit run app.py`, ended during its first start: nothing is left."""
    monkeypatch.setattr(stack, "settings", lambda: conf(data_dir))
    handle = stack.ensure_in_background()
    while handle.progress.stage != "city":
        assert handle.problem is None
    handle.stop()
    assert handle.runtime.state == "stopped"
    assert directory.postmaster(data_dir) is None
    assert stack.runtime() is None
    assert directory.owner(data_dir) is None


def test_real_deployment_without_accounts(data_dir: Path) -> None:
    url = "postgresql://u:hunter2@127.0.0.1:9/x"
    real = Settings(data_dir=data_dir, store_url=url, store_reader_url=url, source_url=url, cookie_key="k" * 48)  # type: ignore[arg-type]
    up = Stack(real)
    with pytest.raises(Problem) as problem:
        up.up()
    assert problem.value.code == "accounts_missing"
    assert not (data_dir / "postgres").exists()
