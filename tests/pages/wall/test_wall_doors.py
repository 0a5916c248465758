"""Who may see a wall, and what stands there otherwise."""

import pytest

from config import walls as config_walls
from config.i18n import Texts
from pages.wall.main import Look
from tests.pages.wall.conftest import Wall


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
