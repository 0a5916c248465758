"""Points from counts: full marks at the threshold, and what can't be said is never a zero."""

from dataclasses import fields, replace

import pytest

from config.qd766 import Level, qd766
from data_access.rules.qd766 import MEASURES, Counts, Outcome, Points, outcome, outcomes, points

COMPONENTS = {c.id: c for c in qd766().components}
FULL = Counts(
    received=200, online_result=50, digitised_in=80, in_known=200, eid_verified=20, eid_known=200, fee_owed=40,
    paid_online=6, paid_known=200, done=100, done_written=80, done_result=60, done_both=40, done_seconds=8_640_000,
    result_known=100, handled=160, settled=110, settled_late=11, open_in_time=45, procedures=40, offered=30,
    offered_used=15, fee_procedures=10, fee_procedures_paid=4, used_procedures=20, eid_procedures=5,
)  # fmt: skip
# id → (ratio, points), reckoned by hand
BY_HAND = {
    "2.1": ((110 - 11 + 45) / 160, 18.0), "2.2": (1.0, None), "3.1": (0.75, 1.875), "3.2": (0.5, 2.0),
    "3.3": (0.25, 3.0), "3.5b": (0.4, 1.0), "3.6": (0.15, 3.0), "4.1": (0.75, 4.5), "4.2": (0.4, 2.0),
    "4.3": (0.4, 1.0), "4.5a": (0.25, 0.5), "4.5b": (0.1, 0.2), "5.4": (0.9, 6.0),
}  # fmt: skip


def test_points_reckoned_by_hand() -> None:
    found = {o.component.id: o for o in outcomes(qd766().components, FULL, "city")}
    assert {i: o.ratio for i, o in found.items() if o.ratio is not None} == pytest.approx(
        {i: ratio for i, (ratio, _) in BY_HAND.items()}
    )
    assert {i: o.points for i, o in found.items() if o.points is not None} == pytest.approx(
        {i: p for i, (_, p) in BY_HAND.items() if p is not None}
    )
    assert found["2.2"].state == "watched"


def test_above_the_threshold_there_are_no_more_points() -> None:
    some = [replace(FULL, online_result=n) for n in (100, 101, 200)]
    assert [outcome(COMPONENTS["3.3"], c, "city").points for c in some] == [6, 6, 6]
    assert outcome(COMPONENTS["3.3"], replace(FULL, online_result=99), "city").points == pytest.approx(5.94)
    assert outcome(COMPONENTS["3.3"], replace(FULL, online_result=0), "city").points == 0, "counted, so a zero"


def test_nothing_of_nothing_has_no_points() -> None:
    found = outcomes(qd766().components, Counts(), "city")
    assert {o.state for o in found if o.component.contract != "none"} == {"nothing"}
    assert [o for o in found if o.points is not None or o.ratio is not None] == []
    total = points(found)
    assert (total.reached, total.computable, total.share) == (0, 0, None)


@pytest.mark.parametrize("level", ["city", "district", "commune"])
def test_all_points_are_accounted_for(level: Level) -> None:
    for counts in (FULL, Counts(), replace(FULL, result_known=0), replace(FULL, offers_known=False)):
        total = points(outcomes(qd766().components, counts, level))
        parts = (total.reached, total.lost, total.nothing, total.not_computable, total.not_applicable)
        assert sum(parts) == pytest.approx(100)
        assert min(parts) >= 0


def test_what_does_not_apply_wins_over_what_cannot_be_computed() -> None:
    assert outcome(COMPONENTS["4.4"], FULL, "commune").state == "not_applicable"
    assert outcome(COMPONENTS["4.4"], FULL, "district").state == "not_computable"
    assert outcome(COMPONENTS["4.5b"], FULL, "commune").state == "not_applicable"


@pytest.mark.parametrize(
    ("empty", "lost"),
    [
        ({"in_known": 0}, {"4.2", "4.3"}),
        ({"result_known": 0}, {"3.3", "4.1", "4.2"}),
        ({"eid_known": 0}, {"4.5a", "4.5b"}),
        ({"paid_known": 0}, {"3.5b", "3.6"}),
        ({"fees_known": False}, {"3.5b", "3.6"}),
        ({"offers_known": False}, {"3.1", "3.2"}),
    ],
    ids=["in", "result", "eid", "paid", "fees", "offers"],
)
def test_columns_that_the_source_leaves_empty(empty: dict[str, int], lost: set[str]) -> None:
    whole = outcomes(qd766().components, FULL, "city")
    found = outcomes(qd766().components, replace(FULL, **empty), "city")  # type: ignore[arg-type]
    assert {o.component.id for o in found if o.unfilled} == lost
    assert [o for o in found if o.component.id not in lost] == [o for o in whole if o.component.id not in lost]
    assert all(o.points is None for o in found if o.unfilled)


def test_every_measure_of_the_configuration_is_known_and_used() -> None:
    assert {c.measure for c in qd766().components if c.measure} == set(MEASURES)


def test_sums_of_points() -> None:
    a = Outcome(COMPONENTS["2.1"], "points", 1, 2, 0.5, 10.0)
    b = Outcome(COMPONENTS["4.4"], "not_applicable")
    c = Outcome(COMPONENTS["5.2"], "not_computable")
    d = Outcome(COMPONENTS["3.6"], "nothing", 0, 0)
    assert points([a, b, c, d]) == Points(10, 20, nothing=6, not_computable=6, not_applicable=4)
    assert len(fields(Points)) == 5
