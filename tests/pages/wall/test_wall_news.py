"""A wall learns that there is something newer to show, also when another wall was the one to draw it."""

from types import SimpleNamespace

import pytest

from config.i18n import Texts
from config.walls import Slot, Wall, Walls
from data_access.queries.watch import Pulse
from pages.wall import main, screens
from pages.wall.main import Look
from pages.wall.screens import Gallery, WallScreen
from widgets.wall import Picture


def test_what_another_wall_has_drawn_is_news_for_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery, t = Gallery(), Texts("vi")
    monkeypatch.setattr(main, "gallery", gallery)
    monkeypatch.setitem(screens.SCREENS, "backlog", WallScreen(lambda _: Picture("drawn"), 1))
    state: dict[str, object] = {"wall-shown": {"backlog": gallery.get("backlog", t, Pulse(version=1))}}
    monkeypatch.setattr(main, "st", SimpleNamespace(session_state=state))
    look = Look("one", Wall(title={"vi": "Một", "en": "One"}, screens=(Slot(screen="backlog", seconds=60),)), None)
    assert not main._behind(look, "vi", Pulse(version=1))
    gallery._drawn["backlog", "vi"].at -= 60  # it has stood long enough
    assert main._behind(look, "vi", Pulse(version=2))
    newer = gallery.get("backlog", t, Pulse(version=2))  # the other wall draws it
    assert not gallery.due("backlog", "vi", Pulse(version=2))
    assert main._behind(look, "vi", Pulse(version=2))
    state["wall-shown"] = {"backlog": newer}
    assert not main._behind(look, "vi", Pulse(version=2))


def test_another_configuration_is_news(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery, t, pulse = Gallery(), Texts("vi"), Pulse(version=1)
    monkeypatch.setitem(screens.SCREENS, "backlog", WallScreen(lambda _: Picture("drawn"), 1))
    monkeypatch.setattr(screens, "revision", lambda: 1)
    gallery.get("backlog", t, pulse).at -= 60
    assert not gallery.due("backlog", "vi", pulse)
    monkeypatch.setattr(screens, "revision", lambda: 2)
    assert gallery.due("backlog", "vi", pulse)
    gallery.get("backlog", t, pulse).at -= 60
    assert not gallery.due("backlog", "vi", pulse)


def test_an_open_wall_follows_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def wall(seconds: int) -> Wall:
        return Wall(title={"vi": "Một", "en": "One"}, screens=(Slot(screen="now", seconds=seconds),))

    there = {"one": wall(30), "two": wall(30)}
    monkeypatch.setattr(main, "walls", lambda: Walls(there))
    monkeypatch.setattr(main, "in_force", lambda: True)
    look, desk = Look("one", wall(30), None), SimpleNamespace()
    assert not main._changed(look, desk)  # type: ignore[arg-type]
    there["two"] = wall(60)
    assert not main._changed(look, desk), "another wall"  # type: ignore[arg-type]
    there["one"] = wall(60)
    assert main._changed(look, desk)  # type: ignore[arg-type]


class AgainError(Exception):
    """A new run was asked for."""


def test_a_run_slower_than_the_figures_change_still_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def rerun() -> None:
        raise AgainError

    look = Look("one", Wall(title={"vi": "Một", "en": "One"}, screens=(Slot(screen="backlog", seconds=60),)), None)
    state: dict[str, object] = {"wall-look": look, "wall-shown": {}, main.DRAWING: True}
    monkeypatch.setattr(main, "st", SimpleNamespace(session_state=state, rerun=rerun))
    monkeypatch.setattr(main, "runtime", lambda: SimpleNamespace(ready=True, store_owner_url=""))
    monkeypatch.setattr(main, "wall_desk", lambda _: SimpleNamespace(stage=None))
    monkeypatch.setattr(main, "pulse", lambda: Pulse(version=2))
    monkeypatch.setattr(main, "_changed", lambda *_: False)
    monkeypatch.setattr(main, "_behind", lambda *_: True)
    beats: list[object] = []
    monkeypatch.setattr(main.widget, "pulse", beats.append)
    main.heartbeat("vi")
    assert len(beats) == 1
    state[main.DRAWING] = False
    with pytest.raises(AgainError):
        main.heartbeat("vi")
