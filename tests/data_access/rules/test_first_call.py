"""Points add up by reason, small wards don't come first by their rate alone, and equal points have an order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.first_call import FirstCall, Weight
from data_access.rules.first_call import Ward, call, lower_rate, rank

CONF = FirstCall()


def first(*wards: Ward, conf: FirstCall = CONF) -> list[str]:
    return [found.ward.ward_code for found in rank(call(w, 0, conf) for w in wards)]


def test_each_reason_gives_its_share_of_its_weight() -> None:
    ward = Ward("1", "d", 100, overdue=10, before=9, oldest_days=45, due_24h=4, still=1, work_days=5.0,
                link_minutes=30.0)  # fmt: skip
    rate = lower_rate(10, 100, 1.645)
    assert call(ward, 1, CONF).points == pytest.approx(
        {"overdue": 15, "link_minutes": 10, "alerts": 7.5, "oldest_days": 5, "due_24h": 4, "still": 3,
         "work_days": 2.5, "overdue_rate": 40 * rate, "overdue_change": 2}
    )  # fmt: skip
    assert list(call(ward, 1, CONF).points)[:3] == ["overdue", "link_minutes", "alerts"], "the heaviest first"


def test_no_reason_gives_more_than_its_weight() -> None:
    worst = Ward("1", "d", 10_000, 9_999, 0, 4_000, 5_000, 5_000, 900.0, None, None, 1e6)
    assert call(worst, 99, CONF).points == pytest.approx(
        {reason: weight.weight for reason, weight in CONF.reasons.items()}
    )
    assert call(worst, 99, CONF).total == pytest.approx(125)


def test_what_is_good_or_not_known_gives_nothing() -> None:
    assert call(Ward("1", "d", 40, overdue=0, before=3, work_days=None), 0, CONF).points == {}
    assert first(Ward("1", "d", 40, before=3), Ward("2", "d", 0)) == []
    few = Ward("1", "d", 9, work_days=60.0)
    assert call(few, 0, CONF).points == {}
    assert list(call(Ward("1", "d", 10, work_days=60.0), 0, CONF).points) == ["work_days"]
    off = CONF.model_copy(update={"reasons": CONF.reasons | {"due_24h": Weight(weight=0, full=1)}})
    assert call(Ward("1", "d", 10, due_24h=3), 0, off).points == {}


def test_a_small_ward_does_not_come_first_by_its_rate_alone() -> None:
    small, large = Ward("1", "d", 2, overdue=1), Ward("2", "d", 200, overdue=40)
    assert first(small, large) == ["2", "1"]
    only_rate = {r: w if r == "overdue_rate" else Weight(weight=0, full=1) for r, w in CONF.reasons.items()}
    conf = FirstCall(reasons=only_rate)
    assert first(small, large, conf=conf) == ["2", "1"], "50 % of 2 says less than 20 % of 200"
    assert first(small, large, conf=FirstCall(reasons=only_rate, chance=0)) == ["1", "2"], "the plain rate would"


def test_equal_points_have_an_order() -> None:
    full = Ward("5", "d", 50, overdue=30, before=30, oldest_days=90)  # rates of both reach `full`
    more = Ward("9", "d", 55, overdue=33, before=33, oldest_days=90)
    due = Ward("8", "d", 50, overdue=30, before=30, oldest_days=90, due_24h=1)
    flat = CONF.model_copy(update={"reasons": CONF.reasons | {"due_24h": Weight(weight=0, full=1)}})
    larger = Ward("7", "d", 51, overdue=30, before=30, oldest_days=90)
    twin = Ward("4", "d", 50, overdue=30, before=30, oldest_days=90)
    assert first(full, twin, larger, due, more, conf=flat) == ["9", "8", "7", "4", "5"]


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_lower_end_lies_between_nothing_and_the_rate(part: int, more: int) -> None:
    whole = part + more
    low = lower_rate(part, whole, 1.645)
    assert 0 <= low <= (part / whole if whole else 0) + 1e-12
    assert low == 0 or low < lower_rate(part * 10, whole * 10, 1.645), "more dossiers say more"
    assert lower_rate(part, whole, 0) == pytest.approx(part / whole if whole else 0)
