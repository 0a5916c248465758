"""The screen of the Decision 766 score: what is counted, what can't be, and what the address may ask for."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine

from config.i18n import Texts
from config.indicators import indicator
from config.qd766 import qd766
from config.registry import registry
from data_access.queries.qd766 import score
from data_access.rules.period import parse, periods
from data_access.rules.qd766 import points
from data_access.store.engine import WHOLE_CITY, Scope, reading
from tests.pages.conftest import HA_DONG, Run, Screen
from tests.support.cities import NOW

T = Texts("vi")
LAST = periods("month", NOW.date())[1]
CITY: dict[str, Any] = {"first": LAST.first, "last": LAST.last.replace(day=1), "level": "city"}


def components(shown: Screen) -> dict[str, list[Any]]:
    """Rows of the table of components: id → cells."""
    return {row["key"]: row["cells"] for row in _table(shown, "qd766-components")["rows"]}


def _table(shown: Screen, key: str) -> dict[str, Any]:
    found = [json.loads(e.proto.json) for e in shown.app.get("bidi_component") if key in e.proto.id]
    assert len(found) == 1
    return dict(found[0])


def test_the_last_closed_month_of_the_whole_city(run: Run, reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        data = score(connection, **CITY)
    total = points(data.outcomes)
    shown = run("qd766")
    value, context = shown.figures[indicator("qd766_score").name("vi")]
    assert value == T("{score} points", score=T("{n} of {all}", n=T.number(total.reached, 1), all="62"))
    assert context == T("{n} points not computable", n="38")
    assert shown.figures[indicator("qd766_settled").name("vi")][0] == T.number(data.counts.settled)
    assert "100" not in value


def test_no_component_is_a_zero_that_nobody_counted(run: Run) -> None:
    rows = components(run("qd766"))
    assert list(rows) == [c.id for c in qd766().components]
    for c in qd766().components:
        cell = rows[c.id][6]
        word = cell if isinstance(cell, str) else cell[0]
        if c.contract == "none":
            assert (word, rows[c.id][2:5]) == (T("not computable"), ["–", "–", "–"]), c.id
            assert rows[c.id][8] == c.why["vi"]  # type: ignore[index]
        else:
            assert word != T("not computable"), c.id


def test_what_does_not_apply_to_a_ward_is_said(run: Run) -> None:
    ward = registry().wards_of(HA_DONG)[0].code
    rows = components(run("qd766", ward=ward))
    for lost in ("1.1", "1.2", "1.3", "4.4", "4.5b"):
        assert rows[lost][6][0] == T("not applicable")
        assert rows[lost][8] == T("Not applicable at this level.")


def test_a_time_without_dossiers(run: Run) -> None:
    shown = run("qd766", period=periods("year", NOW.date())[-1].code)
    rows = components(shown)
    assert rows["2.1"][4] == T("nothing arose")
    assert rows["2.1"][6][0] == T("nothing arose")
    assert shown.figures[indicator("qd766_2_1").name("vi")][0] == T("nothing arose")


@pytest.mark.parametrize("query", [{"period": "2026-q3"}, {"by": "quarter", "period": "2026-q3"}])
def test_the_period_in_the_address(run: Run, query: dict[str, str]) -> None:
    shown = run("qd766", **query)
    assert shown.banners == []
    assert T("Quarter {quarter}/{year}", quarter="III", year=2026) in shown.words
    assert T.day(parse("2026-q3", NOW.date()).last) in shown.words


def test_a_period_of_another_kind_gives_way(run: Run) -> None:
    shown = run("qd766", by="year", period="2026-10")
    assert (shown.banners, "period" in shown.app.query_params) == ([], False)
    assert T("Year {year}", year=2025) in shown.words


def test_districts_of_the_city_and_wards_of_the_district(run: Run, reader: Engine) -> None:
    city = _table(run("qd766"), "qd766-places")["rows"]
    assert len(city) > 20
    assert {row["key"] for row in city} <= set(registry().districts)
    unranked = [row for row in city if row["cells"][0] == "–"]
    assert all(row["cells"][1][1] == T("too few to rank") for row in unranked)
    mine = _table(run("qd766", "district"), "qd766-places")["rows"]
    with reading(reader, Scope((HA_DONG,))) as connection:
        data = score(connection, **(CITY | {"level": "district"}), district=HA_DONG)
    assert [row["key"] for row in mine] == [s.code for s in data.within]
    assert {row["key"] for row in mine} <= {w.code for w in registry().wards_of(HA_DONG)}


def test_another_district_in_the_address(run: Run) -> None:
    shown = run("qd766", "district", district="005")
    assert shown.banners == [T("The district in this address is not in your scope; nothing of it is shown.")]
    assert shown.figures == run("qd766", "district").figures
    assert run("qd766", district="005").banners == []
