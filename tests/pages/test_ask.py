"""A screen whose figures come late, can't be read, or are not there yet: what stands below those already drawn."""

import threading
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from streamlit.testing.v1 import AppTest

from config.i18n import Texts
from data_access.queries import answers
from data_access.queries.first_call import first_call
from data_access.queries.watch import Pulse
from pages import first_call as first_calls
from pages.unanswered import unanswered_words
from tests.pages.conftest import Run, Screen

LATE = "These figures take longer than usual. They appear here by themselves as soon as they are there."
FAILED = (
    "These figures could not be read; the reason is in the log. They are asked for again with the next figures, or "
    "when the page is loaded anew."
)
NONE_YET = "There are no figures to show yet. This page comes back by itself as soon as there are."
AWAY = (
    "The operations store does not answer, and these figures have not been read before. They appear by themselves "
    "when it answers."
)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_figures_that_come_late_below_others(run: Run, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    t, go, asked = Texts(lang), threading.Event(), []
    whole = run("overview", as_lang=lang)

    def late(connection: Connection) -> Any:
        asked.append(1)
        assert go.wait(60)
        return first_call(connection)

    monkeypatch.setattr(first_calls, "first_call", late)
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 0.2)
    try:
        shown = run("overview", as_lang=lang)
        assert shown.banners == [t(LATE)]
        assert shown.figures == whole.figures, "what was drawn stays"
        assert t("Wards to call first") not in shown.words
        (coming,) = shown.app.session_state["open-desk"].coming
        assert not coming.done()
    finally:
        go.set()
    coming.result(60)
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 60.0)
    again = Screen(shown.app.run())
    assert (again.banners, again.texts) == ([], whole.texts)
    assert asked == [1], "it was not asked a second time"


def test_figures_that_cannot_be_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = run("overview", as_lang="en")

    def fails(_: Connection) -> Any:
        raise OperationalError("SELECT", {}, Exception("canceling statement due to statement timeout"))

    monkeypatch.setattr(first_calls, "first_call", fails)
    shown = run("overview", as_lang="en")
    assert shown.banners == [FAILED]
    assert shown.figures == whole.figures
    assert "open-desk" not in shown.app.session_state, "nothing to come"


@pytest.mark.parametrize(
    ("pulse", "coming", "said"),
    [
        (Pulse(store_ok=True), False, NONE_YET),
        (Pulse(store_ok=True), True, NONE_YET),
        (Pulse(store_ok=True, version=3), True, LATE),
        (Pulse(store_ok=True, version=3), False, FAILED),
        (Pulse(store_ok=False, version=3), True, AWAY),
        (Pulse(store_ok=False), False, AWAY),
    ],
)
def test_it_says_that_there_are_no_figures_only_when_there_are_none(pulse: Pulse, coming: bool, said: str) -> None:
    for lang in ("vi", "en"):
        assert unanswered_words(Texts(lang), pulse, coming=coming) == Texts(lang)(said)
    assert Texts("vi")(said) != said


def _stops() -> None:
    import streamlit as st

    from config.i18n import Texts
    from pages.live import drawing

    with drawing(Texts("vi")):
        st.stop()


@pytest.mark.usefixtures("run")
def test_a_run_that_stops_has_drawn_too() -> None:
    app = AppTest.from_function(_stops, default_timeout=60).run()
    assert [e.value for e in app.exception] == []
    assert not app.session_state["open-desk"].drawing, "or it would never be drawn again"
