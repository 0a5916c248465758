"""A district's officers by role against the source's steps: held now, finished in a period, late ones with holders."""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from data_access.queries.answers import rows
from data_access.queries.officer_roles import RoleLoad, by_role
from tests.data_access.queries.conftest import At, officer_loads

HA_DONG, CAU_GIAY = "268", "005"
PERIODS = [(date(2026, 10, 15), date(2026, 11, 14)), (date(2026, 1, 1), date(2026, 11, 20))]
DONE = """
SELECT b.id_ho_so, b.can_bo, b.han_buoc IS NOT NULL AS due, b.ket_thuc <= b.han_buoc AS kept
  FROM onestop.buoc_xu_ly b JOIN h USING (id_ho_so)
 WHERE (b.ket_thuc AT TIME ZONE 'Asia/Ho_Chi_Minh')::date BETWEEN %(first)s AND %(last)s ORDER BY b.id_buoc
"""


def finished(at: At, scope: tuple[str, ...] | None, period: tuple[date, date]) -> list[dict[str, Any]]:
    return at.truth(scope).rows(DONE, first=period[0], last=period[1])


def known(at: At) -> dict[str, str]:
    """Officer → role of Hà Đông."""
    with at.reading((HA_DONG,)) as connection:
        found = rows(connection, "SELECT officer_id, role FROM officer WHERE district_code = :d", d=HA_DONG)
    return {row["officer_id"]: row["role"] for row in found}


@pytest.mark.parametrize("scope", [None, (HA_DONG,)], ids=str)
@pytest.mark.parametrize("period", PERIODS, ids=lambda p: f"{p[0]}")
def test_each_roles_finished_steps_are_split_among_their_holders(
    now: At, scope: tuple[str, ...] | None, period: tuple[date, date]
) -> None:
    roles = known(now)
    truth: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 3)
    for step in finished(now, scope, period):
        for holder in (one for one in step["can_bo"] if one in roles):
            share = Fraction(1, len(step["can_bo"]))
            sums = truth[roles[holder]]
            truth[roles[holder]] = [
                sums[0] + share, sums[1] + (share if step["due"] else 0), sums[2] + (share if step["kept"] else 0)
            ]  # fmt: skip
    found = {one.role: one for one in now.ask(by_role, scope, district=HA_DONG, first=period[0], last=period[1])}
    for role, (done, due, kept) in truth.items():
        one = found[role]
        assert (one.finished, one.with_due, one.on_time) == pytest.approx(
            (float(done), float(due), float(kept)), abs=1e-3
        )
    assert sum(one.finished for one in found.values()) > 10


def test_what_is_held_is_what_the_officers_hold(now: At) -> None:
    held: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in now.ask(officer_loads, (HA_DONG,)):
        if row["district_code"] == HA_DONG:
            held[row["role"]] = [held[row["role"]][0] + row["steps"], held[row["role"]][1] + row["overdue"]]
    found = now.ask(by_role, (HA_DONG,), district=HA_DONG, first=PERIODS[0][0], last=PERIODS[0][1])
    for n, name in enumerate(("steps", "overdue")):
        assert {one.role: getattr(one, name) for one in found if one.steps} == pytest.approx(
            {role: sums[n] for role, sums in held.items() if sums[0]}
        )


def test_a_late_step_is_its_holders_and_not_the_last_ones(now: At) -> None:
    """Receivers hand over late here and there: their lateness stands with their role though approvers come last."""
    period = PERIODS[1]
    roles = known(now)
    late = [s for s in finished(now, (HA_DONG,), period) if s["due"] and not s["kept"]]
    by_holder: dict[str, float] = defaultdict(float)
    for step in late:
        for holder in (one for one in step["can_bo"] if one in roles):
            by_holder[roles[holder]] += 1 / len(step["can_bo"])
    found = now.ask(by_role, (HA_DONG,), district=HA_DONG, first=period[0], last=period[1])
    shown = {one.role: one.with_due - one.on_time for one in found if one.with_due - one.on_time > 0.01}
    assert shown == pytest.approx(dict(by_holder), abs=1e-3)
    assert len(shown) > 1


def test_another_districts_chair_gets_nothing(now: At) -> None:
    first, last = PERIODS[1]
    assert now.ask(by_role, (CAU_GIAY,), district=HA_DONG, first=first, last=last) == []
    mine: list[RoleLoad] = now.ask(by_role, (CAU_GIAY, HA_DONG), district=HA_DONG, first=first, last=last)
    assert mine == now.ask(by_role, (HA_DONG,), district=HA_DONG, first=first, last=last)
    assert mine != [], "there are rows that could leak"
