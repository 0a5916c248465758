"""The front door: language, style, sign-in, the screens this role may see, navigation. Nothing else.

Streamlit runs this script for every viewer (app.py names it). It is the only file here that does
something when imported.
"""

from functools import partial

import streamlit as st

from config.i18n import DEFAULT_LANGUAGE, LANGUAGES, Texts
from config.measures import measures
from config.problems import Problem
from config.registry import registry
from data_access.demo.stack import runtime
from pages import signin
from pages.live import remember_drawn, trouble_banner
from pages.screens import SCREENS, Screen, screens_for
from pages.starting import broken, starting
from pages.topbar import topbar
from pages.viewer import Viewer
from widgets.figures import banner
from widgets.theme import apply_style


def texts() -> Texts:
    """The viewer's language: the URL's, else the session's, else Vietnamese."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state["lang"] = asked
    lang = st.session_state.get("lang", DEFAULT_LANGUAGE)
    if asked not in LANGUAGES and (asked is not None or lang != DEFAULT_LANGUAGE):
        st.query_params["lang"] = lang
    return Texts(lang)


def navigate(t: Texts, viewer: Viewer | None) -> None:
    """Register every screen's URL, so that a deep link survives the sign-in, and run the one asked for."""
    links = []
    for screen in SCREENS:
        show = partial(signed_in, screen, viewer) if viewer else partial(signin.form, t)
        show.__name__ = screen.path  # type: ignore[attr-defined]
        links.append((screen, st.Page(show, title=t(screen.title), url_path=screen.path, default=screen is SCREENS[0])))
    chosen = st.navigation([link for _, link in links], position="hidden")
    if viewer is not None:
        current = next((screen for screen, link in links if link is chosen), None)
        allowed = screens_for(viewer.role)
        now = remember_drawn()
        st.session_state["links"] = {screen.path: link for screen, link in links}
        topbar(viewer, [(screen, link) for screen, link in links if screen in allowed], current)
        trouble_banner(viewer, now)
    chosen.run()


def signed_in(screen: Screen, viewer: Viewer) -> None:
    """Show a screen, or say that this role does not have it."""
    if screen not in screens_for(viewer.role):
        banner(viewer.t("Your role does not include this screen."))
        return
    screen.show(viewer)


def main() -> None:
    """One run for one viewer."""
    t = texts()
    st.set_page_config(page_title=t("One-Stop Operations"), layout="wide", initial_sidebar_state="collapsed")
    apply_style()
    try:
        registry()
        measures()
        known = runtime()
        if known is None or not known.ready:
            starting(t.lang)
            return
        viewer = signin.viewer(t)
    except Problem as problem:
        broken(problem, t)
        return
    navigate(t, viewer)


main()
