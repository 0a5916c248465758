"""The bar above every screen: brand, screens, freshness, language, theme, and who is signed in."""

from html import escape
from typing import Any

import streamlit as st

from config.i18n import LANGUAGES, Texts, mark
from pages import signin
from pages.address import language_params
from pages.live import freshness
from pages.screens import SCREENS, Screen
from pages.viewer import Viewer
from widgets.figures import note
from widgets.theme_switch import theme_switch

ROLES = {
    "operations": mark("Operations centre"),
    "district": mark("District leadership"),
    "it": mark("IT administration"),
    "wall": mark("Wall screen"),
}


def topbar(viewer: Viewer, links: list[tuple[Screen, Any]], current: Screen | None) -> None:
    """Draw the bar; `links` pairs each screen this role may open with its st.Page."""
    t = viewer.t
    with st.container(key="topbar", horizontal=True, vertical_alignment="center", gap="small"):
        name = escape(t("One-Stop Operations"))
        st.html(f'<div class="brand">{name}</div>', width="content")
        for screen, link in links:
            mark = "nav-current" if screen is current else "nav"
            with st.container(key=f"{mark}-{screen.path}", width="content"):
                st.page_link(link, label=t(screen.title), query_params=language_params(t))
        st.space("stretch")
        with st.container(width="content"):
            freshness(t.lang)
        language_switch(t)
        theme_switch(t, [screen.path for screen in SCREENS])
        with st.popover(viewer.name, width="content"):
            note(t(ROLES[viewer.role]))
            if st.button(t("Sign out"), key="sign-out", width="stretch"):
                signin.leave()
                st.rerun()


def language_switch(t: Texts) -> None:
    """One click to the other language."""
    other = "en" if t.lang == "vi" else "vi"
    if st.button(other.upper(), key="language", help=LANGUAGES[other]):
        st.session_state["lang"] = other
        st.query_params["lang"] = other
        st.rerun()
