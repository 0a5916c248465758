"""From a district or a ward to its reports: the same place and period, for whoever sees the screen Forms."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from config.i18n import Texts
from config.registry import registry
from pages.paths import FORMS
from pages.report_links import TITLES, to_form
from tests.pages.conftest import HA_DONG, Run, Screen, viewer
from tests.pages.linked import linked
from tests.pages.test_district import WARD

PERIOD, DAYS = "2026-q3", "01/07/2026 – 30/09/2026"


def ways(shown: Screen) -> dict[str, dict[str, str]]:
    """Form → the parameters of the link to it."""
    addresses = [urlsplit(one.href) for one in linked(shown)]
    found = [dict(parse_qsl(address.query)) for address in addresses if address.path == FORMS]
    return {params["form"]: params for params in found}


@pytest.mark.parametrize(("role", "lang"), [("district", "vi"), ("operations", "en")])
def test_each_form_is_of_the_place_and_period_seen(run: Run, role: str, lang: str) -> None:
    t = Texts(lang)
    for screen, place, name, forms in (
        ("district", {"district": HA_DONG}, registry().districts[HA_DONG].name, set(TITLES) - {"process"}),
        ("ward", {"ward": WARD}, registry().wards[WARD].name, set(TITLES) - {"process", "meeting"}),
    ):
        found = ways(run(screen, role, lang, period=PERIOD, **place))
        assert set(found) == forms
        for form, params in found.items():
            shown = run("forms", role, lang, **{key: value for key, value in params.items() if key != "lang"})
            assert shown.banners == [] or form not in ("ii06a",)
            assert [line for line in shown.texts if t(TITLES[form]) in line and name in line]
            assert ("period" in params) is (form in ("ii06a", "meeting"))
            if "period" in params:
                assert DAYS in shown.words


def test_devices_get_no_way_to_forms() -> None:
    assert to_form(viewer("wall"), "ii06a", PERIOD, ward=WARD) == ""
    assert to_form(viewer("operations"), "overdue", PERIOD, ward=WARD) == f"{FORMS}?form=overdue&ward={WARD}"
