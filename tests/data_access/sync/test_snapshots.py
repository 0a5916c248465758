"""Snapshots of closed days: what was true at the day's end, written once, never changed."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config.working_calendar import CALENDAR_FILE
from data_access.queries.district import district_figures
from data_access.queries.overview import overview
from data_access.source.reader import Source
from data_access.store import rollups
from data_access.sync import snapshots
from data_access.sync.sync import Sync
from data_access.working_time import city_calendar
from tests.data_access.sync.tiny import BA_DINH, HOAN_KIEM, TZ, Tiny
from tests.support.configured import configured

MONDAY = date(2026, 3, 2)  # Tiny's clock begins at 09:00 of it
DAY = timedelta(days=1)
ROWS = "SELECT day, unit_code, field_code, open, overdue, due_24h, suspended FROM backlog_snapshot ORDER BY 1, 2, 3"
DAYS = "SELECT day, late FROM snapshot_day ORDER BY day"


@pytest.fixture
def city(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """The source's clock is the simulated one."""
    monkeypatch.setattr(Source, "now", lambda *_: tiny.clock)
    return tiny


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return snapshots.day_ends(day - DAY, TZ) + timedelta(hours=hour, minutes=minute)


def poll(city: Tiny, job: Sync, when: datetime) -> None:
    """Poll at an instant of the source's clock."""
    city.clock = when
    job._dimensions_at = float("-inf")
    job.once()


def backlog(city: Tiny) -> None:
    """Four open dossiers of Monday, one of each kind, and one that is settled on it."""
    city.dossier("kịp", due_at=at(MONDAY + 5 * DAY))
    city.dossier("quá", due_at=at(MONDAY - 3 * DAY, 17), received_at=at(MONDAY - 9 * DAY, 9))
    city.dossier("sắp", due_at=at(MONDAY + DAY, 17))
    city.dossier("chờ", status=5, due_at=at(MONDAY - 3 * DAY, 17))
    city.dossier("xong", status=10, finished_at=at(MONDAY, 10))
    city.dossier("khác", unit_processing="p3", procedure_code="tt2", due_at=at(MONDAY, 17))


MONDAYS = [(MONDAY, "p1", "ct", 4, 1, 1, 1), (MONDAY, "p3", "ht", 1, 0, 1, 0)]


def test_right_after_midnight_it_is_the_state_itself(city: Tiny) -> None:
    backlog(city)
    job = city.sync()
    poll(city, job, at(MONDAY, 23, 59))
    view = city.store("""
        SELECT unit_code, field_code, count(*), count(*) FILTER (WHERE overdue), count(*) FILTER (WHERE due_24h),
               count(*) FILTER (WHERE suspended) FROM open_dossier GROUP BY 1, 2 ORDER BY 1
    """)
    assert city.store(DAYS) == []
    version = city.version
    city.clock = at(MONDAY + DAY) + timedelta(seconds=1)
    city.dossier("mới", received_at=at(MONDAY + DAY, 0, 1))  # all this is Tuesday's already
    city.change("kịp", status=10, finished_at=at(MONDAY + DAY, 0, 2))
    poll(city, job, at(MONDAY + DAY, 0, 5))
    assert city.store(ROWS) == MONDAYS
    assert [r[1:] for r in MONDAYS] == view
    assert city.store(DAYS) == [(MONDAY, False)]
    assert city.version > version + 1  # its own version, so that no screen keeps the picture without it
    assert city.one("SELECT rule FROM snapshot_day") == "R-A"
    assert city.store("SELECT unit_code, district_code FROM backlog_snapshot ORDER BY 1") == [
        ("p1", BA_DINH),
        ("p3", HOAN_KIEM),
    ]


def test_written_once(city: Tiny) -> None:
    backlog(city)
    job = city.sync()
    poll(city, job, at(MONDAY, 12))
    poll(city, job, at(MONDAY + DAY, 1))
    before = city.store("SELECT * FROM snapshot_day"), city.store("SELECT * FROM backlog_snapshot")
    version = city.version
    with city.owner.begin() as conn:
        assert not snapshots.write(conn, MONDAY, TZ)
        assert not snapshots.write(conn, MONDAY + DAY, TZ)  # not over yet
    for minute in range(1, 4):
        poll(city, job, at(MONDAY + DAY, 1) + timedelta(seconds=minute))
    assert (city.store("SELECT * FROM snapshot_day"), city.store("SELECT * FROM backlog_snapshot")) == before
    assert city.version == version


def test_definitions_calendars_and_places_changed_later_leave_it(
    city: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backlog(city)
    job = city.sync()
    poll(city, job, at(MONDAY, 12))
    poll(city, job, at(MONDAY + DAY, 0, 5))
    before = city.store("SELECT s::text FROM backlog_snapshot s ORDER BY 1"), city.store("SELECT * FROM snapshot_day")
    city.put("unit", unit_code="p1", name="UBND phường", tier="commune", parent_code="q2", ward_code="00037")
    city.put("procedure", procedure_code="tt1", name="x", field_code="mới", field_name="Mới", tier="commune")
    city.change("quá", due_at=at(MONDAY + 9 * DAY), supplement_count=1)
    city.change("chờ", deleted=True)
    poll(city, job, at(MONDAY + DAY, 9))
    assert city.store("SELECT DISTINCT district_code, field_code FROM dossier WHERE unit_code = 'p1'") == [
        (HOAN_KIEM, "mới")
    ]
    monkeypatch.setattr(snapshots, "DEFINITION", "another one")
    monkeypatch.setattr(snapshots, "RULE", "R-Z")
    calendar = CALENDAR_FILE.read_text(encoding="utf-8")
    days_off = "days_off:\n  - {day: 2026-03-02, name: {vi: Nghỉ, en: Off}}\n"
    (tmp_path / CALENDAR_FILE.name).write_text(calendar.replace("days_off: []\n", days_off), encoding="utf-8")
    with configured(OPS_CONFIG_DIR=tmp_path):
        assert MONDAY in city_calendar().off
        with city.owner.begin() as conn:
            rollups.rebuild(conn)
        job.close()
        city.forget()
        poll(city, city.sync(), at(MONDAY + DAY, 10))  # a new first load of the same store
    after = city.store("SELECT s::text FROM backlog_snapshot s ORDER BY 1"), city.store("SELECT * FROM snapshot_day")
    assert after == before


def test_days_missed_are_written_late_and_marked_so(city: Tiny) -> None:
    backlog(city)
    job = city.sync()
    poll(city, job, at(MONDAY, 12))
    # nobody looks until Thursday noon
    city.clock = at(MONDAY + DAY, 9)
    city.change("quá", status=10, finished_at=city.clock)  # late, on Tuesday
    city.put("pause", dossier_id="hskịp", from_at=at(MONDAY + DAY, 10), to_at=at(MONDAY + 2 * DAY, 10), reason="fee")
    city.put("pause", dossier_id="hschờ", from_at=at(MONDAY + DAY, 11), reason="supplement")  # not yet on Monday
    city.change("kịp", supplement_count=1)
    city.change("chờ", supplement_count=1)
    for _ in range(4):
        poll(city, job, at(MONDAY + 3 * DAY, 12))
    assert city.store(DAYS) == [(MONDAY, True), (MONDAY + DAY, True), (MONDAY + 2 * DAY, True)]
    assert city.store(ROWS) == [
        (MONDAY, "p1", "ct", 4, 2, 1, 0),  # quá, chờ (due last Friday) | sắp
        (MONDAY, "p3", "ht", 1, 0, 1, 0),
        (MONDAY + DAY, "p1", "ct", 3, 0, 1, 2),  # sắp (due that day) | kịp, chờ
        (MONDAY + DAY, "p3", "ht", 1, 1, 0, 0),
        (MONDAY + 2 * DAY, "p1", "ct", 3, 1, 0, 1),  # sắp | chờ
        (MONDAY + 2 * DAY, "p3", "ht", 1, 1, 0, 0),
    ]
    with city.owner.connect() as conn:
        assert snapshots.missing(conn) == []
        assert snapshots.late(conn) == [MONDAY + 2 * DAY, MONDAY + DAY, MONDAY]
        trend = {row["day"]: row["late_at"] for row in overview(conn).trend}
        ward = district_figures(conn, BA_DINH, MONDAY, MONDAY, MONDAY - DAY, MONDAY - DAY, 1).places[0]
    told = {MONDAY + n * DAY: at(MONDAY + 3 * DAY, 12) for n in range(3)}
    assert {day: when for day, when in trend.items() if when is not None} == told
    assert {row["day"]: row["late_at"] for row in ward.trend} == trend


def test_days_before_the_first_load_have_none(city: Tiny) -> None:
    city.dossier(1, received_at=at(MONDAY - 9 * DAY))
    job = city.sync()
    for hour in (0, 6, 12):
        poll(city, job, at(MONDAY, hour, 30))
    assert city.store(DAYS) == []
    with city.owner.connect() as conn:
        assert snapshots.missing(conn) == []


def test_missing_days_are_named(city: Tiny) -> None:
    city.dossier(1)
    job = city.sync()
    for n in range(4):
        poll(city, job, at(MONDAY + n * DAY, 1))
    with city.owner.begin() as conn:
        conn.exec_driver_sql("DELETE FROM snapshot_day WHERE day = '2026-03-03'")
        assert snapshots.missing(conn) == [date(2026, 3, 3)]


def test_an_empty_day_is_a_closed_day_too(city: Tiny) -> None:
    job = city.sync()
    poll(city, job, at(MONDAY, 12))
    poll(city, job, at(MONDAY + DAY, 0, 1))
    assert (city.store(DAYS), city.store(ROWS)) == ([(MONDAY, False)], [])


def test_a_source_whose_clock_ran_away_closes_no_day(city: Tiny) -> None:
    city.clock = datetime.now(UTC)
    city.dossier(1)
    job = city.sync()
    job.once()
    poll(city, job, city.clock + 5 * DAY)
    closed = [d for (d, _) in city.store(DAYS)]
    assert all(snapshots.day_ends(d, TZ) < datetime.now(UTC) + DAY for d in closed)
    assert len(closed) <= 1
