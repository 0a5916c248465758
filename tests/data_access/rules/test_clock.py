"""The working-day clock against dates worked out by hand from the 2019 calendar."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.rules.clock import WorkingClock

TET_2019 = ["2019-02-04", "2019-02-05", "2019-02-06", "2019-02-07", "2019-02-08"]
CLOCK = WorkingClock([*TET_2019, "2019-01-01", "2018-12-31", "2019-04-29", "2019-04-30", "2019-05-01"],
                     ["2019-01-05", "2019-05-04"], first="2018-01-01", last="2020-12-31")  # fmt: skip


def t(text: str) -> np.datetime64:
    return np.datetime64(text, "s")


def due(received: str, value: float, unit: str, same_day: bool = False) -> np.datetime64:
    return CLOCK.due_at(t(received), value, unit, same_day).reshape(1)[0]


@pytest.mark.parametrize(
    ("received", "value", "unit", "same_day", "expected"),
    [
        ("2019-03-04T09:00:00", 1, "day", True, "2019-03-04T17:00:00"),
        ("2019-03-04T14:59:59", 1, "day", True, "2019-03-04T17:00:00"),
        ("2019-03-04T15:00:00", 1, "day", True, "2019-03-05T17:00:00"),
        ("2019-03-08T15:30:00", 1, "day", True, "2019-03-11T17:00:00"),
        ("2019-03-09T09:00:00", 1, "day", True, "2019-03-11T17:00:00"),
        ("2019-01-05T09:00:00", 1, "day", True, "2019-01-05T17:00:00"),
        ("2019-03-04T10:00:00", 3, "working_day", False, "2019-03-07T17:00:00"),
        ("2019-02-01T10:00:00", 3, "working_day", False, "2019-02-13T17:00:00"),
        ("2019-04-26T10:00:00", 3, "working_day", False, "2019-05-04T17:00:00"),
        ("2019-03-09T09:00:00", 1, "working_day", False, "2019-03-11T17:00:00"),
        ("2019-01-20T09:00:00", 15, "day", False, "2019-02-11T17:00:00"),
        ("2019-01-31T09:00:00", 1, "month", False, "2019-02-28T17:00:00"),
        ("2019-03-04T10:30:00", 8, "hour", False, "2019-03-05T10:30:00"),
        ("2019-03-08T16:00:00", 2, "hour", False, "2019-03-11T09:00:00"),
        ("2019-03-10T16:00:00", 2, "hour", False, "2019-03-11T10:00:00"),
    ],
)
def test_due(received: str, value: int, unit: str, same_day: bool, expected: str) -> None:
    assert due(received, value, unit, same_day) == t(expected)


def test_arrays_mix_units() -> None:
    got = CLOCK.due_at(
        np.array(["2019-03-04T09:00:00", "2019-03-04T09:00:00"], "M8[s]"), [1, 2], ["hour", "working_day"]
    )
    assert list(got) == [t("2019-03-04T10:00:00"), t("2019-03-06T17:00:00")]


def test_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="limit_unit"):
        due("2019-03-04T09:00:00", 1, "week")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.5, "working_day", "2019-03-05T12:00:00"),  # half of the day after receipt
        (2.5, "working_day", "2019-03-07T12:00:00"),
        (0, "working_day", "2019-03-04T17:00:00"),
        (1.5, "hour", "2019-03-04T10:30:00"),
        (0, "day", "2019-03-04T17:00:00"),
    ],
)
def test_parts_and_nothing(value: float, unit: str, expected: str) -> None:
    assert due("2019-03-04T09:00:00", value, unit) == t(expected)


@pytest.mark.parametrize(
    ("value", "unit"), [(1.5, "day"), (0.5, "month"), (-1, "working_day"), (0, "hour"), (float("nan"), "hour")]
)
def test_limits_that_mean_nothing_are_refused(value: float, unit: str) -> None:
    with pytest.raises(ValueError, match=r"limit_value|whole"):
        due("2019-03-04T09:00:00", value, unit)


def test_pauses_are_added_back_once() -> None:
    received = np.array(["2019-03-04T09:00:00", "2019-03-05T09:00:00"], "M8[s]")
    pauses = [
        (1, "2019-03-06T16:00:00", "2019-03-07T10:00:00"),  # three office hours
        (0, "2019-03-05T10:00:00", "2019-03-05T12:30:00"),
        (0, "2019-03-05T11:00:00", "2019-03-05T15:00:00"),  # overlaps: four hours together
        (0, "2019-03-01T08:00:00", "2019-03-04T10:00:00"),  # only what follows receipt: one hour
        (1, "2019-03-07T16:00:00", "NaT"),  # lasts until now: half an hour
        (1, "2019-03-08T11:00:00", "2019-03-09T11:00:00"),  # after now
    ]
    owner, start, end = zip(*pauses, strict=True)
    hours = CLOCK.paused(owner, np.array(start, "M8[s]"), np.array(end, "M8[s]"), received, t("2019-03-07T16:30:00"))
    assert list(hours / 3600) == [5.0, 3.5]
    assert list(CLOCK.paused([], [], [], received, t("2019-03-07T16:30:00"))) == [0, 0]


def test_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="calendar"):
        due("2020-12-30T09:00:00", 30, "working_day")


def test_roll_forward_skips_tet() -> None:
    assert CLOCK.roll_forward("2019-02-04")[()] == np.datetime64("2019-02-11")
    assert CLOCK.roll_forward("2019-05-04")[()] == np.datetime64("2019-05-04")


def test_working_days_between_counts_the_last_day() -> None:
    assert int(CLOCK.working_days_between("2019-02-01", "2019-02-11")) == 1
    assert int(CLOCK.working_days_between("2019-03-04", "2019-03-04")) == 0


def test_closing_and_opening_of_the_same_instant() -> None:
    noon = CLOCK.worked(t("2019-03-04T12:00:00"))
    assert CLOCK.at(noon)[()] == t("2019-03-04T12:00:00")
    assert CLOCK.at(noon, opening=True)[()] == t("2019-03-04T13:00:00")
    night = CLOCK.worked(t("2019-03-08T17:00:00"))
    assert CLOCK.at(night)[()] == t("2019-03-08T17:00:00")
    assert CLOCK.at(night, opening=True)[()] == t("2019-03-11T08:00:00")


@given(st.integers(20_000_000, 22_000_000))
def test_at_inverts_worked(seconds: int) -> None:
    base = int(CLOCK.worked(t("2018-01-02T08:00:00")))
    worked = base + seconds % 10_000_000 + 1
    assert int(CLOCK.worked(CLOCK.at(worked))) == worked
    assert int(CLOCK.worked(CLOCK.at(worked, opening=True))) == worked
    assert bool(CLOCK.is_working_day(CLOCK.at(worked).astype("M8[D]")))
