"""Compare: wards, wards like one, two periods; differences in words; scope and addresses that can't be answered."""

import pytest
from sqlalchemy import Engine

from config.i18n import Texts
from config.indicators import indicator
from config.registry import registry
from data_access.queries.compare import demand
from data_access.store.engine import Scope, reading
from tests.pages.conftest import HA_DONG, Run, english
from tests.pages.test_district import OTHER, PERIOD, figures

WARDS = ("09541", "09556", "09562")
CHOSEN = ",".join(WARDS)
FEW = (
    "Choose at least two wards to compare; a single one can be compared with wards like it, or one period with another."
)


@pytest.mark.parametrize(("role", "lang"), [("district", "vi"), ("operations", "en")])
def test_wards_side_by_side_have_the_figures_of_my_district(run: Run, reader: Engine, role: str, lang: str) -> None:
    t = Texts(lang)
    places = {place.ward_code: place for place in figures(reader, HA_DONG).wards}
    seen = run("compare", role, lang, wards=CHOSEN, period=PERIOD)
    names = [registry().wards[code].name for code in WARDS]
    assert seen.heading == t("Compare: {wards}", wards=", ".join(names))
    assert seen.banners == []
    first, *others = (places[code] for code in WARDS)
    value, context = seen.figures[indicator("open").name(lang)]
    assert value == t.number(first.now["open"])
    assert context == " · ".join(
        [names[0], *(f"{n} {t.number(p.now['open'])}" for n, p in zip(names[1:], others, strict=True))]
    )
    counts = {name: places[code].now["open"] for name, code in zip(names, WARDS, strict=True)}
    high, low = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if counts[high] != counts[low]:
        assert t("{figure}: most at {high} ({a}), fewest at {low} ({b}), {difference} apart.",
                 figure=indicator("open").name(lang), high=high, a=t.number(counts[high]), low=low,
                 b=t.number(counts[low]), difference=t.number(counts[high] - counts[low])) in seen.texts  # fmt: skip
    if lang == "vi":
        assert english(seen.texts) == []


def test_without_wards_two_are_compared(run: Run) -> None:
    seen = run("compare", "district")
    assert seen.heading.count(",") == 1
    assert seen.banners == []


def test_others_wards_are_told_and_not_shown(run: Run) -> None:
    t, theirs = Texts("vi"), registry().districts[OTHER].ward_codes[0]
    seen = run("compare", "district", wards=f"09541,{theirs},09556")
    assert seen.banners == [t("The ward in this address is not in your scope; nothing of it is shown.")]
    assert registry().wards[theirs].name not in seen.words
    assert registry().districts[OTHER].name not in seen.words
    assert seen.app.query_params["wards"] == "09541,09556"
    assert registry().wards[theirs].name in run("compare", "operations", wards=f"09541,{theirs}").words


def test_one_ward_six_wards_and_no_ward(run: Run) -> None:
    t = Texts("vi")
    assert run("compare", "district", wards="09541").banners == [t(FEW)]
    six = registry().districts[HA_DONG].ward_codes[:6]
    seen = run("compare", "district", wards=",".join(six))
    assert seen.banners == [t("At most {n} wards are compared at once; the first {n} are shown.", n="5")]
    assert registry().wards[six[4]].name in seen.heading
    assert registry().wards[six[5]].name not in seen.heading
    unknown = run("compare", "district", wards="09541,12,09556")
    assert unknown.banners == [t("There is no ward with the code “{code}”.", code="12")]


def test_wards_like_one_are_of_its_kind_and_in_scope(run: Run, reader: Engine) -> None:
    t, kind = Texts("vi"), registry().wards["09541"].kind
    seen = run("compare", "district", mode="alike", wards="09541")
    names = seen.heading.removeprefix(t("Compare: {wards}", wards="")).split(", ")
    own = {ward.name: ward for ward in registry().wards_of(HA_DONG)}
    assert names[0] == registry().wards["09541"].name
    assert len(names) == 5
    assert {own[name].kind for name in names} == {kind}
    with reading(reader, Scope((HA_DONG,))) as connection:
        received = demand(connection)["09541"]
    assert t("{n} dossiers received", n=t.number(received)) in seen.words


def test_two_periods_of_a_ward_and_of_a_district(run: Run) -> None:
    t = Texts("vi")
    for query, name in (({"ward": "09541"}, registry().wards["09541"].name), ({}, registry().districts[HA_DONG].name)):
        seen = run("compare", "district", mode="periods", period="2026-10", other="2026-09", **query)
        assert seen.heading == t("Compare: {place}", place=name)
        assert len(seen.figures) == 7
        assert seen.banners == []
        assert english(seen.texts) == []
        assert t("{first} – {last}", first="01/09/2026", last="30/09/2026") in seen.texts
    assert run("compare", "operations", mode="periods").banners == [
        t("Choose a district or a ward: periods are compared of one place.")
    ]


@pytest.mark.parametrize("other", ["2026-11-20..2026-11-01", "2999", "gold"])
def test_a_second_period_that_cannot_be_asked_for_gives_way(run: Run, other: str) -> None:
    seen = run("compare", "district", mode="periods", period="2026-10", other=other)
    assert len(seen.banners) == 1
    assert "other" not in seen.app.query_params
    assert len(seen.figures) == 7


def test_a_ward_without_dossiers_and_periods_without_any_are_told(run: Run) -> None:
    t = Texts("vi")
    seen = run("compare", "district", mode="periods", period="2011-10", other="2011-09")
    assert seen.banners == [t("No dossier came or went here in either period. Choose other periods.")]
