"""Silent wards found in a store whose every row the test wrote; the reasons follow from what the store holds."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from data_access.queries.silence import Silence, silence, working_days_back
from data_access.store.engine import Scope
from data_access.working_time import working_days_in
from tests.data_access.sync.tiny import BA_DINH, HOAN_KIEM, STORE, Tiny

NOW = datetime.fromisoformat("2026-05-22T10:00:00+07:00")  # a Friday; 30/04 and 01/05 were days off
SILENT_SINCE = date(2026, 5, 18)
# The ward works, and births came on Mondays only: that none came in four days is likely, certifications are missing.
ONLY_CERTIFIES = (
    "INSERT INTO officer_day VALUES ('cb2', '2026-05-20', '001', 2, 0, 0); "
    "UPDATE unit_day SET received = 4 WHERE unit_code = 'p2' AND received > 0 AND extract(dow FROM day) <> 1"
)
Ask = Callable[..., Silence]


def days(first: date, last: date) -> list[date]:
    """The working days."""
    return [d for n in range((last - first).days + 1) if working_days_in(d := first + timedelta(days=n), d)]


@pytest.fixture
def city(tiny: Tiny) -> Tiny:
    """p1 receives four certifications and a birth a day up to now; p2 did until 15/05; p3 a birth a fortnight."""
    tiny.put("unit", unit_code="p4", name="UBND phường Cống Vị", tier="commune", parent_code="q1", ward_code="00007")
    rows = [
        (unit, day, procedure)
        for unit, last in (("p1", NOW.date()), ("p2", date(2026, 5, 15)))
        for day in days(date(2026, 2, 2), last)
        for procedure in ("tt1", "tt1", "tt1", "tt1", "tt2")
    ] + [("p3", day, "tt2") for day in days(date(2026, 2, 2), date(2026, 5, 14))[::10]]
    with tiny.source.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO dossier (dossier_id, dossier_code, procedure_code, unit_received, unit_processing, channel, "
            "status, received_at, due_at, updated_at) VALUES (%s, %s, %s, %s, %s, 1, 4, %s, %s, %s)",
            [(f"hs{n}", f"H26-{n}", procedure, unit, unit, at, at, at) for n, (unit, day, procedure) in enumerate(rows)
             for at in [datetime(day.year, day.month, day.day, 2, 30, tzinfo=UTC)]],
        )  # fmt: skip
    for unit, officer in (("p1", "cb1"), ("p2", "cb2"), ("p3", "cb3")):
        tiny.put("officer", officer_id=officer, display_name=officer, unit_code=unit, role="xl", active=True,
                 last_seen_at=NOW - timedelta(hours=20))  # fmt: skip
        tiny.put("offering", unit_code=unit, procedure_code="tt1", level=2, active_from=date(2020, 1, 1))
    tiny.put("offering", unit_code="p4", procedure_code="tt1", level=2, active_from=date(2020, 1, 1),
             active_to=date(2026, 1, 1))  # fmt: skip
    for ward in ("00001", "00004", "00037", "00007"):
        tiny.put("link_check", ward_code=ward, service="wan", checked_at=NOW, up=True)
    tiny.sync().first_load()
    return tiny


@pytest.fixture
def ask(city: Tiny) -> Ask:
    """silence() as of NOW, as the reader under a scope, after some changes of the store that don't stay."""

    def asked(*changes: str, districts: tuple[str, ...] | None = None, **filters: Any) -> Silence:
        with create_engine(city.pg.url("postgres", STORE), poolclass=NullPool).connect() as connection:
            connection.execute(
                text("UPDATE data_version SET as_of = :at, as_of_day = CAST(:day AS date)"),
                {"at": NOW, "day": NOW.date()},
            )
            for change in changes:
                connection.execute(text(change))
            connection.execute(text("SET LOCAL ROLE ops_reader"))
            connection.execute(text("SELECT set_config('ops.scope', :s, true)"), {"s": Scope(districts).setting})
            return silence(connection, **filters)

    return asked


def reasons(found: Silence) -> dict[str, str]:
    return {row["unit_code"]: row["reason"] for row in found.wards if row["silent"]}


def test_who_is_silent_and_since_when(ask: Ask) -> None:
    found = ask()
    assert reasons(found) == {"p4": "not_offered", "p2": "not_syncing", "p3": "no_demand"}
    assert (found.all_wards, found.since) == (4, date(2026, 5, 19))
    p2 = next(row for row in found.wards if row["unit_code"] == "p2")
    # Mon 18 to Thu 21 are four whole working days without a dossier; 40 working days before had five a day
    assert {k: p2[k] for k in ("silent_days", "last_received", "usual", "usual_paper", "expected", "reference_days",
                               "open", "others", "moved", "down_since")} == {
        "silent_days": 4, "last_received": date(2026, 5, 15), "usual": 5.0, "usual_paper": 4.0, "expected": 20.0,
        "reference_days": 40, "open": 5 * len(days(date(2026, 2, 2), date(2026, 5, 15))), "others": 4 * 5, "moved": 0,
        "down_since": None,
    }  # fmt: skip


CHANGES = [
    (f"UPDATE link_state SET up = false, since = '{SILENT_SINCE} 16:00+07' WHERE ward_code = '00004'", "link_down"),
    ("UPDATE link_state SET up = false, since = '2026-05-22 08:00+07' WHERE ward_code = '00004'", "not_syncing"),
    ("UPDATE officer SET last_seen_at = NULL", "not_syncing"),  # its links are up
    ("UPDATE link_state SET checked_at = '2026-05-01 08:00+07'", "not_syncing"),  # an officer signed in
    ("UPDATE officer SET last_seen_at = NULL; DELETE FROM link_state", "unknown"),
    ("UPDATE officer SET last_seen_at = '2026-05-01 08:00+07'; DELETE FROM link_state", "unknown"),
    ("DELETE FROM open_stock WHERE unit_code = 'p2'", "unknown"),
    ("DELETE FROM unit_day WHERE unit_code = 'p1' AND day >= '2026-05-19'", "unknown"),
    ("UPDATE offering SET active_to = '2026-05-22' WHERE unit_code = 'p2'", "not_offered"),
    ("INSERT INTO officer_day VALUES ('cb2', '2026-05-20', '001', 2, 0, 0)", "unknown"),
    (ONLY_CERTIFIES, "paper"),
]  # fmt: skip


def test_reasons_follow_from_the_rows(ask: Ask) -> None:
    for change, reason in CHANGES:  # one store for all: each change is undone
        assert reasons(ask(*change.split("; ")))["p2"] == reason, change


def test_certifications_that_stopped(ask: Ask) -> None:
    assert [row for row in ask().wards if row["paper"]] == []
    stopped = "DELETE FROM flow_day WHERE unit_code = 'p1' AND field_code = 'ct' AND day >= '2026-05-04'"
    others = "UPDATE unit_day SET received = 1 WHERE unit_code = 'p1' AND received > 0 AND day >= '2026-05-04'"
    found = ask(stopped, others)
    (p1,) = [row for row in found.wards if row["unit_code"] == "p1"]
    assert (p1["silent"], p1["paper"], p1["paper_recent"], p1["other_recent"]) == (False, "stopped", 0, 11)


def test_a_viewer_of_one_district(ask: Ask) -> None:
    city, mine = ask(), ask(districts=(BA_DINH,))
    assert mine.wards == [row for row in city.wards if row["district_code"] == BA_DINH]
    assert ask(district=HOAN_KIEM).wards == [row for row in city.wards if row["district_code"] == HOAN_KIEM]
    assert reasons(mine) == {"p4": "not_offered", "p2": "not_syncing"}


def test_working_days_back_over_a_holiday() -> None:
    assert working_days_back(date(2026, 5, 4), 3) == date(2026, 4, 24)  # off: 27/04 for the Sunday before, 30/04, 01/05
