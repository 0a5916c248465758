"""The bar above every screen: brand, screens, freshness, language, theme, and who is signed in."""

from collections.abc import Sequence

import streamlit as st

from config.city import city
from config.i18n import mark
from pages.language import language_switch
from pages.links import screen
from pages.live import freshness
from pages.screens import SCREENS, Screen, menus
from pages.search import search_box
from pages.signin import Gate
from pages.viewer import Viewer
from widgets.figures import note
from widgets.menu_bar import Entry, menu_bar
from widgets.theme_switch import theme_switch

ROLES = {
    "operations": mark("Operations centre"),
    "district": mark("District leadership"),
    "it": mark("IT administration"),
    "wall": mark("Wall screen"),
}


def topbar(viewer: Viewer, gate: Gate, screens: Sequence[Screen], current: Screen) -> None:
    """Draw the bar with the `screens` this role may open."""
    t = viewer.t
    with st.container(key="topbar", horizontal=True, vertical_alignment="center", gap="small"):
        menu_bar(
            Entry(t.pick(**city().application), screen(viewer, screens[0].path)),
            [(t(group), [Entry(t(s.title), screen(viewer, s.path), s.path, s is current) for s in some])
             for group, some in menus(screens)],
            t("Screens"),
        )  # fmt: skip
        st.space("stretch")
        with st.container(width="content", key="find"):
            if viewer.role != "wall":
                search_box(viewer)
        with st.container(width="content"):
            freshness(t)
        language_switch(t)
        theme_switch(t, [known.path for known in SCREENS])
        with st.popover(viewer.name, width="content"):
            note(t(ROLES[viewer.role]))
            if st.button(t("Sign out"), key="sign-out", width="stretch"):
                gate.leave()
