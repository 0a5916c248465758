"""Rule R-A and its edge cases (DOMAIN C1, C2, G8)."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from data_access.rules.status import BUCKETS
from data_access.rules.timeliness import classify

TZ = "Asia/Ho_Chi_Minh"
COLUMNS = (
    "status", "received_at", "due_at", "due_original", "finished_at", "returned_at", "updated_at",
    "supplement_count", "apology_count",
)  # fmt: skip
TIMES = ("received_at", "due_at", "due_original", "finished_at", "returned_at", "updated_at")


def one(**given: Any) -> dict[str, Any]:
    """Classify one dossier: received Monday 2 March 2026, due Thursday the 5th, unless given."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS) | {
        "status": 4, "received_at": "2026-03-02 09:00", "due_at": "2026-03-05 17:00", "updated_at": "2026-03-02 09:00",
    } | given  # fmt: skip
    frame = pd.DataFrame([row])
    for name in TIMES:
        frame[name] = pd.to_datetime(frame[name]).dt.tz_localize(TZ).dt.tz_convert("UTC")
    for name in ("supplement_count", "apology_count"):
        frame[name] = frame[name].astype("float64")
    found = classify(frame, TZ).iloc[0].to_dict()
    days = ("received_day", "settled_day", "overdue_from")
    return {k: (None if pd.isna(v) else v.date() if k in days else v) for k, v in found.items()}


@pytest.mark.parametrize(
    ("finished", "timeliness"),
    [
        ("2026-03-04 23:59", "early"),
        ("2026-03-05 00:00", "on_time"),
        ("2026-03-05 23:59", "on_time"),  # after the hour, within the day: R-A is at date level
        ("2026-03-06 00:00", "late"),
    ],
)
def test_settled_day_against_due_day(finished: str, timeliness: str) -> None:
    found = one(status=10, finished_at=finished)
    assert found["timeliness"] == timeliness
    assert found["overdue_from"] == (date(2026, 3, 6) if timeliness == "late" else None)


def test_days_are_the_city_s() -> None:
    found = one(status=9, received_at="2026-03-02 00:30", finished_at="2026-03-05 23:30")
    assert (found["received_day"], found["settled_day"]) == (date(2026, 3, 2), date(2026, 3, 5))


def test_open_becomes_overdue_the_day_after() -> None:
    assert one()["overdue_from"] == date(2026, 3, 6)


def test_no_due_date() -> None:
    assert one(due_at=None)["overdue_from"] is None
    found = one(due_at=None, status=10, finished_at="2026-09-01 10:00")
    assert (found["timeliness"], found["overdue_from"]) == ("on_time", None)


def test_withdrawn_is_on_time_however_late() -> None:
    found = one(status=7, finished_at="2026-09-01 10:00")
    assert (found["bucket"], found["timeliness"], found["overdue_from"]) == ("closed", "on_time", None)


@pytest.mark.parametrize("status", [5, 6, 8])
def test_waiting_for_the_citizen_is_in_time(status: int) -> None:
    found = one(status=status)
    assert (found["bucket"], found["overdue_from"], found["settled_day"]) == ("suspended", None, None)


@pytest.mark.parametrize("status", [1, 3])
def test_not_received(status: int) -> None:
    found = one(status=status)
    days = ("received_day", "settled_day", "timeliness", "overdue_from")
    assert [found[k] for k in days] == [None] * 4


def test_never_received_counts_nowhere_whatever_its_status() -> None:
    found = one(received_at=None, status=10, finished_at="2026-03-04 10:00")
    days = ("received_day", "settled_day", "timeliness", "overdue_from")
    assert [found[k] for k in days] == [None] * 4


def test_more_than_one_supplement_moves_the_due_date() -> None:
    found = one(due_original="2026-03-05 17:00", due_at="2026-03-20 17:00", supplement_count=2, status=10,
                finished_at="2026-03-19 10:00")  # fmt: skip
    assert found["timeliness"] == "early"


def test_promised_again_does_not_move_it() -> None:
    moved = {"due_original": "2026-03-05 17:00", "due_at": "2026-03-20 17:00", "apology_count": 1}
    assert one(**moved, status=10, finished_at="2026-03-19 10:00")["timeliness"] == "late"
    assert one(**moved)["overdue_from"] == date(2026, 3, 6)
    # with a supplement too, the source's date holds: which of the two moved it can't be told
    assert one(**moved, supplement_count=1, status=10, finished_at="2026-03-19 10:00")["timeliness"] == "early"


def test_finished_but_not_returned_and_returned_only() -> None:
    assert one(status=9, finished_at="2026-03-05 10:00")["timeliness"] == "on_time"
    # the result was ready in time; that the citizen came a month later is no lateness
    assert one(status=10, finished_at="2026-03-05 10:00", returned_at="2026-04-05 10:00")["timeliness"] == "on_time"
    assert one(status=10, returned_at="2026-04-05 10:00")["timeliness"] == "late"
    assert one(status=10, updated_at="2026-03-03 10:00")["settled_day"] == date(2026, 3, 3)


def test_reopened() -> None:
    found = one(status=4, finished_at=None)
    assert (found["bucket"], found["settled_day"], found["timeliness"]) == ("running", None, None)
    # one that kept its finish time is open all the same: the status decides
    assert one(status=4, finished_at="2026-03-03 10:00")["settled_day"] is None


def test_unknown_status_is_open() -> None:
    assert one(status=42)["bucket"] == "running"
    assert one(status=42)["overdue_from"] == date(2026, 3, 6)


def test_identities_over_every_combination() -> None:
    rows = [
        one(status=s, received_at=r, due_at=d, finished_at=f)
        for s in (*BUCKETS, 0, 42)
        for r in ("2026-03-02 09:00", None)
        for d in ("2026-03-05 17:00", None)
        for f in ("2026-03-04 10:00", "2026-03-09 10:00", None)
    ]
    received = [r for r in rows if r["received_day"]]
    settled = [r for r in received if r["settled_day"]]
    still_open = [r for r in received if r["bucket"] in ("running", "suspended")]
    assert len(received) == len(settled) + len(still_open)
    assert len(settled) == sum(r["timeliness"] in ("early", "on_time", "late") for r in rows)
    assert all(r["settled_day"] >= r["overdue_from"] for r in settled if r["timeliness"] == "late")
    assert all(r["overdue_from"] is None for r in settled if r["timeliness"] != "late")
