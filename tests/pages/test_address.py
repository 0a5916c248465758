"""Filters bound to the address."""

import pytest
from streamlit.testing.v1 import AppTest


def _script() -> None:
    from pages.address import choose

    choose("Field", ["land", "trade"], param="field", current=None, default="land", code=str, shown=str)


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(_script).run()


def test_a_choice_goes_into_the_address(app: AppTest) -> None:
    app.selectbox(key="choice-field").set_value("trade").run()
    assert (list(app.exception), app.query_params["field"]) == ([], "trade")


def test_a_choice_of_a_screen_that_was_left_is_put_aside(app: AppTest) -> None:
    box = app.selectbox(key="choice-field")
    del app.session_state["choice-field"]  # as following a link does; the browser still says what it showed
    box.set_value("trade").run()
    assert list(app.exception) == []
    assert "field" not in app.query_params
