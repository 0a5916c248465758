"""The three rules side by side on the same rows: where they agree, where they differ, what always adds up."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_access.rules.standing import STANDINGS, pause_facts, rule_a, rule_b, rule_c
from data_access.rules.status import BUCKETS
from data_access.rules.timeliness import classify

TZ = "Asia/Ho_Chi_Minh"
TIMES = (
    "received_at", "due_at", "due_original", "finished_at", "returned_at", "updated_at", "limit_due_at",
)  # fmt: skip
COUNTS = ("supplement_count", "apology_count")
PAUSE_COLUMNS = ("dossier_id", "from_at", "to_at", "reason")
AS_OF = "2026-03-09 12:00"
RECEIVED = {"received_at": "2026-03-02 09:00", "due_at": "2026-03-05 17:00", "due_original": "2026-03-05 17:00",
            "updated_at": "2026-03-05 10:00"}  # fmt: skip


def instants(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values, format="ISO8601").dt.tz_localize(TZ).dt.tz_convert("UTC")


def at(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz=TZ).tz_convert("UTC")


def frame(rows: list[dict[str, Any]], pauses: list[tuple[Any, ...]], as_of: str) -> pd.DataFrame:
    """Rows with local times as texts → what the rules take."""
    made = pd.DataFrame(rows, columns=["status", *TIMES, *COUNTS])
    for name in TIMES:
        made[name] = instants(made[name])
    for name in COUNTS:
        made[name] = made[name].astype("float64")
    stops = pd.DataFrame(pauses, columns=PAUSE_COLUMNS)
    stops["from_at"], stops["to_at"] = instants(stops["from_at"]), instants(stops["to_at"])
    return made.join(pause_facts(stops, made.index, at(as_of)))


def standings(row: dict[str, Any], pauses: Sequence[tuple[str, str | None, str]] = (), as_of: str = AS_OF) -> Any:
    """Under R-A, R-B, R-C; received Monday 2 March 2026 and due Thursday the 5th unless given."""
    made = frame([RECEIVED | row], [(0, *p) for p in pauses], as_of)
    return (rule_a(made, at(as_of), TZ)[0], rule_b(made, at(as_of))[0], rule_c(made, at(as_of))[0])


FIVE = "2026-03-05"
SUPPLEMENT = ("2026-03-03 09:00", "2026-03-04 09:00", "supplement")  # a day, which the due date then moved by
MOVED = {"due_at": "2026-03-06 17:00", "supplement_count": 1}
CASES: dict[str, tuple[dict[str, Any], list[Any], tuple[str, str, str]]] = {
    #                                                                       R-A        R-B         R-C
    "finished the day before": ({"status": 10, "finished_at": "2026-03-04 10:00"}, [], ("early", "early", "on_time")),
    "finished the same day, before the hour": (
        {"status": 10, "finished_at": f"{FIVE} 10:00"}, [], ("on_time", "early", "on_time")),
    "equal to due exactly": ({"status": 9, "finished_at": f"{FIVE} 17:00"}, [], ("on_time", "on_time", "on_time")),
    "after the hour, the same day": (
        {"status": 9, "finished_at": f"{FIVE} 17:01"}, [], ("on_time", "late", "late")),
    "finished the day after": ({"status": 10, "finished_at": "2026-03-06 08:00"}, [], ("late", "late", "late")),
    "finished in time, returned late": (
        {"status": 10, "finished_at": f"{FIVE} 17:00", "returned_at": "2026-04-01 08:00"}, [],
        ("on_time", "on_time", "on_time")),
    "finished, not returned": ({"status": 9, "finished_at": f"{FIVE} 08:00"}, [], ("on_time", "early", "on_time")),
    # OpenCPS knows no end but the finish time: the same row is still open there
    "returned, never finished": (
        {"status": 10, "returned_at": "2026-03-06 08:00"}, [], ("late", "overdue", "late")),
    "no due date, settled": (
        {"status": 10, "finished_at": "2026-03-09 08:00", "due_at": None, "due_original": None}, [],
        ("on_time", "on_time", "excluded")),
    "no due date, within the legal limit": (
        {"status": 10, "finished_at": "2026-03-09 08:00", "due_at": None, "due_original": None,
         "limit_due_at": "2026-03-09 17:00"}, [], ("on_time", "on_time", "on_time")),
    "no due date, beyond the legal limit": (
        {"status": 10, "finished_at": "2026-03-09 08:00", "due_at": None, "due_original": None,
         "limit_due_at": "2026-03-06 17:00"}, [], ("on_time", "on_time", "late")),
    "no due date, beyond the limit but for a pause": (
        {"status": 10, "finished_at": "2026-03-09 08:00", "due_at": None, "due_original": None,
         "limit_due_at": "2026-03-06 17:00"}, [("2026-03-03 09:00", "2026-03-06 09:00", "fee")],
        ("on_time", "on_time", "on_time")),
    "no due date, open": (
        {"status": 4, "due_at": None, "due_original": None, "limit_due_at": "2026-03-06 17:00"}, [],
        ("in_time", "in_time", "overdue")),
    "open, not due yet": ({"status": 4, "due_at": "2026-03-09 17:00", "due_original": "2026-03-09 17:00"}, [],
                          ("in_time", "in_time", "in_time")),
    "open, due at this very second": (
        {"status": 4, "due_at": AS_OF, "due_original": AS_OF}, [], ("in_time", "overdue", "in_time")),
    "open, due this morning": (
        {"status": 2, "due_at": "2026-03-09 08:00", "due_original": "2026-03-09 08:00"}, [],
        ("in_time", "overdue", "overdue")),
    "open, due last week": ({"status": 4}, [], ("overdue", "overdue", "overdue")),
    "withdrawn long after": ({"status": 7, "finished_at": "2026-03-09 08:00"}, [], ("on_time", "excluded", "late")),
    "withdrawn in time": ({"status": 7, "finished_at": "2026-03-04 08:00"}, [], ("on_time", "excluded", "on_time")),
    "waiting for a supplement asked for in time": (
        {"status": 5, "supplement_count": 1}, [("2026-03-04 09:00", None, "supplement")],
        ("in_time", "excluded", "in_time")),
    "waiting for a supplement asked for too late": (
        {"status": 5, "supplement_count": 1}, [("2026-03-06 09:00", None, "supplement")],
        ("in_time", "excluded", "overdue")),
    "waiting, the source lists no pauses": (
        {"status": 5, "updated_at": "2026-03-06 09:00"}, [], ("in_time", "excluded", "overdue")),
    "stopped in time": ({"status": 8}, [("2026-03-04 09:00", None, "stopped")], ("in_time", "overdue", "in_time")),
    "refused after processing": (
        {"status": 8, "finished_at": "2026-03-06 09:00", "updated_at": "2026-03-06 09:00"}, [],
        ("in_time", "late", "overdue")),
    "one supplement, its time given back": (
        {"status": 10, "finished_at": "2026-03-06 16:00", **MOVED}, [SUPPLEMENT], ("on_time", "early", "on_time")),
    "one supplement, more than its time taken": (
        {"status": 10, "finished_at": "2026-03-06 17:30", **MOVED}, [SUPPLEMENT], ("on_time", "late", "late")),
    # Decision 766 gives back the time of supplements, not that of a payment
    "paused for a payment": (
        {"status": 10, "finished_at": "2026-03-06 08:00", "due_at": "2026-03-06 17:00"},
        [("2026-03-03 09:00", "2026-03-04 09:00", "fee")], ("on_time", "early", "late")),
    "two supplements": (
        {"status": 10, "finished_at": "2026-03-04 16:00", **MOVED, "supplement_count": 2}, [SUPPLEMENT],
        ("early", "early", "late")),
    "two supplements by the pauses alone, open": (
        {"status": 4, **MOVED, "due_at": "2026-03-10 17:00"},
        [SUPPLEMENT, ("2026-03-05 09:00", "2026-03-06 09:00", "supplement")], ("in_time", "in_time", "overdue")),
    "promised again after an apology": (
        {"status": 10, "finished_at": "2026-03-09 08:00", "due_at": "2026-03-10 17:00", "apology_count": 1}, [],
        ("late", "early", "late")),
    "reopened": ({"status": 4, "finished_at": None, "returned_at": None}, [], ("overdue", "overdue", "overdue")),
    # the source kept the finish time: OpenCPS goes by it, the other two by the status
    "reopened, finish time kept": (
        {"status": 4, "finished_at": "2026-03-04 08:00"}, [], ("overdue", "early", "overdue")),
    "refused at intake": ({"status": 3, "finished_at": "2026-03-04 08:00"}, [], ("excluded",) * 3),
    "merely submitted": ({"status": 1}, [], ("excluded",) * 3),
    "never received": ({"status": 10, "received_at": None, "finished_at": "2026-03-04 08:00"}, [], ("excluded",) * 3),
    "unknown status": ({"status": 42}, [], ("overdue", "overdue", "overdue")),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_three_rules_side_by_side(case: str) -> None:
    row, pauses, expected = CASES[case]
    assert standings(row, pauses) == expected


def test_the_cases_show_every_difference() -> None:
    """Each pair of rules differs somewhere, so none is another in disguise."""
    found = [expected for _, _, expected in CASES.values()]
    assert all(any(e[i] != e[j] for e in found) for i, j in ((0, 1), (0, 2), (1, 2)))
    assert {s for e in found for s in e} == set(STANDINGS)


def test_an_earlier_instant_is_reckoned_back() -> None:
    done = {"status": 10, "finished_at": "2026-03-06 08:00"}
    assert standings(done, as_of="2026-03-01 12:00") == ("excluded",) * 3  # not received yet
    assert standings(done, as_of="2026-03-04 12:00") == ("in_time",) * 3
    assert standings(done, as_of="2026-03-05 20:00") == ("in_time", "overdue", "overdue")
    waiting = [("2026-03-06 09:00", None, "supplement")]
    assert standings({"status": 5}, waiting, as_of="2026-03-05 12:00") == ("in_time", "excluded", "in_time")


def test_pauses_joined_clipped_and_counted() -> None:
    asked = [
        (0, "2026-03-03 09:00", "2026-03-03 12:00", "supplement"),
        (0, "2026-03-03 10:00", "2026-03-03 11:00", "fee"),  # within the other
        (0, "2026-03-03 11:00", "2026-03-03 13:00", "supplement"),  # overlaps it
        (1, "2026-03-04 09:00", None, "supplement"),
        (1, "2026-03-04 08:00", "2026-03-20 08:00", "stopped"),  # ends after the instant: lasts
        (2, "2026-03-03 12:00", "2026-03-03 09:00", "fee"),  # ends before it begins
        (3, "2026-03-10 09:00", None, "supplement"),  # begins after the instant
    ]
    stops = pd.DataFrame(asked, columns=PAUSE_COLUMNS)
    stops["from_at"], stops["to_at"] = instants(stops["from_at"]), instants(stops["to_at"])
    found = pause_facts(stops, pd.Index([3, 2, 1, 0, 9]), at(AS_OF))
    hours = pd.DataFrame({name: found[name] / pd.Timedelta(hours=1) for name in ("supplement_time", "paused_time")})
    assert hours.to_dict("list") == {"supplement_time": [0, 0, 0, 4, 0], "paused_time": [0, 0, 0, 4, 0]}
    assert found["supplement_pauses"].tolist() == [0, 0, 1, 2, 0]
    assert [None if pd.isna(w) else w for w in found["waiting_since"]] == [
        None, None, at("2026-03-04 08:00"), None, None,
    ]  # fmt: skip


hours = st.integers(0, 24 * 14).map(lambda h: f"2026-03-{1 + h // 24:02d} {h % 24:02d}:00")
maybe = st.none() | hours
ROWS = st.lists(
    st.fixed_dictionaries(
        {"status": st.sampled_from([*BUCKETS, 0, 42]), "updated_at": hours}
        | {name: maybe for name in TIMES if name != "updated_at"}
        | {name: st.none() | st.integers(0, 3) for name in COUNTS}
    ),
    min_size=1, max_size=8,
)  # fmt: skip
PAUSES = st.lists(
    st.tuples(st.integers(0, 7), hours, maybe, st.sampled_from(["supplement", "fee", "stopped", "?"])), max_size=8
)


@settings(deadline=None, max_examples=100)
@given(ROWS, PAUSES, hours)
def test_the_identities_hold_under_every_rule(rows: list[dict[str, Any]], pauses: list[Any], as_of: str) -> None:
    made = frame(rows, pauses, as_of)
    received = (made["received_at"] <= at(as_of)) & ~made["status"].isin([1, 3])
    for name, found in (
        ("R-A", rule_a(made, at(as_of), TZ)),
        ("R-B", rule_b(made, at(as_of))),
        ("R-C", rule_c(made, at(as_of))),
    ):
        assert set(found) <= set(STANDINGS)
        settled, still_open = found.isin(STANDINGS[:3]), found.isin(STANDINGS[3:5])
        counted = received.copy()  # R-A counts every received one by the day, the others by the second
        if name == "R-A":
            today = at(as_of).tz_convert(TZ).tz_localize(None).normalize()
            stored = classify(made, TZ)
            counted = stored["received_day"] <= today
            assert (counted & (stored["settled_day"] <= today)).equals(settled)
            # as the store counts open and overdue ones from the stored columns
            running = still_open & (stored["bucket"] != "suspended") & (stored["settled_day"].isna())
            assert (running & (stored["overdue_from"] <= today)).equals(running & (found == "overdue"))
        elif name == "R-B":
            ended = made["finished_at"] <= at(as_of)
            counted &= ~(made["status"].isin([5, 6]) & ~ended) & ~((made["status"] == 7) & ended)
        else:
            counted &= made[["due_original", "due_at", "limit_due_at"]].notna().any(axis=1)
            assert not (found == "early").any()
        assert (settled | still_open).equals(counted)  # received = settled + open, over what the rule counts
        assert not (settled & still_open).any()
