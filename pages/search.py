"""The search box above every screen: wards, officers, procedures and dossiers by name or code, each a link."""

import streamlit as st

from config.i18n import Texts
from config.registry import registry
from data_access.queries.search import CODE_CHARS, Found, search
from pages.ask import ask
from pages.links import list_of, one_dossier, screen
from pages.paths import DISTRICT, WARD
from pages.places import unit_words
from pages.viewer import Viewer
from widgets.figures import Hit, hits, note


@st.fragment
def search_box(viewer: Viewer) -> None:
    """A popover with the box and what was found in `viewer`'s scope; only this part runs while one types."""
    t = viewer.t
    with st.popover(t("Find"), key="search"):
        typed = st.text_input(
            t("Ward, officer, procedure or dossier code"), key="search-typed", max_chars=80, live=True,
            placeholder=t("for example ha dong"),
        )  # fmt: skip
        if not typed or not typed.strip():
            note(t("Diacritics don't matter. Codes from {n} characters on.", n=CODE_CHARS))
            return
        found = ask(search, viewer, typed=typed.strip()).value
        if found.nothing:
            note(t("Nothing in your scope fits “{typed}”.", typed=typed.strip()))
            return
        for name, some in _groups(found, viewer, t):
            hits(name, some)


def _groups(found: Found, viewer: Viewer, t: Texts) -> list[tuple[str, list[Hit]]]:
    places = [
        Hit(place.name, t("District"), screen(viewer, DISTRICT, district=place.code)) for place in found.districts
    ] + [
        Hit(ward.name, registry().districts[ward.district_code].name, screen(viewer, WARD, ward=ward.code))
        for ward in found.wards
    ]  # fmt: skip
    officers = [
        Hit(row["display_name"], ", ".join(part for part in unit_words(row, t) if part),
            list_of(viewer, "held", officer=row["officer_id"]))
        for row in found.officers
    ]  # fmt: skip
    procedures = [
        Hit(row["name"], row["procedure_code"], list_of(viewer, "open", procedure=row["procedure_code"]))
        for row in found.procedures
    ]
    codes = [Hit(code, "", one_dossier(viewer, code)) for code in found.dossiers]
    groups = [(t("Places"), places), (t("Officers"), officers), (t("Procedures"), procedures), (t("Dossiers"), codes)]
    return [(name, some) for name, some in groups if some]
