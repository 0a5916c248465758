"""Process: the bottleneck in a sentence, links to the lists, scope, and addresses that can't be answered."""

from typing import Any

import pytest
from sqlalchemy import Engine

from config.i18n import Texts
from config.indicators import indicator
from config.registry import registry
from data_access.queries.process import Process, procedures, process
from data_access.rules.bottleneck import bottleneck
from data_access.rules.period import parse
from data_access.store.engine import WHOLE_CITY, Scope, reading
from tests.pages.conftest import HA_DONG, Run, Screen, english
from tests.pages.test_district import TODAY

COPIES, LAND = "2.000815", "XN-DAT"
YEAR = "2026"


def data(reader: Engine, code: str, scope: Scope = WHOLE_CITY, **where: Any) -> Process:
    period = parse(YEAR, TODAY)
    with reading(reader, scope) as connection:
        return process(connection, code, period.first, period.last, 30, **where)


def shown(screen: Screen, code: str, lang: str) -> str:
    return screen.figures[indicator(code).name(lang)][0]


@pytest.mark.parametrize(("role", "lang"), [("operations", "vi"), ("district", "en"), ("it", "vi")])
def test_the_bottleneck_is_named_and_figures_are_those_of_the_question(
    run: Run, reader: Engine, role: str, lang: str
) -> None:
    t = Texts(lang)
    where = {"district": HA_DONG} if role == "district" else {}
    found = data(reader, COPIES, Scope((HA_DONG,)) if where else WHOLE_CITY, **where)
    seen = run("process", role, lang, procedure=COPIES, period=YEAR)
    with reading(reader, WHOLE_CITY) as connection:
        assert seen.heading == procedures(connection)[COPIES]["name"]
    neck = bottleneck(found.here.steps, 30)
    if neck is not None:
        assert t("Bottleneck: “{step}”", step=neck.name or "") in seen.texts
        assert f"n = {t.number(neck.dossiers)}" in seen.words
    else:
        assert t("Time at each step") in seen.texts
    many = f"> {t.number(600)}" if found.here.settled is None else t.number(found.here.settled)
    assert shown(seen, "process_read", lang) == many
    assert shown(seen, "open", lang) == t.number(found.open)
    for step in found.here.steps:
        assert step.name in seen.texts
        assert t.number(step.median / 3600, 1 if step.median >= 3600 else 2) in seen.texts
    assert seen.banners == []
    if lang == "vi":
        assert english(seen.texts) == []


def test_without_a_procedure_the_one_with_most_overdue_is_shown(run: Run) -> None:
    seen = run("process")
    assert seen.app.query_params["procedure"] == LAND
    assert int(shown(seen, "overdue", "vi")) > 0


def test_counts_lead_to_their_lists(run: Run) -> None:
    seen = run("process", "district", procedure=LAND, period="2026-10")
    bodies = "".join(str(e.proto.body) for e in seen.app.get("html")).replace("&amp;", "&")
    for what in ("open", "overdue"):
        assert f"dossiers?what={what}&procedure={LAND}&district={HA_DONG}" in bodies
    assert f"what=settled&procedure={LAND}&district={HA_DONG}&first=2026-10-01&last=2026-10-31" in bodies


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"procedure": "9.999999"}, "No procedure has the code “9.999999”. Choose one by its name or code."),
        ({"district": "005"}, "The district in this address is not in your scope; nothing of it is shown."),
        ({"ward": registry().districts["005"].ward_codes[0]},
         "The ward in this address is not in your scope; nothing of it is shown."),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_a_sentence(run: Run, query: dict[str, str], said: str) -> None:
    source = said.replace("9.999999", "{code}")
    expected = Texts("vi")(source, code="9.999999") if "{code}" in source else Texts("vi")(source)
    seen = run("process", "district", **query)
    assert seen.banners == [expected]
    assert registry().districts["005"].name not in seen.words
    assert len(seen.figures) == 6


@pytest.mark.parametrize("period", ["2026-11-20..2026-11-01", "2999-01"])
def test_a_period_that_cannot_be_asked_for_gives_way(run: Run, period: str) -> None:
    seen = run("process", "district", procedure=COPIES, period=period)
    assert len(seen.banners) == 1
    assert len(seen.figures) == 6


def test_nothing_settled_says_so(run: Run) -> None:
    t = Texts("vi")
    seen = run("process", "district", procedure=COPIES, period="2010-01-04")
    assert t("No dossier of this procedure was settled here in this period. Choose a longer period or a larger "
             "place.") in seen.texts  # fmt: skip
    assert shown(seen, "process_read", "vi") == "0"


def test_a_ward_names_officers_and_a_district_roles(run: Run) -> None:
    t = Texts("vi")
    ward = run("process", "district", procedure=COPIES, period=YEAR, ward="09541")
    assert t("From holder to holder, most frequent first; of the dossiers read.") in ward.texts
    whole = run("process", "district", procedure=COPIES, period=YEAR)
    assert t("From role to role, most frequent first; of the dossiers read. A ward shows the officers.") in whole.texts
