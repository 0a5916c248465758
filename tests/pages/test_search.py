"""The search box as a person types into it: what it finds is links, in scope only."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from config.i18n import Texts
from config.registry import fold, registry
from data_access.queries import desk
from data_access.store.engine import WHOLE_CITY, reading
from tests.pages.conftest import viewer

VI = Texts("vi")


def _box(viewer: "Any") -> None:
    from pages.search import search_box

    search_box(viewer)


@pytest.fixture
def typed(small_city: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """typed("ha dong", "district") → {name: address} of what was found."""
    for name, value in small_city.env.items():
        monkeypatch.setenv(name, value)

    def box(words: str, role: str = "operations") -> dict[str, str]:
        app = AppTest.from_function(_box, args=(viewer(role),), default_timeout=60).run()
        app.text_input(key="search-typed").set_value(words).run()
        assert [e.value for e in app.exception] == []
        bodies = "".join(str(e.proto.body) for e in app.get("html"))
        found = re.findall(r'<a class="go" data-go href="([^"]*)">([^<]*)</a>', bodies)
        said = [html.unescape(words) for words in re.findall(r'<div class="panel-note">(.*?)</div>', bodies)]
        return {html.unescape(name): html.unescape(href) for href, name in found} or {said[0]: ""}

    yield box
    desk.close()


def test_a_place_leads_to_its_screens(typed: Any) -> None:
    ward = next(w for w in registry().wards.values() if w.short_name == "Mộ Lao")
    assert typed("mo lao") == {ward.name: f"ward?ward={ward.code}"}
    assert typed("quan ha dong")["Quận Hà Đông"] == "district?district=268"


def test_officers_and_codes(typed: Any, reader: Engine) -> None:
    with reading(reader, WHOLE_CITY) as connection:
        theirs = connection.execute(
            text("""SELECT o.officer_id, o.display_name, d.dossier_code FROM officer o
                      JOIN open_step s ON s.officer_ids @> ARRAY[o.officer_id] JOIN dossier d USING (dossier_id)
                     WHERE o.district_code = '005' ORDER BY 1, 3 LIMIT 1""")
        ).one()
    assert typed(fold(theirs.display_name))[theirs.display_name].startswith("dossiers?what=held&officer=")
    assert typed(theirs.dossier_code)[theirs.dossier_code] == f"dossiers?dossier={theirs.dossier_code}"
    nothing = VI("Nothing in your scope fits “{typed}”.", typed=theirs.dossier_code)
    assert typed(theirs.dossier_code, "district") == {nothing: ""}
    assert not [to for to in typed(fold(theirs.display_name), "district").values() if theirs.officer_id in to]
