"""The bar above every screen: brand, screens, freshness, language, theme, and who is signed in."""

from html import escape
from typing import Any

import streamlit as st

from config.i18n import mark
from pages.language import language_params, language_switch
from pages.live import freshness
from pages.screens import SCREENS, Screen
from pages.search import search_box
from pages.signin import Gate
from pages.viewer import Viewer
from widgets.figures import note
from widgets.theme_switch import theme_switch

ROLES = {
    "operations": mark("Operations centre"),
    "district": mark("District leadership"),
    "it": mark("IT administration"),
    "wall": mark("Wall screen"),
}


def topbar(viewer: Viewer, gate: Gate, links: list[tuple[Screen, Any]], current: Screen) -> None:
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
        with st.container(width="content", key="find"):
            if viewer.role != "wall":
                search_box(viewer)
        with st.container(width="content"):
            freshness(t.lang)
        language_switch(t)
        theme_switch(t, [screen.path for screen in SCREENS])
        with st.popover(viewer.name, width="content"):
            note(t(ROLES[viewer.role]))
            if st.button(t("Sign out"), key="sign-out", width="stretch"):
                gate.leave()
