"""A wall run by AppTest over the small city, and the pictures of its screens."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from config.settings import settings
from data_access import sessions, wall_desk
from data_access.queries import desk
from pages.signin import SESSION
from pages.wall.screens import gallery


def _script(name: str, lang: str) -> None:  # its source runs by itself: no names of this file
    import streamlit as st

    from config.i18n import Texts
    from pages.wall import main

    main.main(name, Texts(lang), st.container(key="gate"))


Wall = Callable[..., AppTest]


@pytest.fixture
def city(small_city: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The small city as this process's own."""
    for name, value in small_city.env.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    gallery.clear()
    yield small_city
    settings.cache_clear()
    wall_desk.close()
    sessions.close()
    desk.close()


@pytest.fixture
def wall(city: Any) -> Wall:
    """wall("trung-tam", "vi", "manhinh") → AppTest; with the user None nobody is signed in."""

    def run(name: str, lang: str = "vi", user: str | None = "manhinh", **query: str) -> AppTest:
        app = AppTest.from_function(_script, args=(name, lang), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        if user is not None:
            app.session_state["authentication_status"] = True
            app.session_state["username"] = user
            app.session_state[SESSION] = "a session of the tests"
        app.run()
        assert [e.value for e in app.exception] == []
        return app

    return run


def words(markup: str) -> list[str]:
    """The texts of a piece of HTML."""
    return [html.unescape(part).strip() for part in re.split(r"<[^>]*>", markup) if part.strip()]
