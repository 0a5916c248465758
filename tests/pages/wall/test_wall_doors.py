"""Who may see a wall, and what stands there otherwise."""

from http.cookies import SimpleCookie
from types import SimpleNamespace

import pytest
from starlette.requests import Request

from config import walls as config_walls
from config.i18n import Texts
from data_access.devices import COOKIE, COOKIE_SECONDS, device_of
from pages.wall import door
from pages.wall.main import Look
from tests.pages.wall.conftest import Wall
from tests.support.aside import aside

KEY = "k" * 48


def look(app: object) -> Look:
    return app.session_state["wall-look"]  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("user", ["manhinh", "trungtam", "cntt"])
def test_who_sees_the_whole_city_sees_a_wall(wall: Wall, user: str, lang: str) -> None:
    app = wall("trung-tam", lang, user)
    assert look(app).refused is None
    order = [slot.screen for slot in config_walls.walls().walls["trung-tam"].screens]
    assert list(app.session_state["wall-shown"]) == order


@pytest.mark.parametrize(("user", "refused"), [("hadong", "role"), (None, "nobody")])
def test_others_see_no_figures(wall: Wall, user: str | None, refused: str) -> None:
    app = wall("trung-tam", "vi", user)
    assert look(app).refused == refused
    assert "wall-shown" not in app.session_state
    assert Texts("vi")("The city now") not in str(app)


def test_a_wall_there_is_not(wall: Wall) -> None:
    app = wall("nowhere")
    assert look(app).refused == "no-wall"
    assert "wall-shown" not in app.session_state


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_devices_cookie_outlives_its_browser(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    """A browser that starts again is still signed in, and the token stands nowhere."""
    monkeypatch.setattr(door, "_exchange", lambda *_: ("ab12", ""))
    monkeypatch.setattr(door.accounts, "load_configured", lambda _: SimpleNamespace(cookie_key=KEY))
    request = Request({
        "type": "http", "scheme": scheme, "server": ("ops.test", 80), "path": "/", "headers": [],
        "query_string": b"wall=quick&token=once&lang=en",
    })  # fmt: skip
    answer = aside(door.by_address(request))
    assert (answer.status_code, answer.headers["location"]) == (303, "/?wall=quick&lang=en")
    cookie = SimpleCookie(answer.headers["set-cookie"])[COOKIE]
    assert device_of(cookie.value, KEY) == "ab12"
    assert int(cookie["max-age"]) == COOKIE_SECONDS >= 365 * 86_400
    assert (cookie["httponly"], cookie["samesite"], bool(cookie["secure"])) == (True, "strict", scheme == "https")
