"""Following a living OpenCPS: every poll brings what changed, keeps first due dates, and the rollups agree."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from config.problems import Problem
from data_access.source.check import inspect
from data_access.source.contract import DOSSIER
from data_access.source.profile import load_profile
from data_access.source.reader import Source, SourceDownError, source_engine
from data_access.sync import Sync
from tests.data_access.source.opencps import example
from tests.data_access.source.opencps.conftest import DATABASE, TZ, Place
from tests.data_access.source.opencps.expected import at
from tests.support import opencps
from tests.support.opencps import GROUP, utc


def change(place: Place, table: str, key: str, number: int, **values: Any) -> None:
    """An UPDATE as OpenCPS makes it: with the instant of the change, in whole seconds."""
    row = {"modifiedDate": datetime.now(UTC).replace(tzinfo=None, microsecond=0)} | values
    sets = ", ".join(f"{name} = %s" for name in row)
    place.run(f"UPDATE opencps_{table} SET {sets} WHERE {key} = %s", *row.values(), number)


def dossier(place: Place, number: int, **values: Any) -> None:
    change(place, "dossier", "dossierId", number, **values)


def state(place: Place, number: int) -> tuple[Any, ...]:
    (row,) = place.store(
        "SELECT status, bucket, due_at, due_original, finished_at, timeliness, overdue_from FROM dossier "
        f"WHERE dossier_id = '{number}'"
    )
    return row


def test_settled_reopened_moved_received_late_thrown_away_and_back(place: Place) -> None:
    job = place.sync()
    job.first_load()
    due, late_from = at("2026-03-05 17:00:00"), date(2026, 3, 6)
    dossier(place, 4, dossierStatus="releasing", dossierSubStatus="", releaseDate=utc("2026-03-06 08:00:00"))
    dossier(place, 3, dueDate=utc("2026-03-09 17:00:00"))
    dossier(place, 2, dossierStatus="processing", receiveDate=utc("2026-03-03 08:00:00"), dossierNo="H26.41-0002",
            dueDate=utc("2026-03-06 17:00:00"))  # fmt: skip
    dossier(place, 8, originality=-3)
    job.once()
    assert state(place, 4) == (9, "closed", due, due, at("2026-03-06 08:00:00"), "late", late_from)
    assert state(place, 3)[2:4] == (at("2026-03-09 17:00:00"), due)
    assert state(place, 2)[:4] == (2, "running", at("2026-03-06 17:00:00"), at("2026-03-06 17:00:00"))
    counts = (
        "SELECT (SELECT count(*) FROM dossier WHERE dossier_id = '8'), "
        "(SELECT count(*) FROM step WHERE dossier_id = '8')"
    )
    assert place.store(counts) == [(0, 0)]
    assert place.differences() == []

    dossier(place, 4, dossierStatus="processing", dossierSubStatus="appraisal", releaseDate=None)
    dossier(place, 3, dueDate=utc("2026-03-12 17:00:00"))
    dossier(place, 2, dueDate=utc("2026-03-10 17:00:00"))
    dossier(place, 8, originality=3)
    job.once()
    assert state(place, 4) == (4, "running", due, due, None, None, late_from)
    assert state(place, 3)[2:4] == (at("2026-03-12 17:00:00"), due)  # the first one ever seen
    assert state(place, 2)[2:4] == (at("2026-03-10 17:00:00"), at("2026-03-06 17:00:00"))
    assert place.store(counts) == [(1, 4)]
    assert place.differences() == []


def test_steps_and_pauses_follow_an_action_and_its_roll_back(place: Place) -> None:
    job = place.sync()
    job.first_load()
    w = example.Writer(place.admin.cursor())
    taken = datetime.now(UTC).replace(tzinfo=None, microsecond=0) - timedelta(seconds=5)
    local = (taken + timedelta(hours=7)).strftime("%Y-%m-%d %H:%M:%S")
    w.action(702, 7, "TD", local, users=((102, 1, 0),))
    change(place, "dossieraction", "dossierActionId", 701, nextActionId=702, state_=1)
    dossier(place, 7, dossierStatus="processing", dossierSubStatus="appraisal", lockState="")
    job.once()
    steps = "SELECT step_id, officer_ids, finished_at FROM step WHERE dossier_id = '7' ORDER BY 1"
    pauses = "SELECT from_at, to_at, reason FROM pause WHERE dossier_id = '7'"
    when = taken.replace(tzinfo=UTC)
    assert place.store(steps) == [("701", [], when), ("702", ["102"], None)]
    assert place.store(pauses) == [(at("2026-03-03 11:00:00"), when, "supplement")]
    assert state(place, 7)[:2] == (4, "running")
    # taken back: the officer's open step is nobody's, the pause goes on
    change(place, "dossieraction", "dossierActionId", 702, state_=2)
    change(place, "dossieraction", "dossierActionId", 701, nextActionId=0, state_=0)
    dossier(place, 7, dossierStatus="waiting", dossierSubStatus="", lockState="PAUSE")
    job.once()
    (first, second) = place.store(steps)
    assert (first, second[:2], second[2] is not None) == (("701", [], None), ("702", []), True)
    assert place.store(pauses) == [(at("2026-03-03 11:00:00"), None, "supplement")]
    assert place.store("SELECT step_id FROM open_step WHERE '102' = ANY(officer_ids)") == [("301",)]
    assert place.differences() == []


def test_an_agency_that_is_mapped_later(place: Place, tmp_path: Path) -> None:
    shutil.copytree(load_profile("opencps").folder, tmp_path / "opencps")
    job = Sync(place.source, place.owner, load_profile("opencps", tmp_path), TZ)
    place.syncs.append(job)
    job.first_load()
    assert place.store("SELECT tier, district_code FROM dossier WHERE dossier_id = '29'") == [("", "")]
    with (tmp_path / "opencps/agencies.csv").open("a", encoding="utf-8") as file:
        file.write(f"{example.UNMAPPED},commune,00006,UBND Phường Vĩnh Phúc\n")
    job.once()  # the file changed: it is read again, and dimensions with it
    assert place.store("SELECT tier, district_code FROM dossier WHERE dossier_id = '29'") == [("commune", "001")]
    assert place.differences() == []


def test_a_long_reading_is_streamed(place: Place) -> None:
    """The driver hands rows out one batch at a time, and giving up half-way leaves a usable pool."""
    plain = {"groupId": GROUP, "modifiedDate": utc("2026-03-02 08:00:00")}
    rows = [plain | {"dossierId": 10_000 + n, "dossierNo": f"L{n}"} for n in range(4_000)]
    with place.admin.cursor() as cursor:
        opencps.insert(cursor, "opencps_dossier", rows)
    source = Source(place.source, load_profile("opencps"))
    inspect(source)
    with source.snapshot() as connection:
        batches = source.stream(connection, DOSSIER, None, 200)
        first = next(batches)
        raw: Any = connection.connection.driver_connection
        assert len(first) == 200
        assert raw._result.unbuffered_active  # more is to come, and lies on the server
        batches.close()
    with source.snapshot() as connection:
        assert sum(len(b) for b in source.stream(connection, DOSSIER, None, 1_000)) == 4_036
        # and a poll finds what changed by the index that the DBA was asked for, instead of reading the table
        asked: list[tuple[str, Any]] = []
        sa.event.listen(place.source, "before_cursor_execute", lambda *a: asked.append((a[2], a[3])), named=False)
        changed = source.page(connection, DOSSIER, datetime(2026, 3, 3, tzinfo=UTC), None, 100)
        assert len(changed) == 36
    with place.admin.cursor() as cursor:
        cursor.execute("ANALYZE TABLE opencps_dossier")
        cursor.execute(f"EXPLAIN {asked[0][0]}", asked[0][1])
        assert {row[5] for row in cursor.fetchall() if row[2] == "d"} == {"ops_dossier_changed"}


@pytest.mark.parametrize(
    ("select", "word"),
    [("SELECT d.nichts FROM opencps_dossier d", "nichts"), ("SELECT 1 FROM nirgends", "nirgends"),
     ("SELEC 1", "syntax"), ("SELECT applicantName FROM opencps_dossier", "applicantName")],
)  # fmt: skip
def test_a_select_that_does_not_run_is_told_from_a_server_that_is_away(place: Place, tmp_path: Path, select: str,
                                                                       word: str) -> None:  # fmt: skip
    shutil.copytree(load_profile("opencps").folder, tmp_path / "opencps")
    (tmp_path / "opencps/dossier.sql").write_text(select, encoding="utf-8")
    (found,) = [c for c in inspect(Source(place.source, load_profile("opencps", tmp_path))) if c.entity == "dossier"]
    assert found.problem is not None
    assert found.problem.code == "source_select_failed"
    assert word in str(found.problem.__cause__)


def test_a_server_that_is_away(place: Place) -> None:
    engine = source_engine(place.server.url(DATABASE, opencps.READER) + "-none")
    missing = source_engine(f"mysql+pymysql://x:y@127.0.0.1:9/{DATABASE}")
    for away in (engine, missing):
        with pytest.raises((SourceDownError, Problem)) as told:
            inspect(Source(away, load_profile("opencps")))
        assert isinstance(told.value, SourceDownError)
        away.dispose()
