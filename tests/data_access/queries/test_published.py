"""The full city shows the published figures."""

from datetime import date
from typing import Any

import pytest

from data_access.queries.coverage import coverage
from data_access.queries.overview import overview
from tests.data_access.queries.conftest import At, at
from tests.support.cities import NOW

pytestmark = [pytest.mark.city, pytest.mark.slow]


@pytest.fixture(scope="module")
def full(full_city: Any) -> At:
    return at(full_city, NOW)


def test_311_000_received_of_which_279_000_at_commune_level(full: At) -> None:
    figures = full.ask(overview).figures
    assert (figures["received_commune"], figures["received_all"]) == (279_000, 311_000)
    truth = full.truth().figures()
    shared = figures.keys() & truth.keys()
    assert {k: figures[k] for k in shared} == {k: truth[k] for k in shared}
    assert len(shared) > 12


def test_584_wards_in_30_districts(full: At) -> None:
    answer = full.ask(coverage, on=date(2018, 8, 31))
    assert len({w["ward_code"] for w in answer.wards}) == len(answer.wards) == 584
    assert len({w["district_code"] for w in answer.wards}) == 30
    last = answer.history[-1]
    assert (last["level3"], last["level4"], last["procedures"]) == (382, 170, 1_922)
    assert full.ask(overview).links["wards"] == 584
