"""The fragment that notices new figures: it draws anew between runs, never within one."""

import pytest

from data_access.queries.watch import Pulse
from pages import live, pace
from pages.pace import PATIENCE_SECONDS, Turns


class RerunError(Exception):
    """The run was asked to start again."""


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """A signed-in desk; `version` is the store's newest, `clock` the seconds."""
    now = {"version": 1, "clock": 1000.0}

    def rerun() -> None:
        raise RerunError

    monkeypatch.setattr(live, "pulse", lambda: Pulse(version=int(now["version"]), store_ok=True))
    monkeypatch.setattr(live, "in_force", lambda: True)
    monkeypatch.setattr(live, "revision", lambda: 1)
    monkeypatch.setattr(live, "turns", Turns())
    monkeypatch.setattr(pace.time, "monotonic", lambda: now["clock"])
    monkeypatch.setattr(live.st, "rerun", rerun)
    monkeypatch.setattr(live.st, "session_state", {})
    return now


def test_a_run_that_takes_long_is_not_started_again_by_its_own_look(desk: dict[str, float]) -> None:
    live.remember_drawn()
    desk["version"] += 1
    desk["clock"] += 2 * PATIENCE_SECONDS  # its turn is over, it is still drawing
    live._look("vi")
    live.drawing_ended()
    with pytest.raises(RerunError):
        live._look("vi")


def test_no_new_figures_no_run(desk: dict[str, float]) -> None:
    live.remember_drawn()
    live.drawing_ended()
    live._look("vi")
