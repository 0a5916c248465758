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
from pages import live, looks
from pages.running import Held
from tests.pages.conftest import Screen, viewer


def _script(role: "Any") -> None:  # its source runs by itself: no names of this file
    import streamlit as st

    from pages import live, workload

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    with live.drawing(role.t):
        workload.page(role)


def test_an_open_screen_follows_an_edit(small_city: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in (small_city.env | {"OPS_CONFIG_DIR": str(tmp_path)}).items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    kept.look()
    monkeypatch.setattr(answers, "PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(Held, "in_force", lambda _: True)
    monkeypatch.setattr(live, "held", lambda: Held("a session", "trungtam"))
    monkeypatch.setattr(looks.turns, "take", lambda _: True)
    app = AppTest.from_function(_script, args=(viewer("operations"),), default_timeout=180)

    def run(runs: int) -> str:
        app.run()
        assert [e.value for e in app.exception] == []
        assert app.session_state["runs"] == runs
        return Screen(app).words

    def wants_a_run() -> bool:
        """What the page's own script asks every two seconds."""
        told = looks.look(app.session_state["open-desk"].token)
        assert told is not None
        return bool(told["draw"])

    try:
        t = Texts("vi")
        four, seven = (t("Load index of {n} and more, highest first", n=t.short(n)) for n in (4, 7))
        assert four in run(1)
        assert not wants_a_run(), "nothing is drawn while nothing changed"
        text = FILES["workload"].shipped.read_text(encoding="utf-8")
        (tmp_path / "workload.yaml").write_text(text.replace("busy_index: 4", "busy_index: 7"), encoding="utf-8")
        kept.look()  # once a second by itself
        assert wants_a_run()
        assert seven in run(2)
        assert not wants_a_run()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
        kept.look()
        desk.close()
