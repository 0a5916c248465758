"""Wards side by side are the wards of their districts; one place in two periods against the source."""

from datetime import date
from typing import Any

import pytest

from config.registry import registry
from data_access.queries.compare import demand, two_periods
from data_access.queries.district import FLOWING, district_figures, ward_figures
from data_access.queries.dossier_totals import total
from data_access.queries.dossiers import DossierFilter
from tests.data_access.queries.conftest import At
from tests.data_access.queries.test_district import EARLIER, FLOWS, ZERO, by_unit

HA_DONG, CAU_GIAY = "268", "005"
DAYS: dict[str, Any] = {"first": date(2026, 10, 15), "last": date(2026, 11, 14), "before_first": date(2026, 9, 15),
        "before_last": date(2026, 10, 14)}  # fmt: skip
SPANS = ((date(2026, 10, 15), date(2026, 11, 14)), (date(2026, 1, 1), date(2026, 9, 30)))
NOW_SPAN = (date(2026, 11, 1), date(2026, 11, 20))


def test_wards_of_two_districts_are_what_their_districts_say(now: At) -> None:
    wards = ("09556", "09541", registry().districts[CAU_GIAY].ward_codes[0])
    found = now.ask(ward_figures, wards=wards, few=3, **DAYS)
    assert {place.ward_code for place in found.wards} == set(wards)
    for district in (HA_DONG, CAU_GIAY):
        whole = now.ask(district_figures, district=district, few=3, **DAYS)
        expected = {place.ward_code: place for place in whole.wards if place.ward_code in wards}
        assert {p.ward_code: p for p in found.wards if p.ward_code in expected} == expected
        assert (found.medians, found.procedures) == (whole.medians, whole.procedures)
    mine = now.ask(ward_figures, (HA_DONG,), wards=wards, few=3, **DAYS)
    assert {place.ward_code for place in mine.wards} == {"09556", "09541"}
    assert now.ask(ward_figures, wards=("99999",), few=3, **DAYS).places == []


@pytest.mark.parametrize("place", [{"district": HA_DONG, "ward": None}, {"district": None, "ward": "09556"}], ids=str)
@pytest.mark.parametrize("scope", [None, (HA_DONG,)], ids=str)
def test_each_period_is_the_sources(now: At, scope: tuple[str, ...] | None, place: dict[str, Any]) -> None:
    found, _ = now.ask(two_periods, scope, spans=SPANS, few=3, **place)
    units = [u.unit_code for u in now.ask(district_figures, district=HA_DONG, few=3, **DAYS).places
             if place["ward"] in (None, u.ward_code)]  # fmt: skip
    for one, (first, last) in zip(found, SPANS, strict=True):
        flows = by_unit(now, FLOWS, first=first, last=last)
        assert one.flows == {name: sum(flows.get(unit, ZERO)[name] for unit in units) for name in FLOWING}
        earlier = by_unit(now, EARLIER, day=last)
        assert one.open == sum(earlier.get(unit, {"open": 0})["open"] for unit in units)
        assert one.overdue == sum(earlier.get(unit, {"overdue": 0})["overdue"] for unit in units)
        where = {name: code for name, code in place.items() if code}
        for what in ("received", "settled"):
            wish = DossierFilter(what, first=first, last=last, **where)
            assert now.ask(total, scope, wish=wish) == (one.flows[what], None)
        stood = [now.ask(total, scope, wish=DossierFilter(f"{what}_at", last=last, **where))[0]
                 for what in ("open", "overdue")]  # fmt: skip
        assert not one.counted
        assert stood == [one.open, one.overdue]
    assert found[0].flows["received"] > 0


def test_a_running_period_ends_now(now: At) -> None:
    (found,), _ = now.ask(two_periods, (HA_DONG,), district=HA_DONG, ward=None, spans=(NOW_SPAN,), few=3)
    listed = [now.ask(total, (HA_DONG,), wish=DossierFilter(what))[0] for what in ("open", "overdue")]
    assert [found.open, found.overdue] == listed
    assert found.counted
    assert found.open > 0


def test_another_districts_place_is_nothing(now: At) -> None:
    for place in ({"district": HA_DONG, "ward": None}, {"district": None, "ward": "09556"}):
        theirs, median = now.ask(two_periods, (CAU_GIAY,), spans=SPANS, few=3, **place)
        assert [(one.flows, one.open, one.overdue) for one in theirs] == [(ZERO, 0, 0)] * 2
        mine, same = now.ask(two_periods, (HA_DONG,), spans=SPANS, few=3, **place)
        assert any(one.flows["received"] for one in mine), "there are rows that could leak"
        assert median == same is not None


def test_demand_is_all_that_was_ever_received(now: At) -> None:
    found = now.ask(demand, (HA_DONG,))
    assert set(found) == set(registry().districts[HA_DONG].ward_codes)
    for ward in ("09556", "09541"):
        assert found[ward] == now.ask(total, (HA_DONG,), wish=DossierFilter("received", ward=ward))[0]
    assert len(now.ask(demand)) == 584
