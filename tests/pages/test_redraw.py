"""An open desk draws itself anew when the configuration was edited, without a click."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from config import kept
from config.files import FILES
from config.i18n import Texts
from config.settings import settings
from data_access.queries import answers, desk
from pages import live
from tests.pages.conftest import Screen, viewer


def _script(role: "Any") -> None:  # its source runs by itself: no names of this file
    import streamlit as st

    from pages import live, workload

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    if st.session_state.pop("second", False):  # what the fragment of the bar does by itself every few seconds
        live._look("vi")
        return
    live.remember_drawn()
    workload.page(role)
    live.drawing_ended()


def test_an_open_screen_follows_an_edit(small_city: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in (small_city.env | {"OPS_CONFIG_DIR": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    kept.look()
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(live, "in_force", lambda: True)
    monkeypatch.setattr(live.turns, "take", lambda _: True)
    app = AppTest.from_function(_script, args=(viewer("operations"),), default_timeout=180)

    def run(runs: int) -> str:
        app.run()
        assert [e.value for e in app.exception] == []
        assert app.session_state["runs"] == runs
        return Screen(app).words

    def a_second_later(runs: int) -> str:
        app.session_state["second"] = True
        return run(runs)

    try:
        t = Texts("vi")
        four, seven = (t("Load index of {n} and more, highest first", n=t.short(n)) for n in (4, 7))
        assert four in run(1)
        assert four not in a_second_later(2), "nothing is drawn while nothing changed"
        text = FILES["workload"].shipped.read_text(encoding="utf-8")
        (tmp_path / "workload.yaml").write_text(text.replace("busy_index: 4", "busy_index: 7"), encoding="utf-8")
        kept.look()  # once a second by itself
        assert seven in a_second_later(4), "the look, and the screen anew"
        assert seven not in a_second_later(5)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
        kept.look()
        desk.close()
