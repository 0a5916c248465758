"""How a page asks: under the viewer's scope, with a plain sentence when there is no answer."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from config.i18n import Texts
from data_access.queries.answers import Answer, NoAnswerError
from pages.running import current_desk
from pages.unanswered import open_desk, unanswered_words
from pages.viewer import Viewer
from widgets.figures import banner

T = TypeVar("T")


def ask(question: Callable[..., T], viewer: Viewer, **filters: Hashable) -> Answer[T]:
    """The newest answer, or the last good one; stops the page with a sentence when there is none.

    What takes too long is not waited for: the page is drawn again when it is there.
    """
    desk = current_desk()
    try:
        answer = desk.answers.ask(question, viewer.scope, **filters)
    except NoAnswerError as none:
        _draw_again_after(none.coming)
        late = none.coming is not None
        banner(unanswered_words(viewer.t, desk.watch.pulse(), coming=late), bad=not late)
        st.stop()
    _draw_again_after(answer.coming)
    return answer


def _draw_again_after(question: "Future[Any] | None") -> None:
    if question is not None:
        open_desk().coming.append(question)


def today(answer: Answer[Any], viewer: Viewer) -> date:
    """The local day that the figures describe."""
    return viewer.t.local(answer.as_of).date()


def figures_day(t: Texts) -> date:
    """The local day of the newest figures, before any are asked for: filters need it."""
    as_of = current_desk().watch.pulse().as_of
    return t.local(as_of).date() if as_of else date.today()  # noqa: DTZ011 - no figures: any day will do
