"""My district and Ward: what a chair reads there, in two languages, for every role, in scope only."""

import re
from datetime import date

import pytest
from sqlalchemy import Engine

from config.i18n import Texts
from config.indicators import indicator
from config.registry import registry
from data_access.queries.district import District, district_figures
from data_access.queries.red import why_changed
from data_access.rules.period import comparable, parse
from data_access.store.engine import WHOLE_CITY, Scope, reading
from pages.place_figures import course
from tests.pages.conftest import HA_DONG, Run, Screen, english

TODAY = date(2026, 11, 20)
PERIOD = "r2026-11"
OTHER = "005"
FIGURES = ("open", "overdue", "due_24h", "form_on_time", "online_period", "satisfied_period", "coverage")
WARD = "09556"


def figures(reader: Engine, district: str, period: str = PERIOD, scope: Scope = WHOLE_CITY) -> District:
    asked = parse(period, TODAY)
    before = comparable(asked, TODAY)
    with reading(reader, scope) as connection:
        return district_figures(connection, district, asked.first, asked.until(TODAY), before.first, before.last, 30)


def values(shown: Screen, lang: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", shown.figures[indicator(code).name(lang)][0]) for code in FIGURES]


@pytest.mark.parametrize(("role", "lang"), [("district", "vi"), ("operations", "en"), ("it", "vi")])
def test_the_figures_of_both_screens(run: Run, reader: Engine, role: str, lang: str) -> None:
    t = Texts(lang)
    data = figures(reader, HA_DONG)
    ward = next(place for place in data.wards if place.ward_code == WARD)
    for screen, place, wards, query in (("district", data.whole, len(data.wards), {"district": HA_DONG}),
                                        ("ward", ward, 1, {"ward": WARD})):  # fmt: skip
        shown = run(screen, role, lang, period=PERIOD, **query)
        flows = place.flows
        assert values(shown, lang) == [
            *(t.number(place.now[code]) for code in FIGURES[:3]), t.share(flows["in_time"], flows["settled"]),
            t.share(flows["received_online"], flows["received"]), t.share(flows["satisfied"], flows["rated"]),
            t.share(place.offered, data.procedures * wards),
        ]  # fmt: skip
        assert shown.banners == []
        name = registry().wards[WARD].name if screen == "ward" else registry().districts[HA_DONG].name
        assert shown.heading == name
        if lang == "vi":
            assert english(shown.texts) == []


def test_a_district_account_lands_on_its_own_and_every_ward_is_listed(run: Run) -> None:
    shown = run("district", "district")
    assert shown.heading == registry().districts[HA_DONG].name
    for ward in registry().wards_of(HA_DONG):
        assert ward.name in shown.texts
    assert run("district").heading == registry().districts[next(iter(registry().districts))].name


def test_a_chair_of_two_districts_chooses_among_them(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.pages import conftest

    monkeypatch.setitem(conftest.SCOPES, "district", Scope((OTHER, HA_DONG)))
    shown = run("district", "district", district=OTHER)
    assert shown.heading == registry().districts[OTHER].name
    (chooser,) = [box for box in shown.app.selectbox if box.label == Texts("vi")("District")]
    assert sorted(chooser.options) == sorted(registry().districts[code].name for code in (OTHER, HA_DONG))


@pytest.mark.parametrize("screen", ["district", "ward"])
def test_another_district_is_told_and_not_shown(run: Run, screen: str) -> None:
    t = Texts("vi")
    shown = run(screen, "district", district=OTHER)
    assert shown.banners == [t("The district in this address is not in your scope; nothing of it is shown.")]
    theirs = registry().wards_of(OTHER)
    assert [ward.name for ward in theirs if ward.name in shown.texts] == []
    assert values(shown, "vi") == values(run(screen, "district"), "vi")
    seen = run(screen, "operations", district=OTHER)
    assert [ward.name for ward in theirs if ward.name in seen.words] != [], "there is something that could leak"


def test_another_districts_ward_is_told_and_not_shown(run: Run) -> None:
    theirs = registry().wards_of(OTHER)[0]
    shown = run("ward", "district", ward=theirs.code)
    assert shown.banners == [Texts("vi")("The ward in this address is not in your scope; nothing of it is shown.")]
    assert theirs.name not in shown.words
    assert shown.heading in {ward.name for ward in registry().wards_of(HA_DONG)}


@pytest.mark.parametrize(
    "query", [{"ward": "99999"}, {"district": "xyz"}, {"since": "ever"}, {"of": "gold"}, {"period": "2999-01"},
              {"period": "2026-11-20..2026-11-01"}],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_a_sentence(run: Run, query: dict[str, str]) -> None:
    shown = run("ward", "district", **query)
    assert len(shown.banners) == 1
    assert len(shown.figures) == len(FIGURES)


@pytest.mark.parametrize("what", ["overdue", "open"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_why_it_is_red_is_told_in_a_sentence_that_adds_up(run: Run, reader: Engine, lang: str, what: str) -> None:
    t, day = Texts(lang), comparable(parse(PERIOD, TODAY), TODAY).last
    with reading(reader, Scope((HA_DONG,))) as connection:
        found = why_changed(connection, WARD, what, day)  # type: ignore[arg-type]
    shown = run("ward", "district", lang, ward=WARD, period=PERIOD, of=what)
    assert sum(part.amount for part in found.parts) == found.after - found.before
    said = next(text for text in shown.texts if text.startswith(indicator(what).name(lang)) and t.day(day) in text)
    numbers = [int(n.replace("−", "-")) for n in re.findall(r"[+−]\d+", said)]
    assert numbers == [part.amount for part in found.parts]
    context = shown.figures[indicator(what).name(lang)][1]
    assert f"{t.change(found.after - found.before)} {t('since {day}', day=t.day(day))}" in context


def test_the_cards_course_ends_at_the_figure_and_sums_the_places(run: Run, reader: Engine) -> None:
    data = figures(reader, HA_DONG)
    ward = next(place for place in data.wards if place.ward_code == WARD)
    for code in ("open", "overdue"):
        whole = course(code, data.whole, data)
        assert (len(whole), whole[-1]) == (31, data.whole.now[code])
        assert whole[0] == sum(place.trend[0][code] for place in data.places)
        assert course(code, ward, data) == [row[code] for row in ward.trend]
    for screen, query in (("district", {"district": HA_DONG}), ("ward", {"ward": WARD})):
        bodies = "".join(str(e.proto.body) for e in run(screen, **query).app.get("html"))
        assert bodies.count('class="spark"') == 2


def test_few_dossiers_are_not_ranked(run: Run, reader: Engine) -> None:
    assert any(0 < place.flows["settled"] < 30 for place in figures(reader, HA_DONG).wards)
    words = run("district", "district", period=PERIOD).words
    assert Texts("vi")("nothing arose") in words or "n = " in words
