"""Each reason for a ward's silence, and the border where it stops being one."""

import math
from typing import Any

import numpy as np
import pytest

from config.quality import SilenceLimits, quality_limits
from data_access.rules.silence import COMPARABLE, REASONS, explain, is_likely

LIMITS = SilenceLimits(days=3, usual_days=60, likely=0.05, paper_field="Chứng thực", paper_days=10, paper_share=0.2)
SILENT: dict[str, Any] = {
    # a ward that usually has five a day, four of them certifications, silent for four days, all else alive
    "peers": "a", "population": 10_000, "offered": 40.0, "silent_days": 4, "usual": 5.0, "usual_paper": 4.0,
    "reference_days": 60, "paper_recent": 20, "other_recent": 5, "moved": 0, "open": 12, "others": 90, "seen": True,
    "links_up": True, "down_days": math.nan,
}  # fmt: skip
NAN = math.nan


def found_of(wards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings, a row a ward."""
    columns = {name: np.array([ward[name] for ward in wards]) for name in SILENT}
    found = vars(explain(columns, LIMITS))
    return [{name: column[n] for name, column in found.items()} for n in range(len(wards))]


def one(**changed: Any) -> dict[str, Any]:
    """The findings of SILENT with some columns changed."""
    return found_of([SILENT | changed])[0]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"silent_days": 2}, ""),
        ({"silent_days": 0, "offered": 0.0}, ""),
        ({"offered": 0.0}, "not_offered"),
        ({"offered": NAN}, "not_syncing"),  # the source has no list of offerings: it can't be said
        ({"down_days": 1.0, "links_up": False}, "link_down"),
        ({"down_days": 0.0, "links_up": False, "seen": False}, "unknown"),  # down since this morning explains nothing
        ({"usual": 0.7, "usual_paper": 0.0}, "no_demand"),  # e^-2.8 = 6 %
        ({"usual": 0.8, "usual_paper": 0.0}, "not_syncing"),  # e^-3.2 = 4 %
        ({"moved": 3, "usual": 4.5}, "paper"),  # of other fields 0.5 a day: nothing in four days is likely
        ({"moved": 3}, "unknown"),  # other fields should have come as well, the ward works: it can't be told
        ({"moved": 3, "usual_paper": 0.0}, "unknown"),
        ({}, "not_syncing"),
        ({"seen": NAN}, "not_syncing"),
        ({"links_up": NAN}, "not_syncing"),
        ({"links_up": NAN, "seen": NAN}, "unknown"),  # nobody knows whether anybody is there
        ({"seen": False, "links_up": False}, "unknown"),
        ({"others": 0}, "unknown"),  # the whole district is silent
        ({"open": 0}, "unknown"),  # nothing lies there that could move
        ({"offered": 0.0, "down_days": 3.0}, "not_offered"),  # asked in this order
    ],
)
def test_reasons(changed: dict[str, Any], reason: str) -> None:
    found = one(**changed)
    assert found["reason"] == reason
    assert found["silent"] == (reason != "")
    assert reason in ("", *REASONS)


def test_expected_is_the_usual_rate_over_the_silence() -> None:
    assert one()["expected"] == 20.0
    assert is_likely(np.array([0.0, -math.log(0.05), 3.1]), LIMITS).tolist() == [True, True, False]


def peers(n: int, **odd: Any) -> list[dict[str, Any]]:
    """n talking wards of which each has two certifications a day and 10,000 people, and an odd one."""
    talking = SILENT | {"silent_days": 0, "usual": 3.0, "usual_paper": 2.0}
    return found_of([talking] * n + [talking | odd])


def test_a_ward_that_never_received_anything_is_measured_by_its_peers() -> None:
    never = {"silent_days": 60, "usual": 0.0, "usual_paper": 0.0, "reference_days": 0, "moved": 0, "open": 0}
    found = peers(COMPARABLE, **never)[-1]
    assert (found["expected"], found["reason"]) == (pytest.approx(180), "unknown")
    assert peers(COMPARABLE, **never | {"population": 50})[-1]["reason"] == "no_demand"
    assert peers(COMPARABLE - 1, **never)[-1]["reason"] == "unknown", "nothing to compare with"


@pytest.mark.parametrize(
    ("odd", "paper"),
    [
        ({}, ""),
        ({"paper_recent": 0}, "stopped"),
        ({"paper_recent": 0, "other_recent": 0}, ""),  # nothing at all comes: silence, not paper
        ({"paper_recent": 0, "usual_paper": 0.28}, "never"),  # 2.8 expected: that none came is likely, but it is little
        ({"usual_paper": 0.41}, ""),
        ({"usual_paper": 0.39}, "never"),
        ({"usual_paper": 0.0, "other_recent": 0}, ""),
        ({"usual_paper": 0.0, "population": 200}, ""),  # so small a ward has that few
        ({"usual_paper": 0.0, "peers": "b"}, ""),  # nobody to compare with
    ],
)
def test_logging_on_paper(odd: dict[str, Any], paper: str) -> None:
    found = peers(COMPARABLE, **odd)
    assert [row["paper"] for row in found] == [""] * COMPARABLE + [paper]


def test_an_empty_table() -> None:
    assert found_of([]) == []


def test_the_shipped_limits() -> None:
    assert quality_limits().silence.days == 3
