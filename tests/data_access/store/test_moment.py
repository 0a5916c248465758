"""Rollups of the moment follow the figures' instant: whatever time does, they are what the facts say then."""

from datetime import datetime, timedelta

import pytest

from data_access.source.reader import Source
from data_access.sync.sync import Sync
from tests.data_access.sync.tiny import Tiny

MONDAY = datetime.fromisoformat("2026-03-02T00:00:00+07:00")  # Tiny's clock begins at 09:00 of it
VIEW = """
SELECT unit_code, field_code, channel, count(*), count(*) FILTER (WHERE overdue), count(*) FILTER (WHERE due_24h),
       count(*) FILTER (WHERE suspended) FROM open_dossier GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
STOCK = (
    "SELECT unit_code, field_code, channel, open, overdue, due_24h, suspended FROM open_stock ORDER BY unit_code, 2, 3"
)
HOLDING = """
SELECT o, district_code, count(*), count(*) FILTER (WHERE overdue) FROM open_step, unnest(officer_ids) o
 WHERE cardinality(officer_ids) = 1 GROUP BY 1, 2 ORDER BY 1
"""
HELD = "SELECT officer_id, district_code, steps, overdue FROM officer_held ORDER BY officer_id"


@pytest.fixture
def city(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """The source's clock is the simulated one."""
    monkeypatch.setattr(Source, "now", lambda *_: tiny.clock)
    return tiny


def at(day: int = 0, hour: int = 0, minute: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def poll(city: Tiny, job: Sync, when: datetime) -> list[tuple[object, ...]]:
    """Poll at an instant; the open stock, after all has been compared with the facts."""
    city.clock = when
    job.once()
    stock = city.store(STOCK)
    assert stock == city.store(VIEW), when
    assert city.store(HELD) == city.store(HOLDING), when
    assert city.differences() == [], when
    return stock


def test_overdue_and_due_within_24_hours_as_time_passes(city: Tiny) -> None:
    city.dossier(1, due_at=at(2, 11))
    city.dossier(2, due_at=at(2, 17), channel=2)
    city.dossier(3, due_at=at(2, 11), status=5)
    city.dossier(4, due_at=None)
    city.step(1, 1, ("cb1",), due_at=at(1, 10))
    job = city.sync()
    of_one = {when: poll(city, job, when)[0][3:] for when in (
        at(0, 12), at(1, 10, 58), at(1, 11), at(2, 10), at(2, 23, 58), at(3), at(2, 23), at(1, 9), at(9),
    )}  # fmt: skip
    assert of_one == {
        at(0, 12): (3, 0, 0, 1),
        at(1, 10, 58): (3, 0, 0, 1),
        at(1, 11): (3, 0, 1, 1),  # 24 hours before its due instant
        at(2, 10): (3, 0, 1, 1),
        at(2, 23, 58): (3, 0, 1, 1),  # past its due instant, but the due day isn't over
        at(3): (3, 1, 0, 1),
        at(2, 23): (3, 0, 1, 1),  # a clock set back
        at(1, 9): (3, 0, 0, 1),
        at(9): (3, 1, 0, 1),
    }


def test_a_step_waits_while_its_dossier_runs(city: Tiny) -> None:
    city.dossier(1)
    city.step(1, 1, ("cb1",), due_at=at(1))
    city.step(2, 1, ("cb2",), finished_at=city.clock)
    job = city.sync()
    found = []
    for status in (4, 5, 4, 9, 4):
        city.change(1, status=status, finished_at=city.clock if status == 9 else None)
        poll(city, job, city.clock + timedelta(seconds=1))
        found.append(city.store("SELECT officer_id, steps FROM officer_held"))
    assert found == [[("cb1", 1.0)], [], [("cb1", 1.0)], [], [("cb1", 1.0)]]


def test_the_last_28_days_of_an_officer(city: Tiny) -> None:
    city.dossier(1)
    for n, day in enumerate((0, 0, 10)):
        city.step(n, 1, ("cb1",), started_at=at(day, 9), due_at=at(day, 10, n), finished_at=at(day, 10, 1))
    job = city.sync()
    finished = {}
    for day in (0, 10, 27, 28, 37, 38):
        poll(city, job, at(day, 12))
        finished[day] = city.store("SELECT finished, with_due, on_time FROM officer_recent")
    assert finished == {
        0: [(2.0, 2.0, 1.0)], 10: [(3.0, 3.0, 2.0)], 27: [(3.0, 3.0, 2.0)], 28: [(1.0, 1.0, 1.0)],
        37: [(1.0, 1.0, 1.0)], 38: [],
    }  # fmt: skip


def test_what_a_unit_settled_in_28_days(city: Tiny) -> None:
    for n, day in enumerate((0, 0, 10)):
        city.dossier(n, channel=1 + n % 2, status=9, received_at=at(day, 8), finished_at=at(day, 9))
    job = city.sync()
    settled = {}
    for day in (0, 10, 28, 38):
        poll(city, job, at(day, 12))
        settled[day] = city.store("SELECT unit_code, channel, settled FROM settled_recent ORDER BY channel")
    assert settled == {
        0: [("p1", 1, 1), ("p1", 2, 1)], 10: [("p1", 1, 2), ("p1", 2, 1)], 28: [("p1", 1, 1)], 38: [],
    }  # fmt: skip


def test_use_of_an_offering_counts_for_twelve_months(city: Tiny) -> None:
    city.put("offering", unit_code="p1", procedure_code="tt1", level=3, active_from="2018-01-01")
    city.put(
        "offering", unit_code="p1", procedure_code="tt2", level=4, active_from="2018-01-01", active_to="2026-04-10"
    )
    city.dossier(1, channel=2)
    job = city.sync()
    poll(city, job, city.clock)
    city.dossier(2, channel=2, procedure_code="tt2")
    city.dossier(3, channel=1)
    poll(city, job, city.clock)
    history = "SELECT day::text, level3, level4, active FROM unit_coverage ORDER BY day"
    so_far = [("2018-01-01", 1, 1, 0), ("2026-03-01", 1, 1, 2)]
    assert city.store(history) == so_far
    poll(city, job, at(40))
    so_far.append(("2026-04-10", 1, 0, 1))
    assert city.store(history) == so_far
    poll(city, job, at(366))
    assert city.store(history) == [*so_far, ("2027-03-01", 1, 0, 0)]
    city.change(3, channel=2, received_at=at(200), procedure_code="tt1")
    poll(city, job, at(367))
    assert city.store(history) == so_far
