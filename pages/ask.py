"""How a page asks: under the viewer's scope, with a plain sentence when there is no answer."""

from collections.abc import Callable, Hashable
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from config.i18n import Texts
from data_access.demo.stack import runtime
from data_access.queries.answers import Answer, NoAnswerError
from data_access.queries.desk import Desk, desk
from pages.viewer import Viewer
from widgets.figures import banner

T = TypeVar("T")


def current_desk() -> Desk:
    """The desk of the running store; only called once the shell has seen that it runs."""
    known = runtime()
    if known is None or not known.ready:
        raise RuntimeError("asked before the store was up")
    return desk(known.store_reader_url)


def ask(question: Callable[..., T], viewer: Viewer, **filters: Hashable) -> Answer[T]:
    """The newest answer, or the last good one; stops the page with a sentence when there is none."""
    try:
        return current_desk().answers.ask(question, viewer.scope, **filters)
    except NoAnswerError:
        banner(
            viewer.t("There are no figures to show yet. This page comes back by itself as soon as there are."),
            bad=True,
        )
        st.stop()


def today(answer: Answer[Any], viewer: Viewer) -> date:
    """The local day that the figures describe."""
    return viewer.t.local(answer.as_of).date()


def figures_day(t: Texts) -> date:
    """The local day of the newest figures, before any are asked for: filters need it."""
    as_of = current_desk().watch.pulse().as_of
    return t.local(as_of).date() if as_of else date.today()  # noqa: DTZ011 - no figures: any day will do
