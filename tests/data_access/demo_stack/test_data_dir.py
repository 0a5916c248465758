"""What a crash may leave in a data directory, and what is refused before any work."""

import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from config.problems import Problem
from data_access.demo import data_dir as directory

INITDB = ("base/1", "global", "pg_wal", "pg_xact")


def half_made_by_initdb(pgdata: Path, version: str | None = None) -> None:
    for part in INITDB:
        (pgdata / part).mkdir(parents=True)
    (pgdata / "postgresql.conf").write_text("")
    if version:
        (pgdata / "PG_VERSION").write_text(f"{version}\n")


@pytest.mark.parametrize("version", [None, "18"])
def test_interrupted_initdb_is_removed(tmp_path: Path, version: str | None) -> None:
    half_made_by_initdb(tmp_path / "postgres", version)
    directory.mend(tmp_path)
    assert not (tmp_path / "postgres").exists()


def test_a_finished_server_directory_is_kept(tmp_path: Path) -> None:
    half_made_by_initdb(tmp_path / "postgres", "18")
    (tmp_path / "postgres/base/5").mkdir()
    (tmp_path / "postgres/postmaster.pid").write_text(f"{os.getpid()}\n")  # we are no PostgreSQL
    (tmp_path / "postgres/.handle_pids.json").write_text("[1, 2")  # cut off by a full disk
    directory.mend(tmp_path)
    assert sorted(p.name for p in (tmp_path / "postgres").iterdir()) == sorted(
        ["base", "global", "pg_wal", "pg_xact", "postgresql.conf", "PG_VERSION"]
    )


def test_someone_elses_directory_is_never_removed(tmp_path: Path) -> None:
    half_made_by_initdb(tmp_path / "postgres")
    (tmp_path / "postgres/thesis.odt").write_text("years of work")
    directory.mend(tmp_path)
    assert (tmp_path / "postgres/thesis.odt").read_text() == "years of work"


def test_room_is_asked_for_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = SimpleNamespace(free=int(1.2 * directory.GIB))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    directory.check_room(tmp_path, 100_000, made=False)
    directory.check_room(tmp_path, 311_000, made=True)
    with pytest.raises(Problem) as refused:
        directory.check_room(tmp_path, 311_000, made=False)
    assert refused.value.text("en") == (
        f"The disk of {tmp_path} has only 1.2 GB free; a demo city of 311,000 dossiers needs about 2.5 GB. "
        "Free some space, set OPS_DATA_DIR to another disk, or lower OPS_DEMO_DOSSIERS; then start again."
    )


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        psycopg.errors.DiskFull("could not extend file"),
        psycopg.OperationalError("PANIC:  could not write to file: No space left on device"),
    ],
)
def test_a_disk_that_fills_midway_is_recognised(tmp_path: Path, error: Exception) -> None:
    wrapped = RuntimeError("generation failed")
    wrapped.__cause__ = error
    problem = directory.as_disk_full(wrapped, tmp_path)
    assert problem is not None
    assert problem.code == "disk_full_midway"
    assert directory.as_disk_full(RuntimeError("something else"), tmp_path) is None


def test_unwritable_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem) as refused:
        directory.prepare(tmp_path / "file" / "data")
    assert refused.value.code == "data_dir_not_writable"
    assert str(tmp_path / "file" / "data") in refused.value.text("vi")


def test_lock_is_one_processs_and_names_its_address(tmp_path: Path) -> None:
    lock, other = directory.Lock(tmp_path), directory.Lock(tmp_path)
    assert directory.owner(tmp_path) is None
    lock.take("http://127.0.0.1:8501")
    assert directory.owner(tmp_path) == directory.Owner(os.getpid(), "http://127.0.0.1:8501")
    with pytest.raises(Problem) as refused:
        other.take()
    assert refused.value.code == "already_running"
    assert "http://127.0.0.1:8501" in refused.value.text("en")
    lock.release()
    other.take()
    other.release()
    assert directory.owner(tmp_path) is None


def test_clean_removes_ours_only(tmp_path: Path) -> None:
    ours, home = tmp_path / "ours", tmp_path / "home"
    directory.prepare(ours)
    (ours / "boundaries").mkdir()
    assert directory.clean(ours)
    assert not ours.exists()
    assert not directory.clean(ours)
    (home / "letters").mkdir(parents=True)
    directory.prepare(home)  # a mistyped OPS_DATA_DIR: started there once
    with pytest.raises(Problem) as refused:
        directory.clean(home)
    assert refused.value.code == "not_our_data"
    assert (home / "letters").exists()
