"""The front door: language, style, sign-in, the screens this role may see, navigation. Nothing else.

Streamlit runs this script for every viewer (app.py names it). It is the only file here that does
something when imported.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from config.city import city
from config.i18n import Texts
from config.measures import measures
from config.problems import Problem
from config.registry import registry
from config.walls import walls
from data_access import devices
from data_access.demo.stack import runtime
from pages.language import texts
from pages.links import follow
from pages.live import drawing, trouble_banner
from pages.pace import work
from pages.requests import begin_request, tell_failure, who_looks
from pages.screens import SCREENS, Screen, screens_for
from pages.signin import Gate
from pages.starting import broken, starting
from pages.topbar import topbar
from pages.viewer import Viewer
from pages.wall import main as wall
from widgets.connection import desk_connection
from widgets.figures import banner
from widgets.go import clicked
from widgets.page_language import page_language
from widgets.theme import apply_style

NO_WALL = "-"


def navigate(
    t: Texts, show: Callable[[Screen], Callable[[], None]], home: Screen = SCREENS[0]
) -> tuple[Any, list[tuple[Screen, Any]]]:
    """Register every screen's URL with what `show` makes of it, so that a deep link survives start and sign-in.

    `home` stands at the root.

    Returns the page asked for and (screen, page) of all screens.
    """

    def page(screen: Screen, path: str, *, home: bool = False) -> Any:
        return st.Page(show(screen), title=t(screen.title), url_path=path, default=home)

    links = [(screen, page(screen, screen.path)) for screen in SCREENS]
    landing = page(home, "home", home=True)  # the root; every screen keeps a path of its own
    return st.navigation([landing, *(link for _, link in links)], position="hidden"), links


def signed_in(viewer: Viewer, gate: Gate) -> None:
    """The bar, what troubles the figures, and the screen asked for."""
    t = viewer.t
    allowed = screens_for(viewer.role)

    def show(screen: Screen) -> Callable[[], None]:
        if screen in allowed:
            return partial(screen.show, viewer)
        return partial(banner, t("Your role does not include this screen."))

    home = allowed[0]
    chosen, links = navigate(t, show, home)
    current = next((screen for screen, link in links if link is chosen), home)
    with drawing(t) as now:
        st.session_state["links"] = {screen.path: link for screen, link in links}
        follow(clicked())
        topbar(viewer, gate, allowed, current)
        with st.container(key="notes"):  # what comes and goes must not move the screen's elements to other places
            trouble_banner(viewer, now)
            if st.query_params.pop("unknown", None) is not None:
                banner(t("There is no page at this address; this is “{screen}”.", screen=t(home.title)))
        chosen.run()


def main() -> None:
    """One run for one viewer: a wall, or a desk that is starting, broken, at the sign-in, or signed in."""
    t = texts()
    st.set_page_config(page_title=t.pick(**city().application), layout="wide", initial_sidebar_state="collapsed")
    asked_wall = wall.asked(st.context.cookies.get(devices.COOKIE))
    apply_style(dark=True if asked_wall is not None else None)
    place = st.container(key="gate")
    with place:
        page_language(t)
        if asked_wall is None:
            desk_connection(t)
    try:
        registry()
        measures()
        if asked_wall is not None:
            show_wall = partial(wall.main, asked_wall, t, place)
            navigate(t, lambda _: show_wall)[0].run()
            return
        known = runtime()
        if known is None or not known.ready:
            waiting = partial(starting, t.lang)
            navigate(t, lambda _: waiting)[0].run()
            return
        gate = Gate(t, place)
        viewer = gate.viewer()
    except Problem as problem:
        told = partial(broken, problem, t)
        navigate(t, lambda _: told)[0].run()
        return
    if viewer is None:
        navigate(t, lambda _: gate.form)[0].run()
        return
    who_looks(viewer.username)
    if viewer.role == "wall":  # a wall's account has walls only, whatever address it asks for
        st.query_params["wall"] = next(iter(walls().walls), NO_WALL)
        st.rerun()
    signed_in(viewer, gate)


def guarded() -> None:
    """One run with its request id; what goes wrong in it is told."""
    begin_request()
    try:
        with work.at_work():  # a wall's beat that goes over into a whole run has not waited for its turn yet
            main()
    except Exception as error:  # noqa: BLE001 - logged by tell_failure
        tell_failure(error)


guarded()
