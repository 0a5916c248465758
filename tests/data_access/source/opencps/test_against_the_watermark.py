"""OpenCPS on MariaDB: dates that are none, and what changed without its time, found by comparing."""

from collections import Counter
from typing import Any

import pytest

from tests.data_access.source.opencps import example
from tests.data_access.source.opencps.conftest import Place
from tests.data_access.source.opencps.expected import at
from tests.data_access.sync.test_first_load import KilledError, kill_at

FACTS = ("dossier", "step", "pause")
SUMS = ("flow_day", "officer_day", "qd766_unit_month", "qd766_timely", "quality_month")


def facts(place: Place, tables: tuple[str, ...] = FACTS) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(place.store(f"SELECT * FROM {table}"), key=repr) for table in tables}


def test_a_first_load_goes_on_where_it_was_interrupted(place: Place) -> None:
    """After every second commit: MariaDB's times without zone and ids order batches, many rows of one second."""
    place.run(
        "UPDATE opencps_dossier SET modifiedDate = TIMESTAMP('2026-02-01 09:00:00') + INTERVAL dossierId DIV 9 DAY"
    )
    rows_read = [-1]
    while True:
        job = place.sync(rows=4)
        kill_at(job, 2)
        with pytest.raises(KilledError):
            job.first_load()
        rows_read.append(_rows_read(place))
        job.close()
        if rows_read[-1] == rows_read[-2]:  # the facts are all there; it ended at the rollups twice
            break
    assert len(rows_read) > 8
    job = place.sync(rows=4)
    job.first_load()
    resumed = facts(place, FACTS + SUMS)
    assert place.differences() == []
    job.close()
    place.forget()
    place.sync().first_load()
    assert facts(place, FACTS + SUMS) == resumed
    assert _rows_read(place) == rows_read[-1], "no batch is read again"


def _rows_read(place: Place) -> int:
    ((rows,),) = place.store("SELECT sum(rows_read)::int FROM sync_watermark")
    return int(rows)


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
    place.forget()
    place.sync().first_load()
    assert facts(place) == repaired
