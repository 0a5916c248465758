"""OpenCPS on MariaDB: dates that are none, and what changed without its time, found by comparing."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from tests.data_access.source.opencps import example
from tests.data_access.source.opencps.conftest import Place
from tests.data_access.source.opencps.expected import at
from tests.data_access.sync.test_first_load import KilledError, kill_at
from tests.data_access.sync.tiny import TABLES

FACTS = ("dossier", "step", "pause")
SUMS = ("flow_day", "officer_day", "qd766_unit_month", "qd766_timely", "quality_month")


def facts(place: Place, tables: tuple[str, ...] = FACTS) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(place.store(f"SELECT * FROM {table}"), key=repr) for table in tables}


def forget(place: Place) -> None:
    with place.owner.begin() as store:
        tables = store.execute(text(TABLES)).scalars()
        store.execute(text("TRUNCATE " + ", ".join(t for t in tables if t != "alembic_version")))


def test_a_first_load_goes_on_where_it_was_interrupted(place: Place) -> None:
    """After every second commit: MariaDB's times without zone and its ids order the batches."""
    times = [f"2026-02-0{1 + n // 9} 09:00:00" for n in range(34)]  # whole seconds, equal across batches' borders
    ids = [row[0] for row in _query(place, "SELECT dossierId FROM opencps_dossier ORDER BY dossierId")]
    for number, moved in zip(ids, times, strict=False):
        place.run("UPDATE opencps_dossier SET modifiedDate = %s WHERE dossierId = %s", moved, number)
    rows_read = [-1]
    while True:
        job = place.sync(rows=4)
        kill_at(job, 2)
        with pytest.raises(KilledError):
            job.first_load()
        rows_read += place.store("SELECT sum(rows_read) FROM sync_watermark")[0]
        job.close()
        if rows_read[-1] == rows_read[-2]:  # the facts are all there; it ended at the rollups twice
            break
    assert rows_read == sorted(rows_read), "no batch is read again"
    assert len(rows_read) > 8
    job = place.sync(rows=4)
    job.first_load()
    resumed = facts(place, FACTS + SUMS)
    assert place.differences() == []
    job.close()
    forget(place)
    place.sync().first_load()
    assert facts(place, FACTS + SUMS) == resumed


def _query(place: Place, query: str) -> list[tuple[Any, ...]]:
    with place.admin.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def test_dates_that_are_none_stop_nothing_and_can_be_read_back(place: Place) -> None:
    place.run("SET SESSION sql_mode = ''")  # as old servers run: they take 0000-00-00
    for number, column, value in (
        (3, "dueDate", "9999-12-31 23:59:59"), (5, "dueDate", "0000-00-00 00:00:00"),
        (20, "releaseDate", "9999-12-31 23:59:59"), (22, "modifiedDate", "0000-00-00 00:00:00"),
        (23, "modifiedDate", "9999-12-31 23:59:59"),
    ):  # fmt: skip
        place.run(f"UPDATE opencps_dossier SET {column} = %s WHERE dossierId = %s", value, number)
    job = place.sync(rows=7)
    job.first_load()
    job.once()
    rows = "SELECT dossier_id, due_at, finished_at, overdue_from FROM dossier WHERE dossier_id IN ('3', '5', '20')"
    assert sorted(place.store(rows)) == [
        ("20", at("2026-03-05 17:00:00"), None, None), ("3", None, None, None), ("5", None, None, None),
    ]  # fmt: skip
    assert place.store("SELECT count(*), count(*) FILTER (WHERE updated_at IS NULL) FROM dossier") == [(34, 0)]
    place.run("UPDATE opencps_dossier SET dossierStatus = 'releasing', modifiedDate = UTC_TIMESTAMP() "
              "WHERE dossierId = 13")  # fmt: skip
    job.once()
    assert place.store("SELECT status FROM dossier WHERE dossier_id = '13'") == [(9,)]
    assert place.differences() == []


def test_either_lock_stops_the_clock_of_a_running_one(place: Place) -> None:
    for number, lock in ((3, "PAUSE"), (4, "PAUSE_OVERDUE"), (20, "PAUSE_OVERDUE")):
        place.run("UPDATE opencps_dossier SET lockState = %s WHERE dossierId = %s", lock, number)
    place.sync().first_load()
    assert place.store("SELECT dossier_id, status, overdue_from FROM dossier WHERE dossier_id IN ('3', '4', '20') "
                       "ORDER BY dossier_id::int") == [("3", 5, None), ("4", 5, None), ("20", 9, None)]  # fmt: skip


def test_what_moved_no_time_is_found_by_comparing_and_repaired(place: Place) -> None:
    job = place.sync(rows=7)
    job.first_load()
    # the watermark goes on: what is changed below lies far behind it
    place.run("UPDATE opencps_dossier SET modifiedDate = UTC_TIMESTAMP() WHERE dossierId = 3")
    job.once()
    assert job.reconcile() == []
    place.run("DELETE FROM opencps_dossier WHERE dossierId = 13")
    place.run("DELETE FROM opencps_dossieraction WHERE dossierActionId = 901")
    place.run("UPDATE opencps_dossier SET serviceCode = '1.001193' WHERE dossierId = 15")
    place.run("UPDATE opencps_dossier SET fromViaPostal = 1 WHERE dossierId = 16")
    w = example.Writer(place.admin.cursor(), 300_000)
    example.vote(w, "dossier", 22, "3")
    w.put("paymentfile", paymentFileId=w.number(), dossierId=21, paymentAmount=7_000)
    w.dossier(77, "processing", modifiedDate="2026-01-04 09:00:00")  # committed long after its time
    job.once()
    assert place.store("SELECT count(*) FROM dossier WHERE dossier_id IN ('13', '77')") == [(1,)]
    found: Counter[tuple[str, str]] = Counter()
    for one in job.reconcile():
        found[one.entity, one.kind] += one.rows
    assert found == {
        ("dossier", "gone"): 1, ("dossier", "stale"): 4, ("dossier", "missing"): 1, ("step", "gone"): 1,
        ("pause", "stale"): 1,
    }  # fmt: skip
    assert job.reconcile() == []
    assert place.differences() == []
    repaired = facts(place)
    job.close()
    forget(place)
    place.sync().first_load()
    assert facts(place) == repaired
