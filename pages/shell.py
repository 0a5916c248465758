"""The front door: language, style, sign-in, the screens this role may see, navigation. Nothing else.

Streamlit runs this script for every viewer (app.py names it). It is the only file here that does
something when imported.
"""

from functools import partial

import streamlit as st
import structlog
from streamlit.navigation.page import Page as StreamlitPage

from config.i18n import Texts
from config.measures import measures
from config.problems import Problem
from config.registry import registry
from data_access.demo.stack import runtime
from pages.language import texts
from pages.live import remember_drawn, trouble_banner
from pages.screens import SCREENS, Screen, screens_for
from pages.signin import Gate
from pages.starting import broken, starting
from pages.topbar import topbar
from pages.viewer import Viewer
from widgets.figures import banner
from widgets.theme import apply_style

log = structlog.get_logger(__name__)


def navigate(t: Texts, gate: Gate, viewer: Viewer | None) -> None:
    """Register every screen's URL, so that a deep link survives the sign-in, and run the one asked for."""

    def link(screen: Screen, path: str, *, home: bool = False) -> StreamlitPage:
        show = partial(signed_in, screen, viewer) if viewer else gate.form
        return st.Page(show, title=t(screen.title), url_path=path, default=home)

    links = [(screen, link(screen, screen.path)) for screen in SCREENS]
    landing = link(SCREENS[0], "home", home=True)  # the root; every screen keeps a path of its own
    chosen = st.navigation([landing, *(page for _, page in links)], position="hidden")
    if viewer is not None:
        current = next((screen for screen, page in links if page is chosen), SCREENS[0])
        allowed = screens_for(viewer.role)
        now = remember_drawn()
        st.session_state["links"] = {screen.path: page for screen, page in links}
        topbar(viewer, gate, [(screen, page) for screen, page in links if screen in allowed], current)
        trouble_banner(viewer, now)
        if st.query_params.pop("unknown", None) is not None:
            banner(t("There is no page at this address; this is the overview."))
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
        gate = Gate(t)
        viewer = gate.viewer()
    except Problem as problem:
        broken(problem, t)
        return
    navigate(t, gate, viewer)


def guarded() -> None:
    """Whatever goes wrong in a run: the details into the log, a plain sentence onto the screen."""
    try:
        main()
    except Exception:
        log.exception("a run failed", path=st.context.url)
        t = texts()
        banner(
            t("Something failed on this screen. It was written to the log; the other screens keep working."), bad=True
        )


guarded()
